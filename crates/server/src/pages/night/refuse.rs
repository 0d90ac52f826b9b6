//! What the rules of a patch night refuse, in the reader's language. What only programs and the command line meet stays in the
//! rules' own English.

use hospital::Refusal;
use hospital::decide::night::NightRefusal;
use model::agreement::Missing;

use crate::words::Words;

/// A refusal as a sentence.
pub(crate) fn says(w: Words, refusal: &Refusal) -> String {
    match refusal {
        Refusal::Night(refusal) => night(w, refusal),
        Refusal::Archive(refusal) => crate::pages::archive::refuse::says(w, refusal),
        other => other.to_string(),
    }
}

fn night(w: Words, refusal: &NightRefusal) -> String {
    match refusal {
        NightRefusal::NoSuchAccount { account } => w.refused_no_account(account.as_str()),
        NightRefusal::OnlyReads { account } => w.refused_only_reads(account.as_str()),
        NightRefusal::OnlyAnswers { account } => w.refused_only_answers(account.as_str()),
        NightRefusal::NotTheirUnit { account, unit } => {
            w.refused_not_their_unit(account.as_str(), unit.as_str())
        }
        NightRefusal::NoSuchPlan { plan } => w.refused_no_plan(&plan.short()),
        NightRefusal::DraftedBefore { .. } => w.refused_drafted_before().to_owned(),
        NightRefusal::HostTwice { id, host } => w.refused_host_twice(id.as_str(), host.as_str()),
        NightRefusal::NoItems { id } => w.refused_no_items(id.as_str()),
        NightRefusal::ParentIsNotNewest { id, newest } => w.refused_not_newest(id.as_str(), &newest.short()),
        NightRefusal::Withdrawn { plan } => w.refused_withdrawn(&plan.short()),
        NightRefusal::Superseded { plan, by } => w.refused_superseded(&plan.short(), &by.short()),
        NightRefusal::Started { plan } => w.refused_started(&plan.short()),
        NightRefusal::NotStarted { plan } => w.refused_not_started(&plan.short()),
        NightRefusal::UnitNotConcerned { unit } => w.refused_not_concerned(unit.as_str()),
        NightRefusal::NoCoverAsked { unit } => w.refused_no_cover(unit.as_str()),
        NightRefusal::RequesterAnswers { account } => w.refused_requester_answers(account.as_str()),
        NightRefusal::RequesterApproves { account } => w.refused_requester_approves(account.as_str()),
        NightRefusal::ApprovedAlready { account } => w.refused_approved_already(account.as_str()),
        NightRefusal::DoesNotHold { says } => w.refused_does_not_hold(&says.join("; ")),
        NightRefusal::NotAgreed { missing } => {
            let missing: Vec<String> = missing.iter().map(|one| self::missing(w, one)).collect();
            w.refused_not_agreed(&missing.join("; "))
        }
        NightRefusal::Stopped { plan } => w.refused_stopped(&plan.short()),
        NightRefusal::Paused { plan } => w.refused_paused(&plan.short()),
        NightRefusal::NotPaused { plan } => w.refused_not_paused(&plan.short()),
        NightRefusal::NoSuchOutage { outage } => w.refused_no_outage(outage.as_str()),
        NightRefusal::OutageOrdered { outage } => w.refused_outage_ordered(outage.as_str()),
        NightRefusal::WindowUpsideDown => w.refused_upside_down().to_owned(),
        NightRefusal::WindowOver => w.refused_window_over().to_owned(),
        NightRefusal::NoSuchIncident { incident } => w.refused_no_incident(incident.as_str()),
        NightRefusal::ClosedAlready { incident } => w.refused_closed_already(incident.as_str()),
        NightRefusal::NotInPlan { plan, host } => w.refused_not_in_plan(host.as_str(), &plan.short()),
        NightRefusal::NoRollBack { host } => w.refused_no_roll_back(host.as_str()),
        NightRefusal::FinishedWhen => w.refused_finished_when().to_owned(),
        NightRefusal::Missing { .. }
        | NightRefusal::TooLong { .. }
        | NightRefusal::TooMany { .. }
        | NightRefusal::NotRegistered { .. }
        | NightRefusal::NoSuchOffer
        | NightRefusal::OfferedToAnother { .. }
        | NightRefusal::OfferedBefore
        | NightRefusal::NotEnrolled { .. }
        | NightRefusal::Revoked { .. }
        | NightRefusal::ExpiredAlready
        | NightRefusal::NoSuchPatch { .. }
        | NightRefusal::NoSuchParent { .. }
        | NightRefusal::HostsBusy { .. }
        | NightRefusal::MayNotInstall { .. }
        | NightRefusal::Step(_)
        | NightRefusal::Held { .. }
        | NightRefusal::LeaseInThePast
        | NightRefusal::NotDriving { .. } => refusal.to_string(),
    }
}

fn missing(w: Words, missing: &Missing) -> String {
    match missing {
        Missing::SignOff(unit) => w.missing_sign_off(unit.as_str()),
        Missing::UnitAgainst(unit) => w.missing_against(unit.as_str()),
        Missing::Cover { unit, wanted, people } => {
            w.missing_cover(unit.as_str(), &wanted.to_string(), &people.to_string())
        }
        Missing::Approvals { wanted, given } => w.missing_approvals(&wanted.to_string(), &given.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;
    use model::PlanHash;
    use model::ids::{AccountId, UnitId};

    #[test]
    fn the_english_of_the_pages_is_the_sentence_of_the_rules_and_the_swedish_is_another() {
        let account = AccountId::new("maja").unwrap();
        let unit = UnitId::new("WARD-5").unwrap();
        let plan: PlanHash = serde_json::from_value(serde_json::json!("ab".repeat(32))).unwrap();
        let missing = vec![
            Missing::SignOff(unit.clone()),
            Missing::UnitAgainst(unit.clone()),
            Missing::Cover { unit: unit.clone(), wanted: 2, people: 1 },
            Missing::Approvals { wanted: 2, given: 0 },
        ];
        for refusal in [
            NightRefusal::NoSuchAccount { account: account.clone() },
            NightRefusal::OnlyReads { account: account.clone() },
            NightRefusal::OnlyAnswers { account: account.clone() },
            NightRefusal::NotTheirUnit { account: account.clone(), unit: unit.clone() },
            NightRefusal::NoSuchPlan { plan },
            NightRefusal::DraftedBefore { plan },
            NightRefusal::Withdrawn { plan },
            NightRefusal::Superseded { plan, by: plan },
            NightRefusal::Started { plan },
            NightRefusal::NotStarted { plan },
            NightRefusal::UnitNotConcerned { unit: unit.clone() },
            NightRefusal::NoCoverAsked { unit },
            NightRefusal::RequesterAnswers { account: account.clone() },
            NightRefusal::RequesterApproves { account: account.clone() },
            NightRefusal::ApprovedAlready { account },
            NightRefusal::DoesNotHold { says: vec!["x".into()] },
            NightRefusal::NotAgreed { missing },
            NightRefusal::Stopped { plan },
            NightRefusal::Paused { plan },
            NightRefusal::NotPaused { plan },
            NightRefusal::WindowUpsideDown,
            NightRefusal::WindowOver,
            NightRefusal::FinishedWhen,
        ] {
            let english = night(Words::of(Language::English), &refusal);
            assert_eq!(english, refusal.to_string());
            assert_ne!(night(Words::of(Language::Swedish), &refusal), english);
        }
    }
}
