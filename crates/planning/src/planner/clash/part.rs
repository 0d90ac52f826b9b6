//! The part of a campaign that is about one device, so that few devices need be looked at: every plan of the whole is one of the part, so
//! what has no plan in the part has none in the whole. What can be given up must not live here.

use std::collections::BTreeSet;

use model::AssetTag;

use crate::planner::campaign::{Campaign, Device, SoundCampaign};
use crate::planner::field::Field;

/// The campaign with this device, what it waits for, and what has begun; or with all that must be done at its site. What is there only
/// because rules count it (earlier rings, carriers of the same services) need not be done.
pub(super) fn around(campaign: &Campaign, device: &AssetTag, whole_site: bool) -> Campaign {
    let Some(found) = campaign.devices.iter().find(|known| known.tag == *device) else {
        return campaign.clone();
    };
    let keep = with_what_goes_first(campaign, device);
    let earlier =
        |other: &Device| other.bundle == found.bundle && other.ring.is_some() && other.ring < found.ring;
    let begun: BTreeSet<&AssetTag> =
        campaign.agreed.iter().filter(|agreed| agreed.begun).map(|agreed| &agreed.device).collect();
    let here = |other: &Device| whole_site && other.mandatory && other.site == found.site;
    let stays = |other: &Device| keep.contains(&other.tag) || here(other) || begun.contains(&other.tag);
    let chosen: BTreeSet<&AssetTag> = campaign
        .devices
        .iter()
        .filter(|other| stays(other) || earlier(other))
        .map(|device| &device.tag)
        .collect();
    let mut part = campaign.clone();
    // A service counts all its carriers, or is not asked.
    part.services.retain(|service| service.carriers.iter().any(|tag| chosen.contains(tag)));
    let carriers: BTreeSet<AssetTag> =
        part.services.iter().flat_map(|service| service.carriers.iter().cloned()).collect();
    part.devices.retain(|other| chosen.contains(&other.tag) || carriers.contains(&other.tag));
    for other in part.devices.iter_mut().filter(|other| !stays(other)) {
        other.mandatory = false;
    }
    close(&mut part);
    part
}

/// The device, what goes first, and what goes before that.
fn with_what_goes_first(campaign: &Campaign, device: &AssetTag) -> BTreeSet<AssetTag> {
    let mut keep = BTreeSet::from([device.clone()]);
    let mut count = 0;
    while count != keep.len() {
        count = keep.len();
        let bonds = campaign.precedences.iter().filter(|bond| keep.contains(&bond.then));
        let first: Vec<AssetTag> = bonds.map(|bond| bond.first.clone()).collect();
        keep.extend(first);
    }
    keep
}

/// Leaves out what names devices or services that are not there.
fn close(part: &mut Campaign) {
    let left: BTreeSet<&AssetTag> = part.devices.iter().map(|device| &device.tag).collect();
    part.precedences.retain(|bond| left.contains(&bond.first) && left.contains(&bond.then));
    part.agreed.retain(|agreed| left.contains(&agreed.device));
    part.conflicts.iter_mut().for_each(|conflict| conflict.devices.retain(|tag| left.contains(tag)));
    part.conflicts.retain(|conflict| conflict.devices.len() > 1);
    let services: BTreeSet<_> = part.services.iter().map(|service| service.id.clone()).collect();
    part.services.iter_mut().for_each(|s| s.stand_in = s.stand_in.take().filter(|id| services.contains(id)));
}

/// Others that no window may take even alone have a clash of their own, and must not be in the way of this one.
pub(super) fn without_hopeless_others(mut part: Campaign, device: &AssetTag) -> Campaign {
    let Ok(sound) = SoundCampaign::new(part.clone(), "part of the campaign") else { return part };
    let (field, _) = Field::new(&sound);
    for (other, class) in part.devices.iter_mut().zip(&field.class_of) {
        let hopeless = field.classes.get(*class as usize).is_some_and(|class| class.options.is_empty());
        other.mandatory &= !hopeless || other.tag == *device;
    }
    part
}
