//! What only a real browser can show: foreign cameras, the relay, and pictures that come back.

mod accessibility;
mod account_pages;
mod foreign_recorder;
mod recovery;
mod registration;
