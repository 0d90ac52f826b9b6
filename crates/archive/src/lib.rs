//! Two image archives, exactly: what one has and the other lacks, how that is known, and whether to go over from one to the other.
//!
//! What must not live here: IO, clocks, randomness, floating point, and any way to say *complete* other than a proof.
//!
//! `uid`, `exam` and `content` (the words); `coverage` (which queries to ask, and when a list is complete); `holding` (what one archive has); `compare` (two holdings -> `verdict`); `sweep` (without agents: counts, then
//! objects, round after round); `digests` (with an agent at both ends); `expected` (orders and logs against both); `circumstances` (what a hospital's messages say of patients, stays, theatres and orders);
//! `urgency` (what is needed first); `kept` (a verdict in short, as it is recorded); `doubt` (what is not believed of an examination although a list shows it); `gate` (go or no-go); `reason` (why nothing is proven, and what would have to be known).

pub mod circumstances;
pub mod compare;
pub mod content;
pub mod coverage;
pub mod digests;
pub mod doubt;
pub mod exam;
pub mod expected;
pub mod gate;
pub mod holding;
pub mod kept;
pub mod reason;
pub mod sweep;
pub mod uid;
pub mod urgency;
pub mod verdict;

pub use compare::compare;
pub use content::{Compared, Content, Pixels, Sum};
pub use doubt::{DoubtKind, Doubtful, LookedAgain};
pub use exam::{Counted, Instance, Patient, Study, StudyDate};
pub use holding::{Holding, Merge, Rejection, RejectionKind};
pub use kept::Kept;
pub use reason::{Gap, Reason, Side};
pub use uid::{InstanceUid, NotAUid, SeriesUid, StudyUid, Uid};
pub use verdict::{Proven, Tier, Verdict};
