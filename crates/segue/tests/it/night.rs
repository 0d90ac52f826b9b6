//! A whole patch night with the real server and real agents: plan, sign-off, orders over TLS, restarts, the second restart that
//! shows up later, the further outage, proof. Only the hosts are on paper; tests/vm does the same on machines that restart.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::host::Host;
use crate::support::{Desk, Person, Served};

/// Above this, something hangs; a lease that must run out and quiet periods are well below.
const WITHIN: Duration = Duration::from_secs(240);

/// A site with one ward, its bed and its central station, as text in which more can follow.
macro_rules! ward_4 {
    () => {
        r#"
[[sites]]
id = "north"
name = "Northgate Hospital"
time_zone = "Europe/Stockholm"
[[buildings]]
id = "N-A"
site = "north"
name = "Building A"
[[units]]
id = "WARD-4"
building = "N-A"
name = "Ward 4, telemetry"
phone = "5504"
[[beds]]
id = "W4-01"
unit = "WARD-4"
telemetry = true
[[services]]
id = "central-4"
kind = "central_monitoring"
name = "Central monitoring, ward 4"
beds = ["W4-01"]
redundancy = { carriers = ["STATION-4"], needed = 1 }
"#
    };
}
pub(crate) use ward_4;

/// The ward with an alarm relay beside it.
pub(crate) const HOSPITAL: &str = concat!(
    ward_4!(),
    r#"
[[services]]
id = "alarms-4"
kind = "alarm_detection"
name = "Alarms, ward 4"
beds = ["W4-01"]
redundancy = { carriers = ["RELAY-4"], needed = 1 }
[[probes]]
id = "relay-answers"
service = "alarms-4"
host = "RELAY-4"
timeout_seconds = 5
try = { command = { argv = ["/bin/echo", "relay up"], pattern = "up" } }
"#
);

/// Both, as the register has them.
pub(crate) const DEVICES: &str = "asset_tag,manufacturer,model,unit,device_type,installer
STATION-4,Nordpuls,Vakta 60,WARD-4,Central station,staff
RELAY-4,Klangfors,Larmbrygga,WARD-4,Alarm server,staff
";

#[allow(clippy::disallowed_methods)] // a test is the shell of what it tests
fn now() -> Timestamp {
    Timestamp::now()
}

fn in_minutes(minutes: i64) -> String {
    now().checked_add(SignedDuration::from_mins(minutes)).unwrap().to_string()
}

/// The plan: one station whose patch restarts it, one relay whose patch restarts a service; a minute of quiet.
fn plan() -> String {
    let patch = |package: &str, restart: &str, minutes: u32| {
        format!(
            "[[patches]]\nid = \"{package}-2.0\"\ntitle = \"{package} 2.0\"\nrestart = {restart}\ncan_roll_back = true\n\
             packages = [{{ package = \"{package}\", version = \"2.0\" }}]\n\
             declared = {{ install = {{ p50 = 1, p90 = 2 }}, restart = {{ p50 = {minutes}, p90 = {minutes} }}, \
             back_out = {{ p50 = 1, p90 = 2 }} }}\n"
        )
    };
    let item = |host: &str, package: &str| {
        format!(
            "[[items]]\nhost = \"{host}\"\npatches = [\"ward-fonts-2.0\", \"{package}-2.0\"]\nring = 1\nwave = 1\n\
             by = \"agent\"\nowner = \"clinical_engineering\"\n"
        )
    };
    format!(
        "id = \"november\"\ntitle = \"Ward 4 to 2.0\"\ncontingency = \"Back to 1.0; call clinical engineering, 5511\"\n\
         {}{}{}[[windows]]\nid = \"night\"\nnot_before = \"{}\"\nlatest_start = \"{}\"\nnot_after = \"{}\"\n\
         [[rings]]\ntitle = \"ward 4\"\nwindow = \"night\"\nsuccess_min = 2\nfailures_stop = 1\nsoak_minutes = 0\n\
         at_once_max = 2\n{}{}[[cover]]\nunit = \"WARD-4\"\npeople = 1\ntask = \"sit with the telemetry patients\"\n\
         [proof]\nquiet_minutes = 1\nmorning = \"never\"\n",
        patch("ward-fonts", "\"none\"", 0),
        patch("alarm-relay", "{ services = [\"alarm-relay.service\"] }", 1),
        patch("station-base", "\"host\"", 2),
        in_minutes(-1),
        in_minutes(60),
        in_minutes(120),
        item("STATION-4", "station-base"),
        item("RELAY-4", "alarm-relay"),
    )
}

/// A hospital with one ward, its server and its two hosts.
struct Night {
    desk: Desk,
    served: Option<Served>,
    person: Person,
    station: Host,
    relay: Host,
    /// Each verdict that the board showed of the station, once for as long as it stood.
    shown: Vec<String>,
}

impl Night {
    /// Everything is described, people have accounts, both hosts are enrolled and heard.
    fn new() -> Night {
        let desk = Desk::new();
        desk.write("segue.toml", "agents_check_in_seconds = 1\n");
        desk.run(&["import", "hospital", &desk.write("hospital.toml", HOSPITAL)]).fine();
        desk.run(&["import", "inventory", &desk.write("devices.csv", DEVICES), "--yes"]).fine();
        let served = desk.serve();
        let person = Person::first_admin(&served);
        for (name, role) in
            [("anna", "engineer"), ("erik", "engineer"), ("lars", "engineer"), ("karin", "ward")]
        {
            desk.run(&["account", "open", name, "--role", role]).fine();
        }
        let station = Host::new("STATION-4", &["ward-fonts", "station-base"]);
        let relay = Host::new("RELAY-4", &["ward-fonts", "alarm-relay"]);
        let mut night = Night { desk, served: Some(served), person, station, relay, shown: Vec::new() };
        for host in [&mut night.station, &mut night.relay] {
            let offer = night.desk.json(&["host", "offer", host.tag]).fine().line();
            host.enrol(night.served.as_ref().unwrap(), offer["token"].as_str().unwrap());
            host.start();
        }
        for tag in ["STATION-4", "RELAY-4"] {
            night.until("the host is heard", |night| {
                !night.get(&format!("/api/v1/hosts/{tag}"))["observation"].is_null()
            });
        }
        night
    }

    /// Drafts, answers, covers, approves and starts the plan.
    fn agree_and_start(&self) {
        let file = self.desk.write("plan.toml", &plan());
        let drafted = self.desk.json(&["plan", "draft", &file, "--by", "anna"]).fine().line();
        let hash = drafted["plan"].as_str().unwrap();
        let said =
            |args: &[&str]| drop(self.desk.run(&[&["plan", args[0], hash], &args[1..]].concat()).fine());
        let early = self.desk.run(&["plan", "start", hash, "--by", "erik"]).refused();
        assert!(early.err.contains("WARD-4"), "it says who has not answered: {}", early.err);
        said(&["answer", "--unit", "WARD-4", "--accept", "--by", "karin"]);
        said(&["cover", "--unit", "WARD-4", "--person", "Moa", "--by", "karin"]);
        said(&["approve", "--by", "erik"]);
        said(&["approve", "--by", "lars"]);
        said(&["start", "--by", "erik"]);
    }

    fn get(&mut self, path: &str) -> Value {
        let served = self.served.as_ref().expect("the server runs");
        let answer = self.person.get(served, path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer.json()
    }

    fn page(&mut self, path: &str) -> String {
        let served = self.served.as_ref().expect("the server runs");
        self.person.get(served, path).body
    }

    /// The verdict that the board shows of a host; notes those of the station.
    fn verdict(&mut self, tag: &str) -> String {
        let board = self.get("/api/v1/board");
        // Once everything is proven the night is concluded, and stands among those that are over.
        let night = if board["nights"][0].is_null() { &board["ended"][0] } else { &board["nights"][0] };
        let hosts = night["hosts"].as_array().cloned().unwrap_or_default();
        let mut found = String::new();
        for host in hosts {
            let verdict = &host["verdict"];
            let word = verdict.as_str().or_else(|| Some(verdict.as_object()?.keys().next()?.as_str()));
            let word = word.unwrap_or_default().to_owned();
            if host["host"] == "STATION-4" && self.shown.last() != Some(&word) {
                self.shown.push(word.clone());
            }
            if host["host"] == tag {
                found = word;
            }
        }
        found
    }

    /// Lets hosts restart that were told to, until it holds.
    fn until(&mut self, what: &str, mut holds: impl FnMut(&mut Night) -> bool) {
        let began = Instant::now();
        while !holds(self) {
            self.station.restart_if_asked();
            self.relay.restart_if_asked();
            if began.elapsed() > WITHIN {
                let board =
                    if self.served.is_some() { self.get("/api/v1/board").to_string() } else { String::new() };
                let said = [self.station.said(), self.relay.said()].join("\n");
                panic!("not within {WITHIN:?}: {what}; shown: {:?}\n{board}\n{said}", self.shown);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn until_shown(&mut self, tag: &str, word: &str) {
        self.until(&format!("{tag} is shown {word}"), |night| night.verdict(tag) == word);
    }

    /// The ward agrees to the further restart, and that it may be now.
    fn agree_to_further_outage(&mut self) {
        let outages = self.desk.json(&["outage", "list"]).fine().lines();
        let id = outages.last().expect("somebody is asked")["outage"].as_str().unwrap().to_owned();
        let window = [
            "--not-before",
            &in_minutes(0),
            "--latest-start",
            &in_minutes(30),
            "--not-after",
            &in_minutes(60),
        ];
        let args = [&["outage", "move", id.as_str()], &window[..], &["--by", "erik"]].concat();
        self.desk.run(&args).fine();
        self.desk.run(&["outage", "answer", &id, "--unit", "WARD-4", "--accept", "--by", "karin"]).fine();
    }

    /// What the ward was told, oldest first.
    fn told(&mut self) -> Vec<String> {
        let card = self.get("/api/v1/wards/WARD-4");
        let notices = card["notices"].as_array().unwrap().iter().rev();
        let word = |news: &Value| {
            let word = news.as_str().map(str::to_owned);
            word.or_else(|| Some(news.as_object()?.keys().next()?.clone())).unwrap_or_default()
        };
        notices
            .map(|notice| format!("{} {}", notice["host"].as_str().unwrap(), word(&notice["news"])))
            .collect()
    }

    /// `kill -9` of the server.
    fn kill_server(&mut self) {
        drop(self.served.take());
    }

    /// The server starts again at the addresses that hosts and people know.
    fn start_server(&mut self, before: (&str, &str)) {
        let args = ["serve", "--listen", before.0, "--agents-listen", before.1, "--json"];
        self.served = Some(self.desk.start(&args));
    }

    /// Addresses of the pages and of the gateway.
    fn addresses(&self) -> (String, String) {
        let said = &self.served.as_ref().expect("the server runs").said;
        let address = |key: &str, scheme: &str| {
            said[key].as_str().unwrap().trim_start_matches(scheme).trim_end_matches('/').to_owned()
        };
        (address("url", "http://"), address("agents", "https://"))
    }

    fn installs_and_restarts(&self) -> [Vec<String>; 4] {
        [
            self.station.noted("installs"),
            self.station.noted("reboots"),
            self.relay.noted("installs"),
            self.relay.noted("restarts"),
        ]
    }
}

#[test]
fn a_second_restart_that_shows_up_after_the_work_turns_the_station_red_again_until_it_is_proven() {
    let mut night = Night::new();
    night.agree_and_start();
    night.until_shown("STATION-4", "settling");
    assert_eq!(
        night.station.plain_look(),
        "green",
        "whoever looks once right after the restart goes to bed now"
    );
    night.until("the relay is back", |night| ["settling", "proven"].contains(&&*night.verdict("RELAY-4")));
    assert!(!night.told().iter().any(|told| told.contains("further_outage")), "{:?}", night.told());

    night.station.arm_second_restart();
    night.until_shown("STATION-4", "restart_pending");
    night.until("the ward is asked", |night| night.told().contains(&"STATION-4 further_outage".to_owned()));
    let incidents = night.get("/api/v1/incidents").to_string();
    assert!(incidents.contains("restart_surfaced") && incidents.contains("station-base"), "{incidents}");
    let card = night.page("/ward/WARD-4");
    assert!(card.contains("STATION-4 must restart once more"), "{card}");
    assert_eq!(night.station.noted("reboots").len(), 1, "nobody has agreed to another restart yet");

    night.agree_to_further_outage();
    night.until_shown("STATION-4", "settling");
    night.until_shown("STATION-4", "proven");
    night.until_shown("RELAY-4", "proven");
    // The board judges at once; the driver says it at its next look.
    night.until("the ward is told", |night| night.told().contains(&"STATION-4 proven".to_owned()));
    let worked = ["restart_pending", "dark"];
    let stood: Vec<&str> =
        night.shown.iter().map(|word| &**word).filter(|word| !worked.contains(word)).collect();
    assert_eq!(stood, ["not_begun", "settling", "settling", "proven"], "{:?}", night.shown);
    let settled = night.shown.iter().position(|word| word == "settling").unwrap();
    assert!(night.shown[settled..].contains(&"restart_pending".to_owned()), "{:?}", night.shown);
    let once = |package: &str| vec!["ward-fonts=2.0".to_owned(), format!("{package}=2.0")];
    let [installs, reboots, relay_installs, relay_restarts] = night.installs_and_restarts();
    assert_eq!((installs, reboots.len()), (once("station-base"), 2));
    assert_eq!((relay_installs, relay_restarts.len()), (once("alarm-relay"), 1));
    let told = night.told();
    let station: Vec<&str> = told.iter().filter_map(|told| told.strip_prefix("STATION-4 ")).collect();
    assert_eq!(station, ["dark", "back", "further_outage", "dark", "back", "proven"]);
}

#[test]
fn server_and_agents_killed_in_the_middle_of_an_install_neither_lose_nor_repeat_it() {
    let mut night = Night::new();
    let (pages, agents) = night.addresses();
    night.station.write("install.waits", "");
    night.agree_and_start();
    night.until("the station installs", |night| !night.station.noted("installs").is_empty());
    night.kill_server();
    night.station.kill_agent();
    night.relay.kill_agent();
    // apt goes on to its end without anybody: cut off in the middle it would leave halves.
    night.station.remove("install.waits");
    night.station.start();
    night.relay.start();
    night.start_server((&pages, &agents));
    night.until_shown("STATION-4", "settling");
    night.until("the relay is back", |night| ["settling", "proven"].contains(&&*night.verdict("RELAY-4")));
    let [installs, reboots, relay_installs, relay_restarts] = night.installs_and_restarts();
    assert_eq!((installs.len(), reboots.len()), (2, 1), "{installs:?}");
    assert_eq!((relay_installs.len(), relay_restarts.len()), (2, 1), "{relay_installs:?}");
}
