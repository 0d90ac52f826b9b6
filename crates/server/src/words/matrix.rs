//! Words of `/matrix`.

use super::words;

words! {
    matrix_title: "Matrix" | "Matris";
}
