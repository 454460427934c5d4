//! `ISAPI/Image/channels`: the image settings of a camera, whole or in parts.

use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};

use super::Recorder;
use super::xml::{self, HIKVISION, Xml};
use crate::image::{MOST_BRIGHTNESS, SimImage};
use crate::shared::Shared;
use crate::xml_text::text;

/// `GET …/{id}`.
pub(crate) async fn show(
    State(shared): Recorder,
    uri: Uri,
    Path(channel): Path<String>,
) -> Response {
    let shown = camera(&channel).and_then(|it| shared.image(it, |image| document(&channel, image)));
    match shown {
        Some(xml) => xml.into_response(),
        None => xml::refused(uri.path(), StatusCode::FORBIDDEN, "notSupport"),
    }
}

/// `GET …/{id}/capabilities`.
pub(crate) async fn capabilities(
    State(shared): Recorder,
    uri: Uri,
    Path((channel, part)): Path<(String, String)>,
) -> Response {
    let is_there = camera(&channel).is_some_and(|it| shared.image(it, |_| ()).is_some());
    if part != "capabilities" || !is_there {
        return xml::refused(uri.path(), StatusCode::FORBIDDEN, "notSupport");
    }
    let content = format!(
        "<ImageFlip>\n<enabled opt=\"true,false\">false</enabled>\n\
         <ImageFlipStyle opt=\"LEFTRIGHT\">LEFTRIGHT</ImageFlipStyle>\n</ImageFlip>\n\
         <WDR>\n<mode opt=\"open,close,auto\">close</mode>\n</WDR>\n\
         <Sharpness>\n<SharpnessLevel min=\"0\" max=\"100\">50</SharpnessLevel>\n</Sharpness>\n\
         <Color>\n<brightnessLevel min=\"0\" max=\"{MOST_BRIGHTNESS}\">128</brightnessLevel>\n\
         <contrastLevel min=\"0\" max=\"100\">50</contrastLevel>\n\
         <saturationLevel min=\"0\" max=\"100\">50</saturationLevel>\n</Color>\n\
         <IrcutFilter>\n<IrcutFilterType opt=\"auto,day,night,schedule\">auto</IrcutFilterType>\n\
         </IrcutFilter>\n"
    );
    Xml::document("ImageChannel", HIKVISION, &content).into_response()
}

/// `PUT …/{id}`: everything that [`show`] has must be there.
pub(crate) async fn replace(
    State(shared): Recorder,
    uri: Uri,
    Path(channel): Path<String>,
    body: String,
) -> Response {
    let is_whole = [
        "videoInputID",
        "generalLevel",
        "nightToDayFilterLevel",
        "enabled",
    ]
    .iter()
    .all(|name| text(&body, name).is_some());
    if !shared.config.takes_whole_image || !is_whole {
        return xml::refused(uri.path(), StatusCode::BAD_REQUEST, "badXmlContent");
    }
    change(&shared, &uri, &channel, &body)
}

/// `PUT …/{id}/{part}`.
pub(crate) async fn replace_part(
    State(shared): Recorder,
    uri: Uri,
    Path((channel, part)): Path<(String, String)>,
    body: String,
) -> Response {
    if !["color", "sharpness", "ircutFilter", "WDR", "imageFlip"].contains(&part.as_str()) {
        return xml::refused(uri.path(), StatusCode::FORBIDDEN, "notSupport");
    }
    change(&shared, &uri, &channel, &body)
}

fn change(shared: &Shared, uri: &Uri, channel: &str, body: &str) -> Response {
    let changed = camera(channel).and_then(|camera| {
        shared.image(camera, |image| {
            let new = read(body, image)?;
            new.is_possible().then(|| *image = new)
        })
    });
    match changed {
        Some(Some(())) => {
            shared.count(|stats| stats.image_orders += 1);
            xml::done(uri.path()).into_response()
        }
        Some(None) => xml::refused(uri.path(), StatusCode::BAD_REQUEST, "badXmlContent"),
        None => xml::refused(uri.path(), StatusCode::FORBIDDEN, "notSupport"),
    }
}

/// The settings that a document names; the others stay.
fn read(body: &str, before: &SimImage) -> Option<SimImage> {
    let level = |name, before: u32| match text(body, name) {
        Some(level) => level.trim().parse().ok(),
        None => Some(before),
    };
    let wdr = match text(body, "WDR").and(text(body, "mode")).as_deref() {
        Some("open" | "auto") => true,
        Some("close") => false,
        Some(_) => return None,
        None => before.wdr,
    };
    Some(SimImage {
        brightness: level("brightnessLevel", before.brightness)?,
        contrast: level("contrastLevel", before.contrast)?,
        saturation: level("saturationLevel", before.saturation)?,
        sharpness: level("SharpnessLevel", before.sharpness)?,
        day_night: text(body, "IrcutFilterType").unwrap_or_else(|| before.day_night.clone()),
        wdr,
        is_mirrored: match inside(body, "ImageFlip") {
            Some(flip) => is_mirrored(flip)?,
            None => before.is_mirrored,
        },
    })
}

/// What `ImageFlip` says. Only one way to turn the picture over is drawn.
fn is_mirrored(flip: &str) -> Option<bool> {
    match text(flip, "enabled")?.trim() {
        "false" => Some(false),
        "true" if text(flip, "ImageFlipStyle")?.trim() == "LEFTRIGHT" => Some(true),
        _ => None,
    }
}

/// The markup in the first element of this name.
fn inside<'a>(body: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = body.split_once(&format!("<{name}"))?;
    let (_, rest) = rest.split_once('>')?;
    Some(rest.split_once(&format!("</{name}>"))?.0)
}

fn document(channel: &str, image: &SimImage) -> Xml {
    let SimImage {
        brightness,
        contrast,
        saturation,
        sharpness,
        day_night,
        wdr,
        is_mirrored,
    } = image;
    // As cameras do, the style is left out while it is off.
    let style = if *is_mirrored {
        "<ImageFlipStyle>LEFTRIGHT</ImageFlipStyle>\n"
    } else {
        ""
    };
    let (channel, wdr) = (xml::text(channel), if *wdr { "open" } else { "close" });
    let content = format!(
        "<id>{channel}</id>\n<enabled>true</enabled>\n<videoInputID>{channel}</videoInputID>\n\
         <ImageFlip>\n<enabled>{is_mirrored}</enabled>\n{style}</ImageFlip>\n\
         <WDR>\n<mode>{wdr}</mode>\n<WDRLevel>50</WDRLevel>\n</WDR>\n\
         <NoiseReduce>\n<mode>general</mode>\n<GeneralMode>\n<generalLevel>50</generalLevel>\n\
         </GeneralMode>\n</NoiseReduce>\n\
         <Sharpness>\n<SharpnessLevel>{sharpness}</SharpnessLevel>\n</Sharpness>\n\
         <Color>\n<brightnessLevel>{brightness}</brightnessLevel>\n\
         <contrastLevel>{contrast}</contrastLevel>\n\
         <saturationLevel>{saturation}</saturationLevel>\n</Color>\n\
         <IrcutFilter>\n<IrcutFilterType>{day_night}</IrcutFilterType>\n\
         <nightToDayFilterLevel>4</nightToDayFilterLevel>\n\
         <nightToDayFilterTime>5</nightToDayFilterTime>\n</IrcutFilter>\n"
    );
    Xml::document("ImageChannel", HIKVISION, &content)
}

fn camera(channel: &str) -> Option<usize> {
    channel.parse::<usize>().ok()?.checked_sub(1)
}
