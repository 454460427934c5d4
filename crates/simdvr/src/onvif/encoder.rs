//! The settings of encoders: read, offered and changed over both media services. Like a real device, it
//! wants its own settings back whole.

use super::envelope::{SimFault, SoapCall};
use crate::clips;
use crate::config::ClipCodec;
use crate::shared::{Shared, split_number};

/// Something of the maker's own that a client must not lose.
const MAKERS: &str = "<x:Maker xmlns:x=\"urn:maker\" kept=\"1\"><x:Deep/></x:Maker>";
/// What every change has to hold.
const WHOLE: [&str; 5] = [
    "Name",
    "UseCount",
    "Resolution",
    "FrameRateLimit",
    "Quality",
];

/// What is inside the answer to a request about an encoder.
pub(super) fn answer(
    shared: &Shared,
    call: &SoapCall,
    is_second: bool,
) -> Result<String, SimFault> {
    let operation = call.operation.as_str();
    if operation == "SetVideoEncoderConfiguration" {
        return set(shared, call);
    }
    let token = call.text("ConfigurationToken").unwrap_or_default();
    let number = encoder_number(shared, &token)?;
    let codec = shared.codec(number).ok_or_else(no_config)?;
    let clip = clips::clip(0, number % 100 > 1, codec);
    let size = (clip.width, clip.height, clip.fps);
    let inside = settings(codec, size);
    match (operation, is_second) {
        ("GetVideoEncoderConfiguration", false) => Ok(format!(
            "<trt:Configuration token=\"{token}\">{inside}{MAKERS}</trt:Configuration>"
        )),
        ("GetVideoEncoderConfigurations", true) => Ok(format!(
            "<tr2:Configurations token=\"{token}\" GovLength=\"50\" Profile=\"Main\">{inside}{MAKERS}\
             </tr2:Configurations>"
        )),
        ("GetVideoEncoderConfigurationOptions", _) => Ok(options(size, is_second)),
        _ => Err(SimFault::unsupported()),
    }
}

/// The children of the settings of an encoder.
pub(super) fn settings(codec: ClipCodec, (width, height, fps): (u32, u32, u32)) -> String {
    let encoding = encoding(codec);
    format!(
        "<tt:Name>encoder</tt:Name><tt:UseCount>1</tt:UseCount><tt:Encoding>{encoding}</tt:Encoding>\
         <tt:Resolution><tt:Width>{width}</tt:Width><tt:Height>{height}</tt:Height></tt:Resolution>\
         <tt:Quality>4</tt:Quality><tt:RateControl><tt:FrameRateLimit>{fps}</tt:FrameRateLimit>\
         <tt:EncodingInterval>1</tt:EncodingInterval><tt:BitrateLimit>512</tt:BitrateLimit></tt:RateControl>"
    )
}

fn options((width, height, _): (u32, u32, u32), is_second: bool) -> String {
    let size = format!(
        "<tt:ResolutionsAvailable><tt:Width>{width}</tt:Width><tt:Height>{height}</tt:Height>\
         </tt:ResolutionsAvailable>"
    );
    if !is_second {
        return format!(
            "<trt:Options><tt:H264>{size}<tt:GovLengthRange><tt:Min>1</tt:Min><tt:Max>250</tt:Max>\
             </tt:GovLengthRange><tt:H264ProfilesSupported>Main</tt:H264ProfilesSupported></tt:H264>\
             </trt:Options>"
        );
    }
    let of = |encoding: &str| {
        format!(
            "<tr2:Options GovLengthRange=\"1 250\" ProfilesSupported=\"Main\">\
             <tt:Encoding>{encoding}</tt:Encoding>{size}</tr2:Options>"
        )
    };
    of("H264") + &of("H265")
}

fn set(shared: &Shared, call: &SoapCall) -> Result<String, SimFault> {
    let token = call.attribute("Configuration", "token").unwrap_or_default();
    let number = encoder_number(shared, &token)?;
    let (camera, kind) = split_number(number).ok_or_else(no_config)?;
    let encoding_wanted = call.text("Encoding").unwrap_or_default();
    let codecs = [ClipCodec::H264, ClipCodec::H265, ClipCodec::Jpeg];
    let codec = codecs
        .into_iter()
        .find(|it| encoding(*it) == encoding_wanted);
    let is_whole = WHOLE.iter().all(|name| call.text(name).is_some()) && call.holds(MAKERS);
    let Some(codec) = codec.filter(|_| is_whole) else {
        return Err(SimFault::sender(
            "ter:ConfigModify",
            "The configuration parameters are not possible to set",
        ));
    };
    shared.count(|stats| stats.settings_changed += 1);
    shared.change_camera(camera + 1, |state| state.codecs[kind] = Some(codec));
    Ok(String::new())
}

fn encoding(codec: ClipCodec) -> &'static str {
    match codec {
        ClipCodec::H264 => "H264",
        ClipCodec::H265 | ClipCodec::LargeH265 => "H265",
        ClipCodec::Jpeg => "JPEG",
    }
}

fn encoder_number(shared: &Shared, token: &str) -> Result<u32, SimFault> {
    let number = token
        .strip_prefix("Encoder_")
        .and_then(|it| it.parse().ok());
    let number = number.filter(|number| shared.codec(*number).is_some());
    number.ok_or_else(no_config)
}

fn no_config() -> SimFault {
    SimFault::sender(
        "ter:NoConfig",
        "The requested configuration indicated does not exist",
    )
}
