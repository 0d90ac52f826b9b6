//! A hospital that can be broken on purpose, in virtual time: real wire messages, the real core, a seed that replays.
