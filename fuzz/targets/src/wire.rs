//! What crosses the network between host and server: whatever the bytes, a message within its limits or a refusal that says
//! where; and nothing that nobody signed is ever believed.

use ::wire::{CheckIn, CheckInAnswer, Enrol, Message, OrderSigner, SignedOrder, SignedProbes};

/// Pieces of the notation.
pub const WORDS: &[&str] = &[
    "{\"version\":1,",
    "\"agent_now\":0",
    "\"numbered\":[",
    "\"number\":18446744073709551615",
    "\"item\":{\"report\":{\"full\":{",
    "{\"changes\":{",
    "{\"same\":{\"observed_at\":1}}",
    "\"order\":{",
    "\"signals\":{\"kernel\":\"clear\"}",
    "\"unknown\":\"",
    "\"pending\":{\"of\":{\"services\":[",
    "\"wait_seconds\":4294967295",
    "\"payload\":\"",
    "\"signature\":\"00",
    "null",
    "-9223372036854775808",
    "[[[[[[[[",
    "\\ud800",
    "]",
    "}",
    ",",
];

/// Reads `data` as each message, and as something signed.
pub fn target(data: &[u8]) {
    if let Some(mut said) = one::<CheckIn>(data) {
        for numbered in &mut said.numbered {
            numbered.to_server_clock(said.agent_now, model::Time(1_000));
            assert!(numbered.at <= model::Time(1_000), "nothing happened after it was delivered");
        }
    }
    one::<CheckInAnswer>(data);
    one::<Enrol>(data);
    let site = OrderSigner::from_seed(&[1; 32]).key();
    if let Ok(signed) = serde_json::from_slice::<SignedOrder>(data) {
        // Nobody has the key, so nobody can have signed it.
        assert!(signed.open(site).is_err(), "an order that nobody signed is believed");
    }
    if let Ok(signed) = serde_json::from_slice::<SignedProbes>(data) {
        assert!(signed.open(site).is_err(), "probes that nobody signed are believed");
    }
}

fn one<M: Message + PartialEq + std::fmt::Debug>(data: &[u8]) -> Option<M> {
    match ::wire::read::<M>(data) {
        Ok(message) => {
            let again = ::wire::read::<M>(&::wire::write(&message).unwrap()).unwrap();
            assert_eq!(again, message, "what was read is written as it was");
            Some(message)
        }
        Err(unfit) => {
            let says = unfit.to_string();
            assert!(!says.is_empty() && says.len() < 1_000, "a refusal stays readable: {says}");
            None
        }
    }
}
