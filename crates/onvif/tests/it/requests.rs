//! Requests are well-formed, and foreign text in them is escaped.

use onvif::device::{DeviceInformation, ServiceAddresses};
use onvif::media::{get_profiles, get_snapshot_uri, get_stream_uri};
use onvif::ptz::{self, PtzNode, PtzVelocity};
use onvif::token::UsernameToken;
use onvif::{OnvifRequest, OnvifService, clock, imaging};

fn all(token: &str) -> Vec<OnvifRequest> {
    let velocity = PtzVelocity {
        pan: 100,
        tilt: -50,
        zoom: 1,
    };
    vec![
        clock::get_time(),
        DeviceInformation::get(),
        ServiceAddresses::get_services(),
        ServiceAddresses::get_capabilities(),
        get_profiles(OnvifService::Media1),
        get_profiles(OnvifService::Media2),
        get_stream_uri(OnvifService::Media1, token),
        get_stream_uri(OnvifService::Media2, token),
        get_snapshot_uri(OnvifService::Media1, token),
        PtzNode::get(token),
        ptz::continuous_move(token, velocity, 1_500),
        ptz::stop(token),
        ptz::get_presets(token),
        ptz::goto_preset(token, token),
        ptz::set_preset(token, token, Some(token)),
        ptz::remove_preset(token, token),
        imaging::get_move_options(token),
        imaging::move_focus(token, -100),
        imaging::stop_focus(token),
    ]
}

#[test]
fn every_request_is_well_formed_whatever_the_tokens_are() {
    let header = UsernameToken {
        user: "</Username>&",
        password: "x",
        nonce: [1; 16],
        created: 1,
    }
    .header();
    for request in all("</s:Body>\"'&]]>") {
        for header in ["", &header] {
            let text = request.envelope(header);
            // The reader of answers stands in for a device: it finds nothing but the end of the tags.
            assert_eq!(ptz::parse_done(text.as_bytes()), Ok(()), "{text}");
            assert_eq!(text.matches("</s:Body>").count(), 1, "{text}");
        }
    }
}

#[test]
fn movements_have_speeds_and_an_end() {
    let only_zoom = PtzVelocity {
        zoom: -25,
        ..PtzVelocity::default()
    };

    let text = ptz::continuous_move("p", only_zoom, 500).envelope("");

    assert!(
        text.contains("x=\"-0.25\"") && !text.contains("PanTilt"),
        "{text}"
    );
    assert!(text.contains("<Timeout>PT0.500S</Timeout>"), "{text}");
}

#[test]
fn the_content_type_names_the_action() {
    let request = get_profiles(OnvifService::Media2);

    assert_eq!(
        request.content_type(),
        "application/soap+xml; charset=utf-8; action=\"http://www.onvif.org/ver20/media/wsdl/GetProfiles\""
    );
}
