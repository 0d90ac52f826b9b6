//! Messages are read with limits, and what is written is read as it was.

use adapter_digests::limits::{EXAMINATIONS_MAX, NAMED_MAX};
use adapter_digests::message::{Answer, Hello, Named, Rows, Say, Unfit};
use adapter_digests::records::Of;
use archive::StudyUid;
use archive::digests::Digest;
use proptest::prelude::*;

use crate::invented::{object, study, uid};

#[test]
fn every_message_is_read_as_it_was_written() {
    let digests = vec![Digest(1), Digest(u128::MAX)];
    for say in [
        Say::Hello(Hello { version: 1, nonce: "00".repeat(16) }),
        Say::HeardOfDrift,
        Say::Lead(Of::Issuers),
        Say::Answered(vec![1, 2]),
        Say::Question(Of::Objects, vec![3]),
        Say::Name(Of::Issuers, digests.clone()),
        Say::Show(vec![StudyUid(uid("1.2.3"))]),
        Say::Close,
    ] {
        assert_eq!(Say::read(&say.to_bytes()), Ok(say));
    }
    let objects = [object(1, 0), object(1, 2), object(1, 1)];
    let rows = Rows::new(&study(1, "P", "SE"), &objects);
    assert_eq!(rows.instances().collect::<Vec<_>>(), objects);
    for answer in [
        Answer::Heard,
        Answer::Ask(vec![9]),
        Answer::Found(digests.clone(), vec![Digest(7)]),
        Answer::NotFound("because".to_owned()),
        Answer::Reply(vec![]),
        Answer::Named(Named { studies: vec![StudyUid(uid("1.2.3"))], unknown: 2 }),
        Answer::Rows(Box::new(rows)),
        Answer::AllShown,
        Answer::Refused("no".to_owned()),
    ] {
        assert_eq!(Answer::read(&answer.to_bytes()), Ok(answer));
    }
}

#[test]
fn more_than_is_answered_at_once_is_refused() {
    let many = Say::Name(Of::Objects, vec![Digest(1); NAMED_MAX + 1]).to_bytes();
    assert!(matches!(Say::read(&many), Err(Unfit::TooMany { .. })));
    let many = Say::Show(vec![StudyUid(uid("1.2.3")); EXAMINATIONS_MAX + 1]).to_bytes();
    assert!(matches!(Say::read(&many), Err(Unfit::TooMany { .. })));
    assert!(matches!(Answer::read(&[104, 0, 0, 0, 2, 0]), Err(Unfit::Body { .. })));
    assert!(matches!(Answer::read(&[104, 0, 0, 0, 1]), Err(Unfit::Body { .. })));
    assert_eq!(Say::read(&[]), Err(Unfit::Empty));
    assert_eq!(Say::read(&[99]), Err(Unfit::Kind(99)));
}

proptest! {
    #[test]
    fn bytes_that_are_no_message_never_break_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..200), kind in 0_u8..112) {
        let _ = (Say::read(&bytes), Answer::read(&bytes));
        let with_kind = [&[kind][..], &bytes].concat();
        if let Ok(say) = Say::read(&with_kind) {
            prop_assert_eq!(Say::read(&say.to_bytes()), Ok(say));
        }
        let _ = Answer::read(&with_kind);
    }
}
