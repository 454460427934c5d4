//! The on-site program beside the recorders: pulls each stream once, fans it out, and proves
//! every recorder's own key to the cloud. One door: [`Agent::open`], then [`Agent::run`].

pub mod call;
pub mod card;
pub mod config;
pub mod identity;
pub mod limits;
pub mod link;
pub mod link_context;
pub mod recorder;
pub mod recorders;
pub mod stream;

pub use card::RecorderCard;
pub use config::Config;
pub use recorders::Agent;
