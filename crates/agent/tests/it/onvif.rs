//! The ONVIF driver against the simulated recorder: both logins, wrong clocks and hosts, PTZ, pictures,
//! and searches of the LAN.

use agent::config::{OnvifConfig, Password, RecorderConfig, RtpTransport};
use agent::discovery::{FoundKind, LanSearch};
use agent::recorder::RecorderStatus;
use agent::stream::StreamState;
use proto::link::message::StreamKind;
use proto::reason::Reason;
use serde_json::{Value, json};
use simdvr::{ClipCodec, OnvifLogin, OnvifSide};

use crate::requests::{Site, stands_still};
use crate::support::{Dvr, PASSWORD, Side, USER, next_frame, soon, state_when};

pub(crate) async fn device(onvif: OnvifSide) -> Dvr {
    let mut config = simdvr::Config::four_cameras(USER, PASSWORD);
    config.onvif = onvif;
    Dvr::start(config).await
}

fn settings(dvr: &Dvr, password: &str) -> RecorderConfig {
    RecorderConfig::Onvif(config(dvr, password))
}

fn config(dvr: &Dvr, password: &str) -> OnvifConfig {
    OnvifConfig {
        id: None,
        name: None,
        address: dvr.http.to_string(),
        user: USER.to_owned(),
        password: Password::new(password),
        rtsp_port: None,
        poll_seconds: 1,
        transport: RtpTransport::Tcp,
        allow_basic: false,
        sessions: None,
    }
}

pub(crate) fn side(dvr: &Dvr) -> Side {
    Side::start(&settings(dvr, PASSWORD), 64 << 20)
}

/// The cameras are listed, and the fourth plays.
async fn plays(dvr: &Dvr) {
    let side = side(dvr);
    let cameras = side
        .cameras_when("the cameras", |list| list.len() == 4)
        .await;
    let names: Vec<&str> = cameras.iter().map(|camera| camera.name.as_str()).collect();
    assert_eq!(names, ["Entrance", "Counter", "Back door", "Car park"]);
    for kind in [StreamKind::Main, StreamKind::Sub] {
        let mut stream = side.streams.subscribe("4", kind).expect("camera 4");
        next_frame(&mut stream, crate::support::is_video).await;
    }
    assert_eq!(dvr.faults.stats().failed_logins, 0);
}

#[tokio::test]
async fn cameras_of_an_onvif_recorder_play() {
    plays(&device(OnvifSide::default()).await).await;
}

#[tokio::test]
async fn a_token_is_valid_although_the_clock_is_hours_off() {
    for clock_ahead in [-7 * 3_600, 26 * 365 * 86_400] {
        plays(
            &device(OnvifSide {
                login: OnvifLogin::Token,
                clock_ahead,
                ..OnvifSide::default()
            })
            .await,
        )
        .await;
    }
}

#[tokio::test]
async fn streams_with_only_basic_need_the_owners_permission() {
    let mut recorder = simdvr::Config::four_cameras(USER, PASSWORD);
    recorder.onvif.login = OnvifLogin::Token;
    recorder.has_only_basic = true;
    let dvr = Dvr::start(recorder).await;
    let of = |allow_basic| {
        RecorderConfig::Onvif(OnvifConfig {
            allow_basic,
            ..config(&dvr, PASSWORD)
        })
    };

    let side = Side::start(&of(false), 0);
    side.cameras_when("the cameras", |list| list.len() == 4)
        .await;
    let mut stream = side
        .streams
        .subscribe("4", StreamKind::Sub)
        .expect("camera 4");
    let refused = StreamState::Refused(Reason::NoDigest);
    state_when(&mut stream, "the refusal", |it| *it == refused).await;

    let side = Side::start(&of(true), 0);
    side.cameras_when("the cameras", |list| list.len() == 4)
        .await;
    let mut stream = side
        .streams
        .subscribe("4", StreamKind::Sub)
        .expect("camera 4");
    next_frame(&mut stream, crate::support::is_video).await;
}

#[tokio::test]
async fn a_device_with_a_wrong_host_is_reached() {
    plays(
        &device(OnvifSide {
            wrong_host: Some("192.0.2.77".to_owned()),
            ..OnvifSide::default()
        })
        .await,
    )
    .await;
}

#[tokio::test]
async fn old_firmware_without_get_services_plays() {
    plays(
        &device(OnvifSide {
            has_get_services: false,
            login: OnvifLogin::Digest,
            ..OnvifSide::default()
        })
        .await,
    )
    .await;
}

#[tokio::test]
async fn the_second_media_service_lists_h265() {
    let mut config = simdvr::Config::four_cameras(USER, PASSWORD);
    config.onvif.has_media2 = true;
    config.cameras[0].codec = ClipCodec::H265;
    config.cameras[0].sub_codec = ClipCodec::H265;
    let dvr = Dvr::start(config).await;
    let side = side(&dvr);
    side.cameras_when("the cameras", |list| list.len() == 4)
        .await;

    let mut stream = side
        .streams
        .subscribe("1", StreamKind::Main)
        .expect("camera 1");
    let state = state_when(&mut stream, "the stream", |state| {
        matches!(state, StreamState::Playing { .. })
    })
    .await;

    let is_h265 =
        matches!(state, StreamState::Playing { codec, .. } if codec == agent::stream::Codec::H265);
    assert!(is_h265, "{state:?}");
}

#[tokio::test]
async fn a_wrong_password_is_tried_once_over_onvif() {
    for login in [OnvifLogin::Digest, OnvifLogin::Token, OnvifLogin::Either] {
        let dvr = device(OnvifSide {
            login,
            ..OnvifSide::default()
        })
        .await;
        let mut side = Side::start(&settings(&dvr, "wrong"), 64 << 20);

        let status = side
            .status_when("the refusal", |it| matches!(it, RecorderStatus::Refused(_)))
            .await;

        let reason = Reason::Refused { n_tries_left: None };
        assert_eq!(status, RecorderStatus::Refused(reason));
        assert_eq!(dvr.faults.stats().failed_logins, 1, "{login:?}");
    }
}

#[tokio::test]
async fn a_changed_password_is_noticed_and_not_retried() {
    for login in [OnvifLogin::Digest, OnvifLogin::Token] {
        let dvr = device(OnvifSide {
            login,
            ..OnvifSide::default()
        })
        .await;
        // Without streams, which would log in at the same time.
        let mut side = Side::start(&settings(&dvr, PASSWORD), 0);
        side.status_when("the device", |it| *it == RecorderStatus::Online)
            .await;

        dvr.faults.set_password("another");
        side.status_when("the refusal", |it| matches!(it, RecorderStatus::Refused(_)))
            .await;

        let n_failed = dvr.faults.stats().failed_logins;
        assert!((1..=3).contains(&n_failed), "{login:?}: {n_failed}");
    }
}

async fn steered(dvr: &Dvr) -> Site {
    Site::of(side(dvr), 4).await
}

async fn order(viewer: &mut crate::link_support::Viewer, camera: &str, action: Value) -> Value {
    let mut params = json!({ "camera": camera });
    for (key, value) in action.as_object().expect("an object") {
        params[key] = value.clone();
    }
    viewer.ask("ptz", params).await
}

#[tokio::test]
async fn an_onvif_camera_turns_and_stops() {
    // The second device ignores the time limit of a movement.
    for has_momentary_ptz in [true, false] {
        let mut config = simdvr::Config::four_cameras(USER, PASSWORD);
        config.has_momentary_ptz = has_momentary_ptz;
        let dvr = Dvr::start(config).await;
        let mut site = steered(&dvr).await;
        let mut viewer = site.viewer("s", json!({})).await;

        let move_it = json!({"do": "move", "pan": 100, "ms": 200});
        let done = order(&mut viewer, "4", move_it.clone()).await;

        assert_eq!(done["result"], json!({}), "{done}");
        assert!(stands_still(&dvr).await.pan > 0);
        let refused = order(&mut viewer, "1", move_it).await;
        assert!(refused["error"].is_object(), "{refused}");
    }
}

#[tokio::test]
async fn presets_of_an_onvif_camera_are_saved_and_found() {
    let dvr = device(OnvifSide::default()).await;
    let mut site = steered(&dvr).await;
    let mut viewer = site.viewer("s", json!({})).await;

    let save = json!({"do": "save", "preset": 7, "name": "Gate <2>"});
    let saved = order(&mut viewer, "4", save).await;
    assert_eq!(saved["result"], json!({}), "{saved}");
    order(
        &mut viewer,
        "4",
        json!({"do": "move", "pan": 100, "ms": 200}),
    )
    .await;
    assert!(stands_still(&dvr).await.pan > 0);
    let list = order(&mut viewer, "4", json!({"do": "presets"})).await;
    assert_eq!(
        list["result"]["presets"],
        json!([{"id": 7, "name": "Gate <2>"}]),
        "{list}"
    );
    let gone = order(&mut viewer, "4", json!({"do": "goto", "preset": 7})).await;

    assert_eq!(gone["result"], json!({}), "{gone}");
    assert_eq!(stands_still(&dvr).await.pan, 0);
    let removed = order(&mut viewer, "4", json!({"do": "remove", "preset": 7})).await;
    assert_eq!(removed["result"], json!({}), "{removed}");
    let none = order(&mut viewer, "4", json!({"do": "goto", "preset": 7})).await;
    assert!(none["error"].is_object(), "{none}");
}

#[tokio::test]
async fn an_onvif_camera_says_what_it_can_do() {
    for login in [OnvifLogin::Digest, OnvifLogin::Token] {
        let dvr = device(OnvifSide {
            login,
            ..OnvifSide::default()
        })
        .await;
        let mut site = steered(&dvr).await;
        let mut viewer = site.viewer("s", json!({})).await;

        let can = viewer.ask("capabilities", json!({"camera": "4"})).await;

        let can = &can["result"];
        assert_eq!(
            (&can["panTilt"], &can["zoom"]),
            (&json!(true), &json!(true)),
            "{can}"
        );
        assert_eq!(
            (&can["presets"], &can["snapshot"]),
            (&json!(300), &json!(true)),
            "{can}"
        );
        assert_eq!(
            (&can["iris"], &can["focus"]),
            (&json!(false), &json!(false)),
            "{can}"
        );
        let still = viewer.ask("capabilities", json!({"camera": "1"})).await;
        assert_eq!(still["result"]["panTilt"], json!(false), "{still}");
        assert_eq!(still["result"]["talk"], "camera", "{still}");
        assert_eq!(can["talk"], json!(null), "{can}");
        soon("no wrong login", async {
            assert_eq!(dvr.faults.stats().failed_logins, 0);
        })
        .await;
    }
}

#[tokio::test]
async fn a_search_over_ipv6_finds_the_recorder() {
    let mut config = simdvr::Config::four_cameras(USER, PASSWORD);
    config.onvif.discovery = Some("[::1]:0".parse().expect("an address"));
    let dvr = Dvr::start(config).await;
    let at = dvr.discovery.expect("it answers searches");
    let interfaces = if_addrs::get_if_addrs().expect("the interfaces");
    let own = interfaces.iter().find(|it| it.ip() == at.ip());
    let search = LanSearch {
        from: Vec::new(),
        interfaces: own.and_then(|it| it.index).into_iter().collect(),
        ws_discovery6: (std::net::Ipv6Addr::LOCALHOST, at.port()),
        sadp_port: None,
        ..LanSearch::everywhere()
    };

    let patience = std::time::Duration::from_secs(60);
    let found = soon("an answer", search.run(patience, |n| n == 1)).await;

    let found = found.expect("a search");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].port, Some(dvr.http.port()));
    assert_eq!(found[0].model, "DS-7204HUHI-SIM");
}

#[tokio::test]
async fn a_search_finds_the_recorder_both_ways() {
    let mut config = simdvr::Config::four_cameras(USER, PASSWORD);
    config.onvif.discovery = Some(([127, 0, 0, 1], 0).into());
    let dvr = Dvr::start(config).await;
    let at = dvr.discovery.expect("it answers searches");
    // A closed port answers with an error, which must not end the search.
    let closed = std::net::UdpSocket::bind("127.0.0.1:0").expect("a free port");
    let nowhere = closed.local_addr().expect("an address");
    drop(closed);
    for (ws_discovery, sadp) in [(at, nowhere), (nowhere, at)] {
        let search = LanSearch {
            from: vec![[127, 0, 0, 1].into()],
            interfaces: Vec::new(),
            ws_discovery6: (std::net::Ipv6Addr::LOCALHOST, 9),
            ws_discovery,
            sadp,
            sadp_port: None,
        };

        let found = soon(
            "an answer",
            search.run(std::time::Duration::from_secs(60), |n| n == 1),
        )
        .await
        .expect("a search");

        let [device] = &found[..] else {
            panic!("{found:?}")
        };
        assert_eq!(device.address, dvr.http.ip());
        assert_eq!(device.port, Some(dvr.http.port()));
        assert_eq!(device.model, "DS-7204HUHI-SIM");
        let is_sadp = sadp == at;
        assert_eq!(device.kind == FoundKind::Hikvision, is_sadp);
        assert_eq!(device.is_activated, is_sadp.then_some(true));
    }
}

#[tokio::test]
async fn a_search_without_a_network_says_so() {
    let search = LanSearch {
        from: Vec::new(),
        interfaces: Vec::new(),
        ..LanSearch::everywhere()
    };

    let error = search
        .run(std::time::Duration::from_secs(60), |_| false)
        .await;

    assert!(error.is_err_and(|error| error.to_string().contains("no network")));
}
