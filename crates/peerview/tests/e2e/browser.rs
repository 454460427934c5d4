//! What only a real browser can show: foreign cameras, the relay, and pictures that come back, and talking.

mod accessibility;
mod account_pages;
mod agent_setup;
mod foreign_recorder;
mod outages;
mod recovery;
mod registration;
mod talk;
mod viewable;
