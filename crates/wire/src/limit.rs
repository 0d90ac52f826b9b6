//! Every limit of the messages, in one place, with its unit last.

/// Longest check-in: a full report of [`model::host::PACKAGES_PER_HOST_MAX`] packages fits.
pub const CHECK_IN_MAX_BYTES: usize = 8 * 1024 * 1024;
/// Longest answer to a check-in.
pub const CHECK_IN_ANSWER_MAX_BYTES: usize = 4 * 1024 * 1024;
/// Longest enrolment or renewal, and the answers to them: certificates are short.
pub const ENROL_MAX_BYTES: usize = 64 * 1024;
/// Most items in one check-in; what is left comes with the next one.
pub const ITEMS_PER_CHECK_IN_MAX: usize = 64;
/// Most orders in one answer.
pub const ORDERS_PER_ANSWER_MAX: usize = 16;
/// Most probes that one host runs.
pub const PROBES_PER_HOST_MAX: usize = 64;
/// Longest order, as signed text.
pub const ORDER_MAX_BYTES: usize = 128 * 1024;
/// Most packages, services or probes in one order.
pub const PARTS_PER_ORDER_MAX: usize = 1_000;
/// Longest name of a package or service, version, boot id, path or argument in an order or a report.
pub const NAME_MAX_BYTES: usize = 1_000;
/// Longest one-time token.
pub const TOKEN_MAX_BYTES: usize = 200;
/// Longest certificate, request or chain, as PEM.
pub const PEM_MAX_BYTES: usize = 16 * 1024;
/// Longest that a check-in may be held open.
pub const WAIT_MAX_SECONDS: u32 = 300;
/// Longest time between two check-ins.
pub const CHECK_IN_EVERY_MAX_SECONDS: u32 = 3_600;
