//! What is done to the database as a whole: steps to newer tables, copies, clearing, and looking.

pub(super) mod copy;
pub mod future;
pub(crate) mod inspection;
pub(super) mod migrations;
pub mod overflow;
pub mod overview;
