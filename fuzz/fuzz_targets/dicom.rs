//! libFuzzer's door to the target `dicom`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz_targets::dicom::target(data));
