//! Slows down guessing: after a few failed tries a name or an address must wait, longer each time. Memory is bounded.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

use model::Time;
use sha2::{Digest, Sha256};

/// Failed tries for one name before it must wait.
pub const ACCOUNT_FREE_TRIES: u32 = 5;
/// Longest wait of a name. Short, so that nobody can keep the on-call expert out by guessing wrongly.
pub const ACCOUNT_WAIT_MAX_SECONDS: i64 = 60;
/// Failed tries from one address before it must wait.
pub const ADDRESS_FREE_TRIES: u32 = 20;
/// Longest wait of an address.
pub const ADDRESS_WAIT_MAX_SECONDS: i64 = 15 * 60;
/// After this long without a failure a name or address is forgotten.
const FORGET_SECONDS: i64 = 30 * 60;
/// Most names and addresses remembered; beyond it the one whose last failure is oldest is forgotten.
pub const THROTTLE_ENTRIES_MAX: usize = 20_000;

#[derive(Clone, Copy)]
struct Failures {
    count: u32,
    last: Time,
}

/// Remembers failed tries.
#[derive(Default)]
pub struct Throttle(Mutex<HashMap<[u8; 32], Failures>>);

fn key(kind: &str, value: &str) -> [u8; 32] {
    Sha256::digest(format!("{kind}\0{value}").as_bytes()).into()
}

/// An IPv6 subscriber has a /64: counting single addresses would count nothing.
fn address_key(address: IpAddr) -> [u8; 32] {
    let network = match address {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => IpAddr::V4(v4),
            None => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
        },
    };
    key("address", &network.to_string())
}

fn wait_seconds(failures: Failures, free: u32, longest: i64, now: Time) -> i64 {
    let over = failures.count.saturating_sub(free);
    if over == 0 {
        return 0;
    }
    let wait = 1_i64.checked_shl(over.min(20)).unwrap_or(longest).min(longest);
    (wait - now.seconds_since(failures.last)).clamp(0, longest)
}

impl Throttle {
    /// Counts a try as failed before it is known to be, so that many at once do not slip through.
    /// `Err` holds the seconds to wait; such a try is not counted.
    pub fn begin(&self, name: &str, address: IpAddr, now: Time) -> Result<(), i64> {
        let (name, address) = (key("name", &name.to_lowercase()), address_key(address));
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let wait_of = |key, free, longest| {
            kept.get(&key).map_or(0, |failures| wait_seconds(*failures, free, longest, now))
        };
        let wait = wait_of(name, ACCOUNT_FREE_TRIES, ACCOUNT_WAIT_MAX_SECONDS).max(wait_of(
            address,
            ADDRESS_FREE_TRIES,
            ADDRESS_WAIT_MAX_SECONDS,
        ));
        if wait > 0 {
            return Err(wait);
        }
        for key in [name, address] {
            make_room(&mut kept, key, now);
            let failures = kept.entry(key).or_insert(Failures { count: 0, last: now });
            if now.seconds_since(failures.last) >= FORGET_SECONDS {
                failures.count = 0;
            }
            failures.count = failures.count.saturating_add(1);
            failures.last = now;
        }
        Ok(())
    }

    /// The try succeeded: the name is forgotten, the address loses this one failure (not the others: one good account
    /// must not buy an attacker endless tries).
    pub fn succeeded(&self, name: &str, address: IpAddr) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.remove(&key("name", &name.to_lowercase()));
        if let Some(failures) = kept.get_mut(&address_key(address)) {
            failures.count = failures.count.saturating_sub(1);
        }
    }

    /// Names and addresses remembered now.
    pub fn entries(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

fn make_room(kept: &mut HashMap<[u8; 32], Failures>, key: [u8; 32], now: Time) {
    if kept.len() < THROTTLE_ENTRIES_MAX || kept.contains_key(&key) {
        return;
    }
    kept.retain(|_, failures| now.seconds_since(failures.last) < FORGET_SECONDS);
    while kept.len() >= THROTTLE_ENTRIES_MAX {
        let Some(oldest) = kept.iter().min_by_key(|(_, failures)| failures.last).map(|(key, _)| *key) else {
            return;
        };
        kept.remove(&oldest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time(1_800_000_000_000_000);

    fn address(last: u8) -> IpAddr {
        IpAddr::from([10, 0, 0, last])
    }

    #[test]
    fn a_name_waits_longer_after_each_failure_but_never_more_than_a_minute() {
        let throttle = Throttle::default();
        let mut now = NOW;
        for n in 0..5 {
            assert_eq!(throttle.begin("anna", address(n), now), Ok(()));
        }
        assert_eq!(throttle.begin("anna", address(9), now), Ok(()), "five are free; the sixth makes it wait");
        assert_eq!(throttle.begin("Anna", address(9), now), Err(2));
        for _ in 0..20 {
            let wait = throttle.begin("anna", address(9), now).err().unwrap_or(0);
            assert!(wait <= ACCOUNT_WAIT_MAX_SECONDS);
            now = now.plus_seconds(wait);
            if throttle.begin("anna", address(9), now).is_err() {
                break; // the address waits as well by now
            }
        }
        assert_eq!(throttle.begin("berit", address(8), now), Ok(()), "others are not kept out");
    }

    #[test]
    fn an_address_that_tries_many_names_waits() {
        let throttle = Throttle::default();
        for n in 0..=ADDRESS_FREE_TRIES {
            assert_eq!(throttle.begin(&format!("name-{n}"), address(1), NOW), Ok(()));
        }
        assert!(throttle.begin("another", address(1), NOW).is_err());
        assert_eq!(throttle.begin("another", address(2), NOW), Ok(()));
    }

    #[test]
    fn one_known_account_does_not_buy_an_address_more_tries() {
        let throttle = Throttle::default();
        let mut refused = false;
        for n in 0..60 {
            refused |= throttle.begin(&format!("name-{n}"), address(1), NOW).is_err();
            if throttle.begin("mine", address(1), NOW).is_ok() {
                throttle.succeeded("mine", address(1));
            }
        }
        assert!(refused);
    }

    #[test]
    fn a_million_names_do_not_fill_the_memory() {
        let throttle = Throttle::default();
        for n in 0..(THROTTLE_ENTRIES_MAX as u32 / 2 + 50) {
            let [a, b, c, d] = n.to_be_bytes();
            let _ =
                throttle.begin(&format!("n{n}"), IpAddr::from([a, b, c, d]), NOW.plus_seconds(i64::from(n)));
        }
        assert!(throttle.entries() <= THROTTLE_ENTRIES_MAX);
    }

    #[test]
    fn a_whole_ipv6_network_counts_as_one_address() {
        let throttle = Throttle::default();
        let mut refused = false;
        for n in 0..40_u16 {
            let address = IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, n));
            refused |= throttle.begin(&format!("x{n}"), address, NOW).is_err();
        }
        assert!(refused);
    }
}
