//! libFuzzer's door to the target `wire`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz_targets::wire::target(data));
