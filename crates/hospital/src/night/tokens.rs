//! What one-time tokens stand for, found by token, by host and by when it ends: a hospital may enrol all its hosts in a day, and
//! each enrolment must not look at those of all others.

use std::collections::{BTreeMap, BTreeSet};

use model::{AssetTag, Time};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::hosts::Used;
use crate::fact::night::EnrolmentOffered;

/// What a token stands for.
pub(crate) trait OfToken {
    /// The host that it is for.
    fn host(&self) -> &AssetTag;
    /// From then on it is no longer valid.
    fn expires(&self) -> Time;
}

impl OfToken for EnrolmentOffered {
    fn host(&self) -> &AssetTag {
        &self.host
    }

    fn expires(&self) -> Time {
        self.expires
    }
}

impl OfToken for Used {
    fn host(&self) -> &AssetTag {
        &self.host
    }

    fn expires(&self) -> Time {
        self.expires
    }
}

/// By the SHA-256 of the token. A snapshot holds that only; the other two ways to find it follow from it.
#[derive(Clone, Debug)]
pub(crate) struct Tokens<T> {
    known: BTreeMap<Box<str>, T>,
    ends: BTreeSet<(Time, Box<str>)>,
    hosts: BTreeSet<(AssetTag, Box<str>)>,
}

impl<T> Default for Tokens<T> {
    fn default() -> Tokens<T> {
        Tokens { known: BTreeMap::new(), ends: BTreeSet::new(), hosts: BTreeSet::new() }
    }
}

impl<T: OfToken> Tokens<T> {
    pub(crate) fn get(&self, token_sha256: &str) -> Option<&T> {
        self.known.get(token_sha256)
    }

    /// Replaces what the same token stood for.
    pub(crate) fn insert(&mut self, token_sha256: Box<str>, is: T) {
        self.remove(&token_sha256);
        self.ends.insert((is.expires(), token_sha256.clone()));
        self.hosts.insert((is.host().clone(), token_sha256.clone()));
        self.known.insert(token_sha256, is);
    }

    pub(crate) fn remove(&mut self, token_sha256: &str) -> Option<T> {
        let (token, was) = self.known.remove_entry(token_sha256)?;
        let end = (was.expires(), token);
        self.ends.remove(&end);
        self.hosts.remove(&(was.host().clone(), end.1));
        Some(was)
    }

    /// Forgets what has ended by `now`.
    pub(crate) fn forget_ended(&mut self, now: Time) {
        while let Some((_, token)) = self.ends.first().filter(|(end, _)| *end <= now).cloned() {
            self.remove(&token);
        }
    }

    /// Forgets what is for this host.
    pub(crate) fn forget_host(&mut self, host: &AssetTag) {
        let from = (host.clone(), Box::from(""));
        let of_host = self.hosts.range(from..).take_while(|(tag, _)| tag == host);
        let tokens: Vec<Box<str>> = of_host.map(|(_, token)| token.clone()).collect();
        for token in tokens {
            self.remove(&token);
        }
    }
}

impl<T: Serialize> Serialize for Tokens<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.known.serialize(serializer)
    }
}

impl<'de, T: OfToken + Deserialize<'de>> Deserialize<'de> for Tokens<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Tokens<T>, D::Error> {
        let known = BTreeMap::<Box<str>, T>::deserialize(deserializer)?;
        let mut tokens = Tokens::default();
        known.into_iter().for_each(|(token, is)| tokens.insert(token, is));
        Ok(tokens)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(host: &str, expires: i64) -> EnrolmentOffered {
        let host = AssetTag::new(host).unwrap();
        EnrolmentOffered { host, token_sha256: "".into(), expires: Time(expires) }
    }

    #[test]
    fn offers_end_one_by_one_and_those_of_a_host_together() {
        let mut tokens = Tokens::default();
        for (token, host, expires) in
            [("a", "SRV-1", 30), ("b", "SRV-2", 10), ("c", "SRV-1", 20), ("d", "SRV-10", 20)]
        {
            tokens.insert(token.into(), offer(host, expires));
        }
        let known = |tokens: &Tokens<EnrolmentOffered>| {
            ["a", "b", "c", "d"].into_iter().filter(|token| tokens.get(token).is_some()).collect::<String>()
        };
        tokens.forget_ended(Time(9));
        assert_eq!(known(&tokens), "abcd");
        tokens.forget_ended(Time(10));
        assert_eq!(known(&tokens), "acd", "from its end on it is no longer valid");
        tokens.insert("d".into(), offer("SRV-2", 40));
        tokens.forget_host(&AssetTag::new("SRV-10").unwrap());
        assert_eq!(known(&tokens), "acd", "the token is another host's now");
        tokens.forget_host(&AssetTag::new("SRV-1").unwrap());
        assert_eq!(known(&tokens), "d");
        let again: Tokens<EnrolmentOffered> =
            postcard::from_bytes(&postcard::to_stdvec(&tokens).unwrap()).unwrap();
        assert_eq!((again.known.len(), &again.ends, &again.hosts), (1, &tokens.ends, &tokens.hosts));
        assert_eq!(tokens.remove("d").map(|was| was.expires), Some(Time(40)));
        assert!(tokens.ends.is_empty() && tokens.hosts.is_empty(), "nothing of it is left");
    }

    #[test]
    fn a_hundred_thousand_hosts_enrol_in_a_day_without_looking_at_each_other() {
        let mut tokens = Tokens::default();
        // Looking at all others each time would be 5,000,000,000 looks: minutes, and again at every start of the server.
        for at in 0..100_000 {
            tokens.forget_ended(Time(at));
            let offer = offer(&format!("SRV-{at}"), 86_400_000_000 + at);
            tokens.forget_host(&offer.host);
            tokens.insert(format!("{at:064x}").into(), offer);
        }
        assert_eq!(tokens.known.len(), 100_000);
        tokens.forget_ended(Time(86_400_000_000 + 49_999));
        assert_eq!(tokens.known.len(), 50_000);
    }
}
