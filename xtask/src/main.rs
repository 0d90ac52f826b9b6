fn main() {}
//! x
