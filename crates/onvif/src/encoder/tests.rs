//! Settings of encoders as devices send them, changed and read back.

use proptest::prelude::*;

use super::*;

/// As Profile T firmware sends them: prefixes declared far outside, attributes, and an extension of the maker.
const SECOND: &str = "<?xml version=\"1.0\"?>\n<env:Envelope xmlns:env=\"http://www.w3.org/2003/05/soap-envelope\" \
    xmlns:tr2=\"http://www.onvif.org/ver20/media/wsdl\" xmlns:tt=\"http://www.onvif.org/ver10/schema\">\
    <env:Body><tr2:GetVideoEncoderConfigurationsResponse>\
    <tr2:Configurations token=\"other\"><tt:Encoding>H265</tt:Encoding></tr2:Configurations>\
    <tr2:Configurations token=\"ve2\" GovLength=\"500\" Profile='Main10' AnchorFrameDistance=\"1\">\
    <tt:Name>sub</tt:Name><tt:UseCount>1</tt:UseCount><tt:Encoding>H265</tt:Encoding>\
    <tt:Resolution><tt:Width>640</tt:Width><tt:Height>480</tt:Height></tt:Resolution>\
    <tt:RateControl ConstantBitRate=\"false\"><tt:FrameRateLimit>12.5</tt:FrameRateLimit>\
    <tt:BitrateLimit>512</tt:BitrateLimit></tt:RateControl><tt:Quality>3</tt:Quality>\
    <x:Maker xmlns:x=\"urn:x\" on=\"1\"><x:Deep/></x:Maker>\
    </tr2:Configurations></tr2:GetVideoEncoderConfigurationsResponse></env:Body></env:Envelope>";

const SECOND_OPTIONS: &str = "<s:Envelope xmlns:s=\"x\"><s:Body><GetVideoEncoderConfigurationOptionsResponse>\
    <Options GovLengthRange=\"1 400\" ProfilesSupported=\"Main\"><Encoding>H265</Encoding></Options>\
    <Options GovLengthRange=\"1 250\" ProfilesSupported=\"Baseline High\"><Encoding>H264</Encoding>\
    <ResolutionsAvailable><Width>704</Width><Height>576</Height></ResolutionsAvailable>\
    <ResolutionsAvailable><Width>640</Width><Height>360</Height></ResolutionsAvailable>\
    <ResolutionsAvailable><Width>320</Width><Height>240</Height></ResolutionsAvailable></Options>\
    </GetVideoEncoderConfigurationOptionsResponse></s:Body></s:Envelope>";

/// As a camera of Profile S with JPEG sends them, without a prefix.
const FIRST: &str = "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Body>\
    <GetVideoEncoderConfigurationResponse xmlns=\"http://www.onvif.org/ver10/media/wsdl\">\
    <Configuration token=\"ve1\"><a:Name xmlns:a=\"http://www.onvif.org/ver10/schema\">x</a:Name>\
    <a:Encoding xmlns:a=\"http://www.onvif.org/ver10/schema\">JPEG</a:Encoding>\
    <Resolution xmlns=\"http://www.onvif.org/ver10/schema\"><Width>640</Width><Height>480</Height></Resolution>\
    <RateControl xmlns=\"http://www.onvif.org/ver10/schema\"><FrameRateLimit>15</FrameRateLimit></RateControl>\
    </Configuration></GetVideoEncoderConfigurationResponse></s:Body></s:Envelope>";

fn second() -> (EncoderSettings, H264Options) {
    let settings = parse_settings(SECOND.as_bytes(), "ve2").expect("settings");
    let options = parse_options(SECOND_OPTIONS.as_bytes()).expect("options");
    (settings, options.expect("H.264"))
}

#[test]
fn settings_are_written_back_whole_within_the_encoders_limits() {
    let (settings, options) = second();

    let request = settings.set_h264(OnvifService::Media2, &options);

    let envelope = request.envelope("");
    let inside = SECOND
        .split_once("AnchorFrameDistance=\"1\">")
        .and_then(|(_, rest)| rest.split_once("</tr2:Configurations>"))
        .expect("the element")
        .0;
    let expected = inside.replace(">H265<", ">H264<").replace(">480<", ">360<");
    assert!(envelope.contains(&expected), "{envelope}");
    for part in [
        "token=\"ve2\" GovLength=\"250\" Profile=\"High\" AnchorFrameDistance=\"1\"",
        "xmlns:tt=\"http://www.onvif.org/ver10/schema\"",
        "<peerview:Configuration xmlns:peerview=\"http://www.onvif.org/ver20/media/wsdl\"",
    ] {
        assert!(envelope.contains(part), "{part}: {envelope}");
    }
    XmlNode::read(envelope.as_bytes()).expect("well-formed");
    let after = settings.as_h264(&options);
    assert_eq!(
        (after.codec, after.width, after.height),
        (ProfileCodec::H264, 640, 360)
    );
}

#[test]
fn the_first_service_gets_the_part_for_h264() {
    let settings = parse_settings(FIRST.as_bytes(), "ve1").expect("settings");
    let options = H264Options {
        group: Some((1, 20)),
        ..H264Options::default()
    };

    let envelope = settings
        .set_h264(OnvifService::Media1, &options)
        .envelope("");

    let part = "<H264><GovLength>20</GovLength><H264Profile>Main</H264Profile></H264>";
    assert!(envelope.contains(part), "{envelope}");
    assert!(envelope.contains(">H264</a:Encoding>"), "{envelope}");
    assert!(envelope.contains("<ForcePersistence>true</ForcePersistence>"));
    XmlNode::read(envelope.as_bytes()).expect("well-formed");
}

#[test]
fn an_encoder_without_h264_has_no_options_for_it() {
    let answer = SECOND_OPTIONS.replace("<Encoding>H264", "<Encoding>JPEG");

    assert_eq!(parse_options(answer.as_bytes()), Ok(None));
    let first = "<GetVideoEncoderConfigurationOptionsResponse><Options><QualityRange/><H264>\
        <ResolutionsAvailable><Width>640</Width><Height>480</Height></ResolutionsAvailable>\
        <GovLengthRange><Min>1</Min><Max>100</Max></GovLengthRange>\
        <H264ProfilesSupported>Baseline</H264ProfilesSupported></H264></Options>\
        </GetVideoEncoderConfigurationOptionsResponse>";
    let options = parse_options(first.as_bytes())
        .expect("options")
        .expect("H.264");
    assert_eq!(options.sizes, [(640, 480)]);
    assert_eq!(options.group, Some((1, 100)));
    assert_eq!(options.profiles, ["Baseline"]);
}

#[test]
fn settings_of_another_encoder_are_not_taken() {
    for answer in [SECOND, FIRST, "", "<a/>"] {
        assert!(parse_settings(answer.as_bytes(), "ve3").is_err());
    }
}

proptest! {
    #[test]
    fn any_settings_give_a_request_that_can_be_read(
        attribute in "[a-z<>&'é ]{0,8}", text in "[a-z]{0,8}", encoding in "[A-Z0-9]{0,5}",
    ) {
        let attribute = quick_xml::escape::escape(attribute.as_str()).into_owned();
        let answer = format!(
            "<GetVideoEncoderConfigurationResponse><Configuration token='t' a='{attribute}\"'>\
             <Name>{text}</Name><Encoding>{encoding}</Encoding><RateControl/></Configuration>\
             </GetVideoEncoderConfigurationResponse>"
        );
        if let Ok(settings) = parse_settings(answer.as_bytes(), "t") {
            for service in [OnvifService::Media1, OnvifService::Media2] {
                let request = settings.set_h264(service, &H264Options::default());
                prop_assert!(XmlNode::read(request.envelope("").as_bytes()).is_ok());
            }
        }
    }

    #[test]
    fn no_bytes_cause_a_panic_in_the_encoder_parsers(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let _any_settings = parse_settings(&bytes, "t");
        let _any_options = parse_options(&bytes);
    }
}
