//! Documents signed with keys made in each run. What GnuPG signed is tested beside the reader, in `openpgp/tests.rs`.

use std::path::{Path, PathBuf};

use adapter_csaf::{DocumentFile, Keys, Reason, read_each, scan, scan_with};
use model::Time;
use model::advisory::{KeyOrigin, NotVerified, SignatureStanding};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::golden::DOCUMENT_20;
use crate::signer::{Kind, MADE, MAY_CERTIFY, MAY_SIGN, Signer, certificate};

const NAME: &str = "tm-2026_01.json";

fn signer() -> Signer {
    Signer::new(Kind::Ed25519Legacy, MADE)
}

/// A key that signs documents, as its owner publishes it.
fn public(signer: &Signer) -> Vec<u8> {
    certificate(signer, MAY_CERTIFY | MAY_SIGN, &[])
}

fn sign(signer: &Signer, document: &str) -> String {
    signer.sign_document(0x00, MADE + 100, document.as_bytes())
}

/// A folder with one document and the signature beside it.
struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new(signature: &str) -> Desk {
        let desk = Desk { folder: tempfile::tempdir().unwrap() };
        desk.write(NAME, DOCUMENT_20);
        desk.write(&format!("{NAME}.asc"), signature);
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::create_dir_all(self.path(name).parent().unwrap_or(Path::new(""))).unwrap();
        std::fs::write(self.path(name), content).unwrap();
    }

    fn file(&self) -> DocumentFile {
        scan(&[self.path(NAME)]).documents.remove(0)
    }

    fn standing(&self, keys: &Keys) -> SignatureStanding {
        self.file().load(keys).unwrap().advisory.provenance.unwrap().signature
    }
}

fn given(public: &[u8]) -> Keys {
    let mut keys = Keys::default();
    keys.add("psirt.asc", public).unwrap();
    keys
}

fn not_verified(key: &str, why: NotVerified) -> SignatureStanding {
    SignatureStanding::NotVerified { key: Some(key.into()), why }
}

fn verified(fingerprint: Box<str>, origin: KeyOrigin) -> SignatureStanding {
    SignatureStanding::Verified { fingerprint, origin }
}

#[test]
fn a_signed_document_is_verified_with_its_key_and_refused_when_altered() {
    for kind in [Kind::Ed25519Legacy, Kind::Ed25519, Kind::P256, Kind::P384] {
        let signer = Signer::new(kind, MADE);
        let keys = given(&public(&signer));
        let fingerprint = signer.fingerprint();
        let desk = Desk::new(&sign(&signer, DOCUMENT_20));
        assert_eq!(desk.standing(&keys), verified(fingerprint.clone(), KeyOrigin::Given), "{kind:?}");
        let unknown = not_verified(&fingerprint, NotVerified::KeyNotGiven);
        assert_eq!(desk.standing(&Keys::default()), unknown, "{kind:?}");

        // Refused before it is read: what it holds now is not even JSON.
        desk.write(NAME, "altered");
        let refused = desk.file().load(&keys).unwrap_err();
        assert_eq!(refused.reason, Reason::Signature, "{kind:?}");
        let text = refused.to_string();
        assert!(text.contains(NAME) && text.contains(&*fingerprint) && text.contains("fetch"), "{text}");
    }
}

#[test]
fn a_key_that_nobody_gave_is_named_once_for_all_documents() {
    let signer = signer();
    let desk = Desk::new(&sign(&signer, DOCUMENT_20));
    let said = |keys: Keys| -> Vec<String> {
        let scan = scan_with(&[desk.folder.path().to_owned()], keys);
        scan.findings.iter().map(ToString::to_string).filter(|text| text.contains("not verified")).collect()
    };
    let without = said(Keys::default());
    assert_eq!(without.len(), 1);
    let words = format!("1 signatures not verified: key {} not given", signer.fingerprint());
    assert!(without[0].contains(&words), "{without:?}");
    assert_eq!(said(given(&public(&signer))), Vec::<String>::new());
}

#[test]
fn a_subkey_signs_for_its_primary_key_and_only_if_both_say_so() {
    let (primary, subkey) = (signer(), Signer::new(Kind::P256, MADE));
    let bound = primary.bind(&subkey, MAY_SIGN, Some(&subkey));
    let keys = given(&certificate(&primary, MAY_CERTIFY, &[&bound]));
    let desk = Desk::new(&sign(&subkey, DOCUMENT_20));
    assert_eq!(desk.standing(&keys), verified(primary.fingerprint(), KeyOrigin::Given));
    // The primary key may only certify; its flags say so.
    let by_primary = Desk::new(&sign(&primary, DOCUMENT_20));
    let expected = not_verified(&primary.fingerprint(), NotVerified::KeyNotForSigning);
    assert_eq!(by_primary.standing(&keys), expected);

    // Somebody takes another's subkey under a key of their own: the subkey does not answer.
    let thief = Signer::new(Kind::Ed25519, MADE);
    for answer in [None, Some(&thief)] {
        let stolen = thief.bind(&subkey, MAY_SIGN, answer);
        let keys = given(&certificate(&thief, MAY_CERTIFY, &[&stolen]));
        let expected = not_verified(&thief.fingerprint(), NotVerified::KeyNotForSigning);
        assert_eq!(desk.standing(&keys), expected);
    }
    // Or hangs it on as it was: the new primary key never signed it.
    let keys = given(&certificate(&thief, MAY_CERTIFY, &[&bound]));
    let expected = not_verified(&subkey.fingerprint(), NotVerified::KeyNotGiven);
    assert_eq!(desk.standing(&keys), expected);
}

#[test]
fn a_revoked_key_proves_nothing_and_a_retired_one_only_what_it_signed_before() {
    let signer = signer();
    let desk = Desk::new(&sign(&signer, DOCUMENT_20));
    let revoked = |at, reason| {
        let mut public = public(&signer);
        let revocation = signer.revocation(at, reason);
        // It stands right after the key itself.
        let after = signer.public_packet(6).len();
        public.splice(after..after, revocation);
        given(&public)
    };
    let expected = not_verified(&signer.fingerprint(), NotVerified::KeyRevoked);
    let (before, after, retired, compromised) = (MADE + 50, MADE + 500, 3, 2);
    assert_eq!(desk.standing(&revoked(after, compromised)), expected);
    assert_eq!(desk.standing(&revoked(before, retired)), expected);
    assert_eq!(desk.standing(&revoked(after, retired)), verified(signer.fingerprint(), KeyOrigin::Given));
    let keys = revoked(after, compromised);
    let loaded = desk.file().load(&keys).unwrap();
    assert!(loaded.findings.iter().any(|finding| finding.to_string().contains("the key was revoked")));
    // Altered all the same, it is refused.
    desk.write(NAME, "altered");
    assert_eq!(desk.file().load(&keys).unwrap_err().reason, Reason::Signature);
}

#[test]
fn times_that_do_not_fit_prove_nothing() {
    let signer = signer();
    let late = not_verified(&signer.fingerprint(), NotVerified::OutOfTime);
    let keys = given(&public(&signer));
    let early = Desk::new(&signer.sign_document(0x00, MADE - 1, DOCUMENT_20.as_bytes()));
    assert_eq!(early.standing(&keys), late, "signed before the key was made");
    let desk = Desk::new(&sign(&signer, DOCUMENT_20));
    let mut now = Keys::at(Time(i64::from(MADE) * 1_000_000));
    now.add("psirt.asc", &public(&signer)).unwrap();
    assert_eq!(desk.standing(&now), late, "signed in what is still the future");
    let short = signer.certificate_lasting(MAY_SIGN, 100);
    assert_eq!(desk.standing(&given(&short)), late, "the key lasted no longer than that");
    let long = signer.certificate_lasting(MAY_SIGN, 101);
    assert_eq!(desk.standing(&given(&long)), verified(signer.fingerprint(), KeyOrigin::Given));
}

#[test]
fn a_weak_hash_proves_nothing() {
    let signer = signer();
    let desk = Desk::new(&signer.sign_document_with(2, 0x00, MADE + 100, DOCUMENT_20.as_bytes()));
    let expected = not_verified(&signer.fingerprint(), NotVerified::NotSupported);
    assert_eq!(desk.standing(&given(&public(&signer))), expected, "SHA-1");
}

#[test]
fn a_text_signature_holds_whatever_ends_the_lines() {
    let signer = Signer::new(Kind::P256, MADE);
    let with_ends = DOCUMENT_20.replace('\n', "\r\n");
    let desk = Desk::new(&signer.sign_document(0x01, MADE + 100, with_ends.as_bytes()));
    let keys = given(&public(&signer));
    assert_eq!(desk.standing(&keys), verified(signer.fingerprint(), KeyOrigin::Given));
    desk.write(NAME, with_ends);
    assert_eq!(desk.standing(&keys), verified(signer.fingerprint(), KeyOrigin::Given));
}

#[test]
fn a_checksum_is_looked_at_before_the_signature() {
    let signer = signer();
    let desk = Desk::new(&sign(&signer, DOCUMENT_20));
    desk.write(&format!("{NAME}.sha256"), hex::encode(Sha256::digest("another document")));
    let keys = given(&public(&signer));
    assert_eq!(desk.file().load(&keys).unwrap_err().reason, Reason::Hash);
}

#[test]
fn a_providers_own_key_is_used_when_it_is_the_one_its_metadata_names() {
    let signer = signer();
    let desk = Desk::new(&sign(&signer, DOCUMENT_20));
    let metadata = |fingerprint: &str| {
        format!(
            r#"{{"public_openpgp_keys": [{{"fingerprint": "{fingerprint}", "url": "https://maker.example/csaf/openpgp/psirt.asc"}}]}}"#
        )
    };
    let standing = || {
        let scan = scan(&[desk.folder.path().to_owned()]);
        let mut standing = None;
        read_each(&scan, |_, _, loaded| {
            standing = loaded.unwrap().advisory.provenance;
            true
        });
        let said: Vec<String> = scan.findings.iter().map(ToString::to_string).collect();
        (standing.unwrap().signature, said.join("\n"))
    };
    let unknown = not_verified(&signer.fingerprint(), NotVerified::KeyNotGiven);
    desk.write("provider-metadata.json", metadata(&signer.fingerprint()));
    let (without, said) = standing();
    assert_eq!(without, unknown);
    assert!(said.contains("its file is not in this tree"), "{said}");

    desk.write("openpgp/psirt.asc", public(&signer));
    assert_eq!(standing().0, verified(signer.fingerprint(), KeyOrigin::Provider));

    desk.write("provider-metadata.json", metadata("A8914CA2F11139C6A69A0018FB3CD9B15DE61596"));
    let (other, said) = standing();
    assert_eq!(other, unknown, "a key that the metadata does not name is not used");
    assert!(said.contains("does not hold the key that provider-metadata.json names"), "{said}");
}

#[test]
fn a_secret_key_and_a_key_that_is_not_read_are_refused_with_a_sentence() {
    let refused = Keys::default().add("keys.gpg", &signer().public_packet(5)).unwrap_err();
    assert!(refused.to_string().contains("only public keys belong here"), "{refused}");
    let refused = Keys::default().add("keys.gpg", &Signer::of_unknown_curve()).unwrap_err();
    assert!(refused.to_string().contains("is of an algorithm that is not read"), "{refused}");
    let refused = Keys::default().add("keys.gpg", &signer().public_packet(6)).unwrap_err();
    assert!(refused.to_string().contains("has no signature of its own"), "{refused}");
}

#[test]
fn no_altered_byte_of_signature_or_key_ever_verifies_anything_else() {
    let signer = signer();
    let public = public(&signer);
    let desk = Desk::new(&sign(&signer, DOCUMENT_20));
    let right = verified(signer.fingerprint(), KeyOrigin::Given);
    assert_eq!(desk.standing(&given(&public)), right);
    for at in 0..public.len() {
        let mut altered = public.clone();
        altered[at] ^= 1 << (at % 8);
        let mut keys = Keys::default();
        let _ = keys.add("psirt.gpg", &altered);
        if let Ok(loaded) = desk.file().load(&keys) {
            let standing = loaded.advisory.provenance.unwrap().signature;
            let is_verified = matches!(standing, SignatureStanding::Verified { .. });
            assert!(!is_verified || standing == right, "byte {at}: {standing:?}");
        }
    }
    desk.write(NAME, DOCUMENT_20.replacen("\"final\"", "\"draft\"", 1));
    let armoured = sign(&signer, DOCUMENT_20);
    let keys = given(&public);
    for at in 0..armoured.len() {
        let mut altered = armoured.clone().into_bytes();
        altered[at] ^= 1 << (at % 7);
        desk.write(&format!("{NAME}.asc"), altered);
        if let Ok(loaded) = desk.file().load(&keys) {
            let standing = loaded.advisory.provenance.unwrap().signature;
            assert!(matches!(standing, SignatureStanding::NotVerified { .. }), "byte {at}: {standing:?}");
        }
    }
}
