//! libFuzzer's door to the target `digests`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz_targets::digests::target(data));
