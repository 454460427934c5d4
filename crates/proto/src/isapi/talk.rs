//! Two-way audio lines of a recorder or camera: `System/TwoWayAudio`. Only the direction to the recorder is
//! used; sound from the cameras comes with their streams.

use super::error::IsapiError;
use super::xml::Element;
use crate::control::requests::TalkPlace;

/// Longest id of a session; those seen are numbers of ten digits.
const MAX_SESSION_BYTES: usize = 64;

/// One line, from `GET /ISAPI/System/TwoWayAudio/channels`. Its `enabled` says whether somebody talks on
/// some devices, and whether anybody may on others, so it is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TalkChannel {
    /// Its number; no camera's number.
    pub id: u32,
    /// How it takes sound; `None` for everything that is not G.711.
    pub law: Option<TalkLaw>,
    /// The inputs whose cameras it belongs to, if it says so.
    inputs: Vec<u32>,
}

/// The two laws of G.711.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TalkLaw {
    /// µ-law.
    Ulaw,
    /// A-law.
    Alaw,
}

impl TalkChannel {
    /// Reads the list. Lines without a number are left out.
    pub fn parse_list(body: &[u8]) -> Result<Vec<TalkChannel>, IsapiError> {
        let root = Element::read(body, &["TwoWayAudioChannelList", "TwoWayAudioChannel"])?;
        if root.is_named("TwoWayAudioChannel") {
            return Ok(TalkChannel::of(&root).into_iter().collect());
        }
        let channels = root.children("TwoWayAudioChannel");
        Ok(channels.filter_map(TalkChannel::of).collect())
    }

    fn of(element: &Element) -> Option<TalkChannel> {
        let inputs = element
            .child("associateVideoInputs")
            .filter(|inputs| inputs.flag_of("enabled") != Some(false))
            .and_then(|inputs| inputs.child("videoInputChannelList"));
        let inputs = inputs.into_iter().flat_map(|inputs| {
            let ids = inputs.children("videoInputChannelID");
            ids.filter_map(Element::number)
        });
        Some(TalkChannel {
            id: element.number_of("id")?,
            law: match element.text_of("audioCompressionType") {
                Some("G.711ulaw") => Some(TalkLaw::Ulaw),
                Some("G.711alaw") => Some(TalkLaw::Alaw),
                _ => None,
            },
            inputs: inputs.collect(),
        })
    }
}

/// The line for a camera, and where one is heard on it. A recorder with several lines has to say itself
/// which one is a camera's: the vendor's programs number them differently, and talking to the wrong place
/// is worse than talking to the recorder.
pub fn line_of(
    channels: &[TalkChannel],
    camera: u32,
    is_recorder: bool,
) -> Option<(&TalkChannel, TalkPlace)> {
    if !is_recorder {
        return Some((channels.first()?, TalkPlace::Camera));
    }
    let own = channels.iter().find(|channel| channel.inputs == [camera]);
    match own.filter(|_| channels.len() > 1) {
        Some(own) => Some((own, TalkPlace::Camera)),
        None => Some((channels.first()?, TalkPlace::Recorder)),
    }
}

/// A talk that a device has opened. Newer firmware gives it an id and requires the id later.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TalkSession(Option<String>);

impl TalkSession {
    /// Reads the answer to the request to open a line; older firmware has nothing to say in it.
    pub fn parse(body: &[u8]) -> Result<TalkSession, IsapiError> {
        if body.is_empty() {
            return Ok(TalkSession::default());
        }
        let root = match Element::read(body, &["TwoWayAudioSession"]) {
            Ok(root) => root,
            Err(IsapiError::Status(said)) if said.is_success() => {
                return Ok(TalkSession::default());
            }
            Err(error) => return Err(error),
        };
        match root.text_of("sessionId") {
            Some(id) if id.len() <= MAX_SESSION_BYTES => Ok(TalkSession(Some(escaped(id)))),
            Some(_) => Err(IsapiError::Field("sessionId")),
            None => Ok(TalkSession::default()),
        }
    }

    /// The same path, with the name of the talk if it has one.
    pub fn path(&self, path: String) -> String {
        match &self.0 {
            Some(id) => format!("{path}?sessionId={id}"),
            None => path,
        }
    }
}

/// As part of a query (RFC 3986 §2.1).
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                escaped.push(char::from(byte));
            }
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn channel(id: u32, inputs: &[u32]) -> TalkChannel {
        TalkChannel {
            id,
            law: Some(TalkLaw::Ulaw),
            inputs: inputs.to_vec(),
        }
    }

    #[test]
    fn lines_are_read_with_their_law() {
        let line = |id, codec: &str, more: &str| {
            format!(
                "<TwoWayAudioChannel version=\"2.0\"><id>{id}</id><enabled>false</enabled>\
                 <audioCompressionType>{codec}</audioCompressionType>{more}</TwoWayAudioChannel>"
            )
        };
        let inputs = "<associateVideoInputs><enabled>true</enabled><videoInputChannelList>\
                      <videoInputChannelID>3</videoInputChannelID></videoInputChannelList>\
                      </associateVideoInputs>";
        let list = format!(
            "<TwoWayAudioChannelList xmlns=\"urn:x\">{}{}{}<TwoWayAudioChannel/></TwoWayAudioChannelList>",
            line(1, "G.711ulaw", ""),
            line(2, "G.711alaw", inputs),
            line(3, "G.722.1", "")
        );

        let read = TalkChannel::parse_list(list.as_bytes()).expect("a list");

        let laws: Vec<_> = read.iter().map(|it| (it.id, it.law)).collect();
        let expected = [
            (1, Some(TalkLaw::Ulaw)),
            (2, Some(TalkLaw::Alaw)),
            (3, None),
        ];
        assert_eq!(laws, expected);
        assert_eq!(read[1].inputs, [3]);
        let single = TalkChannel::parse_list(line(7, "AAC", "").as_bytes());
        assert_eq!(single.expect("one").len(), 1);
    }

    #[test]
    fn a_recorders_only_line_is_its_own_loudspeaker() {
        let one = [channel(1, &[2])];
        let several = [channel(1, &[]), channel(2, &[1]), channel(3, &[1, 2])];
        let id = |found: Option<(&TalkChannel, TalkPlace)>| found.map(|(it, place)| (it.id, place));

        let recorder = Some((1, TalkPlace::Recorder));
        assert_eq!(id(line_of(&one, 2, true)), recorder);
        assert_eq!(id(line_of(&several, 2, true)), recorder);
        assert_eq!(id(line_of(&several, 1, true)), Some((2, TalkPlace::Camera)));
        assert_eq!(id(line_of(&one, 1, false)), Some((1, TalkPlace::Camera)));
        assert_eq!(line_of(&[], 1, true), None);
    }

    #[test]
    fn a_named_talk_is_named_again() {
        let path = |body: &str| {
            let session = TalkSession::parse(body.as_bytes());
            session.map(|session| session.path("/x".to_owned()))
        };
        let named = |id: &str| {
            format!("<TwoWayAudioSession><sessionId>{id}</sessionId></TwoWayAudioSession>")
        };
        let status =
            |code| format!("<ResponseStatus><statusCode>{code}</statusCode></ResponseStatus>");

        assert_eq!(
            path(&named("2093716360")).as_deref(),
            Ok("/x?sessionId=2093716360")
        );
        assert_eq!(
            path(&named("a b&amp;c")).as_deref(),
            Ok("/x?sessionId=a%20b%26c")
        );
        for unnamed in ["", "<TwoWayAudioSession/>", &status(1)] {
            assert_eq!(path(unnamed).as_deref(), Ok("/x"), "{unnamed}");
        }
        assert!(matches!(path(&status(2)), Err(IsapiError::Status(_))));
        assert!(path(&named(&"1".repeat(65))).is_err());
        assert!(path("<html/>").is_err());
    }
}
