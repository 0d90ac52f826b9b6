//! A form field with its label, its hint and its error, tied together for screen readers.

use std::borrow::Cow;

use askama::Template;
use askama::filters::HtmlSafe;

/// One choice of a select.
#[derive(Clone, Debug)]
pub struct Choice {
    /// What is posted.
    pub value: String,
    /// What is shown.
    pub label: String,
}

/// What kind of field.
#[derive(Clone, Debug)]
pub enum FieldKind {
    /// One line.
    Text,
    /// A local time to the minute.
    Moment,
    /// A password.
    Password,
    /// Several lines.
    Lines,
    /// One of these.
    Select(Vec<Choice>),
    /// Yes when ticked (posted as `yes`).
    Tick,
    /// A file, of these kinds (`accept`).
    File(&'static str),
}

/// One field of a form.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/field.html")]
pub struct Field {
    name: Cow<'static, str>,
    label: String,
    kind: FieldKind,
    value: String,
    hint: String,
    error: String,
    autocomplete: &'static str,
    required: bool,
    focused: bool,
}

impl HtmlSafe for Field {}

impl Field {
    /// A required field called `name` in the form.
    pub fn new(name: impl Into<Cow<'static, str>>, label: impl Into<String>, kind: FieldKind) -> Field {
        Field {
            name: name.into(),
            label: label.into(),
            kind,
            value: String::new(),
            hint: String::new(),
            error: String::new(),
            autocomplete: "off",
            required: true,
            focused: false,
        }
    }

    /// What is in it. (A password's value is never written into a page.)
    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Field {
        self.value = value.into();
        self
    }

    /// What helps to fill it in.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Field {
        self.hint = hint.into();
        self
    }

    /// What is wrong with it and what would be right; empty for nothing.
    #[must_use]
    pub fn error(mut self, error: impl Into<String>) -> Field {
        self.error = error.into();
        self
    }

    /// HTML's `autocomplete`.
    #[must_use]
    pub fn autocomplete(mut self, autocomplete: &'static str) -> Field {
        self.autocomplete = autocomplete;
        self
    }

    /// May be left empty.
    #[must_use]
    pub fn optional(mut self) -> Field {
        self.required = false;
        self
    }

    /// Has the cursor when the page opens.
    #[must_use]
    pub fn focused(mut self) -> Field {
        self.focused = true;
        self
    }

    fn described_by(&self) -> String {
        let parts = [(&self.hint, "hint"), (&self.error, "error")];
        let ids: Vec<String> = parts
            .iter()
            .filter(|(text, _)| !text.is_empty())
            .map(|(_, what)| format!("{}-{what}", self.name))
            .collect();
        ids.join(" ")
    }
}
