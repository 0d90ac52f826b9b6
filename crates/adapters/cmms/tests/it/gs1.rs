//! GS1 carriers.

use adapter_cmms::udi::{UdiError, parse, parse_at};
use model::device::{Udi, UdiAgency};
use proptest::prelude::*;

fn di(text: &str) -> String {
    parse(text).unwrap_or_else(|why| panic!("{text}: {why}")).di.into()
}

#[test]
fn every_way_in_which_gs1_writes_a_udi_gives_the_same_device() {
    let want = Udi {
        agency: UdiAgency::Gs1,
        di: "09506000134352".into(),
        lot: Some("ABC/1".into()),
        serial: Some("12345".into()),
        manufactured: model::Date::new(2021, 3, 5),
        expires: model::Date::new(2026, 2, 28),
    };
    for text in [
        "(01)09506000134352(11)210305(17)260200(10)ABC/1(21)12345",
        " (01) 09506000134352 (11) 210305 (17) 260200 (10) ABC/1 (21) 12345 ",
    ] {
        assert_eq!(parse(text), Ok(want.clone()), "{text}");
    }
    for raw in [
        "01095060001343521121030517260200".to_owned() + "10ABC/1\u{1d}2112345",
        "]C1".to_owned() + "01095060001343521121030517260200" + "10ABC/1\u{1d}2112345",
        "]d2\u{1d}".to_owned() + "01095060001343521121030517260200" + "10ABC/1<GS>2112345",
        "]Q3".to_owned() + "01095060001343521121030517260200" + "2112345{GS}10ABC/1",
        "\u{1d}".to_owned() + "0109506000134352\u{1d}11210305\u{1d}17260200" + "␝10ABC/1[GS]2112345",
        "https://id.gs1.org/01/09506000134352/10/ABC%2F1/21/12345?17=260200&11=210305&linkType=x".to_owned(),
        "http://maker.example/some/path/01/9506000134352/10/ABC%2f1/21/12345?11=210305;17=260200#top"
            .to_owned(),
    ] {
        assert_eq!(parse(&raw), Ok(want.clone()), "{raw}");
    }
}

#[test]
fn a_plain_gtin_of_12_13_or_14_digits_is_a_device_identifier() {
    assert_eq!(di("09506000134352"), "09506000134352");
    assert_eq!(di("9506000134352"), "09506000134352");
    assert_eq!(di("614141999996"), "00614141999996");
    assert_eq!(di("]E09506000134352"), "09506000134352");
}

#[test]
fn a_misread_digit_is_named_with_its_place_and_what_it_should_be() {
    let wrong = parse("(01)09506000134353(21)1").unwrap_err();
    assert_eq!(wrong, UdiError::Check { position: 18, found: '3', right: '2' });
    assert_eq!(
        wrong.to_string(),
        "character 18: the check character is \"3\" and should be \"2\"; something was misread"
    );
}

#[test]
fn a_serial_number_may_hold_parentheses() {
    let udi = parse("(01)09506000134352(21)A(7)B(99x)(10)L").unwrap();
    assert_eq!((udi.serial.as_deref(), udi.lot.as_deref()), (Some("A(7)B(99x)"), Some("L")));
}

#[test]
fn other_elements_are_checked_and_left_out() {
    let udi = parse("(01)09506000134352(240)REF 1").unwrap_err();
    assert!(matches!(udi, UdiError::NotAllowed { position: 27, found: ' ' }), "{udi:?}");
    for text in [
        "(01)09506000134352(240)REF-1(30)12(8012)V2.10(91)anything",
        "(01)09506000134352(3103)001234(422)752",
        "(01)09506000134352(7003)2602281530",
    ] {
        assert_eq!(di(text), "09506000134352", "{text}");
    }
}

#[test]
fn what_is_wrong_is_said_with_the_character() {
    for (text, want) in [
        ("", "there is no text"),
        ("  ", "there is no text"),
        (
            "(17)260228",
            "there is no device identifier in it: the GTIN, application identifier (01), is missing",
        ),
        ("(01)0950600013435", "character 5: (01) has 13 characters; it has exactly 14"),
        ("(01)0950600013435X", "character 18 is \"X\"; a digit must stand there"),
        ("(01)09506000134352(17)261301", "character 23: \"261301\" is not a day of the calendar"),
        ("(01)09506000134352(17)26131", "character 23: (17) has 5 characters; it has exactly 6"),
        ("(01)09506000134352(1234)5", "character 20: \"1234\" is no known GS1 application identifier"),
        ("(01)09506000134352(10)", "character 20: (10) has 0 characters; it has 1 to 20"),
        ("(01)09506000134352(10)A(10)B", "character 25: (10) occurs a second time"),
        ("(01)09506000134352(10)Dräger", "character 25 is \"\\u{e4}\", which may not stand there"),
        ("01095060001343520512", "character 17: \"05\" is no known GS1 application identifier"),
        ("]X001", "character 1: \"]X0\" is no known symbology identifier of a GS1 carrier"),
        ("12345", "character 3: (12) has 3 characters; it has exactly 6"),
        (
            "https://maker.example/device/7",
            "there is no device identifier in it: the address holds no /01/ with a GTIN",
        ),
        (
            "=/A9999XYZ100T0944=,000025",
            "character 1 begins an ICCBBA (ISBT 128) identifier of blood, cells or tissue; these are not read",
        ),
        ("9N110375286414", "character 1 begins an IFA (PPN) or ISO/IEC 15434 message; these are not read"),
        (
            "[)>\u{1e}06\u{1d}9N110375286414",
            "character 1 begins an IFA (PPN) or ISO/IEC 15434 message; these are not read",
        ),
        (
            "see label",
            "character 1 is \"s\"; a UDI begins with \"(01)\", \"01\", \"+\", \"]\", a web address or a GTIN",
        ),
        ("(01)00000000000000", "there is no device identifier in it: the GTIN is all zeros"),
    ] {
        let said = parse(text).unwrap_err().to_string();
        assert_eq!(said, want, "{text}");
    }
    let long = "1".repeat(5_000);
    assert_eq!(parse(&long), Err(UdiError::TooLong { length: 5_000 }));
}

#[test]
fn two_digit_years_are_read_in_a_window_around_the_reference_year() {
    let expires = |two: &str, reference| {
        parse_at(&format!("(01)09506000134352(17){two}0101"), reference).unwrap().expires.unwrap().ymd().0
    };
    assert_eq!((expires("76", 2026), expires("77", 2026)), (2076, 1977));
    assert_eq!((expires("00", 2026), expires("26", 2026)), (2000, 2026));
    assert_eq!((expires("10", 2080), expires("30", 2080), expires("31", 2080)), (2110, 2130, 2031));
    let last = parse("(01)09506000134352(17)240200").unwrap().expires.unwrap();
    assert_eq!(last.to_string(), "2024-02-29");
}

/// A small encoder: what a label printer would write.
fn check_digit(digits: &str) -> u32 {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| u32::from(byte - b'0') * if place % 2 == 0 { 3 } else { 1 })
        .sum();
    (10 - sum % 10) % 10
}

fn any_udi() -> impl Strategy<Value = Udi> {
    let day = || proptest::option::of((1977i16..=2076, 1u8..=12, 1u8..=28));
    let text = || proptest::option::of("[A-Za-z0-9!\"%&'*+,./:;<=>?_-]{1,20}");
    ("[0-9]{12}[1-9]", text(), text(), day(), day()).prop_map(|(digits, lot, serial, made, expires)| Udi {
        agency: UdiAgency::Gs1,
        di: format!("{digits}{}", check_digit(&digits)).into(),
        lot: lot.map(Into::into),
        serial: serial.map(Into::into),
        manufactured: made.and_then(|(y, m, d)| model::Date::new(y, m, d)),
        expires: expires.and_then(|(y, m, d)| model::Date::new(y, m, d)),
    })
}

fn elements(udi: &Udi) -> Vec<(&'static str, String)> {
    let day = |date: &model::Date| {
        let (year, month, day) = date.ymd();
        format!("{:02}{month:02}{day:02}", year % 100)
    };
    let mut elements = vec![("01", udi.di.to_string())];
    elements.extend(udi.manufactured.as_ref().map(|date| ("11", day(date))));
    elements.extend(udi.expires.as_ref().map(|date| ("17", day(date))));
    elements.extend(udi.lot.as_ref().map(|lot| ("10", lot.to_string())));
    elements.extend(udi.serial.as_ref().map(|serial| ("21", serial.to_string())));
    elements
}

proptest! {
    #[test]
    fn what_a_label_printer_writes_is_read_back(udi in any_udi(), symbology in 0usize..4) {
        let elements = elements(&udi);
        let readable: String = elements.iter().map(|(ai, data)| format!("({ai}){data}")).collect();
        prop_assert_eq!(parse(&readable), Ok(udi.clone()));
        let raw: Vec<String> = elements.iter().map(|(ai, data)| format!("{ai}{data}")).collect();
        let prefix = ["", "]C1", "]d2", "\u{1d}"][symbology];
        prop_assert_eq!(parse(&format!("{prefix}{}", raw.join("\u{1d}"))), Ok(udi.clone()));
        let hex = |data: &str| data.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
        let path: Vec<String> = elements.iter().map(|(ai, data)| format!("{ai}/{}", hex(data))).collect();
        prop_assert_eq!(parse(&format!("https://maker.example/{}", path.join("/"))), Ok(udi));
    }

    #[test]
    fn one_misread_digit_of_a_gtin_never_passes(udi in any_udi(), place in 0usize..14, by in 1u8..10) {
        let mut digits = udi.di.as_bytes().to_vec();
        digits[place] = b'0' + (digits[place] - b'0' + by) % 10;
        let digits = String::from_utf8(digits).unwrap();
        let is_check = matches!(parse(&format!("(01){digits}(21)7")), Err(UdiError::Check { .. }));
        prop_assert!(is_check);
        prop_assert!(parse(&digits).is_err());
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in ".{0,60}") {
        let _ = parse(&text);
    }

    #[test]
    fn no_text_that_looks_like_a_carrier_makes_the_reader_panic(
        start in "(\\(01\\)|01|\\]C1|\\]d2|\\+|\\*\\+|https://a/01/)",
        rest in "[0-9A-Z()+/$%\u{1d}.ä🏥-]{0,50}",
    ) {
        if let Err(wrong) = parse(&format!("{start}{rest}")) {
            let length = start.chars().count() + rest.chars().count();
            prop_assert!(wrong.position().is_none_or(|position| (1..=length + 1).contains(&position)), "{wrong}");
        }
    }
}
