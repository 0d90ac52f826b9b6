//! Why something about a patch night is refused, in the reader's language. The English is the rules' own sentence: a test holds
//! the two together.

use super::words;

words! {
    refused_no_account(name: &str): "there is no account {name}" | "det finns inget konto {name}";
    refused_only_reads(name: &str): "account {name} may only read" | "kontot {name} får bara läsa";
    refused_only_answers(name: &str): "account {name} may only answer for care units" | "kontot {name} får bara svara för avdelningar";
    refused_not_their_unit(name: &str, unit: &str): "account {name} answers for other care units, not for {unit}" | "kontot {name} svarar för andra avdelningar, inte för {unit}";
    refused_no_plan(plan: &str): "there is no plan {plan}" | "det finns ingen plan {plan}";
    refused_drafted_before: "this very plan was drafted before" | "just den här planen har gjorts förut";
    refused_host_twice(plan: &str, host: &str): "plan {plan} names host {host} twice; a host has one item with all its patches" | "planen {plan} nämner värden {host} två gånger; en värd har en rad med alla sina uppdateringar";
    refused_no_items(plan: &str): "plan {plan} has no hosts" | "planen {plan} har inga värdar";
    refused_not_newest(plan: &str, newest: &str): "plan {plan} exists; another revision of it names {newest} as its parent" | "planen {plan} finns; en ny version av den anger {newest} som föregångare";
    refused_withdrawn(plan: &str): "plan {plan} was withdrawn" | "planen {plan} har tagits tillbaka";
    refused_superseded(plan: &str, by: &str): "plan {plan} was edited; what counts now is {by}" | "planen {plan} har ändrats; nu gäller {by}";
    refused_started(plan: &str): "plan {plan} is in motion already" | "planen {plan} är redan igång";
    refused_not_started(plan: &str): "plan {plan} was not started" | "planen {plan} har inte startats";
    refused_not_concerned(unit: &str): "unit {unit} is not concerned" | "avdelningen {unit} berörs inte";
    refused_no_cover(unit: &str): "no cover is asked of unit {unit}" | "ingen personal begärs av avdelningen {unit}";
    refused_requester_answers(name: &str): "{name} asks for this plan; somebody else must answer for a unit" | "{name} har begärt planen; någon annan måste svara för en avdelning";
    refused_requester_approves(name: &str): "{name} asks for this plan; two other people must approve it" | "{name} har begärt planen; två andra måste godkänna den";
    refused_approved_already(name: &str): "{name} has approved this plan already; another person must" | "{name} har redan godkänt planen; en annan person måste göra det";
    refused_does_not_hold(says: &str): "the plan does not hold: {says}" | "planen håller inte: {says}";
    refused_not_agreed(says: &str): "the plan is not agreed: {says}" | "planen är inte överenskommen: {says}";
    refused_stopped(plan: &str): "rollout {plan} was stopped" | "natten {plan} har stoppats";
    refused_paused(plan: &str): "rollout {plan} is paused already" | "natten {plan} är redan pausad";
    refused_not_paused(plan: &str): "rollout {plan} is not paused" | "natten {plan} är inte pausad";
    refused_no_outage(outage: &str): "there is no outage {outage}" | "det finns inget avbrott {outage}";
    refused_outage_ordered(outage: &str): "outage {outage} has been agreed and ordered; it cannot be changed any more" | "avbrottet {outage} är överenskommet och beordrat; det kan inte ändras längre";
    refused_upside_down: "a window begins before its latest start, and that is before its end" | "ett fönster börjar före sin senaste start, och den ligger före dess slut";
    refused_window_over: "the window is over already" | "fönstret är redan slut";
    refused_no_incident(incident: &str): "there is no incident {incident}" | "det finns ingen avvikelse {incident}";
    refused_closed_already(incident: &str): "incident {incident} is closed already" | "avvikelsen {incident} är redan stängd";
    refused_not_in_plan(host: &str, plan: &str): "device {host} is not in plan {plan}" | "enheten {host} är inte med i planen {plan}";
    refused_no_roll_back(host: &str): "the patches of {host} cannot be taken back: nothing was begun, an order runs, or a patch cannot be taken back" | "uppdateringarna på {host} kan inte återtas: inget har påbörjats, en order pågår, eller så går en uppdatering inte att återta";
    refused_finished_when: "the work cannot have been finished at that time: it lies in the future, before the rollout, or more than a week ago" | "arbetet kan inte ha blivit klart då: det ligger i framtiden, före natten, eller mer än en vecka tillbaka";
    missing_sign_off(unit: &str): "unit {unit} has not answered" | "avdelningen {unit} har inte svarat";
    missing_against(unit: &str): "unit {unit} wants another time or refuses" | "avdelningen {unit} vill ha en annan tid eller nekar";
    missing_cover(unit: &str, want: &str, have: &str): "unit {unit} needs {want} people and has {have} confirmed" | "avdelningen {unit} behöver {want} personer och har {have} bekräftade";
    missing_approvals(want: &str, have: &str): "{want} people other than the requester must approve and {have} did" | "{want} andra personer än den som begärt måste godkänna och {have} har gjort det";
}
