//! Why there is no schedule, as a value that can be shown to people: which task, what is in its way.

use std::fmt;

/// Why work does not fit. Tasks and resources are indices into the problem, with their names for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Nothing else would have to be done, and still the task finds no place: too short a time, too little of a resource in it, or
    /// hours in which it must not run.
    AloneNoPlace {
        /// Which task.
        task: usize,
        /// Its name.
        name: Box<str>,
        /// The first minute at which it could begin.
        earliest: u32,
        /// The last minute at which it would have to begin; below 0 when it does not fit at all.
        latest: i64,
        /// The resource of which there is too little whenever nothing else forbids it.
        resource: Option<(usize, Box<str>)>,
    },
    /// What must go before it and what must follow leave the task no time.
    ChainTooLong {
        /// Which task.
        task: usize,
        /// Its name.
        name: Box<str>,
        /// What it waits for ends no earlier.
        earliest: u32,
        /// What waits for it needs it to begin by then.
        latest: i64,
    },
    /// The tasks that must run between two minutes need more of a resource than there is in that time.
    TooMuchWork {
        /// Which resource.
        resource: usize,
        /// Its name.
        name: Box<str>,
        /// From this minute.
        from: u32,
        /// To this minute.
        to: u32,
        /// Needed in that time, in amounts times minutes.
        needed: u64,
        /// There is so much.
        there: u64,
    },
    /// Not proven: the search ended, and in the best schedule that it found this task begins too late.
    NotFound {
        /// The task that is latest.
        task: usize,
        /// Its name.
        name: Box<str>,
        /// By so many minutes.
        minutes_late: u32,
        /// A resource that others hold when it would have to begin, if that is what keeps it.
        resource: Option<(usize, Box<str>)>,
        /// So many schedules were tried.
        schedules: u64,
    },
}

impl Reason {
    /// Is it certain that there is no schedule? A search that found none proves nothing.
    pub fn is_proof(&self) -> bool {
        match self {
            Reason::AloneNoPlace { .. } | Reason::ChainTooLong { .. } | Reason::TooMuchWork { .. } => true,
            Reason::NotFound { .. } => false,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::AloneNoPlace { name, earliest, latest, resource, .. } => {
                write!(
                    f,
                    "{name} finds no place even alone: it can begin at minute {earliest} and must by {latest}"
                )?;
                match resource {
                    Some((_, resource)) => write!(f, "; there is too little of {resource} in that time"),
                    None => Ok(()),
                }
            }
            Reason::ChainTooLong { name, earliest, latest, .. } => write!(
                f,
                "what {name} waits for ends at minute {earliest} at the earliest, and it would have to begin by {latest} \
                 for what follows it"
            ),
            Reason::TooMuchWork { name, from, to, needed, there, .. } => write!(
                f,
                "between minute {from} and {to} the work that cannot be done at another time needs {needed} minutes of {name}; \
                 there are {there}"
            ),
            Reason::NotFound { name, minutes_late, resource, schedules, .. } => {
                write!(
                    f,
                    "{name} begins {minutes_late} min too late in the best of {schedules} schedules tried"
                )?;
                match resource {
                    Some((_, resource)) => write!(f, "; others hold {resource} when it would have to begin"),
                    None => write!(f, "; what it waits for ends too late"),
                }?;
                write!(f, "; that there is none is not proven")
            }
        }
    }
}
