//! INI files. There is no standard: what programs read in several ways is kept as it stands, or refused where that cannot be.

use adapter_input::{Reason, Refused};
use manifest::{Entry, Key, Value};
use model::finding::Place;

use crate::{Reading, text};

/// What a line of a section is.
const LINE_EXPECTED: &str = "[section], key=value, key, or a comment that begins with ; or #";

/// Reads a file: capitals, quotes and comments behind a value are kept as they stand, spaces around `=` are not.
pub(crate) fn read(into: &mut Reading<'_>, bytes: &[u8]) -> Result<(), Refused> {
    let text = text::decode(into.source, bytes)?;
    let mut reader = Reader { into, section: None, after_key: false };
    for (row, line) in (1..).zip(text.lines()) {
        reader.line(row, line)?;
    }
    Ok(())
}

struct Reader<'a, 'b> {
    into: &'a mut Reading<'b>,
    section: Option<Key>,
    /// Did a key stand before this line, so that the line may go on with its value?
    after_key: bool,
}

impl Reader<'_, '_> {
    fn line(&mut self, row: u64, line: &str) -> Result<(), Refused> {
        let place = || Place::Row { row };
        let said = line.trim();
        if said.is_empty() || said.starts_with([';', '#']) {
            return Ok(());
        }
        if let Some(rest) = said.strip_prefix('[') {
            self.after_key = false;
            return self.section(row, rest);
        }
        let indented = self.after_key && line.starts_with([' ', '\t']);
        let (name, value) = match said.split_once('=') {
            Some((name, value)) => (name.trim(), Value::Text(value.trim().into())),
            None if indented => {
                let problem = "this line is indented and no key=value: programs disagree whether it goes on with the line above";
                return Err(self.into.refused(
                    Reason::Syntax,
                    place(),
                    problem,
                    "the whole value on one line",
                ));
            }
            None => (said, Value::Null),
        };
        if name.is_empty() {
            return Err(self.into.refused(
                Reason::Syntax,
                place(),
                "no key stands before the =",
                LINE_EXPECTED,
            ));
        }
        if let Value::Text(text) = &value {
            self.into.bounded(text, place)?;
        }
        if indented {
            let problem =
                "the line is indented: some programs take it as part of the line above; it was read as a key";
            self.into.odd(place, None, problem, "keys at the beginning of their lines");
        }
        self.after_key = true;
        let key = match &self.section {
            Some(section) => section.child(name),
            None => Key::top(name),
        };
        let key = self.into.key(key, place)?;
        if self.into.add(key, Entry::plain(value), place)? > 0 {
            let problem = "the key is there again; which of its values counts is for the program to say, and all are kept";
            self.into.odd(place, Some(name), problem, "each key once in its section");
        }
        Ok(())
    }

    fn section(&mut self, row: u64, rest: &str) -> Result<(), Refused> {
        let place = || Place::Row { row };
        let name = rest.split_once(']').filter(|(_, after)| {
            let after = after.trim_start();
            after.is_empty() || after.starts_with([';', '#'])
        });
        let Some(name) = name.map(|(name, _)| name.trim()).filter(|name| !name.is_empty()) else {
            let problem = "a line that begins with [ is no section";
            return Err(self.into.refused(Reason::Syntax, place(), problem, "[name of the section]"));
        };
        let key = self.into.key(Key::top(name), place)?;
        self.section = Some(key.clone());
        if self.into.add(key, Entry::plain(Value::Empty), place)? > 0 {
            let problem = "this section, or a key of its name, is there already; some programs read the first only, and all are kept";
            self.into.odd(place, Some(name), problem, "each section once");
        }
        Ok(())
    }
}
