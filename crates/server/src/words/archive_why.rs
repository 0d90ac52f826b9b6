//! Why a comparison of two archives proves nothing, and what would have to be known. The English is the crate's own sentence: a test holds the two
//! together.

use super::words;

words! {
    why_not_listed(side: &str, gap: &str): "the list of archive {side} is not complete: {gap}" | "listan över arkiv {side} är inte fullständig: {gap}";
    why_held_twice(side: &str, what: &str): "archive {side} lists {what} twice and not alike: which of the two it delivers must be found out" | "arkiv {side} listar {what} två gånger och inte lika: vilket av de två det lämnar ut måste utredas";
    why_study_not_listed(side: &str, n: &str): "archive {side} lists {n} objects of examinations that it does not list: it must be asked again for both" | "arkiv {side} listar {n} objekt i undersökningar som det inte listar: det måste tillfrågas igen om båda";
    why_content(n: &str, side: &str): "the content of {n} objects of archive {side} was not read: pixel data must be compared there too" | "innehållet i {n} objekt i arkiv {side} lästes inte: bilddata måste jämföras även där";
    why_content_first(says: &str): "; the first: {says}" | "; det första: {says}";
    why_not_comparable(n: &str, example: &str, differ: &str): "the pixel data of {n} objects, {example} among them, is compressed or written in another way at each end: it must be decoded at both to be compared; {differ} other objects do differ" | "bilddata i {n} objekt, bland dem {example}, är komprimerade eller skrivna på olika sätt i var ände: de måste avkodas i båda för att jämföras; {differ} andra objekt skiljer sig";
    why_counted(n: &str): "of {n} examinations only the counts were compared: their objects must be listed at both ends" | "av {n} undersökningar jämfördes bara antalen: deras objekt måste listas i båda";
    why_changed(n: &str): "{n} examinations changed since their objects were listed: these must be listed again" | "{n} undersökningar ändrades efter att deras objekt listades: de måste listas igen";
    why_never(side: &str): "archive {side} was never listed: its examinations must be listed first" | "arkiv {side} har aldrig listats: dess undersökningar måste listas först";
    why_tier(compared: &str, asked: &str): "examinations were compared by {compared} and not by {asked}: they must be compared again" | "undersökningar jämfördes efter {compared} och inte {asked}: de måste jämföras igen";
    why_tier_identity: "identity" | "identitet";
    why_tier_content: "content" | "innehåll";
    why_exchange(says: &str): "the exchange between the agents ended without a proof: {says}" | "utbytet mellan agenterna slutade utan bevis: {says}";
    why_no_count: "the archive must be counted in another way than by listing, and it offers none" | "arkivet måste räknas på annat sätt än genom listning, och det erbjuder inget";
    why_count_differs(listed: &str, counted: &str): "{listed} were listed and {counted} counted apart from it: where the others are must be found" | "{listed} listades och {counted} räknades för sig: var de andra är måste utredas";
    why_at_cap(query: &str, rows: &str, cap: &str): "\"{query}\" answers {rows} rows, at the cap of {cap}, and cannot be split further: ask for the rest in another way" | "\"{query}\" ger {rows} rader, vid taket {cap}, och kan inte delas mer: fråga efter resten på annat sätt";
    why_not_success(query: &str, status: &str): "\"{query}\" ended with {status} and cannot be asked in smaller parts: it must end with success" | "\"{query}\" slutade med {status} och kan inte frågas i mindre delar: den måste lyckas";
    why_ignored(query: &str): "\"{query}\" was answered with examinations outside of it: the archive ignores what it is asked for" | "\"{query}\" besvarades med undersökningar utanför den: arkivet bortser från vad det tillfrågas om";
    why_changing(times: &str): "the archive changed during each of {times} attempts: list it in a quieter hour" | "arkivet ändrades under vart och ett av {times} försök: lista det i en lugnare stund";
    why_unreadable(n: &str, query: &str): "{n} rows of \"{query}\" could not be read: what they name must be found out" | "{n} rader i \"{query}\" kunde inte läsas: vad de nämner måste utredas";
    why_queries(n: &str): "{n} queries were not enough: the archive allows fewer rows a query than can be worked with" | "{n} frågor räckte inte: arkivet tillåter färre rader per fråga än vad som går att arbeta med";
    why_rows(n: &str): "more than {n} rows: list the archive in parts" | "fler än {n} rader: lista arkivet i delar";
}
