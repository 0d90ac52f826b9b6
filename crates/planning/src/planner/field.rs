//! A campaign in numbers: devices that are alike become one class, and each class has the windows that may take it, were it alone.
//! Rules that bind devices to one another are not asked here (`rows`).

mod options;

use std::collections::{BTreeMap, HashMap};

use model::ids::ServiceId;

pub(super) use self::options::Options;
use super::campaign::{Campaign, Device, Hands, Side, SoundCampaign, Window};

/// A sound campaign in numbers.
pub(super) struct Field<'a> {
    pub(super) campaign: &'a Campaign,
    pub(super) classes: Vec<Class>,
    /// The class of each device.
    pub(super) class_of: Vec<u32>,
    /// Longest way into each building.
    pub(super) ways: Vec<u32>,
    /// Of each kind at each site that has loaners.
    pub(super) loaners: HashMap<(u32, u32), u32>,
}

/// Devices that nothing tells apart, and what follows from them.
pub(super) struct Class {
    /// Indices of the devices, rising.
    pub(super) members: Vec<u32>,
    pub(super) traits: Traits,
    pub(super) shape: Shape,
    /// The windows that may take it, by their beginning.
    pub(super) options: Vec<Choice>,
}

/// A window that may take a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    /// Index of the window.
    pub(super) window: u32,
    /// Patient-minutes not watched, for each device.
    pub(super) patient_minutes: u64,
}

/// What tells classes apart; names as indices.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Traits {
    pub(super) site: u32,
    pub(super) building: u32,
    pub(super) unit: u32,
    pub(super) kind: u32,
    pub(super) bundle: u32,
    pub(super) mandatory: bool,
    pub(super) due_minute: Option<u32>,
    pub(super) risk_per_day: u32,
    /// Whose hands: a skill or a vendor as its index; `None` is the agent.
    pub(super) hands: Option<By>,
    pub(super) hands_on_minutes: u32,
    pub(super) ring: Option<u16>,
    pub(super) side: Option<Side>,
    pub(super) access: Option<u32>,
    pub(super) beds_watched: u32,
    pub(super) loaner: bool,
    /// Indices of the services that it carries.
    pub(super) services: Vec<u32>,
    /// The window in which it has begun.
    pub(super) begun_in: Option<u32>,
    /// The window that people were told of (`u32::MAX` for one that is no more), and how many people.
    pub(super) told: Option<(u32, u32)>,
    /// A device that rules name by itself is a class of its own.
    pub(super) alone: Option<u32>,
}

/// Someone's hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum By {
    /// Staff with the skill of this index.
    Staff(u32),
    /// An engineer of the vendor of this index.
    Vendor(u32),
}

/// How long it takes, in minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) install: u32,
    pub(super) restart: u32,
    pub(super) back_out: u32,
    /// Worked on.
    pub(super) busy: u32,
    /// Dark.
    pub(super) dark: u32,
}

/// Names to numbers, in the order in which they come.
pub(super) struct Names<'a> {
    index: HashMap<&'a str, u32>,
}

impl<'a> Names<'a> {
    fn of(names: impl Iterator<Item = &'a str>) -> Names<'a> {
        let mut index = HashMap::new();
        for name in names {
            let next = index.len() as u32;
            index.entry(name).or_insert(next);
        }
        Names { index }
    }

    /// The number of a name; `u32::MAX`, which nothing has, for one that is not there.
    fn get(&self, name: &str) -> u32 {
        self.index.get(name).copied().unwrap_or(u32::MAX)
    }

    fn add(&mut self, name: &'a str) -> u32 {
        let next = self.index.len() as u32;
        *self.index.entry(name).or_insert(next)
    }
}

/// All the names of a campaign.
pub(super) struct Lists<'a> {
    pub(super) sites: Names<'a>,
    pub(super) kinds: Names<'a>,
    pub(super) skills: Names<'a>,
    pub(super) vendors: Names<'a>,
    pub(super) buildings: Names<'a>,
    pub(super) units: Names<'a>,
    pub(super) bundles: Names<'a>,
    pub(super) windows: Names<'a>,
    access: Names<'a>,
    pub(super) devices: Names<'a>,
    pub(super) services: Names<'a>,
}

impl<'a> Lists<'a> {
    pub(super) fn new(campaign: &'a Campaign) -> Lists<'a> {
        let mut lists = Lists {
            sites: Names::of(campaign.units.iter().map(|unit| unit.site.as_str())),
            kinds: Names::of(campaign.loaners.iter().map(|loaners| &*loaners.kind)),
            skills: Names::of(
                campaign.windows.iter().flat_map(|window| &window.staff).map(|staff| &*staff.skill),
            ),
            vendors: Names::of(campaign.visits.iter().map(|visit| &*visit.vendor)),
            buildings: Names::of(campaign.buildings.iter().map(|building| building.id.as_str())),
            units: Names::of(campaign.units.iter().map(|unit| unit.id.as_str())),
            bundles: Names::of(campaign.bundles.iter().map(|bundle| &*bundle.id)),
            windows: Names::of(campaign.windows.iter().map(|window| window.id.as_str())),
            access: Names::of(campaign.access.iter().map(|access| &*access.id)),
            devices: Names::of(campaign.devices.iter().map(|device| device.tag.as_str())),
            services: Names::of(campaign.services.iter().map(|service| service.id.as_str())),
        };
        for device in &campaign.devices {
            lists.kinds.add(&device.kind);
            match &device.hands {
                Hands::Agent => {}
                Hands::Staff { skill, .. } => drop(lists.skills.add(skill)),
                Hands::Vendor { vendor, .. } => drop(lists.vendors.add(vendor)),
            }
        }
        lists
    }
}

impl<'a> Field<'a> {
    /// The numbers of a campaign.
    pub(super) fn new(sound: &'a SoundCampaign) -> (Field<'a>, Lists<'a>) {
        let campaign = sound.campaign();
        let lists = Lists::new(campaign);
        let mut ways = vec![0; campaign.buildings.len()];
        for walk in &campaign.walks {
            for end in [&walk.from, &walk.to] {
                let way: &mut u32 = &mut ways[lists.buildings.get(end.as_str()) as usize];
                *way = (*way).max(walk.minutes);
            }
        }
        let place = |kind: &str, site: &str| (lists.kinds.get(kind), lists.sites.get(site));
        let loaners = campaign.loaners.iter().map(|l| (place(&l.kind, l.site.as_str()), l.count)).collect();
        let (classes, class_of) = classes(campaign, &lists);
        let mut field = Field { campaign, classes, class_of, ways, loaners };
        let options = Options::new(&field, &lists);
        let found: Vec<Vec<Choice>> = field.classes.iter().map(|class| options.of(class)).collect();
        for (class, options) in field.classes.iter_mut().zip(found) {
            class.options = options;
        }
        (field, lists)
    }

    /// A window by its index.
    pub(super) fn window(&self, window: u32) -> &'a Window {
        &self.campaign.windows[window as usize]
    }

    /// Any device of a class: they are alike.
    pub(super) fn device(&self, class: &Class) -> &'a Device {
        &self.campaign.devices[class.members[0] as usize]
    }

    /// Days until a window's work is done.
    pub(super) fn days(&self, window: u32) -> u64 {
        u64::from(self.window(window).not_after_minute.div_ceil(1_440))
    }

    /// Days that count for what is deferred.
    pub(super) fn days_deferred(&self) -> u64 {
        u64::from(self.campaign.horizon_minute.div_ceil(1_440)) + 1
    }
}

fn classes<'a>(campaign: &'a Campaign, lists: &Lists<'a>) -> (Vec<Class>, Vec<u32>) {
    let count = campaign.devices.len();
    let mut carried: Vec<Vec<u32>> = vec![Vec::new(); count];
    for (service, ix) in campaign.services.iter().zip(0u32..) {
        for carrier in &service.carriers {
            carried[lists.devices.get(carrier.as_str()) as usize].push(ix);
        }
    }
    let mut alone = vec![false; count];
    let bound = campaign.precedences.iter().flat_map(|bond| [&bond.first, &bond.then]);
    for tag in bound.chain(campaign.conflicts.iter().flat_map(|conflict| &conflict.devices)) {
        alone[lists.devices.get(tag.as_str()) as usize] = true;
    }
    let mut agreed = vec![None; count];
    for entry in &campaign.agreed {
        agreed[lists.devices.get(entry.device.as_str()) as usize] = Some(entry);
    }
    let mut by_traits: BTreeMap<Traits, Vec<u32>> = BTreeMap::new();
    for (device, ix) in campaign.devices.iter().zip(0u32..) {
        let at = ix as usize;
        let entry = agreed[at];
        let window = entry.map(|entry| lists.windows.get(entry.window.as_str()));
        let hands = match &device.hands {
            Hands::Agent => None,
            Hands::Staff { skill, .. } => Some(By::Staff(lists.skills.get(skill))),
            Hands::Vendor { vendor, .. } => Some(By::Vendor(lists.vendors.get(vendor))),
        };
        let traits = Traits {
            site: lists.sites.get(device.site.as_str()),
            building: lists.buildings.get(device.building.as_str()),
            unit: lists.units.get(device.unit.as_str()),
            kind: lists.kinds.get(&device.kind),
            bundle: lists.bundles.get(&device.bundle),
            mandatory: device.mandatory,
            due_minute: device.due_minute,
            risk_per_day: device.risk_per_day,
            hands,
            hands_on_minutes: device.hands.minutes(),
            ring: device.ring,
            side: device.side,
            access: device.access.as_ref().map(|access| lists.access.get(access)),
            beds_watched: device.beds_watched,
            loaner: device.loaner,
            services: std::mem::take(&mut carried[at]),
            begun_in: window.filter(|_| entry.is_some_and(|entry| entry.begun)),
            told: window.zip(entry.map(|entry| entry.people_told)).filter(|told| told.1 > 0),
            alone: alone[at].then_some(ix),
        };
        by_traits.entry(traits).or_default().push(ix);
    }
    let mut class_of = vec![0; count];
    let mut classes: Vec<Class> = by_traits
        .into_iter()
        .map(|(traits, members)| {
            let shape = Shape::of(campaign, &traits);
            Class { members, traits, shape, options: Vec::new() }
        })
        .collect();
    classes.sort_by_key(|class| class.members[0]);
    for (class, ix) in classes.iter().zip(0u32..) {
        class.members.iter().for_each(|member| class_of[*member as usize] = ix);
    }
    (classes, class_of)
}

impl Shape {
    fn of(campaign: &Campaign, traits: &Traits) -> Shape {
        let minutes = campaign.bundles[traits.bundle as usize].minutes();
        let (install, restart) = (minutes.install.p90, minutes.restart.p90);
        let busy = (install + restart).max(traits.hands_on_minutes);
        let dark = if traits.hands.is_none() { restart } else { busy };
        Shape { install, restart, back_out: minutes.back_out.p90, busy, dark }
    }
}

/// A service's number of carriers that it can spare.
pub(super) fn spare(campaign: &Campaign, service: u32) -> u32 {
    let service = &campaign.services[service as usize];
    (service.carriers.len() as u32).saturating_sub(service.needed)
}

/// The index of a service's stand-in.
pub(super) fn stand_in(campaign: &Campaign, lists: &Lists<'_>, service: u32) -> Option<u32> {
    let other: &ServiceId = campaign.services[service as usize].stand_in.as_ref()?;
    Some(lists.services.get(other.as_str()))
}

impl Lists<'_> {
    /// The number of a device.
    pub(super) fn device(&self, tag: &str) -> u32 {
        self.devices.get(tag)
    }

    /// The number of a window.
    pub(super) fn window(&self, id: &str) -> u32 {
        self.windows.get(id)
    }

    /// The number of a skill.
    pub(super) fn skill(&self, skill: &str) -> u32 {
        self.skills.get(skill)
    }

    /// The number of a vendor.
    pub(super) fn vendor(&self, vendor: &str) -> u32 {
        self.vendors.get(vendor)
    }

    /// The number of a bundle.
    pub(super) fn bundle(&self, bundle: &str) -> u32 {
        self.bundles.get(bundle)
    }
}
