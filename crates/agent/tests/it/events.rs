//! Events from the recorder to viewers: the alert stream of Hikvision with its oddities, the pull point of
//! ONVIF, and who hears what.

use serde_json::{Value, json};
use simdvr::{AlertSide, FaultMode, OnvifLogin, OnvifSide};

use crate::link_support::Viewer;
use crate::onvif;
use crate::requests::Site;
use crate::support::{Dvr, PASSWORD, USER, soon};

async fn recorder(change: impl FnOnce(&mut simdvr::Config)) -> (Dvr, Site) {
    let mut config = simdvr::Config::four_cameras(USER, PASSWORD);
    change(&mut config);
    let dvr = Dvr::start(config).await;
    let site = Site::of(dvr.watched(), 4).await;
    (dvr, site)
}

/// Waits for an event of this kind; its parameters.
async fn hears(viewer: &mut Viewer, kind: &str, state: &str) -> Value {
    let event = viewer
        .control(&format!("{kind} {state}"), |it| {
            it["method"] == "event"
                && it["params"]["kind"] == kind
                && it["params"]["state"] == state
        })
        .await;
    event["params"].clone()
}

async fn listened_to(dvr: &Dvr) {
    let listened = dvr.faults.wait_for(|stats| stats.alert_listeners == 1);
    soon("the alert stream", listened).await;
}

#[tokio::test]
async fn viewers_hear_starts_and_stops_of_one_alert_stream() {
    let (dvr, mut site) = recorder(|_| {}).await;
    let mut ana = site.viewer("a", json!({})).await;
    listened_to(&dvr).await;

    dvr.faults.raise(Some(1), "VMD", true);
    let start = hears(&mut ana, "motion", "start").await;
    // Who comes later hears what goes on.
    let mut ben = site.viewer("b", json!({})).await;
    assert_eq!(hears(&mut ben, "motion", "start").await, start);
    dvr.faults.raise(Some(1), "VMD", false);

    assert_eq!(start["camera"], "1");
    assert!(start["at"].as_u64() > Some(1_700_000_000_000), "{start}");
    for viewer in [&mut ana, &mut ben] {
        hears(viewer, "motion", "stop").await;
    }
    dvr.faults.raise(None, "diskfull", true);
    let full = hears(&mut ana, "diskFull", "start").await;
    assert!(full.get("camera").is_none(), "{full}");
    dvr.faults.raise(None, "nicbroken", true);
    let other = hears(&mut ana, "other", "start").await;
    assert_eq!(other["word"], "nicbroken");
    assert_eq!(dvr.faults.stats().alert_streams, 1);
}

#[tokio::test]
async fn odd_alert_streams_are_heard() {
    let usual = AlertSide::default;
    for alerts in [
        AlertSide {
            announced_boundary: "MIME_boundary",
            ..usual()
        },
        AlertSide {
            line_end: "\n",
            ..usual()
        },
        AlertSide {
            has_wrong_lengths: true,
            has_pictures: true,
            ..usual()
        },
        AlertSide {
            is_json: true,
            ..usual()
        },
        AlertSide {
            is_duration: true,
            heartbeat: std::time::Duration::from_millis(300),
            ..usual()
        },
        AlertSide {
            is_old: true,
            ..usual()
        },
    ] {
        let (dvr, mut site) = recorder(|config| config.alerts = alerts.clone()).await;
        let mut viewer = site.viewer("s", json!({})).await;
        listened_to(&dvr).await;

        // The second network camera, which is channel 34 in events.
        dvr.faults.raise(Some(4), "linedetection", true);
        let start = hears(&mut viewer, "line", "start").await;
        dvr.faults.raise(Some(4), "linedetection", false);
        let stop = hears(&mut viewer, "line", "stop").await;

        assert_eq!(
            (&start["camera"], &stop["camera"]),
            (&json!("4"), &json!("4")),
            "{alerts:?}"
        );
    }
}

#[tokio::test]
async fn an_event_that_the_recorder_never_ends_is_over() {
    let (dvr, mut site) = recorder(|config| config.alerts.says_end = false).await;
    let mut viewer = site.viewer("s", json!({})).await;
    listened_to(&dvr).await;

    dvr.faults.raise(Some(2), "VMD", true);
    hears(&mut viewer, "motion", "start").await;
    dvr.faults.raise(Some(2), "VMD", false);

    assert_eq!(hears(&mut viewer, "motion", "stop").await["camera"], "2");
}

#[tokio::test]
async fn a_viewer_gets_only_events_of_permitted_cameras() {
    let (dvr, mut site) = recorder(|_| {}).await;
    let guest = |rights: Value| json!({"peerview/viewer": {"name": "ben", "role": "guest", "grants": rights}});
    let nobody = guest(json!([{"rights": ["view", "settings", "ptz"]}]));
    let mut nobody = site.viewer("n", nobody).await;
    assert_eq!(nobody.ask("ping", json!({})).await["result"], json!({}));
    assert_eq!(dvr.faults.stats().alert_streams, 0);

    let mut ben = site
        .viewer(
            "b",
            guest(json!([{"camera": "2", "rights": ["view", "alarms"]}])),
        )
        .await;
    listened_to(&dvr).await;
    dvr.faults.raise(Some(1), "VMD", true);
    dvr.faults.raise(None, "diskfull", true);
    dvr.faults.raise(Some(1), "io", true);
    dvr.faults.raise(Some(2), "shelteralarm", true);

    let first = ben.control("an event", |it| it["method"] == "event").await;
    assert_eq!(first["params"]["kind"], "tamper", "{first}");
    assert_eq!(first["params"]["camera"], "2");
}

#[tokio::test]
async fn events_end_with_a_broken_stream_which_is_reopened() {
    let (dvr, mut site) = recorder(|_| {}).await;
    let mut viewer = site.viewer("s", json!({})).await;
    listened_to(&dvr).await;
    dvr.faults.raise(Some(3), "VMD", true);
    hears(&mut viewer, "motion", "start").await;

    dvr.faults.drop_alert_streams();

    assert_eq!(hears(&mut viewer, "motion", "stop").await["camera"], "3");
    assert_eq!(hears(&mut viewer, "motion", "start").await["camera"], "3");
    assert!(dvr.faults.stats().alert_streams >= 2);
}

#[tokio::test]
async fn events_come_back_with_the_recorder() {
    let (dvr, mut site) = recorder(|_| {}).await;
    let mut viewer = site.viewer("s", json!({})).await;
    listened_to(&dvr).await;

    dvr.faults.set_mode(FaultMode::Refuse);
    soon(
        "the loss",
        dvr.faults.wait_for(|stats| stats.alert_listeners == 0),
    )
    .await;
    dvr.faults.set_mode(FaultMode::Normal);
    listened_to(&dvr).await;

    dvr.faults.raise(Some(1), "VMD", true);
    hears(&mut viewer, "motion", "start").await;
}

#[tokio::test]
async fn a_login_that_is_refused_only_for_events_harms_nothing() {
    let (dvr, mut site) = recorder(|config| config.alerts.refuses_login = true).await;
    let mut viewer = site.viewer("s", json!({})).await;
    soon(
        "the refusal",
        dvr.faults.wait_for(|stats| stats.failed_logins > 0),
    )
    .await;

    let n_before = dvr.faults.stats().http_requests;
    let more = dvr
        .faults
        .wait_for(|stats| stats.http_requests >= n_before + 10);
    let stats = soon("more polls", more).await;

    // One signature with the nonce at hand, and one with the fresh one.
    assert!(stats.failed_logins <= 2, "{}", stats.failed_logins);
    let can = viewer.ask("capabilities", json!({"camera": "1"})).await;
    assert_eq!(can["result"]["snapshot"], true, "{can}");
}

#[tokio::test]
async fn a_recorder_with_too_many_subscribers_keeps_working() {
    let (dvr, mut site) = recorder(|config| config.alerts.max_listeners = 0).await;
    let mut viewer = site.viewer("s", json!({})).await;

    let n_before = dvr.faults.stats().http_requests;
    soon(
        "more polls",
        dvr.faults
            .wait_for(|stats| stats.http_requests >= n_before + 6),
    )
    .await;

    let can = viewer.ask("capabilities", json!({"camera": "1"})).await;
    assert_eq!(can["result"]["events"], true, "{can}");
    assert_eq!(dvr.faults.stats().alert_streams, 0);
}

#[tokio::test]
async fn events_of_an_onvif_device_are_heard_by_one_subscription() {
    for side in [
        OnvifSide::default(),
        OnvifSide {
            login: OnvifLogin::Token,
            clock_ahead: -7 * 3_600,
            wrong_host: Some("192.0.2.77".to_owned()),
            has_get_services: false,
            has_reference_parameters: true,
            longest_subscription: std::time::Duration::from_secs(10),
            ..OnvifSide::default()
        },
    ] {
        let is_short = side.has_reference_parameters;
        let dvr = onvif::device(side).await;
        let mut site = Site::of(onvif::side(&dvr), 4).await;
        let mut ana = site.viewer("a", json!({})).await;
        let mut ben = site.viewer("b", json!({})).await;
        let subscribed = dvr.faults.wait_for(|stats| stats.subscriptions == 1);
        soon("the subscription", subscribed).await;

        dvr.faults.raise(Some(3), "VMD", true);
        for viewer in [&mut ana, &mut ben] {
            assert_eq!(hears(viewer, "motion", "start").await["camera"], "3");
        }
        dvr.faults.raise(Some(3), "VMD", false);
        hears(&mut ana, "motion", "stop").await;
        dvr.faults.raise(Some(2), "linedetection", true);
        assert_eq!(hears(&mut ana, "line", "start").await["camera"], "2");
        // It has no end of its own.
        hears(&mut ana, "line", "stop").await;
        if is_short {
            soon("a renewal", dvr.faults.wait_for(|stats| stats.renewals > 0)).await;
        }
        dvr.faults.raise(Some(1), "io", true);
        let input = hears(&mut ana, "input", "start").await;
        assert_eq!(
            (&input["word"], input.get("camera")),
            (&json!("Input_1"), None)
        );
        assert_eq!(dvr.faults.stats().subscriptions, 1);
    }
}

#[tokio::test]
async fn an_onvif_event_that_goes_on_is_heard_after_subscribing() {
    let dvr = onvif::device(OnvifSide::default()).await;
    dvr.faults.raise(Some(4), "shelteralarm", true);
    let mut site = Site::of(onvif::side(&dvr), 4).await;

    let mut viewer = site.viewer("s", json!({})).await;

    assert_eq!(hears(&mut viewer, "tamper", "start").await["camera"], "4");
}
