//! The ways to send a mail: over SMTP, or into the demo's mailbox page.

use std::time::{Duration, SystemTime};

use anyhow::Context;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use super::dkim::Signer;
use super::letter::Written;
use crate::config::{Encryption, MailConfig};
use crate::db::mail::mailbox::Arrived;
use crate::db::mail::outbox::Mail;
use crate::state::State;
use crate::{db, limits};

/// Why a mail was not sent.
#[derive(Debug, thiserror::Error)]
pub enum Undelivered {
    /// Worth another attempt; the problem concerns this mail.
    #[error("{0}")]
    Later(String),
    /// Worth another attempt; the mail server currently accepts no mail.
    #[error("{0}")]
    ServerTrouble(String),
    /// Its turn has not come yet.
    #[error("not before {seconds} seconds")]
    NotYet {
        /// How long it has to wait.
        seconds: i64,
        /// What it waits for, kept as the last error of the mail.
        reason: &'static str,
    },
    /// Permanently refused because of the address.
    #[error("{0}")]
    NoSuchAddress(String),
    /// Permanently refused for another reason; the mail is given up.
    #[error("{0}")]
    Never(String),
}

/// Why a mail server refuses us.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// It does not accept our login.
    #[error("{0}")]
    LogIn(String),
    /// The connection cannot be encrypted.
    #[error("{0}")]
    Tls(String),
    /// It does not answer, or is not a mail server.
    #[error("{0}")]
    Other(String),
}

/// How this cloud sends mails.
pub enum Delivery {
    /// Over SMTP, to the mail server of the settings.
    Smtp(Box<Smtp>),
    /// Into the demo's mailbox page.
    Mailbox,
    /// No mail server is configured: mails wait.
    Nowhere,
}

impl Delivery {
    /// The delivery described by the settings.
    pub fn new(config: &MailConfig, demo: bool) -> anyhow::Result<Delivery> {
        if demo {
            return Ok(Delivery::Mailbox);
        }
        if config.host.is_empty() {
            tracing::warn!(
                "no mail server is configured (`host` in [cloud.mail]): nobody can register"
            );
            return Ok(Delivery::Nowhere);
        }
        Ok(Delivery::Smtp(Box::new(Smtp::new(config)?)))
    }

    /// Delivers one mail; an error says whether another attempt makes sense.
    pub async fn deliver(
        &self,
        state: &State,
        mail: &Mail,
        written: Written,
    ) -> Result<(), Undelivered> {
        match self {
            Delivery::Smtp(smtp) => {
                let (to, id) = (&mail.recipient, &mail.message_id);
                smtp.send(to, id, state.clock.system_time(), written).await
            }
            Delivery::Mailbox => {
                let arrived = Arrived {
                    recipient: mail.recipient.clone(),
                    subject: written.subject,
                    body: written.text,
                    arrived_at: state.clock.now(),
                };
                db::mail::mailbox::deliver(&state.db, &mail.id, &arrived, limits::MAILBOX_MAILS)
                    .await
                    .map_err(|error| Undelivered::Later(error.to_string()))
            }
            Delivery::Nowhere => Err(Undelivered::ServerTrouble(
                "no mail server is set".to_owned(),
            )),
        }
    }
}

/// The mail server of the settings, and how mails for it are signed.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    signer: Option<Signer>,
}

impl Smtp {
    /// Reads the settings. Nothing is contacted yet.
    pub fn new(config: &MailConfig) -> anyhow::Result<Smtp> {
        let from = config
            .from
            .parse()
            .with_context(|| format!("reading `mail.from` ({})", config.from))?;
        Ok(Smtp {
            transport: transport(config)?,
            from,
            signer: Signer::new(config)?,
        })
    }

    /// Connects, encrypts the connection and logs in, without sending anything.
    ///
    /// # Errors
    /// What the server or TLS said.
    pub async fn check(&self) -> Result<(), Trouble> {
        match self.transport.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err(Trouble::Other("it closed the connection".to_owned())),
            Err(error) if is_about_log_in(&error) => Err(Trouble::LogIn(chain(&error))),
            Err(error) if is_about_tls(&error) => Err(Trouble::Tls(chain(&error))),
            Err(error) => Err(Trouble::Other(chain(&error))),
        }
    }

    /// Signs one mail if there is a key, and hands it to the server.
    pub async fn send(
        &self,
        to: &str,
        message_id: &str,
        at: SystemTime,
        written: Written,
    ) -> Result<(), Undelivered> {
        let message = message(&self.from, to, message_id, at, written)?;
        let mut bytes = message.formatted();
        if let Some(signer) = &self.signer {
            let signed = signer.sign(&bytes, at);
            // A fault of ours and not of the address: the mail waits.
            bytes = signed.map_err(|error| Undelivered::Later(format!("{error:#}")))?;
        }
        // Raw, because the signature covers exactly these bytes.
        self.transport
            .send_raw(message.envelope(), &bytes)
            .await
            .map(|_| ())
            .map_err(|error| undelivered(&error))
    }
}

fn transport(config: &MailConfig) -> anyhow::Result<AsyncSmtpTransport<Tokio1Executor>> {
    let tls = match config.encryption {
        Encryption::None => Tls::None,
        // Required and not opportunistic: without TLS no mail leaves (ASVS 12.3.1).
        Encryption::Starttls => Tls::Required(tls_parameters(config)?),
        Encryption::Tls => Tls::Wrapper(tls_parameters(config)?),
    };
    // Named dangerous because TLS is off until it is set, which the next lines do.
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&config.host)
        .port(config.port)
        .tls(tls)
        .timeout(Some(Duration::from_secs(config.timeout_seconds)));
    if !config.user.is_empty() {
        builder = builder.credentials(Credentials::new(
            config.user.clone(),
            config.password.clone(),
        ));
    }
    Ok(builder.build())
}

fn tls_parameters(config: &MailConfig) -> anyhow::Result<TlsParameters> {
    let mut builder = TlsParameters::builder(config.host.clone());
    if !config.ca_file.as_os_str().is_empty() {
        let path = config.ca_file.display();
        let pem = std::fs::read(&config.ca_file)
            .with_context(|| format!("reading `mail.ca_file` {path}"))?;
        let certificate = Certificate::from_pem(&pem)
            .with_context(|| format!("reading the certificate in {path}"))?;
        builder = builder.add_root_certificate(certificate);
    }
    builder.build().context("preparing TLS to the mail server")
}

fn message(
    from: &Mailbox,
    to: &str,
    message_id: &str,
    at: SystemTime,
    written: Written,
) -> Result<Message, Undelivered> {
    let to = to
        .parse()
        .map_err(|_| Undelivered::Never("not a mail address".to_owned()))?;
    let message = Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to))
        // No line break of a name gets into a header (ASVS 1.3.11).
        .subject(without_controls(&written.subject.replace('\n', " ")))
        .message_id(Some(message_id.to_owned()))
        .date(at)
        .multipart(MultiPart::alternative_plain_html(
            without_controls(&written.text),
            without_controls(&written.html),
        ));
    let mut message = message
        .map_err(|error| Undelivered::Never(format!("the mail cannot be written: {error}")))?;
    for (name, value) in automatic(from) {
        let name = HeaderName::new_from_ascii_str(name);
        message
            .headers_mut()
            .insert_raw(HeaderValue::new(name, value));
    }
    Ok(message)
}

/// Some readers treat a lone carriage return as a line end (RFC 5322 §2.3), and no text needs one.
fn without_controls(text: &str) -> String {
    let is_needed = |c: char| matches!(c, '\n' | '\t') || !c.is_control();
    let text = text.replace("\r\n", "\n");
    text.replace(|c| !is_needed(c), " ")
}

/// Marks the mail as automatic, so that no program answers it (RFC 3834 §5; Exchange has its own
/// header), and names the kind of mail for people who sort theirs (RFC 2919).
fn automatic(from: &Mailbox) -> [(&'static str, String); 3] {
    let list = format!("Account mail <account.{}>", from.email.domain());
    [
        ("Auto-Submitted", "auto-generated".to_owned()),
        ("X-Auto-Response-Suppress", "All".to_owned()),
        ("List-Id", list),
    ]
}

/// A refusal is permanent only if it concerns this mail; problems with the log-in (530 to 538) are ours.
fn undelivered(error: &lettre::transport::smtp::Error) -> Undelivered {
    let words = chain(error);
    let Some(code) = error.status().map(u16::from) else {
        return Undelivered::ServerTrouble(words);
    };
    match code {
        // Both speak of the server, not of this mail (RFC 5321 §3.8, RFC 3207 §4).
        421 | 454 => Undelivered::ServerTrouble(words),
        _ if is_about_log_in(error) => Undelivered::ServerTrouble(words),
        500.. if is_about_the_address(code, &words) => Undelivered::NoSuchAddress(words),
        500.. => Undelivered::Never(words),
        _ => Undelivered::Later(words),
    }
}

fn is_about_log_in(error: &lettre::transport::smtp::Error) -> bool {
    let code = error.status().map(u16::from);
    code.is_some_and(|code| (530..=538).contains(&code))
}

/// RFC 3463: 5.1.x is an unknown address, 5.2.1 a disabled mailbox. Servers without such codes answer
/// with 550, 551 or 553.
fn is_about_the_address(code: u16, words: &str) -> bool {
    let enhanced = words
        .split(|c: char| !c.is_ascii_digit() && c != '.')
        .find(|word| word.starts_with("5.") && word.split('.').count() == 3);
    match enhanced {
        Some(code) => code.starts_with("5.1.") || code == "5.2.1",
        None => matches!(code, 550 | 551 | 553),
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let more = cause.to_string();
        // Some errors repeat their cause in their own words.
        if !words.contains(&more) {
            words = format!("{words}: {more}");
        }
        source = cause.source();
    }
    words
}

fn is_about_tls(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        let inner = error
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref);
        // rustls errors arrive inside an io::Error, whose `source` skips them.
        if error.is::<rustls::Error>() || inner.is_some_and(|inner| inner.is::<rustls::Error>()) {
            return true;
        }
        cause = error.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_refusals_about_the_address_count_against_it() {
        for (code, words, is_about) in [
            (550, "permanent error (550): 5.1.1 No such user", true),
            (550, "5.2.1 The account is disabled", true),
            (550, "No such person here", true),
            (553, "mailbox name not allowed", true),
            (550, "5.7.1 Message rejected due to policy 1.2.3.4", false),
            (552, "5.2.2 Mailbox full", false),
            (554, "Transaction failed", false),
        ] {
            assert_eq!(is_about_the_address(code, words), is_about, "{words}");
        }
    }
}
