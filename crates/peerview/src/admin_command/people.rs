//! `peerview admin people`.

use anyhow::ensure;
use cloud::admin::people::PersonLine;
use serde_json::json;

use super::Desk;
use super::table::{table, time};
use crate::cli::admin::People;

pub(super) async fn run(desk: &Desk, people: People) -> anyhow::Result<()> {
    let admin = &desk.admin;
    match people {
        People::List => list(desk, "people list", "").await,
        People::Find { part } => list(desk, "people find", &part).await,
        People::Lock(person) => {
            let who = person.who;
            desk.give("people lock", admin.lock(&who)).await?;
            desk.show(&json!({"locked": true}), || {
                format!("{who} is locked and signed out everywhere. `peerview admin people unlock` lets them in again.")
            });
            Ok(())
        }
        People::Unlock(person) => {
            let who = person.who;
            let was_locked = desk.give("people unlock", admin.unlock(&who)).await?;
            desk.show(&json!({"locked": false, "was_locked": was_locked}), || {
                let before = if was_locked {
                    ""
                } else {
                    " The account was not locked."
                };
                format!("{who} can log in.{before}")
            });
            Ok(())
        }
        People::EndSessions(person) => {
            let who = person.who;
            let n_ended = desk
                .give("people end-sessions", admin.end_sessions(&who))
                .await?;
            desk.show(&json!({"n_ended": n_ended}), || {
                format!("{n_ended} sessions of {who} were ended.")
            });
            Ok(())
        }
        People::Reset(person) => {
            let who = person.who;
            let address = desk.give("people reset", admin.start_reset(&who)).await?;
            desk.show(&json!({"mailed_to": address}), || {
                format!("A password reset is on its way to {address}. The old password works until a new one is set.")
            });
            Ok(())
        }
        People::Delete { person, yes } => delete(desk, &person.who, yes).await,
        People::Operator { person, off } => operator(desk, &person.who, !off).await,
    }
}

async fn delete(desk: &Desk, who: &str, is_meant: bool) -> anyhow::Result<()> {
    ensure!(
        is_meant,
        "this deletes the account of {who} permanently: confirm with --yes"
    );
    desk.give("people delete", desk.admin.delete(who)).await?;
    desk.show(&json!({"deleted": true}), || {
        format!("The account of {who} was deleted.")
    });
    Ok(())
}

async fn operator(desk: &Desk, who: &str, is_operator: bool) -> anyhow::Result<()> {
    let setting = desk.admin.set_operator(who, is_operator);
    desk.give("people operator", setting).await?;
    desk.show(&json!({"is_operator": is_operator}), || {
        let is = if is_operator { "is" } else { "is no longer" };
        format!("{who} {is} an operator of this cloud.")
    });
    Ok(())
}

async fn list(desk: &Desk, command: &str, part: &str) -> anyhow::Result<()> {
    let people = desk.give(command, desk.admin.people(part)).await?;
    desk.show(&people, || {
        let head = [
            "user name",
            "address",
            "since",
            "recorders",
            "signed in",
            "state",
            "id",
        ];
        let rows = people.iter().map(row).collect();
        table(head, rows, "Nobody.")
    });
    Ok(())
}

fn row(person: &PersonLine) -> [String; 7] {
    let locked = person
        .locked_by
        .as_deref()
        .map(|by| format!("locked by {by}"));
    let operator = person.is_operator.then(|| "operator".to_owned());
    let state: Vec<String> = locked.into_iter().chain(operator).collect();
    [
        person.user_name.clone(),
        person.email.clone(),
        time(person.created_at),
        person.n_recorders.to_string(),
        person.n_sessions.to_string(),
        state.join(", "),
        person.id.clone(),
    ]
}
