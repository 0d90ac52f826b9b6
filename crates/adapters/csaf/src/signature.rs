//! Detached OpenPGP signatures beside a document: recognised and read (RFC 4880), never verified, since no key is held.

/// Who made a signature, as the signature says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// Fingerprint of the signing key in capitals (sub-packet 33), or its 16-digit id (sub-packet 16), when given.
    pub key: Option<Box<str>>,
}

/// Why a text is not an armoured signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotASignature {
    /// No `BEGIN PGP SIGNATURE` and `END PGP SIGNATURE` lines.
    #[error("it is not an armoured OpenPGP signature")]
    NoArmour,
    /// The body is not base64.
    #[error("its body is not base64")]
    NotBase64,
    /// The check sum at its end differs.
    #[error("its own checksum does not fit its body")]
    Checksum,
    /// The body does not hold a signature packet.
    #[error("its body is not an OpenPGP signature")]
    NotAPacket,
}

/// Reads an armoured detached signature.
pub fn parse(text: &str) -> Result<Signature, NotASignature> {
    let begin = text.find("-----BEGIN PGP SIGNATURE-----").ok_or(NotASignature::NoArmour)?;
    let inner =
        text.get(begin..).and_then(|text| text.split_once("-----\n").or(text.split_once("-----\r\n")));
    let (_, inner) = inner.ok_or(NotASignature::NoArmour)?;
    let (inner, _) = inner.split_once("-----END PGP SIGNATURE-----").ok_or(NotASignature::NoArmour)?;
    let (mut body, mut checksum) = (Vec::new(), None);
    for line in inner.lines().map(str::trim) {
        match line.strip_prefix('=') {
            Some(sum) if sum.len() == 4 => checksum = Some(base64(sum.as_bytes())?),
            _ if line.contains(": ") => {}
            _ => body.extend_from_slice(line.as_bytes()),
        }
    }
    let body = base64(&body)?;
    if checksum.is_some_and(|sum| sum != crc24(&body)) {
        return Err(NotASignature::Checksum);
    }
    packet(&body).ok_or(NotASignature::NotAPacket)
}

/// The body of the first packet, when it is a signature (tag 2; RFC 4880 §4.2).
fn packet(bytes: &[u8]) -> Option<Signature> {
    let (header, rest) = bytes.split_first()?;
    let body = match (header & 0xC0, header >> 2 & 0x0F, header & 0x3F, header & 3) {
        (0x80, 2, _, 0) => rest.get(1..),
        (0x80, 2, _, 1) => rest.get(2..),
        (0x80, 2, _, 2) => rest.get(4..),
        (0xC0, _, 2, _) => match rest.first()? {
            0..=191 => rest.get(1..),
            192..=223 => rest.get(2..),
            _ => rest.get(5..),
        },
        _ => None,
    }?;
    let [version @ 4..=6, _type, _key_algorithm, _hash, rest @ ..] = body else {
        return (body.first() == Some(&3)).then_some(Signature { key: None });
    };
    let (hashed, rest) = area(rest, *version)?;
    let unhashed = area(rest, *version).map_or(&[][..], |(unhashed, _)| unhashed);
    let key = fingerprint(hashed, 33).or_else(|| fingerprint(unhashed, 33));
    let id = || fingerprint(hashed, 16).or_else(|| fingerprint(unhashed, 16));
    Some(Signature { key: key.or_else(id) })
}

/// An area of sub-packets with its length before it, and what follows.
fn area(bytes: &[u8], version: u8) -> Option<(&[u8], &[u8])> {
    let width = if version == 6 { 4 } else { 2 };
    let length = bytes.get(..width)?.iter().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte));
    Some((bytes.get(width..)?.get(..length)?, bytes.get(width + length..)?))
}

fn fingerprint(mut area: &[u8], wanted: u8) -> Option<Box<str>> {
    loop {
        let (length, start) = match area {
            [a @ 0..=191, ..] => (usize::from(*a), 1),
            [a @ 192..=254, b, ..] => (((usize::from(*a) - 192) << 8) + usize::from(*b) + 192, 2),
            [255, a, b, c, d, ..] => (usize::try_from(u32::from_be_bytes([*a, *b, *c, *d])).ok()?, 5),
            _ => return None,
        };
        let packet = area.get(start..)?.get(..length)?;
        area = area.get(start + length..)?;
        match packet {
            [kind, _version, key @ ..] if kind & 0x7F == wanted && wanted == 33 => {
                return Some(hex::encode_upper(key).into());
            }
            [kind, key @ ..] if kind & 0x7F == wanted && wanted != 33 => {
                return Some(hex::encode_upper(key).into());
            }
            _ => {}
        }
    }
}

fn base64(text: &[u8]) -> Result<Vec<u8>, NotASignature> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0);
    let end = text.iter().position(|byte| *byte == b'=').unwrap_or(text.len());
    let (digits, padding) = text.split_at(end);
    if padding.len() > 2
        || padding.iter().any(|byte| *byte != b'=')
        || text.is_empty()
        || !text.len().is_multiple_of(4)
    {
        return Err(NotASignature::NotBase64);
    }
    for byte in digits {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return Err(NotASignature::NotBase64),
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 0xFF) as u8);
        }
    }
    Ok(bytes)
}

/// The checksum of armoured data (RFC 4880 §6.1).
fn crc24(bytes: &[u8]) -> Vec<u8> {
    let crc = bytes.iter().fold(0xB7_04CE_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte) << 16, |crc, _| {
            let shifted = crc << 1;
            if shifted & 0x100_0000 == 0 { shifted } else { shifted ^ 0x186_4CFB }
        })
    });
    crc.to_be_bytes().get(1..).unwrap_or(&[]).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_a_signature_says_why() {
        assert_eq!(parse(""), Err(NotASignature::NoArmour));
        let armoured =
            |body: &str| format!("-----BEGIN PGP SIGNATURE-----\n\n{body}\n-----END PGP SIGNATURE-----\n");
        assert_eq!(parse(&armoured("!!!!")), Err(NotASignature::NotBase64));
        assert_eq!(parse(&armoured("AAAA\n=AAAA")), Err(NotASignature::Checksum));
        assert_eq!(parse(&armoured("AAAA")), Err(NotASignature::NotAPacket));
    }
}
