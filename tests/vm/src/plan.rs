//! The plan of the night: a patch that needs no restart, one whose service must restart, one whose restart arms a second one.

use anyhow::Result;
use jiff::SignedDuration;

use crate::watch::now;

/// Minutes that every source must stay clear; on a real night two hours and a look next morning.
const QUIET_MINUTES: u32 = 2;

/// An instant from now, as the command line takes it.
pub(crate) fn in_minutes(minutes: i64) -> Result<String> {
    Ok(now().checked_add(SignedDuration::from_mins(minutes))?.to_string())
}

fn patch(package: &str, restart: &str, minutes: (u32, u32)) -> String {
    let (p50, p90) = minutes;
    format!(
        "[[patches]]\nid = \"{package}-2.0\"\ntitle = \"{package} 2.0\"\nrestart = {restart}\ncan_roll_back = true\n\
         packages = [{{ package = \"{package}\", version = \"2.0\" }}]\n\
         declared = {{ install = {{ p50 = 2, p90 = 6 }}, restart = {{ p50 = {p50}, p90 = {p90} }}, \
         back_out = {{ p50 = 2, p90 = 6 }} }}\n"
    )
}

fn item(host: &str, package: &str) -> String {
    format!(
        "[[items]]\nhost = \"{host}\"\npatches = [\"ward-fonts-2.0\", \"{package}-2.0\"]\nring = 1\nwave = 1\n\
         by = \"agent\"\nowner = \"clinical_engineering\"\n"
    )
}

/// The plan as people write it (docs/plan-file.md).
pub(crate) fn plan() -> Result<String> {
    let patches = [
        patch("ward-fonts", "\"none\"", (0, 0)),
        patch("alarm-relay", "{ services = [\"alarm-relay.service\"] }", (1, 3)),
        patch("station-base", "\"host\"", (3, 10)),
    ];
    let window = format!(
        "[[windows]]\nid = \"night\"\nnot_before = \"{}\"\nlatest_start = \"{}\"\nnot_after = \"{}\"\n",
        in_minutes(-1)?,
        in_minutes(90)?,
        in_minutes(240)?
    );
    Ok(format!(
        "id = \"ward-4\"\ntitle = \"Ward 4 to 2.0\"\ncontingency = \"Back to 1.0; call clinical engineering, 5511\"\n\
         {}{window}[[rings]]\ntitle = \"ward 4\"\nwindow = \"night\"\nsuccess_min = 2\nfailures_stop = 1\n\
         soak_minutes = 0\nat_once_max = 2\n{}{}[[cover]]\nunit = \"WARD-4\"\npeople = 1\n\
         task = \"sit with the telemetry patients\"\n[proof]\nquiet_minutes = {QUIET_MINUTES}\nmorning = \"never\"\n",
        patches.concat(),
        item("STATION-4", "station-base"),
        item("RELAY-4", "alarm-relay"),
    ))
}
