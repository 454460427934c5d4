//! The set-up page's screens. Each is a template with its data; texts come from [`super::texts`].

use askama::Template;
use askama::filters::HtmlSafeOutput;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use proto::language::Language;

use super::texts::{say, speaking};
use crate::config::RecorderKind;

/// The first screen: asks for the code.
#[derive(Template)]
#[template(path = "setup/code.html")]
pub(super) struct CodeScreen {
    pub(super) problem: Option<String>,
}

/// The recorders of the agent, and those that were found.
#[derive(Template)]
#[template(path = "setup/home.html")]
pub(super) struct HomeScreen {
    pub(super) recorders: Vec<RecorderRow>,
    pub(super) found: Vec<FoundRow>,
    pub(super) address: String,
    pub(super) problem: Option<String>,
}

/// A recorder that the agent serves.
pub(super) struct RecorderRow {
    pub(super) folder: String,
    pub(super) name: String,
    pub(super) state: String,
    pub(super) is_online: bool,
}

/// A device that answered the search.
pub(super) struct FoundRow {
    pub(super) address: String,
    pub(super) kind: &'static str,
    pub(super) title: String,
    pub(super) is_added: bool,
    /// Its owner has not chosen a password yet.
    pub(super) is_new: bool,
}

/// Asks for the login of one recorder, and says what came of the last one.
#[derive(Template)]
#[template(path = "setup/login.html")]
pub(super) struct LoginScreen {
    /// Of a recorder that is changed; empty for a new one.
    pub(super) id: String,
    pub(super) kind: RecorderKind,
    pub(super) address: String,
    pub(super) user: String,
    pub(super) name: String,
    pub(super) problem: Option<String>,
    /// Whether the same login may be sent again on request.
    pub(super) may_insist: bool,
    /// Another certificate than the expected one.
    pub(super) other: Option<OtherCertificate>,
    /// Whether one was just accepted.
    pub(super) is_accepted: bool,
}

/// A certificate that is shown instead of the expected one.
pub(super) struct OtherCertificate {
    pub(super) folder: String,
    pub(super) expected: String,
    pub(super) shown: String,
}

/// One recorder that the agent serves: its picture, and how it gets into an account.
#[derive(Template)]
#[template(path = "setup/recorder.html")]
pub(super) struct RecorderScreen {
    pub(super) folder: String,
    pub(super) name: String,
    pub(super) model: String,
    /// Base64 of a JPEG.
    pub(super) picture: Option<String>,
    /// Whether there is a film of one picture instead.
    pub(super) has_film: bool,
    pub(super) camera: String,
    /// What there is instead of a picture.
    pub(super) no_picture: String,
    pub(super) cameras: Vec<String>,
    pub(super) certificates: Vec<String>,
    pub(super) claim_link: String,
    pub(super) qr: Option<HtmlSafeOutput<String>>,
    pub(super) serial: String,
    pub(super) code: String,
    /// If it can be changed here.
    pub(super) change: Option<ChangeForm>,
}

/// What the form for another password starts with.
pub(super) struct ChangeForm {
    pub(super) kind: &'static str,
    pub(super) address: String,
    pub(super) user: String,
    pub(super) name: String,
}

/// How a kind is named in a form.
pub(super) fn kind_name(kind: RecorderKind) -> &'static str {
    match kind {
        RecorderKind::Hikvision => "hikvision",
        RecorderKind::Onvif => "onvif",
        RecorderKind::Rtsp => "rtsp",
    }
}

impl LoginScreen {
    fn kind_name(&self) -> &'static str {
        kind_name(self.kind)
    }

    /// Cameras by address may need no login.
    fn is_login_optional(&self) -> bool {
        self.kind == RecorderKind::Rtsp
    }
}

/// Writes a screen in a language.
pub(super) fn screen(page: &impl Template, language: Language, status: StatusCode) -> Response {
    match speaking(language, || page.render()) {
        Ok(html) => (
            status,
            [(header::CONTENT_TYPE, "text/html; charset=utf-8")],
            html,
        )
            .into_response(),
        Err(error) => {
            tracing::error!("a page cannot be rendered: {error}");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
