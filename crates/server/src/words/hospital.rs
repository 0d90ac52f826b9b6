//! Words of `/hospital`.

use super::words;

words! {
    hospital_title: "Hospital" | "Sjukhus";
}
