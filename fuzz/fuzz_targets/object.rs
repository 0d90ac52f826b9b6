//! libFuzzer's door to the target `object`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz_targets::object::target(data));
