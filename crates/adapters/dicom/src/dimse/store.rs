//! C-STORE (PS3.4 B): an object goes to an archive as it is, in the transfer syntax it is written in. Nothing is compressed or unpacked on the way. What the
//! archive answers is no promise to keep it: that is what storage commitment and a comparison are for.

use std::collections::{BTreeMap, BTreeSet};

use super::association::Association;
use super::failed::Failed;
use super::message::{CommandField, Status, store_request};
use crate::object::{File, Meta};
use crate::peer::Peer;

/// Most kinds of objects of one association: contexts have odd numbers of one byte (PS3.8 §9.3.2.2).
pub const CONTEXTS_MAX: usize = 128;

/// What an archive says of an object that it was sent (PS3.4 B.2.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// 0000: taken as it is.
    Whole,
    /// Taken, and not as it is.
    Changed(Warning, Box<str>),
    /// Not taken; what it says of that comes with it.
    Refused(Status, Box<str>),
}

/// How an archive took an object otherwise than as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Warning {
    /// B000: it has changed values.
    Coerced,
    /// B007: it thinks that the object does not fit its class.
    DoesNotFit,
    /// B006: it has left elements out.
    Discarded,
}

impl Taken {
    /// What a status means. Warnings that PS3.4 does not know are no success.
    fn of(status: Status, comment: Box<str>) -> Taken {
        match status.0 {
            0x0000 => Taken::Whole,
            0xB000 => Taken::Changed(Warning::Coerced, comment),
            0xB006 => Taken::Changed(Warning::Discarded, comment),
            0xB007 => Taken::Changed(Warning::DoesNotFit, comment),
            _ => Taken::Refused(status, comment),
        }
    }

    /// Does the archive say that it has the object, changed or not?
    pub fn is_taken(&self) -> bool {
        match self {
            Taken::Whole | Taken::Changed(..) => true,
            Taken::Refused(..) => false,
        }
    }
}

/// A connection over which objects go to an archive.
pub struct Storing {
    association: Association,
    /// The context of each kind of object that it takes.
    contexts: BTreeMap<Kind, u8>,
}

/// Class and transfer syntax.
type Kind = (Box<str>, Box<str>);

impl Storing {
    /// Connects and agrees on the kinds of these objects. One that the archive refuses is told when it is sent.
    ///
    /// # Errors
    /// Nobody is there, or nothing of it is taken, or there are more kinds than [`CONTEXTS_MAX`].
    pub fn new<'a>(peer: &Peer, objects: impl IntoIterator<Item = &'a Meta>) -> Result<Storing, Failed> {
        let kinds: BTreeSet<Kind> =
            objects.into_iter().map(|meta| (meta.class.clone(), meta.syntax.clone())).collect();
        let kinds: Vec<Kind> = kinds.into_iter().collect();
        if kinds.len() > CONTEXTS_MAX {
            let to = peer.called.as_str().into();
            return Err(Failed::TooManyKinds { to, kinds: kinds.len() });
        }
        let named: Vec<(&str, &str)> = kinds.iter().map(|(class, syntax)| (&**class, &**syntax)).collect();
        let (association, agreed) = Association::to_store(peer, &named)?;
        let numbered = kinds.into_iter().zip((1..=u8::MAX).step_by(2));
        let contexts = numbered.filter(|(_, context)| agreed.contains(context)).collect();
        Ok(Storing { association, contexts })
    }

    /// Does the archive take objects of this class in this transfer syntax?
    pub fn takes(&self, meta: &Meta) -> bool {
        self.contexts.contains_key(&(meta.class.clone(), meta.syntax.clone()))
    }

    /// Sends one object, and hears what the archive says of it.
    ///
    /// # Errors
    /// Its kind is refused; or the association broke, and nobody knows whether the archive has it.
    pub fn store(&mut self, file: &File<'_>) -> Result<Taken, Failed> {
        let Meta { class, uid, syntax } = &file.meta;
        let Some(context) = self.contexts.get(&(class.clone(), syntax.clone())) else {
            let to = self.association.to().into();
            return Err(Failed::KindRefused { to, class: class.clone(), syntax: syntax.clone() });
        };
        let message = self.association.next_message();
        self.association.by_context(*context);
        self.association.send(&store_request(class, uid, message), Some(file.data))?;
        let answer = self.association.answer_to(CommandField::StoreResponse, message)?;
        let named = &answer.command.about;
        if !named.is_empty() && named != uid {
            let says = format!("{uid} was sent, and it answers for {named}");
            return Err(Failed::Garbled { to: self.association.to().into(), says: says.into() });
        }
        let status = answer.command.status.unwrap_or(Status(u16::MAX));
        Ok(Taken::of(status, answer.command.comment))
    }

    /// Ends it in order.
    pub fn release(self) {
        self.association.release();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_four_statuses_say_that_an_object_was_taken_and_only_one_that_it_is_as_it_was() {
        let taken = |number| Taken::of(Status(number), "".into());
        let all: Vec<u16> = (0..=u16::MAX).filter(|number| taken(*number).is_taken()).collect();
        assert_eq!(all, [0x0000, 0xB000, 0xB006, 0xB007]);
        let whole: Vec<u16> = (0..=u16::MAX).filter(|number| taken(*number) == Taken::Whole).collect();
        assert_eq!(whole, [0x0000]);
    }
}
