//! Is the register's model the advisory's product? The one comparison that both the indexed and the brute-force matcher
//! use, and the keys under which every pair that compares must meet.

use model::device::Identifiers;

use crate::names::{
    SLIP_LENGTH_MIN_CHARS, fold, is_distinctive, nearly_equal, slip_keys, squash, squash_folded, tokens,
};
use crate::vendor::{VendorName, VendorRelation, product_names_maker, without_maker};
use crate::verdict::Confidence;
pub use crate::wildcard::wildcard;

/// How two product names relate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProductRelation {
    /// The same text.
    Exact,
    /// The same but for case and outer blanks.
    Case,
    /// The same but for dashes, blanks, punctuation, diacritics.
    Dashes,
    /// The same once the maker's name in front, or an order number in brackets behind, is left away.
    Affix,
    /// One says all that the other says, and more; or they share what tells products apart.
    Part,
    /// A slip of the pen apart.
    Slip,
    /// Different products.
    Different,
}

impl ProductRelation {
    /// Is it the same product name without asking anybody?
    pub fn is_same(self) -> bool {
        match self {
            Self::Exact | Self::Case | Self::Dashes | Self::Affix => true,
            Self::Part | Self::Slip | Self::Different => false,
        }
    }
}

/// A product's or model's name, prepared once. `maker` is the maker on the same side.
#[derive(Clone, Debug)]
pub struct ProductName {
    text: Box<str>,
    trimmed_lower: String,
    squashed: String,
    /// Squashed spellings that mean the same: as it is, without the maker in front, without an order number behind.
    forms: Vec<String>,
    /// The words, without the maker's.
    tokens: Vec<String>,
    /// Neighbouring words written as one: `MX 40` is also `mx40`.
    glued: Vec<String>,
}

impl ProductName {
    /// Prepares a name as written; `model_numbers` are the order numbers that may stand behind it in brackets.
    pub fn new(text: &str, maker: &VendorName, model_numbers: &[Box<str>]) -> ProductName {
        let folded = fold(text);
        let squashed = squash_folded(&folded);
        let mut forms = vec![squashed.clone()];
        let mut bases = vec![folded.clone()];
        for number in model_numbers {
            let number = fold(number);
            if let Some(at) = folded.rfind(&number).filter(|at| *at > 0 && !number.is_empty()) {
                let (front, back) = folded.split_at(at);
                let back = back.get(number.len()..).unwrap_or("");
                bases.push(format!(
                    "{} {}",
                    front.trim_end_matches(['(', ' ', '[']),
                    back.trim_start_matches([')', ' ', ']'])
                ));
            }
        }
        for base in bases {
            let base = base.trim_end_matches(" version").trim_end_matches(" versions").trim();
            forms.push(squash_folded(base));
            if let Some(rest) = without_maker(base, maker) {
                forms.push(squash_folded(rest));
            }
        }
        forms.retain(|form| !form.is_empty());
        forms.sort_unstable();
        forms.dedup();
        let all = tokens(text);
        let own: Vec<String> = all.iter().filter(|token| !maker.words().contains(token)).cloned().collect();
        ProductName {
            text: text.into(),
            trimmed_lower: text.trim().to_lowercase(),
            squashed,
            forms,
            tokens: if own.is_empty() { all } else { own },
            glued: glued(&folded),
        }
    }

    /// The name as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The words of the name.
    pub fn tokens(&self) -> &[String] {
        &self.tokens
    }

    /// How two names relate, whoever made the products.
    pub fn relation(&self, other: &ProductName) -> ProductRelation {
        if self.squashed.is_empty() || other.squashed.is_empty() {
            ProductRelation::Different
        } else if self.text == other.text {
            ProductRelation::Exact
        } else if self.trimmed_lower == other.trimmed_lower {
            ProductRelation::Case
        } else if self.squashed == other.squashed {
            ProductRelation::Dashes
        } else if self.forms.iter().any(|form| other.forms.binary_search(form).is_ok()) {
            ProductRelation::Affix
        } else if self.is_part(other) {
            ProductRelation::Part
        } else if self.is_slip(other) {
            ProductRelation::Slip
        } else {
            ProductRelation::Different
        }
    }

    fn is_part(&self, other: &ProductName) -> bool {
        if self.is_within(other) || other.is_within(self) {
            return true;
        }
        let shared: Vec<&String> =
            self.tokens.iter().filter(|token| other.tokens.binary_search(token).is_ok()).collect();
        let telling: Vec<&&String> = shared.iter().filter(|token| is_distinctive(token)).collect();
        if telling.is_empty() {
            return false;
        }
        let contained = shared.len() == self.tokens.len() || shared.len() == other.tokens.len();
        let number = |token: &str| token.chars().all(|c| c.is_ascii_digit());
        let coded = telling.iter().any(|token| is_code(token) || number(token));
        contained || (coded && telling.len() >= 2)
    }

    /// Is the whole name written inside the other one, whatever its blanks (`MX 40` inside `IntelliVue MX40 monitor`)?
    fn is_within(&self, other: &ProductName) -> bool {
        let inside = |form: &String| {
            let joins = |a: Option<char>, b: Option<char>| match (a, b) {
                (Some(a), Some(b)) => a.is_ascii_digit() == b.is_ascii_digit(),
                _ => false,
            };
            form.len() >= 5
                && form.chars().any(|c| c.is_ascii_digit())
                && other.squashed.match_indices(form.as_str()).any(|(at, _)| {
                    let (before, rest) = other.squashed.split_at(at);
                    let after = rest.get(form.len()..).and_then(|rest| rest.chars().next());
                    let number_before = joins(before.chars().next_back(), form.chars().next())
                        && before.ends_with(|c: char| c.is_ascii_digit());
                    let number_after =
                        joins(form.chars().next_back(), after) && after.is_some_and(|c| c.is_ascii_digit());
                    !number_before && !number_after
                })
        };
        let meets = |a: &ProductName, b: &ProductName| {
            let telling = |token: &&String| is_distinctive(token);
            let known = |token: &String| b.tokens.binary_search(token).is_ok() || b.glued.contains(token);
            a.tokens.iter().chain(&a.glued).filter(telling).any(known)
        };
        self.forms.iter().any(inside) && (meets(self, other) || meets(other, self))
    }

    fn is_slip(&self, other: &ProductName) -> bool {
        let split = |name: &ProductName| -> (Vec<String>, Vec<String>) {
            name.tokens.iter().cloned().partition(|token| is_code(token))
        };
        let ((our_codes, ours), (their_codes, theirs)) = (split(self), split(other));
        let ours: Vec<&String> = ours.iter().filter(|token| is_distinctive(token)).collect();
        let theirs: Vec<&String> = theirs.iter().filter(|token| is_distinctive(token)).collect();
        if ours == theirs && our_codes != their_codes && !our_codes.is_empty() && !their_codes.is_empty() {
            // `X208` and `XC208` are two products, not a slip.
            return false;
        }
        let digits = |form: &str| form.chars().filter(char::is_ascii_digit).collect::<String>();
        self.forms.iter().any(|a| {
            a.chars().count() >= SLIP_LENGTH_MIN_CHARS
                && other.forms.iter().any(|b| {
                    b.chars().count() >= SLIP_LENGTH_MIN_CHARS && digits(a) == digits(b) && nearly_equal(a, b)
                })
        })
    }

    /// Does the name tell the product whoever made it: a code and another telling word, or three telling words?
    fn tells_all(&self) -> bool {
        let telling = || self.tokens.iter().filter(|token| is_distinctive(token));
        telling().count() >= 3 || (telling().count() == 2 && telling().any(|token| is_code(token)))
    }

    /// Does the name tell which product it is even when no maker is named?
    fn stands_alone(&self) -> bool {
        let telling = self.tokens.iter().filter(|token| is_distinctive(token));
        let strong =
            |token: &&String| token.chars().any(|c| c.is_ascii_digit()) || token.chars().count() >= 8;
        telling.clone().any(|token| strong(&token)) || telling.count() >= 2
    }
}

/// One side of a comparison: a maker, a product name and whatever else recognises the product.
#[derive(Clone, Debug)]
pub struct Named {
    /// Maker or vendor.
    pub maker: VendorName,
    /// Model or product name.
    pub product: ProductName,
    /// Model numbers, as written; on the advisories' side with wildcards.
    pub model_numbers: Vec<Box<str>>,
    /// CPE and purl.
    pub identifiers: Identifiers,
}

/// Why two sides are taken for the same product, or why a person is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NameMatch {
    /// Decided, or a question.
    pub kind: MatchKind,
    /// How sure (CSAF 2.1 §9.1.13, as the project's design scales it).
    pub confidence: Confidence,
    /// How the makers' names relate.
    pub vendor: VendorRelation,
    /// How the products' names relate.
    pub product: ProductRelation,
    /// What decided.
    pub by: MatchedBy,
}

/// Decided, or a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MatchKind {
    /// The same product.
    Same,
    /// Perhaps the same product: a person must say.
    Ask(AskAbout),
}

/// What a person must say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AskAbout {
    /// Is the maker the vendor? (Their names resemble each other, and the product's name is the same.)
    Vendor,
    /// Is the model the product?
    Product,
    /// Who made it? The register does not say.
    Maker,
    /// The names agree and the model numbers do not.
    ModelNumber,
}

/// What recognised the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MatchedBy {
    /// Maker and product name.
    Names,
    /// A person's answer.
    Confirmed,
    /// The model number.
    ModelNumber,
    /// CPE.
    Cpe,
    /// Package URL.
    Purl,
}

/// A person's answers about this pair of names, if there are any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// Is the maker the vendor?
    pub vendor: Option<model::alias::AliasAnswer>,
    /// Is the model the product?
    pub product: Option<model::alias::AliasAnswer>,
}

/// Compares a device's names with an advisory's. `None`: different products, nothing to ask.
pub fn compare(device: &Named, advisory: &Named, answers: Answers) -> Option<NameMatch> {
    use model::alias::AliasAnswer::{Different, Same};
    let product = device.product.relation(&advisory.product);
    let vendor = match answers.vendor {
        Some(Same) => VendorRelation::Confirmed,
        Some(Different) => VendorRelation::Unrelated,
        None => maker_relation(device, advisory, product),
    };
    let found = |kind, confidence, by| {
        Some(NameMatch { kind, confidence: Confidence::hundredths(confidence), vendor, product, by })
    };
    match answers.product {
        Some(Same) => return found(MatchKind::Same, 100, MatchedBy::Confirmed),
        Some(Different) => return None,
        None => {}
    }
    if let Some(by) = same_identifier(&device.identifiers, &advisory.identifiers) {
        return found(MatchKind::Same, 100, by);
    }
    if answers.vendor == Some(Different) {
        return None;
    }
    let numbers = if vendor.is_same() { model_numbers_agree(device, advisory) } else { None };
    if numbers == Some(true) {
        return found(
            MatchKind::Same,
            if product.is_same() { grade(vendor, product) } else { 95 },
            MatchedBy::ModelNumber,
        );
    }
    let ask = |about, confidence| found(MatchKind::Ask(about), confidence, MatchedBy::Names);
    match vendor {
        _ if product == ProductRelation::Different => None,
        VendorRelation::Exact
        | VendorRelation::Case
        | VendorRelation::Dashes
        | VendorRelation::LegalForm
        | VendorRelation::Confirmed => {
            if !product.is_same() {
                ask(AskAbout::Product, 50)
            } else if numbers == Some(false) {
                ask(AskAbout::ModelNumber, 50)
            } else {
                found(MatchKind::Same, grade(vendor, product), MatchedBy::Names)
            }
        }
        VendorRelation::Similar | VendorRelation::TakenOver if product.is_same() => ask(AskAbout::Vendor, 50),
        VendorRelation::Similar => ask(AskAbout::Product, 50),
        VendorRelation::Missing if product.is_same() && device.product.stands_alone() => {
            ask(AskAbout::Maker, 80)
        }
        // Whoever the register calls the maker (a dealer, perhaps): about this product only, never about the makers.
        VendorRelation::Unrelated
            if product.is_same()
                && (device.product.tells_all() || model_numbers_agree(device, advisory) == Some(true)) =>
        {
            ask(AskAbout::Product, 50)
        }
        VendorRelation::TakenOver | VendorRelation::Missing | VendorRelation::Unrelated => None,
    }
}

/// How the makers relate, by their names, by the maker's name in the product's, or because one took over the other.
fn maker_relation(device: &Named, advisory: &Named, product: ProductRelation) -> VendorRelation {
    match device.maker.relation(&advisory.maker) {
        VendorRelation::Unrelated if product_names_maker(advisory.product.tokens(), &device.maker) => {
            VendorRelation::Similar
        }
        VendorRelation::Unrelated if product.is_same() && device.maker.was_taken_over_by(&advisory.maker) => {
            VendorRelation::TakenOver
        }
        other => other,
    }
}

/// 1.00 exact, 0.95 case, 0.90 dashes and what is like them: the lower of the two names' grades.
fn grade(vendor: VendorRelation, product: ProductRelation) -> u8 {
    let vendor = match vendor {
        VendorRelation::Exact | VendorRelation::Confirmed => 100,
        VendorRelation::Case => 95,
        VendorRelation::Dashes | VendorRelation::LegalForm => 90,
        VendorRelation::Similar
        | VendorRelation::TakenOver
        | VendorRelation::Missing
        | VendorRelation::Unrelated => 50,
    };
    let product = match product {
        ProductRelation::Exact => 100,
        ProductRelation::Case => 95,
        ProductRelation::Dashes | ProductRelation::Affix => 90,
        ProductRelation::Part | ProductRelation::Slip | ProductRelation::Different => 50,
    };
    vendor.min(product)
}

/// Do the model numbers agree? `None` when one side has none.
fn model_numbers_agree(device: &Named, advisory: &Named) -> Option<bool> {
    if advisory.model_numbers.is_empty() {
        return None;
    }
    let given = || device.model_numbers.iter().map(|number| &**number);
    let fits = |text: &str| advisory.model_numbers.iter().any(|pattern| wildcard(pattern, text));
    if given().any(fits) || fits(device.product.text()) {
        return Some(true);
    }
    (given().count() > 0).then_some(false)
}

/// A code that tells a product: letters and digits, `mx40`, but not `2m`, nor a version as in `V14`.
fn is_code(token: &str) -> bool {
    let digits = token.chars().filter(char::is_ascii_digit).count();
    let version =
        token.strip_prefix('v').is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit() || c == '.'));
    token.chars().count() >= 3 && digits > 0 && token.chars().any(char::is_alphabetic) && !version
}

fn same_identifier(device: &Identifiers, advisory: &Identifiers) -> Option<MatchedBy> {
    let cpe = |text: &str| -> Option<(String, String)> {
        let body = text.strip_prefix("cpe:2.3:").or_else(|| text.strip_prefix("cpe:/"))?;
        let mut parts = body.split(':').skip(1);
        Some((parts.next()?.to_lowercase(), parts.next()?.to_lowercase()))
            .filter(|(v, p)| v != "*" && p != "*" && !p.is_empty())
    };
    let purl = |text: &str| {
        text.split(['@', '?', '#']).next().map(str::to_lowercase).filter(|name| name.starts_with("pkg:"))
    };
    let agree = |a: &Option<Box<str>>, b: &Option<Box<str>>, part: &dyn Fn(&str) -> Option<String>| matches!((a.as_deref().and_then(part), b.as_deref().and_then(part)), (Some(a), Some(b)) if a == b);
    if agree(&device.cpe, &advisory.cpe, &|text| {
        cpe(text).map(|(vendor, product)| format!("{vendor}:{product}"))
    }) {
        Some(MatchedBy::Cpe)
    } else if agree(&device.purl, &advisory.purl, &purl) {
        Some(MatchedBy::Purl)
    } else {
        None
    }
}

/// Neighbouring words of which one is letters and the other digits, written as one.
fn glued(folded: &str) -> Vec<String> {
    let words: Vec<&str> =
        folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let letters = |word: &str| word.chars().all(char::is_alphabetic);
    let digits = |word: &str| word.chars().all(|c| c.is_ascii_digit());
    let mixed =
        |pair: &&[&str]| matches!(pair, [a, b] if (letters(a) && digits(b)) || (digits(a) && letters(b)));
    let mut out: Vec<String> = words.windows(2).filter(mixed).map(|pair| pair.concat()).collect();
    out.sort_unstable();
    out.dedup();
    out
}

/// Keys of one side: any two sides that [`compare`] without answers share at least one, so an index over keys misses nothing.
pub fn keys(side: &Named) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for form in &side.product.forms {
        out.push(format!("f:{form}"));
        out.extend(slip_keys(form).into_iter().map(|key| format!("s:{key}")));
    }
    let telling = side.product.tokens.iter().filter(|token| is_distinctive(token));
    let glued = side.product.glued.iter().filter(|token| is_distinctive(token));
    out.extend(telling.chain(glued).map(|token| format!("t:{token}")));
    for number in &side.model_numbers {
        if number.contains(['*', '?', '\\']) {
            out.push(WILDCARD_KEY.to_owned());
        } else {
            out.push(format!("n:{}", number.trim().to_lowercase()));
        }
    }
    out.push(format!("n:{}", side.product.trimmed_lower));
    let identifiers = [&side.identifiers.cpe, &side.identifiers.purl];
    for text in identifiers.into_iter().flatten() {
        let lower = text.to_lowercase();
        let end = if lower.starts_with("cpe:") {
            let skip = if lower.starts_with("cpe:2.3:") { 5 } else { 4 };
            lower.match_indices(':').nth(skip - 1).map_or(lower.len(), |(at, _)| at)
        } else {
            lower.find(['@', '?', '#']).unwrap_or(lower.len())
        };
        let name = lower.get(..end).unwrap_or(&lower);
        let name = name.strip_prefix("cpe:2.3:").or_else(|| name.strip_prefix("cpe:/")).unwrap_or(name);
        // Without the part letter, which the two CPE forms share anyway.
        out.push(format!("i:{}", name.split_once(':').map_or(name, |(_, rest)| rest)));
    }
    out.sort_unstable();
    out.dedup();
    out
}

/// The key of advisories' names with wildcard model numbers: compared with every device that has a model number or model.
pub const WILDCARD_KEY: &str = "n:*";

/// Squashed form of a text that a person searches for.
pub fn search_form(text: &str) -> String {
    squash(text)
}
