//! Each way of asking.

pub(crate) use archives::ways::*;
