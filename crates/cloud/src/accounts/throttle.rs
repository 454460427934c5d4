//! How often somebody may do something: the rule over one counter, and who is counted.
//! A failing database refuses; nothing here fails open.

use super::Refusal;
use super::limits::Limit;
use crate::audit::{Event, What};
use crate::db;
use crate::db::counters::Counted;
use crate::state::State;

/// Whether a count passes its limit; gives the seconds until the window ends when it does not.
pub fn verdict(limit: Limit, counted: Counted, now: i64) -> Result<(), i64> {
    if counted.n <= limit.most {
        Ok(())
    } else {
        Err((counted.started_at + limit.window - now).max(1))
    }
}

/// A counter that one request raised.
#[derive(Debug, Clone)]
pub struct Raised {
    kind: &'static str,
    key: String,
}

/// Counts once for every pair of limit and whom it limits; refuses when one is over.
pub async fn count(state: &State, counts: &[(Limit, &str)]) -> Result<Vec<Raised>, Refusal> {
    let now = state.clock.now();
    let mut raised = Vec::with_capacity(counts.len());
    for (limit, whom) in counts {
        let key = key(state, limit.kind, whom);
        let counted = db::counters::count(&state.db, limit.kind, &key, limit.window, now).await?;
        raised.push(Raised {
            kind: limit.kind,
            key,
        });
        if let Err(seconds) = verdict(*limit, counted, now) {
            state.metrics.limit_reached(limit.kind);
            state
                .audit
                .note(Event::denied(What::LimitReached).subject(limit.kind));
            return Err(Refusal::TooMany { seconds });
        }
    }
    Ok(raised)
}

/// Takes counts back, for a try that turned out to be right.
pub async fn take_back(state: &State, raised: &[Raised]) -> db::Result<()> {
    for Raised { kind, key } in raised {
        db::counters::uncount(&state.db, kind, key).await?;
    }
    Ok(())
}

/// The key of a counter: no address or user name is kept in clear for longer than it is needed.
pub fn key(state: &State, kind: &str, whom: &str) -> String {
    state
        .secrets
        .derive_text("counter", &[kind.as_bytes(), whom.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Limit = Limit {
        kind: "test",
        most: 3,
        window: 600,
    };

    #[test]
    fn the_last_allowed_passes_and_the_next_waits_for_the_window() {
        assert_eq!(
            verdict(
                LIMIT,
                Counted {
                    n: 3,
                    started_at: 1_000
                },
                1_100
            ),
            Ok(())
        );
        assert_eq!(
            verdict(
                LIMIT,
                Counted {
                    n: 4,
                    started_at: 1_000
                },
                1_100
            ),
            Err(500)
        );
    }
}
