//! Addresses that their mail server permanently refused: no mail is sent to them for a while, so
//! that the cloud keeps its reputation with mail servers. A delivered mail clears the record.

use crate::db::mail::mail_refusals::Refused;
use crate::db::{self, Writing};
use crate::state::State;
use proto::throttle::wait;

use crate::throttle::limits::REFUSED_ADDRESS_WAITS;

/// Longest reason that is kept.
const REASON_CHARACTERS: usize = 300;

/// Records that the address does not accept mail.
pub(super) async fn note(state: &State, address: &str, reason: &str) -> db::Result<()> {
    let now = state.clock.now();
    let hash = hash(state, address);
    let shown = masked(address);
    let reason: String = reason.chars().take(REASON_CHARACTERS).collect();
    let n = db::mail::mail_refusals::record(&state.db, &hash, &shown, &reason, now).await?;
    let until = now + wait(&REFUSED_ADDRESS_WAITS, n - 1);
    db::mail::mail_refusals::suppress(&state.db, &hash, until).await?;
    tracing::warn!(
        address = shown,
        n,
        reason,
        "a mail server refused an address"
    );
    Ok(())
}

/// Until when no mail may be sent to the address, if that is in the future.
pub(super) async fn suppressed_until(state: &State, address: &str) -> db::Result<Option<i64>> {
    let found = db::mail::mail_refusals::find(&state.db, &hash(state, address)).await?;
    let until = found.map_or(0, |refused| refused.suppressed_until);
    Ok((until > state.clock.now()).then_some(until))
}

/// Records that a mail was delivered there.
pub(super) async fn clear(state: &State, address: &str) -> db::Result<()> {
    let hash = hash(state, address);
    // Nearly every address is clean, and a read does not wait for the one writer.
    if db::mail::mail_refusals::find(&state.db, &hash)
        .await?
        .is_none()
    {
        return Ok(());
    }
    let mut tx = state.db.begin().await?;
    db::mail::mail_refusals::forget(&mut tx, &hash).await?;
    tx.commit().await
}

/// Forgets an address whose account is deleted.
pub(crate) async fn forget(state: &State, tx: &mut Writing, address: &str) -> db::Result<()> {
    db::mail::mail_refusals::forget(tx, &hash(state, address)).await
}

/// The entries that an operator may see, newest first.
pub async fn list(state: &State, most: i64) -> db::Result<Vec<Refused>> {
    db::mail::mail_refusals::list(&state.db, most).await
}

// Keyed like a counter, so that the table is no list of addresses.
fn hash(state: &State, address: &str) -> String {
    state
        .throttle
        .key("refused address", &address.to_lowercase())
}

/// First letter and host, as in `a…@example.org`.
fn masked(address: &str) -> String {
    let (name, host) = address.rsplit_once('@').unwrap_or((address, ""));
    let first: String = name.chars().take(1).collect();
    format!("{first}…@{host}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proto::seconds::DAY;

    #[test]
    fn each_refusal_in_a_row_makes_the_pause_longer() {
        let waits = (1..=4).map(|n| wait(&REFUSED_ADDRESS_WAITS, n - 1));
        let waits: Vec<i64> = waits.collect();

        assert_eq!(waits, [DAY, 7 * DAY, 30 * DAY, 30 * DAY]);
    }

    #[test]
    fn an_address_is_never_shown_whole() {
        assert_eq!(masked("ana.maria@example.org"), "a…@example.org");
        assert_eq!(masked("\"a@b\"@example.org"), "\"…@example.org");
        assert_eq!(masked(""), "…@");
    }
}
