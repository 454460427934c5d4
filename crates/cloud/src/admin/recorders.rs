//! Commands about recorders: list them, take one out of its owner's account.

use serde::Serialize;

use super::{Admin, MOST, NotFound};
use crate::claims;
use crate::db::upkeep::overview;

/// One recorder as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecorderLine {
    /// Serial number in its canonical form.
    pub serial: String,
    /// What its owner calls it.
    pub name: String,
    /// User name of its owner.
    pub owner: Option<String>,
    /// First register, seconds since 1970.
    pub first_seen_at: i64,
    /// Last sign of life that was noted, seconds since 1970; an hour behind at most.
    pub last_seen_at: i64,
}

impl Admin {
    /// Every recorder that ever registered, those seen last first.
    pub async fn recorders(&self) -> anyhow::Result<Vec<RecorderLine>> {
        let recorders = overview::recorders(&self.state().db, MOST).await?;
        let recorders = recorders.into_iter().map(|recorder| RecorderLine {
            serial: recorder.serial,
            name: recorder.name,
            owner: recorder.owner,
            first_seen_at: recorder.first_seen_at,
            last_seen_at: recorder.last_seen_at,
        });
        Ok(recorders.collect())
    }

    /// Takes a recorder out of its owner's account, so that it can be claimed again; ends its calls.
    pub async fn release(&self, serial: &str) -> anyhow::Result<()> {
        let typed = serial.trim();
        let serial = typed
            .parse()
            .map_err(|_| NotFound(format!("`{typed}` is no serial number")))?;
        if claims::take_away(self.state(), &serial).await? {
            return Ok(());
        }
        Err(NotFound(format!(
            "nobody owns a recorder with the serial number {serial}"
        ))
        .into())
    }
}
