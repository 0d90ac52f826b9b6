//! The incident that Segue exists for, on one machine and without Segue: green right after the restart, red later. What the
//! packages of the rig promise is checked here, so that the night's result means what it says.

use std::time::Duration;

use anyhow::Result;

use crate::machine::{BOOT_TIME_MAX, Machine};
use crate::rig::{IMAGE, Rig, before_the_night, install, plain_look, wait_for};
use crate::steps::{Steps, expect_eq};

/// Seconds between the end of the boot and the second pending restart.
const SECOND_STAGE_SECONDS: &str = "15";
const LATER: Duration = Duration::from_secs(180);

/// Walks through the incident.
pub(crate) fn run(rig: &Rig, steps: &mut Steps) -> Result<()> {
    let machine = steps.step("a station starts", || Machine::start(&rig.work, IMAGE, "incident"))?;
    let guest = machine.guest.clone();
    steps.step("it has the versions from before the night", || before_the_night(&guest))?;
    steps.step("the fonts' patch needs no restart", || {
        install(&guest, &["ward-fonts".to_owned()])?;
        expect_eq("right after it", &plain_look(&guest)?, "green")
    })?;
    steps.step(
        "the relay's patch is installed while the old program runs on, which the marker file does not know",
        || {
            install(&guest, &["alarm-relay".to_owned()])?;
            expect_eq("a plain look", &plain_look(&guest)?, "green")?;
            expect_eq("the running version", &guest.ok("cat /run/alarm-relay.version")?, "1.0")?;
            let services = guest.ok("needrestart -b -l -r l | grep NEEDRESTART-SVC:")?;
            expect_eq("needrestart", &services, "NEEDRESTART-SVC: alarm-relay.service")
        },
    )?;
    steps.step("the station's patch needs a restart", || {
        install(&guest, &["station-base".to_owned()])?;
        guest.put(SECOND_STAGE_SECONDS.as_bytes(), "/etc/station-base.delay")?;
        expect_eq("a plain look", &plain_look(&guest)?, "restart required")
    })?;
    steps.step("right after the restart a plain look is green", || {
        let old = guest.boot_id()?;
        // The reply is lost with the machine.
        let _ = guest.run("systemctl reboot", Duration::from_secs(5));
        guest.wait_boot(BOOT_TIME_MAX, Some(&old))?;
        expect_eq("a plain look", &plain_look(&guest)?, "green")
    })?;
    steps.step("later the same machine needs a second restart", || {
        wait_for("the second pending restart", LATER, || Ok(plain_look(&guest)? == "restart required"))
    })?;
    machine.stop()
}
