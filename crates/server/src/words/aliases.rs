//! Words of `/aliases`.

use super::words;

words! {
    aliases_title: "Names to confirm" | "Namn att bekräfta";
}
