//! Rows of `counters`. Each try is one statement that checks and counts, so no two requests read the same
//! number. `proto::throttle` defines the rule that the statements implement; tests compare the two.

use proto::throttle::{Count, InARow, Limit, MOST_WAITS, NEVER, wait};

use super::{Db, Result, Writing, sql};

type Columns = (i64, i64, i64);

fn count((n, started_at, blocked_until): Columns) -> Count {
    Count {
        n,
        started_at,
        blocked_until,
    }
}

/// Counts a try, as [`Limit::spend`] does.
pub async fn spend(db: &Db, limit: Limit, key: &str, now: i64) -> Result<Count> {
    let row: Columns = sql::query_as(
        "INSERT INTO counters (kind, key, n, started_at, blocked_until) VALUES ($1, $2, 1, $4, 0)
         ON CONFLICT (kind, key) DO UPDATE SET
             n = CASE WHEN counters.started_at + $3 <= $4 THEN 1 ELSE counters.n + 1 END,
             started_at = CASE WHEN counters.started_at + $3 <= $4 THEN $4 ELSE counters.started_at END
         RETURNING n, started_at, blocked_until",
    )
    .bind(limit.kind)
    .bind(key)
    .bind(limit.window)
    .bind(now)
    .fetch_one(db.writer())
    .await?;
    Ok(count(row))
}

/// Counts a try in a row, as [`InARow::spend`] does; `None` while a wait runs.
pub async fn spend_in_a_row(db: &Db, rule: InARow, key: &str, now: i64) -> Result<Option<Count>> {
    let statement = sql::query_as(
        "INSERT INTO counters (kind, key, n, started_at, blocked_until) VALUES ($1, $2, 1, $3, $17)
         ON CONFLICT (kind, key) DO UPDATE SET (n, started_at, blocked_until) = (
             SELECT next.n,
                    CASE WHEN $5 THEN $3 ELSE counters.started_at END,
                    CASE WHEN next.n >= $8 THEN 9223372036854775807
                         WHEN next.n < $6 OR (next.n - $6) % $7 <> 0 THEN 0
                         ELSE $3 + CASE (next.n - $6) / $7
                             WHEN 0 THEN $9 WHEN 1 THEN $10 WHEN 2 THEN $11 WHEN 3 THEN $12
                             WHEN 4 THEN $13 WHEN 5 THEN $14 WHEN 6 THEN $15 ELSE $16 END END
             FROM (SELECT 1 + CASE WHEN counters.started_at + $4 <= $3 THEN counters.n / $7 * $7
                                   ELSE counters.n END AS n) AS next)
         WHERE counters.blocked_until <= $3
         RETURNING n, started_at, blocked_until",
    )
    .bind(rule.kind)
    .bind(key)
    .bind(now)
    .bind(rule.forgotten)
    .bind(rule.forgotten < NEVER)
    .bind(rule.free)
    .bind(rule.every)
    .bind(rule.shut);
    // The SQL that both databases share has no arrays, so each wait is a separate value.
    let waits = (0..).take(MOST_WAITS).map(|n| wait(rule.waits, n));
    let statement = waits.fold(statement, sql::Query::bind);
    // For the first try of a key, which finds no row.
    let statement = statement.bind(rule.blocked_until(1, now));
    let row: Option<Columns> = statement.fetch_optional(db.writer()).await?;
    Ok(row.map(count))
}

/// Refunds a try, as [`Count::refund`] does.
pub async fn refund(db: &Db, kind: &str, key: &str, spent: Count) -> Result<()> {
    // The wait ends only if this try set it, and a window that began since loses nothing.
    sql::query(
        "UPDATE counters SET
             blocked_until = CASE WHEN n = $3 THEN 0 ELSE blocked_until END,
             n = n - 1
         WHERE kind = $1 AND key = $2 AND started_at = $4 AND n > 0",
    )
    .bind(kind)
    .bind(key)
    .bind(spent.n)
    .bind(spent.started_at)
    .run(db.writer())
    .await
}

/// The stored count, even if its window is over.
pub async fn find(db: &Db, kind: &str, key: &str) -> Result<Option<Count>> {
    let row: Option<Columns> = sql::query_as(
        "SELECT n, started_at, blocked_until FROM counters WHERE kind = $1 AND key = $2",
    )
    .bind(kind)
    .bind(key)
    .fetch_optional(db.reader())
    .await?;
    Ok(row.map(count))
}

/// Deletes a counter, so that its tries start again.
pub async fn reset(tx: &mut Writing, kind: &str, key: &str) -> Result<()> {
    sql::query("DELETE FROM counters WHERE kind = $1 AND key = $2")
        .bind(kind)
        .bind(key)
        .run(&mut *tx)
        .await
}

/// Deletes counters that started before `started_before` and block nothing; those of one kind are kept longer.
pub async fn purge(db: &Db, started_before: i64, kept_longer: (&str, i64), now: i64) -> Result<()> {
    sql::query(
        "DELETE FROM counters
         WHERE started_at < CASE WHEN kind = $2 THEN $3 ELSE $1 END AND blocked_until <= $4",
    )
    .bind(started_before)
    .bind(kept_longer.0)
    .bind(kept_longer.1)
    .bind(now)
    .run(db.writer())
    .await
}

/// Deletes counters of one kind whose window is over, and then the lowest beyond `most` of them: high counts,
/// like those of networks, stay.
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
    tracing::warn!(kind, n_rows, "too many counters: deleting the lowest");
    // SQLite has no OFFSET without a LIMIT.
    sql::query(
        "DELETE FROM counters WHERE kind = $1 AND blocked_until = 0 AND key IN (
             SELECT key FROM counters WHERE kind = $1
             ORDER BY n DESC, started_at DESC, key LIMIT 1000000 OFFSET $2)",
    )
    .bind(kind)
    .bind(most)
    .run(db.writer())
    .await
}

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;
    use proptest::prelude::*;
    use proptest::strategy::ValueTree;
    use proto::seconds::DAY;
    use proto::throttle::{FOREVER, Over};

    use super::super::test::fresh;
    use super::*;

    const LIMIT: Limit = Limit {
        kind: "window",
        most: 10,
        window: 60,
        over: Over::Refused,
    };
    const LOG_IN: InARow = InARow {
        kind: "log-in",
        free: 5,
        every: 1,
        waits: &[30, 60, 120, 240, 480, 960, 1_920, 3_600],
        shut: 100,
        forgotten: NEVER,
    };
    const SHORT_CODE: InARow = InARow {
        kind: "short code",
        free: 10,
        every: 10,
        waits: &[30 * DAY, 90 * DAY, 365 * DAY],
        shut: FOREVER,
        forgotten: 30 * DAY,
    };

    async fn tries(db: &Db, rule: InARow, now: i64) -> Option<Count> {
        spend_in_a_row(db, rule, "ana", now).await.unwrap()
    }

    /// How many tries in a row are taken at `now`, up to 50.
    async fn taken(db: &Db, now: i64) -> usize {
        let mut n = 0;
        while n < 50 && tries(db, SHORT_CODE, now).await.is_some() {
            n += 1;
        }
        n
    }

    async fn resets(db: &Db, rule: InARow) {
        let mut tx = db.begin().await.unwrap();
        reset(&mut tx, rule.kind, "ana").await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn is_off(db: &Db, now: i64) -> bool {
        let count = find(db, SHORT_CODE.kind, "ana").await.unwrap();
        count.is_some_and(|count| count.blocked_until > now)
    }

    #[tokio::test]
    async fn a_window_counts_and_then_restarts() {
        let (_dir, db) = fresh().await;

        let mut numbers = Vec::new();
        for now in [100, 110, 159, 160] {
            numbers.push(spend(&db, LIMIT, "ana", now).await.unwrap().n);
        }

        assert_eq!(numbers, [1, 2, 3, 1]);
    }

    #[tokio::test]
    async fn two_hundred_parallel_spends_are_all_counted() {
        let (_dir, db) = fresh().await;

        let counts = join_all((0..200).map(|_| spend(&db, LIMIT, "ana", 100))).await;
        let mut numbers: Vec<i64> = counts.into_iter().map(|count| count.unwrap().n).collect();

        numbers.sort_unstable();
        assert!(numbers.iter().copied().eq(1..=200));
    }

    #[tokio::test]
    async fn waits_double_up_to_an_hour_and_then_block() {
        let (_dir, db) = fresh().await;
        let mut now = 1_000_000;
        let mut waits = Vec::new();
        for _ in 0..100 {
            let until = tries(&db, LOG_IN, now).await.unwrap().blocked_until;
            if until > now && until < FOREVER {
                assert_eq!(tries(&db, LOG_IN, until - 1).await, None);
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
        assert_eq!(tries(&db, LOG_IN, now + 10_000_000).await, None);
    }

    #[tokio::test]
    async fn a_reset_restarts_the_count() {
        let (_dir, db) = fresh().await;
        for _ in 0..6 {
            tries(&db, LOG_IN, 100).await;
        }
        assert_eq!(tries(&db, LOG_IN, 100).await, None);

        resets(&db, LOG_IN).await;

        assert!(tries(&db, LOG_IN, 100).await.is_some());
    }

    #[tokio::test]
    async fn a_refund_removes_the_count_and_the_wait() {
        let (_dir, db) = fresh().await;
        let rule = InARow { shut: 6, ..LOG_IN };
        let n = async |now| tries(&db, rule, now).await.map(|count| count.n);
        for expected in 1..=5 {
            assert_eq!(n(100).await, Some(expected));
        }
        let sixth = tries(&db, rule, 130).await.unwrap();
        assert_eq!(sixth.blocked_until, FOREVER, "and that one shut it");

        refund(&db, rule.kind, "ana", sixth).await.unwrap();

        assert_eq!(n(130).await, Some(6));
        assert_eq!(n(130 + 10_000_000).await, None);
    }

    #[tokio::test]
    async fn a_refund_keeps_the_wait_of_a_later_try() {
        let (_dir, db) = fresh().await;
        let mut counts = Vec::new();
        for _ in 1..=5 {
            counts.push(tries(&db, LOG_IN, 100).await.unwrap());
        }

        refund(&db, LOG_IN.kind, "ana", counts[3]).await.unwrap();

        assert_eq!(tries(&db, LOG_IN, 129).await, None);
        assert_eq!(tries(&db, LOG_IN, 130).await.unwrap().n, 5);
    }

    #[tokio::test]
    async fn a_refund_from_an_earlier_window_changes_nothing() {
        let (_dir, db) = fresh().await;
        let earlier = spend(&db, LIMIT, "ana", 100).await.unwrap();
        spend(&db, LIMIT, "ana", 160).await.unwrap();

        refund(&db, LIMIT.kind, "ana", earlier).await.unwrap();

        assert_eq!(spend(&db, LIMIT, "ana", 161).await.unwrap().n, 2);
    }

    #[tokio::test]
    async fn every_ten_wrong_codes_switch_off_for_longer() {
        let (_dir, db) = fresh().await;
        let mut now = 1_000_000;

        for days in [30, 90, 365, 365] {
            assert_eq!(taken(&db, now).await, 10);
            now += days * DAY - 1;
            assert!(is_off(&db, now).await);
            assert_eq!(taken(&db, now).await, 0, "{days} days are not over");
            now += 1;
            assert!(!is_off(&db, now).await);
        }
    }

    #[tokio::test]
    async fn thirty_quiet_days_or_a_right_code_restart_the_count() {
        let (_dir, db) = fresh().await;
        for _ in 0..9 {
            assert!(tries(&db, SHORT_CODE, 1_000).await.is_some());
        }

        assert_eq!(taken(&db, 1_000 + 30 * DAY).await, 10);
        resets(&db, SHORT_CODE).await;
        assert_eq!(taken(&db, 1_000 + 30 * DAY).await, 10);
    }

    #[tokio::test]
    async fn only_ten_of_two_hundred_parallel_tries_are_allowed() {
        let (_dir, db) = fresh().await;

        let all = join_all((0..200).map(|_| tries(&db, SHORT_CODE, 1_000))).await;

        assert_eq!(all.into_iter().flatten().count(), 10);
    }

    #[tokio::test]
    async fn counts_of_addresses_are_kept_longer_than_others() {
        let (_dir, db) = fresh().await;
        tries(&db, LOG_IN, 100).await;
        tries(&db, SHORT_CODE, 100).await;

        purge(&db, 101, (SHORT_CODE.kind, 100), 200).await.unwrap();

        assert_eq!(tries(&db, LOG_IN, 200).await.unwrap().n, 1);
        assert_eq!(tries(&db, SHORT_CODE, 200).await.unwrap().n, 2);
    }

    /// What happens next, after so many seconds.
    #[derive(Debug, Clone, Copy)]
    enum Step {
        Spend(i64),
        /// Of so many that were spent, the one so far back.
        Refund(usize),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let seconds = prop_oneof![0..3_i64, 0..90_i64, 0..100 * DAY];
        let step = prop_oneof![
            3 => seconds.prop_map(Step::Spend),
            1 => (0..4_usize).prop_map(Step::Refund),
        ];
        prop::collection::vec(step, 1..60)
    }

    /// Goes through the same steps with a rule and its statement.
    async fn compare(
        db: &Db,
        (kind, key): (&str, &str),
        steps: &[Step],
        rule: impl Fn(Option<Count>, i64) -> Option<Count>,
        statement: impl AsyncFn(i64) -> Option<Count>,
    ) {
        let (mut now, mut expected, mut spent) = (1_000_000, None, Vec::new());
        for step in steps {
            match step {
                Step::Spend(seconds) => {
                    now += seconds;
                    let next = rule(expected, now);
                    assert_eq!(statement(now).await, next, "{kind} at {now} of {steps:?}");
                    expected = next.or(expected);
                    spent.extend(next);
                }
                Step::Refund(back) => {
                    let Some(one) = spent.iter().rev().nth(*back) else {
                        continue;
                    };
                    refund(db, kind, key, *one).await.unwrap();
                    expected = expected.map(|count: Count| count.refund(*one));
                }
            }
        }
    }

    #[tokio::test]
    async fn the_sql_statements_count_like_the_pure_rules() {
        let (_dir, db) = fresh().await;
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        let shut_soon = InARow {
            kind: "shut soon",
            free: 1,
            shut: 7,
            ..LOG_IN
        };
        for round in 0..24 {
            let steps = steps().new_tree(&mut runner).unwrap().current();
            let key = &round.to_string();

            for rule in [LOG_IN, shut_soon, SHORT_CODE] {
                let by_rule = |before, now| rule.spend(before, now);
                let counted = async |now| spend_in_a_row(&db, rule, key, now).await.unwrap();
                compare(&db, (rule.kind, key), &steps, by_rule, counted).await;
            }
            let by_rule = |before, now| Some(LIMIT.spend(before, now));
            let counted = async |now| Some(spend(&db, LIMIT, key, now).await.unwrap());
            compare(&db, (LIMIT.kind, key), &steps, by_rule, counted).await;
        }
    }
}
