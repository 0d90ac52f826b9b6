//! What the columns of real maintenance systems are called, in English, Swedish and German.

use crate::Field::{self, *};
use crate::header::plain;
use std::collections::HashMap;
use std::sync::OnceLock;

/// How firmly a name points to a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Strength {
    /// It means the field in most lists.
    Usual,
    /// It means the field when no other column does.
    Loose,
}

/// Names that mean a field in most lists.
const USUAL: &[(Field, &str)] = &[
    (
        AssetTag,
        "asset no|asset number|asset id|asset|asset tag no|asset tag number|tag no|tag number|equipment id|equipment no|\
         equipment number|equip no|equip id|inventory no|inventory number|inventory id|inventory tag|inv no|control no|\
         control number|cmms id|cmms no|device id|device no|device number|bme no|bme number|inventarienummer|inventarienr|\
         inv nr|utrustningsnummer|utrustningsnr|utrustnings id|apparatnummer|apparatnr|mta nummer|objektnummer|objektnr|\
         individnummer|maskinnummer|Geräte-Nr|Gerätenummer|Geräte-ID|Inventar-Nr|Inventarnummer|Inventurnummer|Anlagen-Nr|\
         Anlagennummer|Equipment-Nr|Equipmentnummer|Equi-Nr",
    ),
    (
        Manufacturer,
        "mfr|mfg|manuf|mfr name|manufacturer name|maker|make|oem|producer|tillverkare|fabrikat|fabrikant|Hersteller|\
         Herstellername|Marke|vendor|vendor name|brand",
    ),
    (
        Model,
        "model name|model description|modell|modellnamn|modellbezeichnung|product|product name|produkt|produktnamn|\
         produktname|typ|typbezeichnung|typbeteckning|modelltyp|gerätetyp|equipment model",
    ),
    (
        ModelNumber,
        "model no|model number|model nr|modellnr|modellnummer|catalog no|catalog number|catalogue no|catalogue number|cat no|\
         part no|part number|ref no|reference number|sku|artikelnummer|artikelnr|art nr|article no|article number|\
         katalognummer|katalognr|bestellnummer|bestell-nr|materialnummer|product number|product no|product code|typnummer",
    ),
    (
        SoftwareVersion,
        "sw version|sw ver|software ver|software rev|software revision|sw rev|sw|software|firmware|fw|fw version|\
         firmware version|firmware rev|firmware revision|fw rev|software release|sw release|application version|app version|\
         programvaruversion|programvara|mjukvaruversion|mjukvara|programversion|firmwarestand|softwarestand|sw-stand",
    ),
    (
        HardwareVersion,
        "hw version|hw ver|hw rev|hardware rev|hardware revision|hardware ver|hw|hardware|hårdvaruversion|maskinvaruversion|\
         hardwarestand|hw-stand",
    ),
    (
        OperatingSystem,
        "os|os version|operating system version|os name|operativsystem|betriebssystem|betriebssystemversion",
    ),
    (
        SerialNumber,
        "serial no|serial|sn|s/n|ser no|ser nr|mfr serial no|manufacturer serial number|serienummer|serienr|seriennummer|\
         serien-nr|s-nr|snr|tillverkningsnummer|tillv nr|fabrik-nr|fabriknummer|fabrikationsnummer|fabriksnummer",
    ),
    (
        Udi,
        "udi code|udi di|udi-di|unique device identifier|unique device identification|udi barcode|udi carrier|gtin|\
         device identifier|primary di|udi-kod",
    ),
    (
        Manufactured,
        "manufacture date|manufacturing date|date of manufacture|manufactured date|manufactured on|mfg date|mfr date|\
         production date|dom|tillverkningsdatum|herstellungsdatum|produktionsdatum|herstelldatum",
    ),
    (Cpe, "cpe 2.3|cpe name|cpe23"),
    (Purl, "package url"),
    (
        DeviceType,
        "equipment type|asset type|equipment category|device class|device category|equipment description|device description|\
         nomenclature|gmdn|gmdn term|umdns|umdns term|umdns name|modality|geräteart|apparattyp|utrustningstyp|\
         utrustningsslag|produktgrupp|benämning|gerätebezeichnung|gerätegruppe|medizinprodukteart|category|kategori|kategorie",
    ),
    (Site, "site name|campus|facility|facility name|hospital|hospital name|sjukhus|krankenhaus|sjukhusnamn"),
    (Building, "building name|bldg|byggnad|hus|gebäude|haus"),
    (
        Unit,
        "care unit|department|dept|department name|ward|ward name|avdelning|avd|vårdenhet|vårdavdelning|station|abteilung|\
         clinic|klinik|enhet|organisationsenhet|organisationseinheit",
    ),
    (
        Room,
        "room no|room number|rum|rumsnr|rumsnummer|raum|raumnr|raumnummer|raum-nr|zimmer|zimmernummer|lokal",
    ),
    (
        Owner,
        "owner name|responsible|responsible person|asset owner|system owner|equipment owner|device owner|custodian|ägare|\
         förvaltare|ansvarig|systemägare|eigentümer|besitzer|verantwortlich|verantwortlicher|geräteverantwortlicher",
    ),
    (
        SupportStatus,
        "support|supported|vendor support|manufacturer support|mfr support|lifecycle status|life cycle status|eol status|\
         stödstatus|supportstatus|manufacturer support status",
    ),
    (
        EndOfSupport,
        "end of support date|eos|eos date|eosl|eosl date|end of life|end of life date|eol|eol date|support end|support ends|\
         support until|support end date|end of service|end of service date|last day of support|supportslut|supportende|\
         support bis|sista supportdag",
    ),
    (
        Installer,
        "serviced by|service provider|maintained by|maintenance provider|service responsibility|updated by|patched by|\
         who may install|serviceleverantör|serviceansvarig|wartungsfirma|wartung durch|servicepartner",
    ),
    (
        Access,
        "update access|remote access|access method|update method|fjärråtkomst|fjärranslutning|fernzugriff|fernwartung",
    ),
    (
        Network,
        "network connection|network connected|network status|network exposure|network zone|connected|connectivity|networked|\
         nätverk|nätverksansluten|nätverksanslutning|netzwerk|netzwerkanschluss|netzwerkanbindung|vernetzt",
    ),
    (
        Criticality,
        "criticality level|device criticality|risk level|risk|kritikalitet|kritikalitetsnivå|kritikalität|kritisk",
    ),
];

/// Names that may mean a field when no other column does.
const LOOSE: &[(Field, &str)] = &[
    (AssetTag, "id|tag|barcode|number|nr|no|nummer|label"),
    (Manufacturer, "supplier|company|company name|leverantör|lieferant|firma|vendor/manufacturer"),
    (Model, "device name|equipment name|name|namn|version model number|make/model"),
    (ModelNumber, "ref|item no|item number|reference|catalog|article"),
    (SoftwareVersion, "version|release|revision|ver"),
    (OperatingSystem, "platform|plattform"),
    (Manufactured, "built|build date"),
    (DeviceType, "type|class|description|beskrivning|bezeichnung|beschreibung|group|grupp|gruppe"),
    (Site, "region|standort|anläggning|plant"),
    (
        Unit,
        "location|location name|placering|plats|cost centre|cost center|kostnadsställe|kostenstelle|section|einsatzort|area",
    ),
    (Room, "bed|bed no|säng|bett|place"),
    (Owner, "owned by|owner department|manager|betreiber|contact|kontakt"),
    (SupportStatus, "lifecycle|wartungsstatus|supportstatus tillverkare"),
    (Access, "remote|access type"),
    (Criticality, "priority|prioritet|priorität|risk class|riskklass|risikoklasse|importance"),
];

/// The field that a name, in its plain form, usually means.
pub(crate) fn usual(plain_name: &str) -> Option<(Field, Strength)> {
    static NAMES: OnceLock<HashMap<String, (Field, Strength)>> = OnceLock::new();
    let names = NAMES.get_or_init(|| {
        let mut names = HashMap::new();
        // Canonical names last: nothing may hide them.
        for (table, strength) in [(LOOSE, Strength::Loose), (USUAL, Strength::Usual)] {
            for (field, words) in table {
                names.extend(words.split('|').map(|word| (plain(word), (*field, strength))));
            }
        }
        names.extend(Field::ALL.iter().map(|field| (plain(field.name()), (*field, Strength::Usual))));
        names
    });
    names.get(plain_name).copied()
}

/// Every usual name in its plain form, for misspellings.
pub(crate) fn long_names() -> impl Iterator<Item = (Field, String)> {
    let usual = USUAL.iter().flat_map(|(field, words)| words.split('|').map(|word| (*field, plain(word))));
    let canonical = Field::ALL.iter().map(|field| (*field, plain(field.name())));
    usual.chain(canonical).filter(|(_, name)| name.len() >= 7)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_means_two_fields() {
        let mut seen: HashMap<String, Field> = HashMap::new();
        for (field, words) in USUAL.iter().chain(LOOSE) {
            for word in words.split('|') {
                let before = seen.insert(plain(word), *field);
                assert!(before.is_none_or(|before| before == *field), "{word}: {before:?} and {field:?}");
            }
        }
    }
}
