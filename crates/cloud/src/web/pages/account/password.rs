//! `/account/password`: changes the password; requires the old one, and the second factor if it is
//! on and was not given recently.

use askama::Template;
use axum::extract::State as From;
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;

use crate::accounts::factors::Factors;
use crate::accounts::factors::passkeys;
use crate::accounts::password::change::{self, Changed, Given};
use crate::accounts::password::policy;
use crate::state::State;
use crate::visitor::{Browser, SignedIn};
use crate::web::cookies;
use crate::web::error::{Error, Result};
use crate::web::form::Form;
use crate::web::page;
use crate::web::pages::menu::{Menu, Place};

#[derive(Template)]
#[template(path = "account/password.html")]
struct PasswordPage<'a> {
    menu: Menu,
    /// One of these is also required.
    factors: Option<Factors>,
    can_use_passkey: bool,
    problem: Option<&'a str>,
    old_error: Option<String>,
    new_error: Option<String>,
}

/// Fields of the form: old password, second factor if it is wanted, new password.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    #[serde(default)]
    old_password: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    password: String,
}

/// `GET /account/password`: the form for a new password.
pub async fn edit(From(state): From<State>, who: SignedIn) -> Result {
    Ok(page::show(&blank(&state, &who).await?))
}

/// `POST /account/password`: sets the new password.
pub async fn update(
    From(state): From<State>,
    who: SignedIn,
    browser: Browser,
    Form(form): Form<Change>,
) -> Result {
    let mut page = blank(&state, &who).await?;
    let own_words = [who.user_name.as_str(), &who.email];
    let new = match policy::check(&form.password, &own_words) {
        Ok(new) => new,
        Err(bad) => {
            page.new_error = Some(bad.words());
            return Ok(page::unfit(&page));
        }
    };
    let given = Given {
        old: &form.old_password,
        code: &form.code,
        new,
    };
    let wrong = say!("step-up-wrong");
    match change::change(&state, &who, given, &browser).await {
        Ok(Changed::Done(token)) => {
            let done = Redirect::to("/account?notice=password");
            Ok(cookies::with_token(&state, &token, done))
        }
        Ok(Changed::Wrong) => {
            match page.factors {
                // The answer does not say which of the two was wrong.
                Some(_) => page.problem = Some(&wrong),
                None => page.old_error = Some(wrong),
            }
            Ok(page::unfit(&page))
        }
        Ok(Changed::Overtaken) => Ok(Redirect::to("/login").into_response()),
        Err(refusal) => {
            let problem = Error::from(refusal);
            page.problem = Some(&problem.message);
            Ok(page::answer(&page, Some(&problem), false))
        }
    }
}

async fn blank(state: &State, who: &SignedIn) -> std::result::Result<PasswordPage<'static>, Error> {
    let factors = change::wanted_factors(state, who).await?;
    Ok(PasswordPage {
        menu: Menu::new(who, Place::Configuration),
        factors,
        can_use_passkey: factors.is_some_and(|factors| factors.n_passkeys > 0)
            && passkeys::home(state).is_some(),
        problem: None,
        old_error: None,
        new_error: None,
    })
}
