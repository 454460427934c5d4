//! The list of all mails. A new one is a file in this folder and a line below; its texts are messages in
//! `locales`.

pub mod confirm_email;
mod deleted;
pub mod delivery_test;
mod email_taken;
pub mod factor_change;
mod known;
mod no_account;
pub mod notice;
pub mod operator_warning;
mod password_changed;
pub mod registration;
pub mod reset;
mod setup;

use serde::{Deserialize, Serialize};

use super::letter::{self, Facts, LetterSecret, MailContent, SecretSource, Written};
use crate::state::State;
use crate::throttle::limits::MINUTE;
use crate::visitor::Seen;

macro_rules! letters {
    (fixed { $($fixed:ident: $fixed_mail:path,)+ } filled_in { $($filled:ident($mail:ty),)+ }) => {
        /// Which mail it is, and what it is filled in with. The names are those in the outbox.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[expect(missing_docs, reason = "the file of each says what it is")]
        pub enum Letter {
            $($fixed,)+
            $($filled($mail),)+
        }

        impl Letter {
            /// The texts, cause and secret of this mail.
            pub fn mail(&self) -> &dyn MailContent {
                match self {
                    $(Letter::$fixed => &$fixed_mail,)+
                    $(Letter::$filled(mail) => mail,)+
                }
            }
        }
    };
}

letters! {
    fixed {
        Known: known::Known,
        NoAccount: no_account::NoAccount,
        PasswordChanged: password_changed::PasswordChanged,
        EmailTaken: email_taken::EmailTaken,
        Deleted: deleted::Deleted,
        SetUp: setup::SetUp,
    }
    filled_in {
        Code(registration::Code),
        Reset(reset::Reset),
        ConfirmEmail(confirm_email::ConfirmEmail),
        Notice(notice::Told),
        Factor(factor_change::Factor),
        Alarm(operator_warning::Alarm),
    }
}

/// Derives code and token of a letter when it is sent; a rule of the part that queued it.
pub type DeriveSecret = fn(&State, &Letter) -> LetterSecret;

impl Letter {
    /// Writes the mail that was asked for at `asked_at` (seconds since 1970), by somebody or nobody.
    pub fn write(
        &self,
        state: &State,
        secret: LetterSecret,
        (asked_at, asked_from): (i64, Option<Seen>),
    ) -> Result<Written, askama::Error> {
        let (mail, home) = (self.mail(), state.public_url.as_str());
        let host = state.public_url.host_str().unwrap_or("localhost");
        let mut facts = Facts {
            asked_from,
            code: secret.code,
            ..Facts::new(host, home, asked_at)
        };
        if let Some(SecretSource { purpose, .. }) = mail.secret() {
            facts.minutes = purpose.seconds() / MINUTE;
            if let Some(token) = &secret.token {
                facts.link = format!("{}#{token}", facts.address(purpose.page()));
            }
        }
        letter::write(mail, &facts)
    }

    /// As the outbox keeps it.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a letter is an enum of strings")
    }
}
