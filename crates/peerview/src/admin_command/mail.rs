//! `peerview admin mail`.

use serde_json::json;

use super::Desk;
use super::table::{table, time};
use crate::cli::admin::MailCommand;

pub(super) async fn run(desk: &Desk, mail: MailCommand) -> anyhow::Result<()> {
    match mail {
        MailCommand::Queue => {
            let mails = desk.give("mail queue", desk.admin.mails()).await?;
            desk.show(&mails, || {
                let head = [
                    "id",
                    "to",
                    "letter",
                    "written",
                    "attempts",
                    "next",
                    "last error",
                ];
                let rows = mails.iter().map(|mail| {
                    [
                        mail.id.clone(),
                        mail.recipient.clone(),
                        mail.letter.clone(),
                        time(mail.created_at),
                        mail.attempts.to_string(),
                        mail.next_at.map_or_else(|| "given up".to_owned(), time),
                        mail.last_error.clone(),
                    ]
                });
                table(head, rows.collect(), "No mail is waiting.")
            });
        }
        MailCommand::Retry { id } => {
            let retried = desk.admin.retry_mails(id.as_deref());
            let n_due = desk.give("mail retry", retried).await?;
            desk.show(&json!({"n_due": n_due}), || {
                format!("{n_due} mails are due now; a running cloud sends them at once.")
            });
        }
    }
    Ok(())
}
