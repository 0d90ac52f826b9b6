//! Words of `/devices` and of one device.

use model::device::{Access, Criticality, Installer, Network, SupportStatus};

use super::{Words, words};

words! {
    devices_title: "Devices" | "Enheter";
    devices_empty: "This page lists every device of your register with what is open on it. The register is empty." | "Sidan listar varje enhet i registret och vad som är öppet på den. Registret är tomt.";
    devices_empty_step: "Import the device list" | "Importera enhetslistan";
    devices_f_text: "Device, model, serial" | "Enhet, modell, serienummer";
    devices_f_unit: "Unit" | "Vårdenhet";
    devices_f_site: "Site" | "Plats";
    devices_f_maker: "Maker" | "Tillverkare";
    devices_f_support: "Support" | "Support";
    devices_f_criticality: "Criticality" | "Kritikalitet";
    devices_f_open: "Open" | "Öppet";
    devices_f_gap: "Undecided because" | "Oavgjort för att";
    devices_f_lacks: "Not known" | "Inte känt";
    devices_open_some: "something" | "något";
    devices_open_none: "nothing" | "inget";
    devices_open_exploited: "something exploited" | "något som utnyttjas";
    devices_lacks_maker: "the maker" | "tillverkaren";
    devices_lacks_version: "the version" | "versionen";
    devices_lacks_advisory: "named by no advisory" | "nämns inte i något meddelande";
    devices_col_device: "Device" | "Enhet";
    devices_col_maker: "Maker" | "Tillverkare";
    devices_col_model: "Model" | "Modell";
    devices_col_version: "Version" | "Version";
    devices_col_unit: "Unit" | "Vårdenhet";
    devices_col_support: "Support" | "Support";
    devices_col_verdict: "Worst verdict" | "Värsta bedömning";
    devices_col_open: "Open" | "Öppna";
    devices_not_recorded: "not recorded" | "inte angivet";
    devices_unmatched: "no advisory names it" | "inget meddelande nämner den";
    devices_count(count: &str, verdict: &str): "{count} {verdict}" | "{count} {verdict}";

    support_supported: "supported" | "har support";
    support_unsupported: "unsupported" | "utan support";
    support_unknown: "support unknown" | "support okänd";
    installer_unknown: "not recorded" | "inte angivet";
    installer_staff: "our own staff" | "egen personal";
    installer_vendor: "the maker only" | "bara tillverkaren";
    installer_third_party: "a service company" | "ett serviceföretag";
    access_unknown: "not recorded" | "inte angivet";
    access_remote: "over the network" | "över nätet";
    access_hands_on: "hands on" | "på plats";
    network_unknown: "not recorded" | "inte angivet";
    network_none: "not connected" | "inte ansluten";
    network_isolated: "a segment of its own" | "eget segment";
    network_hospital: "the hospital's network" | "sjukhusets nät";
    network_internet: "reachable from the internet" | "nås från internet";
    criticality_unknown: "not recorded" | "inte angivet";
    criticality_low: "low: inconvenience" | "låg: olägenhet";
    criticality_medium: "medium: care is delayed" | "medel: vården försenas";
    criticality_high: "high: care is endangered" | "hög: vården hotas";
    criticality_life_supporting: "life supporting" | "livsuppehållande";

    device_retired(when: &str): "This device left the register {when}. Its entry is kept, so that history can name it." | "Enheten lämnade registret {when}. Posten finns kvar så att historiken kan nämna den.";
    device_gate: "First gate: is it supported?" | "Första frågan: har den support?";
    device_gate_supported: "The register says that the maker supports it." | "Registret säger att tillverkaren ger support.";
    device_gate_supported_until(day: &str): "The register says that the maker supports it, until {day}." | "Registret säger att tillverkaren ger support, till {day}.";
    device_gate_ended(day: &str): "Support ended {day}. No fix is to be expected: plan other protection, or a replacement." | "Supporten upphörde {day}. Ingen rättning är att vänta: planera annat skydd eller ett byte.";
    device_gate_unsupported: "The register says that the maker no longer supports it. No fix is to be expected: plan other protection, or a replacement." | "Registret säger att tillverkaren inte längre ger support. Ingen rättning är att vänta: planera annat skydd eller ett byte.";
    device_gate_unknown: "The register does not say whether the maker supports it. Ask the maker and record the answer; until then, count on no fix." | "Registret säger inte om tillverkaren ger support. Fråga tillverkaren och för in svaret; räkna inte med någon rättning dessförinnan.";
    device_register: "What the register says" | "Vad registret säger";
    device_entry_age: "Entry written" | "Posten skriven";
    device_maker: "Maker" | "Tillverkare";
    device_model: "Model" | "Modell";
    device_model_number: "Model number" | "Modellnummer";
    device_version: "Software version" | "Programversion";
    device_hardware: "Hardware version" | "Maskinvaruversion";
    device_system: "Operating system" | "Operativsystem";
    device_serial: "Serial number" | "Serienummer";
    device_udi: "UDI" | "UDI";
    device_udi_text(agency: &str, di: &str): "{agency} {di}" | "{agency} {di}";
    device_manufactured: "Manufactured" | "Tillverkad";
    device_cpe: "CPE" | "CPE";
    device_purl: "Package URL" | "Paket-URL";
    device_kind: "Kind" | "Slag";
    device_site: "Site" | "Plats";
    device_building: "Building" | "Byggnad";
    device_unit: "Unit" | "Vårdenhet";
    device_room: "Room" | "Rum";
    device_owner: "Owner" | "Ansvarig";
    device_end: "End of support" | "Supporten upphör";
    device_installer: "Who may install" | "Vem får installera";
    device_access: "How it is reached" | "Hur den nås";
    device_network: "Network" | "Nät";
    device_criticality: "If it fails" | "Om den faller";
    device_services: "What it carries for care" | "Vad den bär för vården";
    device_services_none: "No service is described that this device carries. Perhaps nobody has described it yet." | "Ingen tjänst är beskriven som enheten bär. Kanske har ingen beskrivit den än.";
    device_service: "Service" | "Tjänst";
    device_service_beds: "For" | "För";
    device_service_needs: "Carriers needed" | "Bärare som behövs";
    device_service_without: "Without this device" | "Utan enheten";
    device_service_no_beds: "no particular bed" | "ingen särskild säng";
    device_stays: "stays up while the other carriers work" | "fortsätter så länge övriga bärare fungerar";
    device_dark: "goes dark: there is no spare" | "slocknar: det finns ingen reserv";
    device_fallback(name: &str): "{name} stands in" | "{name} tar över";
    device_names: "Which product it is" | "Vilken produkt den är";
    device_names_none: "No product of the advisories has a name like this. Nothing is known of this device, that is not the same as safe. A misspelt maker or model can hide a match." | "Ingen produkt i meddelandena har ett sådant namn. Inget är känt om enheten, det är inte samma sak som säkert. En felstavad tillverkare eller modell kan dölja en träff.";
    device_name_product: "Product of the advisories" | "Produkt i meddelandena";
    device_name_how: "How the names agree" | "Hur namnen stämmer";
    device_name_sure: "Confidence" | "Säkerhet";
    device_name_is: "is" | "är";
    device_name_may: "may be" | "kan vara";
    device_name_confirm: "Confirm or deny" | "Bekräfta eller neka";
    device_name_review: "Look at the name" | "Se över namnet";
    device_name_undo: "Take the answer back" | "Ta tillbaka svaret";
    device_names_more(n: u64) one "and {n} more" | "och {n} till" many "and {n} more" | "och {n} till";
    device_exposures: "What advisories say of it" | "Vad meddelandena säger om den";
    device_exposures_none: "No advisory says anything of this device. That is not the same as safe." | "Inget meddelande säger något om enheten. Det är inte samma sak som säkert.";
    device_history: "Earlier entries of this device are in the journal; there is no index by device yet, so they are not listed here." | "Tidigare poster för enheten finns i journalen; det finns inget register per enhet än, så de listas inte här.";
    device_col_vulnerability: "Vulnerability" | "Sårbarhet";
    device_col_advisory: "Advisory" | "Meddelande";
    device_col_verdict: "Verdict" | "Bedömning";
    device_col_confidence: "Confidence" | "Säkerhet";
    device_col_urgency: "Urgency" | "Brådska";
    device_col_kev: "KEV" | "KEV";
    device_col_epss: "EPSS" | "EPSS";
    device_col_cvss: "CVSS" | "CVSS";
    device_f_text: "Vulnerability, advisory" | "Sårbarhet, meddelande";
    device_f_verdict: "Verdict" | "Bedömning";
    device_f_gap: "Undecided because" | "Oavgjort för att";
    device_kev_yes: "listed" | "finns med";
    device_kev_no: "not listed" | "finns inte";
    device_kev_none: "not imported" | "inte importerad";
    device_score_none: "no score" | "ingen poäng";
    device_epss_least: "under 0.1 %" | "under 0,1 %";
    device_retire: "Retire this device" | "Ta enheten ur registret";
    device_retire_title(tag: &str): "Retire {tag}" | "Ta {tag} ur registret";
    device_retire_sentence(tag: &str, name: &str): "{tag} ({name}) leaves the register: it is no longer counted or matched. Its entry and this reason stay in the journal." | "{tag} ({name}) lämnar registret: den räknas och matchas inte längre. Posten och skälet finns kvar i journalen.";
    device_retire_carries(service: &str): "It carries {service}. Describe who carries it from now on." | "Den bär {service}. Beskriv vem som bär tjänsten hädanefter.";
    device_retire_open(n: u64) one "{n} vulnerability is open on it." | "{n} sårbarhet är öppen på den." many "{n} vulnerabilities are open on it." | "{n} sårbarheter är öppna på den.";
    device_retire_reason: "Why does it leave?" | "Varför lämnar den?";
    device_retire_hint: "As you would tell a colleague: scrapped, sold, lost, counted twice." | "Som till en kollega: skrotad, såld, förlorad, dubbelräknad.";
    device_retire_missing: "A reason is needed." | "Ett skäl behövs.";
    device_retire_verb: "Retire the device" | "Ta ur registret";

    relation_vendor_exact: "the makers' names are the same" | "tillverkarnas namn är desamma";
    relation_vendor_case: "the makers' names differ in capitals only" | "tillverkarnas namn skiljer sig bara i versaler";
    relation_vendor_dashes: "the makers' names differ in blanks, dashes or accents only" | "tillverkarnas namn skiljer sig bara i mellanslag, streck eller accenter";
    relation_vendor_legal: "the makers' names differ in the legal form only" | "tillverkarnas namn skiljer sig bara i bolagsformen";
    relation_vendor_confirmed: "a person said that the makers are the same" | "en person har sagt att tillverkarna är desamma";
    relation_vendor_similar: "the makers' names are alike" | "tillverkarnas namn är lika";
    relation_vendor_taken_over: "one maker is known to have taken over the other" | "den ena tillverkaren har tagit över den andra";
    relation_vendor_missing: "the register names no maker" | "registret nämner ingen tillverkare";
    relation_vendor_unrelated: "the makers' names have nothing in common" | "tillverkarnas namn har inget gemensamt";
    relation_product_exact: "the product names are the same" | "produktnamnen är desamma";
    relation_product_case: "the product names differ in capitals only" | "produktnamnen skiljer sig bara i versaler";
    relation_product_dashes: "the product names differ in blanks or dashes only" | "produktnamnen skiljer sig bara i mellanslag eller streck";
    relation_product_affix: "the product names are the same without the maker or order number" | "produktnamnen är desamma utan tillverkare eller artikelnummer";
    relation_product_part: "one product name holds the other" | "det ena produktnamnet innehåller det andra";
    relation_product_slip: "the product names are a slip of the pen apart" | "produktnamnen skiljer sig med ett skrivfel";
    relation_product_different: "the product names differ" | "produktnamnen är olika";
    relation_both(vendor: &str, product: &str): "{vendor}; {product}" | "{vendor}; {product}";
    relation_by_confirmed: "a person confirmed it" | "en person har bekräftat det";
    relation_by_model_number: "the model number is the advisory's" | "modellnumret är meddelandets";
    relation_by_cpe: "the CPE is the advisory's" | "CPE är meddelandets";
    relation_by_purl: "the package URL is the advisory's" | "paket-URL:en är meddelandets";
}

impl Words {
    /// Support, in a word or two.
    pub fn support(self, support: SupportStatus) -> &'static str {
        match support {
            SupportStatus::Supported => self.support_supported(),
            SupportStatus::Unsupported => self.support_unsupported(),
            SupportStatus::Unknown => self.support_unknown(),
        }
    }

    /// Who may install.
    pub fn installer(self, installer: Installer) -> &'static str {
        match installer {
            Installer::Unknown => self.installer_unknown(),
            Installer::Staff => self.installer_staff(),
            Installer::Vendor => self.installer_vendor(),
            Installer::ThirdParty => self.installer_third_party(),
        }
    }

    /// How an update reaches a device.
    pub fn access(self, access: Access) -> &'static str {
        match access {
            Access::Unknown => self.access_unknown(),
            Access::Remote => self.access_remote(),
            Access::HandsOn => self.access_hands_on(),
        }
    }

    /// What a device can be reached from.
    pub fn network(self, network: Network) -> &'static str {
        match network {
            Network::Unknown => self.network_unknown(),
            Network::None => self.network_none(),
            Network::Isolated => self.network_isolated(),
            Network::Hospital => self.network_hospital(),
            Network::Internet => self.network_internet(),
        }
    }

    /// What a device's failure means.
    pub fn criticality(self, criticality: Criticality) -> &'static str {
        match criticality {
            Criticality::Unknown => self.criticality_unknown(),
            Criticality::Low => self.criticality_low(),
            Criticality::Medium => self.criticality_medium(),
            Criticality::High => self.criticality_high(),
            Criticality::LifeSupporting => self.criticality_life_supporting(),
        }
    }
}
