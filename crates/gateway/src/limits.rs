//! Every limit of the gateway, with its unit last. Limits of the messages themselves are `wire`'s.

/// How often hosts check in.
pub const CHECK_IN_EVERY_SECONDS: u32 = 60;
/// Longest time between two check-ins that may be set.
pub const CHECK_IN_EVERY_MAX_SECONDS: u32 = wire::limit::CHECK_IN_EVERY_MAX_SECONDS;
/// Most connections at once; further ones wait to be accepted.
pub const CONNECTIONS_MAX: usize = 250_000;
/// Most connections that the system keeps for us until we accept them; it may allow fewer (on Linux `net.core.somaxconn`, 4,096).
pub const CONNECTIONS_TO_ACCEPT_MAX: u32 = 65_535;
/// Files that journal, pages and everything else may need open beside the connections of hosts.
pub const FILES_BESIDE_CONNECTIONS: usize = 500;
/// When fewer than one in so many connections is free, hosts take turns: none is held open.
pub const CROWDED_BELOW_ONE_FREE_IN: usize = 8;
/// Longest that a handshake may take.
pub const HANDSHAKE_MAX_SECONDS: u64 = 10;
/// Longest that a request's head, and then its body, may take.
pub const REQUEST_MAX_SECONDS: u64 = 30;
/// Most handshakes that are worked on at once: each costs a signature.
pub const HANDSHAKES_AT_ONCE_MAX: usize = 512;
/// Most check-ins of one host in a minute.
pub const CHECK_INS_PER_MINUTE_MAX: u32 = 120;
/// Most tries to enrol from one address in a minute.
pub const ENROLMENTS_PER_MINUTE_MAX: u32 = 60;
/// Most hosts or addresses whose rate is remembered.
pub const RATES_REMEMBERED_MAX: usize = 300_000;
/// Most deliveries that wait to be carried in; further ones wait for a place.
pub const DELIVERIES_WAITING_MAX: usize = 20_000;
/// Most deliveries in one entry of the journal.
pub const DELIVERIES_PER_ENTRY_MAX: usize = 2_048;
/// Shortest time from one entry to the next while hosts come together: more of them share an entry, which costs much the same
/// whether one is in it or hundreds.
pub const ENTRIES_APART_MIN_MILLISECONDS: u64 = 20;
/// Bytes of deliveries after which an entry is closed; the one that crosses it is still in, and is at most
/// [`wire::limit::CHECK_IN_MAX_BYTES`] long.
pub const ENTRY_SOFT_MAX_BYTES: usize = 4 * 1024 * 1024;
/// How long a host's certificate is valid.
pub const CERTIFICATE_VALID_SECONDS: i64 = 30 * 24 * 3_600;
/// How long the server's own certificate is valid; it is made anew at every start.
pub const SERVER_CERTIFICATE_VALID_SECONDS: i64 = 825 * 24 * 3_600;
/// How long the authority's certificate is valid.
pub const AUTHORITY_VALID_SECONDS: i64 = 20 * 365 * 24 * 3_600;
/// Clocks may differ by so much: certificates are valid from so long before they were made.
pub const CLOCKS_DIFFER_MAX_SECONDS: i64 = 24 * 3_600;
/// A key for sessions' tickets seals for so long.
pub const TICKET_KEY_SECONDS: i64 = 6 * 3_600;
/// Tickets of so many keys before the present one are still opened: for twelve hours at least.
pub const TICKET_PERIODS_BEFORE: i64 = 2;
/// Longest ticket; it holds the host's certificate, which has less than 1,000 bytes.
pub const TICKET_BYTES_MAX: usize = 8_192;
