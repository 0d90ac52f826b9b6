//! The fuzz targets: each reads hostile bytes through a public door of a parser and asserts what must hold of any input.
//! A target knows nothing of who feeds it: the replay on the stable compiler or libFuzzer.

// A broken promise is told by a panic: that is how both feeders see it.
#![allow(clippy::expect_used, clippy::unwrap_used)]

pub mod corpus;
pub mod csaf;
pub mod dicom;
pub mod digests;
pub mod hl7;
pub mod host_tools;
pub mod inventory;
pub mod multipart;
pub mod mutate;
pub mod nights;
pub mod object;
pub mod openpgp;
pub mod qido;
pub mod settings;
pub mod udi;
pub mod version;
pub mod wire;

/// One parser under test.
pub struct Target {
    /// Its name, which is also its folder of seeds.
    pub name: &'static str,
    /// Reads `data`; panics when a promise is broken.
    pub run: fn(data: &[u8]),
    /// Pieces that the notation is made of, for mutations.
    pub words: &'static [&'static str],
}

/// Every target.
pub const TARGETS: &[Target] = &[
    Target { name: "csaf", run: csaf::target, words: csaf::WORDS },
    Target { name: "dicom", run: dicom::target, words: dicom::WORDS },
    Target { name: "digests", run: digests::target, words: digests::WORDS },
    Target { name: "hl7", run: hl7::target, words: hl7::WORDS },
    Target { name: "host_tools", run: host_tools::target, words: host_tools::WORDS },
    Target { name: "inventory", run: inventory::target, words: inventory::WORDS },
    Target { name: "multipart", run: multipart::target, words: multipart::WORDS },
    Target { name: "nights", run: nights::target, words: nights::WORDS },
    Target { name: "object", run: object::target, words: object::WORDS },
    Target { name: "openpgp", run: openpgp::target, words: openpgp::WORDS },
    Target { name: "qido", run: qido::target, words: qido::WORDS },
    Target { name: "settings", run: settings::target, words: settings::WORDS },
    Target { name: "udi", run: udi::target, words: udi::WORDS },
    Target { name: "version", run: version::target, words: version::WORDS },
    Target { name: "wire", run: wire::target, words: wire::WORDS },
];
