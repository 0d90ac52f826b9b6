//! Public keys with what binds their parts (RFC 9580 §10.1): a primary key, what it says of itself, and its subkeys.
//! Nothing that the primary key did not sign counts.

use model::Time;
use model::advisory::NotVerified;
use sha1::{Digest, Sha1};

use super::check::{Holds, holds};
use super::packet::{Fields, PUBLIC_KEY, PUBLIC_SUBKEY, Packets, SIGNATURE, USER_ATTRIBUTE, USER_ID};
use super::signature::{
    BINDS_PRIMARY, BINDS_SUBKEY, CERTIFICATIONS, MAY_SIGN, OF_KEY, REVOKES_KEY, REVOKES_SUBKEY, Signature,
};

/// Most packets of one key file.
const PACKETS_MAX_COUNT: usize = 100_000;
/// Most signatures of one key whose arithmetic is done.
const SIGNATURES_CHECKED_MAX_COUNT: usize = 2_000;

/// Reasons of a revocation that leave what was signed before it valid: superseded, retired (§5.2.3.31).
const SOFT_REASONS: [u8; 2] = [1, 3];

/// The numbers of a public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Public {
    Rsa {
        modulus: Vec<u8>,
        exponent: Vec<u8>,
    },
    P256(Vec<u8>),
    P384(Vec<u8>),
    Ed25519(Vec<u8>),
    /// Of an algorithm that is not read, or one that cannot sign.
    Other,
}

/// A primary key or a subkey.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) public: Public,
    pub(super) fingerprint: Vec<u8>,
    made: u64,
    /// What is signed when the key is: its packet with a head.
    framed: Vec<u8>,
    may_sign: bool,
    /// Seconds since 1970 from which it is no longer valid.
    ends: Option<u64>,
    /// From which second on what it signs proves nothing; 0 when nothing it ever signed does.
    revoked: Option<u64>,
}

/// A public key with its subkeys.
#[derive(Clone, Debug)]
pub(super) struct Certificate {
    primary: Key,
    subkeys: Vec<Key>,
}

/// Reads every public key of a file.
pub(super) fn read_all(bytes: &[u8]) -> Result<Vec<Certificate>, String> {
    let mut found: Vec<Reading> = Vec::new();
    for (count, packet) in Packets::new(bytes).enumerate() {
        let packet =
            packet.map_err(|_| "the keys cannot be read: a packet ends beyond the file".to_owned())?;
        if count >= PACKETS_MAX_COUNT {
            return Err(format!("there are more than {PACKETS_MAX_COUNT} packets"));
        }
        match (packet.tag, found.last_mut()) {
            (PUBLIC_KEY, _) => found.push(Reading::begin(packet.body)?),
            (5 | 7, _) => return Err("this holds a secret key; only public keys belong here".to_owned()),
            (_, None) => return Err("this does not begin with a public key".to_owned()),
            (tag, Some(reading)) => reading.take(tag, packet.body),
        }
    }
    if found.is_empty() {
        return Err("there is no public key in it".to_owned());
    }
    found.into_iter().map(Reading::finish).collect()
}

impl Certificate {
    /// The primary key's fingerprint in capitals: the name of the whole.
    pub(super) fn fingerprint(&self) -> Box<str> {
        hex::encode_upper(&self.primary.fingerprint).into()
    }

    /// The primary key and its subkeys.
    pub(super) fn keys(&self) -> impl Iterator<Item = &Key> {
        std::iter::once(&self.primary).chain(&self.subkeys)
    }

    /// Why a signature that holds is no proof all the same.
    pub(super) fn objection(&self, key: &Key, signature: &Signature, now: Time) -> Option<NotVerified> {
        let made = signature.made.unwrap_or(0);
        let now = u64::try_from(now.0 / 1_000_000).unwrap_or(0);
        if signature.lasts_seconds.is_some_and(|lasts| made.saturating_add(lasts) <= now) || made > now {
            return Some(NotVerified::OutOfTime);
        }
        // Its subkeys are no better than the primary key.
        for part in [&self.primary, key] {
            if part.revoked.is_some_and(|from| made >= from) {
                return Some(NotVerified::KeyRevoked);
            }
            if made < part.made || part.ends.is_some_and(|ends| made >= ends) {
                return Some(NotVerified::OutOfTime);
            }
        }
        (!key.may_sign).then_some(NotVerified::KeyNotForSigning)
    }
}

impl Key {
    fn read(body: &[u8]) -> Option<Key> {
        let mut fields = Fields(body);
        if fields.byte()? != 4 {
            return None;
        }
        let made = fields.number(4)? as u64;
        let public = Public::read(fields.byte()?, &mut fields)?;
        let length = u16::try_from(body.len()).ok()?;
        let mut framed = vec![0x99];
        framed.extend_from_slice(&length.to_be_bytes());
        framed.extend_from_slice(body);
        let fingerprint = Sha1::digest(&framed).to_vec();
        Some(Key { public, fingerprint, made, framed, may_sign: false, ends: None, revoked: None })
    }

    fn revoke(&mut self, signature: &Signature) {
        let is_soft = signature.revocation_reason.is_some_and(|reason| SOFT_REASONS.contains(&reason));
        let from = if is_soft { signature.made.unwrap_or(0) } else { 0 };
        self.revoked = Some(self.revoked.map_or(from, |before| before.min(from)));
    }

    /// What the newest statement about it says.
    fn follow(&mut self, statement: &Signature, flags: u8) {
        let after = |from: u64, lasts: Option<u64>| lasts.map(|lasts| from.saturating_add(lasts));
        let key_ends = after(self.made, statement.key_lasts_seconds);
        let statement_ends = after(statement.made.unwrap_or(0), statement.lasts_seconds);
        self.ends = key_ends.into_iter().chain(statement_ends).min();
        self.may_sign = flags & MAY_SIGN != 0;
    }
}

impl Public {
    fn read(algorithm: u8, fields: &mut Fields<'_>) -> Option<Public> {
        const P256: [u8; 8] = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07];
        const P384: [u8; 5] = [0x2B, 0x81, 0x04, 0x00, 0x22];
        const ED25519: [u8; 9] = [0x2B, 0x06, 0x01, 0x04, 0x01, 0xDA, 0x47, 0x0F, 0x01];
        Some(match algorithm {
            1 | 3 => {
                let (modulus, exponent) = (fields.integer()?.to_vec(), fields.integer()?.to_vec());
                Public::Rsa { modulus, exponent }
            }
            19 | 22 => {
                let length = usize::from(fields.byte()?);
                let (curve, point) = (fields.take(length)?, fields.integer()?.to_vec());
                match (algorithm, curve) {
                    (19, curve) if curve == P256 => Public::P256(point),
                    (19, curve) if curve == P384 => Public::P384(point),
                    // 0x40 says that the point is in its native form.
                    (22, curve) if curve == ED25519 => Public::Ed25519(point.strip_prefix(&[0x40])?.to_vec()),
                    _ => Public::Other,
                }
            }
            27 => Public::Ed25519(fields.take(32)?.to_vec()),
            _ => Public::Other,
        })
    }
}

/// What a signature of a key file is about.
enum About {
    Primary,
    /// A name or a picture, as it is signed.
    Name(Vec<u8>),
    Subkey,
    /// Something that is passed over.
    Nothing,
}

/// A key whose packets are still coming.
struct Reading {
    primary: Key,
    /// The newest statement of the primary key about itself.
    statement: Option<Signature>,
    subkeys: Vec<(Key, Option<(Signature, u8)>)>,
    about: About,
    checked: usize,
}

impl Reading {
    fn begin(body: &[u8]) -> Result<Reading, String> {
        let primary = Key::read(body).ok_or("a key of another version than 4, or one that is cut off")?;
        Ok(Reading { primary, statement: None, subkeys: Vec::new(), about: About::Primary, checked: 0 })
    }

    fn take(&mut self, tag: u8, body: &[u8]) {
        match tag {
            USER_ID => self.about = About::Name(name(0xB4, body)),
            USER_ATTRIBUTE => self.about = About::Name(name(0xD1, body)),
            PUBLIC_SUBKEY => {
                self.about = About::Nothing;
                if let Some(key) = Key::read(body) {
                    self.subkeys.push((key, None));
                    self.about = About::Subkey;
                }
            }
            SIGNATURE => {
                if let Some(signature) = Signature::read(body) {
                    self.signature(signature);
                }
            }
            // Trust, markers and what is still to be invented say nothing here.
            _ => {}
        }
    }

    fn signature(&mut self, signature: Signature) {
        self.checked += 1;
        if self.checked > SIGNATURES_CHECKED_MAX_COUNT || !signature.may_be_of(&self.primary) {
            return;
        }
        let mut signed = self.primary.framed.clone();
        let is_by_primary = |signed: Vec<u8>, primary: &Key| holds(&signature, primary, signed) == Holds::Yes;
        match &self.about {
            About::Primary if matches!(signature.kind, OF_KEY | REVOKES_KEY) => {
                if !is_by_primary(signed, &self.primary) {
                    return;
                }
                if signature.kind == REVOKES_KEY {
                    self.primary.revoke(&signature);
                } else {
                    self.state(signature);
                }
            }
            About::Name(name) if CERTIFICATIONS.contains(&signature.kind) => {
                signed.extend_from_slice(name);
                if is_by_primary(signed, &self.primary) {
                    self.state(signature);
                }
            }
            About::Subkey if matches!(signature.kind, BINDS_SUBKEY | REVOKES_SUBKEY) => {
                let Some((subkey, binding)) = self.subkeys.last_mut() else { return };
                signed.extend_from_slice(&subkey.framed);
                if !is_by_primary(signed.clone(), &self.primary) {
                    return;
                }
                if signature.kind == REVOKES_SUBKEY {
                    subkey.revoke(&signature);
                    return;
                }
                let mut flags = signature.key_flags.unwrap_or(0);
                // A subkey that signs must say itself that it belongs to the primary key (§10.1.5).
                if flags & MAY_SIGN != 0 && !answers(&signature, subkey, signed) {
                    flags &= !MAY_SIGN;
                }
                if binding.as_ref().is_none_or(|(before, _)| before.made <= signature.made) {
                    *binding = Some((signature, flags));
                }
            }
            About::Primary | About::Name(_) | About::Subkey | About::Nothing => {}
        }
    }

    fn state(&mut self, signature: Signature) {
        if self.statement.as_ref().is_none_or(|before| before.made <= signature.made) {
            self.statement = Some(signature);
        }
    }

    fn finish(mut self) -> Result<Certificate, String> {
        let fingerprint = hex::encode_upper(&self.primary.fingerprint);
        let Some(statement) = &self.statement else {
            return Err(match self.primary.public {
                Public::Other => format!("the key {fingerprint} is of an algorithm that is not read"),
                _ => format!("the key {fingerprint} has no signature of its own over a name with SHA-2"),
            });
        };
        // Keys from before there were flags may do everything.
        self.primary.follow(statement, statement.key_flags.unwrap_or(MAY_SIGN));
        let mut subkeys = Vec::new();
        for (mut key, binding) in self.subkeys {
            if let Some((binding, flags)) = binding {
                key.follow(&binding, flags);
                subkeys.push(key);
            }
        }
        Ok(Certificate { primary: self.primary, subkeys })
    }
}

fn name(head: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap_or(u32::MAX);
    [&[head][..], &length.to_be_bytes(), body].concat()
}

/// Does the subkey answer the signature that binds it?
fn answers(binding: &Signature, subkey: &Key, signed: Vec<u8>) -> bool {
    let answer = binding.embedded.as_deref().and_then(Signature::read);
    answer.is_some_and(|answer| answer.kind == BINDS_PRIMARY && holds(&answer, subkey, signed) == Holds::Yes)
}
