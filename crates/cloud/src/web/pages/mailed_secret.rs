//! What the pages about mailed secrets have in common: the form that asks for a mail, and the page that the
//! mail's link leads to. Opening that page changes nothing, because mail scanners open links too; pressing its
//! button does. The token stands behind `#` and comes in the form, so that no request line holds it.

use askama::Template;
use axum::http::HeaderMap;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::accounts::Refusal;
use crate::accounts::bot_check::{Evidence, proof_of_work};
use crate::accounts::mailed_secret::{self, Asking, MailedSecret, Purpose, derivation};
use crate::state::State;
use crate::visitor::Client;
use crate::web::bot_check::{self, FormCheck, Panel};
use crate::web::cookies::Cookie;
use crate::web::error::{Error, Result};
use crate::web::form::Problem;
use crate::web::page;

/// The steps from a form that asks for a mail to the browser whose mailbox is proven.
pub struct Steps {
    /// What they lead to.
    pub purpose: Purpose,
    /// What binds them to one browser.
    pub cookie: Cookie,
    /// What the form asks for in work.
    pub work: proof_of_work::Purpose,
    /// Where the form is.
    pub form: &'static str,
    /// Where it goes on once the mail is on its way.
    pub mailed: &'static str,
    /// Where it goes on once the mailbox is proven.
    pub proven: &'static str,
}

/// Shows the form: picture, what is wrong with it as a whole, and with its own field.
pub trait Show: Fn(&Panel, Option<&Problem>, Option<&str>) -> Response {}
impl<F: Fn(&Panel, Option<&Problem>, Option<&str>) -> Response> Show for F {}

/// A form that asks for a mail, as it was sent.
pub struct Sent<'a, T> {
    /// What was typed, or what is wrong with it.
    pub typed: std::result::Result<T, String>,
    /// What stands for a person.
    pub evidence: Evidence<'a>,
    /// The button New picture.
    pub new_picture: bool,
}

impl Steps {
    /// The empty form, in a browser that gets a secret with it.
    pub fn open(&self, state: &State, headers: &HeaderMap, show: impl Show) -> Response {
        let page = show(&Panel::new(state, self.work), None, None);
        self.cookie.issue(state, headers, page)
    }

    /// What was typed and how it was asked for, when a mail may leave; otherwise the answer.
    pub async fn check<'a, T>(
        &self,
        state: &State,
        (client, headers): (&Client, &'a HeaderMap),
        sent: Sent<'a, T>,
        show: &impl Show,
    ) -> Result<std::result::Result<(T, Asking<'a>), Response>> {
        let evidence = sent.evidence;
        if sent.new_picture {
            return Ok(Err(show(&Panel::new(state, self.work), None, None)));
        }
        let typed = match sent.typed {
            Ok(typed) => typed,
            Err(words) => {
                let panel = Panel::kept(self.work, &evidence);
                return Ok(Err(show(&panel, None, Some(&words))));
            }
        };
        let (cookie, form_id) = (self.cookie.read(headers, state), evidence.captcha);
        if mailed_secret::is_repeated(state, self.purpose, cookie, form_id).await? {
            return Ok(Err(Redirect::to(self.mailed).into_response()));
        }
        let short_code = match bot_check::check(state, client, self.work, &evidence).await {
            FormCheck::Enough { short_code } => short_code,
            FormCheck::Again(panel, problem) => {
                return Ok(Err(show(&panel, problem.as_ref(), None)));
            }
        };
        let asking = Asking {
            short_code,
            form_id,
            cookie,
        };
        Ok(Ok((typed, asking)))
    }

    /// The answer once a mail was asked for.
    pub fn asked(
        &self,
        state: &State,
        begun: std::result::Result<String, Refusal>,
        show: &impl Show,
    ) -> Response {
        match begun {
            Ok(secret) => self.go_on(state, &secret, self.mailed),
            Err(refusal) => {
                let problem = Problem::from(Error::from(refusal));
                show(&Panel::new(state, self.work), Some(&problem), None)
            }
        }
    }

    /// The page that the link leads to, in a browser that gets a secret with it.
    pub fn link(&self, state: &State, headers: &HeaderMap, page: LinkPage) -> Response {
        self.cookie.issue(state, headers, page.show())
    }

    /// Uses the link, and goes on in this browser.
    pub async fn press(
        &self,
        state: &State,
        headers: &HeaderMap,
        press: &Press,
        page: LinkPage,
    ) -> Response {
        let (token, cookie) = (press.token(), self.cookie.read(headers, state));
        match mailed_secret::press(state, self.purpose, &token, cookie).await {
            Ok(Some(secret)) => self.go_on(state, &secret, self.proven),
            Ok(None) => page.dead(say!("button-dead")),
            Err(refusal) => page.with(&Error::from(refusal).into()),
        }
    }

    /// What this browser goes on with.
    pub async fn find(&self, state: &State, headers: &HeaderMap) -> Result<Option<MailedSecret>> {
        Ok(match self.cookie.read(headers, state) {
            Some(secret) => mailed_secret::find(state, self.purpose, secret).await?,
            None => None,
        })
    }

    /// Back to the form.
    pub fn start_over(&self) -> Response {
        Redirect::to(self.form).into_response()
    }

    fn go_on(&self, state: &State, secret: &str, to: &'static str) -> Response {
        let cookie = self.cookie.set(state, secret, None);
        (AppendHeaders([(SET_COOKIE, cookie)]), Redirect::to(to)).into_response()
    }
}

/// The button of a link's page, as it is pressed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Press {
    #[serde(default)]
    token: String,
}

impl Press {
    /// The token of the link, as it is written.
    pub fn token(&self) -> String {
        derivation::read(&self.token)
    }
}

/// The page that a mailed link leads to.
#[derive(Default, Template)]
#[template(path = "mailed_link.html")]
pub struct LinkPage {
    /// Its title.
    pub title: String,
    /// Where the arrow leads.
    pub back: &'static str,
    /// What is serious about pressing the button.
    pub warning: Option<String>,
    /// What pressing it does.
    pub text: String,
    /// What stands on it.
    pub button: String,
    /// Where another mail can be asked for.
    pub again: Option<&'static str>,
    /// What went wrong.
    pub problem: Option<String>,
}

impl LinkPage {
    /// As it is opened.
    pub fn show(&self) -> Response {
        page::show(self)
    }

    /// The same for links that are used up, too old, or never were.
    pub fn dead(self, words: String) -> Response {
        self.with(&Problem::gone(words))
    }

    fn with(self, problem: &Problem) -> Response {
        let page = LinkPage {
            problem: Some(problem.message.clone()),
            ..self
        };
        page::answer(&page, Some(problem), false)
    }
}

/// What a link has done, where nothing else follows.
#[derive(Template)]
#[template(path = "mailed_link_done.html")]
pub struct DonePage {
    /// Its title.
    pub title: String,
    /// What was done.
    pub done: String,
    /// What there is to do next.
    pub text: Option<String>,
    /// Where that is…
    pub next: &'static str,
    /// …and what stands on the button.
    pub next_words: String,
}
