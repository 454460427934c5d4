//! Recorders and their viewers: links, claims, presence, calls and the relay.

mod calls;
mod certificates;
mod claims;
mod outages;
mod presence;
mod reach;
mod recorders;
mod recovery;
mod relay;
mod relays;
