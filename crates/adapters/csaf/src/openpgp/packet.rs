//! OpenPGP packets and the fields in them (RFC 9580 §3 and §4): nothing is copied, every length is checked.

/// Packet types that are looked at.
pub(super) const SIGNATURE: u8 = 2;
pub(super) const PUBLIC_KEY: u8 = 6;
pub(super) const USER_ID: u8 = 13;
pub(super) const PUBLIC_SUBKEY: u8 = 14;
pub(super) const USER_ATTRIBUTE: u8 = 17;

/// A packet: its type and what is in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Packet<'a> {
    pub(super) tag: u8,
    pub(super) body: &'a [u8],
}

/// A length or a header that leads out of the bytes, or a length of a kind that only streams have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed;

/// The packets of a sequence; ends at the first that is malformed.
pub(super) struct Packets<'a> {
    rest: &'a [u8],
}

impl<'a> Packets<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Packets<'a> {
        Packets { rest: bytes }
    }

    fn read(&mut self) -> Option<Packet<'a>> {
        let mut fields = Fields(self.rest);
        let header = fields.byte()?;
        let (tag, length) = match header >> 6 {
            0b11 => (header & 0x3F, new_length(&mut fields)?),
            0b10 => {
                let length = match header & 3 {
                    0 => usize::from(fields.byte()?),
                    1 => fields.number(2)?,
                    2 => fields.number(4)?,
                    _ => return None,
                };
                (header >> 2 & 0x0F, length)
            }
            _ => return None,
        };
        let body = fields.take(length)?;
        self.rest = fields.0;
        Some(Packet { tag, body })
    }
}

impl<'a> Iterator for Packets<'a> {
    type Item = Result<Packet<'a>, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let packet = self.read();
        if packet.is_none() {
            self.rest = &[];
        }
        Some(packet.ok_or(Malformed))
    }
}

/// A length of one, two or five bytes (§4.2.1); partial lengths are for streams and refused.
fn new_length(fields: &mut Fields<'_>) -> Option<usize> {
    match fields.byte()? {
        short @ 0..=191 => Some(usize::from(short)),
        first @ 192..=223 => Some(((usize::from(first) - 192) << 8) + usize::from(fields.byte()?) + 192),
        224..=254 => None,
        255 => fields.number(4),
    }
}

/// What is still to be read of a packet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl<'a> Fields<'a> {
    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    /// A number of up to four bytes, the highest first.
    pub(super) fn number(&mut self, bytes: usize) -> Option<usize> {
        let number = self.take(bytes)?.iter().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
        usize::try_from(number).ok()
    }

    /// A multiprecision integer without leading zeros (§3.2).
    pub(super) fn integer(&mut self) -> Option<&'a [u8]> {
        let bits = self.number(2)?;
        let bytes = self.take(bits.div_ceil(8))?;
        let leading = bytes.iter().take_while(|byte| **byte == 0).count();
        bytes.get(leading..)
    }
}

/// The subpackets of an area (§5.2.3.7): type with its critical bit, and content.
pub(super) fn subpackets(area: &[u8]) -> Option<Vec<(u8, &[u8])>> {
    let (mut fields, mut found) = (Fields(area), Vec::new());
    while !fields.0.is_empty() {
        let length = match fields.byte()? {
            short @ 0..=191 => usize::from(short),
            first @ 192..=254 => ((usize::from(first) - 192) << 8) + usize::from(fields.byte()?) + 192,
            255 => fields.number(4)?,
        };
        let (kind, content) = fields.take(length)?.split_first()?;
        found.push((*kind, content));
    }
    Some(found)
}
