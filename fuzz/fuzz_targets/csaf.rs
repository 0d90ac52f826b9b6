//! libFuzzer's door to the target `csaf`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz_targets::csaf::target(data));
