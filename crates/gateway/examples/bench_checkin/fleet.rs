//! The hosts: registered, enrolled, each with a key and a certificate of the site's authority. Their enrolment is written into
//! the journal many at a time, as facts that enrolments leave; how fast hosts enrol is not measured here.

use std::io::{Read, Write};
use std::path::Path;

use gateway::{Authority, SiteKeys};
use hospital::Command;
use hospital::command::ImportOrigin;
use hospital::fact::Fact;
use hospital::fact::night::{CertificateIssued, EnrolmentOffered};
use journal::{BatchId, NewEntry, Seq};
use model::ids::ImportId;
use model::{AssetTag, Device};
use node::Node;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::serve::now;

/// Facts of one append.
const FACTS_PER_APPEND: usize = 20_000;
const FILE: &str = "hosts.bin";

pub(crate) fn tag(at: usize) -> AssetTag {
    AssetTag::new(&format!("HOST-{at:06}")).unwrap()
}

/// The number in a host's tag.
pub(crate) fn number(tag: &AssetTag) -> usize {
    tag.as_str().rsplit_once('-').and_then(|(_, number)| number.parse().ok()).unwrap()
}

/// What a host keeps: its certificate and its key (PKCS #8).
pub(crate) struct Identity {
    pub(crate) certificate: Vec<u8>,
    pub(crate) key: Vec<u8>,
}

struct Made {
    identity: Identity,
    issued: CertificateIssued,
}

/// Registers and enrols `count` hosts; their keys go into a file of `folder`.
pub(crate) async fn enrol(node: &Node, keys: &SiteKeys, folder: &Path, count: usize) {
    register(node, count).await;
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let share = count.div_ceil(threads);
    let authority = keys.authority();
    let made: Vec<Made> = std::thread::scope(|scope| {
        let ranges = (0..threads).map(|thread| thread * share..((thread + 1) * share).min(count));
        let running: Vec<_> = ranges
            .map(|range| scope.spawn(move || range.map(|at| make(authority, at)).collect::<Vec<_>>()))
            .collect();
        running.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let mut file = std::io::BufWriter::new(std::fs::File::create(folder.join(FILE)).unwrap());
    let mut head = Seq(node.version());
    for some in made.chunks(FACTS_PER_APPEND / 2) {
        let mut entries = Vec::with_capacity(FACTS_PER_APPEND);
        for Made { identity, issued } in some {
            for part in [&identity.certificate, &identity.key] {
                file.write_all(&u32::try_from(part.len()).unwrap().to_le_bytes()).unwrap();
                file.write_all(part).unwrap();
            }
            let offered = EnrolmentOffered {
                host: issued.host.clone(),
                token_sha256: issued.token_sha256.clone().unwrap(),
                expires: issued.expires,
            };
            entries.push(entry(&Fact::EnrolmentOffered(offered)));
            entries.push(entry(&Fact::CertificateIssued(issued.clone())));
        }
        let batch = BatchId(rand::random());
        head = node.journal().append(node.stream(), batch, head, entries).await.unwrap().seq;
    }
    file.flush().unwrap();
    node.catch_up().await.unwrap();
}

async fn register(node: &Node, count: usize) {
    let device = |at: usize| -> Device {
        serde_json::from_value(serde_json::json!({
            "asset_tag": tag(at), "manufacturer": format!("Maker {}", at % 30), "model": format!("Server {}", at % 200),
            "location": {"site": format!("Site {}", at % 40), "unit": format!("Unit {}", at % 900)},
        }))
        .unwrap()
    };
    let origin = ImportOrigin {
        id: ImportId::new("hosts").unwrap(),
        source: "bench".into(),
        sha256: None,
        remarks: Vec::new(),
    };
    let command =
        Command::ImportInventory { devices: (0..count).map(device).collect(), complete: false, origin };
    node.command(command, "bench", now()).await.unwrap();
}

fn make(authority: &Authority, at: usize) -> Made {
    let (host, now) = (tag(at), now());
    let key = rcgen::KeyPair::generate().unwrap();
    let request = rcgen::CertificateParams::default().serialize_request(&key).unwrap().pem().unwrap();
    let issued = authority.issue(&host, &request, rand::random(), now).unwrap();
    let certificate = CertificateDer::from_pem_slice(issued.pem.as_bytes()).unwrap().to_vec();
    let token: [u8; 32] = rand::random();
    Made {
        identity: Identity { certificate, key: key.serialize_der() },
        issued: CertificateIssued {
            host,
            key_sha256: issued.key_sha256.into(),
            serial: issued.serial.into(),
            expires: issued.expires,
            token_sha256: Some(hex::encode(token).into()),
        },
    }
}

fn entry(fact: &Fact) -> NewEntry {
    let payload = serde_json::to_vec(fact).unwrap();
    NewEntry { time: now(), actor: "bench".into(), kind: fact.name().into(), payload }
}

/// Every host's key and certificate, as it keeps them.
pub(crate) fn identities(folder: &Path) -> Vec<Identity> {
    let mut bytes = Vec::new();
    std::fs::File::open(folder.join(FILE)).unwrap().read_to_end(&mut bytes).unwrap();
    let mut rest = bytes.as_slice();
    let mut part = || -> Option<Vec<u8>> {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let (part, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        rest = after;
        Some(part.to_vec())
    };
    std::iter::from_fn(|| Some(Identity { certificate: part()?, key: part()? })).collect()
}
