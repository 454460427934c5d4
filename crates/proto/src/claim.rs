//! The claim window of a recorder: anybody who types its verification code correctly may own it. The
//! recorder's agent decides. Five wrong codes in 15 minutes close the window until these minutes are over;
//! twenty in total close it until somebody on site opens it again.

use std::collections::VecDeque;
use std::time::Duration;

use subtle::ConstantTimeEq;

use crate::identity::VerificationCode;

/// Wrong codes allowed within [`WINDOW`].
pub const MAX_WRONG_IN_WINDOW: usize = 5;
/// How long a wrong code counts.
pub const WINDOW: Duration = Duration::from_mins(15);
/// Wrong codes allowed until the window must be opened on site.
// Twenty of 26^6 codes are a chance of 1 in 15 million.
pub const MAX_WRONG_IN_ALL: u32 = 20;

/// What the agent answers to one claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimAnswer {
    /// The code is right.
    Accepted,
    /// The code is wrong, and was counted.
    WrongCode,
    /// Too many wrong codes; right ones are not checked either.
    Shut {
        /// When to try again; `None` if only somebody on site can open the window.
        retry_after: Option<Duration>,
    },
}

/// Counts wrong codes. `now` is any monotonic time.
#[derive(Debug, Clone, Default)]
pub struct ClaimWindow {
    wrong: VecDeque<Duration>,
    n_wrong_in_all: u32,
}

impl ClaimWindow {
    /// A window with the wrong codes of earlier runs, which must survive a restart.
    pub fn with_earlier_failures(n_wrong_in_all: u32) -> ClaimWindow {
        ClaimWindow {
            wrong: VecDeque::new(),
            n_wrong_in_all,
        }
    }

    /// Wrong codes since the window was last opened; to be stored before the answer is sent.
    pub fn n_wrong_in_all(&self) -> u32 {
        self.n_wrong_in_all
    }

    /// Judges one typed code. The try is counted before it is compared.
    pub fn judge(
        &mut self,
        expected: &VerificationCode,
        typed: &str,
        now: Duration,
    ) -> ClaimAnswer {
        while self
            .wrong
            .front()
            .is_some_and(|at| now.saturating_sub(*at) >= WINDOW)
        {
            self.wrong.pop_front();
        }
        if self.n_wrong_in_all >= MAX_WRONG_IN_ALL {
            return ClaimAnswer::Shut { retry_after: None };
        }
        if self.wrong.len() >= MAX_WRONG_IN_WINDOW {
            let oldest = self.wrong.front().copied().unwrap_or(now);
            return ClaimAnswer::Shut {
                retry_after: Some((oldest + WINDOW).saturating_sub(now)),
            };
        }
        self.wrong.push_back(now);
        self.n_wrong_in_all += 1;
        let is_right = typed.parse::<VerificationCode>().is_ok_and(|typed| {
            bool::from(
                typed
                    .reveal()
                    .as_bytes()
                    .ct_eq(expected.reveal().as_bytes()),
            )
        });
        if !is_right {
            return ClaimAnswer::WrongCode;
        }
        self.open();
        ClaimAnswer::Accepted
    }

    /// Opens the window again, on behalf of somebody on site.
    pub fn open(&mut self) {
        *self = ClaimWindow::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code() -> VerificationCode {
        "KQXWBD".parse().expect("six letters")
    }

    fn minutes(n: u64) -> Duration {
        Duration::from_mins(n)
    }

    #[test]
    fn the_right_code_is_accepted_in_any_case() {
        assert_eq!(
            ClaimWindow::default().judge(&code(), "kqxwbd", minutes(0)),
            ClaimAnswer::Accepted
        );
    }

    #[test]
    fn a_sixth_try_is_refused_even_with_the_right_code() {
        let mut window = ClaimWindow::default();

        for _ in 0..5 {
            assert_eq!(
                window.judge(&code(), "AAAAAA", minutes(1)),
                ClaimAnswer::WrongCode
            );
        }

        let shut = ClaimAnswer::Shut {
            retry_after: Some(minutes(15)),
        };
        assert_eq!(window.judge(&code(), "KQXWBD", minutes(1)), shut);
    }

    #[test]
    fn the_window_opens_by_itself_after_fifteen_minutes() {
        let mut window = ClaimWindow::default();
        for _ in 0..5 {
            window.judge(&code(), "nonsense", minutes(1));
        }

        assert_eq!(
            window.judge(&code(), "KQXWBD", minutes(16)),
            ClaimAnswer::Accepted
        );
    }

    #[test]
    fn a_twenty_first_guess_is_refused_at_any_pace() {
        let mut window = ClaimWindow::default();
        for hour in 0..20 {
            assert_eq!(
                window.judge(&code(), "AAAAAA", minutes(hour * 60)),
                ClaimAnswer::WrongCode
            );
        }

        let much_later = minutes(60 * 24 * 365);
        assert_eq!(
            window.judge(&code(), "KQXWBD", much_later),
            ClaimAnswer::Shut { retry_after: None }
        );
    }

    #[test]
    fn a_restart_does_not_forget_wrong_codes() {
        let mut window = ClaimWindow::with_earlier_failures(MAX_WRONG_IN_ALL);

        assert_eq!(
            window.judge(&code(), "KQXWBD", minutes(0)),
            ClaimAnswer::Shut { retry_after: None }
        );
        window.open();
        assert_eq!(
            window.judge(&code(), "KQXWBD", minutes(0)),
            ClaimAnswer::Accepted
        );
    }
}
