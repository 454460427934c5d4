//! One event of a recorder in its alert stream: XML, or JSON of newer firmware with the same names. Its time
//! is not parsed, because recorders' clocks and time zones are wrong too often.

use serde_json::Value;

use super::channel::ProxyChannel;
use super::error::IsapiError;
use super::xml::Element;
use crate::control::events::{EventKey, EventKind};
use crate::event_fold::EventSign;

/// Events of network cameras behind a recorder have its channel number and this.
const NETWORK_CHANNELS_FROM: u32 = 32;

/// `EventNotificationAlert`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventAlert {
    /// What happens, as the recorder spells it.
    pub event_type: String,
    /// Whether it happens; if not, it is over or never was.
    pub is_active: bool,
    /// Channel in the recorder's numbers for events ([`EventChannels::camera`]); `None` if it names none.
    pub channel: Option<u32>,
    /// Number of the alarm input.
    pub input: Option<u32>,
}

/// Names of the channel, in the order of trust. Recorders name some of them.
const CHANNEL_NAMES: [&str; 4] = [
    "channelID",
    "dynChannelID",
    "dynVideoInputChannelID",
    "videoInputChannelID",
];
const INPUT_NAMES: [&str; 2] = ["inputIOPortID", "dynInputIOPortID"];

impl EventAlert {
    /// Reads one event.
    pub fn parse(body: &[u8]) -> Result<EventAlert, IsapiError> {
        match body.trim_ascii_start().first() {
            Some(b'{') => EventAlert::parse_json(body),
            _ => EventAlert::parse_xml(body),
        }
    }

    fn parse_xml(body: &[u8]) -> Result<EventAlert, IsapiError> {
        let root = Element::read(body, &["EventNotificationAlert"])?;
        let number = |name: &&str| root.number_of(name).filter(|number| *number > 0);
        // Some firmware hides the type of an event that goes on (`duration`) one level deeper.
        let related = root
            .at(&["DurationList", "Duration"])
            .and_then(|duration| duration.text_of("relationEvent"));
        EventAlert::of(
            related.or_else(|| root.text_of("eventType")),
            root.text_of("eventState"),
            CHANNEL_NAMES.iter().find_map(number),
            INPUT_NAMES.iter().find_map(number),
        )
    }

    fn parse_json(body: &[u8]) -> Result<EventAlert, IsapiError> {
        let root: Value = serde_json::from_slice(body).map_err(|_| IsapiError::Malformed)?;
        let root = root.get("EventNotificationAlert").unwrap_or(&root);
        let text = |name: &str| root.get(name).and_then(Value::as_str);
        let number = |name: &&str| {
            let number = match root.get(*name)? {
                Value::String(text) => text.trim().parse().ok()?,
                number => u32::try_from(number.as_u64()?).ok()?,
            };
            Some(number).filter(|number| *number > 0)
        };
        EventAlert::of(
            text("eventType"),
            text("eventState"),
            CHANNEL_NAMES.iter().find_map(number),
            INPUT_NAMES.iter().find_map(number),
        )
    }

    fn of(
        event_type: Option<&str>,
        state: Option<&str>,
        channel: Option<u32>,
        input: Option<u32>,
    ) -> Result<EventAlert, IsapiError> {
        let event_type = event_type.map(str::trim).filter(|it| !it.is_empty());
        Ok(EventAlert {
            event_type: event_type.ok_or(IsapiError::Field("eventType"))?.to_owned(),
            // Without a state it is a single event.
            is_active: state.is_none_or(|state| !state.trim().eq_ignore_ascii_case("inactive")),
            channel,
            input,
        })
    }

    /// What it is about, in our words.
    pub fn key(&self, channels: &EventChannels) -> EventKey {
        use EventKind::{
            DiskError, DiskFull, Input, Intrusion, Line, Motion, Object, Other, Tamper, VideoLoss,
        };
        let kind = match self.event_type.to_ascii_lowercase().as_str() {
            "vmd" | "motion" | "motiondetection" | "pir" => Motion,
            "linedetection" | "linecrossing" => Line,
            "fielddetection" | "regionentrance" | "regionexiting" | "intrusion" => Intrusion,
            "facedetection" | "facesnap" | "vehicledetection" | "anpr" | "humanrecognition" => {
                Object
            }
            "tamperdetection" | "shelteralarm" | "scenechangedetection" | "defocus" => Tamper,
            "videoloss" => VideoLoss,
            "io" => Input,
            "diskfull" => DiskFull,
            "diskerror" | "diskunformat" => DiskError,
            _ => Other,
        };
        let input = self.input.map(|input| input.to_string());
        let word = match kind {
            Other | Object => self.event_type.as_str(),
            Input => input.as_deref().unwrap_or_default(),
            _ => "",
        };
        let is_recorders = matches!(kind, DiskFull | DiskError | Input);
        let camera = self.channel.filter(|_| !is_recorders);
        let camera = camera.and_then(|said| channels.camera(said));
        EventKey::new(camera.map(|camera| camera.to_string()), kind, word)
    }

    /// What is said about it.
    pub fn sign(&self) -> EventSign {
        match self.is_active {
            true => EventSign::Happens,
            false => EventSign::Ends,
        }
    }
}

/// What is needed to tell whose event it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventChannels {
    /// Channels of all cameras.
    pub cameras: Vec<u32>,
    /// Channels of the analog inputs, with and without a camera.
    pub inputs: Vec<u32>,
    /// Network cameras behind it, in its order.
    pub proxies: Vec<ProxyChannel>,
}

impl EventChannels {
    /// The channel of the camera that an event names.
    pub fn camera(&self, said: u32) -> Option<u32> {
        let of_network = match said.checked_sub(NETWORK_CHANNELS_FROM) {
            Some(number @ 1..) if !self.proxies.is_empty() => self.network_camera(number),
            _ => None,
        };
        of_network.or_else(|| self.cameras.contains(&said).then_some(said))
    }

    /// The n-th network camera. Recorders count them by the port that they say, by their channel behind
    /// the analog inputs, or in the order of their list.
    fn network_camera(&self, number: u32) -> Option<u32> {
        let mut ports: Vec<u32> = self
            .proxies
            .iter()
            .filter_map(|it| it.source_port)
            .collect();
        ports.sort_unstable();
        ports.dedup();
        // Most recorders say port 1 of every camera, which tells nothing.
        let is_telling = ports.len() == self.proxies.len() && ports.len() > 1;
        let by_port = self
            .proxies
            .iter()
            .find(|proxy| is_telling && proxy.source_port == Some(number));
        let first = self.proxies.iter().map(|proxy| proxy.channel).min()?;
        let n_before = self.inputs.iter().filter(|input| **input < first).count();
        let channel = u32::try_from(n_before).ok()?.checked_add(number)?;
        let by_channel = || self.proxies.iter().find(|proxy| proxy.channel == channel);
        let in_order = || self.proxies.get(number as usize - 1);
        let found = by_port.or_else(by_channel).or_else(in_order);
        found.map(|proxy| proxy.channel)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn alert(event_type: &str, more: &str) -> EventAlert {
        let body = format!(
            "<EventNotificationAlert version=\"2.0\"><channelID>1</channelID>{more}\
             <eventType>{event_type}</eventType></EventNotificationAlert>"
        );
        EventAlert::parse(body.as_bytes()).expect("an event")
    }

    fn proxy(channel: u32, source_port: Option<u32>) -> ProxyChannel {
        ProxyChannel {
            channel,
            name: String::new(),
            source_port,
        }
    }

    fn hybrid() -> EventChannels {
        EventChannels {
            cameras: vec![1, 2, 3, 4, 5, 6],
            inputs: vec![1, 2, 3, 4],
            proxies: vec![proxy(5, Some(1)), proxy(6, Some(1))],
        }
    }

    #[test]
    fn a_heartbeat_is_an_inactive_video_loss() {
        let body = include_bytes!("../../testdata/events/heartbeat.xml");

        let alert = EventAlert::parse(body).expect("an event");

        assert_eq!(alert.key(&hybrid()).kind, EventKind::VideoLoss);
        assert_eq!(alert.sign(), EventSign::Ends);
    }

    #[test]
    fn a_one_digit_zone_harms_no_event() {
        let body = include_bytes!("../../testdata/events/one_digit_zone.xml");

        let alert = EventAlert::parse(body).expect("an event");

        assert_eq!((alert.event_type.as_str(), alert.is_active), ("VMD", true));
    }

    #[test]
    fn a_duration_event_has_its_type_one_level_deeper() {
        let alert = EventAlert::parse(include_bytes!("../../testdata/events/duration.xml"));

        let alert = alert.expect("an event");
        assert_eq!(alert.event_type, "linedetection");
        assert_eq!(alert.key(&hybrid()).kind, EventKind::Line);
    }

    #[test]
    fn an_event_in_json_is_the_same_event() {
        let alert = EventAlert::parse(include_bytes!("../../testdata/events/motion.json"));

        let expected = EventAlert {
            event_type: "VMD".to_owned(),
            is_active: true,
            channel: Some(2),
            input: None,
        };
        assert_eq!(alert, Ok(expected));
        assert!(EventAlert::parse(b"{\"eventType\": 7}").is_err());
        assert!(EventAlert::parse(b"{").is_err());
    }

    #[test]
    fn channel_34_is_the_second_network_camera() {
        let nvr = EventChannels {
            cameras: vec![1, 2, 4],
            inputs: Vec::new(),
            proxies: vec![proxy(1, Some(1)), proxy(2, Some(1)), proxy(4, Some(1))],
        };
        assert_eq!((nvr.camera(34), nvr.camera(2)), (Some(2), Some(2)));
        assert_eq!((nvr.camera(36), nvr.camera(99)), (Some(4), None));

        // A hybrid counts its network cameras behind the analog ones.
        assert_eq!(
            (hybrid().camera(33), hybrid().camera(34)),
            (Some(5), Some(6))
        );
        assert_eq!((hybrid().camera(3), hybrid().camera(7)), (Some(3), None));

        // And this one by its ports.
        let by_port = EventChannels {
            cameras: vec![5, 9],
            inputs: vec![1, 2, 3, 4],
            proxies: vec![proxy(9, Some(1)), proxy(5, Some(2))],
        };
        assert_eq!((by_port.camera(33), by_port.camera(34)), (Some(9), Some(5)));
    }

    #[test]
    fn types_of_events_become_kinds_or_keep_their_word() {
        for (event_type, kind, word) in [
            ("VMD", EventKind::Motion, None),
            ("PIR", EventKind::Motion, None),
            ("linedetection", EventKind::Line, None),
            ("fielddetection", EventKind::Intrusion, None),
            ("regionEntrance", EventKind::Intrusion, None),
            ("regionExiting", EventKind::Intrusion, None),
            ("shelteralarm", EventKind::Tamper, None),
            ("tamperdetection", EventKind::Tamper, None),
            ("facedetection", EventKind::Object, Some("facedetection")),
            ("illaccess", EventKind::Other, Some("illaccess")),
            ("nicbroken", EventKind::Other, Some("nicbroken")),
            (
                "recordingfailure",
                EventKind::Other,
                Some("recordingfailure"),
            ),
        ] {
            let key = alert(event_type, "").key(&hybrid());
            assert_eq!(
                (key.kind, key.word.as_deref()),
                (kind, word),
                "{event_type}"
            );
            assert_eq!(key.camera.as_deref(), Some("1"));
        }
    }

    #[test]
    fn inputs_and_disks_belong_to_the_recorder() {
        let input = alert("IO", "<inputIOPortID>3</inputIOPortID>").key(&hybrid());
        let disk = alert("diskfull", "").key(&hybrid());

        assert_eq!((input.camera, input.word.as_deref()), (None, Some("3")));
        assert_eq!((disk.camera, disk.kind), (None, EventKind::DiskFull));
    }

    #[test]
    fn other_documents_are_not_events() {
        for body in [
            &b""[..],
            b"<html/>",
            b"[]",
            b"\xff\xd8\xff",
            b"<EventNotificationAlert/>",
        ] {
            assert!(EventAlert::parse(body).is_err(), "{}", body.escape_ascii());
        }
    }

    proptest! {
        #[test]
        fn any_channel_is_mapped_without_a_panic(
            said in any::<u32>(), inputs in prop::collection::vec(any::<u32>(), 0..9)
        ) {
            let channels = EventChannels { inputs, ..hybrid() };
            let _any = channels.camera(said);
        }
    }
}
