//! `peerview admin limits`.

use cloud::admin::limits::Counted;
use serde_json::json;

use super::Desk;
use super::table::{table, time};
use crate::cli::admin::LimitsCommand;

pub(super) async fn run(desk: &Desk, limits: LimitsCommand) -> anyhow::Result<()> {
    let admin = &desk.admin;
    match limits {
        LimitsCommand::Show { whom: None } => {
            let kinds = desk.give("limits show", admin.limits()).await?;
            desk.show(&kinds, || {
                let head = ["limit", "counters", "highest", "shut"];
                let rows = kinds.iter().map(|kind| {
                    [
                        kind.limit.clone(),
                        kind.n_counters.to_string(),
                        kind.highest.to_string(),
                        kind.n_shut.to_string(),
                    ]
                });
                table(head, rows.collect(), "Nothing is counted.")
            });
        }
        LimitsCommand::Show { whom: Some(whom) } => {
            let counted = desk.give("limits show", admin.limits_of(&whom)).await?;
            desk.show(&counted, || in_words(&counted));
        }
        LimitsCommand::Reset {
            limit: Some(limit), ..
        } => {
            let n_forgotten = desk.give("limits reset", admin.reset_limit(&limit)).await?;
            desk.show(&json!({"n_forgotten": n_forgotten}), || {
                format!("{n_forgotten} counters were reset.")
            });
        }
        LimitsCommand::Reset { whom, .. } => {
            let whom = whom.unwrap_or_default();
            let counted = desk
                .give("limits reset", admin.reset_limits_of(&whom))
                .await?;
            desk.show(&counted, || format!("Reset:\n{}", in_words(&counted)));
        }
    }
    Ok(())
}

fn in_words(counted: &[Counted]) -> String {
    let rows = counted.iter().map(|counted| {
        let shut = match counted.shut_until {
            0 => String::new(),
            i64::MAX => "until a reset".to_owned(),
            until => time(until),
        };
        [
            counted.limit.clone(),
            counted.n.to_string(),
            time(counted.since),
            shut,
        ]
    });
    table(
        ["limit", "count", "since", "shut until"],
        rows.collect(),
        "Nothing is counted.",
    )
}
