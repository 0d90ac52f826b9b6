//! libFuzzer's door to the target `inventory`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz_targets::inventory::target(data));
