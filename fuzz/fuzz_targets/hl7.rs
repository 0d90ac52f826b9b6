//! libFuzzer's door to the target `hl7`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz_targets::hl7::target(data));
