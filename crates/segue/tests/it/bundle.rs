//! `segue bundle`: an ordered bundle, or whose rules stand in the way; and a catalogue that is wrong says where.

use crate::support::Desk;

const DEVICES: &str = "asset_tag,manufacturer,model,unit,device_type,installer
STATION-4,Nordpuls,Vakta 60,WARD-4,Central station,staff
";

const CATALOGUE: &str = r#"
holidays = ["2026-12-25"]

[[patches]]
id = "base-2"
title = "Base system 2"
restart = "host"
declared = { install = { p50 = 5, p90 = 9 }, restart = { p50 = 3, p90 = 6 }, back_out = { p50 = 5, p90 = 9 } }
terms = { kind = "operating_system", released = "2026-12-21", validations = [
  { on = { manufacturer = "Nordpuls", model = "Vakta 60" }, answer = "validated", source = "bulletin 12" } ] }

[[patches]]
id = "viewer-5"
title = "Viewer 5"
restart = { services = ["viewer.service"] }
declared = { install = { p50 = 2, p90 = 4 }, restart = { p50 = 1, p90 = 1 }, back_out = { p50 = 2, p90 = 4 } }
terms = { kind = "application", requires = [{ patch = "base-2", in_force = true }], conflicts = ["beta-1"] }

[[rules]]
id = "handbook 7.1"
owner = "vendor"
says = "No patch of the operating system without our validation"
patches = { kind = "operating_system" }
demand = "validated"

[[rules]]
id = "waiting"
owner = "clinical_engineering"
says = "Five working days after release"
patches = { kind = "operating_system" }
demand = { wait_working_days = 5 }
"#;

fn desk() -> (Desk, String) {
    let desk = Desk::new();
    let devices = desk.write("devices.csv", DEVICES);
    desk.run(&["import", "inventory", &devices, "--yes"]).fine();
    let catalogue = desk.write("catalogue.toml", CATALOGUE);
    (desk, catalogue)
}

#[test]
fn a_device_gets_its_patches_in_order_with_the_fewest_restarts_or_hears_whose_rule_is_in_the_way() {
    let (desk, catalogue) = desk();
    let ask = |more: &[&str]| {
        let mut args = vec!["bundle", catalogue.as_str(), "--device", "STATION-4", "--json"];
        args.extend(more);
        desk.run(&args)
    };
    let found = ask(&["--installed", "none", "--on", "2026-12-30"]).fine().line();
    assert_eq!((found["answer"].as_str(), found["restarts"].as_u64()), (Some("bundle"), Some(2)), "{found}");
    assert_eq!(found["steps"][0]["install"], serde_json::json!(["base-2"]));
    assert_eq!(found["steps"][1]["restart"], serde_json::json!(["service"]));

    // Monday the 21st; the 22nd, 23rd, 24th, 28th and 29th are working days: the 29th is a day too early.
    let found = ask(&["--installed", "none", "--on", "2026-12-29", "--wanted", "base-2"]).refused();
    let reasons = &found.line()["reasons"];
    assert_eq!(
        (reasons[0]["rule"].as_str(), reasons[1]["rule"].as_str()),
        (Some("wanted"), Some("too-early"))
    );
    assert_eq!(reasons[1]["owner"].as_str(), Some("clinical_engineering"));
    assert!(reasons[1]["says"].as_str().unwrap().contains("not before 2026-12-30"), "{reasons}");

    let found = ask(&["--installed", "base-2,beta-1", "--on", "2026-12-30"]).refused().line();
    let rules: Vec<&str> =
        found["reasons"].as_array().unwrap().iter().map(|reason| reason["rule"].as_str().unwrap()).collect();
    assert_eq!(rules, ["wanted", "conflicts"]);
    // What is installed was not said: nobody can say what the viewer meets.
    let found = ask(&["--wanted", "viewer-5", "--on", "2026-12-30"]).refused();
    assert!(found.out.contains("installed-unknown"), "{found:?}");

    let words = desk
        .run(&["bundle", &catalogue, "--device", "STATION-4", "--installed", "none", "--on", "2026-12-30"])
        .fine();
    assert!(
        words.out.contains("STATION-4: 2 restarts\n  1. install base-2\n     restart machine\n"),
        "{words:?}"
    );
    let lost = desk.run(&["bundle", &catalogue, "--device", "STATION-9"]).refused();
    assert!(lost.err.contains("no device STATION-9"), "{lost:?}");
}

#[test]
fn a_catalogue_that_is_wrong_says_where_and_is_not_used() {
    let (desk, _) = desk();
    let wrong = |from: &str, to: &str| {
        assert!(CATALOGUE.contains(from));
        let file = desk.write("wrong.toml", &CATALOGUE.replacen(from, to, 1));
        desk.run(&["bundle", &file, "--device", "STATION-4", "--installed", "none"]).refused().err
    };
    assert!(
        wrong("id = \"viewer-5\"", "id = \"base-2\"")
            .contains("/patches/1/id: base-2 is in the catalogue twice")
    );
    assert!(wrong("conflicts =", "quarrels =").contains("/patches/1: unknown field `quarrels`"));
    assert!(wrong("\"2026-12-21\"", "\"21/12/2026\"").contains("write it as YYYY-MM-DD"));
    assert!(wrong("{ wait_working_days = 5 }", "{ wait_working_days = 5000 }").contains("/rules/1/demand"));
    assert!(wrong("holidays", "hollidays").contains("\"hollidays\" is not known"));
    let file = desk.write("list.json", "[]");
    assert!(desk.run(&["bundle", &file, "--device", "STATION-4"]).refused().err.contains("docs/patches.md"));
}
