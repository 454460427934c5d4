//! TLS, its certificates, proxies in front, and clients that are slow or too many.

#![expect(clippy::unwrap_used, reason = "a failing helper fails its test")]

mod acme;
mod authority;
mod certificate_files;
mod pebble;
mod proxy;
mod slow_clients;
mod suites;
