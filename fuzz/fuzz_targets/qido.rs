//! libFuzzer's door to the target `qido`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz_targets::qido::target(data));
