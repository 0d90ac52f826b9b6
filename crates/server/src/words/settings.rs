//! Words of `/settings`.

use super::words;

words! {
    settings_title: "Settings" | "Inställningar";
    settings_in_force: "What is in force" | "Vad som gäller";
    settings_in_force_lead: "Set where Segue is started, in its configuration file, environment or flags." | "Ställs in där Segue startas, i konfigurationsfil, miljö eller flaggor.";
    settings_hospital: "Hospital" | "Sjukhus";
    settings_time_zone: "Time zone" | "Tidszon";
    settings_language: "Language" | "Språk";
    settings_version: "Version of Segue" | "Segues version";
    settings_journal: "Journal" | "Journal";
    settings_journal_folder(folder: &str): "embedded, in {folder}" | "inbyggd, i {folder}";
    settings_journal_unknown: "not said by whoever started this server" | "inte angivet av den som startade servern";
    settings_stream: "Site" | "Plats";
    settings_entries: "Entries" | "Poster";
    settings_snapshot: "Newest snapshot" | "Nyaste ögonblicksbild";
    settings_snapshot_none: "none yet; a start reads the whole journal" | "ingen ännu; en start läser hela journalen";
    settings_snapshot_at(seq: &str, age: &str, behind: &str): "at entry {seq}, {age} old; entries since then: {behind}" | "vid post {seq}, {age} gammal; poster sedan dess: {behind}";
    settings_tls: "TLS" | "TLS";
    settings_proxy: "Behind a proxy" | "Bakom en proxy";
    settings_yes: "yes" | "ja";
    settings_no: "no" | "nej";
    settings_admins_only: "Accounts are managed by admins." | "Konton sköts av administratörer.";
    settings_journal_link: "Audit of the journal" | "Granska journalen";

    accounts_title: "Accounts" | "Konton";
    accounts_lead: "Who may sign in and what each may do. To change a role, close the account and open it again." | "Vilka som får logga in och vad var och en får göra. För att byta roll, stäng kontot och öppna det igen.";
    accounts_n(n: u64) one "{n} account" | "{n} konto" many "{n} accounts" | "{n} konton";
    accounts_col_name: "Name" | "Namn";
    accounts_col_role: "Role" | "Roll";
    accounts_col_password: "Password" | "Lösenord";
    accounts_col_sessions: "Sessions now" | "Sessioner nu";
    accounts_own: "own" | "eget";
    accounts_one_time: "one-time, not yet replaced" | "engångs, inte utbytt ännu";
    accounts_reset: "New one-time password" | "Nytt engångslösenord";
    accounts_close: "Close" | "Stäng";
    accounts_acts: "What can be done" | "Vad som kan göras";
    accounts_open: "Open an account" | "Öppna ett konto";
    accounts_open_button: "Open account" | "Öppna konto";
    accounts_name: "Sign-in name" | "Inloggningsnamn";
    accounts_name_hint: "As the person will type it. It cannot be changed." | "Som personen skriver det. Det kan inte ändras.";
    accounts_name_bad: "The name is empty, too long or holds characters that cannot be typed." | "Namnet är tomt, för långt eller har tecken som inte går att skriva.";
    accounts_name_spaces: "A sign-in name has no spaces." | "Ett inloggningsnamn har inga mellanslag.";
    accounts_role: "Role" | "Roll";
    accounts_role_reader: "reader: looks at everything, changes nothing" | "läsare: ser allt, ändrar inget";
    accounts_role_ward: "ward: answers for care units, confirms staff" | "avdelning: svarar för vårdenheter, bekräftar personal";
    accounts_role_engineer: "engineer: imports, answers questions about names, runs patch nights" | "ingenjör: importerar, svarar på frågor om namn, kör patchnätter";
    accounts_role_admin: "admin: manages accounts as well" | "administratör: sköter även konton";
    accounts_bad_role: "Choose one of the roles." | "Välj en av rollerna.";
    accounts_opened(name: &str, role: &str): "The account {name} is open, as {role}." | "Kontot {name} är öppet, som {role}.";
    accounts_was_reset(name: &str): "{name} has a new one-time password; the sessions are ended." | "{name} har ett nytt engångslösenord; sessionerna är avslutade.";
    accounts_closed(name: &str): "The account {name} is closed." | "Kontot {name} är stängt.";
    accounts_password_once: "One-time password, shown only here and only now" | "Engångslösenord, visas bara här och bara nu";
    accounts_password_how: "Hand it over in person. It must be replaced at the first sign-in." | "Lämna över det personligen. Det måste bytas vid första inloggningen.";
    accounts_close_title(name: &str): "Close the account {name}?" | "Stänga kontot {name}?";
    accounts_close_sentence(name: &str): "{name} is signed out everywhere and can no longer sign in. What {name} did stays in the journal." | "{name} loggas ut överallt och kan inte längre logga in. Vad {name} gjort står kvar i journalen.";
    accounts_close_verb(name: &str): "Close the account {name}" | "Stäng kontot {name}";
    accounts_reset_title(name: &str): "New one-time password for {name}?" | "Nytt engångslösenord för {name}?";
    accounts_reset_sentence(name: &str): "The present password of {name} stops working, and {name} is signed out everywhere." | "Det nuvarande lösenordet för {name} slutar gälla och {name} loggas ut överallt.";
    accounts_reset_verb(name: &str): "Give {name} a new one-time password" | "Ge {name} ett nytt engångslösenord";
    accounts_sessions(n: u64) one "{n} open session ends" | "{n} öppen session avslutas" many "{n} open sessions end" | "{n} öppna sessioner avslutas";
    accounts_back: "Back to the settings" | "Till inställningarna";
}
