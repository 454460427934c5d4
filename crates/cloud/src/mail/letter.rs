//! What our mails say. The outbox keeps a letter without its code and token; whose they are derives
//! them when the mail leaves.

use askama::Template;
use serde::{Deserialize, Serialize};

use super::notice::Notice;
use super::{FactorChange, OperatorWarning, Urgency};
use crate::db::mailed_secrets::Purpose;
use crate::language::moment::moment;
use crate::state::State;
use crate::throttle::limits;
use crate::visitor::Seen;

/// Which mail, and what it needs to be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Letter {
    /// The code of a registration.
    Code {
        /// Identifier of the flow.
        flow: String,
        /// What code and button are derived from.
        nonce: String,
        /// Whether there is a code besides the button.
        #[serde(default = "yes")]
        short_code: bool,
    },
    /// Somebody wanted to register an address that has an account.
    Known,
    /// Button and code that let somebody set a new password.
    Reset {
        /// Identifier of the walk.
        flow: String,
        /// What code and button are derived from.
        nonce: String,
        /// Whether there is a code besides the button.
        short_code: bool,
    },
    /// Somebody asked for such a link for an address without an account.
    NoAccount,
    /// The password was changed.
    PasswordChanged,
    /// The button that puts an account's new address in place of the old.
    ConfirmEmail {
        /// What the button's token is derived from.
        nonce: String,
        /// Whose account it is.
        user_name: String,
    },
    /// Somebody wanted an address for their account that has one.
    EmailTaken,
    /// What happened to the account.
    Notice {
        /// What.
        notice: Notice,
        /// Where it was done from.
        seen: Option<Seen>,
        /// What the token of "that was not me" is derived from.
        objection: Option<String>,
    },
    /// The account was deleted. The outbox forgets this one as soon as it has left.
    Deleted,
    /// Something about the second factor or a passkey.
    Factor {
        /// What.
        change: FactorChange,
    },
    /// The first account was made, and mail arrives.
    SetUp,
    /// Something is wrong, to whoever runs the cloud.
    Alarm {
        /// What.
        alarm: OperatorWarning,
    },
}

/// What the code and the link of a letter are derived from.
pub struct Source<'a> {
    /// What they lead to.
    pub purpose: Purpose,
    /// Identifier of the row.
    pub id: &'a str,
    /// Random text.
    pub nonce: &'a str,
    /// Whether there is a code besides the link.
    pub short_code: bool,
}

/// What a mail holds and the outbox does not.
#[derive(Default)]
pub struct LetterSecret {
    /// The code, where the letter has one.
    pub code: Option<String>,
    /// What its link ends with.
    pub token: Option<String>,
}

/// Derives it when the mail leaves: a rule of the part that sent the letter.
pub type DeriveSecret = fn(&State, &Letter) -> LetterSecret;

/// A mail in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Subject line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

/// What both forms of every mail are filled in with.
pub struct Facts {
    /// Host of the cloud.
    pub host: String,
    home: String,
    /// When the cause of the mail was.
    pub asked_at: String,
    /// Who caused it, where somebody did.
    asked_from: Option<Seen>,
    /// The code, where a mail has one.
    code: Option<String>,
    /// Where the button leads, in mails that have one.
    link: String,
    /// What happened, where a mail tells of one thing of several.
    what: String,
    /// What there is to do about it.
    advice: String,
    minutes: i64,
}

fn yes() -> bool {
    true
}

impl Facts {
    /// Why this mail came: who asked, from where and when, as far as that is known.
    pub(super) fn why(&self) -> String {
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

macro_rules! mail {
    ($text:ident, $text_path:literal, $html:ident, $html_path:literal) => {
        #[derive(Template)]
        #[template(path = $text_path)]
        struct $text<'a> {
            facts: &'a Facts,
        }

        #[derive(Template)]
        #[template(path = $html_path)]
        struct $html<'a> {
            subject: &'a str,
            facts: &'a Facts,
        }
    };
}

mail!(CodeText, "mail/code.txt", CodeHtml, "mail/code.html");
mail!(KnownText, "mail/known.txt", KnownHtml, "mail/known.html");
mail!(ResetText, "mail/reset.txt", ResetHtml, "mail/reset.html");
mail!(
    NoAccountText,
    "mail/no_account.txt",
    NoAccountHtml,
    "mail/no_account.html"
);
mail!(
    FactorText,
    "mail/factor.txt",
    FactorHtml,
    "mail/factor.html"
);
mail!(
    PasswordChangedText,
    "mail/password_changed.txt",
    PasswordChangedHtml,
    "mail/password_changed.html"
);
mail!(
    DeletedText,
    "mail/deleted.txt",
    DeletedHtml,
    "mail/deleted.html"
);

mail!(TestText, "mail/test.txt", TestHtml, "mail/test.html");

/// A mail that only shows that mails arrive, asked for at `asked_at` (seconds since 1970).
pub(crate) fn test(host: &str, asked_at: i64) -> Result<Written, askama::Error> {
    let facts = &Facts {
        host: host.to_owned(),
        home: String::new(),
        asked_at: moment(asked_at),
        asked_from: None,
        code: None,
        link: String::new(),
        what: String::new(),
        advice: String::new(),
        minutes: 0,
    };
    let subject = say!("mail-test-subject", host = host);
    Ok(Written {
        text: TestText { facts }.render()?,
        html: TestHtml {
            subject: &subject,
            facts,
        }
        .render()?,
        subject,
    })
}
mail!(
    EmailTakenText,
    "mail/email_taken.txt",
    EmailTakenHtml,
    "mail/email_taken.html"
);

mail!(
    ConfirmEmailText,
    "mail/confirm_email.txt",
    ConfirmEmailHtml,
    "mail/confirm_email.html"
);
mail!(SetUpText, "mail/setup.txt", SetUpHtml, "mail/setup.html");
mail!(AlarmText, "mail/alarm.txt", AlarmHtml, "mail/alarm.html");

impl Letter {
    /// Writes the mail that was asked for at `asked_at` (seconds since 1970), by somebody or nobody.
    pub fn write(
        &self,
        state: &State,
        secret: LetterSecret,
        (asked_at, asked_from): (i64, Option<Seen>),
    ) -> Result<Written, askama::Error> {
        let token = secret.token.clone();
        let facts = self.facts(state, secret, (asked_at, asked_from));
        let (subject, facts) = (self.subject(&facts), &facts);
        macro_rules! both {
            ($text:ident, $html:ident) => {
                ($text { facts }.render()?, {
                    let subject = &subject;
                    $html { subject, facts }.render()?
                })
            };
        }
        let (text, html) = match self {
            Letter::Code { .. } => both!(CodeText, CodeHtml),
            Letter::Known => both!(KnownText, KnownHtml),
            Letter::Reset { .. } => both!(ResetText, ResetHtml),
            Letter::NoAccount => both!(NoAccountText, NoAccountHtml),
            Letter::PasswordChanged => both!(PasswordChangedText, PasswordChangedHtml),
            Letter::EmailTaken => both!(EmailTakenText, EmailTakenHtml),
            Letter::ConfirmEmail { .. } => both!(ConfirmEmailText, ConfirmEmailHtml),
            Letter::Notice { notice, seen, .. } => {
                let way = notice.way(&facts.home, token.as_deref());
                notice.write(seen.as_ref(), way.as_ref(), facts)?
            }
            Letter::Deleted => both!(DeletedText, DeletedHtml),
            Letter::Factor { .. } => both!(FactorText, FactorHtml),
            Letter::SetUp => both!(SetUpText, SetUpHtml),
            Letter::Alarm { .. } => both!(AlarmText, AlarmHtml),
        };
        Ok(Written {
            subject,
            text,
            html,
        })
    }

    /// As the outbox keeps it.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a letter is an enum of strings")
    }

    /// How urgent it is when it leaves; `None` for what was counted when somebody asked for it.
    pub fn urgency(&self) -> Option<Urgency> {
        match self {
            Letter::ConfirmEmail { .. } | Letter::EmailTaken => None,
            _ if self.is_for_strangers() => None,
            Letter::Notice { notice, .. } if notice.is_about_recorders() => {
                Some(Urgency::OneOfMany)
            }
            _ => Some(Urgency::Security),
        }
    }

    /// Whether anybody can cause this mail without having an account.
    pub fn is_for_strangers(&self) -> bool {
        matches!(
            self,
            Letter::Code { .. } | Letter::Known | Letter::Reset { .. } | Letter::NoAccount
        )
    }

    /// The page that its link leads to, and for how many seconds what it holds is good.
    fn page(&self) -> Option<(&'static str, i64)> {
        match self {
            Letter::Code { .. } => Some(("register/button", limits::CODE_SECONDS)),
            Letter::Reset { .. } => Some(("forgot/button", limits::RESET_SECONDS)),
            Letter::ConfirmEmail { .. } => {
                Some(("account/email/button", limits::EMAIL_CHANGE_SECONDS))
            }
            _ => None,
        }
    }

    /// What its code and link are derived from, where it has some.
    pub fn secret(&self) -> Option<Source<'_>> {
        let (purpose, id, nonce, short_code) = match self {
            Letter::Code {
                flow,
                nonce,
                short_code,
            } => (Purpose::Registration, flow.as_str(), nonce, *short_code),
            Letter::Reset {
                flow,
                nonce,
                short_code,
            } => (Purpose::Recovery, flow.as_str(), nonce, *short_code),
            Letter::ConfirmEmail { nonce, .. } => (Purpose::EmailChange, "", nonce, false),
            Letter::Notice { objection, .. } => (Purpose::NotMe, "", objection.as_ref()?, false),
            _ => return None,
        };
        Some(Source {
            purpose,
            id,
            nonce,
            short_code,
        })
    }

    fn facts(
        &self,
        state: &State,
        secret: LetterSecret,
        (asked_at, asked_from): (i64, Option<Seen>),
    ) -> Facts {
        let home = state.public_url.as_str().trim_end_matches('/');
        let page = self.page();
        let link = match (page, &secret.token) {
            (Some((page, _)), Some(token)) => format!("{home}/{page}#{token}"),
            _ => String::new(),
        };
        let seconds = match self {
            Letter::Alarm { .. } => limits::MAILS_STUCK,
            _ => page.map_or(0, |(_, seconds)| seconds),
        };
        let host = state.public_url.host_str().unwrap_or("localhost");
        let minutes = seconds / limits::MINUTE;
        Facts {
            host: host.to_owned(),
            home: home.to_owned(),
            asked_at: moment(asked_at),
            asked_from,
            code: secret.code,
            link,
            what: match self {
                Letter::Factor { change } => change.words(),
                Letter::ConfirmEmail { user_name, .. } => user_name.clone(),
                Letter::Alarm { alarm } => alarm.words(),
                _ => String::new(),
            },
            advice: match self {
                Letter::Alarm { alarm } => alarm.advice(host, minutes),
                _ => String::new(),
            },
            minutes,
        }
    }

    fn subject(&self, facts: &Facts) -> String {
        match self {
            Letter::Code { .. } => match &facts.code {
                Some(code) => say!("mail-code-subject", code = code.as_str()),
                None => say!("mail-button-subject"),
            },
            Letter::Known => say!("mail-known-subject"),
            Letter::Reset { .. } => say!("mail-reset-subject"),
            Letter::NoAccount => say!("mail-no-account-subject"),
            Letter::PasswordChanged => say!("mail-changed-subject"),
            Letter::ConfirmEmail { .. } => say!("mail-email-subject"),
            Letter::EmailTaken => say!("mail-email-taken-subject"),
            Letter::Notice { notice, .. } => notice.subject(),
            Letter::Deleted => say!("mail-deleted-subject"),
            Letter::SetUp => say!("mail-setup-subject", host = facts.host.as_str()),
            Letter::Factor { .. } | Letter::Alarm { .. } => facts.what.clone(),
        }
    }
}
