//! Every limit on codes, tries, mails and sessions, in one table. Times are in seconds.
//! `docs/ref/limits.md` is written from this file, and one
//! test walks over [`COUNTED`], so that no limit is left undocumented or untested.

use proto::claim;
use proto::throttle::{self as rule, FOREVER, NEVER};

use crate::config::LimitsConfig;
pub use proto::seconds::{DAY, HOUR, MINUTE};
pub use rule::{InARow, Limit, Over};

/// A row of the document.
#[derive(Debug)]
pub struct Row<T> {
    /// What it is about, in a sentence.
    pub what: &'static str,
    /// The limit, the rule, or the number; seconds where the sentence speaks of time.
    pub value: T,
}

macro_rules! counted {
    ($(#[doc = $what:literal] $name:ident: $kind:literal, $most:expr, $window:expr, $over:ident;)+) => {
        $(#[doc = $what]
        pub const $name: Limit = Limit { kind: $kind, most: $most, window: $window, over: Over::$over };)+

        /// Every limit that is counted.
        pub const COUNTED: &[Row<Limit>] = &[$(Row { what: $what, value: $name }),+];
    };
}

macro_rules! in_a_row {
    ($(#[doc = $what:literal] $name:ident: $kind:literal, $rule:expr;)+) => {
        $(#[doc = $what]
        pub const $name: InARow = InARow { kind: $kind, ..$rule };)+

        /// Every rule about tries in a row.
        pub const IN_A_ROW: &[Row<InARow>] = &[$(Row { what: $what, value: $name }),+];
    };
}

macro_rules! fixed {
    ($(#[doc = $what:literal] $name:ident: $type:ty = $value:expr;)+) => {
        $(#[doc = $what]
        pub const $name: $type = $value;)+

        /// Every number that is not counted.
        pub const FIXED: &[Row<i64>] = &[$(Row { what: $what, value: $name as i64 }),+];
    };
}

counted! {
    /// Codes to one address in a short time.
    CODES_PER_ADDRESS_SHORT: "codes per address, 10 min", 2, 10 * MINUTE, NoMail;
    /// Codes to one address in a day.
    CODES_PER_ADDRESS: "codes per address, day", 5, DAY, NoMail;
    /// Codes asked for by one client.
    CODES_PER_CLIENT: "codes per client, hour", 5, HOUR, MoreWork;
    /// Codes asked for by one client in a day.
    CODES_PER_CLIENT_DAY: "codes per client, day", 20, DAY, MoreWork;
    /// Wrong codes from one client, of registrations and resets.
    WRONG_CODES_PER_CLIENT: "wrong codes per client, hour", 10, HOUR, MoreWork;
    /// Wrong codes from one client in a day, of registrations and resets.
    WRONG_CODES_PER_CLIENT_DAY: "wrong codes per client, day", 30, DAY, MoreWork;
    /// Wrong codes of everybody together, which bounds a botnet; or 5 % of the codes of the last day, if that is more.
    // 100 guesses a day at 10,000 codes are one hit in 100 days, however many machines guess.
    WRONG_CODES: "wrong codes, day", 100, DAY, StrongMode;
    /// Forms of everybody together that answer no picture or do no work.
    OTHER_WAYS: "other ways, hour", 60, HOUR, Slower;
    /// Log-ins that failed from one client.
    FAILED_LOGINS_PER_CLIENT: "failed log-ins per client, hour", 20, HOUR, Refused;
    /// Log-ins that failed from one client in a day.
    FAILED_LOGINS_PER_CLIENT_DAY: "failed log-ins per client, day", 100, DAY, Refused;
    /// Log-ins that failed with one user name or address as it was typed, whether somebody has it or not.
    FAILED_LOGINS_PER_NAME: "failed log-ins per name, day", 5, DAY, Picture;
    /// Renewals that failed from one client.
    FAILED_RENEWALS_PER_CLIENT: "failed renewals per client, hour", 100, HOUR, Refused;
    /// Wrong second factors, passkeys included, from one client.
    WRONG_FACTORS_PER_CLIENT: "wrong factors per client, hour", 20, HOUR, Refused;
    /// Wrong second factors from one client in a day.
    WRONG_FACTORS_PER_CLIENT_DAY: "wrong factors per client, day", 100, DAY, Refused;
    /// Mails to an owner that somebody knows the password and not the second factor.
    FACTOR_ALARMS: "factor alarms per account, day", 1, DAY, Refused;
    /// New sets of recovery codes of one account; each costs ten password hashes.
    CODE_SETS: "recovery code sets per account, day", 10, DAY, Refused;
    /// Mails about a forgotten password asked for with one user name or address in a day.
    RESETS_PER_NAME: "resets per name, day", 5, DAY, NoMail;
    /// Mails about a forgotten password to one account in a day, by whichever of its names.
    RESETS_PER_ACCOUNT: "resets per account, day", 5, DAY, Unsent;
    /// Mails about a forgotten password asked for by one client.
    RESETS_PER_CLIENT: "resets per client, hour", 5, HOUR, MoreWork;
    /// Mails about a forgotten password asked for by one client in a day.
    RESETS_PER_CLIENT_DAY: "resets per client, day", 20, DAY, MoreWork;
    /// Downloads of what is kept about one account in a day; each reads through the audit log.
    DOWNLOADS_PER_ACCOUNT: "downloads per account, day", 10, DAY, Refused;
    /// Forms from one client that answer no picture or do no work.
    OTHER_WAYS_PER_CLIENT: "other ways per client, hour", 10, HOUR, Refused;
    /// Tries of one account to add a device; one that succeeds is refunded.
    CLAIMS_PER_ACCOUNT: "claims per account, day", 20, DAY, Refused;
    /// Tries to add one serial number, whoever makes them and whether it exists or not; one that succeeds is refunded.
    // Further accounts help no guesser: all tries for one serial number count together.
    CLAIMS_PER_SERIAL: "claims per serial, day", 5, DAY, Refused;
    /// Wrong codes to add devices, of everybody together; those for serial numbers that were first seen within a day do not count.
    // With 26⁶ codes this is one hit in 4,200 years.
    CLAIMS: "claims, day", 200, DAY, Slower;
    /// Devices that one account added or removed.
    DEVICE_CHANGES: "device changes per account, day", 100, DAY, MoreWork;
    /// New passwords that one account sets while signed in.
    PASSWORD_CHANGES: "password changes per account, day", 10, DAY, Refused;
    /// Mails about what happened in one account, but those that could hand it to somebody else.
    NOTICES: "notices per account, hour", 5, HOUR, Together;
    /// The same in a day.
    NOTICES_DAY: "notices per account, day", 20, DAY, Together;
    /// Mails that somebody of one network, or one account, asked for, wherever they go.
    FIRST_MAILS: "first mails per network, hour", 3, HOUR, OneOfMany;
    /// The same in a day.
    FIRST_MAILS_DAY: "first mails per network, day", 10, DAY, OneOfMany;
    /// Mails that somebody of one network asked for to addresses of one domain; these do not wait for the domain's share.
    FIRST_MAILS_PER_DOMAIN: "first mails per network and domain, hour", 2, HOUR, Later;
    /// New addresses that one account asks for in a day.
    EMAIL_CHANGES_PER_ACCOUNT: "new addresses per account, day", 5, DAY, Refused;
    /// Mails about a change of address to one address in a day.
    EMAIL_CHANGES_PER_ADDRESS: "new addresses per address, day", 5, DAY, Refused;
    /// Mails that strangers asked for to addresses of one domain.
    MAILS_PER_DOMAIN: "mails per domain, hour", 100, HOUR, Later;
    /// Mails to operators about one thing that is wrong.
    ALARMS: "alarms, day", 1, DAY, Refused;
    /// Recorders that register for the first time, from one client.
    NEW_RECORDERS_PER_CLIENT: "new recorders per client, hour", 20, HOUR, Work;
    /// Recorders that register for the first time in a day, from one client.
    NEW_RECORDERS_PER_CLIENT_DAY: "new recorders per client, day", 60, DAY, Work;
    /// Recorders that register for the first time, of everybody together.
    NEW_RECORDERS: "new recorders, hour", 1_000, HOUR, Work;
}

/// Five are free, then each waits twice as long as the one before, up to an hour.
const DOUBLING: InARow = InARow {
    kind: "",
    free: 5,
    every: 1,
    // NIST SP 800-63B-4 §3.2.2 lets waits grow from 30 s to an hour.
    waits: &[30, 60, 120, 240, 480, 960, 1_920, HOUR],
    // The most that NIST SP 800-63B-4 §3.2.2 allows in a row.
    shut: 100,
    forgotten: NEVER,
};
/// Never shut: 80 bits are not guessed, and this is the last way in.
const NEVER_SHUT: InARow = InARow {
    shut: FOREVER,
    ..DOUBLING
};
/// Ten are taken, then all are off for longer and longer, while the button in the mail goes on working.
const SWITCHED_OFF: InARow = InARow {
    kind: "",
    free: 10,
    every: 10,
    // A patient guesser has a chance of 0.3 % in the first year, and of 0.1 % in each later one.
    waits: &[30 * DAY, 90 * DAY, 365 * DAY],
    shut: FOREVER,
    forgotten: 30 * DAY,
};
/// Every one switches off for a day.
const STRONG: InARow = InARow {
    kind: "",
    free: 1,
    every: 1,
    waits: &[STRONG_SECONDS],
    shut: FOREVER,
    forgotten: STRONG_SECONDS,
};

in_a_row! {
    /// Failed log-ins of one account; when it is shut, its password is disabled until a reset.
    FAILED_LOGINS: "failed log-ins in a row", DOUBLING;
    /// Wrong passwords that a signed-in person gave to prove who they are.
    FAILED_PROOFS: "failed proofs in a row", DOUBLING;
    /// Wrong codes of one account's app; when it is shut, the app is disabled until another factor was right.
    WRONG_APP_CODES: "wrong app codes in a row", DOUBLING;
    /// Wrong recovery codes of one account.
    WRONG_RECOVERY_CODES: "wrong recovery codes in a row", NEVER_SHUT;
    /// Wrong codes of one address; then its short code is off, and the button in the mail works.
    WRONG_CODES_PER_ADDRESS: "wrong codes per address", SWITCHED_OFF;
    /// Days on which everybody together used up the wrong codes; then nobody's short code is compared.
    STRONG_MODE: "strong mode", STRONG;
}

fixed! {
    /// Seconds that a code and the button of its mail are good.
    // Longer than ASVS 6.5.5 asks for, because mail is slow; the counted tries make up for it.
    CODE_SECONDS: i64 = 30 * MINUTE;
    /// Tries of one registration code.
    // Three tries find a code of four digits with a probability of 0.03 %.
    TRIES_PER_CODE: i64 = 3;
    /// Codes of one registration.
    CODES_PER_FLOW: i64 = 3;
    /// User names asked for in one registration.
    // Each answer tells whether a name is taken; that cannot be hidden, only limited.
    NAMES_PER_FLOW: i64 = 10;
    /// Seconds that the button of the last mail is good when no further mail leaves.
    LAST_BUTTON_SECONDS: i64 = DAY;
    /// Seconds from the press of a button to Finish.
    PROVEN_SECONDS: i64 = 30 * MINUTE;
    /// Seconds that strong mode lasts.
    STRONG_SECONDS: i64 = DAY;
    /// Codes of the last day that allow one wrong code each, beyond the least number.
    CODES_PER_WRONG_CODE: i64 = 20;
    /// Seconds that a reset's code and the button of its mail are good.
    RESET_SECONDS: i64 = 30 * MINUTE;
    /// Characters of a reset's code.
    // 40 bits: five tries find it with a probability of 5·10⁻¹².
    RESET_CHARACTERS: usize = 8;
    /// Tries of one reset's code.
    TRIES_PER_RESET: i64 = 5;
    /// Networks have so many times the limit of a client.
    NETWORK_FACTOR: i64 = rule::NETWORK_FACTOR;
    /// A client is refused from so many times its limit on.
    WORK_FACTOR: i64 = rule::WORK_FACTOR;
    /// Seconds that a picture is good.
    CAPTCHA_SECONDS: i64 = 5 * MINUTE;
    /// Answers to one picture.
    TRIES_PER_CAPTCHA: i64 = 3;
    /// Characters of a picture.
    CAPTCHA_CHARACTERS: usize = 4;
    /// Failed log-ins of a client in an hour after which a picture is asked for.
    LOGINS_WITHOUT_PICTURE: i64 = 5;
    /// Seconds that a piece of work is good.
    WORK_SECONDS: i64 = 120;
    /// A form that comes back in fewer seconds costs four times the work.
    // Nobody fills a form in within a second (ASVS 2.4.2).
    FORM_SECONDS: i64 = 1;
    /// Seconds a form must be open when its page could do no work.
    WAIT_WITHOUT_WORK: i64 = 20;
    /// Seconds a form must be open when it answers no picture and does no work.
    WAIT_WITHOUT_ANYTHING: i64 = 60;
    /// Seconds between the right password and the second factor, at most.
    PENDING_SECONDS: i64 = 5 * MINUTE;
    /// Answers to one question for the second factor; then the password is asked for again.
    TRIES_PER_PENDING: i64 = 5;
    /// Seconds within which a key that was shown for an app must be confirmed.
    OFFER_SECONDS: i64 = 30 * MINUTE;
    /// Passkeys of one account.
    PASSKEYS_PER_ACCOUNT: i64 = 20;
    /// Seconds from asking for a passkey to its answer.
    CEREMONY_SECONDS: i64 = 5 * MINUTE;
    /// Seconds that the printed link is good which makes the first account.
    SETUP_SECONDS: i64 = DAY;
    /// Seconds that the button is good which confirms a new address.
    EMAIL_CHANGE_SECONDS: i64 = 30 * MINUTE;
    /// Seconds in which the same new address asked for again, as by a second click, is mailed nothing.
    EMAIL_CHANGE_AGAIN: i64 = MINUTE;
    /// Seconds that a link "that was not me" is good.
    OBJECTION_SECONDS: i64 = 7 * DAY;
    /// Wrong passwords in a row that are worth a notice when the right one comes.
    FAILURES_TOLD: i64 = 3;
    /// Seconds that the first notice about devices waits for company; 31 devices added in a minute are one mail.
    DEVICE_NOTICE_WAIT: i64 = 2 * MINUTE;
    /// Seconds between two notices about devices to one account.
    DEVICE_NOTICES_EVERY: i64 = HOUR;
    /// Seconds between two mails that tell further notices together.
    FURTHER_NOTICES_EVERY: i64 = 3 * HOUR;
    /// Seconds from the first register of a serial number on for which wrong codes of its agent do not count for everybody.
    CLAIMS_UNCOUNTED: i64 = DAY;
    /// Wrong codes to add a device that its agent takes within 15 minutes, whoever types them.
    WRONG_CLAIMS_IN_WINDOW: usize = claim::MAX_WRONG_IN_WINDOW;
    /// Seconds for which its agent counts a wrong code to add it.
    WRONG_CLAIM_SECONDS: u64 = claim::WINDOW.as_secs();
    /// Wrong codes to add a device that its agent takes in all, until somebody on site opens it again.
    WRONG_CLAIMS_IN_ALL: u32 = claim::MAX_WRONG_IN_ALL;
    /// Tries of one account to add a device that double the work of the next, where work is asked for.
    CLAIMS_PER_STEP: i64 = 4;
    /// Lines of the audit log in one download, the newest.
    DOWNLOAD_LOG_LINES: usize = 1_000;
    /// Bytes of the audit log that one download reads, from its end back.
    DOWNLOAD_LOG_BYTES: u64 = 64 << 20;
    /// Seconds after which mails that were tried and still wait are worth an alarm.
    MAILS_STUCK: i64 = 10 * MINUTE;
    /// Seconds that refusals of an address are remembered after the last.
    KEEP_REFUSALS: i64 = 90 * DAY;
    /// Seconds after which any other mail is not worth sending.
    MAIL_SECONDS: i64 = 3 * DAY;
    /// Seconds without use that end a session without Auto-login.
    SESSION_IDLE: i64 = 12 * HOUR;
    /// Seconds that end any session without Auto-login.
    SESSION_LIFE: i64 = 7 * DAY;
    /// Seconds without use of its browser's key that end a session with Auto-login.
    AUTO_LOGIN_IDLE: i64 = 30 * DAY;
    /// Seconds that end any session with Auto-login.
    AUTO_LOGIN_LIFE: i64 = 180 * DAY;
    /// Seconds that a token is good with Auto-login; then the browser's key signs for the next.
    // A stolen cookie is good for no longer (NIST SP 800-63B-4 §5.1).
    RENEWED_SECONDS: i64 = 15 * MINUTE;
    /// Seconds that the token before stays good, for requests that were on their way.
    RENEWAL_GRACE: i64 = 10;
    /// Seconds that a nonce waits for its signature.
    NONCE_SECONDS: i64 = 2 * MINUTE;
    /// Seconds without use that end Auto-login in a browser without scripts, and so without a key.
    KEYLESS_IDLE: i64 = 7 * DAY;
    /// Seconds that end Auto-login in any browser without scripts.
    KEYLESS_LIFE: i64 = 30 * DAY;
    /// Sessions of one account; another one ends the one unused for longest.
    MAX_SESSIONS: i64 = 20;
    /// Seconds that a browser is known which an account has signed in from.
    KNOWN_BROWSER: i64 = 180 * DAY;
    /// Browsers that are known for one account.
    MAX_KNOWN_BROWSERS: i64 = 50;
    /// Seconds after which what is sensitive asks for the password again.
    // ASVS 7.5.1: address, password and factors change only after a fresh proof.
    PROOF_SECONDS: i64 = 10 * MINUTE;
    /// Seconds between two notes that a session is used.
    SESSION_TOUCH: i64 = 5 * MINUTE;
    /// Seconds that a browser remembers the language that was chosen in it.
    LANGUAGE_COOKIE: i64 = 365 * DAY;
    /// Seconds that mails are kept which were sent or given up.
    KEEP_SENT_MAILS: i64 = DAY;
    /// Seconds that counters are kept: a day more than the longest window.
    KEEP_COUNTERS: i64 = 31 * DAY;
    /// Seconds without a wrong code after which an address's count is removed.
    // Longer than the longest wait, which would otherwise be forgotten before its end.
    KEEP_WRONG_CODES: i64 = 400 * DAY;
    /// Doublings of a new recorder's work that one client or network brings on itself, at most.
    NEWCOMER_STEPS: i64 = rule::NEWCOMER_STEPS;
    /// Doublings of a new recorder's work that everybody together brings on, at most.
    NEWCOMER_STEPS_OVERALL: i64 = 4;
    /// Bits of a new recorder's work beyond those of a form, before any doubling.
    NEWCOMER_BITS: u32 = 3;
    /// Seconds without a link after which a recorder that nobody owns is forgotten, with its key.
    UNCLAIMED_SECONDS: i64 = 30 * DAY;
    /// Recorders that nobody owns which are known while they are offline; those unseen for longest go first.
    UNCLAIMED_RECORDERS: i64 = 20_000;
    /// Rows of one table that strangers fill, or counters of one kind; beyond it the oldest, or the lowest, go first.
    STRANGERS_ROWS: i64 = 50_000;
}

/// Log-ins of one client that may fail.
pub const FAILED_LOGINS_OF_CLIENT: [Limit; 2] =
    [FAILED_LOGINS_PER_CLIENT, FAILED_LOGINS_PER_CLIENT_DAY];
/// Factors of one client that may be wrong.
pub const WRONG_FACTORS_OF_CLIENT: [Limit; 2] =
    [WRONG_FACTORS_PER_CLIENT, WRONG_FACTORS_PER_CLIENT_DAY];
/// What one client may ask for of codes.
pub const CODES_OF_CLIENT: [Limit; 2] = [CODES_PER_CLIENT, CODES_PER_CLIENT_DAY];
/// The same for resets.
pub const RESETS_OF_CLIENT: [Limit; 2] = [RESETS_PER_CLIENT, RESETS_PER_CLIENT_DAY];
/// What one client may try of codes.
pub const WRONG_CODES_OF_CLIENT: [Limit; 2] = [WRONG_CODES_PER_CLIENT, WRONG_CODES_PER_CLIENT_DAY];

/// Waits before the second code of a registration, the third, and starting over.
pub const SEND_AGAIN_WAITS: [i64; 3] = [60, 120, 300];
/// How long an address that refused mail gets none: after the first refusal, the second, and on.
pub const REFUSED_ADDRESS_WAITS: [i64; 3] = [DAY, 7 * DAY, 30 * DAY];

/// Mails of who asks for many, and notices about devices, may together use so many parts of all mails…
pub const MANY_PARTS: (i64, i64) = (2, 5);
/// …and mails that somebody without an account asks for, but a new password, so many.
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

/// Counters that [`throttle`](super) keys by the account; they go with it.
pub const COUNTED_PER_ACCOUNT: [&str; 14] = [
    DOWNLOADS_PER_ACCOUNT.kind,
    CLAIMS_PER_ACCOUNT.kind,
    DEVICE_CHANGES.kind,
    PASSWORD_CHANGES.kind,
    FIRST_MAILS.kind,
    FIRST_MAILS_DAY.kind,
    EMAIL_CHANGES_PER_ACCOUNT.kind,
    FAILED_LOGINS.kind,
    FAILED_PROOFS.kind,
    WRONG_APP_CODES.kind,
    WRONG_RECOVERY_CODES.kind,
    FACTOR_ALARMS.kind,
    CODE_SETS.kind,
    RESETS_PER_ACCOUNT.kind,
];
