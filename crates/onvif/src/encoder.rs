//! The settings of an encoder, of both media services: read, changed to H.264 within the device's
//! capabilities, and written back whole. Unknown elements are written back unchanged.

mod markup;

use crate::error::OnvifError;
use crate::limits::MAX_SIZES;
use crate::media::{ProfileCodec, ProfileVideo, video};
use crate::request::{OnvifRequest, OnvifService};
use crate::xml::XmlNode;
use markup::ConfigurationMarkup;

/// Pictures from one key frame to the next where the device names none: two seconds for most cameras.
const USUAL_GROUP: u32 = 50;
/// Profiles of H.264, those first that browsers like best.
const PROFILES: [&str; 3] = ["Main", "High", "Baseline"];

/// The settings of an encoder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncoderSettings {
    /// What they say about the pictures.
    pub video: ProfileVideo,
    markup: ConfigurationMarkup,
}

/// What an encoder can do in H.264.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct H264Options {
    /// Sizes in pixels; nothing if the device does not say.
    pub sizes: Vec<(u32, u32)>,
    /// Fewest and most pictures from one key frame to the next.
    pub group: Option<(u32, u32)>,
    /// Profiles as the device spells them.
    pub profiles: Vec<String>,
}

/// Asks for the settings of an encoder.
pub fn get_settings(service: OnvifService, encoder: &str) -> OnvifRequest {
    let operation = match service {
        OnvifService::Media2 => "GetVideoEncoderConfigurations",
        _ => "GetVideoEncoderConfiguration",
    };
    OnvifRequest::new(service, operation).with("ConfigurationToken", encoder)
}

/// Reads the settings of an encoder from either media service.
pub fn parse_settings(answer: &[u8], encoder: &str) -> Result<EncoderSettings, OnvifError> {
    let read = |name| XmlNode::answer(answer, name);
    let root = match read("GetVideoEncoderConfigurationResponse") {
        Err(OnvifError::Unexpected(_)) => read("GetVideoEncoderConfigurationsResponse")?,
        other => other?,
    };
    let own = root
        .all()
        .iter()
        .find(|node| node.token() == Some(encoder))
        .ok_or(OnvifError::Field("Configuration"))?;
    Ok(EncoderSettings {
        video: video(own),
        markup: ConfigurationMarkup::find(answer, encoder)?,
    })
}

/// Asks what an encoder can do.
pub fn get_options(service: OnvifService, encoder: &str) -> OnvifRequest {
    OnvifRequest::new(service, "GetVideoEncoderConfigurationOptions")
        .with("ConfigurationToken", encoder)
}

/// Reads what an encoder can do in H.264, from either media service; `None` if it cannot do it.
pub fn parse_options(answer: &[u8]) -> Result<Option<H264Options>, OnvifError> {
    let answer = XmlNode::answer(answer, "GetVideoEncoderConfigurationOptionsResponse")?;
    let is_h264 = |node: &&XmlNode| {
        let encoding = node.text_of("Encoding").unwrap_or_default();
        ProfileCodec::named(encoding) == ProfileCodec::H264
    };
    // Media2 has a list of options, one for each codec; Media1 one, with a part for each codec.
    let second = answer.children("Options").find(is_h264);
    let Some(node) = second.or_else(|| answer.at(&["Options", "H264"])) else {
        return Ok(None);
    };
    let sizes = node.children("ResolutionsAvailable").filter_map(|size| {
        let size = (size.number_of("Width")?, size.number_of("Height")?);
        (size.0 > 0 && size.1 > 0).then_some(size)
    });
    let range = node.child("GovLengthRange");
    let of_range = |name| range?.number_of(name);
    let in_attribute = || {
        let mut numbers = node.attribute("GovLengthRange")?.split_whitespace();
        Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
    };
    let listed = node.children("H264ProfilesSupported");
    let listed = listed.filter_map(XmlNode::own_text);
    let in_attribute_too = node.attribute("ProfilesSupported").unwrap_or_default();
    Ok(Some(H264Options {
        sizes: sizes.take(MAX_SIZES).collect(),
        group: of_range("Min")
            .zip(of_range("Max"))
            .or_else(in_attribute)
            .filter(|(least, most)| least <= most),
        profiles: listed
            .chain(in_attribute_too.split_whitespace())
            .take(MAX_SIZES)
            .map(str::to_owned)
            .collect(),
    }))
}

impl EncoderSettings {
    /// The picture after [`EncoderSettings::set_h264`]: in the nearest size that the encoder has for it.
    pub fn as_h264(&self, options: &H264Options) -> ProfileVideo {
        let now = (self.video.width, self.video.height);
        let pixels = |(width, height): (u32, u32)| u64::from(width) * u64::from(height);
        let smaller = options.sizes.iter().copied();
        let smaller = smaller.filter(|size| pixels(*size) <= pixels(now));
        let size = if options.sizes.is_empty() || options.sizes.contains(&now) {
            Some(now)
        } else {
            let smallest = || options.sizes.iter().copied().min_by_key(|it| pixels(*it));
            smaller.max_by_key(|it| pixels(*it)).or_else(smallest)
        };
        let (width, height) = size.unwrap_or(now);
        ProfileVideo {
            codec: ProfileCodec::H264,
            width,
            height,
            ..self.video.clone()
        }
    }

    /// Changes the settings to H.264; everything else stays.
    pub fn set_h264(&self, service: OnvifService, options: &H264Options) -> OnvifRequest {
        let wanted = self.as_h264(options);
        let mut markup = self.markup.clone();
        markup.set_text(&["Encoding"], "H264");
        markup.set_text(&["Resolution", "Width"], &wanted.width.to_string());
        markup.set_text(&["Resolution", "Height"], &wanted.height.to_string());
        let request = OnvifRequest::new(service, "SetVideoEncoderConfiguration");
        if service == OnvifService::Media2 {
            let profile = options.profile(markup.attribute("Profile"));
            markup.set_attribute("Profile", &profile);
            let group = markup.attribute("GovLength").and_then(|it| it.parse().ok());
            if let Some(group) = group {
                markup.set_attribute("GovLength", &options.group(group).to_string());
            }
            return request.with_markup(&markup.element(service));
        }
        for other in ["H265", "MPEG4"] {
            markup.remove(&[other]);
        }
        if !markup.has(&["H264"]) {
            let group = match self.video.frame_rate {
                0 => USUAL_GROUP,
                rate => rate.saturating_mul(2),
            };
            let parts = [
                ("GovLength", options.group(group).to_string()),
                ("H264Profile", options.profile(None)),
            ];
            // In the order of the schema; not every device has all of them.
            let before = ["RateControl", "Quality", "Resolution", "Encoding"];
            let before = before.into_iter().find(|it| markup.has(&[it]));
            markup.insert_after(&[before.unwrap_or_default()], "H264", &parts);
        }
        let configuration = markup.element(service);
        request.with_markup(&format!(
            "{configuration}<ForcePersistence>true</ForcePersistence>"
        ))
    }
}

impl H264Options {
    /// The present profile if it is one of H.264 that the device has, else the best of those.
    fn profile(&self, now: Option<&str>) -> String {
        let has = |name: &&str| self.profiles.iter().any(|it| it == name);
        let kept = now.filter(has);
        let best = || PROFILES.into_iter().find(|name| has(name));
        let any = || self.profiles.first().map(String::as_str);
        let profile = kept.or_else(best).or_else(any);
        profile.unwrap_or(PROFILES[0]).to_owned()
    }

    fn group(&self, wanted: u32) -> u32 {
        match self.group {
            Some((least, most)) => wanted.clamp(least, most),
            None => wanted,
        }
    }
}

#[cfg(test)]
mod tests;
