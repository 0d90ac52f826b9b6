//! Words of `/devices`.

use super::words;

words! {
    devices_title: "Devices" | "Enheter";
}
