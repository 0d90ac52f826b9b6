//! Words of `/audit`.

use super::words;

words! {
    audit_title: "Audit" | "Granskning";
}
