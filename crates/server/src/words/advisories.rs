//! Words of `/advisories`.

use super::words;

words! {
    advisories_title: "Advisories" | "Säkerhetsmeddelanden";
}
