//! Exports of the Windows registry (`.reg`), as regedit and `reg export` write them: version 5.00 and REGEDIT4.
//!
//! Keys and names of values are the same whatever their capitals (Windows compares them so); ASCII capitals are made small, others stay, and
//! count as different. `dword:` and `hex(4):` are two notations of one number, quoted text and `hex(1):` of one text.

mod value;

use adapter_input::{Reason, Refused};
use manifest::{Entry, Key, Value};
use model::finding::Place;

use crate::{Reading, text};

/// The first lines of an export.
const HEADERS: [&str; 2] = ["Windows Registry Editor Version 5.00", "REGEDIT4"];
/// Short names of the roots, as `reg` takes them.
const ROOTS: [(&str, &str); 5] = [
    ("hklm", "hkey_local_machine"),
    ("hkcu", "hkey_current_user"),
    ("hkcr", "hkey_classes_root"),
    ("hku", "hkey_users"),
    ("hkcc", "hkey_current_config"),
];
const LINE_EXPECTED: &str = "[HKEY_…\\key], \"name\"=value, @=value, or a comment that begins with ;";

/// Reads an export.
pub(crate) fn read(into: &mut Reading<'_>, bytes: &[u8]) -> Result<(), Refused> {
    let text = text::decode(into.source, bytes)?;
    let mut reader = Reader { into, text: &text, at: 0, key: None, wide: false };
    reader.header()?;
    while reader.next_line() {
        match reader.peek() {
            Some('[') => reader.open_key()?,
            Some('"' | '@') => reader.value()?,
            _ => return Err(reader.refused(Reason::Syntax, "this line is none of an export", LINE_EXPECTED)),
        }
    }
    Ok(())
}

struct Reader<'a, 'b> {
    into: &'a mut Reading<'b>,
    text: &'a str,
    at: usize,
    /// The key whose values follow.
    key: Option<Key>,
    /// Texts in hexadecimal are UTF-16 (version 5.00), else bytes of an unnamed character set (REGEDIT4).
    wide: bool,
}

impl<'a> Reader<'a, '_> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn line_end(&self) -> usize {
        self.rest().find('\n').map_or(self.text.len(), |end| self.at + end)
    }

    /// The line that is read now; asked for only when there is something to say of it, because it counts from the beginning.
    fn place(&self) -> impl Fn() -> Place + use<'a> {
        let (text, at) = (self.text, self.at);
        move || Place::Row { row: text::line_column(text, at).0 }
    }

    fn refused(&self, reason: Reason, problem: &str, expected: &str) -> Refused {
        let (line, column) = text::line_column(self.text, self.at);
        let problem = format!("{problem} (column {column})");
        self.into.refused(reason, Place::Row { row: line }, &problem, expected)
    }

    /// Goes to the next line that says something; `false` at the end.
    fn next_line(&mut self) -> bool {
        loop {
            let rest = self.rest();
            self.at += rest.len() - rest.trim_start().len();
            match self.peek() {
                None => return false,
                Some(';') => self.at = self.line_end(),
                Some(_) => return true,
            }
        }
    }

    fn header(&mut self) -> Result<(), Refused> {
        self.next_line();
        let line = self.rest().lines().next().unwrap_or("").trim_end();
        if !HEADERS.contains(&line) {
            let expected = "\"Windows Registry Editor Version 5.00\" or \"REGEDIT4\" in the first line";
            return Err(self.refused(Reason::OtherKind, "this is no export of a registry", expected));
        }
        self.wide = line != "REGEDIT4";
        self.at = self.line_end();
        Ok(())
    }

    fn open_key(&mut self) -> Result<(), Refused> {
        let end = self.line_end();
        let line = self.text.get(self.at..end).unwrap_or("").trim_end();
        let Some(path) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) else {
            return Err(self.refused(Reason::Syntax, "the key does not end on its line", "[HKEY_…\\key]"));
        };
        if path.starts_with('-') {
            let problem = "this takes a key away: the file is a script of changes";
            return Err(self.refused(Reason::OtherKind, problem, "an export, which says what there is"));
        }
        let mut names = path.split('\\').map(|name| name.to_ascii_lowercase());
        let root = names.next().unwrap_or_default();
        let root =
            ROOTS.iter().find(|(short, _)| *short == root).map_or(root, |(_, long)| (*long).to_owned());
        if !ROOTS.iter().any(|(_, long)| *long == root) {
            let known: Vec<&str> = ROOTS.iter().map(|(_, long)| *long).collect();
            return Err(self.refused(Reason::Syntax, "the key lies under no known root", &known.join(", ")));
        }
        let mut key = self.into.key(Key::top(&root), self.place())?;
        for name in names {
            if name.is_empty() {
                return Err(self.refused(
                    Reason::Syntax,
                    "a part of the key has no name",
                    "[HKEY_…\\key\\key]",
                ));
            }
            // A value's name is told from a key's by its @; no key has a backslash in its name.
            let name = if name.starts_with('@') { format!("\\{name}") } else { name };
            key = self.into.key(key.child(&name), self.place())?;
        }
        let place = self.place();
        if self.into.add(key.clone(), Entry::plain(Value::Empty), &place)? > 0 {
            self.into.odd(
                &place,
                None,
                "the key is there again; all of its values are kept",
                "each key once",
            );
        }
        self.key = Some(key);
        self.at = end;
        Ok(())
    }

    fn value(&mut self) -> Result<(), Refused> {
        let place = self.place();
        let name = if self.peek() == Some('@') {
            self.at += 1;
            String::new()
        } else {
            self.quoted()?
        };
        let Some(key) = self.key.clone() else {
            return Err(self.refused(
                Reason::Syntax,
                "a value stands before any key",
                "[HKEY_…\\key] before its values",
            ));
        };
        let key = self.into.key(key.child(&format!("@{}", name.to_ascii_lowercase())), &place)?;
        self.expect('=')?;
        let entry = self.said()?;
        let end = self.line_end();
        if !self.text.get(self.at..end).unwrap_or("").trim().is_empty() {
            return Err(self.refused(
                Reason::Syntax,
                "something stands behind the value",
                "the end of the line",
            ));
        }
        self.at = end;
        if self.into.add(key, entry, &place)? > 0 {
            let problem = "the value is there again; regedit would take the last one, and all are kept";
            self.into.odd(&place, Some(&name), problem, "each value once in its key");
        }
        Ok(())
    }

    fn expect(&mut self, wanted: char) -> Result<(), Refused> {
        if self.peek() != Some(wanted) {
            let expected = format!("a {wanted} here");
            return Err(self.refused(Reason::Syntax, "the line goes on in another way", &expected));
        }
        self.at += wanted.len_utf8();
        Ok(())
    }

    /// A text in quotes, which may go over several lines; only `\\` and `\"` stand for something else.
    fn quoted(&mut self) -> Result<String, Refused> {
        self.expect('"')?;
        let mut text = String::new();
        let mut chars = self.rest().char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.at += at + 1;
                    return self.into.bounded(&text, self.place()).map(|()| text);
                }
                '\\' => match chars.next() {
                    Some((_, c @ ('\\' | '"'))) => text.push(c),
                    _ => {
                        self.at += at;
                        let expected = "\\\\ for a backslash, or \\\" for a quote";
                        return Err(self.refused(
                            Reason::Syntax,
                            "this backslash stands for nothing",
                            expected,
                        ));
                    }
                },
                c => text.push(c),
            }
        }
        Err(self.refused(Reason::Syntax, "this text does not end", "a \" at its end"))
    }

    fn said(&mut self) -> Result<Entry, Refused> {
        let rest = self.rest();
        if rest.starts_with('"') {
            // A line break within a value is written as it is in the registry; one of the file's is \r\n there as well.
            return self.quoted().map(|text| value::text("REG_SZ", text));
        }
        if rest.starts_with('-') {
            let problem = "this takes a value away: the file is a script of changes";
            return Err(self.refused(Reason::OtherKind, problem, "an export, which says what there is"));
        }
        let (word, rest) = rest.split_once(':').unwrap_or(("", rest));
        if word.eq_ignore_ascii_case("dword") {
            self.at += word.len() + 1;
            let digits = rest.chars().take_while(char::is_ascii_hexdigit).count();
            let number =
                u32::from_str_radix(rest.get(..digits).unwrap_or(""), 16).ok().filter(|_| digits <= 8);
            self.at += digits;
            return match number {
                Some(number) => Ok(value::dword(number)),
                None => {
                    Err(self.refused(Reason::Syntax, "this is no dword", "one to eight hexadecimal digits"))
                }
            };
        }
        let Some(kind) = value::kind(word) else {
            let expected = "a text in quotes, dword:…, hex:… or hex(2):…";
            return Err(self.refused(Reason::Syntax, "the value is of no known notation", expected));
        };
        self.at += word.len() + 1;
        let bytes = self.bytes()?;
        Ok(value::of_bytes(kind, &bytes, self.wide))
    }

    /// Bytes as `0a,ff`, over several lines where each but the last ends with a backslash.
    fn bytes(&mut self) -> Result<Vec<u8>, Refused> {
        let mut bytes = Vec::new();
        loop {
            self.skip_space_and_continuation()?;
            let pair = self.rest().get(..2).filter(|pair| pair.bytes().all(|byte| byte.is_ascii_hexdigit()));
            let Some(byte) = pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()) else {
                // No byte at all, or a comma behind the last one, which regedit writes at a line's end only.
                let ends = matches!(self.peek(), None | Some('\r' | '\n'));
                return if ends && bytes.is_empty() {
                    Ok(bytes)
                } else {
                    Err(self.refused(Reason::Syntax, "no byte stands here", "two hexadecimal digits"))
                };
            };
            bytes.push(byte);
            if bytes.len() > crate::VALUE_LENGTH_MAX_BYTES {
                let expected = format!("at most {} bytes", crate::VALUE_LENGTH_MAX_BYTES);
                return Err(self.refused(Reason::Limit, "the value is too long", &expected));
            }
            self.at += 2;
            self.skip_space_and_continuation()?;
            if self.peek() != Some(',') {
                return Ok(bytes);
            }
            self.at += 1;
        }
    }

    fn skip_space_and_continuation(&mut self) -> Result<(), Refused> {
        loop {
            match self.peek() {
                Some(' ' | '\t') => self.at += 1,
                Some('\\') => {
                    let end = self.line_end();
                    let after = self.text.get(self.at + 1..end).unwrap_or("");
                    if !after.trim().is_empty() || end >= self.text.len() {
                        let problem = "a backslash goes on to the next line, and there is none, or it is not the last of its line";
                        return Err(self.refused(
                            Reason::Syntax,
                            problem,
                            "the rest of the value on the next line",
                        ));
                    }
                    self.at = end + 1;
                }
                _ => return Ok(()),
            }
        }
    }
}
