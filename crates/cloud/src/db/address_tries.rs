//! Rows of `address_tries`: wrong short codes of one address. One statement counts and switches off.

use super::{Db, Result, sql};

/// When an address's short code is switched off, and for how long.
#[derive(Debug, Clone, Copy)]
pub struct SwitchOff {
    /// So many wrong codes are taken.
    pub most: i64,
    /// So many seconds without one start the count again.
    pub forgotten: i64,
    /// Seconds off: the first time, the second, and every further time.
    pub off: [i64; 3],
}

/// Counts a try before anybody compares it; false while the address's short code is off.
/// The last try that is taken switches it off; a right code is told with [`forget`].
pub async fn count(db: &Db, key: &str, rule: SwitchOff, now: i64) -> Result<bool> {
    let n: Option<i64> = sql::query_scalar(
        "INSERT INTO address_tries (key, n_wrong, n_offs, last_at, off_until) VALUES ($1, 1, 0, $2, 0)
         ON CONFLICT (key) DO UPDATE SET
             n_wrong = CASE WHEN address_tries.last_at + $4 <= $2 THEN 1
                            WHEN address_tries.n_wrong + 1 >= $3 THEN 0
                            ELSE address_tries.n_wrong + 1 END,
             n_offs = CASE WHEN address_tries.last_at + $4 > $2 AND address_tries.n_wrong + 1 >= $3
                           THEN address_tries.n_offs + 1 ELSE address_tries.n_offs END,
             off_until = CASE WHEN address_tries.last_at + $4 <= $2 OR address_tries.n_wrong + 1 < $3 THEN 0
                              WHEN address_tries.n_offs = 0 THEN $2 + $5
                              WHEN address_tries.n_offs = 1 THEN $2 + $6
                              ELSE $2 + $7 END,
             last_at = $2
         WHERE address_tries.off_until <= $2
         RETURNING n_wrong",
    )
    .bind(key)
    .bind(now)
    .bind(rule.most)
    .bind(rule.forgotten)
    .bind(rule.off[0])
    .bind(rule.off[1])
    .bind(rule.off[2])
    .fetch_optional(db.writer())
    .await?;
    Ok(n.is_some())
}

/// Whether an address's short code is off.
pub async fn is_off(db: &Db, key: &str, now: i64) -> Result<bool> {
    let n: i64 =
        sql::query_scalar("SELECT COUNT(*) FROM address_tries WHERE key = $1 AND off_until > $2")
            .bind(key)
            .bind(now)
            .fetch_one(db.reader())
            .await?;
    Ok(n > 0)
}

/// Forgets what was wrong: the mailbox is proven.
pub async fn forget(db: &Db, key: &str) -> Result<()> {
    sql::query("DELETE FROM address_tries WHERE key = $1")
        .bind(key)
        .execute(db.writer())
        .await?;
    Ok(())
}

/// Removes addresses without a wrong code since `before`.
pub async fn purge(db: &Db, before: i64) -> Result<()> {
    sql::query("DELETE FROM address_tries WHERE last_at < $1")
        .bind(before)
        .execute(db.writer())
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use proto::seconds::DAY;

    use super::super::test::fresh;
    use super::*;

    const RULE: SwitchOff = SwitchOff {
        most: 10,
        forgotten: 30 * DAY,
        off: [30 * DAY, 90 * DAY, 365 * DAY],
    };

    /// How many tries in a row are taken at `now`, up to 50.
    async fn taken(db: &Db, now: i64) -> usize {
        let mut n = 0;
        while n < 50 && count(db, "ana", RULE, now).await.unwrap() {
            n += 1;
        }
        n
    }

    #[tokio::test]
    async fn ten_wrong_codes_switch_off_for_longer_and_longer() {
        let (_dir, db) = fresh().await;
        let mut now = 1_000_000;

        for days in [30, 90, 365, 365] {
            assert_eq!(taken(&db, now).await, 10);
            now += days * DAY - 1;
            assert!(is_off(&db, "ana", now).await.unwrap());
            assert_eq!(taken(&db, now).await, 0, "{days} days are not over");
            now += 1;
            assert!(!is_off(&db, "ana", now).await.unwrap());
        }
    }

    #[tokio::test]
    async fn thirty_quiet_days_or_a_right_code_start_again() {
        let (_dir, db) = fresh().await;
        for _ in 0..9 {
            assert!(count(&db, "ana", RULE, 1_000).await.unwrap());
        }

        assert_eq!(taken(&db, 1_000 + 30 * DAY).await, 10);
        forget(&db, "ana").await.unwrap();
        assert_eq!(taken(&db, 1_000 + 30 * DAY).await, 10);
    }

    #[tokio::test]
    async fn two_hundred_parallel_tries_are_ten() {
        let (_dir, db) = fresh().await;

        let tries = (0..200).map(|_| count(&db, "ana", RULE, 1_000));
        let taken = futures_util::future::join_all(tries).await;

        assert_eq!(
            taken.into_iter().filter(|t| *t.as_ref().unwrap()).count(),
            10
        );
    }
}
