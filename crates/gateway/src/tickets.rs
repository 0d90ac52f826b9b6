//! Tickets with which hosts resume their TLS sessions (RFC 8446 §4.6.1), also after the server was restarted or another took over: after
//! a restart every host of the site comes back at once, and a whole handshake costs ten times a resumed one.
//!
//! Keys are made of one secret of the site and the number of the present six hours: nothing is rotated, and whoever has the site's keys
//! opens the same tickets. The secret lies beside the authority's key, with which certificates could be made for any host: whoever reads
//! one has the other, so the tickets open no further door. What was said in a session stays secret even then: a resumed session of
//! TLS 1.3 agrees on fresh keys, and the gateway speaks no earlier TLS.

use std::fmt;

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac::{HMAC_SHA256, Key, sign};
use rustls::server::ProducesTickets;

use crate::Clock;
use crate::limits::{TICKET_BYTES_MAX, TICKET_KEY_SECONDS, TICKET_PERIODS_BEFORE};

/// Bytes that name a ticket's key.
const NAME_BYTES: usize = 16;

/// The secret of which tickets' keys are made.
#[derive(Clone)]
pub(crate) struct TicketSecret(Key);

impl TicketSecret {
    pub(crate) fn new(secret: &[u8; 32]) -> TicketSecret {
        TicketSecret(Key::new(HMAC_SHA256, secret))
    }

    fn made(&self, what: &str, period: i64) -> [u8; 32] {
        let tag = sign(&self.0, format!("segue tickets {what} {period}").as_bytes());
        let mut made = [0; 32];
        // An HMAC-SHA256 has 32 bytes.
        made.iter_mut().zip(tag.as_ref()).for_each(|(to, from)| *to = *from);
        made
    }

    fn key(&self, period: i64) -> Option<PeriodKey> {
        let mut name = [0; NAME_BYTES];
        name.iter_mut().zip(self.made("name", period)).for_each(|(to, from)| *to = from);
        let key = UnboundKey::new(&CHACHA20_POLY1305, &self.made("key", period)).ok()?;
        Some(PeriodKey { name, key: LessSafeKey::new(key) })
    }
}

/// The key of one period.
struct PeriodKey {
    name: [u8; NAME_BYTES],
    key: LessSafeKey,
}

/// Seals and opens tickets.
pub(crate) struct Tickets {
    secret: TicketSecret,
    clock: Clock,
}

impl Tickets {
    pub(crate) fn new(secret: TicketSecret, clock: Clock) -> Tickets {
        Tickets { secret, clock }
    }

    fn period(&self) -> i64 {
        (self.clock)().0.div_euclid(TICKET_KEY_SECONDS * 1_000_000)
    }
}

impl ProducesTickets for Tickets {
    fn enabled(&self) -> bool {
        true
    }

    fn lifetime(&self) -> u32 {
        u32::try_from(TICKET_KEY_SECONDS * TICKET_PERIODS_BEFORE).unwrap_or(u32::MAX)
    }

    /// Name of the key, nonce, what is sealed, tag. The name is authenticated too.
    fn encrypt(&self, plain: &[u8]) -> Option<Vec<u8>> {
        let PeriodKey { name, key } = self.secret.key(self.period())?;
        let nonce: [u8; NONCE_LEN] = rand::random();
        let mut sealed = plain.to_vec();
        let nonced = Nonce::assume_unique_for_key(nonce);
        key.seal_in_place_append_tag(nonced, Aad::from(name), &mut sealed).ok()?;
        let ticket = [&name[..], &nonce[..], &sealed[..]].concat();
        (ticket.len() <= TICKET_BYTES_MAX).then_some(ticket)
    }

    fn decrypt(&self, ticket: &[u8]) -> Option<Vec<u8>> {
        if ticket.len() > TICKET_BYTES_MAX {
            return None;
        }
        let (name, rest) = ticket.split_at_checked(NAME_BYTES)?;
        let (nonce, sealed) = rest.split_at_checked(NONCE_LEN)?;
        let now = self.period();
        let mut periods = (now - TICKET_PERIODS_BEFORE..=now).rev();
        // The name is no secret: it stands in every ticket.
        let PeriodKey { name, key } =
            periods.find_map(|period| self.secret.key(period).filter(|key| key.name == *name))?;
        let mut plain = sealed.to_vec();
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let opened = key.open_in_place(nonce, Aad::from(name), &mut plain).ok()?.len();
        plain.truncate(opened);
        Some(plain)
    }
}

impl fmt::Debug for Tickets {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Tickets")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use model::Time;

    use super::*;

    const HOUR_MICROSECONDS: i64 = 3_600_000_000;

    fn tickets(secret: u8, hour: i64) -> Tickets {
        let at = Time(1_800_000_000_000_000 + hour * HOUR_MICROSECONDS);
        Tickets::new(TicketSecret::new(&[secret; 32]), Arc::new(move || at))
    }

    #[test]
    fn a_ticket_is_opened_by_whoever_has_the_sites_keys_for_as_long_as_it_says() {
        let before = tickets(1, 0);
        let ticket = before.encrypt(b"session").unwrap();
        let hours = i64::from(before.lifetime()) / 3_600;
        assert_eq!(hours, 12);
        for hour in 0..=hours {
            assert_eq!(tickets(1, hour).decrypt(&ticket).as_deref(), Some(&b"session"[..]), "{hour} h later");
        }
        assert_eq!(tickets(1, hours + 6).decrypt(&ticket), None, "it ends by itself");
        assert_eq!(tickets(1, -6).decrypt(&ticket), None, "no key of a time to come is tried");
        assert_eq!(tickets(2, 0).decrypt(&ticket), None, "another site has other keys");
        assert_ne!(before.encrypt(b"session"), Some(ticket), "the same session is never sealed alike twice");
    }

    #[test]
    fn a_ticket_that_was_altered_cut_or_blown_up_is_none() {
        let tickets = tickets(1, 0);
        let ticket = tickets.encrypt(b"session").unwrap();
        for at in 0..ticket.len() {
            let mut altered = ticket.clone();
            altered[at] ^= 1;
            assert_eq!(tickets.decrypt(&altered), None, "byte {at}");
            assert_eq!(tickets.decrypt(&ticket[..at]), None, "{at} bytes");
        }
        let long = [ticket, vec![0; TICKET_BYTES_MAX]].concat();
        assert_eq!(tickets.decrypt(&long), None);
        assert_eq!(tickets.encrypt(&vec![0; TICKET_BYTES_MAX]), None);
    }
}
