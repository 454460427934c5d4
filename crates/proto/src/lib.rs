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
//!   [`call::Call`] and the ends of sockets, [`link::agent_side::AgentSide`],
//!   [`link::cloud_side::CloudSide`], [`link::viewer_side::ViewerSide`], [`joining::cloud_end::CloudEnd`]
//!   and [`joining::relay_end::RelayEnd`], and what folds a recorder's events, [`event_fold::EventFold`].
//! - A **rule** answers at once and waits for nothing: the claim window, rate limits, back-off, a token
//!   bucket, the search for a proof of work, a viewer's rights, who steers a camera, which stream of a camera
//!   a viewer gets, and how much of it the path carries. It is one function of its arguments, `now` among them.

pub mod addresses;
pub mod backoff;
pub mod call;
pub mod certificate;
pub mod claim;
pub mod control;
pub mod event_fold;
pub mod health;
pub mod identity;
pub mod isapi;
pub mod joining;
pub mod key;
pub mod ladder;
pub mod language;
pub mod link;
pub mod machine;
pub mod paced;
pub mod picture_wish;
pub mod quality;
pub mod reach;
pub mod reason;
pub mod rights;
pub mod rpc;
pub mod seconds;
pub mod shown;
pub mod steering;
pub mod stream_kind;
pub mod talking;
pub mod throttle;
pub mod turn_credential;
pub mod typed;
pub mod video;
