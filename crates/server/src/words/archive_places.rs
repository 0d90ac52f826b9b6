//! Words of places from which archives are probed no more.

use super::words;

words! {
    archive_places: "Places that are silent or retired" | "Platser som är tysta eller avförda";
    archive_place_admit: "Let a place tell its own probes…" | "Låt en plats berätta om sina egna prov…";
    archive_place_admit_title: "Let a place tell its own probes" | "Låt en plats berätta om sina egna prov";
    archive_place_admit_says: "A workstation or another site opens images itself (segue probe archive) and tells how long they took, with a secret that is good for this place alone. A place that has one gets another; the one before counts no more." | "En arbetsstation eller en annan ort öppnar bilder själv (segue probe archive) och berättar hur lång tid de tog, med en hemlighet som gäller bara för den platsen. En plats som redan har en får en ny; den tidigare gäller inte längre.";
    archive_place_admit_field: "Name of the place" | "Platsens namn";
    archive_place_admit_verb: "Make a secret" | "Skapa en hemlighet";
    archive_place_once: "Secret of this place; it is shown only now" | "Platsens hemlighet; den visas bara nu";
    archive_place_once_how: "Put it into a file that only the account under which the probe runs can read. Only its SHA-256 is kept here." | "Lägg den i en fil som bara kontot som kör provet kan läsa. Bara dess SHA-256 sparas här.";
    archive_place_back: "Back to the gate" | "Tillbaka till grinden";
    archive_place_wait(who: &str, moment: &str): "let by {who} {moment}; nothing was told yet" | "tillåten av {who} {moment}; inget är berättat än";
    archive_place_other(place: &str): "this secret is of {place} and tells of no other place" | "den här hemligheten är {place}s och berättar inte om någon annan plats";
    archive_place_archive(archive: &str, a: &str, b: &str): "{archive} is no archive of this pair: they are {a} and {b}" | "{archive} är inget arkiv i det här paret: de är {a} och {b}";
    archive_place_own: "Segue itself probes from a place of this name: choose another" | "Segue provar självt från en plats med det namnet: välj ett annat";
    archive_place_wrong: "a name of at most 200 bytes on one line" | "ett namn på högst 200 byte på en rad";
    archive_place_silent(moment: &str): "last probed {moment}: begin its probing again, or retire it" | "senast provad {moment}: börja prova där igen, eller avför den";
    archive_place_retired(who: &str, moment: &str, because: &str): "retired by {who} {moment}: {because}" | "avförd av {who} {moment}: {because}";
    archive_place_retire: "Retire…" | "Avför…";
    archive_place_title: "Retire a place" | "Avför en plats";
    archive_place_says: "Images are opened from this place no more, such as from a workstation that was scrapped. What was measured there counts no longer, at either archive, and what was allowed there is forgotten; the journal keeps it. When it is probed again it is back." | "Inga bilder öppnas längre från den här platsen, till exempel från en skrotad arbetsstation. Det som mättes där räknas inte längre, för något av arkiven, och det som var tillåtet där glöms; journalen behåller det. När den provas igen är den tillbaka.";
    archive_place_because: "Why it is probed no more" | "Varför den inte provas längre";
    archive_place_verb: "Retire it" | "Avför den";
    archive_refused_place(place: &str): "nothing is probed from {place}" | "inget provas från {place}";
    archive_refused_still(place: &str, minutes: &str): "{place} was probed within the last {minutes} minutes: end its probing first; only a place that is probed no more is retired" | "{place} provades under de senaste {minutes} minuterna: sluta prova där först; bara en plats som inte provas längre avförs";
}
