//! The document of tables names every table there is, with the true numbers.

use std::collections::BTreeSet;
use std::fmt::Write;

use cloud::accounts::arrangement::MAX_CAMERA_NAME_CHARS;
use cloud::accounts::live_arrangement::MAX_LIVE_ARRANGEMENT_BYTES;
use cloud::config::LimitsConfig;
use cloud::db::upkeep::overflow;
use cloud::limits::MAILBOX_MAILS;
use cloud::links::limits::{OUTAGE_DAYS, OUTAGES};
use cloud::throttle::limits::{
    EMAIL_CHANGES_PER_ACCOUNT, MAX_KNOWN_BROWSERS, MAX_SESSIONS, NOTICES_DAY, PASSKEYS_PER_ACCOUNT,
    STRANGERS_ROWS, UNCLAIMED_RECORDERS, UNCLAIMED_SECONDS,
};
use proto::link::limits::MAX_CAMERAS;
use proto::rpc::MAX_MESSAGE_BYTES;

use crate::support::{TestCloud, catalog};

/// Table, who makes its rows, how many there are at most, when they go.
struct Table(&'static str, &'static str, String, &'static str);

#[expect(clippy::too_many_lines, reason = "one line for each table")]
fn listed() -> Vec<Table> {
    let mails = LimitsConfig::default().mails_per_day;
    let rows = format!("{STRANGERS_ROWS}; the oldest are deleted first, once a minute");
    const {
        assert!(
            UNCLAIMED_SECONDS == 30 * 86_400,
            "the line of recorders says 30 days"
        );
        assert!(OUTAGE_DAYS == 30, "the line of outages says 30 days")
    };
    vec![
        Table(
            "accounts",
            "anybody with a verified address",
            format!("{mails} new ones a day: each needs a mail, and this is the limit of mails"),
            "with the account",
        ),
        Table(
            "app_keys",
            "an account",
            "1 per account".to_owned(),
            "with the account",
        ),
        Table(
            "arrangements",
            "an account that renames, orders or hides cameras, or orders its recorders",
            format!(
                "1 per claimed recorder, with at most {MAX_CAMERAS} cameras and names of {MAX_CAMERA_NAME_CHARS} characters"
            ),
            "when the recorder leaves the account",
        ),
        Table(
            "browsers",
            "an account",
            format!("{MAX_KNOWN_BROWSERS} per account"),
            "180 days after its last use",
        ),
        Table(
            "captchas",
            "strangers: one per answered captcha",
            rows.clone(),
            "5 min",
        ),
        Table(
            "counters",
            "strangers: one per limit and name, address or network, and one per mailed address with a wrong short code",
            format!(
                "{STRANGERS_ROWS} per kind, the lowest are deleted first, once an hour; others a few per account; of wrong short codes {mails} addresses a day × 400 days; wrong codes are limited to 100 a day or 5 % of the codes"
            ),
            "at the end of the window; those of accounts after 31 days, or when a block ends; those of wrong short codes 400 days after the last",
        ),
        Table(
            "live_arrangements",
            "an account that arranges its Live view",
            format!("1 per account, at most {MAX_LIVE_ARRANGEMENT_BYTES} bytes"),
            "with the account",
        ),
        Table(
            "mail_refusals",
            "a mail server that refuses an address",
            format!("{mails} a day, 90 days"),
            "90 days after the last refusal",
        ),
        Table(
            "mailbox",
            "the demo only",
            format!("{MAILBOX_MAILS}"),
            "the oldest is deleted first",
        ),
        Table(
            "mailed_secrets",
            "strangers: one per mail of a registration or a forgotten password, and one per used link; an account: one per notice and per new address; the cloud: one per start before set-up",
            format!(
                "{STRANGERS_ROWS} of registrations and as many of forgotten passwords, the oldest are deleted first, once a minute; {} notices and {} new addresses per account and day; 1 per start before set-up",
                NOTICES_DAY.most, EMAIL_CHANGES_PER_ACCOUNT.most
            ),
            "a day after the code; notices after 7 days, new addresses after 30 min, unused set-up links after a day; the used set-up link stays",
        ),
        Table(
            "muted_notices",
            "an account",
            "1 per kind of notice and account".to_owned(),
            "with the account",
        ),
        Table(
            "orders",
            "an account that ends sessions, or an operator",
            "1 per ended session; each log-in costs a password hash, about 20 a second per core"
                .to_owned(),
            "an hour",
        ),
        Table(
            "outages",
            "a recorder in an account that is offline for at least a minute",
            format!(
                "{OUTAGES} ended ones per recorder, the oldest are deleted first; one that lasts"
            ),
            "30 days after its end, or when the recorder leaves the account",
        ),
        Table(
            "outbox",
            "strangers and accounts: one per mail",
            format!("{mails} a day requested by strangers, and the notices of accounts"),
            "a day after it was sent or failed",
        ),
        Table(
            "passkeys",
            "an account",
            format!("{PASSKEYS_PER_ACCOUNT} per account"),
            "with the account",
        ),
        Table(
            "pending_sign_ins",
            "anybody with the right password",
            rows.clone(),
            "5 min",
        ),
        Table(
            "recorders",
            "strangers: one per serial number and key",
            format!(
                "unclaimed: {UNCLAIMED_RECORDERS} and those that are online, about 300 bytes each without cameras; claimed: as many as accounts add, each with a list of at most {MAX_MESSAGE_BYTES} bytes"
            ),
            "30 days without a link while unclaimed",
        ),
        Table(
            "recovery_codes",
            "an account",
            "10 per account".to_owned(),
            "with the account",
        ),
        Table(
            "renewals",
            "a browser with a session's key",
            rows.clone(),
            "2 min; deleted once an hour",
        ),
        Table(
            "second_factors",
            "an account",
            "1 per account".to_owned(),
            "with the account",
        ),
        Table(
            "sessions",
            "an account",
            format!("{MAX_SESSIONS} per account"),
            "when it ends",
        ),
        Table(
            "used_ceremonies",
            "strangers: one per answered passkey challenge",
            rows.clone(),
            "5 min",
        ),
        Table(
            "works",
            "strangers: one per submitted proof of work",
            rows,
            "2 min",
        ),
    ]
}

#[tokio::test]
async fn every_table_is_listed_with_its_limit() {
    let cloud = TestCloud::start().await;
    let tables: BTreeSet<String> = catalog::tables(&cloud.state.db).await.into_iter().collect();

    let listed: BTreeSet<String> = listed().iter().map(|table| table.0.to_owned()).collect();

    assert_eq!(
        tables, listed,
        "add the table and its limit to listed() in this file"
    );
}

#[test]
fn every_table_documented_to_overflow_does_so() {
    let said: BTreeSet<&str> = listed()
        .iter()
        .filter(|table| table.2.starts_with(&STRANGERS_ROWS.to_string()))
        .map(|table| table.0)
        .filter(|table| *table != "counters")
        .collect();

    assert_eq!(said, overflow::tables().collect());
}

/// `UPDATE_DOCS=1 cargo test -p cloud --test it document_of_tables` writes the document.
#[test]
fn the_document_of_tables_matches_the_code() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/ref/tables.md");
    let mut text = String::from(
        "# Tables and their limits\n\n\
         This page is generated from `crates/cloud/tests/it/db/tables.rs`, which fails if a table is missing.\n\
         Tables that strangers can fill have a limit of rows; tables that accounts fill, a limit per account.\n\
         Numbers are defaults.\n\n\
         | table | who creates its rows | at most | deleted |\n| --- | --- | --- | --- |\n",
    );
    for Table(table, who, most, gone) in listed() {
        writeln!(text, "| {table} | {who} | {most} | {gone} |").unwrap();
    }
    text.push_str(
        "\nBesides tables: the audit log is a file ([audit.md](audit.md)), and the limits of data in memory are in \
         `limits.rs` of each crate. PostgreSQL also has the table `sign_in_reserve`: 48 MiB of random bytes \
         ([full_disk.md](full_disk.md)).\n",
    );
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, &text).unwrap();
    }

    assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), text);
}
