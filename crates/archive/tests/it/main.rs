//! Two archives of an invented hospital: what differs is found by name, and what is not known is never shown as complete.

mod comparing;
mod hospital;
