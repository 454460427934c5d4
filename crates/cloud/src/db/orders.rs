//! Rows of `orders`: actions that every process of the cloud has to execute at once.

use super::{Db, Result, Writing, sql};

/// Adds an order for every process.
pub async fn insert(tx: &mut Writing, id: &str, what: &str, now: i64) -> Result<()> {
    sql::query("INSERT INTO orders (id, what, created_at) VALUES ($1, $2, $3)")
        .bind(id)
        .bind(what)
        .bind(now)
        .run(&mut *tx)
        .await
}

/// Identifiers and texts of orders given since `since`, at most `most` of them, newest first.
pub async fn since(db: &Db, since: i64, most: i64) -> Result<Vec<(String, String)>> {
    sql::query_as(
        "SELECT id, what FROM orders WHERE created_at >= $1 ORDER BY created_at DESC LIMIT $2",
    )
    .bind(since)
    .bind(most)
    .fetch_all(db.reader())
    .await
}

/// Removes orders given before `before`.
pub async fn purge(db: &Db, before: i64) -> Result<()> {
    sql::query("DELETE FROM orders WHERE created_at < $1")
        .bind(before)
        .run(db.writer())
        .await
}
