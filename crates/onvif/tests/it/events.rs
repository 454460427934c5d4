//! Pull points and notifications of each maker, image settings, and relays.

use std::time::Duration;

use onvif::events::{OnvifNotification, OnvifTopic, PullPoint, parse_messages};
use onvif::imaging::{self, ImagingSettings, IrCutFilter, NumberRange};
use onvif::{OnvifService, relays};

use crate::fixture;

fn messages(path: &str) -> Vec<OnvifNotification> {
    parse_messages(&fixture(path)).expect(path)
}

#[test]
fn a_subscription_of_axis_is_named_in_every_header() {
    let point = PullPoint::parse(&fixture("axis-p1375-v10.12/pull_point.xml")).expect("a point");
    assert_eq!(point.lifetime, Duration::from_secs(600));
    assert_eq!(point.address, "http://192.168.0.90/onvif/services");

    for request in [
        point.pull_messages(Duration::from_secs(5)),
        point.renew(Duration::from_secs(600)),
        point.unsubscribe(),
    ] {
        let text = request.envelope("");
        assert!(text.contains("<r:SubscriptionId xmlns:r=\"http://www.axis.com/2009/event\""));
        assert!(text.contains(">17</r:SubscriptionId>"), "{text}");
        assert!(text.contains(">http://192.168.0.90/onvif/services</To>"));
    }
    let text = point.renew(Duration::from_secs(600)).envelope("");
    assert!(
        text.contains("<Renew xmlns=\"http://docs.oasis-open.org/wsn/b-2\">"),
        "{text}"
    );
    assert!(text.contains("<TerminationTime>PT600S</TerminationTime>"));
}

#[test]
fn lifetimes_do_not_depend_on_the_devices_clock() {
    let path = "hikvision-ds2de3304w-v5.5/pull_point.xml";
    let told = String::from_utf8(fixture(path)).expect("text");

    for (end, seconds) in [
        ("2022-01-05T18:01:00Z", 60),
        ("2022-01-05T19:01:00+01:00", 60),
        ("2022-01-05T18:00:01Z", 10),
        ("2032-01-05T18:00:01Z", 3_600),
        ("2012-01-05T18:00:01Z", 60),
        ("soon", 60),
    ] {
        let answer = told.replace("2022-01-05T18:01:00Z", end);
        let point = PullPoint::parse(answer.as_bytes()).expect("a point");
        assert_eq!(point.lifetime, Duration::from_secs(seconds), "{end}");
    }
}

#[test]
fn hostile_parts_of_an_address_end_no_header() {
    let told = String::from_utf8(fixture("axis-p1375-v10.12/pull_point.xml")).expect("text");
    let hostile = told
        .replace(">17<", ">&lt;/s:Header&gt;<")
        .replace("onvif/services", "&quot;&gt;&lt;/To&gt;");
    let many = told.replace(
        "</wsa5:ReferenceParameters>",
        &format!(
            "{}</wsa5:ReferenceParameters>",
            "<x:y xmlns:x=\"urn:x\">1</x:y>".repeat(99)
        ),
    );

    for answer in [hostile, many] {
        let point = PullPoint::parse(answer.as_bytes()).expect("a point");
        let text = point.unsubscribe().envelope("");
        assert_eq!(onvif::ptz::parse_done(text.as_bytes()), Ok(()), "{text}");
        assert_eq!(text.matches("</s:Header>").count(), 1);
        assert!(text.len() < 4_000, "{}", text.len());
    }
}

#[test]
fn notifications_of_each_vendor_have_the_same_meaning() {
    let told = |path| -> Vec<(OnvifTopic, String, Option<bool>)> {
        let read = messages(path).into_iter();
        read.map(|it| (it.topic, it.word, it.is_on)).collect()
    };
    let word = str::to_owned;

    assert_eq!(
        told("hikvision-ds2de3304w-v5.5/messages.xml"),
        [
            (OnvifTopic::Motion, word("Motion"), Some(true)),
            (OnvifTopic::Input, word("DigitalInput"), Some(false)),
        ]
    );
    assert_eq!(
        told("tplink-tapoc200-v1.3/messages.xml"),
        [
            (OnvifTopic::Object, word("People"), Some(true)),
            (OnvifTopic::Line, word("LineCross"), Some(false)),
            (OnvifTopic::Tamper, word("Tamper"), Some(false)),
        ]
    );
    assert_eq!(
        told("dahua-nvr4104-v3.216/messages.xml"),
        [
            (OnvifTopic::Motion, word("MotionAlarm"), Some(true)),
            (OnvifTopic::Line, word("Crossed"), None),
        ]
    );
}

#[test]
fn every_dahua_alarm_is_received_over_onvif() {
    let told = messages("dahua-nvr4104-v3.216/alarms.xml");

    let told: Vec<(OnvifTopic, &str, Option<bool>)> = told
        .iter()
        .map(|it| (it.topic, it.sources[0].as_str(), it.is_on))
        .collect();
    let expected = [
        (OnvifTopic::Motion, "00000"),
        (OnvifTopic::Intrusion, "00000"),
        (OnvifTopic::Tamper, "00000"),
        (OnvifTopic::VideoLoss, "00003"),
        (OnvifTopic::Input, "00000"),
        (OnvifTopic::DiskError, "0"),
    ];
    assert_eq!(
        told,
        expected.map(|(topic, source)| (topic, source, Some(true)))
    );
}

#[test]
fn a_notification_names_its_camera_or_input() {
    let hikvision = messages("hikvision-ds2de3304w-v5.5/messages.xml");
    let dahua = messages("dahua-nvr4104-v3.216/messages.xml");

    assert_eq!(hikvision[0].sources[0], "VideoSourceToken");
    assert_eq!(hikvision[1].sources, ["AlarmIn_1"]);
    assert_eq!(dahua[0].sources, ["00002"]);
}

#[test]
fn options_without_a_range_are_none() {
    let options = imaging::parse_options(&fixture("axis-p1375-v10.12/imaging_options.xml"));

    let options = options.expect("options");
    let range = NumberRange {
        min: -1.0,
        max: 1.0,
    };
    assert_eq!((options.contrast, options.sharpness), (Some(range), None));
    assert_eq!(
        options.filters,
        [IrCutFilter::On, IrCutFilter::Off, IrCutFilter::Auto]
    );
    assert!(options.has_wdr);
}

#[test]
fn only_changed_image_settings_are_sent_in_order() {
    let change = ImagingSettings {
        brightness: Some(20.0),
        filter: Some(IrCutFilter::Off),
        wdr: Some(false),
        ..ImagingSettings::default()
    };

    let text = imaging::set_settings("<s>", &change).envelope("");

    let parts = [
        "&lt;s&gt;",
        ">20.00<",
        ">OFF<",
        "<Mode>OFF<",
        "ForcePersistence",
    ];
    let places: Vec<_> = parts.iter().map(|part| text.find(part)).collect();
    assert!(places.is_sorted() && places[0].is_some(), "{text}");
    assert!(!text.contains("Contrast"));
    let relay = relays::set_relay_output(OnvifService::DeviceIo, "<r>", true).envelope("");
    assert!(
        relay.contains("<RelayOutputToken>&lt;r&gt;</RelayOutputToken>"),
        "{relay}"
    );
    assert!(relay.contains("<LogicalState>active</LogicalState>"));
}

#[test]
fn no_number_of_a_device_is_endless() {
    for (text, expected) in [
        ("inf", None),
        ("NaN", None),
        ("1e300", None),
        ("12.5", Some(12.5)),
    ] {
        let answer = format!(
            "<GetImagingSettingsResponse><ImagingSettings><Contrast>{text}</Contrast></ImagingSettings>\
             </GetImagingSettingsResponse>"
        );
        let settings = imaging::parse_settings(answer.as_bytes()).expect("settings");
        assert_eq!(settings.contrast, expected, "{text}");
    }
}
