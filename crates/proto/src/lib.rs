//! Peerview's pure core: messages, rules and parsers shared by cloud, agent and viewer.
//!
//! Nothing here knows the time, opens a socket, starts a thread, accesses a disk or draws random
//! numbers: `now` and randomness are arguments, so every decision can be tested on virtual time.
//! State machines follow one contract: feed one input, then drain the outputs.

pub mod backoff;
pub mod call;
pub mod claim;
pub mod control;
pub mod identity;
pub mod isapi;
pub mod key;
pub mod link;
pub mod rpc;
pub mod seconds;
pub mod shown;
pub mod throttle;
pub mod turn_credential;
pub mod typed;
