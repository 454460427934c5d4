//! The part of a form with captcha and proof of work, how it is read, and its messages if something
//! is missing. The rules are in `accounts/bot_check.rs`.

use super::error::{self, Error};
use crate::accounts::bot_check::captcha;
use crate::accounts::bot_check::proof_of_work::WorkPurpose;
use crate::accounts::bot_check::{self as rule, Evidence, Judgement};
use crate::language::moment::wait_in_words;
use crate::state::State;
use crate::visitor::Client;

/// Values of the template `parts/captcha.html`.
pub struct Panel {
    /// Id of the captcha shown.
    pub captcha: String,
    /// The purpose of the form.
    pub purpose: WorkPurpose,
    /// The typed letters, if they are worth keeping.
    pub letters: String,
    /// "Neither picture nor sound" is ticked.
    pub other_way: bool,
    /// What is wrong with the letters.
    pub letters_error: Option<String>,
}

impl Panel {
    /// A panel with a new captcha and empty fields.
    pub fn new(state: &State, purpose: WorkPurpose) -> Panel {
        Panel {
            captcha: captcha::new(state),
            purpose,
            letters: String::new(),
            other_way: false,
            letters_error: None,
        }
    }

    /// As submitted, to be sent again.
    pub fn kept(purpose: WorkPurpose, evidence: &Evidence<'_>) -> Panel {
        Panel {
            captcha: evidence.captcha.to_owned(),
            purpose,
            letters: evidence.letters.to_owned(),
            other_way: evidence.other_way,
            letters_error: None,
        }
    }
}

/// A form with picture, work and honeypot besides its own fields.
pub trait CheckedForm {
    /// The fields that the bot check reads.
    fn evidence(&self) -> Evidence<'_>;
    /// Whether the button New picture was pressed.
    fn wants_new_picture(&self) -> bool;
}

/// A [`CheckedForm`] as it is sent.
macro_rules! checked_form {
    ($(#[$doc:meta])+ $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)+ }) => {
        $(#[$doc])+
        #[derive(Default, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct $name {
            $($(#[$field_doc])* $field: $type,)+
            captcha: String,
            letters: String,
            work: String,
            homepage: String,
            other_way: Option<String>,
            new_picture: Option<String>,
        }

        impl CheckedForm for $name {
            fn evidence(&self) -> Evidence<'_> {
                Evidence {
                    captcha: &self.captcha,
                    letters: &self.letters,
                    other_way: self.other_way.is_some(),
                    work: &self.work,
                    honeypot: &self.homepage,
                }
            }

            fn wants_new_picture(&self) -> bool {
                self.new_picture.is_some()
            }
        }
    };
}
pub(crate) use checked_form;

/// The result of checking the form.
pub enum FormCheck {
    /// Passed; whether the mail may have a short code.
    Enough {
        /// Captcha and work, not only one of them.
        short_code: bool,
    },
    /// The form is shown again.
    Again(Panel, Option<Error>),
}

/// Checks the submitted letters, work, wait and honeypot.
pub async fn check(
    state: &State,
    client: &Client,
    purpose: WorkPurpose,
    evidence: &Evidence<'_>,
) -> FormCheck {
    // Where the captcha may be used up already, the form gets a new one.
    let fresh = || Panel {
        other_way: evidence.other_way,
        ..Panel::new(state, purpose)
    };
    let kept = || Panel::kept(purpose, evidence);
    let with_letters_error = |panel: Panel, error: String| {
        let letters_error = Some(error);
        let letters = String::new();
        FormCheck::Again(
            Panel {
                letters_error,
                letters,
                ..panel
            },
            None,
        )
    };
    let again = |panel, words| FormCheck::Again(panel, Some(error::unfit(words)));
    match rule::check(state, client, purpose, evidence).await {
        Ok(Judgement::Whole) => FormCheck::Enough { short_code: true },
        Ok(Judgement::Partial) => FormCheck::Enough { short_code: false },
        Ok(Judgement::WrongLetters) => with_letters_error(kept(), say!("letters-wrong")),
        Ok(Judgement::DeadPicture) => with_letters_error(fresh(), say!("letters-dead")),
        Ok(Judgement::NotEnoughWork) => again(kept(), say!("human-more-work")),
        Ok(Judgement::TooEarly(seconds)) => again(
            kept(),
            say!("human-too-early", wait = wait_in_words(seconds)),
        ),
        Ok(Judgement::Honeypot) => again(fresh(), say!("human-trapped")),
        Err(refusal) => FormCheck::Again(fresh(), Some(refusal.into())),
    }
}
