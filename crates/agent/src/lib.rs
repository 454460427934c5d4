//! The on-site program next to the recorders. It pulls each stream once, distributes it, and
//! authenticates each recorder to the cloud with its own key. Entry points: [`Agent::open`], then
//! [`Agent::run`].

pub mod addresses;
pub mod call;
pub mod card;
pub mod config;
pub mod identity;
pub mod limits;
pub mod link;
pub mod link_context;
pub mod port_mapping;
pub mod public_url;
pub mod reach;
pub mod recorder;
pub mod recorders;
pub mod stream;
pub mod trust;

pub use card::{RecorderCard, RecorderCards};
pub use config::Config;
pub use recorders::Agent;
