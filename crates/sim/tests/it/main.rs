//! The simulated hospital, as tests: nights in which nothing forbidden may happen, and the same seed twice. Many more seeds, and the
//! planted bugs, are run in release by the example `seeds`.

mod nights;
mod planned;
