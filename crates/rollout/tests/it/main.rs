//! A patch night by the rollout alone: an invented hospital, hosts that obey or lie, and the rules that must hold whatever happens.
#![allow(clippy::unwrap_used)]

mod chaos;
mod evidence;
mod hospital;
mod invariants;
mod laws;
mod morning;
mod oracle;
mod people;
mod rings;
