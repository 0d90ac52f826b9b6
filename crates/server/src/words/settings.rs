//! Words of `/settings`.

use super::words;

words! {
    settings_title: "Settings" | "Inställningar";
}
