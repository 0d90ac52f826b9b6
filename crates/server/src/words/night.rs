//! Words of a patch night that several pages share: what a verdict rests on, signals, orders, news. (Statuses: `parts`.)

use super::words;

words! {
    night_until(time: &str): "until {time}" | "till {time}";
    night_since(time: &str): "since {time}" | "sedan {time}";
    night_dark_until(p50: &str, p90: &str): "back {p50}, at the latest {p90}" | "tillbaka {p50}, senast {p90}";
    night_stalled_due(since: &str, due: &str): "since {since}, due {due}" | "sedan {since}, skulle vara klar {due}";
    night_stale_of(age: &str): "evidence {age} old" | "bevis {age} gamla";
    night_stale_checked(who: &str, time: &str): "last checked by {who}, {time}: check again" | "senast kontrollerad av {who}, {time}: kontrollera igen";
    night_never_heard: "never heard" | "har aldrig hörts av";
    night_age_ago(age: &str): "{age} ago" | "för {age} sedan";
    night_by_agent: "agent" | "agent";
    night_by_person: "by hand" | "för hand";
    night_by_named(who: &str): "by hand, {who}" | "för hand, {who}";
    night_times_local(zone: &str): "Times are local ({zone})." | "Tiderna är lokala ({zone}).";
    night_duration(p50: &str, p90: &str): "{p50} (P90 {p90})" | "{p50} (P90 {p90})";
    night_from_to(from: &str, p50: &str, p90: &str): "{from} → {p50}, at the latest {p90}" | "{from} → {p50}, senast {p90}";
    night_minutes(n: u64) one "{n} min" | "{n} min" many "{n} min" | "{n} min";
    night_hours_minutes(hours: u64, minutes: &str): "{hours} h {minutes} min" | "{hours} tim {minutes} min";

    pending_source(source: &str, says: &str): "{source}: {says}" | "{source}: {says}";
    pending_not_restarted: "not restarted since the patch" | "inte omstartad sedan uppdateringen";
    pending_service(service: &str): "{service} has not restarted" | "{service} har inte startats om";
    pending_further(package: &str, to: &str): "a further patch surfaced: {package} {to}" | "ytterligare en uppdatering dök upp: {package} {to}";
    failure_version(package: &str, found: &str, wanted: &str): "{package} is {found}, the plan wants {wanted}" | "{package} är {found}, planen vill ha {wanted}";
    failure_version_absent(package: &str, wanted: &str): "{package} is not installed, the plan wants {wanted}" | "{package} är inte installerat, planen vill ha {wanted}";
    failure_probe(probe: &str, says: &str): "test {probe} failed: {says}" | "test {probe} misslyckades: {says}";
    failure_probe_before(probe: &str, says: &str): "test {probe} failed, as it did before the work: {says}" | "test {probe} misslyckades, liksom före arbetet: {says}";
    failure_refused(code: &str, says: &str): "order refused, {code}: {says}" | "ordern nekades, {code}: {says}";
    failure_order(action: &str, says: &str): "{action} failed: {says}" | "{action} misslyckades: {says}";
    failure_rolled_back: "taken back; a new plan is needed" | "återtagen; en ny plan behövs";
    failure_test(says: &str): "test by hand did not pass: {says}" | "test för hand underkänt: {says}";
    failure_unordered(time: &str): "restarted at {time} without an order" | "startades om {time} utan order";
    gap_source(source: &str, why: &str): "{source} could not be read: {why}" | "{source} gick inte att läsa: {why}";
    gap_not_asked(source: &str): "{source} was not asked" | "{source} tillfrågades inte";
    gap_disagreement(pending: &str, clear: &str): "{pending} says restart, {clear} says none" | "{pending} säger omstart, {clear} säger ingen";
    gap_probe(probe: &str, why: &str): "test {probe}: {why}" | "test {probe}: {why}";
    gap_recheck(due: &str): "nothing heard since the check due {due}" | "inget hört sedan kontrollen {due}";
    gap_work(done: &str, of: &str): "{done} of {of} steps done" | "{done} av {of} steg gjorda";

    signal_reboot_required: "reboot-required file" | "filen reboot-required";
    signal_needrestart_kernel: "needrestart, kernel" | "needrestart, kärna";
    signal_needrestart_services: "needrestart, services" | "needrestart, tjänster";
    signal_kernel: "running against installed kernel" | "körande mot installerad kärna";
    signal_deleted_libraries: "deleted libraries in use" | "raderade bibliotek i bruk";
    signal_package_system: "package system" | "pakethanteraren";
    signal_dnf_needs_restarting: "dnf needs-restarting" | "dnf needs-restarting";
    signal_clear: "no restart pending" | "ingen omstart väntar";
    signal_pending_host: "the host must restart" | "värden måste startas om";
    signal_pending_services(names: &str): "must restart: {names}" | "måste startas om: {names}";
    signal_unknown: "could not be read" | "gick inte att läsa";
    signal_not_asked: "was not asked" | "tillfrågades inte";

    action_download: "download" | "hämtning";
    action_install: "install" | "installation";
    action_restart_services: "restart services" | "omstart av tjänster";
    action_restart_host: "restart the host" | "omstart av värden";
    action_probe: "function tests" | "funktionstest";
    action_roll_back: "roll back" | "återgång";
    action_other: "order" | "order";
    order_issued: "issued" | "utfärdad";
    order_refused: "refused" | "nekad";
    order_accepted: "accepted" | "mottagen";
    order_begun: "begun" | "påbörjad";
    order_done: "done, as the host says" | "gjord, enligt värden";
    order_failed: "failed" | "misslyckad";

    halt_failures(hosts: &str): "as many hosts failed as the plan allows: {hosts}" | "så många värdar misslyckades som planen tillåter: {hosts}";
    halt_impossible(host: &str, says: &str): "{host}: {says}" | "{host}: {says}";
    halt_window: "the window is over" | "fönstret är slut";
    incident_restart_surfaced(why: &str): "A restart surfaced after the work had ended: {why}" | "En omstart dök upp efter avslutat arbete: {why}";
    incident_broken(why: &str): "Broken: {why}" | "Trasig: {why}";
    incident_stalled(time: &str): "No progress since {time}" | "Inga framsteg sedan {time}";
    incident_halted(ring: u16, why: &str): "Ring {ring} was halted: {why}" | "Ring {ring} stoppades: {why}";
    incident_stopped(why: &str): "The night was stopped: {why}" | "Natten stoppades: {why}";
    incident_stopped_emergency(why: &str): "Emergency stop: {why}" | "Nödstopp: {why}";
    incident_archive_slower(side: &str, pair: &str, place: &str, took: &str, most: &str, time: &str): "Archive {side} of {pair} has given the first image more slowly than allowed at {place} since {time}: {took} ms of {most} ms (95th percentile)" | "Arkiv {side} i {pair} har gett första bilden långsammare än tillåtet vid {place} sedan {time}: {took} ms av {most} ms (95:e percentilen)";
    incident_archive_fails(n: u64, side: &str, pair: &str, place: &str, time: &str) one "{n} image of archive {side} of {pair} did not come at {place}; it has been slow or silent there since {time}" | "{n} bild från arkiv {side} i {pair} kom inte fram vid {place}; det har varit långsamt eller tyst där sedan {time}" many "{n} images of archive {side} of {pair} did not come at {place}; it has been slow or silent there since {time}" | "{n} bilder från arkiv {side} i {pair} kom inte fram vid {place}; det har varit långsamt eller tyst där sedan {time}";
    news_dark(host: &str, p90: &str): "{host} goes dark now. Back at the latest {p90}." | "{host} blir mörk nu. Tillbaka senast {p90}.";
    news_back(host: &str, until: &str): "{host} is back and answers. Not proven yet: last check {until}." | "{host} är tillbaka och svarar. Inte bevisad än: sista kontroll {until}.";
    news_proven(host: &str): "{host} is proven." | "{host} är bevisad.";
    news_outage(host: &str, why: &str): "{host} needs a further restart: {why}. You are asked when." | "{host} behöver startas om igen: {why}. Ni tillfrågas när.";
    news_trouble(host: &str, why: &str): "{host} is in trouble: {why}" | "{host} har problem: {why}";

    refusal_bad_signature: "bad signature" | "felaktig signatur";
    refusal_wrong_host: "wrong host" | "fel värd";
    refusal_replayed: "received before" | "mottagen tidigare";
    refusal_out_of_order: "out of order" | "i fel ordning";
    refusal_older_term: "older term" | "äldre mandat";
    refusal_too_early: "too early" | "för tidigt";
    refusal_too_late: "too late to begin" | "för sent att börja";
    refusal_expired: "window over" | "fönstret slut";
    refusal_boot_differs: "another boot than expected" | "en annan uppstart än väntat";
    refusal_versions_differ: "other versions than expected" | "andra versioner än väntat";
    refusal_busy: "busy" | "upptagen";
    refusal_disk_full: "not enough disk space" | "för lite diskutrymme";
    refusal_on_battery: "runs on battery" | "går på batteri";
    refusal_not_supported: "cannot do that" | "kan inte göra det";
    refusal_unreadable: "cannot be read" | "går inte att läsa";

    owner_clinical_engineering: "Clinical engineering" | "Medicinsk teknik";
    owner_it: "IT" | "IT";
    owner_vendor: "Vendor" | "Leverantör";
    owner_ward: "Ward" | "Avdelning";

    timeline_now: "now" | "nu";
    timeline_what: "What" | "Vad";
    timeline_state: "State" | "Tillstånd";
    timeline_from: "From" | "Från";
    timeline_to: "To (P50)" | "Till (P50)";
    timeline_latest: "At the latest (P90)" | "Senast (P90)";
    timeline_table(title: &str): "{title} as a table" | "{title} som tabell";
    timeline_opens(what: &str, time: &str): "{what} opens {time}" | "{what} öppnar {time}";
    timeline_last_start(what: &str, time: &str): "{what}: nothing is begun after {time}" | "{what}: inget påbörjas efter {time}";
    timeline_closes(what: &str, time: &str): "{what} closes {time}" | "{what} stänger {time}";
    timeline_begin_by(time: &str): "nothing is begun after {time}" | "inget påbörjas efter {time}";
    timeline_legend_edges: "Dashed lines: a window opens, its latest start, it closes." | "Streckade linjer: ett fönster öppnar, senaste start, det stänger.";
    timeline_legend_remarks: "A mark before a name: the checker says something of it; the table has what." | "Ett märke före ett namn: granskaren säger något om det; tabellen har vad.";
    timeline_legend: "Solid: expected (P50). Hatched: at the latest (P90)." | "Fyllt: väntat (P50). Streckat: senast (P90).";
}
