//! What a hospital's systems say of its patients and orders, one message after another: who is in which bed or in the emergency department, who is on
//! the theatre list, which orders are urgent, which were done. What nobody has said stays unknown.
//!
//! `told` (what one message says), `stay` (a stay out of what was said of it), `orders` (which of them are done), `patients` (the fold, and what it
//! answers). What must not live here: how messages are written or read.

mod orders;
mod patients;
mod stay;
mod told;

pub use patients::{Asked, Patients, THEATRE_BEHIND_SECONDS, latest_of};
pub use told::{Appointment, Class, Order, Says, Stage, Step, Told};
