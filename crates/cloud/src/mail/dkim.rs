//! DKIM signatures (RFC 6376, RFC 8463) of outgoing mails, with relaxed/relaxed canonicalization.
//! This is our own code because lettre's RSA leaks time when signing (RUSTSEC-2023-0071); aws-lc,
//! which signs here, is already used for TLS.

pub mod canonical;
mod key;

use std::time::SystemTime;

use anyhow::Context;
use data_encoding::BASE64;
use sha2::{Digest, Sha256};

pub use key::{DkimKey, DkimKeyKind};

use crate::config::MailConfig;

/// Signed header fields. The first four are listed once more than they occur, so that another one
/// cannot be added (RFC 6376 §8.15).
const FIELDS: [&str; 9] = [
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "mime-version",
    "content-type",
    "auto-submitted",
    "list-id",
];
const N_OVERSIGNED: usize = 4;
/// Base64 characters in one line of the signature.
// With the tab in front it stays within 78 characters (RFC 5322 §2.1.1).
const LINE: usize = 68;

/// Signs in the name of one domain.
#[derive(Debug)]
pub struct Signer {
    domain: String,
    selector: String,
    key: DkimKey,
}

impl Signer {
    /// The signer described by the settings; none if no key is set.
    pub fn new(config: &MailConfig) -> anyhow::Result<Option<Signer>> {
        let path = &config.dkim_key_file;
        if path.as_os_str().is_empty() {
            return Ok(None);
        }
        let from: lettre::message::Mailbox = config
            .from
            .parse()
            .with_context(|| format!("reading `mail.from` ({})", config.from))?;
        Ok(Some(Signer {
            domain: from.email.domain().to_owned(),
            selector: config.dkim_selector.clone(),
            key: DkimKey::read(path)
                .with_context(|| format!("reading `mail.dkim_key_file` {}", path.display()))?,
        }))
    }

    /// Domain and selector that the signatures name.
    pub fn names(&self) -> (&str, &str) {
        (&self.domain, &self.selector)
    }

    /// Name and text of the DNS record with which others verify the signatures.
    pub fn dns_record(&self) -> anyhow::Result<(String, String)> {
        let name = format!("{}._domainkey.{}", self.selector, self.domain);
        Ok((name, self.key.dns_text()?))
    }

    /// The mail with a signature in front. `message` has CRLF line endings.
    pub fn sign(&self, message: &[u8], now: SystemTime) -> anyhow::Result<Vec<u8>> {
        let now = now
            .duration_since(SystemTime::UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        let (headers, body) = canonical::split(message);
        let fields = canonical::fields(headers);
        let body_hash = BASE64.encode(&Sha256::digest(canonical::body(body)));
        let names = signed_names(&fields);
        let unsigned = format!(
            "DKIM-Signature: v=1; a={}; c=relaxed/relaxed; d={}; s={};\r\n\tt={now}; h={};\r\n\tbh={body_hash};\r\n\tb=",
            self.key.algorithm(),
            self.domain,
            self.selector,
            names.join(":"),
        );
        let input = canonical::signed(&fields, &names, &unsigned);
        let signature = BASE64.encode(&self.key.sign(&input)?);
        let folded: Vec<&str> = (0..signature.len())
            .step_by(LINE)
            .map(|at| &signature[at..signature.len().min(at + LINE)])
            .collect();
        let mut signed = format!("{unsigned}{}\r\n", folded.join("\r\n\t")).into_bytes();
        signed.extend_from_slice(message);
        Ok(signed)
    }
}

/// Names of [`FIELDS`] as often as they occur, then those that must not be added.
fn signed_names(fields: &[(String, String)]) -> Vec<&'static str> {
    let occurring = FIELDS.into_iter().flat_map(|name| {
        let n = fields.iter().filter(|(found, _)| found == name).count();
        std::iter::repeat_n(name, n)
    });
    occurring
        .chain(FIELDS.into_iter().take(N_OVERSIGNED))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGE: &str = "From: Peerview <cloud@example.org>\r\nTo: ana@example.org\r\n\
        Subject: 1234 is\r\n your code\r\nDate: Tue, 24 Nov 2026 04:03:20 +0000\r\n\
        X-Other: not signed\r\n\r\nHello \t Ana\r\n\r\n\r\n";

    fn signer() -> Signer {
        Signer {
            domain: "example.org".to_owned(),
            selector: "s".to_owned(),
            key: DkimKey::generate(DkimKeyKind::Ed25519).unwrap(),
        }
    }

    #[test]
    fn signing_does_not_change_the_mail() {
        let at = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_795_493_000);
        let signed = signer().sign(MESSAGE.as_bytes(), at).unwrap();
        let signed = String::from_utf8(signed).unwrap();

        assert!(signed.ends_with(MESSAGE));
        let header = signed.strip_suffix(MESSAGE).unwrap();
        assert!(header.contains("h=from:to:subject:date:from:to:subject:date;"));
        assert!(header.contains("t=1795493000;") && header.contains("d=example.org; s=s;"));
        assert!(header.lines().all(|line| line.len() < 120), "{header}");
    }
}
