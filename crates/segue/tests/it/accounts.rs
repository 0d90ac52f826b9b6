//! `segue account`: opened, given another password, closed; never without an administrator.

use crate::support::{Desk, Person};

#[test]
fn an_account_is_opened_reset_and_closed_and_the_last_administrator_stays() {
    let desk = Desk::new();
    let open = |name: &str, role: &str| desk.json(&["account", "open", name, "--role", role]);
    let first = open("anna", "admin").fine().line()["one_time_password"].as_str().unwrap().to_owned();
    assert!(first.len() >= 20, "{first}");
    open("nils", "reader").fine();
    assert!(open("nils", "admin").refused().err.contains("there is an account nils already"));
    let list = desk.json(&["account", "list"]).fine().lines();
    assert_eq!((list[0]["account"].as_str(), list[0]["role"].as_str()), (Some("anna"), Some("admin")));
    assert_eq!(list.len(), 2);
    assert!(list.iter().all(|line| line["must_change"] == true && line.get("password_hash").is_none()));
    let second = desk.json(&["account", "reset", "anna"]).fine().line()["one_time_password"].clone();
    assert_ne!(second, first);
    assert!(desk.json(&["account", "close", "anna"]).refused().err.contains("last administrator"));
    desk.run(&["account", "close", "nils"]).fine();
    assert!(desk.json(&["account", "close", "nils"]).refused().err.contains("no account nils"));
    assert_eq!(desk.json(&["account", "list"]).fine().lines().len(), 1);
}

#[test]
fn whoever_opens_accounts_before_the_first_start_still_gets_an_administrator() {
    let desk = Desk::new();
    desk.run(&["account", "open", "nils", "--role", "reader"]).fine();
    let served = desk.serve();
    assert_eq!(served.said["first_user"], "admin", "nils may administer nothing");
    let mut person = Person::first_admin(&served);
    assert!(person.get(&served, "/settings").body.contains("nils"));
    served.stop();
    // An administrator opened by command line is one: no other is made beside it.
    let desk = Desk::new();
    desk.run(&["account", "open", "anna", "--role", "admin"]).fine();
    let served = desk.serve();
    assert!(served.said["first_user"].is_null() && served.said["one_time_password"].is_null());
    served.stop();
    // The name of the first administrator is somebody else's.
    let desk = Desk::new();
    desk.run(&["account", "open", "admin", "--role", "reader"]).fine();
    let ran = desk.run(&["serve", "--listen", "127.0.0.1:0"]).refused();
    assert!(ran.err.contains("segue account open NAME --role admin"), "{}", ran.err);
    desk.run(&["account", "open", "anna", "--role", "admin"]).fine();
    desk.serve().stop();
}
