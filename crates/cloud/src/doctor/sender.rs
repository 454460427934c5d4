//! What DNS says about the domain that mails come from: whether it takes mail itself, and the three
//! records that receivers look at: SPF (RFC 7208), DKIM (RFC 6376) and DMARC (RFC 7489).

use super::dns::Dns;
use super::{Finding, limits};
use crate::config::{Config, MailConfig};
use crate::mail::dkim::Signer;

const DOMAIN: &str = "sender domain";
const SPF: &str = "SPF";
const DKIM: &str = "DKIM";
const DMARC: &str = "DMARC";
/// Parts of an SPF record that cause look-ups, besides `redirect=`.
const LOOKING_UP: [&str; 6] = ["include:", "a", "mx", "ptr", "exists:", "redirect="];

/// Looks at all four.
pub(super) async fn look(config: &Config, dns: &Dns) -> Vec<Finding> {
    let from = config.mail.from.parse::<lettre::message::Mailbox>();
    let Some(domain) = from.ok().map(|from| from.email.domain().to_lowercase()) else {
        let fix = "set `from` in [cloud.mail] to an address";
        return vec![Finding::bad(DOMAIN, "`from` is no mail address", fix)];
    };
    if !domain.contains('.') || domain.starts_with('[') {
        let found = format!("{domain} is no domain that others know");
        let fix = "set `from` in [cloud.mail] to an address of a domain of yours";
        return vec![Finding::bad(DOMAIN, found, fix)];
    }
    let (takes, spf, dkim, dmarc) = tokio::join!(
        takes_mail(dns, &domain),
        spf(dns, &domain, &config.mail),
        dkim(dns, &config.mail),
        dmarc(dns, &domain),
    );
    vec![takes, spf, dkim, dmarc]
}

fn unanswered(topic: &'static str, words: String) -> Finding {
    Finding::bad(
        topic,
        words,
        "see that this machine can ask DNS, or name a server with --dns",
    )
}

/// Receivers refuse senders that could not be answered.
async fn takes_mail(dns: &Dns, domain: &str) -> Finding {
    let hosts = match dns.mail_hosts(domain).await {
        Ok(hosts) => hosts,
        Err(words) => return unanswered(DOMAIN, words),
    };
    if hosts.iter().any(|host| host == ".") {
        return Finding::bad(
            DOMAIN,
            format!("{domain} says that it never takes mail (`MX 0 .`)"),
            "set `from` in [cloud.mail] to a domain that does, or publish an MX record",
        );
    }
    if let Some(first) = hosts.first() {
        return Finding::ok(DOMAIN, format!("mail to {domain} goes to {first}"));
    }
    match dns.addresses(domain).await {
        Err(words) => unanswered(DOMAIN, words),
        Ok(addresses) if addresses.is_empty() => Finding::bad(
            DOMAIN,
            format!("{domain} has neither MX nor address: receivers take it for a forgery"),
            format!("publish `{domain}. IN MX 10 HOST.` with a host that takes mail"),
        ),
        Ok(_) => Finding::warn(
            DOMAIN,
            format!("{domain} has no MX record"),
            format!("publish `{domain}. IN MX 10 HOST.` with a host that takes mail"),
        ),
    }
}

async fn spf(dns: &Dns, domain: &str, mail: &MailConfig) -> Finding {
    let texts = match dns.texts(domain).await {
        Ok(texts) => texts,
        Err(words) => return unanswered(SPF, words),
    };
    let records: Vec<String> = texts
        .into_iter()
        .filter(|text| is_kind(text, "v=spf1"))
        .collect();
    let host = mail.host.as_str();
    match records.as_slice() {
        [] => Finding::bad(
            SPF,
            format!("{domain} says nothing about who may send its mail"),
            format!(
                "publish `{domain}. IN TXT \"v=spf1 a:{host} -all\"`, or what your mail provider asks for"
            ),
        ),
        [record] => judge_spf(record),
        several => Finding::bad(
            SPF,
            format!(
                "{domain} has {} SPF records: receivers ignore all",
                several.len()
            ),
            "put them together into one",
        ),
    }
}

fn judge_spf(record: &str) -> Finding {
    let parts: Vec<String> = record
        .split_whitespace()
        .skip(1)
        .map(str::to_lowercase)
        .collect();
    let n_lookups = parts.iter().filter(|part| looks_up(part)).count();
    let last = parts.last().map_or("", String::as_str);
    let names_somebody = parts.iter().any(|part| !part.ends_with("all"));
    if n_lookups > limits::SPF_LOOKUPS {
        let found = format!("`{record}` causes more than ten look-ups: receivers give up");
        return Finding::bad(SPF, found, "leave out what you do not send from");
    }
    if !names_somebody && last.starts_with('-') {
        let found = format!("`{record}` forbids all mail");
        return Finding::bad(
            SPF,
            found,
            "name the server that sends: `a:HOST` before `-all`",
        );
    }
    let is_closed = last == "-all" || last == "~all" || last.starts_with("redirect=");
    if !is_closed {
        let found = format!("`{record}` lets everybody send");
        return Finding::warn(SPF, found, "end it with `-all` or `~all`");
    }
    Finding::ok(SPF, format!("`{record}`"))
}

fn looks_up(part: &str) -> bool {
    let bare = part.trim_start_matches(['+', '-', '~', '?']);
    LOOKING_UP.iter().any(|kind| {
        let rest = bare.strip_prefix(kind);
        rest.is_some_and(|rest| kind.len() > 3 || rest.is_empty() || rest.starts_with([':', '/']))
    })
}

async fn dkim(dns: &Dns, mail: &MailConfig) -> Finding {
    let (signer, name, expected) = match Signer::new(mail) {
        Ok(None) => {
            let fix = "see that your mail server signs; or `peerview dkim-key`, then `dkim_key_file` in [cloud.mail]";
            return Finding::warn(DKIM, "mails are not signed here", fix);
        }
        Ok(Some(signer)) => match signer.dns_record() {
            Ok((name, text)) => (signer, name, text),
            Err(error) => return broken_key(&error),
        },
        Err(error) => return broken_key(&error),
    };
    let (_, selector) = signer.names();
    let texts = match dns.texts(&name).await {
        Ok(texts) => texts,
        Err(words) => return unanswered(DKIM, words),
    };
    let publish = format!("publish `{name}. IN TXT \"{expected}\"`");
    if texts.is_empty() {
        return Finding::bad(
            DKIM,
            format!("{name} is not there: no signature counts"),
            publish,
        );
    }
    let ours = tag(&expected, "p");
    if texts.iter().any(|text| tag(text, "p") == ours) {
        return Finding::ok(DKIM, format!("signed as {selector}; DNS has the key"));
    }
    Finding::bad(
        DKIM,
        format!("{name} has another key than the one that signs"),
        format!("{publish}, or choose another `dkim_selector`"),
    )
}

fn broken_key(error: &anyhow::Error) -> Finding {
    let fix = "make a key with `peerview dkim-key`, or correct `dkim_key_file` in [cloud.mail]";
    Finding::bad(DKIM, format!("{error:#}"), fix)
}

async fn dmarc(dns: &Dns, domain: &str) -> Finding {
    let mut asked = domain;
    loop {
        let name = format!("_dmarc.{asked}");
        let texts = match dns.texts(&name).await {
            Ok(texts) => texts,
            Err(words) => return unanswered(DMARC, words),
        };
        let mut records = texts.iter().filter(|text| is_kind(text, "v=DMARC1"));
        match (records.next(), records.next()) {
            (Some(record), None) => return judge_dmarc(&name, record),
            (Some(_), Some(_)) => {
                let found = format!("{name} has several records: receivers ignore all");
                return Finding::bad(DMARC, found, "keep one of them");
            }
            (None, _) => {}
        }
        // A domain without a record has that of the one above it (RFC 7489 §6.6.3).
        match asked.split_once('.') {
            Some((_, above)) if above.contains('.') => asked = above,
            _ => break,
        }
    }
    Finding::warn(
        DMARC,
        format!(
            "{domain} says nothing about mail that fails SPF and DKIM; large providers want it to"
        ),
        format!("publish `_dmarc.{domain}. IN TXT \"v=DMARC1; p=quarantine\"`"),
    )
}

fn judge_dmarc(name: &str, record: &str) -> Finding {
    match tag(record, "p").as_deref() {
        Some("none" | "quarantine" | "reject") => Finding::ok(DMARC, format!("`{record}`")),
        _ => Finding::bad(
            DMARC,
            format!("{name} has no `p=`: receivers ignore it"),
            format!("publish `{name}. IN TXT \"v=DMARC1; p=quarantine\"`"),
        ),
    }
}

/// Whether a record begins with this version, and nothing but its end follows.
fn is_kind(text: &str, version: &str) -> bool {
    let rest = text
        .get(..version.len())
        .filter(|head| head.eq_ignore_ascii_case(version))
        .map(|_| &text[version.len()..]);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', ';']))
}

/// The value of one tag of a `;`-separated record, without the spaces that may stand in it.
fn tag(record: &str, name: &str) -> Option<String> {
    let (_, value) = record
        .split(';')
        .filter_map(|part| part.split_once('='))
        .find(|(key, _)| key.trim() == name)?;
    Some(value.split_whitespace().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Grade;

    #[test]
    fn spf_records_are_told_apart() {
        let many = (0..11).fold("v=spf1".to_owned(), |text, n| {
            format!("{text} include:{n}.x")
        });
        for (record, grade) in [
            ("v=spf1 mx -all", Grade::Ok),
            ("v=spf1 include:_spf.example.org ~all", Grade::Ok),
            ("v=spf1 redirect=_spf.example.org", Grade::Ok),
            ("v=spf1 mx", Grade::Warn),
            ("v=spf1 mx ?all", Grade::Warn),
            ("v=spf1 +all", Grade::Warn),
            ("v=spf1 -all", Grade::Bad),
            (&format!("{many} -all"), Grade::Bad),
        ] {
            assert_eq!(judge_spf(record).grade, grade, "{record}");
        }
    }

    #[test]
    fn what_causes_look_ups_is_counted() {
        for part in [
            "a",
            "a:x",
            "+mx",
            "mx/24",
            "include:x",
            "exists:%{i}.x",
            "redirect=x",
            "?ptr",
        ] {
            assert!(looks_up(part), "{part}");
        }
        for part in ["all", "-all", "ip4:192.0.2.1", "ip6:::1", "exp=x"] {
            assert!(!looks_up(part), "{part}");
        }
    }

    #[test]
    fn records_are_known_by_their_first_word() {
        assert!(is_kind("v=spf1 mx", "v=spf1") && is_kind("V=SPF1", "v=spf1"));
        assert!(!is_kind("v=spf10 mx", "v=spf1") && !is_kind("x v=spf1", "v=spf1"));
        assert!(!is_kind("v=spfé", "v=spf1"));
        assert!(is_kind("v=DMARC1; p=none", "v=DMARC1"));
    }

    #[test]
    fn tags_are_read_with_spaces_anywhere() {
        assert_eq!(tag("v=DKIM1; k=rsa; p=AB CD", "p").as_deref(), Some("ABCD"));
        assert_eq!(tag("v=DKIM1;p =A==", "p").as_deref(), Some("A=="));
        assert_eq!(tag("v=DMARC1; sp=none", "p"), None);
    }

    #[test]
    fn a_policy_that_nobody_knows_counts_as_none() {
        assert_eq!(judge_dmarc("x", "v=DMARC1; p=none").grade, Grade::Ok);
        for record in ["v=DMARC1", "v=DMARC1; p=", "v=DMARC1; p=monitor"] {
            assert_eq!(judge_dmarc("x", record).grade, Grade::Bad, "{record}");
        }
    }
}
