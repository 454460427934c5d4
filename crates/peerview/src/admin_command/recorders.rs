//! `peerview admin recorders`.

use serde_json::json;

use super::Desk;
use super::table::{table, time};
use crate::cli::admin::RecordersCommand;

pub(super) async fn run(desk: &Desk, recorders: RecordersCommand) -> anyhow::Result<()> {
    match recorders {
        RecordersCommand::List => {
            let recorders = desk.give("recorders list", desk.admin.recorders()).await?;
            desk.show(&recorders, || {
                let head = ["serial number", "owner", "name", "first seen", "last seen"];
                let rows = recorders.iter().map(|recorder| {
                    [
                        recorder.serial.clone(),
                        recorder
                            .owner
                            .clone()
                            .unwrap_or_else(|| "nobody".to_owned()),
                        recorder.name.clone(),
                        time(recorder.first_seen_at),
                        time(recorder.last_seen_at),
                    ]
                });
                table(head, rows.collect(), "No recorder has registered yet.")
            });
            Ok(())
        }
        RecordersCommand::Release { serial } => {
            desk.give("recorders release", desk.admin.release(&serial))
                .await?;
            desk.show(&json!({"released": serial}), || {
                format!("{serial} has no owner now and can be claimed.")
            });
            Ok(())
        }
    }
}
