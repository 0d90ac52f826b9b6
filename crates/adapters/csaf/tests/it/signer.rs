//! Somebody who makes OpenPGP keys and signs with them, for tests: packets written by hand (RFC 9580), ring's arithmetic.

use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair,
};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384};

/// When the keys of the tests were made, in seconds since 1970.
pub(crate) const MADE: u32 = 1_700_000_000;
pub(crate) const MAY_CERTIFY: u8 = 0x01;
pub(crate) const MAY_SIGN: u8 = 0x02;

const SHA256: u8 = 8;
const SHA384: u8 = 9;

/// Kinds of key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Ed25519Legacy,
    Ed25519,
    P256,
    P384,
}

enum Pair {
    Ed25519(Ed25519KeyPair),
    Ecdsa(EcdsaKeyPair),
}

/// A key pair.
pub(crate) struct Signer {
    kind: Kind,
    pair: Pair,
    body: Vec<u8>,
}

fn integer(bytes: &[u8]) -> Vec<u8> {
    let first = bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len());
    let bytes = &bytes[first..];
    let bits = bytes.first().map_or(0, |first| bytes.len() * 8 - first.leading_zeros() as usize);
    [&(bits as u16).to_be_bytes()[..], bytes].concat()
}

fn packet(tag: u8, body: &[u8]) -> Vec<u8> {
    [&[0xC0 | tag, 0xFF][..], &(body.len() as u32).to_be_bytes(), body].concat()
}

fn subpacket(kind: u8, content: &[u8]) -> Vec<u8> {
    [&[0xFF][..], &(content.len() as u32 + 1).to_be_bytes(), &[kind], content].concat()
}

fn body_of(algorithm: u8, numbers: &[&[u8]]) -> Vec<u8> {
    [&[4][..], &MADE.to_be_bytes(), &[algorithm], &numbers.concat()].concat()
}

fn armoured(kind: &str, bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let sum = (0..3).fold(0u32, |sum, at| sum << 8 | u32::from(three.get(at).copied().unwrap_or(0)));
        for at in 0..4 {
            let digit = DIGITS[(sum >> (18 - 6 * at) & 63) as usize];
            text.push(if at > three.len() { '=' } else { char::from(digit) });
        }
    }
    format!("-----BEGIN PGP {kind}-----\n\n{text}\n-----END PGP {kind}-----\n")
}

impl Signer {
    /// A new key pair, made at `made`.
    pub(crate) fn new(kind: Kind, made: u32) -> Signer {
        let random = SystemRandom::new();
        let ecdsa = |algorithm| {
            let pair = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
            EcdsaKeyPair::from_pkcs8(algorithm, pair.as_ref(), &random).unwrap()
        };
        let pair = match kind {
            Kind::Ed25519Legacy | Kind::Ed25519 => {
                let pair = Ed25519KeyPair::generate_pkcs8(&random).unwrap();
                Pair::Ed25519(Ed25519KeyPair::from_pkcs8(pair.as_ref()).unwrap())
            }
            Kind::P256 => Pair::Ecdsa(ecdsa(&ECDSA_P256_SHA256_FIXED_SIGNING)),
            Kind::P384 => Pair::Ecdsa(ecdsa(&ECDSA_P384_SHA384_FIXED_SIGNING)),
        };
        let point = match &pair {
            Pair::Ed25519(pair) => pair.public_key().as_ref().to_vec(),
            Pair::Ecdsa(pair) => pair.public_key().as_ref().to_vec(),
        };
        let mut body = match kind {
            Kind::Ed25519Legacy => {
                let curve = [9, 0x2B, 0x06, 0x01, 0x04, 0x01, 0xDA, 0x47, 0x0F, 0x01];
                body_of(22, &[&curve, &integer(&[&[0x40], &point[..]].concat())])
            }
            Kind::Ed25519 => body_of(27, &[&point]),
            Kind::P256 => {
                let curve = [8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07];
                body_of(19, &[&curve, &integer(&point)])
            }
            Kind::P384 => body_of(19, &[&[5, 0x2B, 0x81, 0x04, 0x00, 0x22], &integer(&point)]),
        };
        body[1..5].copy_from_slice(&made.to_be_bytes());
        Signer { kind, pair, body }
    }

    /// A public key over P-521.
    pub(crate) fn of_unknown_curve() -> Vec<u8> {
        packet(6, &body_of(19, &[&[5, 0x2B, 0x81, 0x04, 0x00, 0x23], &integer(&[4; 133])]))
    }

    /// The public key's packet, under a tag: 6 a key, 14 a subkey.
    pub(crate) fn public_packet(&self, tag: u8) -> Vec<u8> {
        packet(tag, &self.body)
    }

    fn framed(&self) -> Vec<u8> {
        [&[0x99][..], &(self.body.len() as u16).to_be_bytes(), &self.body].concat()
    }

    pub(crate) fn fingerprint(&self) -> Box<str> {
        hex::encode_upper(Sha1::digest(self.framed())).into()
    }

    /// The body of a signature of `kind` over `signed`, with subpackets besides time and issuer.
    fn signature(&self, hash: u8, kind: u8, at: u32, more: &[Vec<u8>], signed: &[u8]) -> Vec<u8> {
        let issuer = [&[4][..], &Sha1::digest(self.framed())].concat();
        let area = [subpacket(2, &at.to_be_bytes()), subpacket(33, &issuer), more.concat()].concat();
        let algorithm = match self.kind {
            Kind::Ed25519Legacy => 22,
            Kind::Ed25519 => 27,
            Kind::P256 | Kind::P384 => 19,
        };
        let head = [4, kind, algorithm, hash];
        let hashed = [&head[..], &(area.len() as u16).to_be_bytes(), &area].concat();
        let message = [signed, &hashed, &[4, 0xFF], &(hashed.len() as u32).to_be_bytes()].concat();
        let digest = match hash {
            SHA384 => Sha384::digest(&message).to_vec(),
            SHA256 => Sha256::digest(&message).to_vec(),
            _ => Sha1::digest(&message).to_vec(),
        };
        let numbers = match &self.pair {
            Pair::Ed25519(pair) => pair.sign(&digest).as_ref().to_vec(),
            Pair::Ecdsa(pair) => pair.sign(&SystemRandom::new(), &message).unwrap().as_ref().to_vec(),
        };
        let (first, second) = numbers.split_at(numbers.len() / 2);
        let numbers =
            if algorithm == 27 { numbers.clone() } else { [integer(first), integer(second)].concat() };
        [&hashed[..], &[0, 0], &digest[..2], &numbers].concat()
    }

    fn hash(&self) -> u8 {
        if self.kind == Kind::P384 { SHA384 } else { SHA256 }
    }

    /// A detached signature: of kind 0 over bytes, 1 over text with CR LF.
    pub(crate) fn sign_document(&self, kind: u8, at: u32, signed: &[u8]) -> String {
        self.sign_document_with(self.hash(), kind, at, signed)
    }

    /// The same with another hash algorithm.
    pub(crate) fn sign_document_with(&self, hash: u8, kind: u8, at: u32, signed: &[u8]) -> String {
        armoured("SIGNATURE", &packet(2, &self.signature(hash, kind, at, &[], signed)))
    }

    /// The packets that bind a subkey, which answers with the key `answer` (its own, when all is right).
    pub(crate) fn bind(&self, subkey: &Signer, flags: u8, answer: Option<&Signer>) -> Vec<u8> {
        let both = [self.framed(), subkey.framed()].concat();
        let mut more = vec![subpacket(27, &[flags])];
        let answer = answer.map(|by| by.signature(by.hash(), 0x19, MADE, &[], &both));
        more.extend(answer.map(|answer| subpacket(32, &answer)));
        let binding = self.signature(self.hash(), 0x18, MADE, &more, &both);
        [subkey.public_packet(14), packet(2, &binding)].concat()
    }

    /// The packet that revokes the key, for a reason of RFC 9580 §5.2.3.31.
    pub(crate) fn revocation(&self, at: u32, reason: u8) -> Vec<u8> {
        packet(2, &self.signature(self.hash(), 0x20, at, &[subpacket(29, &[reason])], &self.framed()))
    }

    /// A public key that lasts so many seconds.
    pub(crate) fn certificate_lasting(&self, flags: u8, seconds: u32) -> Vec<u8> {
        self.certificate(&[subpacket(27, &[flags]), subpacket(9, &seconds.to_be_bytes())])
    }

    fn certificate(&self, more: &[Vec<u8>]) -> Vec<u8> {
        let name = b"Maker PSIRT <psirt@maker.example>";
        let signed = [&self.framed()[..], &[0xB4], &(name.len() as u32).to_be_bytes(), name].concat();
        let own = self.signature(self.hash(), 0x13, MADE, more, &signed);
        [self.public_packet(6), packet(13, name), packet(2, &own)].concat()
    }
}

/// A public key as its owner publishes it, with what else belongs to it.
pub(crate) fn certificate(signer: &Signer, flags: u8, more: &[&[u8]]) -> Vec<u8> {
    let own = signer.certificate(&[subpacket(27, &[flags])]);
    [own, more.concat()].concat()
}
