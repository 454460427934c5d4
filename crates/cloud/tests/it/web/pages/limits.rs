//! The one table of limits: each holds at its edge, and the document says the same.

use std::fmt::Write;

use cloud::config::LimitsConfig;
use cloud::throttle::limits::{
    COUNTED, FIXED, IN_A_ROW, Over, REFUSED_ADDRESS_WAITS, SEND_AGAIN_WAITS,
};
use cloud::throttle::{EVERYBODY, Error, Tries, limits};
use cloud::visitor::Client;
use proto::throttle::{FOREVER, MOST_WAITS, NEVER};

use crate::support::TestCloud;

#[tokio::test]
async fn asvs_2_3_2_every_counted_limit_is_exact_and_ends_with_its_window() {
    let cloud = TestCloud::start().await;
    let config = &cloud.state.config.limits;
    let mails = cloud::throttle::limits::mails(config);
    let refusing = COUNTED.iter().filter(|row| row.value.over != Over::Slower);
    for limit in refusing.map(|row| row.value).chain(mails) {
        let throttle = &cloud.state.throttle;
        let spend = async || {
            let spent = throttle.spend(&[(limit, "ana")]).await;
            spent.map(Tries::keep)
        };
        for n in 1..=limit.last() {
            assert!(spend().await.is_ok(), "{} refuses the {n}th", limit.kind);
        }
        cloud.clock.advance(limit.window - 1);
        let refused = spend().await;
        assert!(
            matches!(refused, Err(Error::TooMany { seconds: 1 })),
            "{} takes one more than {}",
            limit.kind,
            limit.last()
        );
        let other = throttle.spend(&[(limit, "ben")]).await.map(Tries::keep);
        assert!(other.is_ok(), "{} of another", limit.kind);
        cloud.clock.advance(1);
        assert!(spend().await.is_ok(), "{} after its window", limit.kind);
    }
}

#[tokio::test]
async fn global_limits_slow_everybody_down_but_refuse_nobody() {
    let cloud = TestCloud::start().await;
    for row in COUNTED.iter().filter(|row| row.value.over == Over::Slower) {
        let limit = row.value;
        let mut doublings = Vec::new();
        for n in 0..limit.most * 3 {
            if n % limit.most == 0 || n % limit.most == limit.most - 1 {
                let now = cloud.state.throttle.doublings(limit).await;
                doublings.push(now.unwrap());
            }
            let spent = cloud.state.throttle.spend(&[(limit, EVERYBODY)]).await;
            let spent = spent.map(Tries::keep);
            assert!(spent.is_ok(), "{} refuses the {n}th", limit.kind);
        }
        assert_eq!(doublings, [0, 0, 1, 1, 2, 2], "{}", limit.kind);
        cloud.clock.advance(limit.window);
        let later = cloud.state.throttle.doublings(limit).await;
        assert_eq!(later.unwrap(), 0, "{} after its window", limit.kind);
    }
}

#[tokio::test]
async fn a_network_has_five_times_the_limit_of_a_client() {
    let cloud = TestCloud::start().await;
    let limit = cloud::throttle::limits::CODES_PER_CLIENT;
    let client = |n: i64| Client::of(format!("192.0.2.{n}").parse().unwrap());

    let mut n_taken = 0;
    for n in 0..limit.last() * 6 {
        let client = client(n / limit.most);
        let spent = cloud.state.throttle.spend_as(&client, &[limit]).await;
        n_taken += i64::from(spent.map(Tries::keep).is_ok());
    }
    let neighbour = Client::of("192.0.3.1".parse().unwrap());
    let elsewhere = cloud.state.throttle.spend_as(&neighbour, &[limit]).await;
    let elsewhere = elsewhere.map(Tries::keep);

    assert_eq!(n_taken, limit.last() * 5);
    assert!(elsewhere.is_ok());
}

#[tokio::test]
async fn asvs_16_5_3_limits_fail_closed_without_a_database() {
    let cloud = TestCloud::start().await;
    cloud.state.db.close().await;

    for row in COUNTED {
        let spent = cloud.state.throttle.spend(&[(row.value, "ana")]).await;
        assert!(matches!(spent, Err(Error::Db(_))), "{}", row.value.kind);
    }
    for row in IN_A_ROW {
        let spent = cloud.state.throttle.spend_in_a_row(row.value, "ana").await;
        assert!(spent.is_err(), "{}", row.value.kind);
    }
}

#[tokio::test]
async fn every_rule_for_consecutive_failures_waits_until_a_reset() {
    let cloud = TestCloud::start().await;
    let throttle = &cloud.state.throttle;
    for rule in IN_A_ROW.iter().map(|row| row.value) {
        assert!(rule.waits.len() <= MOST_WAITS, "{}", rule.kind);
        let key = throttle.key(rule.kind, "ana");
        let spend = async || {
            let spent = throttle.spend_in_a_row(rule, &key).await.unwrap();
            spent.map(Tries::keep).is_some()
        };
        for n in 1..=rule.free {
            assert!(spend().await, "{} waits before the {n}th", rule.kind);
        }
        cloud.clock.advance(rule.waits[0] - 1);
        assert!(!spend().await, "{} after {}", rule.kind, rule.free);
        let mut tx = cloud.state.db.begin().await.unwrap();
        throttle.reset(&mut tx, rule.kind, "ana").await.unwrap();
        tx.commit().await.unwrap();
        assert!(spend().await, "{} after a reset", rule.kind);
    }
}

#[tokio::test]
async fn refunded_tries_are_given_back_and_dropped_ones_are_not() {
    let cloud = TestCloud::start().await;
    let throttle = &cloud.state.throttle;
    let (limit, rule) = (limits::PASSWORD_CHANGES, limits::FAILED_LOGINS);
    let spend = async || throttle.spend(&[(limit, "ana")]).await.unwrap();
    let in_a_row = async || throttle.spend_in_a_row(rule, "ana").await.unwrap();
    let n = async || {
        let n_in_a_row = throttle.n_in_a_row(rule, "ana").await.unwrap();
        (throttle.n_spent(limit, "ana").await.unwrap(), n_in_a_row)
    };

    spend().await.refund().await.unwrap();
    in_a_row().await.unwrap().refund().await.unwrap();
    assert_eq!(n().await, (0, 0));
    spend().await.keep();
    in_a_row().await.unwrap().keep();
    assert_eq!(n().await, (1, 1));
    assert!(throttle.take_undecided().is_empty());

    drop(spend().await);
    drop(in_a_row().await);

    assert_eq!(n().await, (2, 2), "nothing opens by breaking off");
    assert_eq!(throttle.take_undecided(), [rule.kind, limit.kind]);
}

/// `UPDATE_DOCS=1 cargo test -p cloud --test it asvs_2_1_3` writes the document.
#[test]
fn asvs_2_1_3_the_limits_document_matches_the_code() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/ref/limits.md");
    let text = document();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, &text).unwrap();
    }

    assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), text);
}

fn document() -> String {
    let mut text = String::from(
        "# Limits of accounts\n\n\
         This page is generated from `crates/cloud/src/throttle/limits.rs`. A test compares the two, and\n\
         another one reaches every counted limit. A count is increased before anything is compared, in one\n\
         statement, so that simultaneous requests cannot pass together. A window starts with its first\n\
         count. If the database does not answer, every limit refuses: none fails open.\n\n\
         ## Counted\n\n\
         | what | at most | within | over the limit |\n| --- | --- | --- | --- |\n",
    );
    for row in COUNTED {
        let (what, limit) = (row.what.trim(), row.value);
        let (span, over) = (span(limit.window), words(limit.over));
        writeln!(text, "| {what} | {} | {span} | {over} |", limit.most).unwrap();
    }
    write_in_a_row(&mut text);
    text.push_str(WHAT_A_FEW_CAN_DO);
    write_settings(&mut text);
    write_fixed(&mut text);
    text
}

/// What happens to the try that is one too many.
fn words(over: Over) -> &'static str {
    match over {
        Over::Refused => "refused until the window ends",
        Over::MoreWork => {
            "each step doubles the work; refused at 3 times the limit; a network has 5 times the limit"
        }
        Over::NoMail => "no further mail; the button of the last one stays valid for 24 h",
        Over::Picture => "a captcha is required first",
        Over::Unsent => {
            "the same answer and no mail; the button of the last one stays valid for 24 h"
        }
        Over::Later => "it waits for the next window",
        Over::Work => {
            "accepted with a proof of work, which doubles with every further multiple of the limit, up to 64 times (16 for everybody); nobody is refused; a network has 5 times the limit"
        }
        Over::StrongMode => "strong mode for 24 h: no short codes, the button in the mail only",
        Over::Slower => {
            "everybody needs proof of work or a wait, or twice as much as before; twice again from 2 times the limit on; nobody is refused"
        }
        Over::OneOfMany => {
            "it counts as bulk mail; all bulk mail together may use two fifths of all mails"
        }
        Over::Together => "it is combined with the next ones, in one mail every 3 h",
    }
}

fn write_in_a_row(text: &mut String) {
    text.push_str(
        "\n## In a row\n\n\
         A correct try resets the count, and so does a reset. During a wait nothing is compared. The last\n\
         wait repeats.\n\n\
         | what | waits after | for | blocked from |\n| --- | --- | --- | --- |\n",
    );
    for row in IN_A_ROW {
        let (what, rule) = (row.what.trim(), row.value);
        let after = match rule.every {
            1 if rule.free == 1 => "every one".to_owned(),
            1 => format!("the {}th and each further one", rule.free),
            every => format!("every {every}th"),
        };
        let shut = match rule.shut {
            FOREVER => "never".to_owned(),
            n => format!("the {n}th on"),
        };
        let forgotten = match rule.forgotten {
            NEVER => String::new(),
            seconds => format!("; the count restarts after {} without one", span(seconds)),
        };
        let waits = list(rule.waits);
        writeln!(text, "| {what} | {after}{forgotten} | {waits} | {shut} |").unwrap();
    }
}

/// What one attacker can do to everybody else, limit by limit.
const WHAT_A_FEW_CAN_DO: &str = "
## What a few can do to everybody

No limit that counts everybody together refuses a person who has done nothing. With ten accounts
and eight addresses somebody can cause the following, and no more; tests do this.

| global limit | worst case | what remains possible |
| --- | --- | --- |
| Wrong codes to add devices | claims require a second of work, or 20 s without scripts; wrong codes for agents of the same day do not count | everything, after that; guesses stay limited to 5 a day for a serial number and 20 in total for its agent, so somebody who knows a serial number guesses its code (one of 26⁶) with a chance of one in 15 million |
| Forms without captcha letters or without work | they wait 2 min, then 4 min, instead of 1 | everything, after that |
| Strong mode | no short codes for 24 h, whenever somebody types 100 wrong ones in a day, and 8 times the work | the button in the same mail |
| Mails of a domain | mails wait if their network requests more than 2 an hour | the first 2 mails an hour of every network are sent at once |
| All mails | networks that request more than 3 an hour or 10 a day share two fifths, and have to wait above that | the first mails of every network, new passwords, and security notices |
| Password hashes | the hashes of one client queue behind each other | at most one turn of each other client comes first |
| Captcha pictures | the same, two at a time | the same |
| The audit log | repeated lines are summed up, by kind and account or network | every line of another kind or person; 90 days of lines |

What cannot be prevented: a botnet with hundreds of networks can use up all mails that the
operator's mail server accepts in an hour or a day. Then nobody can register until the window ends,
while log-in, passkeys and everything inside an account still work, and the button of the last mail
stays valid. Somebody who knows a recorder's serial number can use up its 5 tries a day, and so keep
its owner from adding it for that long.
";

fn write_settings(text: &mut String) {
    text.push_str(
        "\n## Settings of the operator\n\n`[cloud.limits]` in `config.example.toml`.\n\n",
    );
    text.push_str("| what | default | over the limit |\n| --- | --- | --- |\n");
    let config = LimitsConfig::default();
    let (no_mail, strong) = (words(Over::NoMail), words(Over::StrongMode));
    for (what, value, over) in [
        (
            "Mails per hour in total. Two fifths may be used for notices about devices and for networks that request many; four fifths also for the first mails of a network; all for new passwords and events in an account.",
            config.mails_per_hour,
            no_mail,
        ),
        (
            "Mails per day in total, with the same shares.",
            config.mails_per_day,
            no_mail,
        ),
        (
            "Wrong codes per day in total.",
            config.wrong_codes_per_day,
            strong,
        ),
        (
            "Digits of a verification code.",
            u32::from(config.code_digits),
            "–",
        ),
        (
            "Proof of work of a form, in bits; each bit doubles it.",
            config.work_bits,
            "–",
        ),
    ] {
        writeln!(text, "| {what} | {value} | {over} |").unwrap();
    }
}

fn write_fixed(text: &mut String) {
    text.push_str("\n## Fixed numbers\n\n| what | number |\n| --- | --- |\n");
    for fixed in FIXED {
        let what = fixed.what.trim();
        let value = if what.starts_with("Seconds") {
            format!("{} ({})", fixed.value, span(fixed.value))
        } else {
            fixed.value.to_string()
        };
        writeln!(text, "| {what} | {value} |").unwrap();
    }
    writeln!(
        text,
        "| Waits before the second code of a registration, before the third, and before starting over. | {} |",
        list(&SEND_AGAIN_WAITS)
    )
    .unwrap();
    writeln!(
        text,
        "| Pauses for an address that refused mail: after the first refusal, the second, and so on. | {} |",
        list(&REFUSED_ADDRESS_WAITS)
    )
    .unwrap();
}

fn list(all: &[i64]) -> String {
    let all: Vec<String> = all.iter().map(|seconds| span(*seconds)).collect();
    all.join(", ")
}

fn span(seconds: i64) -> String {
    for (unit, name) in [(86_400, "d"), (3_600, "h"), (60, "min")] {
        if seconds >= unit && seconds % unit == 0 {
            return format!("{} {name}", seconds / unit);
        }
    }
    format!("{seconds} s")
}
