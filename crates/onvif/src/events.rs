//! Events by pull point (ONVIF Core §9.1): a subscription at the device, which is polled for new events.
//! Notifications are mapped by meaning, because every vendor names them differently.

use std::time::Duration;

use quick_xml::NsReader;
use quick_xml::events::Event;
use quick_xml::name::ResolveResult;

use crate::clock::parse_written;
use crate::error::OnvifError;
use crate::limits::{MAX_MESSAGES, MAX_REFERENCE_PARAMETERS, MAX_TOPIC_BYTES, MAX_WORD_BYTES};
use crate::request::{OnvifRequest, OnvifService};
use crate::xml::{XmlNode, escaped};

const ADDRESSING: &str = "http://www.w3.org/2005/08/addressing";
const NOTIFICATION: &str = "http://docs.oasis-open.org/wsn/b-2";
const MANAGER: &str = "http://docs.oasis-open.org/wsn/bw-2/SubscriptionManager";
const PORT: &str = "http://www.onvif.org/ver10/events/wsdl";
/// Lifetimes of a subscription that are believed; shorter ones could not be kept up, longer ones not be missed.
const LIFETIMES: (i64, i64) = (10, 3_600);
/// For devices that tell no usable lifetime.
const UNTOLD_LIFETIME: i64 = 60;
/// Messages requested at a time.
const MESSAGE_LIMIT: usize = 64;

/// A subscription at a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullPoint {
    /// Where it is asked, as the device says it; it may not know its own host.
    pub address: String,
    /// How long it lives from now on. Both of its times are the device's, so its clock does not matter.
    pub lifetime: Duration,
    /// Elements that every request to it has to repeat in its header, as Axis tells its subscriptions
    /// apart: namespace, name, text.
    parameters: Vec<(String, String, String)>,
}

/// Subscribes to everything.
pub fn create_pull_point(lifetime: Duration) -> OnvifRequest {
    let request = OnvifRequest::new(OnvifService::Events, "CreatePullPointSubscription");
    let action = format!("{PORT}/EventPortType/CreatePullPointSubscriptionRequest");
    let header = addressed(&action, None);
    request
        .with("InitialTerminationTime", &span(lifetime))
        .with_header(&action, &header)
}

/// The same for firmware that does not understand a span, and takes its own.
pub fn create_pull_point_plain() -> OnvifRequest {
    OnvifRequest::new(OnvifService::Events, "CreatePullPointSubscription")
}

impl PullPoint {
    /// Reads the answer to either.
    pub fn parse(answer: &[u8]) -> Result<PullPoint, OnvifError> {
        let node = XmlNode::answer(answer, "CreatePullPointSubscriptionResponse")?;
        let reference = node
            .child("SubscriptionReference")
            .ok_or(OnvifError::Field("SubscriptionReference"))?;
        let address = reference
            .text_of("Address")
            .ok_or(OnvifError::Field("Address"))?;
        Ok(PullPoint {
            address: address.to_owned(),
            lifetime: lifetime(&node),
            parameters: reference_parameters(&String::from_utf8_lossy(answer)),
        })
    }

    /// Asks for what has happened. The device answers at once if something has, otherwise after `wait`.
    pub fn pull_messages(&self, wait: Duration) -> OnvifRequest {
        let request = OnvifRequest::new(OnvifService::Events, "PullMessages")
            .with("Timeout", &span(wait))
            .with("MessageLimit", &MESSAGE_LIMIT.to_string());
        self.addressed(
            request,
            &format!("{PORT}/PullPointSubscription/PullMessagesRequest"),
        )
    }

    /// Asks that it lives longer.
    pub fn renew(&self, lifetime: Duration) -> OnvifRequest {
        let request = OnvifRequest::new(OnvifService::Events, "Renew")
            .in_namespace(NOTIFICATION)
            .with("TerminationTime", &span(lifetime));
        self.addressed(request, &format!("{MANAGER}/RenewRequest"))
    }

    /// Reads how long it lives after [`PullPoint::renew`].
    pub fn parse_renewed(answer: &[u8]) -> Result<Duration, OnvifError> {
        XmlNode::answer(answer, "RenewResponse").map(|node| lifetime(&node))
    }

    /// Ends it.
    pub fn unsubscribe(&self) -> OnvifRequest {
        let request =
            OnvifRequest::new(OnvifService::Events, "Unsubscribe").in_namespace(NOTIFICATION);
        self.addressed(request, &format!("{MANAGER}/UnsubscribeRequest"))
    }

    fn addressed(&self, request: OnvifRequest, action: &str) -> OnvifRequest {
        let mut header = addressed(action, Some(&self.address));
        for (namespace, name, text) in &self.parameters {
            header.push_str(&format!(
                "<r:{name} xmlns:r=\"{}\" xmlns:a=\"{ADDRESSING}\" a:IsReferenceParameter=\"true\">{}</r:{name}>",
                escaped(namespace),
                escaped(text)
            ));
        }
        request.with_header(action, &header)
    }
}

/// The header of WS-Addressing, which devices with many subscriptions go by.
fn addressed(action: &str, to: Option<&str>) -> String {
    let to = to.map_or_else(String::new, |to| {
        format!("<To xmlns=\"{ADDRESSING}\">{}</To>", escaped(to))
    });
    format!("<Action xmlns=\"{ADDRESSING}\">{action}</Action>{to}")
}

/// A span of XML Schema.
fn span(span: Duration) -> String {
    format!("PT{}S", span.as_secs())
}

fn lifetime(node: &XmlNode) -> Duration {
    let time = |name| parse_written(node.text_of(name)?);
    let told = time("TerminationTime").zip(time("CurrentTime"));
    let told = told.and_then(|(end, now)| end.checked_sub(now));
    let seconds = told
        .filter(|seconds| *seconds > 0)
        .unwrap_or(UNTOLD_LIFETIME);
    let seconds = seconds.clamp(LIFETIMES.0, LIFETIMES.1);
    Duration::from_secs(u64::try_from(seconds).unwrap_or_default())
}

/// The children of `ReferenceParameters` with a text and a name that can be written again.
fn reference_parameters(text: &str) -> Vec<(String, String, String)> {
    let mut reader = NsReader::from_str(text);
    reader.config_mut().allow_dangling_amp = true;
    let mut found: Vec<(String, String, String)> = Vec::new();
    // How deep below it the reader is; 0 is outside.
    let mut depth = 0_usize;
    while let Ok((namespace, event)) = reader.read_resolved_event() {
        match event {
            Event::Start(tag) if depth == 0 => {
                depth = usize::from(tag.local_name().as_ref() == "ReferenceParameters");
            }
            Event::Start(tag) => {
                depth += 1;
                if depth == 2 && found.len() < MAX_REFERENCE_PARAMETERS {
                    let namespace = match namespace {
                        ResolveResult::Bound(namespace) => namespace.as_ref().to_owned(),
                        _ => String::new(),
                    };
                    let name = tag.local_name().as_ref().to_owned();
                    found.push((namespace, name, String::new()));
                }
            }
            Event::Text(inside) if depth == 2 => {
                if let Some((_, _, text)) = found.last_mut() {
                    text.push_str(inside.xml10_content().trim());
                }
            }
            Event::End(_) if depth == 1 => break,
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::Eof => break,
            _ => {}
        }
    }
    let is_plain = |name: &str| {
        name.chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
            && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
    };
    found.retain(|(namespace, name, text)| {
        let is_short = |it: &str| it.len() <= MAX_WORD_BYTES;
        is_plain(name)
            && [namespace, name, text].into_iter().all(|it| is_short(it))
            && !namespace.is_empty()
    });
    found
}

/// What happens, whatever a maker calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnvifTopic {
    /// Something moves.
    Motion,
    /// Something crosses a line.
    Line,
    /// Something is in an area.
    Intrusion,
    /// A person, a vehicle or an animal is seen.
    Object,
    /// The camera is covered, turned, blinded or out of focus.
    Tamper,
    /// There is no picture.
    VideoLoss,
    /// An input is on.
    Input,
    /// A disk fails.
    DiskError,
    /// Something else that is on or off.
    Other,
}

/// One notification that is about something happening.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnvifNotification {
    /// What happens.
    pub topic: OnvifTopic,
    /// The last part of the topic, as the device spells it.
    pub word: String,
    /// Tokens by which it names the camera or the input.
    pub sources: Vec<String>,
    /// Whether it happens; `None` if it is over at once.
    pub is_on: Option<bool>,
}

/// Reads what has happened. Notifications about nothing that begins or ends are left out.
pub fn parse_messages(answer: &[u8]) -> Result<Vec<OnvifNotification>, OnvifError> {
    let answer = XmlNode::answer(answer, "PullMessagesResponse")?;
    let messages = answer.children("NotificationMessage").take(MAX_MESSAGES);
    Ok(messages.filter_map(notification).collect())
}

fn notification(node: &XmlNode) -> Option<OnvifNotification> {
    let topic = node.text_of("Topic")?;
    if topic.len() > MAX_TOPIC_BYTES {
        return None;
    }
    // Each part may have its own prefix.
    let parts: Vec<&str> = topic
        .split('/')
        .map(|part| part.rsplit(':').next().unwrap_or(part).trim())
        .collect();
    let message = node
        .at(&["Message", "Message"])
        .or_else(|| node.child("Message"))?;
    let items = |name: &str| message.child(name).map_or(&[][..], XmlNode::all);
    let is_on = items("Data").iter().find_map(state);
    let is_over = message.attribute("PropertyOperation") == Some("Deleted");
    let is_on = if is_over { Some(false) } else { is_on };
    let kind = kind(&parts, is_on.is_some())?;
    let sources = items("Source")
        .iter()
        .filter_map(|item| item.attribute("Value"));
    Some(OnvifNotification {
        topic: kind,
        word: (*parts.last()?).to_owned(),
        sources: sources
            .filter(|it| !it.is_empty())
            .map(str::to_owned)
            .collect(),
        is_on,
    })
}

/// Whether an item of data says that something is on or off.
fn state(item: &XmlNode) -> Option<bool> {
    let name = item.attribute("Name")?;
    let is_state = [
        "State",
        "LogicalState",
        "Failed",
        "Active",
        "Alarm",
        "Value",
    ]
    .iter()
    .any(|known| name.eq_ignore_ascii_case(known));
    if !is_state && !name.to_ascii_lowercase().starts_with("is") {
        return None;
    }
    match item
        .attribute("Value")?
        .trim()
        .to_ascii_lowercase()
        .as_str()
    {
        "true" | "1" | "on" | "active" => Some(true),
        "false" | "0" | "off" | "inactive" => Some(false),
        _ => None,
    }
}

/// What a topic is about; nothing if it is about the device's own affairs.
fn kind(parts: &[&str], has_state: bool) -> Option<OnvifTopic> {
    let path = parts.join("/").to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| path.contains(word));
    // Relays are outputs, which somebody switches; the others are statistics and settings.
    if has(&[
        "trigger/relay",
        "monitoring/",
        "recordingconfig/",
        "configuration/",
        "operationmode",
    ]) {
        return None;
    }
    let known = if has(&["linedetector", "linecross", "crossed", "tripwire"]) {
        OnvifTopic::Line
    } else if has(&["fielddetector", "intrusion", "objectsinside", "loitering"]) {
        OnvifTopic::Intrusion
    } else if has(&[
        "people",
        "person",
        "human",
        "facedetect",
        "/face",
        "vehicle",
        "dogcat",
        "animal",
        "pet",
    ]) {
        OnvifTopic::Object
    } else if has(&["tamper", "globalscenechange", "imagetoo", "defocus"]) {
        OnvifTopic::Tamper
    } else if has(&["signalloss", "videoloss", "videolost"]) {
        OnvifTopic::VideoLoss
    } else if has(&["motion"]) {
        OnvifTopic::Motion
    } else if has(&["digitalinput"]) {
        OnvifTopic::Input
    } else if has(&["storagefailure", "harddisk"]) {
        OnvifTopic::DiskError
    } else {
        OnvifTopic::Other
    };
    // Only what is seen in a picture happens without a state.
    let may_lack_state = matches!(
        known,
        OnvifTopic::Line | OnvifTopic::Intrusion | OnvifTopic::Object | OnvifTopic::Motion
    );
    (has_state || may_lack_state).then_some(known)
}
