//! What crosses the network between agent and server: enrolment, check-ins, signed orders; versioned.
//!
//! What must not live here: sockets, files, clocks.
