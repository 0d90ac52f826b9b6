//! Words of the calendar of all changes, of what stacks, and of the feeds for other calendars.

use super::words;

words! {
    nav_calendar: "Calendar" | "Kalender";
    calendar_title: "All changes" | "Alla ändringar";
    calendar_lead: "Every plan of every state, with what it changes on which service. What is changed without a plan in Segue is not in it." | "Varje plan i varje läge, med vad den ändrar på vilken tjänst. Det som ändras utan en plan i Segue är inte med.";
    calendar_empty: "The calendar shows every planned change and warns when several stack on one service. There is no plan yet." | "Kalendern visar varje planerad ändring och varnar när flera staplas på en tjänst. Det finns ingen plan än.";
    calendar_stacks: "Changes that stack" | "Ändringar som staplas";
    calendar_none(days: u64) one "No two changes meet on one service within {days} day, and none touches several layers of one, as far as plans tell." | "Inga två ändringar möts på en tjänst inom {days} dag, och ingen rör flera lager av en, såvitt planerna säger." many "No two changes meet on one service within {days} days, and none touches several layers of one, as far as plans tell." | "Inga två ändringar möts på en tjänst inom {days} dagar, och ingen rör flera lager av en, såvitt planerna säger.";
    calendar_how: "The layer is told from the names of packages; work by hand counts as the device." | "Lagret läses av paketens namn; arbete för hand räknas som enheten.";
    calendar_at_once(service: &str, changes: &str): "{service}: {changes} changes at once" | "{service}: {changes} ändringar samtidigt";
    calendar_apart(service: &str, changes: &str, apart: &str): "{service}: {changes} changes, {apart} apart" | "{service}: {changes} ändringar, {apart} emellan";
    calendar_one(service: &str): "{service}: several layers at once" | "{service}: flera lager samtidigt";
    calendar_of(plans: &str, layers: &str): "{plans}. Changed: {layers}." | "{plans}. Ändras: {layers}.";
    calendar_more(n: u64) one "{n} further service is in the API." | "{n} tjänst till finns i API:t." many "{n} further services are in the API." | "{n} tjänster till finns i API:t.";
    calendar_picture: "The changes over time" | "Ändringarna över tiden";
    calendar_col_from: "From" | "Från";
    calendar_col_to: "To" | "Till";
    calendar_col_services: "Services" | "Tjänster";
    calendar_col_layers: "Changed" | "Ändras";
    calendar_f_days: "Warn within" | "Varna inom";
    calendar_f_when: "When" | "När";
    calendar_when_coming: "coming, running, or over for less than 14 days" | "kommande, pågående, eller slut sedan mindre än 14 dagar";
    calendar_when_all: "all" | "alla";
    calendar_days(n: u64) one "{n} day" | "{n} dag" many "{n} days" | "{n} dagar";
    calendar_hours(n: u64) one "{n} hour" | "{n} timme" many "{n} hours" | "{n} timmar";
    calendar_agreed_or_concluded: "Agreed, or concluded" | "Överenskommen, eller avslutad";
    calendar_gone: "Withdrawn, or replaced" | "Återtagen, eller ersatt";
    calendar_wrong_days(max: &str): "days is a whole number from 0 to {max}" | "days är ett helt tal från 0 till {max}";
    calendar_wrong_when: "when is coming or all" | "when är coming eller all";
    layer_device: "device, by hand" | "enhet, för hand";
    layer_operating_system: "operating system" | "operativsystem";
    layer_database: "database" | "databas";
    layer_software: "other software" | "annan programvara";

    feeds_title: "Calendar feeds" | "Kalenderflöden";
    feeds_link: "Feeds for other calendars" | "Flöden för andra kalendrar";
    feeds_lead: "What is planned, for the calendar on a phone or in a mail program. Take a file along, or make an address that the program reads by itself every quarter of an hour." | "Det som är planerat, för kalendern i en telefon eller ett e-postprogram. Ta med en fil, eller gör en adress som programmet läser av sig självt varje kvart.";
    feeds_col_of: "Plans of" | "Planer för";
    feeds_col_file: "As a file" | "Som fil";
    feeds_col_by: "Opened by" | "Öppnat av";
    feeds_col_act: "Act" | "Åtgärd";
    feeds_download: "Download" | "Ladda ner";
    feeds_make: "Make an address" | "Gör en adress";
    feeds_what: "Of whom" | "För vem";
    feeds_what_hint: "Whoever has the address can read it without signing in, until it is revoked." | "Den som har adressen kan läsa den utan att logga in, tills den återkallas.";
    feeds_wrong: "Choose one of the list." | "Välj en i listan.";
    feeds_choices: "For whom there is one" | "För vem det finns";
    feeds_open: "Addresses that can be read" | "Adresser som går att läsa";
    feeds_open_none: "No address has been made." | "Ingen adress har gjorts.";
    feeds_revoke: "Revoke…" | "Återkalla…";
    feeds_revoke_title(of: &str): "Revoke the feed of {of}" | "Återkalla flödet för {of}";
    feeds_revoke_says: "Programs that read this address get nothing from now on. What they have shown until now they may keep." | "Program som läser adressen får inget från och med nu. Det de visat hittills kan de behålla.";
    feeds_revoke_verb: "Revoke the address" | "Återkalla adressen";
    feeds_once: "The address of the feed" | "Flödets adress";
    feeds_once_how: "Copy it now into the calendar program: it is shown only here. Lost, it is revoked and another one made." | "Kopiera den nu till kalenderprogrammet: den visas bara här. Tappas den bort återkallas den och en ny görs.";
    feeds_back: "Back to the feeds" | "Till flödena";
    feed_unit(name: &str): "unit {name}" | "avdelning {name}";
    feed_owner(name: &str): "tasks of {name}" | "uppgifter för {name}";
    feed_person(name: &str): "person {name}" | "person {name}";
    feed_vendor(name: &str): "maker {name}" | "tillverkare {name}";
    feed_dark(beds: &str, title: &str): "Dark: {beds} · {title}" | "Mörkt: {beds} · {title}";
    feed_never_dark(title: &str): "Patch night, no bed dark · {title}" | "Patchnatt, ingen säng mörk · {title}";
    feed_perhaps_dark(title: &str): "Patch night, beds may go dark · {title}" | "Patchnatt, sängar kan bli mörka · {title}";
    feed_begun(state: &str, planned: &str): "{state}, see the board. As planned: {planned}" | "{state}, se tavlan. Som planerat: {planned}";
    feed_as_planned: "These times are as planned; what has happened since stands on the board." | "Tiderna är som planerat; vad som hänt sedan dess står på tavlan.";
    feed_work(hosts: &str, title: &str): "Patching: {hosts} · {title}" | "Patchning: {hosts} · {title}";
    feed_state(state: &str): "The plan: {state}." | "Planen: {state}.";
    feed_missing(n: u64) one "{n} thing is missing before it is agreed." | "{n} sak saknas innan den är överenskommen." many "{n} things are missing before it is agreed." | "{n} saker saknas innan den är överenskommen.";

    record_take: "The change record" | "Ändringsposten";
    record_wrong(asked: &str): "format={asked} is not possible; it is csv or json" | "format={asked} är inte möjligt; det är csv eller json";
}
