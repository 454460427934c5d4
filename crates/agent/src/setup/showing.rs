//! The screens of the set-up page that only show: recorders, devices in the network, one recorder with its picture.

use std::future::{Ready, ready};
use std::sync::Arc;

use askama::filters::HtmlSafeOutput;
use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use data_encoding::BASE64;
use proto::language::Language;

use super::pages::{
    ChangeForm, FoundRow, HomeScreen, RecorderRow, RecorderScreen, kind_name, screen,
};
use super::state::{PageState, Spoken};
use super::texts::{self, say, speaking};
use super::trial::{Sight, look};
use crate::added::{self, as_folder};
use crate::card::qr_svg;
use crate::certificates::{self, TrustedCertificate};
use crate::discovery::{FoundKind, LanDevice};
use crate::recorder::RecorderStatus;
use crate::roster::ServedRecorder;

/// All recorders and what the search found. `typed`: an address that cannot be used, and why.
pub(super) async fn home(
    state: &PageState,
    language: Language,
    typed: Option<(String, String)>,
) -> Response {
    let found = state.found(false).await;
    let served = state.roster.all();
    let status = match &typed {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let (address, problem) = typed.unzip();
    let page = speaking(language, || HomeScreen {
        recorders: served.iter().map(recorder_row).collect(),
        found: found
            .iter()
            .map(|device| found_row(device, &served))
            .collect(),
        address: address.unwrap_or_default(),
        problem,
    });
    screen(&page, language, status)
}

/// Searches again.
pub(super) async fn search(State(state): State<Arc<PageState>>) -> Response {
    state.found(true).await;
    Redirect::to("/").into_response()
}

/// One recorder.
pub(super) async fn recorder(
    State(state): State<Arc<PageState>>,
    Extension(Spoken(language)): Extension<Spoken>,
    Path(folder): Path<String>,
) -> Response {
    let Some(served) = state.roster.find(&folder) else {
        return Redirect::to("/").into_response();
    };
    let sight = look(&served).await;
    let page = speaking(language, || recorder_screen(&state, &served, sight));
    screen(&page, language, StatusCode::OK)
}

/// The film of one picture that the screen of a recorder shows. Safari asks for a part of it first.
pub(super) fn film(
    State(state): State<Arc<PageState>>,
    Path(folder): Path<String>,
    headers: HeaderMap,
) -> Ready<Response> {
    ready(film_of(&state, &folder, &headers))
}

fn film_of(state: &PageState, folder: &str, headers: &HeaderMap) -> Response {
    let kept = state.film().clone();
    let Some((_, film)) = kept.filter(|(of, _)| of == folder) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let range = headers.get(header::RANGE);
    let range = range.and_then(|range| range.to_str().ok());
    let kind = [
        (header::CONTENT_TYPE, "video/mp4"),
        (header::ACCEPT_RANGES, "bytes"),
    ];
    match range.and_then(|range| part(range, film.len())) {
        Some((first, last)) => {
            let said = format!("bytes {first}-{last}/{}", film.len());
            let part = film.slice(first..=last);
            let said = [(header::CONTENT_RANGE, said)];
            (StatusCode::PARTIAL_CONTENT, kind, said, part).into_response()
        }
        None => (kind, film).into_response(),
    }
}

/// The first and last byte of a range (RFC 9110 §14.1.2). What is none is answered with the whole.
fn part(range: &str, length: usize) -> Option<(usize, usize)> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let first: usize = first.parse().ok()?;
    let end = length.checked_sub(1)?;
    let last = match last {
        "" => end,
        last => last.parse::<usize>().ok()?.min(end),
    };
    (first <= last).then_some((first, last))
}

fn recorder_screen(state: &PageState, served: &ServedRecorder, sight: Sight) -> RecorderScreen {
    let card = state.cards.of(served);
    let about = served.about.borrow().clone().unwrap_or_default();
    let cameras = served.streams.cameras();
    let cameras = cameras.borrow();
    let cameras = cameras.iter().map(|camera| camera.name.clone()).collect();
    let mut page = RecorderScreen {
        folder: served.folder.clone(),
        name: served.name.clone(),
        model: about.model,
        picture: None,
        has_film: false,
        camera: String::new(),
        no_picture: String::new(),
        cameras,
        certificates: expected_certificates(state, &served.folder),
        qr: qr_svg(&card.claim_link).map(HtmlSafeOutput),
        claim_link: card.claim_link,
        serial: card.serial,
        code: card.code,
        change: change_form(state, served),
    };
    match sight {
        Sight::Picture { camera, jpeg } => {
            page.picture = Some(BASE64.encode(&jpeg));
            page.camera = camera;
        }
        Sight::Pictures {
            film: Some(film),
            camera,
            ..
        } => {
            page.has_film = true;
            page.camera = camera;
            *state.film() = Some((served.folder.clone(), film));
        }
        Sight::Pictures {
            film: None,
            camera,
            codec,
            size,
        } => {
            page.no_picture = match size {
                Some((width, height)) => say!(
                    "site-pictures-arrive-sized",
                    camera = camera,
                    codec = codec,
                    width = width.to_string(),
                    height = height.to_string(),
                ),
                None => say!("site-pictures-arrive", camera = camera, codec = codec),
            };
        }
        Sight::Nothing(Some(reason)) => page.no_picture = texts::reason(&reason),
        Sight::Nothing(None) => page.no_picture = say!("site-no-picture"),
    }
    page
}

/// The certificates that the recorder is expected to show.
fn expected_certificates(state: &PageState, folder: &str) -> Vec<String> {
    let known = certificates::list(&state.site.data_dir).unwrap_or_default();
    let known = known.into_iter().find(|it| it.folder == folder);
    let places = known.map(|it| it.certificates).unwrap_or_default();
    let pinned = places.into_iter().filter_map(|place| match place.trusted? {
        TrustedCertificate::Pinned(hash) => Some(format!("{}: {hash}", place.place)),
        TrustedCertificate::Authority => None,
    });
    pinned.collect()
}

/// What the form for another password starts with; the password itself is not shown again.
fn change_form(state: &PageState, served: &ServedRecorder) -> Option<ChangeForm> {
    let added = added::read(&state.site.data_dir).unwrap_or_default();
    let added = added.into_iter().find(|it| it.id == served.folder);
    let added = added.filter(|_| served.is_added)?;
    Some(ChangeForm {
        kind: kind_name(added.kind),
        address: added.address.clone(),
        user: added.user.clone(),
        name: added.name.clone().unwrap_or_default(),
    })
}

fn recorder_row(served: &ServedRecorder) -> RecorderRow {
    let status = served.status.borrow().clone();
    let cameras = served.streams.cameras();
    let n_cameras = cameras.borrow().len();
    RecorderRow {
        folder: served.folder.clone(),
        name: served.name.clone(),
        is_online: status == RecorderStatus::Online,
        state: match status {
            RecorderStatus::Opening => say!("site-opening"),
            RecorderStatus::Online => say!("site-cameras", n = n_cameras),
            RecorderStatus::Unreachable(reason) | RecorderStatus::Refused(reason) => {
                texts::reason(&reason)
            }
        },
    }
}

fn found_row(device: &LanDevice, served: &[ServedRecorder]) -> FoundRow {
    let address = device.address_text();
    let known = as_folder(&address);
    let named = [device.make.as_str(), device.model.as_str()].join(" ");
    let title = match named.trim() {
        "" => address.clone(),
        named => named.to_owned(),
    };
    FoundRow {
        is_added: served.iter().any(|it| it.folder == known),
        is_new: device.is_activated == Some(false),
        kind: match device.kind {
            FoundKind::Hikvision => "hikvision",
            FoundKind::Onvif => "onvif",
        },
        title,
        address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_range_stays_within_the_video() {
        for (range, expected) in [
            ("bytes=0-1", Some((0, 1))),
            ("bytes=0-", Some((0, 99))),
            ("bytes=90-500", Some((90, 99))),
            ("bytes=100-", None),
            ("bytes=5-4", None),
            ("bytes=-5", None),
            ("bytes=0-1,3-4", None),
            ("lines=0-1", None),
            ("", None),
        ] {
            assert_eq!(part(range, 100), expected, "{range}");
        }
        assert_eq!(part("bytes=0-", 0), None);
    }
}
