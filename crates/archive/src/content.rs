//! What an object holds, as digests that were made alike at both ends, and what two of them say of each other. Nothing is read here: which
//! attributes go into a digest is told where objects are read (docs/archive.md).

use std::fmt;

use serde::{Deserialize, Serialize};

/// A SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sum(pub [u8; 32]);

impl fmt::Debug for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// An object's content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Content {
    /// Over the chosen attributes. None of them changes when pixel data is compressed or written in another order.
    pub attributes: Sum,
    /// Over the pixel data.
    pub pixels: Pixels,
}

/// Pixel data, told apart by whether other bytes mean other pixels. A form is how samples are written: transfer syntax, colours, bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pixels {
    /// There is none: a report, a presentation state.
    None,
    /// Samples as they are: in one form, other bytes are other pixels.
    Samples {
        /// How they are written.
        form: Sum,
        /// Over the samples.
        sum: Sum,
    },
    /// Compressed: the same bytes are the same pixels, other bytes may be the same pixels all the same.
    Compressed {
        /// How they are written.
        form: Sum,
        /// Over the compressed bytes.
        sum: Sum,
    },
}

/// What two contents say of each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compared {
    /// The same.
    Same,
    /// Not the same.
    Other,
    /// The pixel data would have to be decoded at both ends to know.
    NotComparable,
}

impl Content {
    /// How this content and another compare. What is compressed differently is neither the same nor other.
    pub fn against(&self, other: &Content) -> Compared {
        if self.attributes != other.attributes {
            return Compared::Other;
        }
        match (&self.pixels, &other.pixels) {
            (Pixels::Samples { form, sum }, Pixels::Samples { form: as_form, sum: as_sum })
                if form == as_form =>
            {
                if sum == as_sum {
                    Compared::Same
                } else {
                    Compared::Other
                }
            }
            // One archive has lost its pixel data.
            (Pixels::None, Pixels::Samples { .. } | Pixels::Compressed { .. })
            | (Pixels::Samples { .. } | Pixels::Compressed { .. }, Pixels::None) => Compared::Other,
            (one, another) if one == another => Compared::Same,
            _ => Compared::NotComparable,
        }
    }

    /// All of it as bytes, for whoever makes a digest of more than the content.
    pub fn bytes(&self) -> [u8; 97] {
        let nothing = Sum([0; 32]);
        let (kind, form, sum) = match self.pixels {
            Pixels::None => (0, nothing, nothing),
            Pixels::Samples { form, sum } => (1, form, sum),
            Pixels::Compressed { form, sum } => (2, form, sum),
        };
        let mut all = [0; 97];
        let parts = self.attributes.0.iter().chain(&form.0).chain(&sum.0);
        all.iter_mut().zip(std::iter::once(&kind).chain(parts)).for_each(|(to, from)| *to = *from);
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(number: u8) -> Sum {
        Sum([number; 32])
    }

    fn content(pixels: Pixels) -> Content {
        Content { attributes: sum(1), pixels }
    }

    #[test]
    fn other_samples_are_other_pixels_and_other_compressed_bytes_are_nothing_known() {
        let samples = |form, of| content(Pixels::Samples { form: sum(form), sum: sum(of) });
        let compressed = |form, of| content(Pixels::Compressed { form: sum(form), sum: sum(of) });
        for (one, other, says) in [
            (samples(1, 1), samples(1, 1), Compared::Same),
            (samples(1, 1), samples(1, 2), Compared::Other),
            (samples(1, 1), samples(2, 1), Compared::NotComparable),
            (samples(1, 1), compressed(1, 1), Compared::NotComparable),
            (compressed(1, 1), compressed(1, 1), Compared::Same),
            (compressed(1, 1), compressed(1, 2), Compared::NotComparable),
            (compressed(1, 1), compressed(2, 1), Compared::NotComparable),
            (content(Pixels::None), content(Pixels::None), Compared::Same),
            (content(Pixels::None), samples(1, 1), Compared::Other),
            (content(Pixels::None), compressed(1, 1), Compared::Other),
        ] {
            assert_eq!((one.against(&other), other.against(&one)), (says, says), "{one:?} {other:?}");
            let turned = Content { attributes: sum(9), ..other };
            assert_eq!(one.against(&turned), Compared::Other, "other attributes are other content");
            assert_eq!(one.bytes() == other.bytes(), one == other);
        }
    }
}
