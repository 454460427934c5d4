//! The server: app pages, accounts, registry, signalling, mail and relay in one process.
//! One door: [`bind`] opens the listeners, [`Cloud::run`] serves until it is told to stop.

// Files that these tests share with those in `tests` say `cloud`.
#[cfg(test)]
extern crate self as cloud;

#[macro_use]
pub mod language;

pub mod accounts;
pub mod admin;
pub mod audit;
mod boot;
pub mod calls;
pub mod certificates;
pub mod checksum;
pub mod claims;
pub mod clock;
pub mod config;
pub mod connections;
pub mod db;
pub mod disk;
pub mod doctor;
pub mod downloads;
pub mod exporter;
pub mod hasher;
pub mod limits;
pub mod links;
pub mod live;
pub mod mail;
pub mod metrics;
pub mod open_files;
pub mod operator_warnings;
pub mod orders;
pub mod private;
pub mod purge;
pub mod random;
pub mod readiness;
pub mod relays;
pub mod seal;
pub mod secrets;
pub mod server;
pub mod state;
pub mod throttle;
pub mod turns;
pub mod visitor;
pub mod web;

pub use boot::{Cloud, bind, bind_with_clock};
/// Which characters a name may show; for the commands on a terminal.
pub use proto::shown;
