//! Rows of `orders`: actions that every process of the cloud has to execute at once.

use super::{Db, Result, Writing, sql};

/// Adds an order for every process.
pub async fn insert(tx: &mut Writing, id: &str, what: &str, now: i64) -> Result<()> {
    sql::query("INSERT INTO orders (id, what, created_at) VALUES ($1, $2, $3)")
        .bind(id)
        .bind(what)
        .bind(now)
        .execute(&mut *tx)
        .await?;
    Ok(())
}

/// Identifiers and texts of orders given since `since`, at most `most` of them, newest first.
pub async fn since(db: &Db, since: i64, most: i64) -> Result<Vec<(String, String)>> {
    let orders = sql::query_as(
        "SELECT id, what FROM orders WHERE created_at >= $1 ORDER BY created_at DESC LIMIT $2",
    )
    .bind(since)
    .bind(most)
    .fetch_all(db.reader())
    .await?;
    Ok(orders)
}

/// Removes orders given before `before`.
pub async fn purge(db: &Db, before: i64) -> Result<()> {
    sql::query("DELETE FROM orders WHERE created_at < $1")
        .bind(before)
        .execute(db.writer())
        .await?;
    Ok(())
}
