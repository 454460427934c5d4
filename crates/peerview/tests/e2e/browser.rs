//! Stories that only a real browser can show: third-party cameras, the relay, recovery of pictures, talk, PTZ
//! and outputs.

mod accessibility;
mod account_pages;
mod add_device;
mod agent_setup;
mod arranging;

mod firefox;
mod foreign_recorder;
mod help;
mod kept;
mod lighthouse;
mod live_grid;
mod offline;
mod outages;
mod quality;
mod recorded_file;
mod recording;
mod recovery;
mod registration;
mod steering;
mod talk;
mod tools;
mod tour;
mod viewable;
mod watching;
mod way_in;
