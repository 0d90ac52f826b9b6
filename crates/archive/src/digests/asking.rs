//! The end that asks: goes down where sums differ, takes single differences straight out of them, lets coded symbols find what is many, and proves what it
//! found by the sums of everything.

use crate::digests::codec::{CODED_PREFIXES_MAX, HAVE_MAX, NODES_MAX, NotAMessage, SYMBOLS_MAX};
use crate::digests::coded::{Decoder, coded};
use crate::digests::digest::Digest;
use crate::digests::message::{Part, Prefix, Reply, Request};
use crate::digests::tree::{Sum, Tree};

/// How much is exchanged at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Questions.
    pub rounds_max: u32,
    /// Bytes in both directions.
    pub bytes_max: u64,
    /// Differences.
    pub differences_max: u64,
    /// Digests below the prefixes of which coded symbols are asked; each costs both ends about a microsecond.
    pub coded_digests_max: u64,
}

impl Default for Bounds {
    fn default() -> Bounds {
        Bounds {
            rounds_max: 64,
            bytes_max: 64 << 20,
            differences_max: 1_000_000,
            coded_digests_max: 8_000_000,
        }
    }
}

/// From so many prefixes on coded symbols are cheaper than going further down: four symbols of 27 bytes each, against sixteen sums of 18.
const CODED_LEAST: usize = 512;
/// Symbols that are asked for a prefix with two differences or more. Where at most half of all prefixes differ, such a one has 2.3 differences on
/// average, and peeling needs 1.4 symbols for each.
const SYMBOLS_FOR_PREFIX: u32 = 4;
/// With so many symbols for a prefix peeling is given up.
const SYMBOLS_FOR_PREFIX_MAX: u32 = 12;

/// What to do now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Send this, and hand in the answer.
    Send(Vec<u8>),
    /// It is known.
    Found(Found),
    /// It is not, and why.
    NoProof(NoProof),
}

/// The whole difference of two sets, proven: taken out and put in, the sums of everything agree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Only here; in order.
    pub ours: Vec<Digest>,
    /// Only there; in order.
    pub theirs: Vec<Digest>,
    /// Questions asked.
    pub rounds: u32,
    /// Bytes in both directions.
    pub bytes: u64,
}

/// Why the difference is not known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoProof {
    /// More questions than allowed.
    #[error("{0} questions were not enough")]
    Rounds(u32),
    /// More bytes than allowed.
    #[error("{0} bytes were not enough")]
    Bytes(u64),
    /// More differences than allowed.
    #[error("there are more than {0} differences: compare in parts, or copy the lists whole")]
    TooDifferent(u64),
    /// Something came or went at the other end meanwhile.
    #[error("the other archive changed during the exchange: begin anew")]
    Changed,
    /// The answer does not belong to the question.
    #[error("the answer does not fit the question: {0}")]
    Unfit(&'static str),
    /// No message.
    #[error(transparent)]
    Unreadable(#[from] NotAMessage),
    /// What was found does not explain the sums.
    #[error("what was found does not explain the sums of both archives: build both trees anew")]
    Unexplained,
}

/// A digest that only the other end can confirm, and where to look when it does not.
type Claim = (Digest, Option<Prefix>);

/// The exchange, seen from the end that asks. The tree cannot change while it lasts.
#[derive(Clone, Debug)]
pub struct Asking<'t> {
    tree: &'t Tree,
    bounds: Bounds,
    /// Prefixes whose sums differ: those of this level, and those found below them.
    open: Vec<Prefix>,
    below: Vec<Prefix>,
    claims: Vec<Claim>,
    coding: Option<(Vec<Prefix>, Decoder)>,
    may_code: bool,
    /// Of the level that is being asked about: sums that were compared, and how many differed.
    compared: u64,
    differed: u64,
    asked: Request,
    asked_claims: Vec<Claim>,
    other: Option<(u64, Sum)>,
    found: Found,
    failed: Option<NoProof>,
}

impl<'t> Asking<'t> {
    /// Begins an exchange about everything in the tree.
    pub fn new(tree: &'t Tree, bounds: Bounds) -> Asking<'t> {
        Asking {
            tree,
            bounds,
            open: vec![Prefix::ROOT],
            below: Vec::new(),
            claims: Vec::new(),
            coding: None,
            may_code: true,
            compared: 0,
            differed: 0,
            asked: Request::default(),
            asked_claims: Vec::new(),
            other: None,
            found: Found::default(),
            failed: None,
        }
    }

    /// What to do now.
    pub fn turn(&mut self) -> Turn {
        if let Some(why) = &self.failed {
            return Turn::NoProof(why.clone());
        }
        self.go_down();
        if self.open.is_empty() && self.claims.is_empty() && self.coding.is_none() {
            return self.proof();
        }
        if self.found.rounds >= self.bounds.rounds_max {
            return Turn::NoProof(NoProof::Rounds(self.bounds.rounds_max));
        }
        self.asked = self.question();
        let bytes = self.asked.to_bytes();
        self.found.bytes += bytes.len() as u64;
        Turn::Send(bytes)
    }

    /// The level is done with: the next one, by coded symbols where its prefixes are many and what lies below them is not too much.
    fn go_down(&mut self) {
        if !self.open.is_empty() || self.coding.is_some() {
            return;
        }
        self.open = std::mem::take(&mut self.below);
        self.open.sort_unstable_by_key(|prefix| (prefix.depth(), prefix.first()));
        // Where most prefixes differ, each has many differences: going down first takes most of them out singly.
        let is_thin = self.differed * 2 <= self.compared;
        (self.compared, self.differed) = (0, 0);
        // Claims that were refused lie further up and hold sixteen times as much: these go down alone.
        let deepest = self.open.last().map_or(0, |prefix| prefix.depth());
        let deep = self.open.partition_point(|prefix| prefix.depth() < deepest);
        let level = self.open.get(deep..).unwrap_or(&[]);
        let digests: u64 = level.iter().map(|prefix| self.tree.sum(*prefix).count).sum();
        let many = is_thin && (CODED_LEAST..=CODED_PREFIXES_MAX).contains(&level.len());
        if self.may_code && many && digests <= self.bounds.coded_digests_max {
            self.coding = Some((self.open.split_off(deep), Decoder::new()));
            self.may_code = false;
        }
    }

    fn question(&mut self) -> Request {
        let deeper = if self.open.first() == Some(&Prefix::ROOT) { 2 } else { 1 };
        let nodes = self.open.drain(..self.open.len().min(NODES_MAX)).collect();
        self.asked_claims = self.claims.drain(..self.claims.len().min(HAVE_MAX)).collect();
        let have = self.asked_claims.iter().map(|(digest, _)| *digest).collect();
        let (coded, from, to) = match &self.coding {
            Some((prefixes, decoder)) => {
                let first =
                    u32::try_from(prefixes.len()).unwrap_or(u32::MAX).saturating_mul(SYMBOLS_FOR_PREFIX) + 64;
                let more = if decoder.symbols() == 0 { first } else { decoder.symbols() / 2 };
                (prefixes.clone(), decoder.symbols(), decoder.symbols() + more.min(SYMBOLS_MAX))
            }
            None => (Vec::new(), 0, 0),
        };
        Request { nodes, deeper, have, coded, from, to }
    }

    /// Takes the answer to the last question in.
    pub fn hear(&mut self, bytes: &[u8]) {
        self.found.rounds += 1;
        self.found.bytes += bytes.len() as u64;
        let heard = Reply::read(bytes).map_err(NoProof::from).and_then(|reply| self.take(reply));
        if let Err(why) = heard.and_then(|()| self.within_bounds()) {
            self.failed.get_or_insert(why);
        }
    }

    fn within_bounds(&self) -> Result<(), NoProof> {
        let differences = self.found.ours.len() + self.found.theirs.len() + self.claims.len();
        if self.found.bytes > self.bounds.bytes_max {
            Err(NoProof::Bytes(self.bounds.bytes_max))
        } else if differences as u64 > self.bounds.differences_max {
            Err(NoProof::TooDifferent(self.bounds.differences_max))
        } else {
            Ok(())
        }
    }

    fn take(&mut self, reply: Reply) -> Result<(), NoProof> {
        if *self.other.get_or_insert((reply.revision, reply.root)) != (reply.revision, reply.root) {
            return Err(NoProof::Changed);
        }
        let asked = std::mem::take(&mut self.asked);
        let claims = std::mem::take(&mut self.asked_claims);
        if reply.parts.len() != asked.nodes.len() || reply.have.len() != claims.len() {
            return Err(NoProof::Unfit("another number of parts"));
        }
        if reply.symbols.len() as u64 != u64::from(asked.to - asked.from) {
            return Err(NoProof::Unfit("another number of symbols"));
        }
        for (prefix, part) in asked.nodes.iter().zip(reply.parts) {
            match part {
                Part::Sums(sums) => self.sums(*prefix, asked.deeper, &sums)?,
                Part::Digests(digests) => self.merge(*prefix, &digests)?,
            }
        }
        for ((digest, place), is_there) in claims.into_iter().zip(reply.have) {
            match (is_there, place) {
                (true, _) => self.found.theirs.push(digest),
                // Two differences or more that looked like one.
                (false, Some(prefix)) => self.below.push(prefix),
                (false, None) => return Err(NoProof::Unexplained),
            }
        }
        self.symbols(&asked, &reply.symbols)
    }

    fn sums(&mut self, prefix: Prefix, deeper: u8, sums: &[Sum]) -> Result<(), NoProof> {
        if sums.len() != 1 << (4 * u32::from(deeper)) || prefix.depth() + deeper > 32 {
            return Err(NoProof::Unfit("another number of sums"));
        }
        for (below, theirs) in prefix.below(deeper).zip(sums) {
            let ours = self.tree.sum(below);
            self.compared += 1;
            if ours != *theirs {
                self.differed += 1;
                self.differs(below, ours, *theirs)?;
            }
        }
        Ok(())
    }

    fn differs(&mut self, prefix: Prefix, ours: Sum, theirs: Sum) -> Result<(), NoProof> {
        if theirs.count == 0 {
            if ours.count > self.bounds.differences_max {
                return Err(NoProof::TooDifferent(self.bounds.differences_max));
            }
            self.found.ours.extend(self.tree.digests(prefix));
            return Ok(());
        }
        // One difference is the difference of the sums.
        let one_here = Digest(ours.sum.wrapping_sub(theirs.sum));
        let one_there = Digest(theirs.sum.wrapping_sub(ours.sum));
        if ours.count == theirs.count.saturating_add(1)
            && prefix.holds(one_here)
            && self.tree.contains(one_here)
        {
            self.found.ours.push(one_here);
        } else if theirs.count == ours.count.saturating_add(1)
            && prefix.holds(one_there)
            && !self.tree.contains(one_there)
        {
            self.claims.push((one_there, Some(prefix)));
        } else {
            self.below.push(prefix);
        }
        Ok(())
    }

    /// All that the other end has below a prefix, beside ours.
    fn merge(&mut self, prefix: Prefix, theirs: &[Digest]) -> Result<(), NoProof> {
        let in_order = theirs.windows(2).all(|pair| matches!(pair, [one, next] if one < next));
        if !in_order || theirs.iter().any(|digest| !prefix.holds(*digest)) {
            return Err(NoProof::Unfit("digests out of order or of another prefix"));
        }
        if self.tree.sum(prefix).count > self.bounds.differences_max + theirs.len() as u64 {
            return Err(NoProof::TooDifferent(self.bounds.differences_max));
        }
        let here = self.tree.digests(prefix).filter(|digest| theirs.binary_search(digest).is_err());
        self.found.ours.extend(here);
        self.found.theirs.extend(theirs.iter().filter(|digest| !self.tree.contains(**digest)));
        Ok(())
    }

    fn symbols(&mut self, asked: &Request, theirs: &[crate::digests::coded::Symbol]) -> Result<(), NoProof> {
        let Some((prefixes, mut decoder)) = self.coding.take() else { return Ok(()) };
        let digests = prefixes.iter().flat_map(|prefix| self.tree.digests(*prefix));
        let ours = coded(digests, asked.from, asked.to);
        if decoder.take(&ours, theirs) {
            let (here, there) = decoder.into_found();
            if here.iter().any(|digest| !self.tree.contains(*digest)) {
                return Err(NoProof::Unexplained);
            }
            self.found.ours.extend(here);
            self.claims.extend(there.into_iter().map(|digest| (digest, None)));
        } else if u64::from(decoder.symbols()) > prefixes.len() as u64 * u64::from(SYMBOLS_FOR_PREFIX_MAX) {
            self.below.extend(prefixes);
        } else {
            self.coding = Some((prefixes, decoder));
        }
        Ok(())
    }

    /// Taken out and put in, do the sums of everything agree?
    fn proof(&mut self) -> Turn {
        let Some((_, theirs)) = self.other else { return Turn::NoProof(NoProof::Unexplained) };
        self.found.ours.sort_unstable();
        self.found.theirs.sort_unstable();
        let is_a_set =
            |list: &[Digest]| list.windows(2).all(|pair| matches!(pair, [one, next] if one < next));
        let without = self.found.ours.iter().fold(self.tree.root(), |sum, digest| sum.minus(*digest));
        let explained = self.found.theirs.iter().fold(without, |sum, digest| sum.plus(*digest));
        if explained == theirs && is_a_set(&self.found.ours) && is_a_set(&self.found.theirs) {
            Turn::Found(self.found.clone())
        } else {
            Turn::NoProof(NoProof::Unexplained)
        }
    }
}
