//! The loudspeaker of a camera, of both media services. Some devices describe a backchannel only after their profile has
//! got an audio output and a decoder (ONVIF Streaming §5.3, Media §5.5, Media2 §5.3).

use crate::error::OnvifError;
use crate::limits::MAX_LOUDSPEAKERS;
use crate::request::{OnvifRequest, OnvifService};
use crate::xml::XmlNode;

/// A part of a profile that takes sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoudspeakerPart {
    /// The loudspeaker itself.
    Output,
    /// How sound for it is decoded.
    Decoder,
}

/// Asks which settings of this kind a profile can have. A device without a loudspeaker has none, or does not know the
/// question.
pub fn get_settings(service: OnvifService, part: LoudspeakerPart, profile: &str) -> OnvifRequest {
    use LoudspeakerPart::{Decoder, Output};
    let operation = match (service, part) {
        (OnvifService::Media2, Output) => "GetAudioOutputConfigurations",
        (OnvifService::Media2, Decoder) => "GetAudioDecoderConfigurations",
        (_, Output) => "GetCompatibleAudioOutputConfigurations",
        (_, Decoder) => "GetCompatibleAudioDecoderConfigurations",
    };
    OnvifRequest::new(service, operation).with("ProfileToken", profile)
}

/// Reads the answer: what the settings are called in requests.
pub fn parse_settings(answer: &[u8]) -> Result<Vec<String>, OnvifError> {
    const ANSWERS: [&str; 4] = [
        "GetAudioOutputConfigurationsResponse",
        "GetAudioDecoderConfigurationsResponse",
        "GetCompatibleAudioOutputConfigurationsResponse",
        "GetCompatibleAudioDecoderConfigurationsResponse",
    ];
    let mut read = Err(OnvifError::Unexpected("Configurations"));
    for name in ANSWERS {
        read = XmlNode::answer(answer, name);
        if !matches!(read, Err(OnvifError::Unexpected(_))) {
            break;
        }
    }
    let root = read?;
    let tokens = root.children("Configurations").filter_map(XmlNode::token);
    Ok(tokens.take(MAX_LOUDSPEAKERS).map(str::to_owned).collect())
}

/// Adds settings to a profile. Its other parts stay as they are.
pub fn add(
    service: OnvifService,
    part: LoudspeakerPart,
    profile: &str,
    settings: &str,
) -> OnvifRequest {
    use LoudspeakerPart::{Decoder, Output};
    let (operation, kind) = match (service, part) {
        (OnvifService::Media2, Output) => ("AddConfiguration", "AudioOutput"),
        (OnvifService::Media2, Decoder) => ("AddConfiguration", "AudioDecoder"),
        (_, Output) => ("AddAudioOutputConfiguration", ""),
        (_, Decoder) => ("AddAudioDecoderConfiguration", ""),
    };
    let request = OnvifRequest::new(service, operation).with("ProfileToken", profile);
    if kind.is_empty() {
        return request.with("ConfigurationToken", settings);
    }
    request
        .with_markup("<Configuration>")
        .with("Type", kind)
        .with("Token", settings)
        .with_markup("</Configuration>")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::parse_profiles;

    #[test]
    fn settings_of_both_services_are_read() {
        for name in [
            "GetCompatibleAudioOutputConfigurationsResponse",
            "GetAudioDecoderConfigurationsResponse",
        ] {
            let answer = format!(
                "<{name}><Configurations token=\"out_0\"><Name>Speaker</Name></Configurations>\
                 <Configurations/></{name}>"
            );
            assert_eq!(
                parse_settings(answer.as_bytes()),
                Ok(vec!["out_0".to_owned()])
            );
            let none = format!("<{name}/>");
            assert_eq!(parse_settings(none.as_bytes()), Ok(Vec::new()));
        }
        let many = "<Configurations token=\"a\"/>".repeat(1_000);
        let name = "GetAudioOutputConfigurationsResponse";
        let tokens = parse_settings(format!("<{name}>{many}</{name}>").as_bytes());
        assert_eq!(tokens.map(|it| it.len()), Ok(MAX_LOUDSPEAKERS));
        assert!(parse_settings(b"<html/>").is_err());
    }

    #[test]
    fn profiles_say_what_they_have_for_sound() {
        let first = "<Profiles token=\"a\"><Extension><AudioOutputConfiguration token=\"o\"/>\
                     <AudioDecoderConfiguration token=\"d\"/></Extension></Profiles><Profiles token=\"b\"/>";
        let second = "<Profiles token=\"a\"><Configurations><AudioOutput token=\"o\"/>\
                      <AudioDecoder token=\"d\"/></Configurations></Profiles>\
                      <Profiles token=\"b\"><Configurations/></Profiles>";
        for profiles in [first, second] {
            let answer = format!("<GetProfilesResponse>{profiles}</GetProfilesResponse>");
            let read = parse_profiles(answer.as_bytes()).expect("profiles");
            let told: Vec<_> = read
                .iter()
                .map(|it| (it.has_loudspeaker, it.has_decoder))
                .collect();
            assert_eq!(told, [(true, true), (false, false)], "{profiles}");
        }
    }

    #[test]
    fn additions_name_profile_and_settings_escaped() {
        let first = add(OnvifService::Media1, LoudspeakerPart::Output, "p<1", "o&1");
        let second = add(OnvifService::Media2, LoudspeakerPart::Decoder, "p", "d");

        let first = first.envelope("");
        assert!(
            first.contains("<ProfileToken>p&lt;1</ProfileToken>"),
            "{first}"
        );
        assert!(first.contains("<ConfigurationToken>o&amp;1</ConfigurationToken>"));
        let second = second.envelope("");
        let wanted = "<Configuration><Type>AudioDecoder</Type><Token>d</Token></Configuration>";
        assert!(second.contains(wanted), "{second}");
    }
}
