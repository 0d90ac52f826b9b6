//! The house front, asked as browsers and programs ask it, in one process and without a network.

mod api;
mod door;
mod exports;
mod files;
mod live;
mod pages;
mod problems;
mod sign_in;
mod socket;
mod support;
mod watch;
