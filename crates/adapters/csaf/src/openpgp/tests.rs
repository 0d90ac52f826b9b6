//! What is no signature or no key, and what GnuPG signed. Whole documents are in `tests/it/signatures.rs`.

use super::*;

fn armoured(body: &str) -> String {
    format!("-----BEGIN PGP SIGNATURE-----\n\n{body}\n-----END PGP SIGNATURE-----\n")
}

#[test]
fn what_is_not_a_signature_says_why() {
    let why = |text: &str| issuers(text).unwrap_err();
    assert_eq!(why(""), armour::NotASignature::NoArmour);
    assert_eq!(why(&armoured("!!!!")), armour::NotASignature::NotBase64);
    assert_eq!(why(&armoured("AAAA\n=AAAA")), armour::NotASignature::Checksum);
    assert_eq!(why(&armoured("AAAA")), armour::NotASignature::NotAPacket);
    let unreadable = SignatureStanding::NotVerified { key: None, why: NotVerified::Unreadable };
    assert_eq!(Keys::default().verify("", b"document"), Outcome::Standing(unreadable));
}

/// What GnuPG signed: the seeds of the fuzz target, each a key file and a signature.
#[test]
fn what_gnupg_signed_is_verified_and_nothing_else() {
    let seeds = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../fuzz/seeds/openpgp");
    for name in ["ed25519", "rsa2048", "nistp256"] {
        let text = std::fs::read_to_string(seeds.join(format!("{name}.txt"))).unwrap();
        let (public, signature) = text.split_once("====\n").unwrap();
        let mut keys = Keys::default();
        let fingerprint = keys.add("keys.asc", public.as_bytes()).unwrap().remove(0);
        let verified =
            SignatureStanding::Verified { fingerprint: fingerprint.clone(), origin: KeyOrigin::Given };
        assert_eq!(keys.verify(signature, b"the document\n"), Outcome::Standing(verified), "{name}");
        assert_eq!(keys.verify(signature, b"another document\n"), Outcome::Wrong(fingerprint), "{name}");
    }
}

#[test]
fn a_file_without_a_public_key_is_refused() {
    for bytes in [&b""[..], b"no key", b"\xC6\x05\x04", b"\xCD\x01a"] {
        let refused = Keys::default().add("keys.asc", bytes).unwrap_err();
        assert!(refused.to_string().contains("keys.asc"), "{refused}");
    }
}
