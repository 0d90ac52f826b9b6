//! One signature packet (RFC 9580 §5.2): what it is over, which key it names, and what it says about keys.

use super::certificate::Key;
use super::packet::{Fields, subpackets};

/// Kinds of signature that are looked at (§5.2.1).
pub(super) const OF_BYTES: u8 = 0x00;
pub(super) const OF_TEXT: u8 = 0x01;
pub(super) const CERTIFICATIONS: std::ops::RangeInclusive<u8> = 0x10..=0x13;
pub(super) const BINDS_SUBKEY: u8 = 0x18;
pub(super) const BINDS_PRIMARY: u8 = 0x19;
pub(super) const OF_KEY: u8 = 0x1F;
pub(super) const REVOKES_KEY: u8 = 0x20;
pub(super) const REVOKES_SUBKEY: u8 = 0x28;

/// The flag of a key that may sign documents (§5.2.3.29).
pub(super) const MAY_SIGN: u8 = 0x02;

/// Subpackets whose meaning is known here; another one that is marked critical makes a signature unusable (§5.2.3.7).
const KNOWN: [u8; 21] = [2, 3, 4, 5, 6, 7, 9, 11, 16, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 32, 33];

/// A signature, with what counts of its subpackets.
#[derive(Clone, Debug, Default)]
pub(super) struct Signature {
    pub(super) version: u8,
    pub(super) kind: u8,
    pub(super) key_algorithm: u8,
    pub(super) hash_algorithm: u8,
    /// The part of the packet that is signed too.
    pub(super) hashed: Vec<u8>,
    /// The numbers of the algorithm, unread.
    pub(super) numbers: Vec<u8>,
    /// Seconds since 1970 at which it says it was made.
    pub(super) made: Option<u64>,
    /// Seconds after which it is no longer valid.
    pub(super) lasts_seconds: Option<u64>,
    /// Seconds after its making at which the key is no longer valid.
    pub(super) key_lasts_seconds: Option<u64>,
    pub(super) key_flags: Option<u8>,
    pub(super) revocation_reason: Option<u8>,
    /// A signature by the subkey, inside the one that binds it.
    pub(super) embedded: Option<Vec<u8>>,
    pub(super) has_unknown_critical: bool,
    issuer_fingerprint: Option<Vec<u8>>,
    issuer_id: Option<[u8; 8]>,
}

impl Signature {
    /// Reads a signature packet; one of another version than 4 says little more than that it is one.
    pub(super) fn read(body: &[u8]) -> Option<Signature> {
        let mut fields = Fields(body);
        let version = fields.byte()?;
        let mut signature = Signature { version, ..Signature::default() };
        match version {
            3 => return Some(signature),
            4 | 6 => {}
            _ => return None,
        }
        signature.kind = fields.byte()?;
        signature.key_algorithm = fields.byte()?;
        signature.hash_algorithm = fields.byte()?;
        let width = if version == 6 { 4 } else { 2 };
        let length = fields.number(width)?;
        let hashed = fields.take(length)?;
        signature.hashed = body.get(..4 + width + hashed.len())?.to_vec();
        let length = fields.number(width)?;
        let unhashed = fields.take(length)?;
        // The left 16 bits of the digest: they prove nothing.
        fields.take(2)?;
        signature.numbers = fields.0.to_vec();
        for (kind, content) in subpackets(hashed)? {
            signature.learn(kind, content)?;
        }
        // Nobody signed the other area: of it only hints are taken.
        for (kind, content) in subpackets(unhashed)? {
            match kind & 0x7F {
                16 | 33 if signature.issuer_fingerprint.is_none() => signature.learn(kind & 0x7F, content)?,
                32 if signature.embedded.is_none() => signature.learn(32, content)?,
                _ => {}
            }
        }
        Some(signature)
    }

    fn learn(&mut self, kind: u8, content: &[u8]) -> Option<()> {
        let seconds = || Fields(content).number(4).map(|seconds| seconds as u64);
        match kind & 0x7F {
            2 => self.made = Some(seconds()?),
            3 => self.lasts_seconds = Some(seconds()?).filter(|seconds| *seconds > 0),
            9 => self.key_lasts_seconds = Some(seconds()?).filter(|seconds| *seconds > 0),
            16 => self.issuer_id = Some(content.try_into().ok()?),
            27 => self.key_flags = Some(content.first().copied().unwrap_or(0)),
            29 => self.revocation_reason = Some(*content.first()?),
            32 => self.embedded = Some(content.to_vec()),
            33 => self.issuer_fingerprint = Some(content.get(1..)?.to_vec()),
            other => self.has_unknown_critical |= kind & 0x80 != 0 && !KNOWN.contains(&other),
        }
        Some(())
    }

    /// Fingerprint or id of the key that it names, in capitals.
    pub(super) fn issuer_text(&self) -> Option<Box<str>> {
        let fingerprint = self.issuer_fingerprint.as_ref().map(hex::encode_upper);
        fingerprint.or_else(|| self.issuer_id.map(hex::encode_upper)).map(Into::into)
    }

    /// Does it name this key, or none?
    pub(super) fn may_be_of(&self, key: &Key) -> bool {
        match (&self.issuer_fingerprint, &self.issuer_id) {
            (Some(fingerprint), _) => key.fingerprint[..] == fingerprint[..],
            (None, Some(id)) => key.fingerprint.ends_with(id),
            (None, None) => true,
        }
    }
}
