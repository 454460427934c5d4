//! Rows of `arrangements`: how an account arranges one of its recorders. `crate::accounts::arrangement`
//! defines their meaning. They are read together with the recorder (`super::recorders`).

use super::{Result, Writing, sql};

/// Stores the names, order and hidden ones of a recorder's cameras, as JSON.
pub async fn set_cameras(
    tx: &mut Writing,
    account_id: &str,
    serial: &str,
    cameras: &str,
) -> Result<()> {
    sql::query(
        "INSERT INTO arrangements (account_id, serial, cameras) VALUES ($1, $2, $3)
         ON CONFLICT (account_id, serial) DO UPDATE SET cameras = $3",
    )
    .bind(account_id)
    .bind(serial)
    .bind(cameras)
    .run(&mut *tx)
    .await
}

/// Stores the place of a recorder in the account's list, counted from 0.
pub async fn set_position(
    tx: &mut Writing,
    account_id: &str,
    serial: &str,
    position: i64,
) -> Result<()> {
    sql::query(
        "INSERT INTO arrangements (account_id, serial, position) VALUES ($1, $2, $3)
         ON CONFLICT (account_id, serial) DO UPDATE SET position = $3",
    )
    .bind(account_id)
    .bind(serial)
    .bind(position)
    .run(&mut *tx)
    .await
}

/// Forgets how anybody shows a recorder that changes its owner.
pub async fn forget(tx: &mut Writing, serial: &str) -> Result<()> {
    sql::query("DELETE FROM arrangements WHERE serial = $1")
        .bind(serial)
        .run(&mut *tx)
        .await
}
