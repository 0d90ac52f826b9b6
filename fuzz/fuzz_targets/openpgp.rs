//! libFuzzer's door to the target `openpgp`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz_targets::openpgp::target(data));
