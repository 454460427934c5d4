//! The forms of the set-up page that add, change and remove recorders.

use std::future::{Ready, ready};
use std::sync::Arc;

use anyhow::Result;
use axum::extract::{Extension, Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use proto::language::Language;
use proto::reason::Reason;
use proto::shown::shown;
use serde::Deserialize;

use super::pages::{LoginScreen, OtherCertificate, screen};
use super::showing;
use super::state::{PageState, Spoken};
use super::texts::{self, say, speaking};
use super::trial::TrialEnd;
use crate::added::AddedRecorder;
use crate::certificates::{self, CertificateHash, TrustedCertificate};
use crate::config::{Password, RecorderKind};
use crate::limits::{MAX_ADDED_FIELD_BYTES, MAX_ADDED_NAME_CHARS};
use crate::unix_time::unix_seconds;

/// A recorder as a form describes it. What a form does not ask is empty.
#[derive(Deserialize)]
pub(super) struct RecorderForm {
    /// Of a recorder that is changed.
    #[serde(default)]
    id: String,
    kind: RecorderKind,
    address: String,
    #[serde(default, rename = "user")]
    account: String,
    #[serde(default = "no_password")]
    password: Password,
    #[serde(default)]
    name: String,
    /// Sends a login that was refused before.
    again: Option<String>,
}

/// Another certificate that a person accepts.
#[derive(Deserialize)]
pub(super) struct CertificateForm {
    folder: String,
    /// Its hash, as it was shown.
    shown: String,
    #[serde(flatten)]
    recorder: RecorderForm,
}

fn no_password() -> Password {
    Password::new("")
}

/// What came of a login, for its screen.
enum Objection {
    /// It is not sent, because the recorder has refused it before or has locked the account.
    Unsent(Reason),
    Trial(TrialEnd),
    /// The settings file has this recorder.
    InFile,
    /// In words.
    Other(String),
}

impl RecorderForm {
    /// A camera's address says of what kind it is.
    fn kind(&self) -> RecorderKind {
        let address = self.address.trim();
        let starts = |with: &str| {
            let start = address.get(..with.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(with))
        };
        if starts("rtsp://") || starts("rtsps://") {
            RecorderKind::Rtsp
        } else {
            self.kind
        }
    }

    /// The recorder, with the id of the form or of its address.
    fn recorder(&self) -> Result<AddedRecorder> {
        let name = shown(&self.name, MAX_ADDED_NAME_CHARS);
        let recorder = AddedRecorder {
            id: self.id.clone(),
            kind: self.kind(),
            name: (!name.is_empty()).then_some(name),
            address: self.address.trim().to_owned(),
            user: self.account.clone(),
            password: self.password.clone(),
        };
        let lengths = [&recorder.address, &recorder.user].map(String::len);
        let longest = lengths.into_iter().max().unwrap_or_default();
        anyhow::ensure!(
            longest.max(recorder.password.reveal().len()) <= MAX_ADDED_FIELD_BYTES,
            "too long"
        );
        if recorder.id.is_empty() {
            return recorder.with_id_of_address();
        }
        recorder.config()?;
        Ok(recorder)
    }

    fn has_login_in_address(&self) -> bool {
        let authority = self.address.split("://").last().unwrap_or_default();
        authority.contains('@')
    }

    fn screen(&self) -> LoginScreen {
        LoginScreen {
            id: self.id.clone(),
            kind: self.kind(),
            address: self.address.trim().to_owned(),
            user: self.account.clone(),
            name: self.name.clone(),
            problem: None,
            may_insist: false,
            other: None,
            is_accepted: false,
        }
    }
}

/// Takes an address, and asks for its login.
pub(super) async fn choose(
    State(state): State<Arc<PageState>>,
    Extension(Spoken(language)): Extension<Spoken>,
    Form(form): Form<RecorderForm>,
) -> Response {
    if let Some(problem) = address_problem(&form, language) {
        // An address with a login is not shown again.
        let typed = match form.has_login_in_address() {
            true => String::new(),
            false => form.address.clone(),
        };
        return showing::home(&state, language, Some((typed, problem))).await;
    }
    screen(&form.screen(), language, StatusCode::OK)
}

/// The same for a recorder that is changed.
pub(super) fn change(
    State(state): State<Arc<PageState>>,
    Extension(Spoken(language)): Extension<Spoken>,
    Form(form): Form<RecorderForm>,
) -> Ready<Response> {
    ready(match is_changeable(&state, &form) {
        true => change_screen(&form, language),
        false => Redirect::to("/").into_response(),
    })
}

fn change_screen(form: &RecorderForm, language: Language) -> Response {
    let mut page = form.screen();
    page.problem = address_problem(form, language);
    if form.has_login_in_address() {
        page.address = String::new();
    }
    screen(&page, language, StatusCode::OK)
}

/// Sends a login to a recorder, once, and adds the recorder if it works.
pub(super) async fn try_login(
    State(state): State<Arc<PageState>>,
    Extension(Spoken(language)): Extension<Spoken>,
    Form(form): Form<RecorderForm>,
) -> Response {
    if !is_changeable(&state, &form) {
        return Redirect::to("/").into_response();
    }
    let Ok(recorder) = form.recorder() else {
        let problem = address_problem(&form, language)
            .unwrap_or_else(|| speaking(language, || say!("site-address-bad")));
        return objected(&state, &form, None, Objection::Other(problem), language);
    };
    let is_insisted = form.again.is_some();
    // In a separate task: a browser that disconnects must not hide that a password was refused.
    let trying = tokio::spawn(tried(Arc::clone(&state), recorder.clone(), is_insisted));
    let outcome = match trying.await {
        Ok(outcome) => outcome,
        Err(error) => Err(anyhow::Error::new(error)),
    };
    match outcome {
        Ok(None) => Redirect::to(&format!("/recorders/{}", recorder.id)).into_response(),
        Ok(Some(objection)) => objected(&state, &form, Some(&recorder), objection, language),
        Err(error) => {
            tracing::error!("a recorder could not be added: {error:#}");
            let problem = speaking(language, || say!("site-failed"));
            objected(&state, &form, None, Objection::Other(problem), language)
        }
    }
}

/// Tries a recorder and serves it; returns why not.
async fn tried(
    state: Arc<PageState>,
    recorder: AddedRecorder,
    is_insisted: bool,
) -> Result<Option<Objection>> {
    let _one_at_a_time = state.trial.acquire().await?;
    if let Some(served) = state.roster.find(&recorder.id)
        && !served.is_added
    {
        return Ok(Some(Objection::InFile));
    }
    let objection = state
        .logins()
        .objection(&recorder, is_insisted, unix_seconds());
    if let Some(reason) = objection {
        return Ok(Some(Objection::Unsent(reason)));
    }
    let end = state.site.try_recorder(&recorder).await?;
    match &end {
        TrialEnd::Works(_) => {
            state.logins().accepted(&recorder);
            state.roster.put(recorder).await?;
            return Ok(None);
        }
        TrialEnd::Refused(reason) => state.logins().refused(&recorder, reason),
        TrialEnd::Failed(_) | TrialEnd::NoCameras => {}
    }
    tracing::warn!(
        recorder.folder = recorder.id,
        ?end,
        "a recorder was tried on the set-up page"
    );
    Ok(Some(Objection::Trial(end)))
}

/// The login screen again, with what came of the last one.
fn objected(
    state: &PageState,
    form: &RecorderForm,
    recorder: Option<&AddedRecorder>,
    objection: Objection,
    language: Language,
) -> Response {
    let mut page = form.screen();
    if form.has_login_in_address() {
        page.address = String::new();
    }
    page.problem = Some(speaking(language, || match &objection {
        Objection::Unsent(reason @ Reason::Locked { .. }) => texts::reason(reason),
        Objection::Unsent(_) => say!("site-unsent"),
        Objection::Trial(TrialEnd::NoCameras) => say!("site-no-cameras"),
        Objection::Trial(TrialEnd::Refused(reason) | TrialEnd::Failed(reason)) => {
            texts::reason(reason)
        }
        Objection::Trial(TrialEnd::Works(_)) => String::new(),
        Objection::InFile => say!("site-from-file"),
        Objection::Other(words) => words.clone(),
    }));
    page.may_insist = matches!(
        objection,
        Objection::Unsent(Reason::Refused { .. } | Reason::Locked { until: None })
    );
    if matches!(
        objection,
        Objection::Trial(TrialEnd::Failed(Reason::CertificateChanged))
    ) {
        page.other = recorder.and_then(|recorder| other_certificate(state, &recorder.id));
    }
    screen(&page, language, StatusCode::UNPROCESSABLE_ENTITY)
}

/// The certificate that a recorder shows instead of the expected one.
fn other_certificate(state: &PageState, folder: &str) -> Option<OtherCertificate> {
    let known = certificates::list(&state.site.data_dir).ok()?;
    let known = known.into_iter().find(|it| it.folder == folder)?;
    let place = known
        .certificates
        .into_iter()
        .find(|it| it.refused.is_some())?;
    Some(OtherCertificate {
        folder: folder.to_owned(),
        expected: match place.trusted {
            Some(TrustedCertificate::Pinned(hash)) => hash.to_string(),
            Some(TrustedCertificate::Authority) | None => "–".to_owned(),
        },
        shown: place.refused.map(|hash| hash.to_string())?,
    })
}

/// Accepts the certificate that a person has seen, and asks for the login again.
pub(super) fn accept_certificate(
    State(state): State<Arc<PageState>>,
    Extension(Spoken(language)): Extension<Spoken>,
    Form(form): Form<CertificateForm>,
) -> Ready<Response> {
    ready(accepted(&state, &form, language))
}

fn accepted(state: &PageState, form: &CertificateForm, language: Language) -> Response {
    let compared = CertificateHash::try_from(form.shown.clone()).ok();
    let shown = other_certificate(state, &form.folder);
    let shown = shown.and_then(|it| CertificateHash::try_from(it.shown).ok());
    let mut page = form.recorder.screen();
    // Not one that somebody has shown since, nor those of other places.
    if let Some(compared) = compared.filter(|_| compared == shown) {
        match certificates::accept_shown(&state.site.data_dir, &form.folder, compared) {
            Ok(_) => {
                tracing::info!(
                    recorder.folder = form.folder,
                    "a changed certificate was accepted"
                );
                page.is_accepted = true;
            }
            Err(error) => {
                tracing::error!("a certificate could not be accepted: {error:#}");
                page.problem = Some(speaking(language, || say!("site-failed")));
            }
        }
    } else {
        page.problem = Some(speaking(language, || say!("site-other-certificate")));
        page.other = other_certificate(state, &form.folder);
    }
    screen(&page, language, StatusCode::OK)
}

/// Stops serving a recorder, and forgets its login.
pub(super) async fn remove(
    State(state): State<Arc<PageState>>,
    Extension(Spoken(language)): Extension<Spoken>,
    Path(folder): Path<String>,
) -> Response {
    match state.roster.remove(&folder).await {
        Ok(()) => Redirect::to("/").into_response(),
        Err(error) => {
            tracing::error!("a recorder could not be removed: {error:#}");
            let problem = speaking(language, || say!("site-failed"));
            showing::home(&state, language, Some((String::new(), problem))).await
        }
    }
}

/// A form may name no recorder, or one that was added here: an id is a folder's name.
fn is_changeable(state: &PageState, form: &RecorderForm) -> bool {
    let served = || state.roster.find(&form.id);
    form.id.is_empty() || served().is_some_and(|it| it.is_added)
}

fn address_problem(form: &RecorderForm, language: Language) -> Option<String> {
    if form.has_login_in_address() {
        return Some(speaking(language, || say!("site-address-login")));
    }
    let is_wrong = form.recorder().is_err();
    is_wrong.then(|| speaking(language, || say!("site-address-bad")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(address: &str) -> RecorderForm {
        RecorderForm {
            id: String::new(),
            kind: RecorderKind::Hikvision,
            address: address.to_owned(),
            account: "viewer".to_owned(),
            password: Password::new("secret"),
            name: " Shop\u{7} ".to_owned(),
            again: None,
        }
    }

    #[test]
    fn a_typed_address_becomes_a_recorder() {
        let recorder = form(" 192.0.2.1:8000 ").recorder().expect("an address");
        assert_eq!(recorder.id, "192-0-2-1-8000");
        assert_eq!(recorder.name.as_deref(), Some("Shop"));

        let camera = form("RTSP://192.0.2.1/1").recorder().expect("an address");
        assert_eq!(camera.kind, RecorderKind::Rtsp);
    }

    #[test]
    fn an_unusable_address_is_explained_without_repeating_it() {
        for (address, has_login) in [
            ("", false),
            ("192.0.2.1/doc/page", false),
            ("rtsp://", false),
            ("rtsp://ana:s3cret@192.0.2.1/1", true),
            ("http://ana:s3cret@192.0.2.1/", true),
            ("ana:s3cret@192.0.2.1", true),
            (&"1".repeat(600), false),
        ] {
            let form = form(address);
            let problem = address_problem(&form, Language::English).expect(address);

            assert_eq!(form.has_login_in_address(), has_login, "{address}");
            assert!(!problem.contains("s3cret"), "{problem}");
            assert_eq!(problem.contains("next page asks"), has_login, "{problem}");
        }
    }
}
