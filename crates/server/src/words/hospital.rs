//! Words of `/hospital`.

use model::service::ServiceKind;

use super::{Words, words};

words! {
    hospital_title: "Hospital" | "Sjukhus";
    hospital_lead: "Which host carries which service for which beds, and what has no spare." | "Vilken värd som bär vilken tjänst för vilka sängar, och vad som saknar reserv.";
    hospital_empty: "This page shows sites, units, beds and the services that are carried for them. Nobody has described the hospital yet. Write it as docs/hospital-file.md says, then run: segue import hospital FILE" | "Sidan visar platser, vårdenheter, sängar och tjänsterna som bärs för dem. Ingen har beskrivit sjukhuset än. Skriv det så som docs/hospital-file.md säger, och kör sedan: segue import hospital FIL";
    hospital_empty_step: "Import the description" | "Importera beskrivningen";
    hospital_units(n: u64) one "{n} unit" | "{n} vårdenhet" many "{n} units" | "{n} vårdenheter";
    hospital_beds(n: u64) one "{n} bed" | "{n} säng" many "{n} beds" | "{n} sängar";
    hospital_services(n: u64) one "{n} service" | "{n} tjänst" many "{n} services" | "{n} tjänster";
    hospital_devices(n: u64) one "{n} device" | "{n} enhet" many "{n} devices" | "{n} enheter";
    hospital_no_spare_count(n: u64) one "{n} service has no spare" | "{n} tjänst saknar reserv" many "{n} services have no spare" | "{n} tjänster saknar reserv";
    hospital_exploited_count(n: u64) one "{n} service hangs on a carrier that is open to an exploited vulnerability" | "{n} tjänst hänger på en bärare som är öppen för en sårbarhet som utnyttjas" many "{n} services hang on a carrier that is open to an exploited vulnerability" | "{n} tjänster hänger på en bärare som är öppen för en sårbarhet som utnyttjas";
    hospital_phone(number: &str): "Telephone {number}" | "Telefon {number}";
    hospital_bed_map: "Beds" | "Sängar";
    hospital_bed_table: "Beds as a table" | "Sängar som tabell";
    hospital_bed: "Bed" | "Säng";
    hospital_telemetry: "Telemetry" | "Telemetri";
    hospital_yes: "yes" | "ja";
    hospital_no: "no" | "nej";
    hospital_bed_services: "Services" | "Tjänster";
    hospital_no_beds: "No bed is described here." | "Ingen säng är beskriven här.";
    hospital_no_services: "No service is described for these beds." | "Ingen tjänst är beskriven för sängarna.";
    hospital_bed_fine: "served" | "betjänas";
    hospital_bed_exploited: "a carrier is open to an exploited vulnerability" | "en bärare är öppen för en sårbarhet som utnyttjas";
    hospital_bed_unserved: "no service described" | "ingen tjänst beskriven";
    hospital_legend: "Marks" | "Märken";
    hospital_service: "Service" | "Tjänst";
    hospital_kind: "Kind" | "Slag";
    hospital_for: "For" | "För";
    hospital_redundancy: "Redundancy" | "Redundans";
    hospital_needed(needed: &str, all: &str): "{needed} of {all} needed" | "{needed} av {all} behövs";
    hospital_no_spare: "no spare" | "ingen reserv";
    hospital_spare(n: u64) one "{n} spare" | "{n} reserv" many "{n} spare" | "{n} reserver";
    hospital_carriers: "Carriers" | "Bärare";
    hospital_fallback: "When dark" | "När den slocknar";
    hospital_fallback_none: "nothing stands in" | "inget tar över";
    hospital_fallback_then(name: &str): "then {name}" | "sedan {name}";
    hospital_carrier_unknown: "not in the register" | "finns inte i registret";
    hospital_carrier_exploited(n: u64) one "{n} exploited" | "{n} utnyttjas" many "{n} exploited" | "{n} utnyttjas";
    hospital_carrier_open(n: u64) one "{n} open" | "{n} öppen" many "{n} open" | "{n} öppna";
    hospital_carrier_unmatched: "no advisory names it" | "inget meddelande nämner den";
    hospital_everywhere: "Services for no particular bed" | "Tjänster för ingen särskild säng";
    hospital_undescribed: "Units that devices name and nobody has described" | "Vårdenheter som enheter nämner och ingen har beskrivit";
    hospital_no_unit: "no unit recorded" | "ingen vårdenhet angiven";
    hospital_take: "Take the services along" | "Ta med tjänsterna";

    service_central_monitoring: "central monitoring" | "central övervakning";
    service_alarm_detection: "alarm detection" | "larmdetektering";
    service_telemetry_receiving: "telemetry receiving" | "telemetrimottagning";
    service_pacs: "image archive" | "bildarkiv";
    service_ris: "radiology information" | "radiologisystem";
    service_patient_record: "patient record" | "patientjournal";
    service_laboratory: "laboratory" | "laboratorium";
    service_infusion: "infusion" | "infusion";
    service_other: "other" | "annat";
}

impl Words {
    /// What a service does for care.
    pub fn service_kind(self, kind: ServiceKind) -> &'static str {
        match kind {
            ServiceKind::CentralMonitoring => self.service_central_monitoring(),
            ServiceKind::AlarmDetection => self.service_alarm_detection(),
            ServiceKind::TelemetryReceiving => self.service_telemetry_receiving(),
            ServiceKind::Pacs => self.service_pacs(),
            ServiceKind::Ris => self.service_ris(),
            ServiceKind::PatientRecord => self.service_patient_record(),
            ServiceKind::Laboratory => self.service_laboratory(),
            ServiceKind::Infusion => self.service_infusion(),
            ServiceKind::Other => self.service_other(),
        }
    }
}
