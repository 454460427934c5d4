//! Every limit on codes, tries, mails and sessions, in one table. Times are in seconds. `docs/ref/limits.md` is
//! written from this file, and one test walks over [`COUNTED`], so that no limit is undocumented or untested.

use proto::claim;
use proto::throttle::{self as rule, FOREVER, NEVER};

mod all_mails;

pub use all_mails::{MAILS_DAY, MAILS_HOUR, MANY_PARTS, ORDINARY_PARTS, mails};
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
    // A stranger may use these up on purpose: no further mail is sent, but the button of the last one
    // stays valid.
    CODES_PER_ADDRESS_SHORT: "codes per address, 10 min", 2, 10 * MINUTE, NoMail;
    /// Codes to one address in a day.
    CODES_PER_ADDRESS: "codes per address, day", 5, DAY, NoMail;
    /// Codes requested by one client.
    CODES_PER_CLIENT: "codes per client, hour", 5, HOUR, MoreWork;
    /// Codes requested by one client in a day.
    CODES_PER_CLIENT_DAY: "codes per client, day", 20, DAY, MoreWork;
    /// Wrong codes of registrations and resets from one client.
    WRONG_CODES_PER_CLIENT: "wrong codes per client, hour", 10, HOUR, MoreWork;
    /// Wrong codes of registrations and resets from one client in a day.
    WRONG_CODES_PER_CLIENT_DAY: "wrong codes per client, day", 30, DAY, MoreWork;
    /// Wrong codes of everybody together, which limits a botnet; or 5 % of the codes of the last day, if that is more.
    // 100 guesses a day at 10,000 codes are one hit in 100 days, however many machines guess.
    WRONG_CODES: "wrong codes, day", 100, DAY, StrongMode;
    /// Forms of everybody together without captcha letters or without proof of work.
    // Slower and not refused: a flood must not close the only way of people without captcha or scripts.
    OTHER_WAYS: "other ways, hour", 60, HOUR, Slower;
    /// Failed log-ins from one client.
    FAILED_LOGINS_PER_CLIENT: "failed log-ins per client, hour", 20, HOUR, Refused;
    /// Failed log-ins from one client in a day.
    FAILED_LOGINS_PER_CLIENT_DAY: "failed log-ins per client, day", 100, DAY, Refused;
    /// Failed log-ins with one user name or address as typed, whether it exists or not.
    FAILED_LOGINS_PER_NAME: "failed log-ins per name, day", 5, DAY, Picture;
    /// Failed renewals from one client.
    FAILED_RENEWALS_PER_CLIENT: "failed renewals per client, hour", 100, HOUR, Refused;
    /// Wrong second factors, passkeys included, from one client.
    WRONG_FACTORS_PER_CLIENT: "wrong factors per client, hour", 20, HOUR, Refused;
    /// Wrong second factors from one client in a day.
    WRONG_FACTORS_PER_CLIENT_DAY: "wrong factors per client, day", 100, DAY, Refused;
    /// Mails warning an owner that somebody knows the password but not the second factor.
    FACTOR_ALARMS: "factor alarms per account, day", 1, DAY, Refused;
    /// New sets of recovery codes of one account; each costs ten password hashes.
    CODE_SETS: "recovery code sets per account, day", 10, DAY, Refused;
    /// Forgot-password mails requested with one user name or address in a day.
    RESETS_PER_NAME: "resets per name, day", 5, DAY, NoMail;
    /// Forgot-password mails to one account in a day, by any of its names.
    // Unsent and not refused, or the answer would tell that a user name and an address belong together.
    RESETS_PER_ACCOUNT: "resets per account, day", 5, DAY, Unsent;
    /// Forgot-password mails requested by one client.
    RESETS_PER_CLIENT: "resets per client, hour", 5, HOUR, MoreWork;
    /// Forgot-password mails requested by one client in a day.
    RESETS_PER_CLIENT_DAY: "resets per client, day", 20, DAY, MoreWork;
    /// Data exports of one account in a day; each reads through the audit log.
    DOWNLOADS_PER_ACCOUNT: "downloads per account, day", 10, DAY, Refused;
    /// Changes by one account of names, order and choice of its recorders and cameras; 10 minutes of one a second.
    // A hand that drags without a pause stays below; a script that writes without end does not.
    ARRANGEMENTS_PER_ACCOUNT: "arrangements per account, 10 min", 600, 10 * MINUTE, Refused;
    /// Saved changes of Live view's order, favourites and views by one account.
    LIVE_ARRANGEMENTS_PER_ACCOUNT: "live view's arrangements per account, 10 min", 600, 10 * MINUTE, Refused;
    /// Connection tests of one account; each opens a test call at the relay.
    TESTS_PER_ACCOUNT: "connection tests per account, hour", 20, HOUR, Refused;
    /// Connection tests from one client, by all of its accounts together.
    TESTS_PER_CLIENT: "connection tests per client, hour", 40, HOUR, Refused;
    /// Forms from one client without captcha letters or without proof of work.
    OTHER_WAYS_PER_CLIENT: "other ways per client, hour", 10, HOUR, Refused;
    /// Tries of one account to add a device; a successful one is refunded.
    CLAIMS_PER_ACCOUNT: "claims per account, day", 20, DAY, Refused;
    /// Tries to add one serial number, by anybody and whether it exists or not; a successful one is refunded.
    // Further accounts help no guesser: all tries for one serial number count together.
    CLAIMS_PER_SERIAL: "claims per serial, day", 5, DAY, Refused;
    /// Wrong codes of everybody together for adding devices; those for serial numbers first seen within a day do not count.
    // With 26⁶ codes this is one hit in 4,200 years.
    // Slower and not refused, or a few throw-away accounts could keep everybody from adding devices.
    CLAIMS: "claims, day", 200, DAY, Slower;
    /// Devices added or removed by one account.
    DEVICE_CHANGES: "device changes per account, day", 100, DAY, MoreWork;
    /// Password changes of one signed-in account.
    PASSWORD_CHANGES: "password changes per account, day", 10, DAY, Refused;
    /// Mails about events in one account, except events that could hand it to somebody else.
    NOTICES: "notices per account, hour", 5, HOUR, Together;
    /// The same in a day.
    NOTICES_DAY: "notices per account, day", 20, DAY, Together;
    /// Mails requested from one network or by one account, to any address.
    FIRST_MAILS: "first mails per network, hour", 3, HOUR, OneOfMany;
    /// The same in a day.
    FIRST_MAILS_DAY: "first mails per network, day", 10, DAY, OneOfMany;
    /// Mails requested from one network to addresses of one domain; these do not wait for the domain's share.
    FIRST_MAILS_PER_DOMAIN: "first mails per network and domain, hour", 2, HOUR, Later;
    /// Address changes requested by one account in a day.
    EMAIL_CHANGES_PER_ACCOUNT: "new addresses per account, day", 5, DAY, Refused;
    /// Address-change mails to one address in a day.
    EMAIL_CHANGES_PER_ADDRESS: "new addresses per address, day", 5, DAY, Refused;
    /// Mails requested by strangers to addresses of one domain.
    MAILS_PER_DOMAIN: "mails per domain, hour", 100, HOUR, Later;
    /// Mails to operators about one problem.
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
/// Never shut: 80 bits cannot be guessed, and this is the last way in.
const NEVER_SHUT: InARow = InARow {
    shut: FOREVER,
    ..DOUBLING
};
/// Ten are compared, then all are off for longer and longer; the button in the mail keeps working.
const SWITCHED_OFF: InARow = InARow {
    kind: "",
    free: 10,
    every: 10,
    // A patient guesser has a chance of 0.3 % in the first year, and of 0.1 % in each later one.
    waits: &[30 * DAY, 90 * DAY, 365 * DAY],
    shut: FOREVER,
    forgotten: 30 * DAY,
};
/// Each time switches off for a day.
const STRONG: InARow = InARow {
    kind: "",
    free: 1,
    every: 1,
    waits: &[STRONG_SECONDS],
    shut: FOREVER,
    forgotten: STRONG_SECONDS,
};

in_a_row! {
    /// Failed log-ins of one account; when blocked, its password is disabled until a reset.
    FAILED_LOGINS: "failed log-ins in a row", DOUBLING;
    /// Wrong passwords of a signed-in person at a step-up.
    FAILED_PROOFS: "failed proofs in a row", DOUBLING;
    /// Wrong codes of one account's app; when blocked, the app is disabled until another factor was right.
    WRONG_APP_CODES: "wrong app codes in a row", DOUBLING;
    /// Wrong recovery codes of one account.
    WRONG_RECOVERY_CODES: "wrong recovery codes in a row", NEVER_SHUT;
    /// Wrong codes of one address; then its short code is off, and only the button in the mail works.
    WRONG_CODES_PER_ADDRESS: "wrong codes per address", SWITCHED_OFF;
    /// Days on which everybody together used up the wrong codes; then no short codes are accepted.
    STRONG_MODE: "strong mode", STRONG;
}

fixed! {
    /// Seconds for which a code and the button of its mail are valid.
    // Longer than ASVS 6.5.5 asks for, because mail is slow; the counted tries make up for it.
    CODE_SECONDS: i64 = 30 * MINUTE;
    /// Tries of one registration code.
    // Three tries find a code of four digits with a probability of 0.03 %.
    TRIES_PER_CODE: i64 = 3;
    /// Codes of one registration.
    CODES_PER_FLOW: i64 = 3;
    /// User names tried in one registration.
    // Each answer tells whether a name is taken; that cannot be hidden, only limited.
    NAMES_PER_FLOW: i64 = 10;
    /// Seconds for which the button of the last mail is valid when no further mail is sent.
    LAST_BUTTON_SECONDS: i64 = DAY;
    /// Seconds from pressing the button to Finish.
    PROVEN_SECONDS: i64 = 30 * MINUTE;
    /// Seconds that strong mode lasts.
    STRONG_SECONDS: i64 = DAY;
    /// Codes of the last day that allow one wrong code each, beyond the least number.
    CODES_PER_WRONG_CODE: i64 = 20;
    /// Seconds for which a reset code and the button of its mail are valid.
    RESET_SECONDS: i64 = 30 * MINUTE;
    /// Characters of a reset code.
    // 40 bits: five tries find it with a probability of 5·10⁻¹².
    RESET_CHARACTERS: usize = 8;
    /// Tries of one reset code.
    TRIES_PER_RESET: i64 = 5;
    /// Factor by which a network's limit exceeds a client's.
    NETWORK_FACTOR: i64 = rule::NETWORK_FACTOR;
    /// Factor of its limit at which a client is refused.
    WORK_FACTOR: i64 = rule::WORK_FACTOR;
    /// Seconds for which a captcha is valid.
    CAPTCHA_SECONDS: i64 = 5 * MINUTE;
    /// Answers to one captcha.
    TRIES_PER_CAPTCHA: i64 = 3;
    /// Characters of a captcha.
    CAPTCHA_CHARACTERS: usize = 4;
    /// Failed log-ins of a client in an hour after which a captcha is required.
    LOGINS_WITHOUT_PICTURE: i64 = 5;
    /// Seconds for which a proof of work is valid.
    WORK_SECONDS: i64 = 120;
    /// A form that is sent in fewer seconds requires four times the work.
    // Nobody fills a form in within a second (ASVS 2.4.2).
    FORM_SECONDS: i64 = 1;
    /// Seconds for which a form must be open if its page cannot do work.
    WAIT_WITHOUT_WORK: i64 = 20;
    /// Seconds for which a form must be open without captcha letters and without work.
    WAIT_WITHOUT_ANYTHING: i64 = 60;
    /// Seconds allowed between the right password and the second factor.
    PENDING_SECONDS: i64 = 5 * MINUTE;
    /// Answers allowed in one second step; then the password is required again.
    TRIES_PER_PENDING: i64 = 5;
    /// Seconds within which a new app key must be confirmed.
    OFFER_SECONDS: i64 = 30 * MINUTE;
    /// Passkeys of one account.
    PASSKEYS_PER_ACCOUNT: i64 = 20;
    /// Seconds allowed for answering a passkey challenge.
    CEREMONY_SECONDS: i64 = 5 * MINUTE;
    /// Seconds for which the printed link for the first account is valid.
    SETUP_SECONDS: i64 = DAY;
    /// Seconds for which the button that confirms a new address is valid.
    EMAIL_CHANGE_SECONDS: i64 = 30 * MINUTE;
    /// Seconds within which a repeated request for the same new address, such as a second click, sends no mail.
    EMAIL_CHANGE_AGAIN: i64 = MINUTE;
    /// Seconds for which a "that was not me" link is valid.
    OBJECTION_SECONDS: i64 = 7 * DAY;
    /// Wrong passwords in a row that cause a notice when the right one follows.
    FAILURES_TOLD: i64 = 3;
    /// Seconds for which the first notice about devices waits for others; 31 devices added in a minute send one mail.
    DEVICE_NOTICE_WAIT: i64 = 2 * MINUTE;
    /// Seconds between two notices about devices to one account.
    DEVICE_NOTICES_EVERY: i64 = HOUR;
    /// Seconds between two mails with combined notices.
    FURTHER_NOTICES_EVERY: i64 = 3 * HOUR;
    /// Seconds after the first registration of a serial number in which wrong codes for it do not count for everybody.
    CLAIMS_UNCOUNTED: i64 = DAY;
    /// Wrong codes that an agent tolerates for its device within 15 minutes, from anybody.
    WRONG_CLAIMS_IN_WINDOW: usize = claim::MAX_WRONG_IN_WINDOW;
    /// Seconds for which an agent counts a wrong code.
    WRONG_CLAIM_SECONDS: u64 = claim::WINDOW.as_secs();
    /// Wrong codes that an agent tolerates for its device in total, until somebody on site opens it again.
    WRONG_CLAIMS_IN_ALL: u32 = claim::MAX_WRONG_IN_ALL;
    /// Tries of one account to add a device after which the required work doubles.
    CLAIMS_PER_STEP: i64 = 4;
    /// Newest lines of the audit log in one data export.
    DOWNLOAD_LOG_LINES: usize = 1_000;
    /// Bytes of the audit log that one data export reads, backwards from its end.
    DOWNLOAD_LOG_BYTES: u64 = 64 << 20;
    /// Seconds after which mails that were tried and still wait cause an operator warning.
    MAILS_STUCK: i64 = 10 * MINUTE;
    /// Seconds after which a joined relay that is gone causes an operator warning.
    RELAY_GONE: i64 = 10 * MINUTE;
    /// Seconds for which refusals of an address are remembered after the last one.
    KEEP_REFUSALS: i64 = 90 * DAY;
    /// Seconds after which any other mail is not sent any more.
    MAIL_SECONDS: i64 = 3 * DAY;
    /// Seconds without use that end a session without Auto-login.
    SESSION_IDLE: i64 = 12 * HOUR;
    /// Seconds that end any session without Auto-login.
    SESSION_LIFE: i64 = 7 * DAY;
    /// Seconds without use of the browser's key that end a session with Auto-login.
    AUTO_LOGIN_IDLE: i64 = 30 * DAY;
    /// Seconds that end any session with Auto-login.
    AUTO_LOGIN_LIFE: i64 = 180 * DAY;
    /// Seconds for which a token is valid with Auto-login; then the browser's key signs for the next one.
    // A stolen cookie is valid for no longer than this (NIST SP 800-63B-4 §5.1).
    RENEWED_SECONDS: i64 = 15 * MINUTE;
    /// Seconds for which the previous token stays valid, for requests in flight.
    RENEWAL_GRACE: i64 = 10;
    /// Seconds for which a renewal nonce is valid.
    NONCE_SECONDS: i64 = 2 * MINUTE;
    /// Seconds without use that end Auto-login in a browser without scripts, which has no key.
    KEYLESS_IDLE: i64 = 7 * DAY;
    /// Seconds that end Auto-login in any browser without scripts.
    KEYLESS_LIFE: i64 = 30 * DAY;
    /// Sessions of one account; another one ends the session unused for longest.
    MAX_SESSIONS: i64 = 20;
    /// Seconds for which a browser stays known after a log-in.
    KNOWN_BROWSER: i64 = 180 * DAY;
    /// Known browsers of one account.
    MAX_KNOWN_BROWSERS: i64 = 50;
    /// Seconds after which sensitive actions require the password again.
    // ASVS 7.5.1: address, password and factors change only after a fresh proof.
    PROOF_SECONDS: i64 = 10 * MINUTE;
    /// Seconds between two updates of a session's last use.
    SESSION_TOUCH: i64 = 5 * MINUTE;
    /// Seconds for which a browser remembers the chosen language.
    LANGUAGE_COOKIE: i64 = 365 * DAY;
    /// Seconds for which sent and failed mails are kept.
    KEEP_SENT_MAILS: i64 = DAY;
    /// Seconds for which counters are kept: a day more than the longest window.
    KEEP_COUNTERS: i64 = 31 * DAY;
    /// Seconds without a wrong code after which an address's count is deleted.
    // Longer than the longest wait, which would otherwise be forgotten before its end.
    KEEP_WRONG_CODES: i64 = 400 * DAY;
    /// Maximum doublings of a new recorder's work caused by its own client or network.
    NEWCOMER_STEPS: i64 = rule::NEWCOMER_STEPS;
    /// Maximum doublings of a new recorder's work caused by everybody together.
    NEWCOMER_STEPS_OVERALL: i64 = 4;
    /// Bits of a new recorder's work in addition to those of a form, before any doubling.
    NEWCOMER_BITS: u32 = 3;
    /// Seconds without a link after which an unclaimed recorder is forgotten with its key.
    UNCLAIMED_SECONDS: i64 = 30 * DAY;
    /// Unclaimed offline recorders that are remembered; those unseen for longest are forgotten first.
    UNCLAIMED_RECORDERS: i64 = 20_000;
    /// Rows of one table filled by strangers, or counters of one kind; above this the oldest, or the lowest, are deleted first.
    STRANGERS_ROWS: i64 = 50_000;
}

/// Log-ins of one client that may fail.
pub const FAILED_LOGINS_OF_CLIENT: [Limit; 2] =
    [FAILED_LOGINS_PER_CLIENT, FAILED_LOGINS_PER_CLIENT_DAY];
/// Factors of one client that may be wrong.
pub const WRONG_FACTORS_OF_CLIENT: [Limit; 2] =
    [WRONG_FACTORS_PER_CLIENT, WRONG_FACTORS_PER_CLIENT_DAY];
/// Codes that one client may ask for.
pub const CODES_OF_CLIENT: [Limit; 2] = [CODES_PER_CLIENT, CODES_PER_CLIENT_DAY];
/// Forgot-password mails that one client may ask for.
pub const RESETS_OF_CLIENT: [Limit; 2] = [RESETS_PER_CLIENT, RESETS_PER_CLIENT_DAY];
/// Wrong codes that one client may try.
pub const WRONG_CODES_OF_CLIENT: [Limit; 2] = [WRONG_CODES_PER_CLIENT, WRONG_CODES_PER_CLIENT_DAY];

/// Waits before the second code of a registration, the third, and starting over.
pub const SEND_AGAIN_WAITS: [i64; 3] = [60, 120, 300];
/// Time without mail for an address that refused one: after the first refusal, the second, and further ones.
pub const REFUSED_ADDRESS_WAITS: [i64; 3] = [DAY, 7 * DAY, 30 * DAY];

/// Counters that [`throttle`](super) keys by the account; they go with it.
pub const COUNTED_PER_ACCOUNT: [&str; 17] = [
    DOWNLOADS_PER_ACCOUNT.kind,
    ARRANGEMENTS_PER_ACCOUNT.kind,
    LIVE_ARRANGEMENTS_PER_ACCOUNT.kind,
    TESTS_PER_ACCOUNT.kind,
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
