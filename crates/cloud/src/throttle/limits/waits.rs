//! Limits that are waits: how long each further time takes, and after how many it stays shut.

use super::{DAY, HOUR};
use crate::db::counters::Waits;

/// Waits before the second code of a registration, the third, and starting over.
pub const SEND_AGAIN_WAITS: [i64; 3] = [60, 120, 300];
/// How long an address's short code is off: the first time, the second, and every further time.
pub const SHORT_CODE_OFF: [i64; 3] = [30 * DAY, 90 * DAY, 365 * DAY];

/// How long an address that refused mail gets none: after the first refusal, the second, and on.
pub const REFUSED_ADDRESS_WAITS: [i64; 3] = [DAY, 7 * DAY, 30 * DAY];

/// Counter of failed log-ins in a row of one account.
pub const FAILED_LOGINS: &str = "failed log-ins in a row";
/// Waits between failed log-ins of one account; a hundred in a row disable the password until a reset.
pub const LOGIN_WAITS: Waits = Waits {
    free: 5,
    first: 30,
    most: HOUR,
    shut: 100,
};

/// Wrong codes of one account's app in a row.
pub const WRONG_APP_CODES: &str = "wrong app codes in a row";
/// Waits between them; a hundred in a row disable the app until another factor was right.
pub const APP_CODE_WAITS: Waits = Waits {
    free: 5,
    first: 30,
    most: HOUR,
    shut: 100,
};
/// Wrong recovery codes of one account in a row.
pub const WRONG_RECOVERY_CODES: &str = "wrong recovery codes in a row";
/// Waits between them. Never shut: 80 bits are not guessed, and this is the last way in.
pub const RECOVERY_CODE_WAITS: Waits = Waits {
    free: 5,
    first: 30,
    most: HOUR,
    shut: i64::MAX,
};

/// Counter of wrong passwords in a row that a signed-in person gave to prove who they are.
pub const FAILED_PROOFS: &str = "failed proofs in a row";
