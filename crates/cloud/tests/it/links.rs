//! Recorders and their viewers: links, claims, presence, calls and the relay.

mod calls;
mod claims;
mod presence;
mod recorders;
mod recovery;
mod relay;
