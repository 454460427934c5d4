//! The shapes of the ISAPI answers.

use simdvr::ClipCodec;

use crate::support::{PASSWORD, digest, recorder, recorder_with};

/// The texts of all elements with this name, in order.
fn texts(xml: &str, name: &str) -> Vec<String> {
    let open = format!("<{name}>");
    let close = format!("</{name}>");
    let pieces = xml.split(&open).skip(1);
    pieces
        .map(|piece| piece.split(&close).next().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn the_recorder_reports_its_device_info() {
    let recorder = recorder_with(|config| {
        config.device_name = "Ana & Ben <Shop>".to_owned();
        config.serial_number = "SIM-1".to_owned();
    })
    .await;

    let reply = recorder.get("/ISAPI/System/deviceInfo").await;

    assert_eq!(reply.status, 200);
    assert_eq!(texts(&reply.body, "deviceType"), ["DVR"]);
    assert_eq!(texts(&reply.body, "serialNumber"), ["SIM-1"]);
    let escaped = "Ana &amp; Ben &lt;Shop&gt;";
    assert_eq!(texts(&reply.body, "deviceName"), [escaped]);
}

#[tokio::test]
async fn analog_inputs_have_names_and_may_have_no_video() {
    let recorder = recorder().await;

    let reply = recorder.get("/ISAPI/System/Video/inputs/channels").await;

    let names = ["Entrance", "Counter", "Camera 05"];
    assert_eq!(texts(&reply.body, "name"), names);
    assert_eq!(texts(&reply.body, "id"), ["1", "2", "5"]);
    let pictures = ["720P25", "720P25", "NO VIDEO"];
    assert_eq!(texts(&reply.body, "resDesc"), pictures);
}

#[tokio::test]
async fn network_cameras_are_listed_with_their_state() {
    let recorder = recorder().await;
    recorder.faults.set_camera_online(4, false);

    let list = recorder.get("/ISAPI/ContentMgmt/InputProxy/channels").await;
    assert_eq!(texts(&list.body, "name"), ["Back door", "Car park"]);
    assert_eq!(texts(&list.body, "id"), ["3", "4"]);

    let path = "/ISAPI/ContentMgmt/InputProxy/channels/status";
    let status = recorder.get(path).await;
    assert_eq!(texts(&status.body, "id"), ["3", "4"]);
    assert_eq!(texts(&status.body, "online"), ["true", "false"]);
}

#[tokio::test]
async fn every_camera_has_a_main_and_a_sub_stream() {
    let recorder = recorder_with(|config| config.cameras[2].codec = ClipCodec::H265).await;

    let reply = recorder.get("/ISAPI/Streaming/channels").await;

    let ids = ["101", "102", "201", "202", "301", "302", "401", "402"];
    assert_eq!(texts(&reply.body, "id"), ids);
    let codecs = texts(&reply.body, "videoCodecType");
    assert_eq!(codecs[3..6], ["H.264", "H.265", "H.264"]);
    let names = texts(&reply.body, "channelName");
    assert_eq!(names[..2], ["101", "102"]);
    assert_eq!(names[6], "Car park");
}

#[tokio::test]
async fn a_stream_is_described_with_size_and_rate() {
    let recorder = recorder().await;

    let main = recorder.get("/ISAPI/Streaming/channels/101").await.body;
    assert_eq!(texts(&main, "videoResolutionWidth"), ["1280"]);
    assert_eq!(texts(&main, "maxFrameRate"), ["2500"]);
    assert_eq!(texts(&main, "GovLength"), ["50"]);

    let sub = recorder.get("/ISAPI/Streaming/channels/302").await.body;
    assert_eq!(texts(&sub, "videoResolutionHeight"), ["360"]);
    assert_eq!(texts(&sub, "maxFrameRate"), ["1500"]);
}

#[tokio::test]
async fn missing_streams_answer_400_and_transcoded_ones_403() {
    let recorder = recorder().await;

    let cases = [
        ("103", 400),
        ("104", 403),
        ("501", 400),
        ("0", 400),
        ("x", 400),
    ];
    for (id, status) in cases {
        let reply = recorder
            .get(&format!("/ISAPI/Streaming/channels/{id}"))
            .await;
        assert_eq!(reply.status, status, "{id}");
        assert_eq!(texts(&reply.body, "statusCode").len(), 1);
    }
}

#[tokio::test]
async fn the_recorder_reports_its_real_ports() {
    let recorder = recorder().await;

    let reply = recorder.get("/ISAPI/Security/adminAccesses").await;

    let protocols = texts(&reply.body, "protocol");
    let ports = texts(&reply.body, "portNo");
    let port = |name: &str| {
        let at = protocols.iter().position(|protocol| protocol == name);
        ports[at.unwrap()].parse::<u16>().unwrap()
    };
    assert_eq!(port("RTSP"), recorder.rtsp.port());
    assert_eq!(port("HTTP"), recorder.http.port());
}

#[tokio::test]
async fn capabilities_and_time_have_their_fields() {
    let recorder = recorder().await;

    let body = recorder.get("/ISAPI/System/capabilities").await.body;
    assert_eq!(texts(&body, "videoInputPortNums"), ["3"]);
    assert_eq!(texts(&body, "inputProxyNums"), ["2"]);
    assert_eq!(texts(&body, "isSupportUserCheck"), ["true"]);

    let body = recorder.get("/ISAPI/System/time").await.body;
    let local = &texts(&body, "localTime")[0];
    assert_eq!(local.len(), "2026-01-01T12:00:00+01:00".len(), "{local}");
}

#[tokio::test]
async fn status_and_triggers_answer_what_other_clients_ask() {
    let recorder = recorder().await;

    let status = recorder.get("/ISAPI/System/status").await;
    let triggers = recorder.get("/ISAPI/Event/triggers").await;

    assert_eq!(texts(&status.body, "deviceUpTime").len(), 1);
    assert_eq!(texts(&triggers.body, "videoInputChannelID"), ["1", "2"]);
    assert_eq!(texts(&triggers.body, "dynVideoInputChannelID"), ["3", "4"]);
}

#[tokio::test]
async fn xml_namespaces_differ_between_answers() {
    let recorder = recorder().await;
    let paths = [
        "System/deviceInfo",
        "System/capabilities",
        "Streaming/channels",
        "ContentMgmt/InputProxy/channels/status",
    ];

    let mut namespaces = Vec::new();
    for path in paths {
        let body = recorder.get(&format!("/ISAPI/{path}")).await.body;
        let after = body.split("xmlns=\"").nth(1).unwrap();
        namespaces.push(after.split('"').next().unwrap().to_owned());
    }

    namespaces.sort();
    namespaces.dedup();
    assert_eq!(namespaces.len(), paths.len());
}

#[tokio::test]
async fn errors_are_reported_as_response_status_documents() {
    let recorder = recorder().await;

    let unknown = recorder.get("/ISAPI/No/such").await;
    assert_eq!(unknown.status, 404);
    assert_eq!(texts(&unknown.body, "requestURL"), ["/ISAPI/No/such"]);

    let path = "/ISAPI/System/deviceInfo";
    let method = recorder.http("PUT", path, PASSWORD).await.unwrap();
    assert_eq!(method.status, 405);
    assert_eq!(texts(&method.body, "subStatusCode"), ["methodNotAllowed"]);

    let locked_out = recorder.http_with("GET", path, None).await.unwrap();
    assert_eq!(locked_out.status, 401);
    assert_eq!(texts(&locked_out.body, "statusString").len(), 1);
}

#[tokio::test]
async fn further_streams_exist_where_a_camera_has_them() {
    let recorder = recorder_with(|config| {
        config.cameras[0].third = Some(ClipCodec::H264);
        config.cameras[0].transcoded = Some(ClipCodec::H264);
    })
    .await;

    let list = recorder.get("/ISAPI/Streaming/channels").await;

    assert_eq!(texts(&list.body, "id")[..4], ["101", "102", "103", "201"]);
    let made = recorder.get("/ISAPI/Streaming/channels/104").await;
    assert_eq!(made.status, 200);
    assert_eq!(texts(&made.body, "videoCodecType"), ["H.264"]);
}

#[tokio::test]
async fn a_key_frame_of_an_absent_camera_is_refused() {
    let recorder = recorder().await;
    recorder.faults.set_camera_online(2, false);

    for (stream, status) in [(201, 403), (103, 400), (104, 403), (101, 200)] {
        let path = format!("/ISAPI/Streaming/channels/{stream}/requestKeyFrame");
        let reply = recorder.http("PUT", &path, PASSWORD).await.unwrap();
        assert_eq!(reply.status, status, "{stream}");
    }
}

#[tokio::test]
async fn a_digest_for_another_path_is_a_bad_request() {
    let recorder = recorder().await;
    let first = recorder.get("/ISAPI/System/time").await;
    assert_eq!(first.status, 200);
    let open = recorder.http_with("GET", "/ISAPI/System/time", None).await;
    let challenge = open.unwrap().challenge.unwrap();

    let login = digest(&challenge, "GET", "/ISAPI/System/deviceInfo", PASSWORD);
    let reply = recorder
        .http_with("GET", "/ISAPI/System/time", Some(&login))
        .await
        .unwrap();

    assert_eq!(reply.status, 400);
}
