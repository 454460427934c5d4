//! The common structure of all mails, and how the plain-text and HTML forms are written. The differences are
//! in `letters`, one file per mail. The outbox stores a letter without its code and link, which are derived
//! when the mail is sent.

use askama::Template;

use crate::db::accounts::mailed_secrets::Purpose;
use crate::language::moment::moment;
use crate::throttle::limits;
use crate::visitor::Seen;

/// One kind of mail: its texts, its cause and its secret.
pub trait MailContent {
    /// Subject line, in the reader's language.
    fn subject(&self, facts: &Facts) -> String;

    /// What it says, from the top.
    fn body(&self, facts: &Facts) -> Vec<Paragraph>;

    /// The last paragraph: why the mail came.
    fn why(&self, facts: &Facts) -> String {
        facts.why()
    }

    /// Who causes it, which decides its share of the budget.
    fn cause(&self) -> Cause {
        Cause::Event(Urgency::Security)
    }

    /// What its code and link are derived from, where it has some.
    fn secret(&self) -> Option<SecretSource<'_>> {
        None
    }
}

/// How much of the mail budget a mail may use up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// Two fifths: notices about devices, and mails of networks that ask for many.
    OneOfMany,
    /// Four fifths: mails that somebody asks for.
    Ordinary,
    /// All of it: new passwords, and what could hand an account to somebody else.
    Security,
}

impl Urgency {
    pub(super) fn part_of(self, all: i64) -> i64 {
        let (parts, of) = match self {
            Urgency::OneOfMany => limits::MANY_PARTS,
            Urgency::Ordinary => limits::ORDINARY_PARTS,
            Urgency::Security => (1, 1),
        };
        all * parts / of
    }
}

/// Who causes a mail, and therefore whose share of all mails it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// Somebody who needs no account for it.
    Stranger,
    /// Somebody signed in who asked for it; it was counted then.
    Asked,
    /// Something that happened, with its share.
    Event(Urgency),
}

/// A part of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Paragraph {
    /// A paragraph of running text.
    Text(String),
    /// A paragraph of several lines.
    Lines(Vec<String>),
    /// What the mail is about, in a few words.
    Headline(String),
    /// A short code of digits.
    Digits(String),
    /// A longer code of letters and digits.
    Characters(String),
    /// Address and label of the mail's button.
    Button(String, String),
    /// Address of a link and its words, which plain text leaves out.
    Way(String, String),
    /// Address of a link and its words.
    Link(String, String),
    /// A heading and the names below it.
    List(String, Vec<String>),
    /// Why the mail came, in mails that say it themselves.
    Small(String),
}

impl Paragraph {
    /// As plain text has it.
    fn text(&self) -> String {
        match self {
            Paragraph::Text(words) | Paragraph::Headline(words) | Paragraph::Small(words) => {
                words.clone()
            }
            Paragraph::Lines(lines) => lines.join("\n"),
            Paragraph::Digits(code) | Paragraph::Characters(code) => format!("    {code}"),
            Paragraph::Button(address, _) | Paragraph::Way(address, _) => format!("    {address}"),
            Paragraph::Link(address, words) => format!("{words}:\n\n    {address}"),
            Paragraph::List(title, names) => {
                let names = names.iter().map(|name| format!("\n- {name}"));
                title.clone() + &names.collect::<String>()
            }
        }
    }
}

/// What the code and the link of a letter are derived from.
pub struct SecretSource<'a> {
    /// What code and link lead to.
    pub purpose: Purpose,
    /// Identifier of the row in `mailed_secrets`.
    pub id: &'a str,
    /// Random text of that row.
    pub nonce: &'a str,
    /// Whether there is a code besides the link.
    pub short_code: bool,
}

impl<'a> SecretSource<'a> {
    /// The source of a link without a code.
    pub fn link(purpose: Purpose, nonce: &'a str) -> SecretSource<'a> {
        SecretSource {
            purpose,
            id: "",
            nonce,
            short_code: false,
        }
    }
}

impl Purpose {
    /// The page that a mailed link leads to.
    pub fn page(self) -> &'static str {
        match self {
            Purpose::Registration => "register/button",
            Purpose::Recovery => "forgot/button",
            Purpose::EmailChange => "account/email/button",
            Purpose::NotMe => "not-me",
            Purpose::Setup => "setup",
        }
    }

    /// Seconds that code and link are valid.
    pub fn seconds(self) -> i64 {
        match self {
            Purpose::Registration => limits::CODE_SECONDS,
            Purpose::Recovery => limits::RESET_SECONDS,
            Purpose::EmailChange => limits::EMAIL_CHANGE_SECONDS,
            Purpose::NotMe => limits::OBJECTION_SECONDS,
            Purpose::Setup => limits::SETUP_SECONDS,
        }
    }
}

/// What a mail contains and the outbox does not.
#[derive(Default)]
pub struct LetterSecret {
    /// The code, where the letter has one.
    pub code: Option<String>,
    /// The token behind the `#` of its link.
    pub token: Option<String>,
}

/// A mail as text, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Subject line, in the reader's language.
    pub subject: String,
    /// The body in plain text.
    pub text: String,
    /// The same body as HTML.
    pub html: String,
}

/// What the texts of a mail are filled in with.
pub struct Facts {
    /// Host of the public address, as mails name this cloud.
    pub host: String,
    /// Address of its home page.
    pub home: String,
    /// Time of the cause, as text.
    pub asked_at: String,
    /// Who caused it, where somebody did.
    pub asked_from: Option<Seen>,
    /// The code, where a mail has one.
    pub code: Option<String>,
    /// Where the link leads, in mails that have one.
    pub link: String,
    /// Minutes that code and link are valid.
    pub minutes: i64,
}

impl Facts {
    /// Facts of a mail that was asked for at `asked_at`, in seconds since 1970.
    pub fn new(host: &str, home: &str, asked_at: i64) -> Facts {
        Facts {
            host: host.to_owned(),
            home: home.trim_end_matches('/').to_owned(),
            asked_at: moment(asked_at),
            asked_from: None,
            code: None,
            link: String::new(),
            minutes: 0,
        }
    }

    /// Address of one of our pages.
    pub fn address(&self, page: &str) -> String {
        format!("{}/{page}", self.home)
    }

    /// Why a mail came: who asked, from where and when, as far as that is known.
    fn why(&self) -> String {
        let (host, asked_at) = (self.host.as_str(), self.asked_at.as_str());
        match &self.asked_from {
            Some(seen) => say!(
                "mail-asked-from",
                host = host,
                asked_at = asked_at,
                browser = seen.browser(),
                place = seen.place()
            ),
            None => say!("mail-sent-by", host = host, asked_at = asked_at),
        }
    }
}

#[derive(Template)]
#[template(path = "mail.html")]
struct Html<'a> {
    subject: &'a str,
    parts: &'a [Paragraph],
    why: &'a str,
}

/// Writes both forms of a mail.
pub fn write(mail: &dyn MailContent, facts: &Facts) -> Result<Written, askama::Error> {
    let (subject, parts, why) = (mail.subject(facts), mail.body(facts), mail.why(facts));
    let html = Html {
        subject: &subject,
        parts: &parts,
        why: &why,
    };
    let html = html.render()?;
    let says_why = matches!(parts.last(), Some(Paragraph::Small(_)));
    let mut texts: Vec<String> = parts.iter().map(Paragraph::text).collect();
    texts.extend((!says_why).then_some(why));
    Ok(Written {
        text: texts.join("\n\n"),
        html,
        subject,
    })
}
