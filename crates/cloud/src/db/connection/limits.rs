//! How many connections the database has, and how long everything waits for it.

use std::time::Duration;

/// SQLite connections that only read.
pub const READ_CONNECTIONS: u32 = 4;
/// Connections of one cloud to PostgreSQL, whose `max_connections` (100 where nobody changed it) counts them all.
pub const POSTGRES_CONNECTIONS: u32 = 16;
/// Statements of sockets, calls and workers at the same time on SQLite: half of [`READ_CONNECTIONS`].
pub const TURNS_SQLITE: usize = 2;
/// The same on PostgreSQL: half of [`POSTGRES_CONNECTIONS`].
pub const TURNS_POSTGRES: usize = 8;
/// How long such a statement waits for its turn, before it waits for a connection.
pub const TURN: Duration = Duration::from_secs(30);
// Each is longer than the one before: the server says what is wrong before the cloud gives up the connection.
/// How long a statement waits for rows that others hold (PostgreSQL).
pub const LOCK: Duration = Duration::from_secs(3);
/// After so long PostgreSQL ends a statement itself.
pub const STATEMENT: Duration = Duration::from_secs(4);
/// After so long without an answer PostgreSQL counts as gone.
pub const SILENCE: Duration = Duration::from_secs(5);
/// PostgreSQL ends a transaction in which nothing happens for so long.
pub const IDLE_WRITING: Duration = Duration::from_secs(15);
/// How long the cloud waits for PostgreSQL at its start.
pub const CONNECT: Duration = Duration::from_secs(10);
/// How often a statement that lost a deadlock is tried again.
pub const RETRIES: u32 = 3;
/// Seconds that a visitor is asked to wait when the database does not answer (Retry-After).
pub const RETRY_AFTER: i64 = 2;
/// How long closing the database waits for a statement.
pub const CLOSE: Duration = Duration::from_millis(400);
