//! `segue account`: opened, given another password, closed; never without an administrator.

use crate::support::Desk;

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
