//! Why something about a pair of archives is refused. The English is the rules' own sentence: a test holds the two together.

use super::words;

words! {
    archive_refused_no_pair(pair: &str): "nobody has compared or probed a pair of archives {pair}" | "ingen har jämfört eller provat ett par av arkiv {pair}";
    archive_refused_under_way(a: &str, b: &str): "a failover from {a} to {b} is under way" | "en övergång från {a} till {b} pågår";
    archive_refused_is_over(b: &str): "the hospital works with {b} since the last failover; to go to another, the configuration must name {b} as the archive in use (a)" | "sjukhuset arbetar med {b} sedan den senaste övergången; för att gå till ett annat måste konfigurationen nämna {b} som arkivet i bruk (a)";
    archive_refused_not_under_way: "no failover is under way" | "ingen övergång pågår";
    archive_refused_not_watched: "nothing is watched: the last failover ended more than a day ago, or there was none" | "inget bevakas: den senaste övergången slutade för mer än ett dygn sedan, eller så fanns ingen";
    archive_refused_not_proven: "compare again: nothing shows yet that B has what came to A until senders were pointed to B, and readers would miss it" | "jämför igen: inget visar ännu att B har det som kom till A tills avsändarna pekades om, och läsarna skulle sakna det";
    archive_refused_steps(n: &str): "{n} of the steps are not done; go back to A, or do them" | "{n} av stegen är inte gjorda; gå tillbaka till A, eller gör dem";
    archive_refused_no_go(says: &str): "the gate says no: {says}" | "grinden säger nej: {says}";
    archive_refused_override(says: &str): "the override does not count: {says}" | "att gå över ändå räknas inte: {says}";
    archive_refused_people: "two different people must answer for it" | "två olika personer måste svara för det";
    archive_refused_reason: "say why it cannot wait" | "säg varför det inte kan vänta";
    archive_refused_named(n: &str): "{n} examinations are not named: whoever goes over without them must have read their names" | "{n} undersökningar är inte nämnda: den som går över utan dem måste ha läst deras namn";
    archive_refused_unproven: "what is missing is not proven, so that nobody can name it: compare the archives first" | "vad som saknas är inte bevisat, så ingen kan nämna det: jämför arkiven först";
    archive_refused_many(n: &str): "{n} examinations are missing, more than anybody has read: send them again first" | "{n} undersökningar saknas, fler än någon har läst: skicka dem igen först";
    archive_refused_other_list(n: &str): "{n} examinations are named that do not differ: read the present list" | "{n} undersökningar är nämnda som inte skiljer sig: läs den nuvarande listan";
}
