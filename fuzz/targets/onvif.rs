//! What an ONVIF device on the LAN answers, and what anybody answers to a search.

use std::net::IpAddr;

use onvif::device::{DeviceInformation, ServiceAddresses};
use onvif::discovery::LanDevices;
use onvif::events::{PullPoint, parse_messages};
use onvif::ptz::PtzNode;
use onvif::{OnvifService, clock, encoder, imaging, loudspeaker, media, ptz, relays};

/// Every reader of answers takes any bytes.
pub(crate) fn onvif_answers(data: &[u8]) {
    let _any_results = (
        DeviceInformation::parse(data),
        ServiceAddresses::parse_services(data),
        ServiceAddresses::parse_capabilities(data),
        media::parse_profiles(data),
        media::parse_stream_uri(data),
        media::parse_snapshot_uri(data),
        PtzNode::parse(data),
        ptz::parse_presets(data),
        ptz::parse_done(data),
        imaging::parse_move_options(data),
        imaging::parse_settings(data),
        imaging::parse_options(data),
        relays::parse_relay_outputs(data),
        parse_messages(data),
        PullPoint::parse_renewed(data),
    );
    let _any_tokens = loudspeaker::parse_settings(data);
    let options = encoder::parse_options(data)
        .ok()
        .flatten()
        .unwrap_or_default();
    for token in ["ve1", "ve2"] {
        if let Ok(settings) = encoder::parse_settings(data, token) {
            for service in [OnvifService::Media1, OnvifService::Media2] {
                let request = settings.set_h264(service, &options);
                assert!(request.envelope("").ends_with("</s:Envelope>"));
            }
        }
    }
    if let Ok(point) = PullPoint::parse(data) {
        // What the device says comes back to it, and cannot end the header early.
        let envelope = point.unsubscribe().envelope("");
        assert_eq!(ptz::parse_done(envelope.as_bytes()), Ok(()), "{envelope}");
        assert_eq!(envelope.matches("</s:Header>").count(), 1);
    }
    if let Ok(seconds) = clock::parse_time(data) {
        assert!(clock::written(seconds).ends_with('Z'));
    }
}

/// Any datagram; what is kept of it never moves a cursor, and the settings are always of one shape.
pub(crate) fn onvif_discovery(data: &[u8]) {
    let mut devices = LanDevices::default();
    devices.take(IpAddr::from([192, 0, 2, 1]), data);
    for device in devices.all() {
        let texts = [
            &device.make,
            &device.model,
            &device.serial,
            &device.firmware,
        ];
        assert!(!texts.iter().any(|text| text.chars().any(char::is_control)));
        assert_eq!(device.settings().lines().count(), 5);
    }
}
