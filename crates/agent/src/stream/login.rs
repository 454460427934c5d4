//! One login attempt per password, because recorders lock an account after about five wrong ones.
//! The first attempt runs alone while all others wait. After a refusal there are no further
//! attempts.

use proto::reason::Reason;
use tokio::sync::{Semaphore, SemaphorePermit, watch};

/// What is known about a user name and password.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Trust {
    /// Not tried yet.
    Untried,
    Accepted,
    /// It was refused.
    Refused(Reason),
}

/// Admits attempts with one login.
#[derive(Debug)]
pub struct LoginGate {
    trust: watch::Sender<Trust>,
    first: Semaphore,
}

/// Permission for one attempt. Drop it without a report if the recorder could not be reached.
#[derive(Debug)]
pub struct LoginPermit<'a> {
    gate: &'a LoginGate,
    _first: Option<SemaphorePermit<'a>>,
}

/// The login was refused before.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct LoginRefused(pub Reason);

impl Default for LoginGate {
    fn default() -> LoginGate {
        LoginGate {
            trust: watch::Sender::new(Trust::Untried),
            first: Semaphore::new(1),
        }
    }
}

impl LoginGate {
    /// Waits for permission to try. Before the first success, only one attempt is permitted at a
    /// time.
    pub async fn enter(&self) -> Result<LoginPermit<'_>, LoginRefused> {
        let mut trust = self.trust.subscribe();
        loop {
            match trust.borrow_and_update().clone() {
                Trust::Accepted => {
                    return Ok(LoginPermit {
                        gate: self,
                        _first: None,
                    });
                }
                Trust::Refused(reason) => return Err(LoginRefused(reason)),
                Trust::Untried => {}
            }
            tokio::select! {
                // The news first: after a refusal the free permit is no leave to try.
                biased;
                changed = trust.changed() => {
                    changed.expect("the gate itself keeps the sender");
                }
                permit = self.first.acquire() => {
                    let permit = permit.expect("the semaphore is never closed");
                    // The attempt before may have ended just now.
                    if *self.trust.borrow() == Trust::Untried {
                        return Ok(LoginPermit { gate: self, _first: Some(permit) });
                    }
                }
            }
        }
    }

    /// Waits until the login is refused, and returns the reason.
    pub async fn until_refused(&self) -> LoginRefused {
        let mut trust = self.trust.subscribe();
        loop {
            if let Trust::Refused(reason) = &*trust.borrow_and_update() {
                return LoginRefused(reason.clone());
            }
            trust
                .changed()
                .await
                .expect("the gate itself keeps the sender");
        }
    }

    /// Records a refusal; nothing is tried afterwards. The first reason stays.
    pub fn refuse(&self, reason: &Reason) {
        self.trust.send_if_modified(|trust| {
            let is_first = !matches!(trust, Trust::Refused(_));
            if is_first {
                *trust = Trust::Refused(reason.clone());
            }
            is_first
        });
    }

    fn accept(&self) {
        self.trust.send_if_modified(|trust| {
            let is_first = *trust == Trust::Untried;
            if is_first {
                *trust = Trust::Accepted;
            }
            is_first
        });
    }
}

impl LoginPermit<'_> {
    /// The recorder accepted the login.
    pub fn accepted(self) {
        self.gate.accept();
    }

    /// The recorder refused the login.
    pub fn refused(self, reason: &Reason) {
        self.gate.refuse(reason);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn polled_once<T>(future: impl Future<Output = T>) -> Option<T> {
        let mut future = std::pin::pin!(future);
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        match future.as_mut().poll(&mut context) {
            std::task::Poll::Ready(value) => Some(value),
            std::task::Poll::Pending => None,
        }
    }

    #[test]
    fn only_one_login_attempt_runs_before_the_first_success() {
        let gate = LoginGate::default();

        let first = polled_once(gate.enter()).expect("leave at once");

        assert!(polled_once(gate.enter()).is_none());
        drop(first);
        assert!(polled_once(gate.enter()).is_some_and(|entered| entered.is_ok()));
    }

    #[test]
    fn login_attempts_run_in_parallel_after_one_success() {
        let gate = LoginGate::default();

        polled_once(gate.enter())
            .expect("leave")
            .expect("untried")
            .accepted();

        let attempts = (polled_once(gate.enter()), polled_once(gate.enter()));
        assert!(matches!(attempts, (Some(Ok(_)), Some(Ok(_)))));
    }

    #[test]
    fn no_login_is_attempted_after_a_refusal() {
        let gate = LoginGate::default();
        polled_once(gate.enter())
            .expect("leave")
            .expect("untried")
            .accepted();

        polled_once(gate.enter())
            .expect("leave")
            .expect("trusted")
            .refused(&Reason::LoginMissing);
        gate.refuse(&Reason::NoDigest);

        let refused = polled_once(gate.enter()).expect("an answer at once");
        assert_eq!(refused.map(drop), Err(LoginRefused(Reason::LoginMissing)));
    }

    #[tokio::test]
    async fn waiting_logins_are_told_of_a_refusal() {
        let gate = LoginGate::default();
        let first = gate.enter().await.expect("untried");

        let (waiting, ()) =
            tokio::join!(gate.enter(), async { first.refused(&Reason::LoginMissing) });

        assert_eq!(waiting.map(drop), Err(LoginRefused(Reason::LoginMissing)));
    }
}
