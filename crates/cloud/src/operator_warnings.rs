//! Warnings to operators: a mail to every operator, once a day for each kind, whichever process detects the
//! problem first. Watches the audit log and the outbox; other parts raise their own.

use crate::audit::{Action, Event, Health};
use crate::db::{self, accounts, upkeep::overview};
use crate::mail::letters::operator_warning::Alarm;
use crate::mail::{self, Letter, OperatorWarning};
use crate::state::State;
use crate::throttle::limits::{ALARMS, MAIL_SECONDS, MAILS_STUCK, MINUTE};

/// Tells every operator; false when they were told within a day.
pub async fn raise(state: &State, alarm: OperatorWarning) -> db::Result<bool> {
    let of_kind = [(ALARMS, alarm.name())];
    let tries = state.throttle.spend_beyond(&of_kind).await?;
    if tries.over().is_some() {
        tries.keep();
        return Ok(false);
    }
    tracing::error!(alarm = alarm.name(), "something is wrong with this cloud");
    state
        .audit
        .note(Event::done(Action::AlarmRaised).subject(alarm.name()));
    let told = tell(state, alarm).await;
    // So that the next look tries it again.
    tries.refund_if(told.is_err()).await?;
    told.map(|()| true)
}

async fn tell(state: &State, alarm: OperatorWarning) -> db::Result<()> {
    let expires_at = state.clock.now() + MAIL_SECONDS;
    let mut tx = state.db.begin().await?;
    for address in accounts::operators(&mut tx).await? {
        mail::put(
            state,
            &mut tx,
            &address,
            &Letter::Alarm(Alarm { alarm }),
            expires_at,
        )
        .await?;
    }
    tx.commit().await?;
    state.outbox_filled.notify_one();
    Ok(())
}

/// Looks every minute, and when the health of the audit log changes, until the cloud stops.
pub async fn run(state: State) {
    let mut health = state.audit.health();
    loop {
        let seen = *health.borrow_and_update();
        // Taken before the look, so that time which passes during it does not put off the next one.
        let next = state.clock.now() + MINUTE;
        if let Err(error) = look(&state, seen).await {
            tracing::warn!(%error, "could not check for operator warnings");
        }
        tokio::select! {
            () = state.shutdown.cancelled() => return,
            // Its sender lives as long as the state does.
            Ok(()) = health.changed() => {}
            () = state.clock.sleep_until(next) => {}
        }
    }
}

async fn look(state: &State, health: Health) -> db::Result<()> {
    match health {
        Health::Good => {}
        Health::Losing => {
            raise(state, OperatorWarning::AuditLosing).await?;
        }
        Health::Tampered => {
            raise(state, OperatorWarning::AuditTampered).await?;
        }
    }
    let now = state.clock.now();
    if overview::n_stuck_mails(&state.db, now - MAILS_STUCK, now).await? > 0 {
        raise(state, OperatorWarning::MailStuck).await?;
    }
    Ok(())
}
