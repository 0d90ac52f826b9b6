//! A patch night by the rollout alone: an invented hospital, hosts that obey or lie, and the rules that must hold whatever happens.
#![allow(clippy::unwrap_used)]

mod evidence;
mod hospital;
mod morning;
mod people;
mod rings;
