//! Changes the settings of a stream: the recorder's own document, edited in two places and written back
//! whole. Everything else in it, including unknown elements, is kept byte for byte, because recorders refuse
//! or reset what is left out.

use quick_xml::events::Event;

use super::channel::StreamingChannel;
use super::edit::{Elements, reader_of};
use super::error::{IsapiError, MAX_BODY_BYTES};

/// Codecs of a stream that are read; devices have up to five.
const MAX_CODECS: usize = 16;

/// How much of the document is rewritten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ViewableEdit {
    /// Codec and smart codec only.
    Least,
    /// Also without the profile of H.265, which some firmware refuses beside H.264.
    WithoutProfile,
}

/// The document of one stream (`Streaming/channels/{id}`) with its pictures in H.264 and without smart
/// codec.
pub fn viewable(body: &[u8], edit: ViewableEdit) -> Result<String, IsapiError> {
    // The same checks as for everything that is read, and a document of one stream.
    match &StreamingChannel::parse_list(body)?[..] {
        [only] if only.video.is_some() => {}
        _ => return Err(IsapiError::Field("StreamingChannel")),
    }
    // Firmware with H.265 writes UTF-8; another character set could not be put back as it came.
    let whole = std::str::from_utf8(body).map_err(|_| IsapiError::Malformed)?;
    // Strictly, nothing may precede the XML declaration.
    let text = whole.trim_start_matches(['\u{feff}', ' ', '\r', '\n', '\t']);
    let mut edits = Vec::new();
    let mut elements = Elements::of(text);
    while let Some((path, span)) = elements.next()? {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        match path[..] {
            ["StreamingChannel", "Video", "videoCodecType"] => {
                edits.push((span.inside, "H.264"));
            }
            ["StreamingChannel", "Video", "SmartCodec", "enabled"] => {
                edits.push((span.inside, "false"));
            }
            ["StreamingChannel", "Video", "H265Profile"]
                if edit == ViewableEdit::WithoutProfile =>
            {
                edits.push((span.whole, ""));
            }
            _ => {}
        }
    }
    if edits.is_empty() {
        return Err(IsapiError::Field("videoCodecType"));
    }
    let mut edited = whole[..whole.len() - text.len()].to_owned();
    let mut at = 0;
    for (span, new) in edits {
        edited.push_str(&text[at..span.start]);
        edited.push_str(new);
        at = span.end;
    }
    edited.push_str(&text[at..]);
    Ok(edited)
}

/// The codecs that a stream can have, from `Streaming/channels/{id}/capabilities`; nothing if it does not say.
pub fn codec_options(body: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(&body[..body.len().min(MAX_BODY_BYTES)]);
    let mut reader = reader_of(&text);
    while let Ok(event) = reader.read_event() {
        let tag = match event {
            Event::Start(tag) | Event::Empty(tag) => tag,
            Event::Eof => break,
            _ => continue,
        };
        if tag.local_name().as_ref() != "videoCodecType" {
            continue;
        }
        let mut attributes = tag.attributes();
        let options = attributes
            .with_checks(false)
            .flatten()
            .find(|attribute| attribute.key.local_name().as_ref() == "opt");
        let Some(options) = options else {
            break;
        };
        let names = options.value.split(',').map(str::trim);
        return names
            .filter(|name| !name.is_empty())
            .take(MAX_CODECS)
            .map(str::to_owned)
            .collect();
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::isapi::IsapiVideoCodec;

    /// As a camera of firmware 5.5 sends it, with parts that nothing here reads.
    const STREAM: &str = "\u{feff}<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n\
        <StreamingChannel version=\"2.0\" xmlns=\"http://www.hikvision.com/ver20/XMLSchema\">\r\n\
        <id>102</id>\r\n<channelName>Tür & <![CDATA[Tor]]></channelName>\r\n<!-- videoCodecType -->\
        <Transport><videoCodecType>not this</videoCodecType></Transport>\r\n\
        <Video>\r\n\t<enabled>true</enabled>\r\n\t<videoCodecType>H.265</videoCodecType>\r\n\
        \t<H265Profile>Main</H265Profile>\r\n\t<GovLength>50</GovLength>\r\n\
        \t<SmartCodec>\r\n<enabled>true</enabled><x:new xmlns:x=\"urn:x\" a='1'/></SmartCodec>\r\n\
        </Video>\r\n<Audio><enabled>true</enabled></Audio>\r\n</StreamingChannel>\r\n";

    #[test]
    fn only_codec_and_smart_codec_change_in_the_document() {
        let edited = viewable(STREAM.as_bytes(), ViewableEdit::Least).expect("a stream");

        let expected = STREAM
            .replace("<videoCodecType>H.265<", "<videoCodecType>H.264<")
            .replace(
                "\r\n<enabled>true</enabled><x:new",
                "\r\n<enabled>false</enabled><x:new",
            );
        assert_eq!(edited, expected);
        let read = StreamingChannel::parse_list(edited.as_bytes()).expect("a stream");
        let video = read[0].video.as_ref().expect("pictures");
        assert_eq!(video.codec, IsapiVideoCodec::H264);
        assert!(!video.is_smart_codec);
    }

    #[test]
    fn a_refused_profile_of_h265_is_left_out() {
        let edited = viewable(STREAM.as_bytes(), ViewableEdit::WithoutProfile).expect("a stream");

        let least = viewable(STREAM.as_bytes(), ViewableEdit::Least).expect("a stream");
        assert_eq!(edited, least.replace("<H265Profile>Main</H265Profile>", ""));
    }

    #[test]
    fn documents_that_are_not_one_stream_are_refused() {
        for body in [
            &include_bytes!("../../testdata/nvr/streams.xml")[..],
            b"<StreamingChannel><id>101</id></StreamingChannel>",
            b"<StreamingChannelList><StreamingChannel><id>101</id><Video><videoCodecType>H.265\
              </videoCodecType></Video></StreamingChannel></StreamingChannelList>",
            b"<html></html>",
            b"",
            b"<StreamingChannel><id>101</id><channelName>\xc7\xb0\xc3\xc5</channelName><Video>\
              <videoCodecType>H.265</videoCodecType></Video></StreamingChannel>",
        ] {
            assert!(viewable(body, ViewableEdit::Least).is_err());
        }
    }

    #[test]
    fn the_codecs_of_a_stream_are_read_from_its_capabilities() {
        let body = b"<StreamingChannel><Video><videoCodecType opt=\"H.264,H.265, MJPEG\">H.265\
            </videoCodecType></Video></StreamingChannel>";

        assert_eq!(codec_options(body), ["H.264", "H.265", "MJPEG"]);
        assert_eq!(
            codec_options(b"<a><videoCodecType>H.264</videoCodecType></a>"),
            [""; 0]
        );
        assert_eq!(codec_options(b"<a"), [""; 0]);
    }

    proptest! {
        #[test]
        fn any_document_is_refused_or_keeps_its_length(
            name in "\\PC{0,20}", before in "[ \\n]{0,3}", codec in "H\\.26[45]|MJPEG",
        ) {
            let name = quick_xml::escape::escape(name.as_str()).into_owned();
            let body = format!(
                "{before}<StreamingChannel><id>101</id><channelName>{name}</channelName><Video>\
                 <videoCodecType>{codec}</videoCodecType></Video></StreamingChannel>"
            );
            if let Ok(edited) = viewable(body.as_bytes(), ViewableEdit::Least) {
                prop_assert_eq!(edited, body.replace(&format!(">{codec}<"), ">H.264<"));
            }
        }

        #[test]
        fn no_bytes_cause_a_panic_in_the_editor(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _any_result = viewable(&bytes, ViewableEdit::WithoutProfile);
            let _any_options = codec_options(&bytes);
        }
    }
}
