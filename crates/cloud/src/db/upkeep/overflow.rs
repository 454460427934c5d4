//! Tables whose rows strangers create have a maximum length. Each row also expires by itself; the maximum is
//! for a time in which more rows arrive than expire. `docs/ref/tables.md` lists every table.

use crate::db::{Db, Result, sql};

/// Rows that one statement removes.
pub(crate) const AT_ONCE: u64 = 10_000;

macro_rules! the_oldest {
    ($($table:literal, $key:literal, $age:literal $(, $which:literal)?;)+) => {
        /// Table, how many rows it has, and what removes the oldest beyond `$1`.
        const TABLES: &[(&str, &str, &str)] = &[$((
            $table,
            concat!("SELECT COUNT(*) FROM ", $table $(, " WHERE ", $which)?),
            concat!(
                "DELETE FROM ", $table, " WHERE ", $key, " IN (SELECT ", $key, " FROM ", $table,
                $(" WHERE ", $which,)? " ORDER BY ", $age, " DESC, ", $key, " LIMIT 10000 OFFSET $1)"
            ),
        )),+];
    };
}

the_oldest! {
    // Only what strangers cause: it must not push out what mails to accounts lead to.
    "mailed_secrets", "id", "created_at", "purpose = 'register'";
    "mailed_secrets", "id", "created_at", "purpose = 'reset'";
    "captchas", "id", "expires_at";
    "works", "id", "expires_at";
    "renewals", "nonce", "expires_at";
    "used_ceremonies", "id", "expires_at";
    "pending_sign_ins", "token_hash", "expires_at";
}

/// The tables that [`trim`] holds.
pub fn tables() -> impl Iterator<Item = &'static str> {
    TABLES.iter().map(|(table, _, _)| *table)
}

/// Removes the oldest rows beyond `most` of each table.
pub async fn trim(db: &Db, most: i64) -> Result<()> {
    for (table, count, remove) in TABLES {
        let n_rows: i64 = sql::query_scalar(count).fetch_one(db.reader()).await?;
        if n_rows <= most {
            continue;
        }
        tracing::warn!(
            table,
            n_rows,
            "too many rows in a table: deleting the oldest"
        );
        // In pieces, so that no statement holds the writer for long.
        while sql::query(remove)
            .bind(most)
            .execute(db.writer())
            .await?
            .rows_affected()
            == AT_ONCE
        {}
    }
    Ok(())
}
