//! Parsing the answers of each vendor.

use onvif::device::{DeviceInformation, ServiceAddresses};
use onvif::media::{ProfileCodec, parse_profiles, parse_snapshot_uri, parse_stream_uri};
use onvif::ptz::{PtzNode, parse_done, parse_presets};
use onvif::{OnvifError, OnvifService, clock, imaging};

use crate::fixture;

#[test]
fn device_information_is_read_with_any_prefix() {
    for (path, make, model) in [
        ("hikvision-ds2de3304w-v5.5", "HIKVISION", "DS-2DE3304W-DE"),
        ("dahua-nvr4104-v3.216", "Dahua", "DHI-NVR4104HS-4KS2"),
        ("uniview-ipc322-b6312", "UNIVIEW", "IPC322SR3-DVPF28-C"),
        ("axis-p1375-v10.12", "AXIS", "P1375"),
        ("tplink-tapoc200-v1.3", "tp-link", "Tapo C200"),
    ] {
        let info = DeviceInformation::parse(&fixture(&format!("{path}/device.xml"))).expect(path);

        assert_eq!(
            (info.manufacturer.as_str(), info.model.as_str()),
            (make, model)
        );
        assert!(
            !info.firmware.is_empty() && !info.serial.is_empty(),
            "{path}"
        );
    }
}

#[test]
fn profiles_of_every_vendor_are_read() {
    let cases = [
        (
            "hikvision-ds2de3304w-v5.5/profiles.xml",
            3,
            "Profile_1",
            "VideoSource_1",
            true,
        ),
        (
            "dahua-nvr4104-v3.216/profiles.xml",
            4,
            "MediaProfile00000",
            "00000",
            false,
        ),
        (
            "uniview-ipc322-b6312/profiles.xml",
            2,
            "media_profile1",
            "video_source1",
            false,
        ),
        (
            "axis-p1375-v10.12/profiles2.xml",
            3,
            "profile_1_h264",
            "0",
            false,
        ),
        ("reolink-rlc520-v3.0/profiles.xml", 2, "000", "000", false),
        (
            "tplink-tapoc200-v1.3/profiles.xml",
            3,
            "profile_1",
            "raw_vs1",
            true,
        ),
    ];
    for (path, n_profiles, token, source, has_ptz) in cases {
        let profiles = parse_profiles(&fixture(path)).expect(path);

        let first = &profiles[0];
        assert_eq!((profiles.len(), first.token.as_str()), (n_profiles, token));
        assert_eq!(first.source.as_deref(), Some(source), "{path}");
        assert_eq!(first.ptz.is_some(), has_ptz, "{path}");
        assert!(first.has_audio, "{path}");
        let video = first.video.as_ref().expect("an encoder");
        assert!(video.width >= 1920 && video.height >= 1080 && video.frame_rate >= 15);
    }
}

#[test]
fn codecs_of_both_media_services_are_distinguished() {
    let codecs = |path: &str| -> Vec<ProfileCodec> {
        let profiles = parse_profiles(&fixture(path)).expect(path);
        profiles
            .into_iter()
            .map(|it| it.video.expect("an encoder").codec)
            .collect()
    };

    assert_eq!(
        codecs("axis-p1375-v10.12/profiles2.xml"),
        [ProfileCodec::H264, ProfileCodec::H265, ProfileCodec::Jpeg]
    );
    assert_eq!(
        codecs("uniview-ipc322-b6312/profiles.xml"),
        [ProfileCodec::H265, ProfileCodec::H264]
    );
}

#[test]
fn addresses_of_streams_are_read_whole() {
    for (path, expected) in [
        (
            "hikvision-ds2de3304w-v5.5/stream_uri.xml",
            "rtsp://192.168.1.64:554/Streaming/Channels/101?transportmode=unicast&profile=Profile_1",
        ),
        // Its ampersands are not escaped.
        (
            "dahua-nvr4104-v3.216/stream_uri.xml",
            "rtsp://192.168.1.108:554/cam/realmonitor?channel=1&subtype=0&unicast=true&proto=Onvif",
        ),
        (
            "axis-p1375-v10.12/stream_uri2.xml",
            "rtsp://192.168.0.90/onvif-media/media.amp?profile=profile_1_h264&sessiontimeout=60&streamtype=unicast",
        ),
        (
            "tplink-tapoc200-v1.3/stream_uri.xml",
            "rtsp://0.0.0.0:554/stream1",
        ),
    ] {
        assert_eq!(parse_stream_uri(&fixture(path)).as_deref(), Ok(expected));
    }
}

#[test]
fn services_are_found_with_and_without_get_services() {
    let services =
        ServiceAddresses::parse_services(&fixture("hikvision-ds2de3304w-v5.5/services.xml"));
    let services = services.expect("services");
    assert_eq!(
        services.get(OnvifService::Media2),
        Some("http://192.168.1.64/onvif/Media2")
    );
    assert_eq!(
        services.get(OnvifService::Ptz),
        Some("http://192.168.1.64/onvif/PTZ")
    );

    let answer = fixture("uniview-ipc322-b6312/capabilities.xml");
    let services = ServiceAddresses::parse_capabilities(&answer).expect("capabilities");
    assert_eq!(
        services.get(OnvifService::Media1),
        Some("http://192.168.1.13:80/onvif/media_service")
    );
    assert_eq!(services.get(OnvifService::Ptz), None);
}

#[test]
fn motors_and_presets_are_read() {
    let node = PtzNode::parse(&fixture("hikvision-ds2de3304w-v5.5/node.xml")).expect("a node");
    assert!(node.has_pan_tilt && node.has_zoom && node.n_presets == 300);
    let node = PtzNode::parse(&fixture("tplink-tapoc200-v1.3/node.xml")).expect("a node");
    assert!(node.has_pan_tilt && !node.has_zoom && node.n_presets == 8);

    let node = PtzNode::parse(&fixture("dahua-nvr4104-v3.216/node.xml")).expect("a node");
    assert!(node.has_pan_tilt && node.has_zoom && node.n_presets == 255);

    for (maker, expected) in [
        (
            "hikvision-ds2de3304w-v5.5",
            [("1", "Gate"), ("33", "Auto-flip")],
        ),
        ("dahua-nvr4104-v3.216", [("1", "Ramp"), ("2", "")]),
    ] {
        let presets = parse_presets(&fixture(&format!("{maker}/presets.xml")));
        let presets = presets.expect("presets");
        let told: Vec<(&str, &str)> = presets
            .iter()
            .map(|preset| (preset.token.as_str(), preset.name.as_str()))
            .collect();
        assert_eq!(told, expected);
    }
}

#[test]
fn a_device_clock_is_read_in_utc() {
    let time = clock::parse_time(&fixture("dahua-nvr4104-v3.216/time.xml"));

    assert_eq!(time, Ok(1_700_000_000));
}

#[test]
fn refused_logins_and_missing_functions_are_distinguished() {
    for path in [
        "hikvision-ds2de3304w-v5.5/not_authorized.xml",
        "dahua-nvr4104-v3.216/not_authorized.xml",
        "uniview-ipc322-b6312/not_authorized.xml",
        "reolink-rlc520-v3.0/not_authorized.xml",
    ] {
        let Err(OnvifError::Fault(fault)) = parse_profiles(&fixture(path)) else {
            panic!("{path} is a fault");
        };
        assert!(
            fault.is_about_login() && !fault.is_unsupported(),
            "{path}: {fault}"
        );
    }
    let answer = fixture("tplink-tapoc200-v1.3/snapshot_unsupported.xml");
    let Err(OnvifError::Fault(fault)) = parse_snapshot_uri(&answer) else {
        panic!("it is a fault");
    };
    assert!(fault.is_unsupported() && !fault.is_about_login(), "{fault}");
    assert_eq!(parse_done(&answer), Err(OnvifError::Fault(fault)));
}

#[test]
fn a_fault_of_soap_1_1_is_understood() {
    let answer =
        b"<e:Envelope xmlns:e='x'><e:Body><e:Fault><faultcode>ter:NotAuthorized</faultcode>\
        <faultstring>No</faultstring></e:Fault></e:Body></e:Envelope>";

    let Err(OnvifError::Fault(fault)) = DeviceInformation::parse(answer) else {
        panic!("it is a fault");
    };
    assert!(fault.is_about_login());
    assert_eq!(fault.to_string(), "NotAuthorized (No)");
}

#[test]
fn answers_to_something_else_are_refused() {
    let other = fixture("dahua-nvr4104-v3.216/time.xml");

    assert!(matches!(
        parse_profiles(&other),
        Err(OnvifError::Unexpected(_))
    ));
    assert!(matches!(
        DeviceInformation::parse(b"<html></html>"),
        Err(OnvifError::Unexpected(_))
    ));
    assert_eq!(parse_stream_uri(b"{}"), Err(OnvifError::Malformed));
    assert_eq!(parse_done(b"<html/>"), Err(OnvifError::Field("Body")));
    assert!(imaging::parse_move_options(&other).is_err());
}
