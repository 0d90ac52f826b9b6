//! Two archives without agents: counts first, then the objects of what differs, then everything again, round after round.
//! Counts find; they never prove. What must not live here: how anything is listed (`coverage`) or compared (`compare`).

mod rolling;
mod screen;

pub use rolling::{Standing, Sweep};
pub use screen::{Screened, screen};
