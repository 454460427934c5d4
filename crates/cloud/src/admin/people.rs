//! Commands about people: list and find them, lock, unlock, end sessions, start a reset, delete.

use serde::Serialize;

use super::{Admin, MOST, NotFound, tell_mails_are_due};
use crate::accounts::names::{Email, UserName};
use crate::accounts::{deletion, password::recovery, session::lock};
use crate::db::accounts::{self, Account};
use crate::db::upkeep::overview;

/// One person as a list shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PersonLine {
    /// Identifier of the account, as the audit log has it.
    pub id: String,
    /// User name, as its owner wrote it.
    pub user_name: String,
    /// Mail address, as its owner wrote it.
    pub email: String,
    /// When the account was made, seconds since 1970.
    pub created_at: i64,
    /// Since when it is locked, seconds since 1970.
    pub locked_at: Option<i64>,
    /// `operator` or `person`: who locked it.
    pub locked_by: Option<String>,
    /// Whether it is an operator's.
    pub is_operator: bool,
    /// How many recorders it has.
    pub n_recorders: i64,
    /// In how many places it is signed in.
    pub n_sessions: i64,
}

impl Admin {
    /// Everybody whose name, address or identifier holds `part`; everybody when it is empty.
    pub async fn people(&self, part: &str) -> anyhow::Result<Vec<PersonLine>> {
        // The text goes into a LIKE: % and _ are characters of it, not wildcards.
        let mut escaped = String::with_capacity(part.len());
        for character in part.trim().to_lowercase().chars() {
            if matches!(character, '%' | '_' | '\\') {
                escaped.push('\\');
            }
            escaped.push(character);
        }
        let now = self.state().clock.now();
        let people = overview::people(&self.state().db, &escaped, MOST, now).await?;
        let people = people.into_iter().map(|person| PersonLine {
            id: person.id,
            user_name: person.user_name,
            email: person.email,
            created_at: person.created_at,
            locked_at: person.locked_at,
            locked_by: person.locked_by,
            is_operator: person.is_operator != 0,
            n_recorders: person.n_recorders,
            n_sessions: person.n_sessions,
        });
        Ok(people.collect())
    }

    /// Locks a person out until [`Admin::unlock`], and ends every session at once.
    pub async fn lock(&self, who: &str) -> anyhow::Result<()> {
        let account = self.account(who).await?;
        lock::lock(self.state(), &account.id, lock::By::Operator).await?;
        Ok(())
    }

    /// Lets a person in again; false when they were not locked.
    pub async fn unlock(&self, who: &str) -> anyhow::Result<bool> {
        let account = self.account(who).await?;
        Ok(lock::unlock(self.state(), &account.id).await?)
    }

    /// Ends every session of a person at once; returns how many there were.
    pub async fn end_sessions(&self, who: &str) -> anyhow::Result<usize> {
        let account = self.account(who).await?;
        Ok(lock::sign_out(self.state(), &account.id).await?)
    }

    /// Mails a person a link to a new password, which the person chooses; returns the address.
    pub async fn start_reset(&self, who: &str) -> anyhow::Result<String> {
        let account = self.account(who).await?;
        recovery::begin_for(self.state(), &account).await?;
        tell_mails_are_due(self.state()).await?;
        Ok(account.email)
    }

    /// Deletes a person's account for ever.
    pub async fn delete(&self, who: &str) -> anyhow::Result<()> {
        let account = self.account(who).await?;
        deletion::delete(self.state(), &account).await?;
        tell_mails_are_due(self.state()).await
    }

    /// Says whether a person is one of the cloud's operators.
    pub async fn set_operator(&self, who: &str, is_operator: bool) -> anyhow::Result<()> {
        let account = self.account(who).await?;
        let mut tx = self.state().db.begin().await?;
        accounts::set_operator(&mut tx, &account.id, is_operator).await?;
        Ok(tx.commit().await?)
    }

    /// The account with exactly this user name, address or identifier.
    pub async fn account(&self, who: &str) -> anyhow::Result<Account> {
        let db = &self.state().db;
        // An invalid name or address is looked up as an empty one, which nobody has.
        let name = UserName::parse(who).map(|name| name.key().to_owned());
        let email = Email::parse(who).map(|email| email.key().to_owned());
        let (name, email) = (name.unwrap_or_default(), email.unwrap_or_default());
        let found = match accounts::find_by_login(db, &name, &email).await? {
            Some(account) => Some(account),
            None => accounts::find(db, who.trim()).await?,
        };
        let nobody = || {
            NotFound(format!(
                "nobody has the user name, address or id `{}`",
                who.trim()
            ))
        };
        Ok(found.ok_or_else(nobody)?)
    }
}
