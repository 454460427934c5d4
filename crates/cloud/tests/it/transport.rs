//! TLS, its certificates, proxies in front, clients that are slow or too many, and mail servers that
//! are not as they should be.

#![expect(clippy::unwrap_used, reason = "a failing helper fails its test")]

mod acme;
pub(crate) mod authority;
mod certificate_files;
mod crowds;
mod dkim;
mod hostile_letters;
mod http2;
mod mail_faults;
mod pebble;
mod proxy;
mod slow_clients;
mod suites;
mod turn;
