//! Two agents find the difference of what their archives hold, whatever it is, and prove it; or they say that they did not.

use archive::digests::{
    Asking, Bounds, Decoder, Digest, Found, Key, Keyed, NoProof, Reply, Request, Resolver, Tree, Turn,
    answer, coded,
};
use proptest::prelude::*;

fn digests(numbers: impl IntoIterator<Item = u64>) -> Vec<Digest> {
    let keyed = Keyed::new(&Key([7; 32]));
    numbers.into_iter().map(|number| keyed.of_text(&format!("1.2.840.{number}"))).collect()
}

fn exchange(ours: &Tree, theirs: &Tree, bounds: Bounds) -> Result<Found, NoProof> {
    let mut asking = Asking::new(ours, bounds);
    loop {
        match asking.turn() {
            Turn::Send(question) => asking.hear(&answer(theirs, &question).unwrap()),
            Turn::Found(found) => return Ok(found),
            Turn::NoProof(why) => return Err(why),
        }
    }
}

/// Both have `common`; the first lacks and the second lacks some.
fn check(common: u64, only_ours: u64, only_theirs: u64) -> Found {
    let ours: Tree = digests(0..common + only_ours).into_iter().collect();
    let theirs: Tree = digests((0..common).chain(1_000_000..1_000_000 + only_theirs)).into_iter().collect();
    let found = exchange(&ours, &theirs, Bounds::default()).unwrap();
    let sorted = |mut list: Vec<Digest>| {
        list.sort_unstable();
        list
    };
    assert_eq!(found.ours, sorted(digests(common..common + only_ours)));
    assert_eq!(found.theirs, sorted(digests(1_000_000..1_000_000 + only_theirs)));
    found
}

#[test]
fn archives_that_hold_the_same_know_it_after_one_question() {
    let found = check(50_000, 0, 0);
    assert_eq!(found.rounds, 1);
    assert!(found.bytes < 6_000, "{}", found.bytes);
    assert_eq!(check(0, 0, 0).rounds, 1);
}

#[test]
fn seven_missing_of_many_are_named_in_few_rounds() {
    let found = check(100_000, 7, 0);
    assert!(found.rounds <= 3 && found.bytes < 20_000, "{} rounds, {} bytes", found.rounds, found.bytes);
    let found = check(100_000, 0, 7);
    assert!(found.rounds <= 4 && found.bytes < 20_000, "{} rounds, {} bytes", found.rounds, found.bytes);
    check(100_000, 60, 40);
}

#[test]
fn equal_counts_with_other_objects_are_found() {
    check(10_000, 1, 1);
    check(10_000, 500, 500);
}

#[test]
fn an_empty_archive_lacks_everything() {
    check(0, 3_000, 0);
    check(0, 0, 3_000);
    check(0, 5, 3_000);
}

#[test]
fn thousands_of_differences_go_by_coded_symbols_and_cost_little_more_than_themselves() {
    let found = check(300_000, 3_000, 2_000);
    assert!(found.rounds <= 9 && found.bytes < 700_000, "{} rounds, {} bytes", found.rounds, found.bytes);
}

#[test]
fn what_is_put_in_and_taken_out_one_by_one_is_the_tree_that_is_built_at_once() {
    let all = digests(0..5_000);
    let mut grown = Tree::new(5_000);
    assert!(all.iter().all(|digest| grown.insert(*digest)));
    assert!(!grown.insert(all[3]) && grown.contains(all[3]));
    let built: Tree = all.iter().copied().chain([all[9]]).collect();
    assert_eq!((grown.root(), built.root().count), (built.root(), 5_000));
    assert_eq!(exchange(&grown, &built, Bounds::default()).unwrap().rounds, 1);

    let mut shrunk = built.clone();
    assert!(all.iter().skip(4_000).all(|digest| shrunk.remove(*digest)));
    assert!(!shrunk.remove(all[4_000]));
    let missing = exchange(&grown, &shrunk, Bounds::default()).unwrap();
    assert_eq!((missing.ours.len(), missing.theirs.len()), (1_000, 0));
    assert!(shrunk.insert(all[4_500]));
    assert_eq!(exchange(&grown, &shrunk, Bounds::default()).unwrap().ours.len(), 999);
}

#[test]
fn an_archive_that_changes_during_the_exchange_proves_nothing() {
    let ours: Tree = digests(0..10_000).into_iter().collect();
    let mut theirs: Tree = digests(900..10_000).into_iter().collect();
    let mut asking = Asking::new(&ours, Bounds::default());
    for digest in digests(20_000..20_010) {
        let Turn::Send(question) = asking.turn() else { break };
        asking.hear(&answer(&theirs, &question).unwrap());
        theirs.insert(digest);
    }
    assert_eq!(asking.turn(), Turn::NoProof(NoProof::Changed));
}

#[test]
fn limits_end_an_exchange_without_a_proof() {
    let ours: Tree = digests(0..50_000).into_iter().collect();
    let theirs: Tree = digests(25_000..75_000).into_iter().collect();
    let bounds = Bounds::default();
    let limited = |bounds: Bounds| exchange(&ours, &theirs, bounds).unwrap_err();
    assert_eq!(limited(Bounds { rounds_max: 2, ..bounds }), NoProof::Rounds(2));
    assert_eq!(limited(Bounds { bytes_max: 100_000, ..bounds }), NoProof::Bytes(100_000));
    assert_eq!(limited(Bounds { differences_max: 100, ..bounds }), NoProof::TooDifferent(100));
}

#[test]
fn coded_symbols_find_what_differs_with_fewer_than_twice_as_many() {
    for differences in [1, 10, 100, 1_000, 5_000] {
        let (ours, theirs) = (digests(0..20_000), digests(differences..20_000));
        let mut decoder = Decoder::new();
        let mut symbols = 0;
        loop {
            let to = symbols + (symbols / 20).max(1);
            let one = coded(ours.iter().copied(), symbols, to);
            let other = coded(theirs.iter().copied(), symbols, to);
            symbols = to;
            if decoder.take(&one, &other) {
                break;
            }
            assert!(u64::from(symbols) < differences * 2 + 20, "{symbols} symbols for {differences}");
        }
        let (mut here, there) = decoder.into_found();
        let mut missing = digests(0..differences);
        here.sort_unstable();
        missing.sort_unstable();
        assert_eq!((here, there), (missing, vec![]));
    }
}

#[test]
fn digests_are_named_from_an_archives_own_records_and_what_it_forgot_is_said() {
    let wanted = digests([3, 5, 99]);
    let mut resolver = Resolver::new(&wanted);
    for (number, digest) in digests(0..10).into_iter().enumerate() {
        resolver.offer(digest, || number);
    }
    let (mut named, unknown) = resolver.into_named();
    named.sort_unstable();
    assert_eq!((named, unknown), (vec![3, 5], vec![wanted[2]]));
}

/// The other end says what it likes.
fn hostile(ours: &Tree, theirs: &Tree, spoil: impl Fn(u32, &mut Vec<u8>)) -> Result<Found, NoProof> {
    let mut asking = Asking::new(ours, Bounds::default());
    loop {
        match asking.turn() {
            Turn::Send(question) => {
                let mut reply = answer(theirs, &question).unwrap();
                spoil(u32::try_from(question.len()).unwrap(), &mut reply);
                asking.hear(&reply);
            }
            Turn::Found(found) => return Ok(found),
            Turn::NoProof(why) => return Err(why),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_two_sets_are_told_apart_exactly(
        ours in prop::collection::btree_set(0_u64..3_000, 0..2_000),
        theirs in prop::collection::btree_set(0_u64..3_000, 0..2_000),
    ) {
        let (a, b): (Tree, Tree) = (digests(ours.iter().copied()).into_iter().collect(), digests(theirs.iter().copied()).into_iter().collect());
        let found = exchange(&a, &b, Bounds::default()).unwrap();
        let mut here = digests(ours.difference(&theirs).copied());
        let mut there = digests(theirs.difference(&ours).copied());
        here.sort_unstable();
        there.sort_unstable();
        prop_assert_eq!((found.ours, found.theirs), (here, there));
    }

    #[test]
    fn a_spoilt_answer_never_becomes_a_wrong_proof(at in any::<usize>(), flip in 1_u8..=255, round in 0_u32..4, cut in any::<bool>()) {
        let a: Tree = digests(0..3_000).into_iter().collect();
        let b: Tree = digests(30..3_040).into_iter().collect();
        let seen = std::cell::Cell::new(0);
        let result = hostile(&a, &b, |_, reply| {
            if seen.replace(seen.get() + 1) == round {
                let place = at % reply.len();
                if cut { reply.truncate(place) } else { reply[place] ^= flip }
            }
        });
        if let Ok(found) = result {
            prop_assert_eq!((found.ours.len(), found.theirs.len()), (30, 40));
        }
    }

    #[test]
    fn bytes_that_are_no_message_are_refused_and_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let tree: Tree = digests(0..100).into_iter().collect();
        let _ = answer(&tree, &bytes);
        if let Ok(request) = Request::read(&bytes) {
            prop_assert_eq!(Request::read(&request.to_bytes()).unwrap(), request);
        }
        let _ = Reply::read(&bytes);
    }
}
