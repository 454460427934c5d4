//! The agent against simulated and hostile recorders on real sockets.

mod agent;
mod call;
mod call_dvr;
mod cameras;
mod hostile;
mod hub;
mod identity;
mod link;
mod link_support;
mod login;
mod mapping;
mod recovery;
mod router;
mod streams;
mod support;
