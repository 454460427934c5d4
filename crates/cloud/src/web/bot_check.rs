//! The part of a form that asks for picture and work, how it is read, and what it says when
//! something is missing. The rules are in `accounts/proof.rs`.

use super::error::Error;
use super::form::Problem;
use crate::accounts::captcha;
use crate::accounts::proof::{self, Proof, Shown};
use crate::accounts::work::Purpose;
use crate::language::moment::wait_in_words;
use crate::state::State;
use crate::visitor::Client;

/// What `templates/captcha_part.html` shows.
pub struct Panel {
    /// Id of the picture.
    pub captcha: String,
    /// What the form asks for.
    pub purpose: Purpose,
    /// The letters that were typed, where they are worth keeping.
    pub letters: String,
    /// "Neither picture nor sound" is ticked.
    pub other_way: bool,
    /// What is wrong with the letters.
    pub letters_error: Option<String>,
}

impl Panel {
    /// With a new picture.
    pub fn new(state: &State, purpose: Purpose) -> Panel {
        Panel {
            captcha: captcha::new(state),
            purpose,
            letters: String::new(),
            other_way: false,
            letters_error: None,
        }
    }

    /// As it came back, to be sent again.
    pub fn kept(purpose: Purpose, shown: &Shown<'_>) -> Panel {
        Panel {
            captcha: shown.captcha.to_owned(),
            purpose,
            letters: shown.letters.to_owned(),
            other_way: shown.other_way,
            letters_error: None,
        }
    }
}

/// How the form goes on.
pub enum Weighed {
    /// It was enough; whether for a mail with a short code.
    Enough {
        /// Picture and work, not one of the two.
        short_code: bool,
    },
    /// It is shown again.
    Again(Panel, Option<Problem>),
}

/// Weighs what a form brought along.
pub async fn weigh(state: &State, client: &Client, purpose: Purpose, shown: &Shown<'_>) -> Weighed {
    let fresh = || Panel {
        other_way: shown.other_way,
        ..Panel::new(state, purpose)
    };
    let kept = || Panel::kept(purpose, shown);
    let with_letters_error = |panel: Panel, error: String| {
        let letters_error = Some(error);
        let letters = String::new();
        Weighed::Again(
            Panel {
                letters_error,
                letters,
                ..panel
            },
            None,
        )
    };
    let again = |panel, words| Weighed::Again(panel, Some(Problem::unfit(words)));
    match proof::weigh(state, client, purpose, shown).await {
        Ok(Proof::Whole) => Weighed::Enough { short_code: true },
        Ok(Proof::Partial) => Weighed::Enough { short_code: false },
        Ok(Proof::WrongLetters) => with_letters_error(kept(), say!("letters-wrong")),
        Ok(Proof::DeadPicture) => with_letters_error(fresh(), say!("letters-dead")),
        Ok(Proof::NotEnoughWork) => again(kept(), say!("human-more-work")),
        Ok(Proof::TooEarly(seconds)) => again(
            kept(),
            say!("human-too-early", wait = wait_in_words(seconds)),
        ),
        Ok(Proof::Trapped) => again(fresh(), say!("human-trapped")),
        Err(refusal) => Weighed::Again(fresh(), Some(Error::from(refusal).into())),
    }
}
