//! Many at once: the same form, many people, or one client that never stops.

mod at_once;
mod crowds;
mod flood;
