//! Rows of `recorders`: the known serial numbers, their keys and their owners.

use super::{Db, Result, Writing, arrangements, outages, sql};

/// One recorder as the registry knows it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx_macros::FromRow)]
pub struct Recorder {
    /// Serial number in its canonical form.
    pub serial: String,
    /// Public key of its agent, base64url.
    pub public_key: String,
    /// Account that owns it, if any.
    pub account_id: Option<String>,
    /// What its owner calls it.
    pub name: String,
    /// JSON list of cameras, as the agent last told.
    pub cameras: String,
    /// First register, seconds since 1970.
    pub first_seen_at: i64,
    /// Last sign of life, seconds since 1970.
    pub last_seen_at: i64,
    /// When it was claimed, seconds since 1970.
    pub claimed_at: Option<i64>,
    /// Its place in its owner's list, if the owner gave it one.
    #[sqlx(default)]
    pub position: Option<i64>,
    /// JSON of its owner's names, order and hidden ones of its cameras, if there are any.
    #[sqlx(default)]
    pub arrangement: Option<String>,
}

/// What registering a serial with a key found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SerialStatus {
    /// The serial was not known; it now belongs to this key.
    New,
    /// The serial is known with this key.
    Known,
    /// The serial belongs to another key.
    OtherKey,
}

/// Binds `serial` to `key` unless another key came first. `now` in seconds since 1970.
pub async fn register(db: &Db, serial: &str, key: &str, now: i64) -> Result<SerialStatus> {
    // The insert decides which key was first, so two agents with one serial cannot both be new.
    let inserted = sql::query(
        "INSERT INTO recorders (serial, public_key, first_seen_at, last_seen_at) VALUES ($1, $2, $3, $3)
         ON CONFLICT (serial) DO NOTHING",
    )
    .bind(serial)
    .bind(key)
    .bind(now)
    .execute(db.writer())
    .await?;
    if inserted.rows_affected() == 1 {
        return Ok(SerialStatus::New);
    }
    let known =
        sql::query("UPDATE recorders SET last_seen_at = $3 WHERE serial = $1 AND public_key = $2")
            .bind(serial)
            .bind(key)
            .bind(now)
            .execute(db.writer())
            .await?;
    Ok(if known.rows_affected() == 1 {
        SerialStatus::Known
    } else {
        SerialStatus::OtherKey
    })
}

/// Notes a sign of life.
pub async fn seen(db: &Db, serial: &str, now: i64) -> Result<()> {
    sql::query("UPDATE recorders SET last_seen_at = $2 WHERE serial = $1")
        .bind(serial)
        .bind(now)
        .run(db.writer())
        .await
}

/// Stores the list of cameras, as JSON, of a recorder that somebody owns; false when nobody does.
pub async fn set_cameras(db: &Db, serial: &str, cameras: &str) -> Result<bool> {
    // Lists of cameras are kept for owners only: strangers could fill the disk with them.
    sql::query("UPDATE recorders SET cameras = $2 WHERE serial = $1 AND account_id IS NOT NULL")
        .bind(serial)
        .bind(cameras)
        .changes_one(db.writer())
        .await
}

/// Recorders that nobody owns, without a sign of life since `before`.
pub async fn unclaimed_unseen(db: &Db, before: i64) -> Result<Vec<String>> {
    sql::query_scalar("SELECT serial FROM recorders WHERE account_id IS NULL AND last_seen_at < $1")
        .bind(before)
        .fetch_all(db.reader())
        .await
}

/// Recorders that somebody owns, without a sign of life since `before`.
pub async fn owned_unseen(db: &Db, before: i64) -> Result<Vec<String>> {
    let text = "SELECT serial FROM recorders WHERE account_id IS NOT NULL AND last_seen_at < $1";
    sql::query_scalar(text)
        .bind(before)
        .fetch_all(db.reader())
        .await
}

/// Forgets recorders that nobody owns, without a sign of life since `before`.
pub async fn purge_unclaimed(db: &Db, before: i64) -> Result<()> {
    sql::query("DELETE FROM recorders WHERE account_id IS NULL AND last_seen_at < $1")
        .bind(before)
        .run(db.writer())
        .await
}

/// How many recorders nobody owns.
pub async fn n_unclaimed(db: &Db) -> Result<i64> {
    sql::query_scalar("SELECT COUNT(*) FROM recorders WHERE account_id IS NULL")
        .fetch_one(db.reader())
        .await
}

/// Notes a sign of life of all of these.
pub async fn all_seen(db: &Db, serials: &[&str], now: i64) -> Result<()> {
    // One transaction is one write to the disk, however many recorders are online.
    let mut tx = db.begin().await?;
    for serial in serials {
        sql::query("UPDATE recorders SET last_seen_at = $2 WHERE serial = $1")
            .bind(*serial)
            .bind(now)
            .execute(&mut tx)
            .await?;
    }
    tx.commit().await
}

/// Forgets the unclaimed recorders beyond `most` that were unseen for longest, at most 10,000
/// at once. Returns how many.
pub async fn forget_unclaimed_beyond(db: &Db, most: i64) -> Result<u64> {
    let forgotten = sql::query(
        "DELETE FROM recorders WHERE account_id IS NULL AND serial IN (
             SELECT serial FROM recorders WHERE account_id IS NULL
             ORDER BY last_seen_at DESC, serial LIMIT 10000 OFFSET $1)",
    )
    .bind(most)
    .execute(db.writer())
    .await?;
    Ok(forgotten.rows_affected())
}

/// Gives an unclaimed recorder to an account; false when it is unknown or taken.
pub async fn claim(db: &Db, serial: &str, account_id: &str, name: &str, now: i64) -> Result<bool> {
    sql::query(
        "UPDATE recorders SET account_id = $2, name = $3, claimed_at = $4
         WHERE serial = $1 AND account_id IS NULL",
    )
    .bind(serial)
    .bind(account_id)
    .bind(name)
    .bind(now)
    .changes_one(db.writer())
    .await
}

/// All recorders of an account: first those that it gave a place, then the others in the order they were claimed;
/// those of one second by name.
pub async fn of_account(db: &Db, account_id: &str) -> Result<Vec<Recorder>> {
    sql::query_as(OF_ACCOUNT)
        .bind(account_id)
        .fetch_all(db.reader())
        .await
}

/// [`of_account`] inside the caller's transaction.
pub async fn of_account_in(tx: &mut Writing, account_id: &str) -> Result<Vec<Recorder>> {
    sql::query_as(OF_ACCOUNT)
        .bind(account_id)
        .fetch_all(&mut *tx)
        .await
}

const OF_ACCOUNT: &str = "SELECT r.*, a.position, a.cameras AS arrangement FROM recorders r
     LEFT JOIN arrangements a ON a.serial = r.serial AND a.account_id = r.account_id
     WHERE r.account_id = $1
     ORDER BY a.position IS NULL, a.position, r.claimed_at, r.name, r.serial";

/// The recorder, if this account owns it.
pub async fn find_owned(db: &Db, serial: &str, account_id: &str) -> Result<Option<Recorder>> {
    sql::query_as(OWNED)
        .bind(serial)
        .bind(account_id)
        .fetch_optional(db.reader())
        .await
}

/// [`find_owned`] inside the caller's transaction, in which it keeps its owner until the end.
pub async fn find_owned_in(
    tx: &mut Writing,
    serial: &str,
    account_id: &str,
) -> Result<Option<Recorder>> {
    // An update that changes nothing locks the row; SQLite has no `SELECT … FOR UPDATE`.
    sql::query("UPDATE recorders SET name = name WHERE serial = $1 AND account_id = $2")
        .bind(serial)
        .bind(account_id)
        .execute(&mut *tx)
        .await?;
    sql::query_as(OWNED)
        .bind(serial)
        .bind(account_id)
        .fetch_optional(&mut *tx)
        .await
}

const OWNED: &str = "SELECT r.*, a.position, a.cameras AS arrangement FROM recorders r
     LEFT JOIN arrangements a ON a.serial = r.serial AND a.account_id = r.account_id
     WHERE r.serial = $1 AND r.account_id = $2";

/// The recorder of any account. Never use it for an answer to a person; see [`find_owned`].
pub async fn find(db: &Db, serial: &str) -> Result<Option<Recorder>> {
    sql::query_as("SELECT * FROM recorders WHERE serial = $1")
        .bind(serial)
        .fetch_optional(db.reader())
        .await
}

/// Renames an owned recorder; false when it is not this account's.
pub async fn rename(db: &Db, serial: &str, account_id: &str, name: &str) -> Result<bool> {
    sql::query("UPDATE recorders SET name = $3 WHERE serial = $1 AND account_id = $2")
        .bind(serial)
        .bind(account_id)
        .bind(name)
        .changes_one(db.writer())
        .await
}

/// Takes a recorder out of its owner's account; false when it is not this account's.
pub async fn release(db: &Db, serial: &str, account_id: &str) -> Result<bool> {
    let mut tx = db.begin().await?;
    let is_released = release_in(&mut tx, serial, account_id).await?;
    tx.commit().await?;
    Ok(is_released)
}

/// [`release`] inside the caller's transaction.
pub async fn release_in(tx: &mut Writing, serial: &str, account_id: &str) -> Result<bool> {
    // Name and cameras were the old owner's; the next one must not see them.
    let released = sql::query(
        "UPDATE recorders SET account_id = NULL, name = '', claimed_at = NULL, cameras = '[]'
         WHERE serial = $1 AND account_id = $2",
    )
    .bind(serial)
    .bind(account_id)
    .execute(&mut *tx)
    .await?;
    if released.rows_affected() == 1 {
        arrangements::forget(tx, serial).await?;
        outages::forget(tx, serial).await?;
    }
    Ok(released.rows_affected() == 1)
}

/// Takes every recorder out of an account; returns their serial numbers.
pub async fn release_all(tx: &mut Writing, account_id: &str) -> Result<Vec<String>> {
    let serials: Vec<String> = sql::query_scalar(
        "UPDATE recorders SET account_id = NULL, name = '', claimed_at = NULL, cameras = '[]'
         WHERE account_id = $1 RETURNING serial",
    )
    .bind(account_id)
    .fetch_all(&mut *tx)
    .await?;
    for serial in &serials {
        arrangements::forget(tx, serial).await?;
        outages::forget(tx, serial).await?;
    }
    Ok(serials)
}

#[cfg(test)]
mod tests {
    use super::super::test::fresh;
    use super::*;

    const SERIAL: &str = "PV-0000-0000-00001";

    async fn with_accounts(names: &[&str]) -> (impl Sized, Db) {
        let (dir, db) = fresh().await;
        for name in names {
            sql::query("INSERT INTO accounts (id, user_name, user_name_key, email, email_key, password_hash, created_at)
                 VALUES ($1, $1, $1, $1, $1, '', 0)")
                .bind(*name)
                .execute(db.writer())
                .await
                .unwrap();
        }
        (dir, db)
    }

    #[tokio::test]
    async fn a_serial_belongs_to_its_first_key() {
        let (_dir, db) = fresh().await;

        assert_eq!(
            register(&db, SERIAL, "key 1", 1).await.unwrap(),
            SerialStatus::New
        );
        assert_eq!(
            register(&db, SERIAL, "key 1", 2).await.unwrap(),
            SerialStatus::Known
        );
        assert_eq!(
            register(&db, SERIAL, "key 2", 3).await.unwrap(),
            SerialStatus::OtherKey
        );

        let recorder = find(&db, SERIAL).await.unwrap().unwrap();
        assert_eq!(
            (recorder.public_key.as_str(), recorder.last_seen_at),
            ("key 1", 2)
        );
    }

    #[tokio::test]
    async fn only_the_first_claim_succeeds() {
        let (_dir, db) = with_accounts(&["ana", "ben"]).await;
        register(&db, SERIAL, "key", 1).await.unwrap();

        let (ana, ben) = tokio::join!(
            claim(&db, SERIAL, "ana", "Home", 2),
            claim(&db, SERIAL, "ben", "Shop", 2)
        );

        assert_ne!(ana.unwrap(), ben.unwrap());
    }

    #[tokio::test]
    async fn recorders_claimed_in_one_second_are_sorted_by_name() {
        let (_dir, db) = with_accounts(&["ana"]).await;
        for (serial, name, now) in [
            ("PV-1", "Shop", 2),
            ("PV-2", "Home", 2),
            ("PV-0", "Barn", 3),
        ] {
            register(&db, serial, serial, 1).await.unwrap();
            claim(&db, serial, "ana", name, now).await.unwrap();
        }

        let listed = of_account(&db, "ana").await.unwrap();

        let names: Vec<_> = listed.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["Home", "Shop", "Barn"]);
    }

    #[tokio::test]
    async fn ordered_recorders_come_before_the_others() {
        let (_dir, db) = with_accounts(&["ana", "ben"]).await;
        for (serial, now) in [("PV-1", 2), ("PV-2", 3), ("PV-3", 4)] {
            register(&db, serial, serial, 1).await.unwrap();
            claim(&db, serial, "ana", serial, now).await.unwrap();
        }
        let mut tx = db.begin().await.unwrap();
        for (serial, position) in [("PV-3", 0), ("PV-2", 5), ("PV-2", 1)] {
            let placed = arrangements::set_position(&mut tx, "ana", serial, position).await;
            placed.unwrap();
        }
        let kept = arrangements::set_cameras(&mut tx, "ana", "PV-3", "[7]").await;
        kept.unwrap();

        let inside = of_account_in(&mut tx, "ana").await.unwrap();
        let one = find_owned_in(&mut tx, "PV-3", "ana").await.unwrap();
        tx.commit().await.unwrap();

        let listed = of_account(&db, "ana").await.unwrap();
        let serials: Vec<_> = listed.iter().map(|it| it.serial.as_str()).collect();
        assert_eq!(serials, ["PV-3", "PV-2", "PV-1"]);
        assert_eq!(inside, listed);
        assert_eq!(one.as_ref(), Some(&listed[0]));
        assert_eq!(listed[0].arrangement.as_deref(), Some("[7]"));
    }

    #[tokio::test]
    async fn a_released_recorder_forgets_how_it_was_shown() {
        let (_dir, db) = with_accounts(&["ana", "ben"]).await;
        register(&db, SERIAL, "key", 1).await.unwrap();
        claim(&db, SERIAL, "ana", "Home", 2).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        arrangements::set_cameras(&mut tx, "ana", SERIAL, "[7]")
            .await
            .unwrap();
        tx.commit().await.unwrap();

        let foreign = release(&db, SERIAL, "ben").await.unwrap();
        let kept = of_account(&db, "ana").await.unwrap();
        release(&db, SERIAL, "ana").await.unwrap();
        claim(&db, SERIAL, "ana", "Home", 3).await.unwrap();

        assert!(!foreign);
        assert_eq!(kept[0].arrangement.as_deref(), Some("[7]"));
        assert_eq!(of_account(&db, "ana").await.unwrap()[0].arrangement, None);
    }

    #[tokio::test]
    async fn nobody_can_read_rename_or_release_anothers_recorder() {
        let (_dir, db) = with_accounts(&["ana", "ben"]).await;
        register(&db, SERIAL, "key", 1).await.unwrap();
        claim(&db, SERIAL, "ana", "Home", 2).await.unwrap();

        assert!(of_account(&db, "ben").await.unwrap().is_empty());
        assert!(find_owned(&db, SERIAL, "ben").await.unwrap().is_none());
        assert!(!rename(&db, SERIAL, "ben", "Mine").await.unwrap());
        assert!(!release(&db, SERIAL, "ben").await.unwrap());
        assert_eq!(of_account(&db, "ana").await.unwrap()[0].name, "Home");
    }

    #[tokio::test]
    async fn a_released_recorder_can_be_claimed_again() {
        let (_dir, db) = with_accounts(&["ana", "ben"]).await;
        register(&db, SERIAL, "key", 1).await.unwrap();
        claim(&db, SERIAL, "ana", "Home", 2).await.unwrap();

        assert!(release(&db, SERIAL, "ana").await.unwrap());

        assert!(claim(&db, SERIAL, "ben", "Shop", 3).await.unwrap());
    }
}
