//! Every limit on codes, tries, mails and sessions, in one table. Times are in seconds.
//! A window starts with its first count; the count that exceeds `most` is refused.

use crate::db::counters::Waits;

/// At most so many in so long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Name of its counter in the database.
    pub kind: &'static str,
    /// The last count that passes.
    pub most: i64,
    /// Length of the window.
    pub window: i64,
}

const fn limit(kind: &'static str, most: i64, window: i64) -> Limit {
    Limit { kind, most, window }
}

/// One minute.
pub const MINUTE: i64 = 60;
/// One hour.
pub const HOUR: i64 = 60 * MINUTE;
/// One day.
pub const DAY: i64 = 24 * HOUR;

/// Digits of a registration code.
pub const CODE_DIGITS: usize = 4;
/// A code is good for so long.
pub const CODE_SECONDS: i64 = 30 * MINUTE;
/// Tries of one code.
pub const TRIES_PER_CODE: i64 = 3;
/// Waits before the second code of a flow, the third, and starting over.
pub const SEND_AGAIN_WAITS: [i64; 3] = [60, 120, 300];
/// Codes of one flow.
pub const CODES_PER_FLOW: i64 = 3;
/// User names asked for in one flow.
pub const NAMES_PER_FLOW: i64 = 10;

/// Codes to one address in a short time.
pub const CODES_PER_ADDRESS_SHORT: Limit = limit("codes per address, 10 min", 2, 10 * MINUTE);
/// Codes to one address in a day.
pub const CODES_PER_ADDRESS: Limit = limit("codes per address, day", 5, DAY);
/// Wrong codes for one address.
pub const WRONG_CODES_PER_ADDRESS: Limit = limit("wrong codes per address, 30 days", 10, 30 * DAY);
/// Codes asked for by one client.
pub const CODES_PER_CLIENT: Limit = limit("codes per client, hour", 5, HOUR);
/// Codes asked for by one client in a day.
pub const CODES_PER_CLIENT_DAY: Limit = limit("codes per client, day", 20, DAY);
/// Wrong codes from one client.
pub const WRONG_CODES_PER_CLIENT: Limit = limit("wrong codes per client, hour", 10, HOUR);
/// Wrong codes from one client in a day.
pub const WRONG_CODES_PER_CLIENT_DAY: Limit = limit("wrong codes per client, day", 30, DAY);
/// Wrong codes of everybody together: what bounds a botnet.
pub const WRONG_CODES: Limit = limit("wrong codes, day", 100, DAY);

/// Log-ins that failed from one client.
pub const FAILED_LOGINS_PER_CLIENT: Limit = limit("failed log-ins per client, hour", 20, HOUR);
/// Log-ins that failed from one client in a day.
pub const FAILED_LOGINS_PER_CLIENT_DAY: Limit = limit("failed log-ins per client, day", 100, DAY);
/// Counter of failed log-ins in a row of one account.
pub const FAILED_LOGINS: &str = "failed log-ins in a row";
/// Waits between failed log-ins of one account; a hundred in a row disable the password until a reset.
pub const LOGIN_WAITS: Waits = Waits {
    free: 5,
    first: 30,
    most: HOUR,
    shut: 100,
};

/// Between the right password and the second factor, at most so long.
pub const PENDING_SECONDS: i64 = 5 * MINUTE;
/// Answers to one question for the second factor; then the password is asked for again.
pub const TRIES_PER_PENDING: i64 = 5;
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
/// Wrong second factors, passkeys included, from one client.
pub const WRONG_FACTORS_PER_CLIENT: Limit = limit("wrong factors per client, hour", 20, HOUR);
/// Wrong second factors from one client in a day.
pub const WRONG_FACTORS_PER_CLIENT_DAY: Limit = limit("wrong factors per client, day", 100, DAY);
/// Mails to an owner that somebody knows the password and not the second factor.
pub const FACTOR_ALARMS: Limit = limit("factor alarms per account, day", 1, DAY);
/// Mails to operators about one thing that is wrong.
pub const ALARMS: Limit = limit("alarms, day", 1, DAY);
/// Mails that were tried and have waited so long are worth an alarm.
pub const MAILS_STUCK: i64 = 10 * MINUTE;
/// New sets of recovery codes of one account; each costs ten password hashes.
pub const CODE_SETS: Limit = limit("recovery code sets per account, day", 10, DAY);
/// A key that was shown for an app must be confirmed within so long.
pub const OFFER_SECONDS: i64 = 30 * MINUTE;
/// Passkeys of one account.
pub const PASSKEYS_PER_ACCOUNT: i64 = 20;
/// From asking for a passkey to its answer.
pub const CEREMONY_SECONDS: i64 = 5 * MINUTE;

/// A mailed reset link is good for so long.
pub const RESET_SECONDS: i64 = 30 * MINUTE;
/// The printed link that makes the first account is good for so long.
pub const SETUP_SECONDS: i64 = DAY;
/// Any other mail is not worth sending after so long.
pub const MAIL_SECONDS: i64 = 3 * DAY;
/// Reset mails to one address in a day.
pub const RESETS_PER_ADDRESS: Limit = limit("resets per address, day", 5, DAY);
/// Resets asked for by one client.
pub const RESETS_PER_CLIENT: Limit = limit("resets per client, hour", 5, HOUR);

/// Counter of all mails in an hour; its `most` is a setting.
pub const MAILS_HOUR: &str = "mails, hour";
/// Counter of all mails in a day; its `most` is a setting.
pub const MAILS_DAY: &str = "mails, day";

/// Mails that strangers asked for to addresses of one domain; more wait for the next hour.
pub const MAILS_PER_DOMAIN: Limit = limit("mails per domain, hour", 100, HOUR);
/// How long an address that refused mail gets none: after the first refusal, the second, and on.
pub const REFUSED_ADDRESS_WAITS: [i64; 3] = [DAY, 7 * DAY, 30 * DAY];
/// Refusals of an address are remembered for so long after the last.
pub const KEEP_REFUSALS: i64 = 90 * DAY;

/// A captcha is good for so long.
pub const CAPTCHA_SECONDS: i64 = 5 * MINUTE;
/// Answers to one captcha.
pub const TRIES_PER_CAPTCHA: i64 = 3;
/// Characters of a captcha.
pub const CAPTCHA_CHARACTERS: usize = 4;

/// Without Auto-login a session ends when unused for so long.
pub const SESSION_IDLE: i64 = 12 * HOUR;
/// Without Auto-login a session ends after so long.
pub const SESSION_LIFE: i64 = 7 * DAY;
/// With Auto-login a token is good for so long; then the browser's key signs for the next.
pub const RENEWED_SECONDS: i64 = 15 * MINUTE;
/// The token before stays good for so long, for requests that were on their way.
pub const RENEWAL_GRACE: i64 = 10;
/// A nonce waits for its signature for so long.
pub const NONCE_SECONDS: i64 = 2 * MINUTE;
/// With Auto-login a session ends when its browser's key was not used for so long.
pub const AUTO_LOGIN_IDLE: i64 = 30 * DAY;
/// With Auto-login a session ends after so long.
pub const AUTO_LOGIN_LIFE: i64 = 180 * DAY;
/// Auto-login in a browser without scripts, and so without a key, ends when unused for so long;
/// also the life of its cookie.
pub const KEYLESS_IDLE: i64 = 7 * DAY;
/// Auto-login in a browser without scripts ends after so long.
pub const KEYLESS_LIFE: i64 = 30 * DAY;
/// A use is noted at most this often.
pub const SESSION_TOUCH: i64 = 5 * MINUTE;
/// Sessions of one account; another one ends the one unused for longest.
pub const MAX_SESSIONS: i64 = 20;
/// A browser that an account has signed in from is known for so long after its last log-in.
pub const KNOWN_BROWSER: i64 = 180 * DAY;
/// Browsers that are known for one account.
pub const MAX_KNOWN_BROWSERS: i64 = 50;
/// What is sensitive asks for the password when it was last given longer ago than this.
pub const PROOF_SECONDS: i64 = 10 * MINUTE;
/// Renewals that failed from one client.
pub const FAILED_RENEWALS_PER_CLIENT: Limit = limit("failed renewals per client, hour", 100, HOUR);
/// Counter of wrong passwords in a row that a signed-in person gave to prove who they are.
pub const FAILED_PROOFS: &str = "failed proofs in a row";

/// A browser remembers the language that was chosen in it for so long.
pub const LANGUAGE_COOKIE: i64 = 365 * DAY;
/// The button that confirms a new address is good for so long.
pub const EMAIL_CHANGE_SECONDS: i64 = 30 * MINUTE;
/// A link "that was not me" is good for so long.
pub const OBJECTION_SECONDS: i64 = 7 * DAY;
/// Wrong passwords in a row that are worth a notice when the right one comes.
pub const FAILURES_TOLD: i64 = 3;
/// New addresses that one account asks for in a day.
pub const EMAIL_CHANGES_PER_ACCOUNT: Limit = limit("new addresses per account, day", 5, DAY);
/// Mails about a change to one address in a day.
pub const EMAIL_CHANGES_PER_ADDRESS: Limit = limit("new addresses per address, day", 5, DAY);
/// Notices to one account in a day, after which log-ins are not told any more.
pub const NOTICES_PER_DAY: i64 = 20;

/// Mails that were sent or given up are kept for so long.
pub const KEEP_SENT_MAILS: i64 = DAY;
/// Counters are kept for so long: a day more than the longest window.
pub const KEEP_COUNTERS: i64 = 31 * DAY;

/// Counters that [`throttle`](super::throttle) keys by the account; they go with it.
pub const COUNTED_PER_ACCOUNT: [&str; 6] = [
    FAILED_LOGINS,
    FAILED_PROOFS,
    WRONG_APP_CODES,
    WRONG_RECOVERY_CODES,
    FACTOR_ALARMS.kind,
    CODE_SETS.kind,
];
