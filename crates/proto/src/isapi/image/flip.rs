//! `ImageFlip` of a channel: how the camera turns its picture over. Cameras leave the style out while it is off.

use super::super::edit::{find, replaced};
use super::super::error::IsapiError;
use super::super::xml::Element;
use super::{ROOT, SaidOfElement};
use crate::control::image::ImageFlip;

const PART: &str = "ImageFlip";
/// The element that says how.
pub(super) const STYLE: &str = "ImageFlipStyle";

/// How the picture is mirrored; nothing if the camera cannot do it, or has a vendor-specific style.
pub(super) fn read(root: &Element) -> Option<ImageFlip> {
    let part = root.child(PART)?;
    if !part.text_of("enabled")?.eq_ignore_ascii_case("true") {
        return Some(ImageFlip::None);
    }
    style(part.text_of(STYLE)?)
}

/// The ways that can be chosen. A camera that has the setting and does not list them has all.
pub(super) fn modes(said: Option<&SaidOfElement>) -> Vec<ImageFlip> {
    let all = [ImageFlip::LeftRight, ImageFlip::UpDown, ImageFlip::Both];
    let listed = said.map_or(&[][..], |said| &said.options);
    let is_listed = |flip: &ImageFlip| {
        listed.iter().all(String::is_empty) || listed.iter().any(|it| style(it) == Some(*flip))
    };
    let listed = all.into_iter().filter(is_listed);
    [ImageFlip::None].into_iter().chain(listed).collect()
}

/// The document with another way.
pub(super) fn edited(text: &str, flip: ImageFlip) -> Result<String, IsapiError> {
    let name = match flip {
        ImageFlip::None => return replaced(text, &[ROOT, PART, "enabled"], "false"),
        ImageFlip::LeftRight => "LEFTRIGHT",
        ImageFlip::UpDown => "UPDOWN",
        ImageFlip::Both => "CENTER",
    };
    let mut text = replaced(text, &[ROOT, PART, "enabled"], "true")?;
    if find(&text, &[ROOT, PART, STYLE])?.is_some() {
        return replaced(&text, &[ROOT, PART, STYLE], name);
    }
    if let Some(enabled) = find(&text, &[ROOT, PART, "enabled"])? {
        let style = format!("\n<{STYLE}>{name}</{STYLE}>");
        text.insert_str(enabled.whole.end, &style);
    }
    Ok(text)
}

fn style(name: &str) -> Option<ImageFlip> {
    match name.to_ascii_uppercase().as_str() {
        "LEFTRIGHT" => Some(ImageFlip::LeftRight),
        "UPDOWN" => Some(ImageFlip::UpDown),
        "CENTER" => Some(ImageFlip::Both),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(inside: &str) -> String {
        format!("<ImageChannel><id>1</id><enabled>true</enabled>{inside}</ImageChannel>")
    }

    fn flip_of(text: &str) -> Option<ImageFlip> {
        read(&Element::read(text.as_bytes(), &[ROOT]).expect("a document"))
    }

    #[test]
    fn every_flip_mode_is_written_and_read() {
        let off = document("<ImageFlip><enabled>false</enabled></ImageFlip>");
        let mut text = off.clone();
        assert_eq!(flip_of(&text), Some(ImageFlip::None));

        for flip in [ImageFlip::LeftRight, ImageFlip::UpDown, ImageFlip::Both] {
            text = edited(&text, flip).expect("a document");
            assert_eq!(flip_of(&text), Some(flip), "{text}");
            assert_eq!(text.matches("<ImageFlipStyle>").count(), 1, "{text}");
        }

        text = edited(&text, ImageFlip::None).expect("a document");
        assert_eq!(flip_of(&text), Some(ImageFlip::None));
        assert!(text.starts_with("<ImageChannel><id>1</id><enabled>true</enabled>"));
    }

    #[test]
    fn a_vendor_specific_flip_mode_is_absent() {
        for inside in [
            "",
            "<ImageFlip><enabled>true</enabled></ImageFlip>",
            "<ImageFlip><enabled>true</enabled><ImageFlipStyle>AUTO</ImageFlipStyle></ImageFlip>",
        ] {
            assert_eq!(flip_of(&document(inside)), None, "{inside}");
        }
    }

    #[test]
    fn only_listed_flip_modes_are_offered() {
        let said = |options: &[&str]| SaidOfElement {
            options: options.iter().map(|&it| it.to_owned()).collect(),
            ..SaidOfElement::default()
        };

        assert_eq!(modes(None).len(), 4);
        let listed = said(&["LEFTRIGHT", "AUTO"]);
        assert_eq!(
            modes(Some(&listed)),
            [ImageFlip::None, ImageFlip::LeftRight]
        );
    }
}
