//! Session tokens and the form tokens derived from them. Nothing secret is stored: only digests leave this file.

use rand::RngCore;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Bytes of a session token: 256 bits of randomness.
const TOKEN_SIZE_BYTES: usize = 32;

/// A secret in a reader's cookie.
#[derive(Clone, PartialEq, Eq)]
pub struct Token([u8; TOKEN_SIZE_BYTES]);

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(hidden)")
    }
}

/// SHA-256 of a token: what is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenDigest(pub [u8; 32]);

impl Token {
    /// A new random token.
    pub fn random() -> Token {
        let mut bytes = [0; TOKEN_SIZE_BYTES];
        rand::rng().fill_bytes(&mut bytes);
        Token(bytes)
    }

    /// Reads a cookie's value; anything but 64 hexadecimal digits is no token.
    pub fn parse(text: &str) -> Option<Token> {
        let mut bytes = [0; TOKEN_SIZE_BYTES];
        hex::decode_to_slice(text, &mut bytes).ok().map(|()| Token(bytes))
    }

    /// The cookie's value.
    pub fn reveal(&self) -> String {
        hex::encode(self.0)
    }

    /// What is stored of it.
    pub fn digest(&self) -> TokenDigest {
        TokenDigest(Sha256::digest(self.0).into())
    }

    fn form_secret(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(b"segue form token v1\0");
        hash.update(self.0);
        hash.finalize().into()
    }

    /// A form token of this session. Masked afresh each time, so that compressed pages do not give it away (BREACH).
    pub fn form_token(&self) -> String {
        let mut mask = [0_u8; 32];
        rand::rng().fill_bytes(&mut mask);
        let masked: Vec<u8> =
            self.form_secret().iter().zip(mask).map(|(secret, mask)| secret ^ mask).collect();
        format!("{}{}", hex::encode(mask), hex::encode(masked))
    }

    /// Was `form_token` made for this session? Compares in constant time.
    pub fn accepts(&self, form_token: &str) -> bool {
        let mut bytes = [0_u8; 64];
        if hex::decode_to_slice(form_token, &mut bytes).is_err() {
            return false;
        }
        let (mask, masked) = bytes.split_at(32);
        let given: Vec<u8> = mask.iter().zip(masked).map(|(mask, byte)| mask ^ byte).collect();
        self.form_secret().ct_eq(&given).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_token_fits_its_own_session_only_and_never_looks_the_same_twice() {
        let (a, b) = (Token::random(), Token::random());
        let (first, second) = (a.form_token(), a.form_token());
        assert_ne!(first, second);
        assert!(a.accepts(&first) && a.accepts(&second));
        assert!(!b.accepts(&first));
        for wrong in ["", "00", &"0".repeat(128), &first.replace(|c: char| c.is_ascii_digit(), "f")] {
            assert!(!a.accepts(wrong));
        }
    }

    #[test]
    fn a_token_is_read_back_from_its_cookie_and_never_printed() {
        let token = Token::random();
        assert_eq!(Token::parse(&token.reveal()), Some(token.clone()));
        assert_eq!(Token::parse("short"), None);
        assert!(!format!("{token:?}").contains(&token.reveal()));
    }
}
