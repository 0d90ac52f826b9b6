//! Words of verdicts, gaps and ranks, the same wherever they are shown. One place: pages take them from here.

use exposure::rank::{Exploitation, Tier};
use exposure::{GapKind, Verdict};

use super::{Words, words};
use crate::parts::Mark;

words! {
    gap_version_missing: "version not recorded" | "version saknas";
    gap_version_missing_says: "The register has no software version. Record it to decide." | "Registret har ingen programversion. För in den för att kunna avgöra.";
    gap_not_listed: "version not listed" | "versionen räknas inte upp";
    gap_not_listed_says: "The advisory lists single versions and this one is not among them. Ask the maker." | "Meddelandet räknar upp enstaka versioner och den här är inte bland dem. Fråga tillverkaren.";
    gap_alias_unconfirmed: "name not confirmed" | "namnet inte bekräftat";
    gap_alias_unconfirmed_says: "The names are alike, not the same. Confirm once whether they mean the same product." | "Namnen är lika, inte samma. Bekräfta en gång om de menar samma produkt.";
    gap_maker_missing: "maker not recorded" | "tillverkare saknas";
    gap_maker_missing_says: "The register names no maker. Record it to decide." | "Registret nämner ingen tillverkare. För in den för att kunna avgöra.";
    gap_model_number_differs: "model number differs" | "modellnumret skiljer sig";
    gap_model_number_differs_says: "The name is the advisory's, the model number is not. Check the label." | "Namnet är meddelandets, modellnumret är det inte. Kontrollera etiketten.";
    gap_shapes_do_not_compare: "versions do not compare" | "versionerna går inte att jämföra";
    gap_shapes_do_not_compare_says: "The register's version and the advisory's are written in ways that do not compare." | "Registrets version och meddelandets är skrivna på sätt som inte går att jämföra.";
    gap_range_unreadable: "version text not readable" | "versionstexten går inte att läsa";
    gap_range_unreadable_says: "The advisory's version text cannot be read by rule. Read it and decide." | "Meddelandets versionstext går inte att läsa med regler. Läs den och avgör.";
    gap_release_line: "release line not named" | "versionslinjen nämns inte";
    gap_release_line_says: "The advisory gives bounds for several release lines, and this version is in none of them for certain." | "Meddelandet ger gränser för flera versionslinjer, och den här versionen hör inte säkert till någon av dem.";
    gap_needs_serial: "needs the serial number" | "kräver serienummer";
    gap_needs_serial_says: "The advisory goes by serial number. Record or check it to decide." | "Meddelandet går efter serienummer. För in eller kontrollera det för att kunna avgöra.";
    gap_needs_manufacturing_date: "needs the day of manufacture" | "kräver tillverkningsdag";
    gap_needs_manufacturing_date_says: "The advisory goes by date of manufacture or distribution. Record it to decide." | "Meddelandet går efter dag för tillverkning eller leverans. För in den för att kunna avgöra.";
    gap_needs_model_number: "needs the model number" | "kräver modellnummer";
    gap_needs_model_number_says: "The advisory goes by model number. Record it to decide." | "Meddelandet går efter modellnummer. För in det för att kunna avgöra.";
    gap_condition: "depends on a condition" | "beror på ett villkor";
    gap_condition_says: "The advisory sets a condition that the register does not answer. Read it and decide." | "Meddelandet ställer ett villkor som registret inte svarar på. Läs det och avgör.";
    gap_between_range_and_fix: "between range and fix" | "mellan intervall och rättning";
    gap_between_range_and_fix_says: "Newer than the versions named as affected, older than the version named as fixed." | "Nyare än versionerna som nämns som drabbade, äldre än versionen som nämns som åtgärdad.";
    gap_prose_contradicts: "text contradicts the range" | "texten säger emot intervallet";
    gap_prose_contradicts_says: "The advisory's text speaks against its own version range. Read it and decide." | "Meddelandets text säger emot sitt eget versionsintervall. Läs det och avgör.";
    gap_contradictory: "advisory contradicts itself" | "meddelandet säger emot sig självt";
    gap_contradictory_says: "The advisory says both that it is affected and that it is not." | "Meddelandet säger både att den är drabbad och att den inte är det.";
    gap_under_investigation: "maker still looking" | "tillverkaren utreder";
    gap_under_investigation_says: "The maker has not yet said whether this product is affected." | "Tillverkaren har ännu inte sagt om produkten är drabbad.";
    gap_partly_known: "version partly known" | "versionen delvis känd";
    gap_partly_known_says: "The register's version is only partly known or names several, and they do not agree." | "Registrets version är bara delvis känd eller nämner flera, och de stämmer inte överens.";

    tier_exploited: "Exploited" | "Utnyttjas";
    tier_proof_of_concept: "Proof of concept" | "Angreppskod finns";
    tier_scored: "Scored" | "Poängsatt";
    tier_unranked: "Unranked" | "Orangordnad";
    tier_exploited_says: "Known to be exploited: in the KEV catalogue, or SSVC says active." | "Utnyttjas: finns i KEV-katalogen, eller så säger SSVC aktiv.";
    tier_proof_of_concept_says: "SSVC says that a proof of concept is public." | "SSVC säger att angreppskod är offentlig.";
    tier_scored_says: "Ordered by EPSS, then CVSS. Nothing else is known." | "Ordnad efter EPSS, sedan CVSS. Inget annat är känt.";
    tier_unranked_says: "No KEV entry, no SSVC, no EPSS, no CVSS: nothing known could rank it. It is not less urgent for that." | "Ingen KEV-post, ingen SSVC, ingen EPSS, ingen CVSS: inget känt kan rangordna den. Den är inte mindre brådskande för det.";
    exploitation_none: "none seen" | "inget sett";
    exploitation_poc: "proof of concept" | "angreppskod finns";
    exploitation_active: "active" | "aktivt";
}

impl Words {
    /// A verdict's word: `Affected`.
    pub fn verdict(self, verdict: Verdict) -> &'static str {
        mark_of(verdict).word(self)
    }

    /// Why a pair is undecided, in two or three words behind the verdict.
    pub fn gap_word(self, gap: GapKind) -> &'static str {
        self.gap_words(gap).0
    }

    /// What the gap means and what would close it, as a sentence.
    pub fn gap(self, gap: GapKind) -> &'static str {
        self.gap_words(gap).1
    }

    fn gap_words(self, gap: GapKind) -> (&'static str, &'static str) {
        match gap {
            GapKind::VersionMissing => (self.gap_version_missing(), self.gap_version_missing_says()),
            GapKind::NotListed => (self.gap_not_listed(), self.gap_not_listed_says()),
            GapKind::AliasUnconfirmed => (self.gap_alias_unconfirmed(), self.gap_alias_unconfirmed_says()),
            GapKind::MakerMissing => (self.gap_maker_missing(), self.gap_maker_missing_says()),
            GapKind::ModelNumberDiffers => {
                (self.gap_model_number_differs(), self.gap_model_number_differs_says())
            }
            GapKind::ShapesDoNotCompare => {
                (self.gap_shapes_do_not_compare(), self.gap_shapes_do_not_compare_says())
            }
            GapKind::RangeUnreadable => (self.gap_range_unreadable(), self.gap_range_unreadable_says()),
            GapKind::ReleaseLine => (self.gap_release_line(), self.gap_release_line_says()),
            GapKind::NeedsSerial => (self.gap_needs_serial(), self.gap_needs_serial_says()),
            GapKind::NeedsManufacturingDate => {
                (self.gap_needs_manufacturing_date(), self.gap_needs_manufacturing_date_says())
            }
            GapKind::NeedsModelNumber => (self.gap_needs_model_number(), self.gap_needs_model_number_says()),
            GapKind::Condition => (self.gap_condition(), self.gap_condition_says()),
            GapKind::BetweenRangeAndFix => {
                (self.gap_between_range_and_fix(), self.gap_between_range_and_fix_says())
            }
            GapKind::ProseContradicts => (self.gap_prose_contradicts(), self.gap_prose_contradicts_says()),
            GapKind::Contradictory => (self.gap_contradictory(), self.gap_contradictory_says()),
            GapKind::UnderInvestigation => {
                (self.gap_under_investigation(), self.gap_under_investigation_says())
            }
            GapKind::PartlyKnown => (self.gap_partly_known(), self.gap_partly_known_says()),
        }
    }

    /// A tier's name.
    pub fn tier(self, tier: Tier) -> &'static str {
        match tier {
            Tier::Exploited => self.tier_exploited(),
            Tier::ProofOfConcept => self.tier_proof_of_concept(),
            Tier::Scored => self.tier_scored(),
            Tier::Unranked => self.tier_unranked(),
        }
    }

    /// The rule behind a tier, as a sentence.
    pub fn tier_rule(self, tier: Tier) -> &'static str {
        match tier {
            Tier::Exploited => self.tier_exploited_says(),
            Tier::ProofOfConcept => self.tier_proof_of_concept_says(),
            Tier::Scored => self.tier_scored_says(),
            Tier::Unranked => self.tier_unranked_says(),
        }
    }

    /// SSVC's word for exploitation.
    pub fn exploitation(self, exploitation: Exploitation) -> &'static str {
        match exploitation {
            Exploitation::None => self.exploitation_none(),
            Exploitation::Poc => self.exploitation_poc(),
            Exploitation::Active => self.exploitation_active(),
        }
    }
}

/// A verdict's mark: shape, colour, word.
pub fn mark_of(verdict: Verdict) -> Mark {
    match verdict {
        Verdict::Affected => Mark::Affected,
        Verdict::Undecided => Mark::Undecided,
        Verdict::Fixed => Mark::Fixed,
        Verdict::NotAffected => Mark::NotAffected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;

    #[test]
    fn every_gap_says_in_english_what_the_command_line_says() {
        for gap in GapKind::ALL {
            assert_eq!(Words::of(Language::English).gap(*gap), gap.sentence());
            assert_ne!(Words::of(Language::Swedish).gap(*gap), gap.sentence(), "{}", gap.word());
        }
    }
}
