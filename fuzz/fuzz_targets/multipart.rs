//! libFuzzer's door to the target `multipart`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz_targets::multipart::target(data));
