//! What a host acts on, as its site signed it (Ed25519, RFC 8032): orders, and the probes that it runs. The text that was
//! signed travels as it stands: nothing is written again before it is checked, and nothing is parsed before the signature holds.

use std::fmt;
use std::marker::PhantomData;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use model::AssetTag;
use model::order::{Action, Order};
use model::probe::Probe;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::check_in::check_probe;
use crate::limit::{NAME_MAX_BYTES, ORDER_MAX_BYTES, PARTS_PER_ORDER_MAX, PROBES_PER_HOST_MAX};
use crate::read::{Limits, Unfit, not_readable};

/// What a site signs.
pub trait Signable: Serialize + DeserializeOwned {
    /// What it is called in refusals.
    const WHAT: &'static str;
    /// Stands before the text that is signed, so that a signature for one thing is never one for another.
    const SIGNED_FOR: &'static [u8];
    /// Longest text.
    const MAX_BYTES: usize;

    /// Limits that its types do not hold.
    ///
    /// # Errors
    /// One of them does not hold.
    fn check(&self) -> Result<(), Unfit>;
}

/// Something signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound = "")]
pub struct Signed<T> {
    /// Its JSON, exactly the text that was signed.
    pub payload: Box<str>,
    /// The key that signed it.
    pub key: OrderKey,
    /// Ed25519 signature over the text, 128 hexadecimal digits.
    pub signature: Box<str>,
    #[serde(skip)]
    of: PhantomData<T>,
}

/// An order and its signature.
pub type SignedOrder = Signed<Order>;
/// The probes of a host and their signature: a probe may start a program, so it is believed no sooner than an order.
pub type SignedProbes = Signed<ProbeList>;

/// Every probe that one host runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProbeList {
    /// The only host that may run them.
    pub host: AssetTag,
    /// Names this list: another list of this host has another number. Never 0.
    pub revision: u64,
    /// The probes.
    pub probes: Vec<Probe>,
}

/// The public key of a site's orders: 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OrderKey(VerifyingKey);

/// Why a text is no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a key for orders; it has 64 hexadecimal digits that stand for an Ed25519 public key")]
pub struct NotAKey(pub String);

/// The private key of a site's orders.
pub struct OrderSigner(SigningKey);

/// Why a signed order is not believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrderUnfit {
    /// It is signed with another key than the site's.
    #[error("it is signed with key {is}, and the site's is {ours}")]
    OtherKey {
        /// The key it names.
        is: String,
        /// The key that this host trusts.
        ours: String,
    },
    /// The signature does not fit the text.
    #[error("its signature does not hold")]
    BadSignature,
    /// Signed, but beyond the limits or not an order that this program knows.
    #[error(transparent)]
    Unreadable(#[from] Unfit),
}

impl OrderKey {
    /// Reads 64 hexadecimal digits.
    ///
    /// # Errors
    /// They are none, or stand for no key.
    pub fn parse(text: &str) -> Result<OrderKey, NotAKey> {
        let no = || NotAKey(text.chars().take(80).collect());
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| no())?;
        VerifyingKey::from_bytes(&bytes).map(OrderKey).map_err(|_| no())
    }
}

impl OrderSigner {
    /// The signer whose private key is `seed`: 32 random bytes that only the server has.
    pub fn from_seed(seed: &[u8; 32]) -> OrderSigner {
        OrderSigner(SigningKey::from_bytes(seed))
    }

    /// The key that hosts trust.
    pub fn key(&self) -> OrderKey {
        OrderKey(self.0.verifying_key())
    }

    /// Signs an order or a list of probes.
    ///
    /// # Errors
    /// It is beyond the limits: every host would refuse it.
    pub fn sign<T: Signable>(&self, what: &T) -> Result<Signed<T>, Unfit> {
        what.check()?;
        let payload = serde_json::to_string(what).map_err(|error| not_readable(T::WHAT, &error))?;
        too_long::<T>(&payload)?;
        let signature = self.0.sign(&signed_bytes::<T>(&payload));
        Ok(Signed {
            payload: payload.into(),
            key: self.key(),
            signature: hex::encode(signature.to_bytes()).into(),
            of: PhantomData,
        })
    }
}

impl<T: Signable> Signed<T> {
    /// What was signed, if `site` did and it is within the limits. The signature is checked before a byte is parsed.
    ///
    /// # Errors
    /// It is not.
    pub fn open(&self, site: OrderKey) -> Result<T, OrderUnfit> {
        too_long::<T>(&self.payload)?;
        if self.key != site {
            return Err(OrderUnfit::OtherKey { is: self.key.to_string(), ours: site.to_string() });
        }
        let mut bytes = [0; 64];
        hex::decode_to_slice(&*self.signature, &mut bytes).map_err(|_| OrderUnfit::BadSignature)?;
        let signature = Signature::from_bytes(&bytes);
        let holds = site.0.verify_strict(&signed_bytes::<T>(&self.payload), &signature);
        holds.map_err(|_| OrderUnfit::BadSignature)?;
        let read: T = serde_json::from_str(&self.payload).map_err(|error| not_readable(T::WHAT, &error))?;
        read.check()?;
        Ok(read)
    }
}

fn signed_bytes<T: Signable>(payload: &str) -> Vec<u8> {
    [T::SIGNED_FOR, payload.as_bytes()].concat()
}

fn too_long<T: Signable>(payload: &str) -> Result<(), Unfit> {
    if payload.len() > T::MAX_BYTES {
        return Err(Unfit::TooLong { what: T::WHAT, is: payload.len(), max: T::MAX_BYTES });
    }
    Ok(())
}

impl Signable for Order {
    const WHAT: &'static str = "order";
    const SIGNED_FOR: &'static [u8] = b"segue order 1\n";
    const MAX_BYTES: usize = ORDER_MAX_BYTES;
    fn check(&self) -> Result<(), Unfit> {
        check_order(self)
    }
}

impl Signable for ProbeList {
    const WHAT: &'static str = "list of probes";
    const SIGNED_FOR: &'static [u8] = b"segue probes 1\n";
    const MAX_BYTES: usize = ORDER_MAX_BYTES;
    fn check(&self) -> Result<(), Unfit> {
        let limits = Limits(Self::WHAT);
        limits.holds(self.revision > 0, "revision", || "it is 0".into(), || "a number from 1".into())?;
        limits.count("probes", self.probes.len(), PROBES_PER_HOST_MAX)?;
        self.probes.iter().try_for_each(|probe| check_probe(&limits, probe))
    }
}

fn check_order(order: &Order) -> Result<(), Unfit> {
    let limits = Limits(Order::WHAT);
    limits.holds(order.sequence > 0, "sequence", || "it is 0".into(), || "orders count from 1".into())?;
    let window = order.window;
    let rising = window.not_before <= window.latest_start && window.latest_start <= window.not_after;
    let problem = || "its instants do not follow one another".to_owned();
    limits.holds(rising, "window", problem, || "not before <= latest start <= not after".into())?;
    limits.count("expects.packages", order.expects.packages.len(), PARTS_PER_ORDER_MAX)?;
    for (package, version) in &order.expects.packages {
        name(&limits, package)?;
        version.iter().try_for_each(|version| name(&limits, version))?;
    }
    order.expects.boot.iter().try_for_each(|boot| name(&limits, boot))?;
    match &order.action {
        Action::Download(packages) | Action::Install(packages) => {
            parts(&limits, packages.len(), PARTS_PER_ORDER_MAX)?;
            packages.iter().try_for_each(|wanted| {
                name(&limits, &wanted.package)?;
                name(&limits, &wanted.version)
            })
        }
        Action::RestartServices(services) => {
            parts(&limits, services.len(), PARTS_PER_ORDER_MAX)?;
            services.iter().try_for_each(|service| name(&limits, service))
        }
        Action::RestartHost => Ok(()),
        Action::Probe(probes) => {
            parts(&limits, probes.len(), PROBES_PER_HOST_MAX)?;
            probes.iter().try_for_each(|probe| check_probe(&limits, probe))
        }
        Action::RollBack(packages) => {
            parts(&limits, packages.len(), PARTS_PER_ORDER_MAX)?;
            packages.iter().try_for_each(|(package, version)| {
                name(&limits, package)?;
                version.iter().try_for_each(|version| name(&limits, version))
            })
        }
    }
}

fn parts(limits: &Limits, is: usize, max: usize) -> Result<(), Unfit> {
    let expected = || format!("1 to {max}");
    limits.holds((1..=max).contains(&is), "action", || format!("{is} are given"), expected)
}

/// A name that becomes an argument of a program: it never looks like an option, and holds no control characters.
fn name(limits: &Limits, text: &str) -> Result<(), Unfit> {
    limits.text("name", text, NAME_MAX_BYTES)?;
    let fit = !text.starts_with('-') && !text.chars().any(|c| c.is_control() || c.is_whitespace());
    let shown = || format!("\"{}\"", text.chars().take(80).collect::<String>().escape_debug());
    limits.holds(fit, "name", shown, || "no dash in front, no white space, no control characters".into())
}

impl fmt::Display for OrderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0.as_bytes()))
    }
}

impl fmt::Debug for OrderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OrderKey({self})")
    }
}

impl fmt::Debug for OrderSigner {
    /// Never shows the private key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OrderSigner({})", self.key())
    }
}

impl TryFrom<String> for OrderKey {
    type Error = NotAKey;
    fn try_from(text: String) -> Result<OrderKey, NotAKey> {
        OrderKey::parse(&text)
    }
}

impl From<OrderKey> for String {
    fn from(key: OrderKey) -> String {
        key.to_string()
    }
}
