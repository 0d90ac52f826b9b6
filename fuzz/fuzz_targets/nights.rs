//! libFuzzer's door to the target `nights`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz_targets::nights::target(data));
