//! Words of the evidence behind what is said of one device and one vulnerability.

use exposure::Verdict;
use exposure::product::{AskAbout, MatchKind, MatchedBy, NameMatch, ProductRelation};
use exposure::vendor::VendorRelation;

use super::{Words, words};

words! {
    device_why_affected: "The advisory names this product and this version as affected." | "Meddelandet nämner produkten och versionen som drabbad.";
    device_why_fixed: "The installed version has the fix, says the advisory." | "Den installerade versionen har rättningen, säger meddelandet.";
    device_why_not_affected: "The advisory excludes this product or version." | "Meddelandet undantar produkten eller versionen.";
    device_why_undecided: "Nobody can say yet." | "Ingen kan säga än.";
    device_why_confidence(confidence: &str): "Confidence {confidence}: how surely the names agree." | "Säkerhet {confidence}: hur säkert namnen stämmer.";
    device_why_register(version: &str): "The register says: version {version}." | "Registret säger: version {version}.";
    device_why_register_none: "The register has no version." | "Registret har ingen version.";
    device_why_register_origin: "Register of devices" | "Enhetsregistret";
    device_why_name_is(device: &str, product: &str, how: &str): "“{device}” is taken for “{product}”: {how}." | "”{device}” tas för ”{product}”: {how}.";
    device_why_name_may(device: &str, product: &str, how: &str): "“{device}” may be “{product}”: {how}. A person must say." | "”{device}” kan vara ”{product}”: {how}. En person måste säga.";
    device_why_row(product: &str, version: &str, status: &str): "{product}, “{version}”: {status}." | "{product}, ”{version}”: {status}.";
    device_why_row_plain(product: &str, status: &str): "{product}, no version given: {status}." | "{product}, ingen version angiven: {status}.";
    device_why_read(reading: &str, so: &str): "Read as: {reading}. {so}" | "Läst som: {reading}. {so}";
    device_why_in(version: &str): "{version} lies in it." | "{version} ligger i det.";
    device_why_in_any: "Every version lies in it." | "Varje version ligger i det.";
    device_why_out(reason: &str): "This device does not lie in it: {reason}." | "Enheten ligger inte i det: {reason}.";
    device_why_unknown(gap: &str): "Not decided: {gap}." | "Inte avgjort: {gap}.";
    device_why_rows_more(n: u64) one "{n} more row of the advisory bears on this device." | "{n} rad till i meddelandet rör enheten." many "{n} more rows of the advisory bear on this device." | "{n} rader till i meddelandet rör enheten.";
    device_why_remedy(category: &str, text: &str): "{category}: “{text}”" | "{category}: ”{text}”";
    device_why_remedy_fixes(versions: &str): "Versions named as fixed: {versions}." | "Versioner som nämns som rättade: {versions}.";
    device_why_remedy_none: "The advisory gives no remedy for this product." | "Meddelandet ger ingen åtgärd för produkten.";
    device_why_note(text: &str): "“{text}”" | "”{text}”";
    device_why_document(publisher: &str, released: &str, version: &str): "{publisher}, released {released}, revision {version}." | "{publisher}, utgivet {released}, revision {version}.";
    device_why_document_hash(sha256: &str): "SHA-256 of the document: {sha256}" | "Dokumentets SHA-256: {sha256}";
    device_why_imported(seq: &str): "Imported, journal entry {seq}" | "Importerat, journalpost {seq}";
    device_why_advisory_origin(id: &str, place: &str): "{id}, {place}" | "{id}, {place}";
    device_why_place_row(id: &str): "product {id}" | "produkt {id}";
    device_why_place_remedy: "remedies" | "åtgärder";
    device_why_place_notes: "notes" | "anmärkningar";
    device_why_place_document: "document" | "dokument";
    device_why_place_names: "product tree" | "produktträd";
    device_why_cvss(score: &str, version: &str, vector: &str): "CVSS {version}: {score}, {vector}" | "CVSS {version}: {score}, {vector}";
    device_why_cvss_none: "The advisory gives no CVSS score." | "Meddelandet ger ingen CVSS-poäng.";

}

impl Words {
    /// A verdict in a sentence, without its gap.
    pub fn verdict_says(self, verdict: Verdict) -> &'static str {
        match verdict {
            Verdict::Affected => self.device_why_affected(),
            Verdict::Undecided => self.device_why_undecided(),
            Verdict::Fixed => self.device_why_fixed(),
            Verdict::NotAffected => self.device_why_not_affected(),
        }
    }

    /// How two names were found to agree, or why a person is asked.
    pub fn name_match(self, found: &NameMatch) -> String {
        match found.by {
            MatchedBy::Confirmed => return self.relation_by_confirmed().to_owned(),
            MatchedBy::ModelNumber => return self.relation_by_model_number().to_owned(),
            MatchedBy::Cpe => return self.relation_by_cpe().to_owned(),
            MatchedBy::Purl => return self.relation_by_purl().to_owned(),
            MatchedBy::Names => {}
        }
        if found.kind == MatchKind::Ask(AskAbout::ModelNumber) {
            return self.gap_model_number_differs().to_owned();
        }
        let vendor = match found.vendor {
            VendorRelation::Exact => self.relation_vendor_exact(),
            VendorRelation::Case => self.relation_vendor_case(),
            VendorRelation::Dashes => self.relation_vendor_dashes(),
            VendorRelation::LegalForm => self.relation_vendor_legal(),
            VendorRelation::Confirmed => self.relation_vendor_confirmed(),
            VendorRelation::Similar => self.relation_vendor_similar(),
            VendorRelation::TakenOver => self.relation_vendor_taken_over(),
            VendorRelation::Missing => self.relation_vendor_missing(),
            VendorRelation::Unrelated => self.relation_vendor_unrelated(),
        };
        let product = match found.product {
            ProductRelation::Exact => self.relation_product_exact(),
            ProductRelation::Case => self.relation_product_case(),
            ProductRelation::Dashes => self.relation_product_dashes(),
            ProductRelation::Affix => self.relation_product_affix(),
            ProductRelation::Part => self.relation_product_part(),
            ProductRelation::Slip => self.relation_product_slip(),
            ProductRelation::Different => self.relation_product_different(),
        };
        self.relation_both(vendor, product)
    }
}
