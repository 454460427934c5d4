//! The common parts of pages about mailed secrets: the form that requests a mail, and the page that the
//! mail's link opens. Opening that page changes nothing, because mail scanners open links too; pressing its
//! button does. The token is behind the `#` and is submitted in the form, so no request line contains it.

use askama::Template;
use axum::extract::State as From;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::accounts::Refusal;
use crate::accounts::bot_check::proof_of_work;
use crate::accounts::mailed_secret::{self, MailRequest, MailedSecret, Purpose, derivation};
use crate::state::State;
use crate::visitor::Client;
use crate::web::bot_check::{self, CheckedForm, FormCheck, Panel};
use crate::web::cookies::Cookie;
use crate::web::error::{self, Error, Result};
use crate::web::form::Form;
use crate::web::page;

/// The steps from a form that asks for a mail to the browser whose mailbox is proven.
pub struct Steps {
    pub(super) purpose: Purpose,
    /// What binds them to one browser.
    pub(super) cookie: Cookie,
    pub(super) work: proof_of_work::WorkPurpose,
    /// Path of the form that asks.
    pub(super) form: &'static str,
    /// Path of the next page once the mail is on its way.
    pub(super) mailed: &'static str,
    /// Path of the next page once the mailbox is proven.
    pub(super) proven: &'static str,
    // Keys of messages.
    pub(super) title: &'static str,
    pub(super) button: &'static str,
    pub(super) link_title: &'static str,
    pub(super) link_text: &'static str,
}

/// A form that asks for a mail, as it is sent.
pub trait AskForm: CheckedForm + Default {
    /// The steps that follow the form.
    const STEPS: Steps;
    /// What was typed, in its checked form.
    type Typed: Send;

    /// What was typed, to be shown again.
    fn typed(&self) -> &str;
    /// Reads what was typed, or says what is wrong with it.
    fn read(&self) -> std::result::Result<Self::Typed, String>;
    /// Asks for the mail; returns the cookie's secret.
    fn begin(
        state: &State,
        client: &Client,
        typed: &Self::Typed,
        asking: &MailRequest<'_>,
    ) -> impl Future<Output = std::result::Result<String, Refusal>> + Send;
}

#[derive(Template)]
#[template(path = "sign_in/mailed_ask.html")]
struct AskPage<'a> {
    title: String,
    registers: bool,
    action: &'static str,
    typed: &'a str,
    human: &'a Panel,
    button: String,
    problem: Option<&'a str>,
    error: Option<&'a str>,
    digits: u8,
}

fn show<F: AskForm>(
    state: &State,
    form: &F,
    panel: &Panel,
    problem: Option<&Error>,
    error: Option<&str>,
) -> Response {
    let page = AskPage {
        title: say!(F::STEPS.title),
        registers: F::STEPS.purpose == Purpose::Registration,
        action: F::STEPS.form,
        typed: form.typed(),
        human: panel,
        button: say!(F::STEPS.button),
        problem: problem.map(|problem| problem.message.as_str()),
        error,
        digits: state.config.limits.code_digits,
    };
    page::answer(
        &page,
        problem,
        error.is_some() || panel.letters_error.is_some(),
    )
}

/// The empty form; the browser gets a secret with it.
pub async fn new<F: AskForm>(From(state): From<State>, headers: HeaderMap) -> Response {
    let panel = Panel::new(&state, F::STEPS.work);
    let page = show(&state, &F::default(), &panel, None, None);
    F::STEPS.cookie.issue(&state, &headers, page)
}

/// The submitted form: the same answer for known and unknown addresses.
pub async fn create<F: AskForm>(
    From(state): From<State>,
    client: Client,
    headers: HeaderMap,
    Form(form): Form<F>,
) -> Result {
    let steps = F::STEPS;
    let evidence = form.evidence();
    let fresh = || Panel::new(&state, steps.work);
    // The button for a new picture sends the whole form, but nothing of it is checked or counted.
    if form.wants_new_picture() {
        return Ok(show(&state, &form, &fresh(), None, None));
    }
    // Before the bot check, so a typing error costs neither captcha nor work.
    let typed = match form.read() {
        Ok(typed) => typed,
        Err(words) => {
            let panel = Panel::kept(steps.work, &evidence);
            return Ok(show(&state, &form, &panel, None, Some(&words)));
        }
    };
    let (cookie, form_id) = (steps.cookie.read(&headers, &state), evidence.captcha);
    // A second click: the captcha is used up, but the mail is on its way.
    if mailed_secret::is_repeated(&state, steps.purpose, cookie, form_id).await? {
        return Ok(Redirect::to(steps.mailed).into_response());
    }
    let short_code = match bot_check::check(&state, &client, steps.work, &evidence).await {
        FormCheck::Enough { short_code } => short_code,
        FormCheck::Again(panel, problem) => {
            return Ok(show(&state, &form, &panel, problem.as_ref(), None));
        }
    };
    let asking = MailRequest {
        short_code,
        form_id,
        cookie,
    };
    Ok(match F::begin(&state, &client, &typed, &asking).await {
        Ok(secret) => steps.go_on(&state, &secret, steps.mailed),
        Err(refusal) => {
            let problem = Error::from(refusal);
            show(&state, &form, &fresh(), Some(&problem), None)
        }
    })
}

/// The page that the link of the mail leads to; the browser gets a secret with it.
pub async fn link<F: AskForm>(From(state): From<State>, headers: HeaderMap) -> Response {
    // The link may be opened in another browser than the form, which has no cookie yet.
    F::STEPS
        .cookie
        .issue(&state, &headers, link_page::<F>().show())
}

/// Its button is pressed: what the mail was for continues in this browser.
pub async fn press<F: AskForm>(
    From(state): From<State>,
    headers: HeaderMap,
    Form(press): Form<LinkForm>,
) -> Response {
    let (steps, page) = (F::STEPS, link_page::<F>());
    let cookie = steps.cookie.read(&headers, &state);
    match mailed_secret::press(&state, steps.purpose, &press.token(), cookie).await {
        Ok(Some(secret)) => steps.go_on(&state, &secret, steps.proven),
        Ok(None) => page.dead(say!("button-dead")),
        Err(refusal) => page.with(&refusal.into()),
    }
}

fn link_page<F: AskForm>() -> LinkPage {
    LinkPage {
        title: say!(F::STEPS.link_title),
        back: "/login",
        text: say!(F::STEPS.link_text),
        button: say!("button-continue"),
        again: Some(F::STEPS.form),
        ..LinkPage::default()
    }
}

impl Steps {
    /// The mailed secret that this browser continues with.
    pub async fn find(&self, state: &State, headers: &HeaderMap) -> Result<Option<MailedSecret>> {
        Ok(match self.cookie.read(headers, state) {
            Some(secret) => mailed_secret::find(state, self.purpose, secret).await?,
            None => None,
        })
    }

    /// Leads back to the form.
    pub fn start_over(&self) -> Response {
        Redirect::to(self.form).into_response()
    }

    fn go_on(&self, state: &State, secret: &str, to: &'static str) -> Response {
        self.cookie.set(state, secret, None, Redirect::to(to))
    }
}

/// The button of a link's page, as it is pressed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkForm {
    #[serde(default)]
    token: String,
}

impl LinkForm {
    /// The token of the link, as it is written.
    pub fn token(&self) -> String {
        derivation::read(&self.token)
    }
}

/// The page that a mailed link leads to.
#[derive(Default, Template)]
#[template(path = "sign_in/mailed_link.html")]
pub struct LinkPage {
    pub(super) title: String,
    /// Path that the back arrow leads to.
    pub(super) back: &'static str,
    /// What is serious about pressing the button.
    pub(super) warning: Option<String>,
    pub(super) text: String,
    pub(super) button: String,
    /// Where another mail can be asked for.
    pub(super) again: Option<&'static str>,
    pub(super) problem: Option<String>,
}

impl LinkPage {
    /// The page as it is opened.
    pub fn show(&self) -> Response {
        page::show(self)
    }

    /// The page with an error, the same for links that are used up, expired or unknown.
    pub fn dead(self, words: String) -> Response {
        self.with(&error::gone(words))
    }

    fn with(self, problem: &Error) -> Response {
        let page = LinkPage {
            problem: Some(problem.message.clone()),
            ..self
        };
        page::answer(&page, Some(problem), false)
    }
}

/// What a link has done, where nothing else follows.
#[derive(Template)]
#[template(path = "sign_in/mailed_link_done.html")]
pub struct DonePage {
    pub(super) title: String,
    pub(super) done: String,
    pub(super) text: Option<String>,
    /// Path of the next page, and the label of the button that leads there.
    pub(super) next: &'static str,
    pub(super) next_words: String,
    /// Whether this browser forgets all that it keeps. The cloud says so only once it has done what was asked.
    pub(super) forgets: bool,
}
