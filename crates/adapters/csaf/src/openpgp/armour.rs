//! Armoured data (RFC 9580 §6): base64 between two lines, with a checksum that some writers leave out.

/// Why a text is not what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotASignature {
    /// No `BEGIN PGP …` and `END PGP …` lines.
    #[error("it is not armoured OpenPGP data")]
    NoArmour,
    /// The body is not base64.
    #[error("its body is not base64")]
    NotBase64,
    /// The check sum at its end differs.
    #[error("its own checksum does not fit its body")]
    Checksum,
    /// The body does not hold the packets that it should.
    #[error("its body is not what an OpenPGP file of this kind holds")]
    NotAPacket,
}

/// Does it look like text with armour in it? Packets themselves begin with the highest bit set.
pub(super) fn is_armoured(bytes: &[u8]) -> bool {
    bytes.first().is_none_or(|byte| byte & 0x80 == 0)
}

/// What stands in every block of `kind` in a text, one after the other.
pub(super) fn read_all(kind: &str, text: &str) -> Result<Vec<u8>, NotASignature> {
    let (begin, end) = (format!("-----BEGIN PGP {kind}-----"), format!("-----END PGP {kind}-----"));
    let (mut rest, mut out) = (text, Vec::new());
    while let Some((_, after)) = rest.split_once(&begin) {
        let (inner, after) = after.split_once(&end).ok_or(NotASignature::NoArmour)?;
        out.extend(read(inner)?);
        rest = after;
    }
    if out.is_empty() { Err(NotASignature::NoArmour) } else { Ok(out) }
}

fn read(inner: &str) -> Result<Vec<u8>, NotASignature> {
    let (mut body, mut checksum) = (Vec::new(), None);
    for line in inner.lines().map(str::trim) {
        match line.strip_prefix('=') {
            Some(sum) if sum.len() == 4 => checksum = Some(base64(sum.as_bytes())?),
            // A header such as `Version: …`; base64 has no colon.
            _ if line.contains(':') => {}
            _ => body.extend_from_slice(line.as_bytes()),
        }
    }
    let body = base64(&body)?;
    if checksum.is_some_and(|sum| sum != crc24(&body)) {
        return Err(NotASignature::Checksum);
    }
    Ok(body)
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
