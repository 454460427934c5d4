//! Rows of `muted_notices`: kinds of notice that an account has turned off.

use crate::db::{Db, Result, Writing, sql};

/// The kinds that an account does not want.
pub async fn of_account(db: &Db, account_id: &str) -> Result<Vec<String>> {
    sql::query_scalar("SELECT kind FROM muted_notices WHERE account_id = $1 ORDER BY kind")
        .bind(account_id)
        .fetch_all(db.reader())
        .await
}

/// Whether an account does not want a kind.
pub async fn is_muted(tx: &mut Writing, account_id: &str, kind: &str) -> Result<bool> {
    let n: i64 =
        sql::query_scalar("SELECT COUNT(*) FROM muted_notices WHERE account_id = $1 AND kind = $2")
            .bind(account_id)
            .bind(kind)
            .fetch_one(&mut *tx)
            .await?;
    Ok(n > 0)
}

/// Turns a kind of notice off.
pub async fn insert(tx: &mut Writing, account_id: &str, kind: &str) -> Result<()> {
    sql::query(
        "INSERT INTO muted_notices (account_id, kind) VALUES ($1, $2) ON CONFLICT DO NOTHING",
    )
    .bind(account_id)
    .bind(kind)
    .run(&mut *tx)
    .await
}

/// Turns a kind of notice on.
pub async fn delete(tx: &mut Writing, account_id: &str, kind: &str) -> Result<()> {
    sql::query("DELETE FROM muted_notices WHERE account_id = $1 AND kind = $2")
        .bind(account_id)
        .bind(kind)
        .run(&mut *tx)
        .await
}
