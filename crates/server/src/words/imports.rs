//! Words of `/imports`.

use super::words;

words! {
    imports_title: "Imports" | "Importer";
}
