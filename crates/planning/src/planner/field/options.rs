//! Which windows may take a class, were it alone, and by which rule one may not. The rules marked ° in `docs/planning.md`, and of the
//! others what one device by itself would break.

use std::collections::HashMap;

use super::{By, Choice, Class, Field, Lists};
use crate::planner::campaign::{Access, Gate, Span, Whereabouts};
use crate::planner::rule::Rule;

/// What keeps a class, wherever it goes.
pub(in crate::planner) struct Limits<'a> {
    access: Option<&'a Access>,
    black: Vec<Span>,
    opens: u32,
}

/// What decides which windows may take a class.
pub(in crate::planner) struct Options<'a, 'b> {
    field: &'b Field<'a>,
    /// Windows of each site, by their beginning; those of all sites among them.
    of_site: Vec<Vec<u32>>,
    /// People and minutes of a skill in a window.
    staff: HashMap<(u32, u32), (u32, u32)>,
    /// A vendor's visit in a window.
    visits: HashMap<(u32, u32), (u32, u32)>,
    blackouts: Vec<(Option<u32>, Option<u32>, Span)>,
    gates: HashMap<u32, Vec<(&'a Gate, Option<u32>)>>,
}

impl<'a, 'b> Options<'a, 'b> {
    pub(in crate::planner) fn new(field: &'b Field<'a>, lists: &Lists<'a>) -> Self {
        let campaign = field.campaign;
        let mut of_site = vec![Vec::new(); lists.sites.index.len()];
        let (mut staff, mut visits) = (HashMap::new(), HashMap::new());
        for (window, ix) in campaign.windows.iter().zip(0u32..) {
            match &window.site {
                Some(site) => {
                    let site = lists.sites.get(site.as_str()) as usize;
                    of_site.get_mut(site).into_iter().for_each(|windows: &mut Vec<u32>| windows.push(ix));
                }
                None => of_site.iter_mut().for_each(|windows| windows.push(ix)),
            }
            for one in &window.staff {
                staff.insert((ix, lists.skills.get(&one.skill)), (one.people, one.person_minutes));
            }
        }
        for windows in &mut of_site {
            windows.sort_by_key(|ix| (field.window(*ix).not_before_minute, *ix));
        }
        for visit in &campaign.visits {
            let key = (lists.windows.get(visit.window.as_str()), lists.vendors.get(&visit.vendor));
            visits.insert(key, (visit.engineers, visit.devices_max));
        }
        let place = |place: &Whereabouts| match place {
            Whereabouts::Site(site) => (Some(lists.sites.get(site.as_str())), None),
            Whereabouts::Unit(unit) => (None, Some(lists.units.get(unit.as_str()))),
        };
        let blackouts = campaign.blackouts.iter().map(|black| {
            let (site, unit) = place(&black.place);
            (site, unit, black.span)
        });
        let mut gates: HashMap<u32, Vec<_>> = HashMap::new();
        for gate in &campaign.gates {
            let bundle = gate.bundle.as_ref().map(|bundle| lists.bundles.get(bundle));
            gates.entry(lists.units.get(gate.unit.as_str())).or_default().push((gate, bundle));
        }
        Options { field, of_site, staff, visits, blackouts: blackouts.collect(), gates }
    }

    /// The windows that may take a class.
    pub(in crate::planner) fn of(&self, class: &Class) -> Vec<Choice> {
        let choice = |window: u32| Choice { window, patient_minutes: self.patient_minutes(class, window) };
        if let Some(window) = class.traits.begun_in {
            return vec![choice(window)];
        }
        let limits = self.limits(class);
        let of_site = self.of_site(class).iter().copied();
        of_site.filter(|window| self.obstacle(class, &limits, *window).is_none()).map(choice).collect()
    }

    /// The windows of a class's site, by their beginning.
    pub(in crate::planner) fn of_site(&self, class: &Class) -> &[u32] {
        self.of_site.get(class.traits.site as usize).map_or(&[], |windows| windows)
    }

    /// What keeps a class, were it alone, in every window that it does not fit.
    pub(in crate::planner) fn limits(&self, class: &Class) -> Limits<'a> {
        let traits = &class.traits;
        let access = traits.access.map(|access| &self.field.campaign.access[access as usize]);
        let here = |black: &&(Option<u32>, Option<u32>, Span)| {
            black.0.is_some_and(|site| site == traits.site) || black.1.is_some_and(|unit| unit == traits.unit)
        };
        let black = self.blackouts.iter().filter(here).map(|black| black.2).collect();
        let gates = self.gates.get(&traits.unit).into_iter().flatten();
        let opens = gates
            .filter(|(_, bundle)| bundle.is_none_or(|bundle| bundle == traits.bundle))
            .map(|(gate, _)| gate.not_before_minute)
            .max();
        Limits { access, black, opens: opens.unwrap_or(0) }
    }

    /// The rule by which a window may not take a class, were it alone.
    pub(in crate::planner) fn obstacle(
        &self,
        class: &Class,
        limits: &Limits<'_>,
        window: u32,
    ) -> Option<Rule> {
        let span = self.field.window(window).span();
        let length = class.shape.busy + class.shape.back_out;
        let rules = [
            (span.from_minute >= self.field.campaign.now_minute, Rule::Past),
            (span.to_minute - span.from_minute >= length, Rule::Times),
            (class.traits.due_minute.is_none_or(|due| span.to_minute <= due), Rule::Due),
            (limits.access.is_none_or(|access| access.allows(span)), Rule::Access),
            (!limits.black.iter().any(|black| black.meets(span)), Rule::Blackout),
            (span.from_minute >= limits.opens, Rule::Gate),
        ];
        let broken = rules.into_iter().find(|(keeps, _)| !keeps).map(|(_, rule)| rule);
        broken.or_else(|| self.nobody_or_nothing(class, window))
    }

    /// Nobody is there who can do it, no loaner, or no bed, were it alone.
    fn nobody_or_nothing(&self, class: &Class, window: u32) -> Option<Rule> {
        let traits = &class.traits;
        let field = self.field;
        let minutes = traits.hands_on_minutes;
        let nobody = match traits.hands {
            None => None,
            Some(By::Staff(skill)) => {
                let (people, person_minutes) = self.staff.get(&(window, skill)).copied().unwrap_or((0, 0));
                let way = field.ways[traits.building as usize];
                let too_few = people == 0 && minutes > 0;
                let too_short = minutes + way > person_minutes;
                too_few.then_some(Rule::People).or(too_short.then_some(Rule::PersonMinutes))
            }
            Some(By::Vendor(vendor)) => {
                let (engineers, most) = self.visits.get(&(window, vendor)).copied().unwrap_or((0, 0));
                (most == 0 || (engineers == 0 && minutes > 0)).then_some(Rule::Visit)
            }
        };
        let works = class.shape.busy > 0;
        let loaners = field.loaners.get(&(traits.kind, traits.site)).copied().unwrap_or(0);
        let beds = field.campaign.units[traits.unit as usize].beds_dark_max;
        let dark = !traits.loaner && class.shape.dark > 0;
        let rules = [
            (works && field.window(window).at_once_max == 0, Rule::AtOnce),
            (works && traits.loaner && loaners == 0, Rule::Loaners),
            (dark && traits.beds_watched > beds, Rule::Beds),
        ];
        nobody.or_else(|| rules.into_iter().find(|(broken, _)| *broken).map(|(_, rule)| rule))
    }

    fn patient_minutes(&self, class: &Class, window: u32) -> u64 {
        let traits = &class.traits;
        let span = self.field.window(window).span();
        let units = &self.field.campaign.units;
        let census = |unit: usize| census(&units[unit].census, span);
        let beds = if traits.loaner { 0 } else { traits.beds_watched.min(census(traits.unit as usize)) };
        let mut patients = u64::from(beds);
        for service in traits.services.iter().map(|ix| &self.field.campaign.services[*ix as usize]) {
            if service.stand_in.is_none() && service.needed as usize == service.carriers.len() {
                let of_units = units.iter().filter(|unit| service.units.contains(&unit.id));
                patients += of_units.map(|unit| u64::from(self::census(&unit.census, span))).sum::<u64>();
            }
        }
        patients * u64::from(class.shape.dark)
    }
}

/// The largest census number of the hours that a time touches.
fn census(census: &[u32], span: Span) -> u32 {
    let hours = (span.from_minute / 60)..span.to_minute.div_ceil(60);
    hours.filter_map(|hour| census.get(hour as usize % census.len().max(1))).copied().max().unwrap_or(0)
}

impl Access {
    /// Can devices with this access be had in the whole of a time?
    fn allows(&self, span: Span) -> bool {
        (self.only_within.is_empty() || self.only_within.iter().any(|within| within.holds(span)))
            && !self.never_during.iter().any(|never| never.meets(span))
    }
}
