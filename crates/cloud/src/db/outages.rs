//! Rows of `outages`: when a recorder had no link. Only those of recorders that somebody owns are stored.

use super::{Db, Result, Writing, sql};

/// A time without a link, in seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx_macros::FromRow)]
pub struct Outage {
    /// When the link ended.
    pub began_at: i64,
    /// When the next one came; `None` while it lasts.
    pub ended_at: Option<i64>,
}

/// What is kept of ended outages.
#[derive(Debug, Clone, Copy)]
pub struct Kept {
    /// Shorter ones are not stored, in seconds.
    pub shortest: i64,
    /// So many of one recorder, the newest.
    pub most: i64,
}

/// The link of a recorder has ended, unless nobody owns it or it had none.
pub async fn begin(db: &Db, serial: &str, now: i64) -> Result<()> {
    sql::query(
        "INSERT INTO outages (serial, began_at)
         SELECT r.serial, CAST($2 AS BIGINT) FROM recorders r
         WHERE r.serial = $1 AND r.account_id IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM outages o WHERE o.serial = r.serial AND o.ended_at IS NULL)
         ON CONFLICT (serial, began_at) DO NOTHING",
    )
    .bind(serial)
    .bind(now)
    .run(db.writer())
    .await
}

/// A recorder has a link again.
pub async fn end(db: &Db, serial: &str, now: i64, kept: Kept) -> Result<()> {
    // Reads before it writes: mostly nothing lasts, and many links may return at once.
    let lasting = "SELECT COUNT(*) FROM outages WHERE serial = $1 AND ended_at IS NULL";
    let n: i64 = sql::query_scalar(lasting)
        .bind(serial)
        .fetch_one(db.reader())
        .await?;
    if n == 0 {
        return Ok(());
    }
    sql::query("UPDATE outages SET ended_at = $2 WHERE serial = $1 AND ended_at IS NULL")
        .bind(serial)
        .bind(now)
        .execute(db.writer())
        .await?;
    // First, so that a short one takes no place of a long one.
    sql::query("DELETE FROM outages WHERE serial = $1 AND ended_at - began_at < $2")
        .bind(serial)
        .bind(kept.shortest)
        .execute(db.writer())
        .await?;
    sql::query(
        "DELETE FROM outages WHERE serial = $1 AND began_at <= (
             SELECT o.began_at FROM outages o WHERE o.serial = $1
             ORDER BY o.began_at DESC LIMIT 1 OFFSET $2)",
    )
    .bind(serial)
    .bind(kept.most)
    .run(db.writer())
    .await
}

/// The outages of a recorder that lasted into the time since `since`, newest first.
pub async fn of(db: &Db, serial: &str, since: i64) -> Result<Vec<Outage>> {
    sql::query_as(
        "SELECT began_at, ended_at FROM outages WHERE serial = $1 AND (ended_at IS NULL OR ended_at >= $2)
         ORDER BY began_at DESC",
    )
    .bind(serial)
    .bind(since)
    .fetch_all(db.reader())
    .await
}

/// Forgets those that ended before a moment.
pub async fn purge(db: &Db, before: i64) -> Result<()> {
    sql::query("DELETE FROM outages WHERE ended_at < $1")
        .bind(before)
        .run(db.writer())
        .await
}

/// Forgets those of a recorder that changes its owner.
pub async fn forget(tx: &mut Writing, serial: &str) -> Result<()> {
    sql::query("DELETE FROM outages WHERE serial = $1")
        .bind(serial)
        .run(&mut *tx)
        .await
}

#[cfg(test)]
mod tests {
    use super::super::test::fresh;
    use super::super::{recorders, sql};
    use super::*;

    const KEPT: Kept = Kept {
        shortest: 60,
        most: 3,
    };

    /// A recorder of Ana, and one of nobody.
    async fn with_recorders() -> (impl Sized, Db) {
        let (dir, db) = fresh().await;
        sql::query("INSERT INTO accounts (id, user_name, user_name_key, email, email_key, password_hash, created_at)
             VALUES ('ana', 'ana', 'ana', 'ana', 'ana', '', 0)")
            .execute(db.writer())
            .await
            .unwrap();
        for serial in ["PV-1", "PV-2"] {
            recorders::register(&db, serial, serial, 1).await.unwrap();
        }
        recorders::claim(&db, "PV-1", "ana", "Home", 2)
            .await
            .unwrap();
        (dir, db)
    }

    async fn times(db: &Db, serial: &str) -> Vec<(i64, Option<i64>)> {
        let outages = of(db, serial, 0).await.unwrap();
        outages
            .iter()
            .map(|it| (it.began_at, it.ended_at))
            .collect()
    }

    #[tokio::test]
    async fn an_outage_lasts_until_the_next_link() {
        let (_dir, db) = with_recorders().await;

        begin(&db, "PV-1", 100).await.unwrap();
        begin(&db, "PV-1", 150).await.unwrap();
        begin(&db, "PV-2", 100).await.unwrap();
        let lasting = times(&db, "PV-1").await;
        end(&db, "PV-1", 160, KEPT).await.unwrap();
        end(&db, "PV-1", 900, KEPT).await.unwrap();

        assert_eq!(lasting, [(100, None)]);
        assert_eq!(times(&db, "PV-1").await, [(100, Some(160))]);
        assert!(times(&db, "PV-2").await.is_empty(), "nobody owns it");
        assert!(of(&db, "PV-1", 161).await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn short_and_old_outages_are_not_kept() {
        let (_dir, db) = with_recorders().await;
        for n in 1..=5 {
            begin(&db, "PV-1", n * 1_000).await.unwrap();
            end(&db, "PV-1", n * 1_000 + 60, KEPT).await.unwrap();
        }

        begin(&db, "PV-1", 9_000).await.unwrap();
        end(&db, "PV-1", 9_059, KEPT).await.unwrap();

        let kept = [5_000, 4_000, 3_000].map(|at| (at, Some(at + 60)));
        assert_eq!(times(&db, "PV-1").await, kept);
        purge(&db, 5_060).await.unwrap();
        assert_eq!(times(&db, "PV-1").await, kept[..1]);
    }

    #[tokio::test]
    async fn a_new_owner_learns_of_no_earlier_outage() {
        let (_dir, db) = with_recorders().await;
        begin(&db, "PV-1", 100).await.unwrap();

        recorders::release(&db, "PV-1", "ana").await.unwrap();

        assert!(times(&db, "PV-1").await.is_empty());
    }
}
