//! Do two makers' names resemble each other enough to ask a person whether they are one maker? What is certain without
//! asking is `vendor`'s business. What must not live here: products; that two products share a name is no resemblance.

use crate::names::{nearly_equal, tokens};

/// Words that many makers have in their names: two makers do not resemble each other for sharing one.
const COMMON: &[&str] = &[
    "advanced",
    "alliance",
    "american",
    "applied",
    "automation",
    "communication",
    "communications",
    "computer",
    "computing",
    "control",
    "controls",
    "data",
    "design",
    "digital",
    "electric",
    "electrical",
    "electronic",
    "energy",
    "engineering",
    "equipment",
    "first",
    "foundation",
    "general",
    "imaging",
    "industrial",
    "industries",
    "innovations",
    "instrument",
    "instruments",
    "management",
    "manufacturing",
    "mobile",
    "multiple",
    "national",
    "network",
    "networks",
    "new",
    "open",
    "power",
    "project",
    "real",
    "research",
    "robots",
    "scientific",
    "security",
    "smart",
    "software",
    "source",
    "subsidiary",
    "time",
    "ultrasound",
    "united",
    "universal",
    "wireless",
    "world",
];

/// Initials that makers go by, and what they stand for.
const INITIALS: &[(&str, &[&str])] = &[
    ("bd", &["becton", "dickinson"]),
    ("ge", &["general", "electric"]),
    ("gehc", &["ge", "healthcare"]),
    ("hp", &["hewlett", "packard"]),
    ("jci", &["johnson", "controls"]),
    ("jnj", &["johnson", "johnson"]),
];

/// Makers that another took over, whole or with a line of products, by the words that begin each name. Old labels stay on
/// devices. This only ever asks a person; what cannot be vouched for does not stand here.
const SUCCEEDED: &[(&str, &[&str])] = &[
    ("animas", &["johnson"]),
    ("bard", &["bd", "becton"]),
    ("cardiac science", &["zoll"]),
    ("carefusion", &["bd", "becton", "vyaire"]),
    ("carestream", &["philips"]),
    ("covidien", &["medtronic"]),
    ("cr bard", &["bd", "becton"]),
    ("datex", &["ge", "general electric"]),
    ("gambro", &["baxter"]),
    ("hill rom", &["hillrom", "baxter"]),
    ("hillrom", &["baxter"]),
    ("hospira", &["icu", "pfizer"]),
    ("invivo", &["philips"]),
    ("mortara", &["hill rom", "hillrom", "baxter", "welch allyn"]),
    ("physio control", &["stryker"]),
    ("respironics", &["philips"]),
    ("smiths medical", &["icu"]),
    ("st jude", &["abbott"]),
    ("varian", &["siemens"]),
    ("volcano", &["philips"]),
    ("welch allyn", &["hill rom", "hillrom", "baxter"]),
];

/// Shortest name in which one slip of the pen still leaves the maker recognisable, in bytes.
const SLIP_LENGTH_MIN_BYTES: usize = 5;

/// A maker's name as parts: `Hillrom and ELI, Baxter International Inc.` names three makers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parts(Vec<Part>);

#[derive(Clone, Debug)]
struct Part {
    /// Every word, in order.
    all: Vec<String>,
    /// The words that name the maker, in order: neither trade nor legal form.
    naming: Vec<String>,
}

impl Parts {
    /// Takes a name to pieces; `says_nothing` tells legal forms and words of the trade.
    pub(crate) fn new(text: &str, says_nothing: impl Fn(&str) -> bool) -> Parts {
        let mut parts = Vec::new();
        for piece in pieces(text) {
            let all: Vec<String> = words(&piece);
            let naming: Vec<String> =
                all.iter().filter(|word| word.len() >= 2 && !says_nothing(word)).cloned().collect();
            if !naming.is_empty() {
                parts.push(Part { all, naming });
            }
        }
        Parts(parts)
    }

    /// Does any maker named here resemble any named there?
    pub(crate) fn resemble(&self, other: &Parts) -> bool {
        self.0.iter().any(|a| other.0.iter().any(|b| a.resembles(b)))
    }

    /// Has a maker named there taken over one named here, or the other way round?
    pub(crate) fn succeeded(&self, other: &Parts) -> bool {
        let one_way = |from: &Parts, to: &Parts| {
            SUCCEEDED.iter().any(|(old, new)| {
                from.0.iter().any(|part| part.begins_with(old))
                    && to.0.iter().any(|part| new.iter().any(|new| part.begins_with(new)))
            })
        };
        one_way(self, other) || one_way(other, self)
    }
}

impl Part {
    fn begins_with(&self, words: &str) -> bool {
        words.split(' ').enumerate().all(|(at, word)| self.all.get(at).is_some_and(|own| own == word))
    }

    fn resembles(&self, other: &Part) -> bool {
        self.shares_its_name(other)
            || self.goes_by(other)
            || other.goes_by(self)
            || matches!((self.lead(), other.lead()), (Some(a), Some(b)) if is_slip(a, b))
            || is_slip(&self.naming.concat(), &other.naming.concat())
    }

    /// The first word that is not common to many makers.
    fn lead(&self) -> Option<&String> {
        self.naming.iter().find(|word| !COMMON.contains(&word.as_str()))
    }

    /// The word that leads one name is in the other.
    fn shares_its_name(&self, other: &Part) -> bool {
        let leads = |a: &Part, b: &Part| a.lead().is_some_and(|lead| b.naming.contains(lead));
        let whole = |a: &Part, b: &Part| a.naming.len() > 1 && a.naming.iter().all(|w| b.naming.contains(w));
        leads(self, other) || leads(other, self) || whole(self, other) || whole(other, self)
    }

    /// `GE` for General Electric: initials that are known, or three and more that spell all of the other's words.
    fn goes_by(&self, other: &Part) -> bool {
        let spelled = |word: &String| {
            let known = INITIALS.iter().find(|(initials, _)| initials == word);
            let stands = |full: &[&str]| {
                full.iter().enumerate().all(|(at, w)| other.all.get(at).is_some_and(|o| o == w))
            };
            let letters: String = other.all.iter().filter_map(|word| word.chars().next()).collect();
            known.is_some_and(|(_, full)| stands(full)) || (word.len() >= 3 && *word == letters)
        };
        self.naming.first().is_some_and(spelled)
    }
}

fn is_slip(a: &str, b: &str) -> bool {
    a.len().min(b.len()) >= SLIP_LENGTH_MIN_BYTES && nearly_equal(a, b)
}

/// The makers that one text joins.
fn pieces(text: &str) -> Vec<String> {
    let opened = text.replace(['(', ')', ';', '/', '|'], ",");
    let lower = opened.to_lowercase();
    lower
        .split(',')
        .flat_map(|piece| piece.split(" and "))
        .flat_map(|piece| piece.split(" a subsidiary of "))
        .map(|piece| piece.replace('&', " ").trim().to_owned())
        .filter(|piece| !piece.is_empty())
        .collect()
}

/// The words of one maker's name, in order; `G.E.` is one word, `B.Braun` are two.
fn words(piece: &str) -> Vec<String> {
    let separate = |word: &str| -> Vec<String> {
        let pieces: Vec<&str> = word.split('.').filter(|piece| !piece.is_empty()).collect();
        if pieces.len() > 1 && pieces.iter().all(|piece| piece.chars().count() == 1) {
            return vec![pieces.concat()];
        }
        pieces.into_iter().map(str::to_owned).collect()
    };
    let folded = piece.split(|c: char| c.is_whitespace() || c == '-').flat_map(separate);
    folded.flat_map(|word| tokens(&word)).collect()
}

#[cfg(test)]
mod tests {
    use crate::vendor::VendorName;

    fn ask(maker: &str, vendor: &str) -> bool {
        let (maker, vendor) = (VendorName::new(maker), VendorName::new(vendor));
        !maker.relation(&vendor).is_same() && maker.resembles(&vendor)
    }

    #[test]
    fn makers_whose_names_resemble_each_other_are_asked_about() {
        for (maker, vendor) in [
            ("Phillips", "Philips"),
            ("Philips Healthcare", "Philips"),
            ("PHILIPS ULTRASOUND", "Philips"),
            ("General Electric Healthcare", "GE Healthcare"),
            ("G.E. Healthcare", "General Electric (GE)"),
            ("GE Healthcare", "General Electric (GE)"),
            ("GE", "GE Healthcare"),
            ("GE Healthcare", "Silex Technology and GE Healthcare"),
            ("Becton Dickinson", "Becton, Dickinson and Company (BD)"),
            ("BD Biosciences", "Becton, Dickinson and Company (BD)"),
            ("B.Braun", "B. Braun Medical"),
            ("BBraun Melsungen AG", "B. Braun Medical"),
            ("Hillrom", "Hillrom and ELI, Baxter International Inc."),
            ("Baxter Gambro", "Baxter"),
            ("3B Medical", "BMC Medical, 3B Medical"),
            ("Wind River", "ENEA, Green Hills Software, ITRON, IP Infusion, and Wind River"),
            ("Johnson Controls", "Sensormatic Electronics, LLC, a subsidiary of Johnson Controls Inc."),
            ("JCI", "Johnson Controls Inc"),
            ("Contec Medical Systems", "Contec Health"),
            ("Drager Medical", "Dräger"),
            ("Siemens Healthineers", "Siemens"),
            ("Miele", "Miele Professional"),
            ("Xiongmai Technology", "Hangzhou Xiongmai Technology Co, Ltd"),
        ] {
            let same = VendorName::new(maker).relation(&VendorName::new(vendor)).is_same();
            assert!(same || ask(maker, vendor), "{maker} / {vendor}");
        }
    }

    #[test]
    fn makers_that_share_only_a_word_of_many_makers_are_strangers() {
        for (maker, vendor) in [
            ("GE Healthcare", "Philips"),
            ("Philips", "GE Healthcare"),
            ("BD", "GE Healthcare"),
            ("Carestream", "GE Healthcare"),
            ("Schneider Electric", "Mitsubishi Electric"),
            ("General Motors (GM)", "General Electric (GE)"),
            ("National Instruments Corp. (NI)", "National Renewable Energy Laboratory (NREL)"),
            ("Johnson Controls Inc", "Reliable Controls"),
            ("Rockwell Automation", "Haas Automation, Inc"),
            ("Digital Alert Systems", "Digital Canal Structural"),
            ("Green Hills Software", "AGG Software"),
            ("Real Time Automation (RTA)", "Real-Time Innovations (RTI)"),
            ("Nordpuls Medical", "Smiths Medical"),
            ("Boston Scientific", "Fisher Scientific"),
        ] {
            assert!(!ask(maker, vendor), "{maker} / {vendor}");
        }
    }

    #[test]
    fn a_maker_that_another_took_over_is_known() {
        let succeeded = |old: &str, new: &str| VendorName::new(old).was_taken_over_by(&VendorName::new(new));
        assert!(succeeded("Gambro", "Baxter"));
        assert!(succeeded("CareFusion", "Becton, Dickinson and Company (BD)"));
        assert!(succeeded("Mortara Instrument", "Hillrom"));
        assert!(succeeded("Welch Allyn", "Hillrom and ELI, Baxter International Inc."));
        assert!(!succeeded("GE Healthcare", "Philips"));
        assert!(succeeded("Hill-Rom", "Baxter"));
        assert!(succeeded("C.R. Bard", "BD"));
        assert!(succeeded("Physio-Control", "Stryker"));
        assert!(!succeeded("Gambro", "Fresenius Kabi"));
        assert!(!succeeded("Eli Lilly", "Baxter"), "a shared first word is nobody's history");
        assert!(!succeeded("Vital Images", "Vyaire Medical"));
        assert!(!succeeded("Smiths Detection", "ICU Medical"));
        assert!(!succeeded("Hill Laboratories", "Baxter"));
    }
}
