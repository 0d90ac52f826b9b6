//! libFuzzer's door to the target `host_tools`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz_targets::host_tools::target(data));
