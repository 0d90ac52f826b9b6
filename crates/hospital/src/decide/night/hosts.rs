//! Hosts: enrolment, certificates, revocation, and what is heard of them.

use std::collections::BTreeMap;

use model::host::{AVAILABLE_PER_HOST_MAX, HostReport, PACKAGES_PER_HOST_MAX};
use model::{AssetTag, Time};

use super::{NightRefusal, written};
use crate::decide::Refusal;
use crate::fact::Fact;
use crate::fact::night::{CertificateIssued, EnrolmentOffered, Heard, HeardItem, HostRevoked, HostsHeard};
use crate::night::Night;
use crate::state::State;

/// Most items of one host in one delivery.
const ITEMS_PER_DELIVERY_MAX: usize = 1_000;

pub(in crate::decide) fn offer(
    state: &State,
    host: AssetTag,
    token_sha256: Box<str>,
    expires: Time,
    now: Time,
) -> Result<Vec<Fact>, Refusal> {
    if state.register().by_tag(host.as_str()).is_none_or(|device| device.is_retired()) {
        return Err(NightRefusal::NotRegistered { host }.into());
    }
    if expires <= now {
        return Err(NightRefusal::ExpiredAlready.into());
    }
    if state.night().hosts.offers.get(&token_sha256).is_some() {
        return Err(NightRefusal::OfferedBefore.into());
    }
    Ok(vec![Fact::EnrolmentOffered(EnrolmentOffered { host, token_sha256, expires })])
}

pub(in crate::decide) fn certify(
    state: &State,
    mut issued: CertificateIssued,
    now: Time,
) -> Result<Vec<Fact>, Refusal> {
    if issued.expires <= now {
        return Err(NightRefusal::ExpiredAlready.into());
    }
    match &issued.token_sha256 {
        // The answer to an enrolment may have been lost: the same key with the same token is answered once more.
        Some(token)
            if state.night().hosts.used.get(token).is_some_and(|used| {
                used.host == issued.host && used.key_sha256 == issued.key_sha256 && now < used.expires
            }) =>
        {
            speaks(state.night(), &issued.host)?;
            issued.token_sha256 = None;
        }
        Some(token) => {
            let offer = state.night().offer(token, now).ok_or(NightRefusal::NoSuchOffer)?;
            if offer.host != issued.host {
                let (offered, asked) = (offer.host.clone(), issued.host);
                return Err(NightRefusal::OfferedToAnother { offered, asked }.into());
            }
        }
        None => speaks(state.night(), &issued.host)?,
    }
    Ok(vec![Fact::CertificateIssued(issued)])
}

pub(in crate::decide) fn revoke(
    state: &State,
    host: AssetTag,
    reason: Box<str>,
) -> Result<Vec<Fact>, Refusal> {
    written("the reason", &reason)?;
    let view = state.night().host(&host).ok_or_else(|| NightRefusal::NotEnrolled { host: host.clone() })?;
    if view.revoked().is_some() {
        return Err(NightRefusal::Revoked { host }.into());
    }
    Ok(vec![Fact::HostRevoked(HostRevoked { host, reason })])
}

/// The host has enrolled and was not revoked.
fn speaks(night: &Night, host: &AssetTag) -> Result<(), NightRefusal> {
    let view = night.host(host).filter(|view| view.enrolled().is_some());
    let view = view.ok_or_else(|| NightRefusal::NotEnrolled { host: host.clone() })?;
    match view.revoked() {
        None => Ok(()),
        Some(_) => Err(NightRefusal::Revoked { host: host.clone() }),
    }
}

/// What is new of a batch of deliveries. One host that may not speak, or says too much, never keeps the others from being
/// heard: what it says is left out, and the gateway tells it so before it comes here.
pub(in crate::decide) fn hear(state: &State, heard: Vec<Heard>, now: Time) -> Vec<Fact> {
    let night = state.night();
    let mut taken: BTreeMap<AssetTag, u64> = BTreeMap::new();
    let mut news = Vec::new();
    for mut one in heard {
        if speaks(night, &one.host).is_err() || one.items.len() > ITEMS_PER_DELIVERY_MAX {
            continue;
        }
        let known = night.host(&one.host).map_or(0, |view| view.number());
        let upto = taken.entry(one.host.clone()).or_insert(known);
        // Items that were taken before are the first ones: numbers rise.
        let new = usize::try_from(one.number.saturating_sub(*upto)).unwrap_or(usize::MAX);
        let old = one.items.len().saturating_sub(new);
        one.items.drain(..old);
        if one.items.is_empty() || !one.items.iter().all(fits) {
            continue;
        }
        one.items.iter_mut().for_each(|item| never_later(item, now));
        *upto = one.number;
        news.push(one);
    }
    if news.is_empty() { Vec::new() } else { vec![Fact::HostsHeard(HostsHeard { heard: news })] }
}

fn fits(item: &HeardItem) -> bool {
    match item {
        HeardItem::Order(_) => true,
        HeardItem::Report(HostReport::Same { .. }) => true,
        HeardItem::Report(HostReport::Full(full)) => {
            full.packages.len() <= PACKAGES_PER_HOST_MAX && full.available.len() <= AVAILABLE_PER_HOST_MAX
        }
        HeardItem::Report(HostReport::Changes(changes)) => {
            changes.packages.len() <= PACKAGES_PER_HOST_MAX
                && changes.available.as_ref().map_or(0, Vec::len) <= AVAILABLE_PER_HOST_MAX
        }
    }
}

/// Nothing was observed later than it was delivered, and nothing in an observation is younger than the observation.
fn never_later(item: &mut HeardItem, now: Time) {
    match item {
        HeardItem::Order(event) => event.at = event.at.min(now),
        HeardItem::Report(HostReport::Same { observed_at }) => *observed_at = (*observed_at).min(now),
        HeardItem::Report(HostReport::Full(full)) => {
            full.observed_at = full.observed_at.min(now);
            let at = full.observed_at;
            full.boot.began_at = full.boot.began_at.min(at);
            full.probes.values_mut().for_each(|run| run.tried_at = run.tried_at.min(at));
        }
        HeardItem::Report(HostReport::Changes(changes)) => {
            changes.observed_at = changes.observed_at.min(now);
            let at = changes.observed_at;
            changes.boot.iter_mut().for_each(|boot| boot.began_at = boot.began_at.min(at));
            changes.probes.values_mut().for_each(|run| run.tried_at = run.tried_at.min(at));
        }
    }
}
