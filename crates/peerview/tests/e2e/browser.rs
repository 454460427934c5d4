//! What only a real browser can show: foreign cameras, the relay, and pictures that come back.

mod accessibility;
mod foreign_recorder;
