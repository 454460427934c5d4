//! Rows of `browsers`: the browsers that an account has signed in from.

use crate::db::{Db, Result, Writing, sql};

/// Notes that an account signed in from a browser; true when the browser was not known.
pub async fn note(
    tx: &mut Writing,
    account_id: &str,
    browser_hash: &str,
    now: i64,
) -> Result<bool> {
    // The insert decides, so of two sign-ins at the same moment only one finds the browser new.
    let inserted = sql::query(
        "INSERT INTO browsers (account_id, browser_hash, first_seen_at, last_seen_at) VALUES ($1, $2, $3, $3)
         ON CONFLICT (account_id, browser_hash) DO NOTHING",
    )
    .bind(account_id)
    .bind(browser_hash)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    if inserted.rows_affected() == 1 {
        return Ok(true);
    }
    sql::query("UPDATE browsers SET last_seen_at = $3 WHERE account_id = $1 AND browser_hash = $2")
        .bind(account_id)
        .bind(browser_hash)
        .bind(now)
        .execute(&mut *tx)
        .await?;
    Ok(false)
}

/// Whether the account knows this browser from a sign-in that is still kept.
pub async fn is_known(db: &Db, account_id: &str, browser_hash: &str) -> Result<bool> {
    let n: i64 = sql::query_scalar(
        "SELECT COUNT(*) FROM browsers WHERE account_id = $1 AND browser_hash = $2",
    )
    .bind(account_id)
    .bind(browser_hash)
    .fetch_one(db.reader())
    .await?;
    Ok(n > 0)
}

/// Whether the account has signed in from any browser before. Browsers are deleted some time after their last
/// sign-in, so every account made before `kept_since` counts as one that has.
pub async fn has_had_any(tx: &mut Writing, account_id: &str, kept_since: i64) -> Result<bool> {
    let n: i64 = sql::query_scalar(
        "SELECT COUNT(*) FROM accounts WHERE id = $1
           AND (created_at <= $2 OR EXISTS (SELECT 1 FROM browsers WHERE account_id = $1))",
    )
    .bind(account_id)
    .bind(kept_since)
    .fetch_one(&mut *tx)
    .await?;
    Ok(n > 0)
}

/// Forgets every browser of an account.
pub async fn forget_all(tx: &mut Writing, account_id: &str) -> Result<()> {
    sql::query("DELETE FROM browsers WHERE account_id = $1")
        .bind(account_id)
        .run(&mut *tx)
        .await
}

/// Keeps the `most` browsers of an account that were used last.
pub async fn keep_newest(tx: &mut Writing, account_id: &str, most: i64) -> Result<()> {
    sql::query(
        "DELETE FROM browsers WHERE account_id = $1 AND browser_hash NOT IN
           (SELECT browser_hash FROM browsers WHERE account_id = $1
            ORDER BY last_seen_at DESC, browser_hash LIMIT $2)",
    )
    .bind(account_id)
    .bind(most)
    .run(&mut *tx)
    .await
}

/// Deletes browsers that were last used before `before`.
pub async fn purge(db: &Db, before: i64) -> Result<()> {
    sql::query("DELETE FROM browsers WHERE last_seen_at < $1")
        .bind(before)
        .run(db.writer())
        .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::accounts::{NewAccount, insert};
    use crate::db::test::fresh;

    async fn add_account(tx: &mut Writing, name: &str) {
        let new = NewAccount {
            id: name,
            user_name: name,
            user_name_key: name,
            email: name,
            email_key: name,
            password_hash: "",
        };
        assert!(insert(tx, &new, 1).await.unwrap());
    }

    #[tokio::test]
    async fn the_least_recently_used_browsers_are_forgotten() {
        let (_guard, db) = fresh().await;
        let mut tx = db.begin().await.unwrap();
        for name in ["ana", "ben"] {
            add_account(&mut tx, name).await;
        }
        // The name decides between the two that were last used at the same moment.
        for (browser, now) in [("d", 4), ("c", 3), ("b", 3), ("a", 1)] {
            assert!(note(&mut tx, "ana", browser, now).await.unwrap());
        }
        note(&mut tx, "ben", "e", 1).await.unwrap();

        keep_newest(&mut tx, "ana", 2).await.unwrap();
        tx.commit().await.unwrap();

        let mut kept = Vec::new();
        for browser in ["a", "b", "c", "d"] {
            if is_known(&db, "ana", browser).await.unwrap() {
                kept.push(browser);
            }
        }
        assert_eq!(kept, ["b", "d"]);
        assert!(is_known(&db, "ben", "e").await.unwrap());
    }
}
