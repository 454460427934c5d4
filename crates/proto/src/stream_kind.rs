//! The names of a camera's streams. "Main" and "sub" are only names that most cameras have; recorders
//! make further ones, and an ONVIF device may have any number of profiles.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// A stream of a camera.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum StreamKind {
    /// Full picture.
    Main,
    /// Small picture for grids.
    Sub,
    /// A second small picture, which some cameras make.
    Third,
    /// What a recorder re-encodes from the camera's picture.
    Transcoded,
    /// Any other, by its number: the ONVIF profile at this place among those of its camera.
    Other(u8),
}

/// Begins the name of a stream that has only a number.
const OTHER: &str = "other-";

impl StreamKind {
    /// Its name on the wire.
    pub fn name(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            StreamKind::Main => "main",
            StreamKind::Sub => "sub",
            StreamKind::Third => "third",
            StreamKind::Transcoded => "transcoded",
            StreamKind::Other(number) => return Cow::Owned(format!("{OTHER}{number}")),
        })
    }
}

impl From<StreamKind> for String {
    fn from(kind: StreamKind) -> String {
        kind.name().into_owned()
    }
}

impl TryFrom<String> for StreamKind {
    type Error = &'static str;

    fn try_from(name: String) -> Result<StreamKind, &'static str> {
        let number = || name.strip_prefix(OTHER)?.parse().ok();
        match name.as_str() {
            "main" => Ok(StreamKind::Main),
            "sub" => Ok(StreamKind::Sub),
            "third" => Ok(StreamKind::Third),
            "transcoded" => Ok(StreamKind::Transcoded),
            _ => number()
                .map(StreamKind::Other)
                .filter(|kind| kind.name() == name)
                .ok_or("no stream has such a name"),
        }
    }
}

/// A viewer's request to a camera.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum WantedStream {
    /// Whatever the path carries ([`crate::quality`]).
    Auto,
    /// Whatever of the camera's streams comes nearest ([`crate::picture_wish`]).
    Like(PictureWish),
    /// This stream.
    Named(StreamKind),
}

/// A person's preference for a picture, independent of the streams that a camera has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureWish {
    /// Every detail.
    Clear,
    /// Between the two others.
    Balanced,
    /// What takes least of the path.
    Fluent,
}

/// The name that leaves the choice to the path.
const AUTO: &str = "auto";

/// The names of all preferences.
const WISHES: [(&str, PictureWish); 3] = [
    ("clear", PictureWish::Clear),
    ("balanced", PictureWish::Balanced),
    ("fluent", PictureWish::Fluent),
];

impl From<StreamKind> for WantedStream {
    fn from(kind: StreamKind) -> WantedStream {
        WantedStream::Named(kind)
    }
}

impl WantedStream {
    /// The stream to look for before more is known: with a free choice the small one, which is there soonest.
    pub fn first(self) -> StreamKind {
        match self {
            WantedStream::Auto
            | WantedStream::Like(PictureWish::Balanced | PictureWish::Fluent) => StreamKind::Sub,
            WantedStream::Like(PictureWish::Clear) => StreamKind::Main,
            WantedStream::Named(kind) => kind,
        }
    }
}

impl From<WantedStream> for String {
    fn from(wanted: WantedStream) -> String {
        match wanted {
            WantedStream::Auto => AUTO.to_owned(),
            WantedStream::Like(wish) => {
                let named = WISHES.iter().find(|(_, it)| *it == wish);
                named.map_or("", |(name, _)| name).to_owned()
            }
            WantedStream::Named(kind) => kind.into(),
        }
    }
}

impl TryFrom<String> for WantedStream {
    type Error = &'static str;

    fn try_from(name: String) -> Result<WantedStream, &'static str> {
        if name == AUTO {
            return Ok(WantedStream::Auto);
        }
        if let Some((_, wish)) = WISHES.iter().find(|(it, _)| *it == name) {
            return Ok(WantedStream::Like(*wish));
        }
        StreamKind::try_from(name).map(WantedStream::Named)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_of_a_stream_is_read_back() {
        for kind in [
            StreamKind::Main,
            StreamKind::Sub,
            StreamKind::Third,
            StreamKind::Transcoded,
            StreamKind::Other(0),
            StreamKind::Other(255),
        ] {
            assert_eq!(StreamKind::try_from(String::from(kind)), Ok(kind));
        }
        let main = serde_json::to_string(&StreamKind::Main).expect("JSON");
        assert_eq!(main, "\"main\"");
    }

    #[test]
    fn a_viewer_names_a_stream_or_leaves_the_choice() {
        let read = |name: &str| WantedStream::try_from(name.to_owned());

        assert_eq!(read("auto"), Ok(WantedStream::Auto));
        assert_eq!(read("main"), Ok(StreamKind::Main.into()));
        assert!(read("Auto").is_err());
        for wanted in [
            WantedStream::Auto,
            WantedStream::Like(PictureWish::Clear),
            WantedStream::Like(PictureWish::Balanced),
            WantedStream::Like(PictureWish::Fluent),
            StreamKind::Other(3).into(),
        ] {
            assert_eq!(read(&String::from(wanted)), Ok(wanted));
        }
    }

    #[test]
    fn unknown_words_are_no_stream_names() {
        for name in [
            "",
            "Main",
            "other",
            "other-",
            "other-256",
            "other-01",
            "other--1",
            "sub ",
        ] {
            assert!(StreamKind::try_from(name.to_owned()).is_err(), "{name}");
        }
    }
}
