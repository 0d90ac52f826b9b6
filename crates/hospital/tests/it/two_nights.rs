//! Two plans in motion at the same time, on two hosts that stand in for each other: never both.

use hospital::fact::night::*;
use hospital::{Command, Fact};
use model::host::*;
use model::ids::*;
use model::order::*;
use model::plan::{Item, Plan};
use model::{AssetTag, Time};

use crate::decisions::device;
use crate::night_shared::*;
use crate::shared::origin;

/// The partner of `CMS-5`.
fn partner() -> AssetTag {
    AssetTag::new("CMS-6").unwrap()
}

/// One of the pair, played by hand.
struct Station {
    tag: AssetTag,
    number: u64,
    seen: HostObservation,
}

impl Station {
    fn new(tag: AssetTag) -> Station {
        Station { tag, number: 0, seen: observation() }
    }

    fn deliver(&mut self, ward: &mut Ward, items: Vec<HeardItem>) {
        self.number += items.len() as u64;
        ward.must(Command::Hear(vec![Heard { host: self.tag.clone(), number: self.number, items }]));
    }

    fn report(&mut self, ward: &mut Ward) {
        self.seen.observed_at = ward.now;
        let full = HostReport::Full(Box::new(self.seen.clone()));
        self.deliver(ward, vec![HeardItem::Report(full)]);
    }

    /// Says that it carried an order out, and looks as if.
    fn follow(&mut self, ward: &mut Ward, order: &Order) {
        let (at, boot) = (ward.now, self.seen.boot.id.clone());
        let event =
            |what| HeardItem::Order(OrderEvent { order: order.id.clone(), at, boot: boot.clone(), what });
        let done = OrderStep::Done { says: "done".into(), probes: [].into() };
        let items = [OrderStep::Accepted, OrderStep::Begun, done].map(event).into();
        if let Action::Install(packages) = &order.action {
            let new = packages.iter().map(|wanted| (wanted.package.clone(), wanted.version.clone()));
            self.seen.packages.extend(new);
            self.seen.available.clear();
        }
        self.deliver(ward, items);
        ward.now = ward.now.plus_seconds(30);
        self.report(ward);
    }
}

/// Two stations that carry one service together, of which one is needed; a plan for each, both started.
fn two_nights() -> (Ward, [Station; 2]) {
    let mut ward = Ward::new();
    let mut second = device("CMS-6", "1.0");
    second.serial_number = Some("SE-6".into());
    second.installer = model::device::Installer::Staff;
    ward.must(Command::ImportInventory { devices: vec![second], complete: false, origin: origin("second") });
    let mut places = description();
    for service in &mut places.services {
        service.redundancy.carriers.push(partner());
    }
    ward.must(Command::DescribeHospital(places, origin("a pair")));
    let expires = ward.now.plus_seconds(30 * 86_400);
    ward.must(Command::OfferEnrolment { host: partner(), token_sha256: "tok-6".into(), expires });
    ward.must(Command::IssueCertificate(CertificateIssued {
        host: partner(),
        key_sha256: "key-6".into(),
        serial: "5e1b".into(),
        expires,
        token_sha256: Some("tok-6".into()),
    }));
    let mut stations = [Station::new(host()), Station::new(partner())];
    stations.iter_mut().for_each(|station| station.report(&mut ward));
    let item = |plan: &Plan| plan.items.first().cloned().unwrap();
    let first = plan();
    let second = Plan {
        id: PlanId::new("december").unwrap(),
        items: vec![Item { host: partner(), ..item(&first) }],
        ..plan()
    };
    for plan in [first, second] {
        let hash = ward.agreed(plan);
        ward.must(Command::StartRollout { plan: hash, by: account("erik") });
    }
    let until = ward.now.plus_seconds(86_400 * 2);
    ward.must(Command::TakeLease { node: NodeId::new(NODE).unwrap(), until });
    (ward, stations)
}

/// One look of the driver; the orders that came of it.
fn look(ward: &mut Ward) -> Vec<Order> {
    let term = ward.state.night().lease().unwrap().term;
    let facts = ward.must(Command::Drive { node: NodeId::new(NODE).unwrap(), term });
    let order =
        |fact: &Fact| if let Fact::OrderIssued(order) = fact { Some((**order).clone()) } else { None };
    facts.iter().filter_map(order).collect()
}

/// Both have fetched their packages, and the window opens.
fn at_the_window() -> (Ward, [Station; 2]) {
    let (mut ward, mut stations) = two_nights();
    for _ in 0..6 {
        let orders = look(&mut ward);
        for order in orders.iter().filter(|order| !order.action.is_disruptive()) {
            for station in stations.iter_mut().filter(|station| station.tag == order.host) {
                station.follow(&mut ward, order);
            }
        }
    }
    ward.now = minutes(1);
    stations.iter_mut().for_each(|station| station.report(&mut ward));
    (ward, stations)
}

fn disturbed(orders: &[Order]) -> Vec<&str> {
    orders.iter().filter(|order| order.action.is_disruptive()).map(|order| order.host.as_str()).collect()
}

#[test]
fn two_nights_never_take_both_partners_of_a_pair_down_in_one_look() {
    let (mut ward, _) = at_the_window();
    let mut begun = Vec::new();
    for _ in 0..5 {
        let orders = look(&mut ward);
        begun.extend(disturbed(&orders).into_iter().map(ToOwned::to_owned));
    }
    assert_eq!(begun.len(), 1, "one of the pair is begun and the other waits for it: {begun:?}");
}

#[test]
fn a_partner_waits_while_the_other_is_installed_and_not_yet_restarted() {
    let (mut ward, mut stations) = at_the_window();
    let mut orders = Vec::<Order>::new();
    while orders.iter().all(|order| !order.action.is_disruptive()) {
        orders = look(&mut ward);
    }
    let order = orders.into_iter().find(|order| order.action.is_disruptive()).unwrap();
    let [busy, free] = if order.host == host() { [0, 1] } else { [1, 0] };
    stations[busy].follow(&mut ward, &order);
    stations[free].report(&mut ward);
    let mut given = Vec::new();
    for _ in 0..5 {
        given.extend(look(&mut ward));
    }
    let restarts: Vec<_> = given.iter().filter(|order| order.action == Action::RestartHost).collect();
    assert_eq!(restarts.len(), 1, "the one that is begun goes on");
    let of_partner = disturbed(&given).into_iter().filter(|tag| *tag == stations[free].tag.as_str()).count();
    assert_eq!(of_partner, 0, "its partner is left alone: {given:?}");
    assert!(ward.now < Time(minutes(60).0));
}
