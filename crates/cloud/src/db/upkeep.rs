//! What is done to the database as a whole: migrations, copies, purging and inspection.

pub(super) mod copy;
pub mod future;
pub(crate) mod inspection;
pub(super) mod migrations;
pub mod overflow;
pub mod overview;
