//! How the database is reached: one driver each for SQLite and PostgreSQL, and who may ask when.

pub mod limits;
pub(crate) mod postgres;
pub(super) mod sqlite;
pub(super) mod turns;
