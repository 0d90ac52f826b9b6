//! libFuzzer's door to the target `version`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz_targets::version::target(data));
