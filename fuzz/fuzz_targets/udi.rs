//! libFuzzer's door to the target `udi`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz_targets::udi::target(data));
