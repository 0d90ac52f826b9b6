//! The order in which vulnerabilities are shown (R101): lexicographic, no weighted sum; what has no input is *unranked*
//! and stays in sight at the end, counted.

use std::cmp::Reverse;

/// SSVC decision point *Exploitation* (CERT/CC SSVC, deployer).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Exploitation {
    /// No evidence and no public proof of concept.
    None,
    /// A public proof of concept.
    Poc,
    /// Reliable evidence of exploitation in the wild.
    Active,
}

impl Exploitation {
    /// From CISA's word, in any case.
    pub fn from_word(word: &str) -> Option<Exploitation> {
        match word.to_ascii_lowercase().as_str() {
            "none" => Some(Exploitation::None),
            "poc" | "public poc" => Some(Exploitation::Poc),
            "active" => Some(Exploitation::Active),
            _ => None,
        }
    }

    /// `none`, `poc` or `active`.
    pub fn word(self) -> &'static str {
        match self {
            Exploitation::None => "none",
            Exploitation::Poc => "poc",
            Exploitation::Active => "active",
        }
    }
}

/// What is known of a vulnerability. `None` is *not known*, never *no*.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Inputs {
    /// In the catalogue of known exploited vulnerabilities; `None` while no catalogue was imported.
    pub known_exploited: Option<bool>,
    /// SSVC exploitation.
    pub exploitation: Option<Exploitation>,
    /// EPSS probability in millionths.
    pub epss_millionths: Option<u32>,
    /// Highest CVSS base score in tenths.
    pub base_tenths: Option<u8>,
}

/// A vulnerability's place in the order: smaller comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank {
    tier: Tier,
    epss: Reverse<u32>,
    base: Reverse<u8>,
    devices: Reverse<u64>,
}

/// The rule that fired.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// Exploited: in the catalogue, or SSVC exploitation *active*.
    Exploited,
    /// A proof of concept is public.
    ProofOfConcept,
    /// Scored by EPSS or CVSS only.
    Scored,
    /// Nothing is known that could rank it.
    Unranked,
}

impl Tier {
    /// The word in the API.
    pub fn word(self) -> &'static str {
        match self {
            Tier::Exploited => "exploited",
            Tier::ProofOfConcept => "proof_of_concept",
            Tier::Scored => "scored",
            Tier::Unranked => "unranked",
        }
    }
}

impl Rank {
    /// The rule that fired.
    pub fn tier(&self) -> Tier {
        self.tier
    }
}

/// Ranks one vulnerability that stands open on `devices` devices.
pub fn rank(inputs: &Inputs, devices: u64) -> Rank {
    let tier = match (inputs.known_exploited, inputs.exploitation) {
        (Some(true), _) | (_, Some(Exploitation::Active)) => Tier::Exploited,
        (_, Some(Exploitation::Poc)) => Tier::ProofOfConcept,
        _ if inputs.epss_millionths.is_some() || inputs.base_tenths.is_some() => Tier::Scored,
        _ => Tier::Unranked,
    };
    Rank {
        tier,
        epss: Reverse(inputs.epss_millionths.unwrap_or(0)),
        base: Reverse(inputs.base_tenths.unwrap_or(0)),
        devices: Reverse(devices),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exploited_vulnerability_comes_before_any_score_and_the_unranked_come_last() {
        let scored = Inputs { base_tenths: Some(100), epss_millionths: Some(990_000), ..Inputs::default() };
        let exploited = Inputs { known_exploited: Some(true), ..Inputs::default() };
        let unknown = Inputs::default();
        assert!(rank(&exploited, 1) < rank(&scored, 1000));
        assert!(rank(&scored, 1) < rank(&unknown, 1000));
        assert_eq!(rank(&unknown, 1).tier(), Tier::Unranked);
    }
}
