//! Rows of `counters`. Each count is one statement, so no two requests read the same number.

use super::{Db, Result, Writing, sql};

/// A counter after counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Counted {
    /// How often, this time included.
    pub n: i64,
    /// Start of the window, seconds since 1970.
    pub started_at: i64,
}

/// Counts once more in a window of `window` seconds that starts with its first count.
pub async fn count(db: &Db, kind: &str, key: &str, window: i64, now: i64) -> Result<Counted> {
    let counted = sql::query_as(
        "INSERT INTO counters (kind, key, n, started_at) VALUES ($1, $2, 1, $4)
         ON CONFLICT (kind, key) DO UPDATE SET
             n = CASE WHEN counters.started_at + $3 <= $4 THEN 1 ELSE counters.n + 1 END,
             started_at = CASE WHEN counters.started_at + $3 <= $4 THEN $4 ELSE counters.started_at END
         RETURNING n, started_at",
    )
    .bind(kind)
    .bind(key)
    .bind(window)
    .bind(now)
    .fetch_one(db.writer())
    .await?;
    Ok(counted)
}

/// How often somebody did something in the running window, without counting.
pub async fn read(db: &Db, kind: &str, key: &str, window: i64, now: i64) -> Result<i64> {
    let n: Option<i64> = sql::query_scalar(
        "SELECT n FROM counters WHERE kind = $1 AND key = $2 AND started_at + $3 > $4",
    )
    .bind(kind)
    .bind(key)
    .bind(window)
    .bind(now)
    .fetch_optional(db.reader())
    .await?;
    Ok(n.unwrap_or(0))
}

/// Blocks until then, unless a block is running; true when this call began it.
pub async fn block(db: &Db, kind: &str, key: &str, until: i64, now: i64) -> Result<bool> {
    let blocked = sql::query(
        "INSERT INTO counters (kind, key, n, started_at, blocked_until) VALUES ($1, $2, 1, $4, $3)
         ON CONFLICT (kind, key) DO UPDATE SET
             n = counters.n + 1, started_at = $4, blocked_until = $3
         WHERE counters.blocked_until <= $4",
    )
    .bind(kind)
    .bind(key)
    .bind(until)
    .bind(now)
    .execute(db.writer())
    .await?;
    Ok(blocked.rows_affected() == 1)
}

/// Whether a block is running.
pub async fn is_blocked(db: &Db, kind: &str, key: &str, now: i64) -> Result<bool> {
    let n: i64 = sql::query_scalar(
        "SELECT COUNT(*) FROM counters WHERE kind = $1 AND key = $2 AND blocked_until > $3",
    )
    .bind(kind)
    .bind(key)
    .bind(now)
    .fetch_one(db.reader())
    .await?;
    Ok(n > 0)
}

/// The waits that [`count_unless_blocked`] puts after failures in a row.
#[derive(Debug, Clone, Copy)]
pub struct Waits {
    /// So many failures cost nothing.
    pub free: i64,
    /// Seconds after the first failure beyond; each further one doubles it.
    pub first: i64,
    /// Longest wait, seconds.
    pub most: i64,
    /// From so many failures on it stays shut until [`reset`].
    pub shut: i64,
}

/// Counts one more try and sets the wait before the next one, unless a wait is running.
/// Returns which one in a row it is; `None` while a wait runs, and it may not go on. A success is
/// told with [`reset`], a try that was none with [`uncount_try`].
pub async fn count_unless_blocked(
    db: &Db,
    kind: &str,
    key: &str,
    waits: Waits,
    now: i64,
) -> Result<Option<i64>> {
    sql::query_scalar(
        "INSERT INTO counters (kind, key, n, started_at, blocked_until) VALUES ($1, $2, 1, $3, 0)
         ON CONFLICT (kind, key) DO UPDATE SET
             n = counters.n + 1,
             blocked_until = CASE
                 WHEN counters.n + 1 < $4 THEN 0
                 WHEN counters.n + 1 >= $7 THEN 9223372036854775807
                 WHEN counters.n + 1 - $4 >= 30 THEN $3 + $6
                 WHEN $5 << CAST(counters.n + 1 - $4 AS INTEGER) > $6 THEN $3 + $6
                 ELSE $3 + ($5 << CAST(counters.n + 1 - $4 AS INTEGER)) END
         WHERE counters.blocked_until <= $3
         RETURNING n",
    )
    .bind(kind)
    .bind(key)
    .bind(now)
    .bind(waits.free)
    .bind(waits.first)
    .bind(waits.most)
    .bind(waits.shut)
    .fetch_optional(db.writer())
    .await
}

/// Takes the `n`th try in a row back with the wait that it set; the wait that a later one set stays.
pub async fn uncount_try(db: &Db, kind: &str, key: &str, n: i64) -> Result<()> {
    sql::query(
        "UPDATE counters SET
             blocked_until = CASE WHEN n = $3 THEN 0 ELSE blocked_until END,
             n = n - 1
         WHERE kind = $1 AND key = $2 AND n > 0",
    )
    .bind(kind)
    .bind(key)
    .bind(n)
    .execute(db.writer())
    .await?;
    Ok(())
}

/// How often was counted.
pub async fn value(db: &Db, kind: &str, key: &str) -> Result<i64> {
    let n: Option<i64> = sql::query_scalar("SELECT n FROM counters WHERE kind = $1 AND key = $2")
        .bind(kind)
        .bind(key)
        .fetch_optional(db.reader())
        .await?;
    Ok(n.unwrap_or(0))
}

/// Forgets a counter.
pub async fn reset(tx: &mut Writing, kind: &str, key: &str) -> Result<()> {
    sql::query("DELETE FROM counters WHERE kind = $1 AND key = $2")
        .bind(kind)
        .bind(key)
        .execute(&mut *tx)
        .await?;
    Ok(())
}

/// Takes one count back, for a try that turned out not to be one.
pub async fn uncount(db: &Db, kind: &str, key: &str) -> Result<()> {
    sql::query("UPDATE counters SET n = n - 1 WHERE kind = $1 AND key = $2 AND n > 0")
        .bind(kind)
        .bind(key)
        .execute(db.writer())
        .await?;
    Ok(())
}

/// Removes counters that started before `started_before` and block nothing.
pub async fn purge(db: &Db, started_before: i64, now: i64) -> Result<()> {
    sql::query("DELETE FROM counters WHERE started_at < $1 AND blocked_until <= $2")
        .bind(started_before)
        .bind(now)
        .execute(db.writer())
        .await?;
    Ok(())
}

/// Removes counters of one kind whose window is over, and then the lowest beyond `most` of them: a
/// high count, like that of a network, stays.
pub async fn purge_kind(db: &Db, kind: &str, started_before: i64, most: i64) -> Result<()> {
    sql::query("DELETE FROM counters WHERE kind = $1 AND started_at <= $2 AND blocked_until = 0")
        .bind(kind)
        .bind(started_before)
        .execute(db.writer())
        .await?;
    let n_rows: i64 = sql::query_scalar("SELECT COUNT(*) FROM counters WHERE kind = $1")
        .bind(kind)
        .fetch_one(db.reader())
        .await?;
    if n_rows <= most {
        return Ok(());
    }
    tracing::warn!(kind, n_rows, "more counters than are kept: the lowest go");
    sql::query(
        "DELETE FROM counters WHERE kind = $1 AND blocked_until = 0 AND key IN (
             SELECT key FROM counters WHERE kind = $1
             ORDER BY n DESC, started_at DESC, key LIMIT 1000000 OFFSET $2)",
    )
    .bind(kind)
    .bind(most)
    .execute(db.writer())
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::test::fresh;
    use super::*;

    const WAITS: Waits = Waits {
        free: 5,
        first: 30,
        most: 3_600,
        shut: 100,
    };

    #[tokio::test]
    async fn a_window_counts_and_starts_again() {
        let (_dir, db) = fresh().await;

        let mut numbers = Vec::new();
        for now in [100, 110, 159, 160] {
            numbers.push(count(&db, "test", "ana", 60, now).await.unwrap().n);
        }

        assert_eq!(numbers, [1, 2, 3, 1]);
    }

    #[tokio::test]
    async fn two_hundred_parallel_counts_are_two_hundred() {
        let (_dir, db) = fresh().await;

        let counts = (0..200).map(|_| count(&db, "test", "ana", 60, 100));
        let mut numbers: Vec<i64> = futures_util::future::join_all(counts)
            .await
            .into_iter()
            .map(|c| c.unwrap().n)
            .collect();

        numbers.sort_unstable();
        assert!(numbers.iter().copied().eq(1..=200));
    }

    #[tokio::test]
    async fn waits_double_to_an_hour_and_then_shut() {
        let (_dir, db) = fresh().await;
        let mut now = 1_000_000;
        let mut waits = Vec::new();
        for _ in 0..100 {
            assert!(
                count_unless_blocked(&db, "test", "ana", WAITS, now)
                    .await
                    .unwrap()
                    .is_some()
            );
            let until: i64 = sql::query_scalar("SELECT blocked_until FROM counters")
                .fetch_one(db.reader())
                .await
                .unwrap();
            if until > now && until < i64::MAX {
                assert!(
                    count_unless_blocked(&db, "test", "ana", WAITS, until - 1)
                        .await
                        .unwrap()
                        .is_none()
                );
                waits.push(until - now);
                now = until;
            }
        }

        assert_eq!(
            waits[..9],
            [30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600]
        );
        assert_eq!(
            waits.len(),
            95,
            "after five free ones every failure waits, and the hundredth shuts"
        );
        assert!(
            count_unless_blocked(&db, "test", "ana", WAITS, now + 10_000_000)
                .await
                .unwrap()
                .is_none()
        );
    }

    #[tokio::test]
    async fn a_reset_starts_from_the_beginning() {
        let (_dir, db) = fresh().await;
        for _ in 0..6 {
            count_unless_blocked(&db, "test", "ana", WAITS, 100)
                .await
                .unwrap();
        }
        assert!(
            count_unless_blocked(&db, "test", "ana", WAITS, 100)
                .await
                .unwrap()
                .is_none()
        );

        let mut tx = db.begin().await.unwrap();
        reset(&mut tx, "test", "ana").await.unwrap();
        tx.commit().await.unwrap();

        assert!(
            count_unless_blocked(&db, "test", "ana", WAITS, 100)
                .await
                .unwrap()
                .is_some()
        );
    }

    #[tokio::test]
    async fn a_try_that_was_none_leaves_neither_a_count_nor_a_wait() {
        let (_dir, db) = fresh().await;
        let waits = Waits { shut: 6, ..WAITS };
        let tries = async |now| count_unless_blocked(&db, "test", "ana", waits, now).await;
        for n in 1..=5 {
            assert_eq!(tries(100).await.unwrap(), Some(n));
        }
        assert_eq!(tries(130).await.unwrap(), Some(6), "and that one shut it");

        uncount_try(&db, "test", "ana", 6).await.unwrap();

        assert_eq!(tries(130).await.unwrap(), Some(6));
        assert_eq!(tries(130 + 10_000_000).await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_try_that_was_none_leaves_the_wait_of_a_later_one() {
        let (_dir, db) = fresh().await;
        let tries = async |now| count_unless_blocked(&db, "test", "ana", WAITS, now).await;
        for n in 1..=5 {
            assert_eq!(tries(100).await.unwrap(), Some(n));
        }

        uncount_try(&db, "test", "ana", 4).await.unwrap();

        assert_eq!(tries(129).await.unwrap(), None);
        assert_eq!(tries(130).await.unwrap(), Some(5));
    }
}
