//! OpenPGP keys and signatures: whatever the bytes, a signature is of one document at most, and of none without its key.

use adapter_csaf::openpgp::{Keys, Outcome};
use model::advisory::SignatureStanding;

/// What the seeds' signatures are of.
pub const DOCUMENT: &[u8] = b"the document\n";

/// Pieces of the notation.
pub const WORDS: &[&str] = &[
    "-----BEGIN PGP PUBLIC KEY BLOCK-----",
    "-----END PGP PUBLIC KEY BLOCK-----",
    "-----BEGIN PGP SIGNATURE-----",
    "-----END PGP SIGNATURE-----",
    "====",
    "Version: 1",
    "=AAAA",
    "xsBN",
    "iQEz",
    "/////w==",
    "AAAA",
    "\n",
    "\u{feff}",
];

/// What stands between the keys and the signature of an input.
const BETWEEN: &str = "====\n";

/// Reads `data` as keys and a signature, and verifies two documents.
pub fn target(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (keys_text, signature) = text.split_once(BETWEEN).unwrap_or((&text, &text));
    let mut keys = Keys::default();
    let added = keys.add("keys.asc", keys_text.as_bytes());
    assert_eq!(added.is_err(), keys.is_empty(), "a file is taken whole or not at all");
    let verified = |document: &[u8]| match keys.verify(signature, document) {
        Outcome::Standing(SignatureStanding::Verified { fingerprint, .. }) => {
            assert!(
                added.as_ref().is_ok_and(|known| known.contains(&fingerprint)),
                "by a key that was given"
            );
            true
        }
        Outcome::Standing(SignatureStanding::NotVerified { .. }) => false,
        Outcome::Standing(SignatureStanding::Absent) => panic!("there is a signature"),
        Outcome::Wrong(fingerprint) => {
            assert_eq!(fingerprint.len(), 40);
            assert!(!keys.is_empty(), "only a key can say that a signature is wrong");
            false
        }
    };
    assert!(!verified(b"another document"), "nobody signed that");
    assert!(!verified(DOCUMENT) || !keys.is_empty());
}
