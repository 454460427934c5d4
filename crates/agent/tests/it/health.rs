//! What recorders say about their clocks and disks; hostile answers harm nothing.

use agent::recorder::RecorderStatus;
use proto::health::{DiskState, HealthWarning, RecorderDisk, RecorderHealth};
use serde_json::json;
use simdvr::{HttpFaults, OnvifSide, SimDisk, SimHealth, SimNonsense};

use crate::onvif::device;
use crate::requests::Site;
use crate::support::{Dvr, Side, soon};

const STORAGE: &str = "/ISAPI/ContentMgmt/Storage";
const TIME: &str = "/ISAPI/System/time";

/// What the recorder says, once it has said something.
async fn known(side: &mut Side) -> RecorderHealth {
    let health = soon("its health", side.health.wait_for(RecorderHealth::is_known)).await;
    health.expect("the recorder runs").clone()
}

async fn with(health: SimHealth) -> Dvr {
    let dvr = Dvr::with_four_cameras().await;
    dvr.faults.set_http_faults(HttpFaults {
        health,
        ..HttpFaults::default()
    });
    dvr
}

#[tokio::test]
async fn a_recorder_in_order_says_so() {
    let dvr = Dvr::with_four_cameras().await;

    let health = known(&mut dvr.watched()).await;

    let disk = RecorderDisk::new(1, DiskState::Ok, Some(2_000_398), Some(700_139));
    assert_eq!(
        health,
        RecorderHealth {
            clock_ahead: Some(0),
            disks: Some(vec![disk]),
        }
    );
    assert_eq!(health.warnings(), []);
}

#[tokio::test]
async fn a_late_clock_and_bad_disks_are_told() {
    let broken = SimDisk {
        status: "error",
        name: "<hdd>&b",
        capacity: "18446744073709551616",
        free: "-1",
    };
    let dvr = with(SimHealth {
        // Half a minute more, so that a slow answer is in the same minute.
        clock_ahead: -270,
        disks: vec![SimDisk::default(), broken],
        ..SimHealth::default()
    })
    .await;

    let health = known(&mut dvr.watched()).await;

    let told = health.warnings();
    assert_eq!(told[1..], [HealthWarning::Disk(2, DiskState::Error)]);
    assert!(
        matches!(told[0], HealthWarning::Clock(-270..=-180)),
        "{told:?}"
    );
    let disks = health.disks.expect("disks");
    assert_eq!((disks[1].capacity_mb, disks[1].free_percent), (None, None));
}

#[tokio::test]
async fn a_recorder_without_disk_says_so() {
    let dvr = with(SimHealth {
        disks: Vec::new(),
        clock_offset: "Z",
        ..SimHealth::default()
    })
    .await;

    let health = known(&mut dvr.watched()).await;

    assert_eq!(health.warnings(), [HealthWarning::NoDisk]);
    assert_eq!(
        health.clock_ahead,
        Some(0),
        "its wall clock only says that it is UTC"
    );
}

#[tokio::test]
async fn a_disk_that_is_reported_is_asked_for_at_once() {
    let dvr = Dvr::with_four_cameras().await;
    let side = dvr.watched();
    let mut health = side.health.clone();
    let mut site = Site::of(side, 4).await;
    let in_order = soon("its health", health.wait_for(RecorderHealth::is_known)).await;
    assert_eq!(in_order.expect("the recorder runs").warnings(), []);
    let _viewer = site.viewer("a", json!({})).await;
    let listened = dvr.faults.wait_for(|stats| stats.alert_listeners == 1);
    soon("the alert stream", listened).await;

    dvr.faults.set_http_faults(HttpFaults {
        health: SimHealth {
            disks: vec![SimDisk {
                status: "error",
                ..SimDisk::default()
            }],
            ..SimHealth::default()
        },
        ..HttpFaults::default()
    });
    // Firmware writes it in many ways.
    dvr.faults.raise(None, "diskError", true);

    let is_bad = |it: &RecorderHealth| it.warnings() == [HealthWarning::Disk(1, DiskState::Error)];
    drop(soon("the bad disk", health.wait_for(is_bad)).await);
}

#[tokio::test]
async fn nonsense_about_clock_and_disks_harms_nothing() {
    let nonsense = |text, times| HttpFaults {
        health: SimHealth {
            nonsense: Some(SimNonsense { text, times }),
            ..SimHealth::default()
        },
        ..HttpFaults::default()
    };
    let refused = HttpFaults {
        forbidden: vec![TIME, STORAGE],
        ..HttpFaults::default()
    };
    let not_now = HttpFaults {
        unauthorized: vec![TIME, STORAGE],
        ..HttpFaults::default()
    };
    for faults in [
        nonsense("<html><body>Not here</body></html>", 1),
        nonsense("<storage><hddList><hdd>", 5_000_000),
        nonsense("<!DOCTYPE a [<!ENTITY b \"b\">]><Time>&b;</Time>", 1),
        nonsense("", 1),
        refused,
        not_now,
    ] {
        let dvr = Dvr::with_four_cameras().await;
        dvr.faults.set_http_faults(faults.clone());
        let mut side = dvr.watched();
        soon(
            "the questions",
            dvr.faults.wait_for(|it| it.health_questions > 0),
        )
        .await;

        // The recorder is polled on.
        dvr.faults.set_camera_online(1, false);
        side.cameras_when("the camera to go", |it| it.len() == 5 && !it[0].is_online)
            .await;

        assert_eq!(*side.status.borrow(), RecorderStatus::Online, "{faults:?}");
        assert!(!side.health.borrow_and_update().is_known(), "{faults:?}");
        assert_eq!(dvr.faults.stats().failed_logins, 0, "{faults:?}");
    }
}

#[tokio::test]
async fn an_onvif_device_tells_its_clock_only() {
    let dvr = device(OnvifSide {
        clock_ahead: 3_630,
        ..OnvifSide::default()
    })
    .await;

    let health = known(&mut crate::onvif::side(&dvr)).await;

    assert_eq!(health.disks, None);
    let told = health.warnings();
    assert!(
        matches!(told[..], [HealthWarning::Clock(3_540..=3_600)]),
        "{told:?}"
    );
}
