//! Columns guessed, asked, confirmed, kept in a file and read again.

use crate::{lines, open};
use adapter_cmms::{DateFormat, Field, Mapping, Question, Sure, open_table_bytes, read_devices};
use proptest::prelude::*;

fn headers(names: &[&str]) -> Vec<Box<str>> {
    names.iter().map(|name| (*name).into()).collect()
}

fn field_of(name: &str) -> Option<Field> {
    Mapping::guess(&headers(&[name])).columns[0].field
}

#[test]
fn canonical_columns_need_no_answer() {
    let names = ["Asset Tag", "MANUFACTURER", "model", "Software-Version", "end of support", "UDI"];
    let mapping = Mapping::guess(&headers(&names));
    assert!(mapping.columns.iter().all(|column| column.sure == Sure::Exact), "{mapping:?}");
    assert!(!mapping.needs_confirmation());
    for field in Field::ALL {
        assert_eq!(field_of(field.name()), Some(*field));
    }
}

#[test]
fn columns_of_real_systems_are_guessed_in_three_languages() {
    for (field, names) in [
        (
            Field::AssetTag,
            "Inventory No|Asset No.|Asset #|Equipment ID|Inventarienummer|Geräte-Nr.|Geraete Nr|Inventar-Nr.|Control Number",
        ),
        (
            Field::Manufacturer,
            "Mfr|Mfr.|Maker|Make|Vendor|Tillverkare|Hersteller|Fabrikat|Device Manufacturer|Manufacturer (OEM)|Manufactuer",
        ),
        (Field::Model, "Modell|Model Name|Product|Typ|Equipment Model|Produktnamn"),
        (Field::ModelNumber, "Model No.|Catalogue Number|Art.nr|Artikelnummer|Part Number|Bestell-Nr."),
        (
            Field::SoftwareVersion,
            "SW Version|Software Rev|FW|Firmware|Firmware Version|Programvaruversion|Software-Stand|Software Version (installed)|Version",
        ),
        (Field::HardwareVersion, "HW Rev|Hardware Revision|Hårdvaruversion"),
        (Field::OperatingSystem, "OS|Operativsystem|Betriebssystem"),
        (
            Field::SerialNumber,
            "S/N|SN|Serial No|Serial #|Serienummer|Seriennummer|Serien-Nr.|Device Serial Number|Serial Numbr",
        ),
        (Field::Udi, "UDI-DI|GTIN|UDI Code"),
        (Field::Manufactured, "Date of manufacture|Tillverkningsdatum|Herstellungsdatum"),
        (Field::DeviceType, "Equipment Type|Benämning|Geräteart|GMDN Term|Type|Description"),
        (Field::Site, "Campus|Facility|Hospital|Sjukhus|Krankenhaus"),
        (Field::Building, "Bldg|Byggnad|Gebäude|Hus"),
        (
            Field::Unit,
            "Department|Dept.|Ward|Avdelning|Cost centre|Location|Station|Abteilung|Kostnadsställe|Kostenstelle",
        ),
        (Field::Room, "Room No|Rum|Raum|Zimmer"),
        (Field::Owner, "Responsible|Ansvarig|Ägare|Owner Name|System Owner|Verantwortlicher"),
        (Field::SupportStatus, "Support|Lifecycle Status|Supported"),
        (Field::EndOfSupport, "EOS Date|End of Life|EOL|Supportslut|Support until"),
        (Field::Installer, "Serviced by|Serviceleverantör|Service Provider"),
        (Field::Access, "Remote access|Fernwartung|Fjärråtkomst"),
        (Field::Network, "Network connection|Nätverk|Netzwerkanschluss|Connected"),
        (Field::Criticality, "Risk level|Kritikalitet|Priority|Risikoklasse"),
    ] {
        for name in names.split('|') {
            assert_eq!(field_of(name), Some(field), "{name}");
            let sure = &Mapping::guess(&headers(&[name])).columns[0].sure;
            assert!(
                matches!(sure, Sure::Guessed { why } if why.contains(name) && why.contains(field.name())),
                "{sure:?}"
            );
        }
    }
    for name in ["Purchase price", "Warranty", "Remarks", "", "Status", "Anskaffningsdatum", "Next PM date"] {
        assert_eq!(field_of(name), None, "{name}");
    }
}

#[test]
fn a_guess_is_asked_and_two_columns_for_one_field_are_asked() {
    let mut mapping = Mapping::guess(&headers(&[
        "Inventory No",
        "Hersteller",
        "Modell",
        "Firmware",
        "Software Rev",
        "Location",
        "Ward",
        "Price",
    ]));
    assert!(mapping.needs_confirmation());
    let questions = mapping.questions();
    assert_eq!(questions.len(), 5, "{questions:?}");
    let both =
        Question::WhichOf { field: Field::SoftwareVersion, headers: headers(&["Firmware", "Software Rev"]) };
    assert!(questions.contains(&both));
    // The looser name gives way to the usual one.
    assert_eq!(mapping.columns[5].sure, Sure::Unused);
    mapping.confirm();
    assert_eq!(mapping.questions(), [both]);
    assert!(mapping.choose("software rev", Some(Field::SoftwareVersion)));
    assert!(!mapping.choose("Colour", None));
    assert!(!mapping.needs_confirmation());
    assert_eq!(mapping.columns[3].field, None);
}

#[test]
fn a_required_column_that_is_nowhere_is_asked() {
    let mapping = Mapping::guess(&headers(&["Asset No", "Price"]));
    let missing: Vec<Field> = mapping
        .questions()
        .into_iter()
        .filter_map(|question| match question {
            Question::Missing { field } => Some(field),
            Question::IsIt { .. } | Question::WhichOf { .. } => None,
        })
        .collect();
    assert_eq!(missing, [Field::Manufacturer, Field::Model]);
}

const FILE: &str = r#"
delimiter = ";"
encoding = "windows-1252"
date_format = "DD/MM/YYYY"
unused = ["owner"]

[columns]
asset_tag = "Inv. Nr"
manufacturer = "Fabrikat"
model = "Benämning"
support_status = "Status"
end_of_support = "Slut"

[values.support_status]
"I drift" = "supported"
"Utgått" = "EOL"
"Okänt" = ""

[values.manufacturer]
"GE" = "GE Healthcare"

[defaults]
site = "Norra sjukhuset"
installer = "staff"
"#;

#[test]
fn a_mapping_file_reads_a_list_without_a_question() {
    let mapping = Mapping::from_toml("map.toml", FILE).unwrap();
    assert_eq!(mapping.date_format, Some(DateFormat::DayMonthYear));
    let list = b"Ben\xe4mning;Inv. nr;Fabrikat;Status;Slut;owner;unit\r\nB40;17;ge;UTG\xc5TT;03/04/2027;IT;ICU\r\nB20;18;Philips;Ok\xe4nt;;;\r\n";
    let table = open_table_bytes("list.csv", list.to_vec(), &mapping.open_options()).unwrap();
    let fitted = mapping.fit(&table).unwrap();
    assert!(!fitted.needs_confirmation());
    let reading = read_devices(&table, &mapping);
    assert_eq!(lines(&reading), Vec::<String>::new());
    let device = &reading.devices[0];
    assert_eq!(
        (device.asset_tag.as_str(), &*device.manufacturer, &*device.model),
        ("17", "GE Healthcare", "B40")
    );
    assert_eq!(device.support.status.word(), "unsupported");
    assert_eq!(device.support.end.unwrap().to_string(), "2027-04-03");
    assert_eq!(device.location.site.as_deref(), Some("Norra sjukhuset"));
    assert_eq!(device.location.unit.as_deref(), Some("ICU"));
    assert_eq!((device.owner.as_deref(), device.installer.word()), (None, "staff"));
    assert_eq!(reading.devices[1].support.status.word(), "unknown");
}

#[test]
fn a_confirmed_guess_is_saved_and_used_again() {
    let list = "Inventory No|S/N|Hersteller|Modell|Type|Price|owner\n1|x|a|b|c|9|Eva\n";
    let table = open(list);
    let mut mapping = Mapping::guess(table.header());
    mapping.choose("owner", None);
    mapping.confirm();
    let again = Mapping::from_toml("map.toml", &mapping.to_toml()).unwrap().fit(&table).unwrap();
    assert!(!again.needs_confirmation());
    assert_eq!(read_devices(&table, &again), read_devices(&table, &mapping));
    assert_eq!(again.columns.last().unwrap().field, None);
    assert_eq!(again.to_toml(), mapping.to_toml());
    let whole = Mapping::from_toml("map.toml", FILE).unwrap();
    assert_eq!(Mapping::from_toml("map.toml", &whole.to_toml()).unwrap().to_toml(), whole.to_toml());
}

#[test]
fn a_mapping_file_without_columns_only_helps_the_guesses() {
    let mapping = Mapping::from_toml("map.toml", "[defaults]\nsite = \"North\"\n").unwrap();
    let table = open("Inventory No,Mfr,Model\n1,a,b\n");
    let fitted = mapping.fit(&table).unwrap();
    assert!(fitted.needs_confirmation());
    assert_eq!(read_devices(&table, &fitted).devices[0].location.site.as_deref(), Some("North"));
}

#[test]
fn a_column_that_the_list_no_longer_has_is_named_with_the_likely_new_name() {
    let mapping = Mapping::from_toml("map.toml", "[columns]\nasset_tag = \"Inventory No\"\n").unwrap();
    let table = open("Inventory Nos,manufacturer,model\n1,a,b\n");
    let reading = read_devices(&table, &mapping);
    assert_eq!(
        lines(&reading),
        [
            "Error list.csv: row 1: \"Inventory No\": the mapping names this column, and the list does not have it; perhaps it \
          is now called \"Inventory Nos\""
        ]
    );
}

#[test]
fn every_mistake_in_a_mapping_file_is_named_with_line_and_column() {
    let text = r#"delimeter = ";"
encoding = "utf-99"
date_format = "yesterday"
delimiter = ";;"
sheet = 3
[columns]
asset_tagg = "Inventory No"
manufacturer = "Mfr"
model = "mfr"
room = ""
[defaults]
serial_number = "1"
criticality = "huge"
[values.support_status]
"EOL" = "dead"
[values.colour]
"red" = "blue"
"#;
    let said: Vec<String> = Mapping::from_toml("map.toml", text)
        .unwrap_err()
        .iter()
        .map(|finding| {
            format!("{}|{}|{}", finding.value.as_deref().unwrap_or(""), finding.problem, finding.expected)
        })
        .collect();
    let want = [
        "delimeter|line 1, column 1: this key is not known|did you mean \"delimiter\"?",
        "utf-99|line 2, column 12: this is no encoding|write \"utf-8\" or \"windows-1252\"",
        "yesterday|line 3, column 15: this is no order of day, month and year|write \"d/m/Y\", \"m/d/Y\" or \"Y-m-d\"",
        ";;|line 4, column 13: this is no delimiter|write one character such as \";\", or \"tab\"",
        "|line 5, column 9: a text in quotes belongs here|write the name of a sheet",
        "asset_tagg|line 7, column 1: this key is not known|did you mean \"asset_tag\"?",
        "mfr|line 9, column 9: this column is named twice|give each column one use",
        "|line 10, column 8: the text is empty|write the column's name in the list",
        "|line 12, column 1: serial_number differs from device to device, so that it has no default|leave it out",
        "huge|line 13, column 15: this is no value of criticality|write one of: unknown, low, medium, high, life_supporting",
        "dead|line 15, column 9: this is no value of support_status|write one of: unknown, supported, unsupported",
        "colour|line 16, column 9: this key is not known|known are: asset_tag",
    ];
    let mut said = said;
    said.sort_by_key(|line| {
        line.split("line ").nth(1).and_then(|rest| rest.split(',').next()?.parse::<u32>().ok())
    });
    assert_eq!(said.len(), want.len(), "{said:#?}");
    for (said, want) in said.iter().zip(want) {
        assert!(said.starts_with(want), "{said}\n{want}");
    }
    let broken = Mapping::from_toml("map.toml", "[columns]\nasset_tag = \"x\n").unwrap_err();
    assert!(broken[0].to_string().contains("line 2, column"), "{}", broken[0]);
}

proptest! {
    #[test]
    fn no_mapping_file_makes_the_reader_panic(text in "[\\[\\]a-z_=\" .\n#{},0-9]{0,120}") {
        let _ = Mapping::from_toml("map.toml", &text);
    }

    #[test]
    fn every_confirmed_mapping_survives_its_file(names in proptest::collection::vec("[A-Za-zåäö\"\\\\.# -]{1,12}", 0..8)) {
        let mut all = headers(&["Inventory No", "Mfr", "Model"]);
        for name in names.iter().map(|name| name.trim().to_lowercase()).filter(|name| !name.is_empty()) {
            let same = |one: &str| one.to_lowercase().replace(['-', ' '], "") == name.replace(['-', ' '], "");
            if !all.iter().any(|known| same(known)) {
                all.push(name.into());
            }
        }
        let mut mapping = Mapping::guess(&all);
        for question in mapping.questions() {
            if let Question::WhichOf { field, headers } = question {
                mapping.choose(&headers[0], Some(field));
            }
        }
        mapping.confirm();
        prop_assert!(!mapping.needs_confirmation());
        let read = Mapping::from_toml("map.toml", &mapping.to_toml());
        prop_assert!(read.is_ok(), "{read:?}\n{}", mapping.to_toml());
        prop_assert_eq!(read.map(|read| read.to_toml()), Ok(mapping.to_toml()));
    }
}
