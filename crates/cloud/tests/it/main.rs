//! Tests of the cloud through its sockets and pages, one file per topic.

mod audit;
mod calls;
mod claims;
mod deletion;
mod doctor;
mod every_route;
mod faults;
mod flood;
mod keys;
mod links;
mod locks;
mod numbers;
mod permissions;
mod presence;
mod races;
mod relay;
mod routes;
mod smuggling;
mod support;
mod tls;
mod tokens;
mod transport;
mod ways_in;
mod wire;
