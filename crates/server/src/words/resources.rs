//! Words of what a plan reckons with: patients, people, ways, loaners, bookings.

use super::words;

words! {
    res_title: "What it reckons with" | "Vad den räknar med";
    res_none: "This plan was not made by the planner, so it keeps nothing of patients, people, ways, loaners and bookings." | "Planen gjordes inte av planeraren, så den har inget om patienter, personal, vägar, lånemaskiner och bokningar.";
    res_none_step: "Let the planner choose, and give them as text there" | "Låt planeraren välja, och ange dem som text där";
    res_census: "Patients by unit and window" | "Patienter per avdelning och fönster";
    res_census_none: "No census: give it under [[units]] when the planner is asked." | "Ingen beläggning: ange den under [[units]] när planeraren frågas.";
    res_col_unit: "Unit" | "Avdelning";
    res_col_window: "Window" | "Fönster";
    res_col_patients: "Patients, fewest to most" | "Patienter, minst till flest";
    res_col_limit: "Most beds dark at once" | "Flest sängar mörka samtidigt";
    res_patients(least: &str, most: &str): "{least} to {most}" | "{least} till {most}";
    res_patients_assumed(most: &str): "{most}: nobody has said, every bed counts as taken" | "{most}: ingen har sagt, varje säng räknas som upptagen";
    res_limit_none: "nobody has said" | "ingen har sagt";
    res_staff: "People by skill and window" | "Personal per kompetens och fönster";
    res_staff_none: "Nobody was said to be there: give staff and visits with each window when the planner is asked." | "Ingen har sagts vara där: ange staff och visits vid varje fönster när planeraren frågas.";
    res_col_skill: "Skill" | "Kompetens";
    res_col_people: "People" | "Personer";
    res_col_minutes: "Person-minutes" | "Personminuter";
    res_minutes(used: &str, there: &str): "{used} of {there}" | "{used} av {there}";
    res_vendor(vendor: &str): "engineers of {vendor}" | "tekniker från {vendor}";
    res_devices(used: &str, there: &str): "{used} of at most {there} devices" | "{used} av högst {there} enheter";
    res_routes: "Rounds by hand, in order" | "Rundor för hand, i ordning";
    res_routes_none: "No work by hand is booked in this plan." | "Inget arbete för hand är bokat i planen.";
    res_round(skill: &str, window: &str): "{skill}, {window}" | "{skill}, {window}";
    res_col_from: "From" | "Från";
    res_col_device: "Device" | "Enhet";
    res_col_building: "Building" | "Byggnad";
    res_col_way: "Way there" | "Vägen dit";
    res_way_start: "first of the round" | "först på rundan";
    res_way_same: "same building" | "samma byggnad";
    res_way_unknown: "not known: give it under [[walks]]" | "inte känd: ange den under [[walks]]";
    res_loaners: "Loaners" | "Lånemaskiner";
    res_loaners_none: "No loaner stands in: give them under [[loaners]] when the planner is asked." | "Ingen lånemaskin ersätter: ange dem under [[loaners]] när planeraren frågas.";
    res_col_kind: "Kind" | "Sort";
    res_col_site: "Site" | "Ort";
    res_col_count: "There are" | "Det finns";
    res_col_used: "Stands in for" | "Ersätter";
    res_used_none: "none of this plan" | "ingen i planen";
    res_bookings: "Out of service" | "Ur drift";
    res_bookings_none: "No booking is known of this plan." | "Ingen bokning är känd för planen.";
    res_bookings_left(n: u64) one "{n} more booking is in the plan as JSON." | "{n} bokning till finns i planen som JSON." many "{n} more bookings are in the plan as JSON." | "{n} bokningar till finns i planen som JSON.";
    res_col_when: "From and to, at the latest" | "Från och till, som senast";
    res_col_by: "By" | "Av";
    res_by_agent: "its agent" | "dess agent";
    res_col_loaner: "Loaner" | "Lånemaskin";
    res_moved: "Windows or hosts were changed after the planner had booked these: they are as it had planned." | "Fönster eller värdar ändrades efter att planeraren bokat dessa: de står som den hade planerat.";
    res_census_legend: "Grey behind: patients in the unit, hour by hour." | "Grått bakom: patienter på avdelningen, timme för timme.";
    res_census_lane(unit: &str): "Patients, {unit}" | "Patienter, {unit}";
}
