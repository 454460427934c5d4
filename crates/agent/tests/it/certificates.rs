//! Recorders with self-signed certificates, and which of them get a password.

use std::sync::Arc;

use agent::certificates::{self, TrustedCertificate};
use agent::config::RecorderConfig;
use agent::recorder::RecorderStatus;
use agent::stream::{StreamState, Subscription};
use proto::link::message::StreamKind;
use proto::reason::Reason;
use simdvr::{FaultMode, HttpFaults};

use crate::support::{Dvr, PASSWORD, Side, USER, is_video, next_frame, soon, state_when};

async fn dvr_with_tls() -> Dvr {
    Dvr::start(simdvr::Config::four_cameras(USER, PASSWORD).with_tls()).await
}

/// Settings of one camera over RTSPS.
fn rtsps_camera(dvr: &Dvr) -> String {
    let place = dvr.rtsps.expect("it has TLS");
    format!(
        "user = \"{USER}\"\npassword = \"{PASSWORD}\"\ntransport = \"udp\"\n\
         url = \"rtsps://{place}/Streaming/Channels/102\""
    )
}

async fn watched(side: &Side) -> Subscription {
    side.cameras_when("the camera", |it| !it.is_empty()).await;
    let subscription = side.streams.subscribe("1", StreamKind::Main);
    subscription.expect("the camera is listed")
}

/// The recorder must have been asked twice more, and no login may have come.
async fn gets_no_login(dvr: &Dvr) {
    let before = dvr.faults.stats();
    let twice_more = |it: &simdvr::DvrStats| it.tls_handshakes >= before.tls_handshakes + 2;
    let after = soon("two more tries", dvr.faults.wait_for(twice_more)).await;
    assert_eq!(after.signed_requests, before.signed_requests);
}

#[tokio::test]
async fn a_camera_over_rtsps_plays_and_its_certificate_is_kept() {
    let dvr = dvr_with_tls().await;
    let side = Side::from_text(&rtsps_camera(&dvr));

    next_frame(&mut watched(&side).await, is_video).await;

    let known = certificates::list(side.folder.path()).expect("a folder");
    let [certificate] = &known[0].certificates[..] else {
        panic!("{known:?}");
    };
    assert_eq!(
        certificate.place,
        dvr.rtsps.expect("it has TLS").to_string()
    );
    assert!(matches!(
        certificate.trusted,
        Some(TrustedCertificate::Pinned(_))
    ));
}

#[tokio::test]
async fn a_changed_certificate_gets_no_login_until_accepted() {
    let dvr = dvr_with_tls().await;
    let side = Side::from_text(&rtsps_camera(&dvr));
    let mut subscription = watched(&side).await;
    next_frame(&mut subscription, is_video).await;

    dvr.faults.change_certificate();
    dvr.faults.drop_sessions();
    let changed = StreamState::Offline(Reason::CertificateChanged);
    state_when(&mut subscription, "the refusal", |it| *it == changed).await;
    gets_no_login(&dvr).await;

    let accepted = certificates::accept_refused(side.folder.path(), "recorder");
    assert_eq!(accepted.expect("it is known").len(), 1);
    next_frame(&mut subscription, is_video).await;
}

#[tokio::test]
async fn a_restarted_agent_still_knows_the_certificate() {
    let dvr = dvr_with_tls().await;
    let side = Side::from_text(&rtsps_camera(&dvr));
    next_frame(&mut watched(&side).await, is_video).await;
    let folder = Arc::clone(&side.folder);
    drop(side);

    dvr.faults.change_certificate();
    let settings = crate::support::rtsp_settings(&rtsps_camera(&dvr));
    let side = Side::start_in(folder, &settings, 0);
    let mut subscription = watched(&side).await;

    let changed = StreamState::Offline(Reason::CertificateChanged);
    state_when(&mut subscription, "the refusal", |it| *it == changed).await;
    gets_no_login(&dvr).await;
}

#[tokio::test]
async fn plain_rtsp_on_the_port_of_rtsps_is_no_certificate() {
    let dvr = dvr_with_tls().await;
    let side = Side::from_text(&format!("url = \"rtsps://{}/live\"", dvr.rtsp));

    let wrong = StreamState::Offline(Reason::InvalidAnswer);
    state_when(&mut watched(&side).await, "the failure", |it| *it == wrong).await;

    let known = certificates::list(side.folder.path()).expect("a folder");
    assert!(known.is_empty(), "{known:?}");
}

#[tokio::test]
async fn https_of_the_same_host_is_followed_for_good() {
    let dvr = dvr_with_tls().await;
    let https = dvr.https.expect("it has TLS");
    dvr.faults.set_http_faults(HttpFaults {
        redirect: Some(format!("https://{https}/doc/page/login.asp")),
        ..HttpFaults::default()
    });
    let mut side = dvr.watched();
    side.status_when("the recorder", |it| *it == RecorderStatus::Online)
        .await;
    let folder = Arc::clone(&side.folder);
    drop(side);

    // Somebody on the way who asks for the login over HTTP gets none.
    dvr.faults.set_http_faults(HttpFaults::default());
    let n_before = dvr.faults.stats().tls_handshakes;
    let settings = RecorderConfig::Hikvision(dvr.settings());
    let mut side = Side::start_in(folder, &settings, 0);
    side.status_when("the recorder", |it| *it == RecorderStatus::Online)
        .await;

    let stats = dvr.faults.stats();
    assert!(stats.tls_handshakes > n_before);
    assert_eq!(stats.signed_in_clear, 0);
}

#[tokio::test]
async fn a_recorder_with_another_certificate_gets_no_login() {
    let dvr = dvr_with_tls().await;
    let mut settings = dvr.settings();
    settings.address = format!("https://{}", dvr.https.expect("it has TLS"));
    let mut side = Side::start(&RecorderConfig::Hikvision(settings), 0);
    side.status_when("the recorder", |it| *it == RecorderStatus::Online)
        .await;

    // Open connections go on with the certificate that they began with.
    dvr.faults.change_certificate();
    dvr.faults.set_mode(FaultMode::Refuse);
    side.status_when("the reboot", |it| *it != RecorderStatus::Online)
        .await;
    dvr.faults.set_mode(FaultMode::Normal);

    let changed = RecorderStatus::Unreachable(Reason::CertificateChanged);
    side.status_when("the refusal", |it| *it == changed).await;
    let n_signed = dvr.faults.stats().signed_requests;
    let accepted = certificates::accept_refused(side.folder.path(), "recorder");
    assert_eq!(accepted.expect("it is known").len(), 1);
    side.status_when("the recorder", |it| *it == RecorderStatus::Online)
        .await;
    assert!(n_signed < dvr.faults.stats().signed_requests);
}

#[tokio::test]
async fn streams_use_tls_if_plain_rtsp_is_disabled() {
    let mut config = simdvr::Config::four_cameras(USER, PASSWORD).with_tls();
    config.has_plain_rtsp = false;
    let dvr = Dvr::start(config).await;
    let mut settings = dvr.settings();
    settings.address = format!("https://{}", dvr.https.expect("it has TLS"));
    let side = Side::start(&RecorderConfig::Hikvision(settings), 0);

    side.cameras_when("cameras", |list| list.len() == 5).await;
    let mut stream = side.streams.subscribe("1", StreamKind::Sub).expect("one");
    next_frame(&mut stream, is_video).await;

    assert_eq!(dvr.faults.stats().signed_in_clear, 0);
    // The certificate is that of ISAPI, pinned when it was first seen; another one gets no login.
    let known = certificates::list(side.folder.path()).expect("a folder");
    let pinned = |it: &TrustedCertificate| matches!(it, TrustedCertificate::Pinned(_));
    let all = &known[0].certificates;
    assert!(!all.is_empty() && all.iter().all(|it| it.trusted.as_ref().is_some_and(pinned)));
    dvr.faults.change_certificate();
    dvr.faults.drop_sessions();
    let changed = StreamState::Offline(Reason::CertificateChanged);
    state_when(&mut stream, "the refusal", |it| *it == changed).await;
}

#[tokio::test]
async fn a_password_in_clear_text_needs_the_owners_permission() {
    let mut config = simdvr::Config::four_cameras(USER, PASSWORD).with_tls();
    config.has_only_basic = true;
    let dvr = Dvr::start(config).await;
    let plain = format!(
        "user = \"{USER}\"\npassword = \"{PASSWORD}\"\n\
         url = \"rtsp://{}/Streaming/Channels/102\"",
        dvr.rtsp
    );
    for settings in [&plain, &rtsps_camera(&dvr)] {
        let side = Side::from_text(settings);
        let refused = StreamState::Refused(Reason::NoDigest);
        state_when(&mut watched(&side).await, "the refusal", |it| {
            *it == refused
        })
        .await;
    }
    let mut side = dvr.watched();
    let no_digest = RecorderStatus::Unreachable(Reason::NoDigest);
    side.status_when("the refusal", |it| *it == no_digest).await;
    assert_eq!(dvr.faults.stats().signed_requests, 0);

    let side = Side::from_text(&format!("{plain}\nallow_basic = true"));
    next_frame(&mut watched(&side).await, is_video).await;
    let mut settings = dvr.settings();
    settings.allow_basic = true;
    let mut side = Side::start(&RecorderConfig::Hikvision(settings), 0);
    side.status_when("the recorder", |it| *it == RecorderStatus::Online)
        .await;
    assert_eq!(dvr.faults.stats().failed_logins, 0);
}

#[tokio::test]
async fn a_camera_at_an_address_with_a_zone_plays() {
    let mut config = simdvr::Config::four_cameras(USER, PASSWORD);
    config.rtsp = "[::1]:0".parse().expect("an address");
    let dvr = Dvr::start(config).await;
    let port = dvr.rtsp.port();
    for transport in ["tcp", "udp"] {
        // Interface 1 is loopback on Linux, in every network namespace.
        let side = Side::from_text(&format!(
            "user = \"{USER}\"\npassword = \"{PASSWORD}\"\ntransport = \"{transport}\"\n\
             url = \"rtsp://[::1%251]:{port}/Streaming/Channels/102\""
        ));
        next_frame(&mut watched(&side).await, is_video).await;
    }
}
