//! A patch night on two real machines with the real server and the shipped agent: green right after the restart, red later, and what
//! Segue says of it beside what a plain script says.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use serde_json::Value;

use crate::beside::Patchman;
use crate::guest::Guest;
use crate::machine::Machine;
use crate::plan::{in_minutes, plan};
use crate::record::{self, Moment};
use crate::rig::{IMAGE, Paths, Rig, UNIT, before_the_night, plain_look, plain_report, wait_for};
use crate::site::{Site, UNIT as WARD};
use crate::steps::{Steps, expect_eq};
use crate::watch::{Watch, clock, now, word};

/// Above this, something hangs: a step of the night on a loaded machine. Well below what the whole suite may take, so that the one who
/// looks into it hears from the machines what they last did.
const STEP_TIME_MAX: Duration = Duration::from_secs(300);
/// Waits for apt-get as the agent starts it, past the download, and kills the agent alone: `kill -9`.
const KILL_WHILE_INSTALLING: &str = "\
    agent=$(systemctl show -p MainPID --value segue-agent); \
    i=0; while [ $i -lt 9000 ]; do \
      f=$(grep -lsz '^--no-remove$' /proc/[0-9]*/cmdline); \
      if [ -n \"$f\" ] && ! grep -qsz '^--download-only$' $f && grep -qsz '^--no-remove$' $f; then \
        kill -9 $agent; \
        grep -qsz '^--no-remove$' $f && echo 'apt-get goes on'; exit 0; \
      fi; i=$((i+1)); sleep 0.1; \
    done; exit 1";
const STATION: &str = "STATION-4";
const RELAY: &str = "RELAY-4";

/// The two machines with what they run.
struct Hosts {
    station: Machine,
    relay: Machine,
}

impl Hosts {
    fn each(&self) -> [(&'static str, &Guest); 2] {
        [(STATION, &self.station.guest), (RELAY, &self.relay.guest)]
    }
}

/// Does the same on both machines at once.
fn both<T: Send>(does: impl Fn(&'static str) -> Result<T> + Sync) -> Result<(T, T)> {
    std::thread::scope(|scope| {
        let other = scope.spawn(|| does(RELAY));
        let one = does(STATION);
        let other = other.join().map_err(|_| anyhow!("a thread panicked"))?;
        Ok((one?, other?))
    })
}

/// The night while it runs.
struct Night {
    site: Site,
    hosts: Hosts,
    watch: Watch,
    moments: Vec<Moment>,
    patchman: Option<Patchman>,
    /// Where the record is written.
    page: PathBuf,
}

/// Walks through the night and writes the record to `truth.md` in the work folder.
pub(crate) fn run(
    paths: &Paths,
    rig: &Rig,
    segue: &std::path::Path,
    patchman: Option<Patchman>,
    steps: &mut Steps,
) -> Result<()> {
    let site =
        steps.step("the hospital is described and its server runs", || Site::start(&rig.work, segue))?;
    let (station, relay) = steps.step("two machines start at once", || {
        both(|name| Machine::start(&rig.work, IMAGE, &name.to_lowercase()))
    })?;
    let hosts = Hosts { station, relay };
    steps.step("both have the versions from before the night", || {
        both(|name| match name {
            STATION => {
                hosts.station.guest.put(b"", "/etc/station-base.hold")?;
                before_the_night(&hosts.station.guest, &["ward-fonts", "station-base"])
            }
            _ => before_the_night(&hosts.relay.guest, &["ward-fonts", "alarm-relay"]),
        })
        .map(drop)
    })?;
    let (site, watch) = enrolled(paths, site, &hosts, steps)?;
    let page = rig.work.join("truth.md");
    let mut night = Night { site, hosts, watch, moments: Vec::new(), patchman, page };
    night.passes(steps).map_err(|error| error.context(night.last_words()))?;
    let ends =
        steps.step("each patch was installed once, each restart was ordered once", || night.counted())?;
    let page = night.record(&ends)?;
    crate::steps::print(&page);
    let Night { hosts, .. } = night;
    hosts.station.stop()?;
    hosts.relay.stop()
}

/// Both machines enrol, run the agent by the unit that is shipped, and are heard.
fn enrolled(paths: &Paths, mut site: Site, hosts: &Hosts, steps: &mut Steps) -> Result<(Site, Watch)> {
    steps.step("both enrol by token and fingerprint, and run the agent by the unit that is shipped", || {
        let shipped = std::fs::read_to_string(&paths.unit)?;
        let server = format!("https://10.0.2.2:{}", site.agents_port);
        for (tag, guest) in hosts.each() {
            expect_eq("the unit", &guest.ok(&format!("cat {UNIT}"))?, shipped.trim_end())?;
            let offer = site.told(&["host", "offer", tag])?;
            let token = offer.first().and_then(|offer| offer.get("token")).and_then(Value::as_str);
            let (token, sha256) = (token.context("no token was offered")?, &site.authority_sha256);
            guest.ok(&format!(
                "segue-agent enrol --server {server} --token {token} --ca-sha256 {sha256} && systemctl start segue-agent"
            ))?;
            expect_eq("the service", &guest.ok("systemctl is-active segue-agent")?, "active")?;
        }
        Ok(())
    })?;
    steps.step("both are heard, with every source read", || {
        for (tag, guest) in hosts.each() {
            let said = || guest.ok("journalctl -u segue-agent -n 20 --no-pager").unwrap_or_default();
            let mut seen = Value::Null;
            wait_for("a first look", STEP_TIME_MAX, || {
                seen = site
                    .reader
                    .get(&format!("/api/v1/hosts/{tag}"))?
                    .pointer("/observation/signals")
                    .cloned()
                    .unwrap_or_default();
                Ok(!seen.is_null())
            })
            .with_context(said)?;
            for (source, reading) in seen.as_object().into_iter().flatten() {
                if reading.get("unknown").is_some() {
                    bail!("{tag}: {source} could not be read: {reading}");
                }
            }
        }
        Ok(())
    })?;
    let watch = Watch::start(site.reader.clone());
    Ok((site, watch))
}

impl Night {
    fn passes(&mut self, steps: &mut Steps) -> Result<()> {
        self.agreed(steps)?;
        self.worked(steps)?;
        self.surfaced(steps)?;
        self.proven(steps)
    }

    /// What everybody said last, for whoever looks into a night that failed: the board, the server, both agents, both consoles.
    fn last_words(&mut self) -> String {
        let board = self
            .site
            .reader
            .get("/api/v1/board")
            .map_or_else(|error| error.to_string(), |board| format!("{board:#}"));
        let mut said =
            format!("the board: {board}\n{}\nshown so far: {:#?}", self.site.said(), self.watch.shown());
        for machine in [&self.hosts.station, &self.hosts.relay] {
            let journal = machine.guest.run("journalctl -u segue-agent -n 40 --no-pager", STEP_TIME_MAX);
            let journal = journal.map_or_else(|error| format!("{error:#}"), |ran| ran.stdout);
            said.push_str(&format!("\n{}\nits agent: {journal}", machine.console()));
        }
        said
    }

    fn wait_shown(&mut self, host: &str, wanted: &[&str]) -> Result<()> {
        wait_for(&format!("{host} shown {wanted:?}"), STEP_TIME_MAX, || {
            Ok(wanted.contains(&&*self.watch.newest(host)?.word))
        })
    }

    /// Writes the record as far as the night has come, and gives it back.
    fn record(&self, ends: &[String]) -> Result<String> {
        record::write(&self.page, &self.moments, &self.watch.shown(), ends)
    }

    /// Notes what everybody says at this moment. patchman hears of the host now if it `reports`, as after each of its boots.
    fn note(&mut self, host: &'static str, what: &'static str, plain: String, reports: bool) -> Result<()> {
        let (at, segue) = (now(), self.watch.newest(host)?);
        let guest = if host == STATION { &self.hosts.station.guest } else { &self.hosts.relay.guest };
        let patchman = match &self.patchman {
            Some(patchman) if reports => Some(patchman.report(host, guest)?),
            Some(patchman) => Some(patchman.says(host)?),
            None => None,
        };
        self.moments.push(Moment { at, host, what, plain, patchman, segue });
        self.record(&[]).map(drop)
    }

    /// Drafted, answered, covered, approved by two, started.
    fn agreed(&mut self, steps: &mut Steps) -> Result<()> {
        steps.step("the ward, its staff and two approvers agree to the plan, and it is started", || {
            self.site.write("plan.toml", &plan()?)?;
            let drafted = self.site.told(&["plan", "draft", "plan.toml", "--by", "anna"])?;
            let hash = drafted.first().and_then(|line| line.get("plan")).and_then(Value::as_str);
            let hash = hash.context("no plan was drafted")?.to_owned();
            let site = &self.site;
            site.told(&["plan", "answer", &hash, "--unit", WARD, "--accept", "--by", "karin"])?;
            site.told(&["plan", "cover", &hash, "--unit", WARD, "--person", "Moa", "--by", "karin"])?;
            site.told(&["plan", "approve", &hash, "--by", "erik"])?;
            site.told(&["plan", "approve", &hash, "--by", "lars"])?;
            site.told(&["plan", "start", &hash, "--by", "erik"])?;
            Ok(())
        })
    }

    /// The patches are installed; the station restarts.
    fn worked(&mut self, steps: &mut Steps) -> Result<()> {
        steps.step(
            "the relay's agent is killed in the middle of an installation; systemd starts it again",
            || {
                let relay = &self.hosts.relay.guest;
                let killed = relay.run(KILL_WHILE_INSTALLING, STEP_TIME_MAX)?;
                expect_eq("killed while apt-get ran", &killed.stdout, "apt-get goes on\n")?;
                wait_for("the agent runs again", STEP_TIME_MAX, || {
                    let now =
                        "systemctl show -p NRestarts --value segue-agent; systemctl is-active segue-agent";
                    Ok(relay.ok(now)? == "1\nactive")
                })
            },
        )?;
        steps.step("the relay's patch is installed, its old program runs on: pending for Segue, green for the script", || {
            self.wait_shown(RELAY, &["restart_pending"])?;
            let plain = plain_look(&self.hosts.relay.guest)?;
            expect_eq("a plain look", &plain, "green")?;
            self.note(RELAY, "installed, its service not restarted yet", plain, true)
        })?;
        steps.step(
            "right after its restart the station is green for the script, and settling for Segue",
            || {
                self.wait_shown(STATION, &["settling"])?;
                let report = plain_report(&self.hosts.station.guest)?;
                if !report.ends_with("green") {
                    bail!("the plain script reports {report:?}");
                }
                self.note(STATION, "right after the restart", looked(&report), true)
            },
        )?;
        steps.step("the relay's service was restarted, and it settles or is proven", || {
            self.wait_shown(RELAY, &["settling", "proven"])?;
            let relay = &self.hosts.relay.guest;
            expect_eq("the running relay", &relay.ok("cat /run/alarm-relay.version")?, "2.0")
        })
    }

    /// The second restart shows up.
    fn surfaced(&mut self, steps: &mut Steps) -> Result<()> {
        let guest = self.hosts.station.guest.clone();
        steps.step(
            "a second restart shows up: the board turns red, the script's report stays green",
            || {
                if self.watch.newest(STATION)?.word != "settling" {
                    bail!("the station is {:?}; it should be settling still", self.watch.newest(STATION)?);
                }
                guest.ok("rm /etc/station-base.hold")?;
                self.wait_shown(STATION, &["restart_pending"])?;
                let report = plain_report(&guest)?;
                if !report.ends_with("green") {
                    bail!("the plain script reports {report:?}");
                }
                self.note(STATION, "a second restart is armed", looked(&report), false)
            },
        )?;
        steps.step("the incident list has it, the ward is told and asked on its card", || {
            wait_for("the ward is told", STEP_TIME_MAX, || {
                Ok(self.told()?.iter().any(|told| told == "STATION-4 further_outage"))
            })?;
            let incidents = self.site.reader.get("/api/v1/incidents")?.to_string();
            if !incidents.contains("restart_surfaced") {
                bail!("the incident list: {incidents}");
            }
            let card = self.site.reader.page(&format!("/ward/{WARD}"))?;
            if !card.contains("STATION-4 must restart once more") {
                bail!("the ward's card does not ask:\n{card}");
            }
            Ok(())
        })
    }

    /// What the ward was told, oldest first.
    fn told(&mut self) -> Result<Vec<String>> {
        let card = self.site.reader.get(&format!("/api/v1/wards/{WARD}"))?;
        let notices = card.get("notices").and_then(Value::as_array).into_iter().flatten().rev();
        let told = notices.map(|notice| {
            let host = notice.get("host").and_then(Value::as_str).unwrap_or_default();
            format!("{host} {}", word(notice.get("news").unwrap_or(&Value::Null)))
        });
        Ok(told.collect())
    }

    /// The further outage is agreed, the station restarts again, everything is proven.
    fn proven(&mut self, steps: &mut Steps) -> Result<()> {
        let guest = self.hosts.station.guest.clone();
        let boot = guest.boot_id()?;
        steps.step("the ward agrees to a further outage now; until then nothing restarted", || {
            let outages = self.site.told(&["outage", "list"])?;
            let id = outages.last().and_then(|outage| outage.get("outage")).and_then(Value::as_str);
            let id = id.context("nobody is asked for a further outage")?;
            let times = [in_minutes(0)?, in_minutes(60)?, in_minutes(120)?];
            let [not_before, latest_start, not_after] = &times;
            let window =
                ["--not-before", not_before, "--latest-start", latest_start, "--not-after", not_after];
            self.site.told(&[&["outage", "move", id], &window[..], &["--by", "erik"]].concat())?;
            expect_eq("the boot", &guest.boot_id()?, &boot)?;
            self.site.told(&["outage", "answer", id, "--unit", WARD, "--accept", "--by", "karin"]).map(drop)
        })?;
        steps.step("the station restarts a second time and settles", || {
            guest.wait_boot(STEP_TIME_MAX, Some(&boot))?;
            self.wait_shown(STATION, &["settling", "proven"])?;
            let report = plain_report(&guest)?;
            self.note(STATION, "right after the second restart", looked(&report), true)
        })?;
        steps.step("after the quiet period and a later look both are proven", || {
            self.wait_shown(STATION, &["proven"])?;
            self.wait_shown(RELAY, &["proven"])?;
            let plain = plain_look(&guest)?;
            self.note(STATION, "after the quiet period", format!("{plain} (asked again)"), false)?;
            let words = self.watch.words(STATION);
            let stood: Vec<&str> = words
                .iter()
                .map(|word| &**word)
                .filter(|word| !["dark", "restart_pending"].contains(word))
                .collect();
            expect_eq("what the board showed", &stood.join(" "), "not_begun settling settling proven")?;
            // The board judges at once; the driver says it at its next look.
            wait_for("the ward is told", STEP_TIME_MAX, || {
                Ok(self.told()?.contains(&"STATION-4 proven".to_owned()))
            })?;
            let told = self.told()?;
            let station: Vec<&str> = told.iter().filter_map(|told| told.strip_prefix("STATION-4 ")).collect();
            expect_eq(
                "what the ward was told",
                &station.join(" "),
                "dark back further_outage dark back proven",
            )
        })
    }

    /// How often things were done, by the machines' own records.
    fn counted(&self) -> Result<Vec<String>> {
        let mut lines = Vec::new();
        for (tag, guest) in self.hosts.each() {
            let upgrades = guest.ok("grep -h ' upgrade ' /var/log/dpkg.log | cut -d' ' -f4- | sort")?;
            let mine = if tag == STATION {
                "station-base:amd64 1.0 2.0\nward-fonts:amd64 1.0 2.0"
            } else {
                "alarm-relay:amd64 1.0 2.0\nward-fonts:amd64 1.0 2.0"
            };
            expect_eq(&format!("{tag}: what dpkg upgraded"), &upgrades, mine)?;
            let boots = guest.ok("journalctl --list-boots --no-pager | grep -cE '^ *-?[0-9]+ '")?;
            expect_eq(
                &format!("{tag}: boots in its journal"),
                &boots,
                if tag == STATION { "3" } else { "1" },
            )?;
            lines.push(format!(
                "{tag}: dpkg upgraded {} once; {boots} boots in its journal",
                upgrades.replace('\n', ", ")
            ));
        }
        let starts =
            self.hosts.relay.guest.ok("journalctl -u alarm-relay -o cat --no-pager | grep -c '^Started'")?;
        expect_eq("starts of the relay's service", &starts, "2")?;
        lines.push(format!("{RELAY}: its service was started {starts} times, the first before the night"));
        lines.push(format!("the night's record ends at {}", clock(now())));
        Ok(lines)
    }
}

/// The plain script's report: its verdict, and when it looked.
fn looked(report: &str) -> String {
    let (at, verdict) = report.split_once(' ').unwrap_or(("", report));
    format!("{verdict} (looked at {at})")
}
