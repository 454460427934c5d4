//! Peerview's pure core: messages, rules and parsers shared by cloud, agent and viewer.
//!
//! Nothing here knows the time, opens a socket, starts a thread, touches a disk or draws random
//! numbers: `now` and randomness come in as arguments, so every decision can be tested on
//! virtual time.
//!
//! What decides is of one of two kinds:
//!
//! - A **state machine** is one end of a conversation and follows one contract, [`machine::Machine`]:
//!   `handle` one input, drain `poll_output`, come back at `poll_timeout` for `handle_timeout`. These are
//!   [`call::Call`] and the three ends of sockets, [`link::agent_side::AgentSide`],
//!   [`link::cloud_side::CloudSide`] and [`link::viewer_side::ViewerSide`].
//! - A **rule** answers at once and waits for nothing: the claim window, rate limits, back-off, a token
//!   bucket, the search for a proof of work. It is one function of its arguments, `now` among them.

pub mod backoff;
pub mod call;
pub mod claim;
pub mod control;
pub mod identity;
pub mod isapi;
pub mod key;
pub mod link;
pub mod machine;
pub mod rpc;
pub mod seconds;
pub mod shown;
pub mod throttle;
pub mod turn_credential;
pub mod typed;
