//! The on-site program next to the recorders. It pulls each stream once, distributes it, and
//! authenticates each recorder to the cloud with its own key. Entry points: [`Agent::open`], then
//! [`Agent::run`].

pub mod added;
pub mod addresses;
pub mod call;
pub mod card;
pub mod certificates;
pub mod cloud_endpoint;
pub mod config;
mod data_lock;
pub mod discovery;
pub mod identity;
pub mod limits;
pub mod link;
pub mod link_context;
pub mod port_mapping;
pub mod public_url;
pub mod reach;
pub mod recorder;
pub mod recorders;
pub mod roster;
pub mod setup;
pub mod status;
pub mod stream;
pub mod trust;
mod unix_time;

pub use card::{RecorderCard, RecorderCards};
pub use config::Config;
pub use recorders::Agent;
