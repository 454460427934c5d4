//! The database: what it holds and how much, and what happens when it, its disk or the clock fails.

mod clock_jumps;
mod earlier_folder;
mod faults;
mod full_disk;
mod strangers;
mod tables;
mod tls;
