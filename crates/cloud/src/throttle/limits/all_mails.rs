//! The limits of all mails together, which the operator sets, and how they are shared.

use super::{DAY, HOUR, Limit, Over};
use crate::config::LimitsConfig;

/// Part of all mails for networks that ask for many and for notices about devices, together.
pub const MANY_PARTS: (i64, i64) = (2, 5);
/// Part of all mails that people without an account may ask for, except those for a new password.
pub const ORDINARY_PARTS: (i64, i64) = (4, 5);

/// Counter of all mails in an hour; its `most` is a setting.
pub const MAILS_HOUR: &str = "mails, hour";
/// Counter of all mails in a day; its `most` is a setting.
pub const MAILS_DAY: &str = "mails, day";

/// The two limits of all mails together, as the operator has set them.
pub fn mails(config: &LimitsConfig) -> [Limit; 2] {
    let limit = |kind, most, window| Limit {
        kind,
        most: i64::from(most),
        window,
        over: Over::NoMail,
    };
    [
        limit(MAILS_HOUR, config.mails_per_hour, HOUR),
        limit(MAILS_DAY, config.mails_per_day, DAY),
    ]
}
