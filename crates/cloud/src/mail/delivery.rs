//! The ways a mail leaves: over SMTP, or into the demo's mailbox page.

use std::time::Duration;

use anyhow::Context;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use super::letter::Written;
use crate::config::{Encryption, MailConfig};
use crate::db::mailbox::Arrived;
use crate::db::outbox::Mail;
use crate::state::State;
use crate::{db, limits};

/// Why a mail did not leave.
#[derive(Debug, thiserror::Error)]
pub enum Undelivered {
    /// Worth another attempt.
    #[error("{0}")]
    Later(String),
    /// Refused for good.
    #[error("{0}")]
    Never(String),
}

/// How mails leave this cloud.
pub enum Delivery {
    /// Over SMTP.
    Smtp {
        /// The pool of connections.
        transport: Box<AsyncSmtpTransport<Tokio1Executor>>,
        /// Sender of every mail.
        from: Mailbox,
    },
    /// Into the demo's mailbox page.
    Mailbox,
    /// No mail server is set: mails wait.
    Nowhere,
}

impl Delivery {
    /// What the settings say.
    pub fn new(config: &MailConfig, demo: bool) -> anyhow::Result<Delivery> {
        if demo {
            return Ok(Delivery::Mailbox);
        }
        if config.host.is_empty() {
            tracing::warn!("no mail server is set (`host` in [cloud.mail]): nobody can register");
            return Ok(Delivery::Nowhere);
        }
        let from = config
            .from
            .parse()
            .with_context(|| format!("reading `mail.from` ({})", config.from))?;
        Ok(Delivery::Smtp {
            transport: Box::new(transport(config)?),
            from,
        })
    }

    /// Hands one mail over.
    pub async fn deliver(
        &self,
        state: &State,
        mail: &Mail,
        written: Written,
    ) -> Result<(), Undelivered> {
        match self {
            Delivery::Smtp { transport, from } => {
                let message = message(state, from, mail, written)?;
                transport
                    .send(message)
                    .await
                    .map(|_| ())
                    .map_err(|error| undelivered(&error))
            }
            Delivery::Mailbox => {
                let arrived = Arrived {
                    recipient: mail.recipient.clone(),
                    subject: written.subject,
                    body: written.text,
                    arrived_at: state.clock.now(),
                };
                db::mailbox::deliver(&state.db, &mail.id, &arrived, limits::MAILBOX_MAILS)
                    .await
                    .map_err(|error| Undelivered::Later(error.to_string()))
            }
            Delivery::Nowhere => Err(Undelivered::Later("no mail server is set".to_owned())),
        }
    }
}

fn transport(config: &MailConfig) -> anyhow::Result<AsyncSmtpTransport<Tokio1Executor>> {
    let tls = match config.encryption {
        Encryption::None => Tls::None,
        Encryption::Starttls => Tls::Required(tls_parameters(config)?),
        Encryption::Tls => Tls::Wrapper(tls_parameters(config)?),
    };
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
    state: &State,
    from: &Mailbox,
    mail: &Mail,
    written: Written,
) -> Result<Message, Undelivered> {
    let to = mail
        .recipient
        .parse()
        .map_err(|_| Undelivered::Never("not a mail address".to_owned()))?;
    Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .subject(written.subject)
        .message_id(Some(mail.message_id.clone()))
        .date(state.clock.system_time())
        .header(AutoSubmitted)
        .multipart(MultiPart::alternative_plain_html(
            written.text,
            written.html,
        ))
        .map_err(|error| Undelivered::Never(format!("the mail cannot be written: {error}")))
}

/// RFC 3834 §5: keeps out-of-office answers away.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<AutoSubmitted, Box<dyn std::error::Error + Send + Sync>> {
        Ok(AutoSubmitted)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(AutoSubmitted::name(), "auto-generated".to_owned())
    }
}

/// A refusal is for good only if it is about this mail; log-in trouble (530 to 538) is ours to mend.
fn undelivered(error: &lettre::transport::smtp::Error) -> Undelivered {
    let words = chain(error);
    let about_log_in = error
        .status()
        .is_some_and(|code| (530..=538).contains(&u16::from(code)));
    if error.is_permanent() && !about_log_in {
        Undelivered::Never(words)
    } else {
        Undelivered::Later(words)
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        words = format!("{words}: {cause}");
        source = cause.source();
    }
    words
}
