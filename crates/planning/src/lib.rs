//! Planning: a first, simple draft by hand-set windows and rings, and the checker that is written apart from it.
//!
//! What must not live here: IO, clocks, and anything that runs a plan.
