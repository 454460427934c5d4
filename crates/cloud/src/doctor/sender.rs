//! DNS records of the domain that mails come from: whether it accepts mail, and the three records
//! that receivers check: SPF (RFC 7208), DKIM (RFC 6376) and DMARC (RFC 7489).

use super::dns::Dns;
use super::finding::Finding;
use super::records::{DMARC, SPF, is_kind, judge_dmarc, judge_spf, tag};
use crate::config::{Config, MailConfig};
use crate::mail::dkim::Signer;

const DOMAIN: &str = "sender domain";
const DKIM: &str = "DKIM";
pub(super) async fn look(config: &Config, dns: &Dns) -> Vec<Finding> {
    let from = config.mail.from.parse::<lettre::message::Mailbox>();
    let Some(domain) = from.ok().map(|from| from.email.domain().to_lowercase()) else {
        let fix = "set `from` in [cloud.mail] to an address";
        return vec![Finding::bad(DOMAIN, "`from` is not a mail address", fix)];
    };
    if !domain.contains('.') || domain.starts_with('[') {
        let found = format!("{domain} is not a public domain");
        let fix = "set `from` in [cloud.mail] to an address in your own domain";
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
        "make sure that this machine can reach a DNS server, or choose one with --dns",
    )
}

/// Receivers refuse senders that cannot be answered.
async fn takes_mail(dns: &Dns, domain: &str) -> Finding {
    let hosts = match dns.mail_hosts(domain).await {
        Ok(hosts) => hosts,
        Err(words) => return unanswered(DOMAIN, words),
    };
    if hosts.iter().any(|host| host == ".") {
        return Finding::bad(
            DOMAIN,
            format!("{domain} declares that it accepts no mail (`MX 0 .`)"),
            "set `from` in [cloud.mail] to a domain that accepts mail, or publish an MX record",
        );
    }
    if let Some(first) = hosts.first() {
        return Finding::ok(DOMAIN, format!("mail to {domain} goes to {first}"));
    }
    match dns.addresses(domain).await {
        Err(words) => unanswered(DOMAIN, words),
        Ok(addresses) if addresses.is_empty() => Finding::bad(
            DOMAIN,
            format!(
                "{domain} has neither an MX nor an address record, so receivers consider its mail forged"
            ),
            format!("publish `{domain}. IN MX 10 HOST.` with a host that accepts mail"),
        ),
        Ok(_) => Finding::warn(
            DOMAIN,
            format!("{domain} has no MX record"),
            format!("publish `{domain}. IN MX 10 HOST.` with a host that accepts mail"),
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
            format!("{domain} has no SPF record, which says who may send its mail"),
            format!(
                "publish `{domain}. IN TXT \"v=spf1 a:{host} -all\"`, or the record that your mail provider requires"
            ),
        ),
        [record] => judge_spf(record),
        // An error for every receiver (RFC 7208 §4.5).
        several => Finding::bad(
            SPF,
            format!(
                "{domain} has {} SPF records, so receivers ignore all of them",
                several.len()
            ),
            "merge them into one",
        ),
    }
}

async fn dkim(dns: &Dns, mail: &MailConfig) -> Finding {
    let (signer, name, expected) = match Signer::new(mail) {
        Ok(None) => {
            let fix = "let your mail server sign, or run `peerview dkim-key` and set `dkim_key_file` in [cloud.mail]";
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
            format!("{name} does not exist, so no signature is valid"),
            publish,
        );
    }
    // Only the key counts: people add further tags to the record.
    let ours = tag(&expected, "p");
    if texts.iter().any(|text| tag(text, "p") == ours) {
        return Finding::ok(
            DKIM,
            format!("mails are signed as {selector}, and DNS has the key"),
        );
    }
    Finding::bad(
        DKIM,
        format!("{name} contains a key other than the signing key"),
        format!("{publish}, or choose another `dkim_selector`"),
    )
}

fn broken_key(error: &anyhow::Error) -> Finding {
    let fix = "create a key with `peerview dkim-key`, or correct `dkim_key_file` in [cloud.mail]";
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
                let found = format!("{name} has several records, so receivers ignore all of them");
                return Finding::bad(DMARC, found, "keep one of them");
            }
            (None, _) => {}
        }
        // A domain without a record uses that of its parent (RFC 7489 §6.6.3).
        match asked.split_once('.') {
            // Not up to a top-level domain, which belongs to nobody who sends mail.
            Some((_, above)) if above.contains('.') => asked = above,
            _ => break,
        }
    }
    Finding::warn(
        DMARC,
        format!(
            "{domain} has no DMARC record for mail that fails SPF and DKIM; large providers require one"
        ),
        format!("publish `_dmarc.{domain}. IN TXT \"v=DMARC1; p=quarantine\"`"),
    )
}
