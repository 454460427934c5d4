//! Tests of the cloud through its sockets and pages, one file per topic.

mod calls;
mod claims;
mod deletion;
mod flood;
mod links;
mod locks;
mod numbers;
mod presence;
mod relay;
mod routes;
mod support;
mod ways_in;
mod wire;
