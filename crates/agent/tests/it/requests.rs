//! Requests of a viewer to a recorder over the control channel: rights, PTZ, snapshots, and recorders with
//! invalid answers.

use std::sync::{Arc, Mutex};

use agent::addresses::AddressPoll;
use agent::config::{HikvisionConfig, Password, RecorderConfig, RtpTransport};
use agent::port_mapping::PortMappings;
use agent::recorder::RecorderStatus;
use data_encoding::BASE64;
use serde_json::{Value, json};
use simdvr::{FaultMode, PtzPosition};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::DropGuard;

use crate::link_support::{Cloud, CloudEnd, Viewer, start_link_to};
use crate::support::{Dvr, Folder, PASSWORD, Side, USER, soon};

/// A recorder behind an agent, and its link to a cloud.
pub(crate) struct Site {
    link: CloudEnd,
    pub(crate) side: Side,
    _cloud: Cloud,
    _folder: Folder,
    _stop: DropGuard,
}

impl Site {
    pub(crate) async fn of(mut side: Side, n_cameras: usize) -> Site {
        side.status_when("the recorder", |it| *it == RecorderStatus::Online)
            .await;
        side.cameras_when("the cameras", |list| list.len() >= n_cameras)
            .await;
        let (cloud, folder) = (Cloud::new().await, Folder::new());
        let (_, addresses) = AddressPoll::new();
        let (_code, stop) = start_link_to(
            &cloud,
            &folder,
            (side.streams.clone(), side.recorder.clone()),
            (addresses, PortMappings::off()),
        );
        Site {
            link: cloud.registered().await,
            side,
            _cloud: cloud,
            _folder: folder,
            _stop: stop,
        }
    }

    /// The same that receives no H.265 as RTP, and decodes these by itself.
    pub(crate) async fn plain_viewer(
        &mut self,
        session: &str,
        more: Value,
        decoders: &[&str],
    ) -> Viewer {
        let invite = self.link.connect(session, more).await;
        let mut viewer = self.link.answer_with(&invite, decoders).await;
        viewer.open().await;
        viewer
    }

    /// Waits until so many streams of a camera are known.
    pub(crate) async fn has_streams(&self, camera: &str, n_streams: usize) {
        let mut hubs = self.side.streams.hubs();
        let own = |hubs: &agent::stream::Hubs| hubs.keys().filter(|(id, _)| id == camera).count();
        let found = hubs.wait_for(|hubs| own(hubs) == n_streams);
        soon("the streams", found).await.expect("the keeper runs");
    }

    /// A viewer whose control channel is open.
    pub(crate) async fn viewer(&mut self, session: &str, more: Value) -> Viewer {
        let mut viewer = self.link.viewer(session, more).await;
        viewer.open().await;
        viewer
    }
}

async fn steerable(change: impl FnOnce(&mut simdvr::Config)) -> (Dvr, Site) {
    let mut config = simdvr::Config::four_cameras(USER, PASSWORD);
    change(&mut config);
    let dvr = Dvr::start(config).await;
    let site = Site::of(dvr.watched(), 4).await;
    (dvr, site)
}

async fn ptz(viewer: &mut Viewer, action: Value) -> Value {
    let mut params = json!({"camera": "4"});
    for (key, value) in action.as_object().expect("an object") {
        params[key] = value.clone();
    }
    viewer.ask("ptz", params).await
}

pub(crate) async fn stands_still(dvr: &Dvr) -> PtzPosition {
    soon("the camera to stop", async {
        while dvr.faults.is_moving(4) {
            tokio::task::yield_now().await;
        }
    })
    .await;
    dvr.faults.ptz(4).expect("camera 4 can be steered")
}

#[tokio::test]
async fn a_viewer_turns_a_camera_which_stops_by_itself() {
    let (dvr, mut site) = steerable(|_| {}).await;
    let mut viewer = site.viewer("s", json!({})).await;

    let done = ptz(&mut viewer, json!({"do": "move", "pan": 100, "ms": 300})).await;

    assert_eq!(done["result"], json!({}), "{done}");
    assert_eq!(stands_still(&dvr).await.pan, 270);
    let done = ptz(
        &mut viewer,
        json!({"do": "move", "pan": -100, "tilt": 50, "ms": 2000}),
    )
    .await;
    assert_eq!(done["result"], json!({}));
    let stopped = ptz(&mut viewer, json!({"do": "stop"})).await;
    assert_eq!(stopped["result"], json!({}));
    assert!(!dvr.faults.is_moving(4));
}

#[tokio::test]
async fn the_agent_stops_movements_that_the_recorder_would_not() {
    let (dvr, mut site) = steerable(|config| config.has_momentary_ptz = false).await;
    let mut viewer = site.viewer("s", json!({})).await;

    let done = ptz(&mut viewer, json!({"do": "move", "pan": 100, "ms": 200})).await;
    assert_eq!(done["result"], json!({}), "{done}");
    assert!(stands_still(&dvr).await.pan > 0);

    for lens in ["focus", "iris"] {
        let done = ptz(&mut viewer, json!({"do": lens, "speed": 100, "ms": 200})).await;
        assert_eq!(done["result"], json!({}), "{done}");
    }
    let at = stands_still(&dvr).await;
    assert!(at.focus > 500 && at.iris > 500, "{at:?}");
}

#[tokio::test]
async fn an_agent_that_ends_stops_what_it_has_begun() {
    let (dvr, mut site) = steerable(|config| config.has_momentary_ptz = false).await;
    let mut viewer = site.viewer("s", json!({})).await;
    ptz(&mut viewer, json!({"do": "move", "pan": 10, "ms": 2000})).await;
    ptz(&mut viewer, json!({"do": "focus", "speed": 10, "ms": 2000})).await;
    let gate = json!({"output": "1", "do": "pulse", "ms": 10_000});
    let opened = viewer.ask("setOutput", gate).await;
    assert_eq!(opened["result"], json!({}), "{opened}");
    assert!(dvr.faults.is_moving(4) && dvr.faults.outputs()[0]);

    site.side.stop.cancel();

    stands_still(&dvr).await;
    soon("the gate to close", async {
        while dvr.faults.outputs()[0] {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn presets_are_saved_visited_listed_and_removed() {
    let (dvr, mut site) = steerable(|_| {}).await;
    let mut viewer = site.viewer("s", json!({})).await;
    let name = "Tür & <Tor>";

    let saved = ptz(
        &mut viewer,
        json!({"do": "save", "preset": 7, "name": name}),
    )
    .await;
    assert_eq!(saved["result"], json!({}), "{saved}");
    ptz(&mut viewer, json!({"do": "move", "pan": 100, "ms": 100})).await;
    assert_ne!(stands_still(&dvr).await, PtzPosition::default());
    let gone = ptz(&mut viewer, json!({"do": "goto", "preset": 7})).await;
    assert_eq!(gone["result"], json!({}));

    assert_eq!(stands_still(&dvr).await, PtzPosition::default());
    let list = ptz(&mut viewer, json!({"do": "presets"})).await;
    assert_eq!(list["result"]["presets"], json!([{"id": 7, "name": name}]));
    for on in [true, false] {
        let patrol = json!({"do": "patrol", "patrol": 1, "isOn": on});
        assert_eq!(ptz(&mut viewer, patrol).await["result"], json!({}));
        assert_eq!(dvr.faults.is_moving(4), on);
    }
    ptz(&mut viewer, json!({"do": "remove", "preset": 7})).await;
    let list = ptz(&mut viewer, json!({"do": "presets"})).await;
    assert_eq!(list["result"]["presets"], json!([]));
    let unknown = ptz(&mut viewer, json!({"do": "goto", "preset": 301})).await;
    assert_eq!(unknown["error"]["code"], 501);
}

#[tokio::test]
async fn a_camera_answers_what_it_can_do() {
    let (dvr, mut site) = steerable(|_| {}).await;
    let mut viewer = site.viewer("s", json!({})).await;

    let dome = viewer.ask("capabilities", json!({"camera": "4"})).await;
    let fixed = viewer.ask("capabilities", json!({"camera": "1"})).await;
    let absent = viewer.ask("capabilities", json!({"camera": "77"})).await;

    let expected = json!({"panTilt": true, "zoom": true, "focus": true, "iris": true,
        "presets": 300, "patrols": 8, "snapshot": true, "talk": "recorder",
        "image": true, "outputs": 2, "events": true});
    assert_eq!(dome["result"], expected, "{dome}");
    let expected = json!({"panTilt": false, "zoom": false, "focus": false, "iris": false,
        "presets": 0, "patrols": 0, "snapshot": true, "talk": "camera",
        "image": true, "outputs": 2, "events": true});
    assert_eq!(fixed["result"], expected, "{fixed}");
    assert_eq!(absent["error"]["code"], 404);
    let moved = viewer
        .ask("ptz", json!({"camera": "1", "do": "move", "pan": 5}))
        .await;
    assert_eq!(moved["error"]["code"], 501);
    assert_eq!(dvr.faults.stats().ptz_orders, 0);
}

#[tokio::test]
async fn a_snapshot_is_fetched_part_by_part() {
    let (dvr, mut site) = steerable(|_| {}).await;
    let mut viewer = site.viewer("s", json!({})).await;

    for camera in ["1", "4"] {
        let picture = snapshot(&mut viewer, camera).await;
        assert!(picture.starts_with(&[0xff, 0xd8]), "camera {camera}");
        assert!(picture.ends_with(&[0xff, 0xd9]));
    }

    assert_eq!(dvr.faults.stats().snapshots, 2);
    let late = json!({"snapshot": 1, "part": 0});
    let late = viewer.ask("snapshotPart", late).await;
    assert_eq!(late["error"]["code"], 404, "{late}");
}

pub(crate) async fn snapshot(viewer: &mut Viewer, camera: &str) -> Vec<u8> {
    let ready = viewer.ask("snapshot", json!({"camera": camera})).await;
    let ready = ready.get("result").unwrap_or_else(|| panic!("{ready}"));
    let mut picture = Vec::new();
    for part in 0..ready["parts"].as_u64().expect("a number") {
        let asked = json!({"snapshot": ready["snapshot"], "part": part});
        let part = viewer.ask("snapshotPart", asked).await;
        let data = part["result"]["data"].as_str().expect("base64");
        picture.extend(BASE64.decode(data.as_bytes()).expect("base64"));
    }
    assert_eq!(ready["bytes"], picture.len());
    picture
}

#[tokio::test]
async fn requests_without_a_grant_are_refused() {
    let (dvr, mut site) = steerable(|_| {}).await;
    let grants = json!([{"camera": "1", "rights": ["view"]}]);
    let who = json!({"peerview/slots": 2,
        "peerview/viewer": {"name": "ben", "role": "guest", "grants": grants},
        "peerview/watch": [{"slot": 0, "camera": "1", "stream": "sub"},
            {"slot": 1, "camera": "2", "stream": "sub"}]});
    let mut ben = site.viewer("s", who).await;

    let told = ben.control("cameras", |it| it["method"] == "cameras").await;
    let told = told["params"]["cameras"]
        .as_array()
        .expect("a list")
        .clone();
    assert_eq!(told.len(), 1, "{told:?}");
    ben.slot_is(0, "playing").await;
    for (method, params) in [
        ("watch", json!({"slot": 1, "camera": "2", "stream": "sub"})),
        ("listen", json!({"camera": "1"})),
        ("snapshot", json!({"camera": "2"})),
        ("capabilities", json!({"camera": "4"})),
        ("ptz", json!({"camera": "1", "do": "presets"})),
        ("ptz", json!({"camera": "4", "do": "move", "pan": 5})),
    ] {
        let refused = ben.ask(method, params).await;
        assert_eq!(refused["error"]["code"], 403, "{method} {refused}");
    }
    assert_eq!(ben.ask("reboot", json!({})).await["error"]["code"], -32601);
    assert_eq!(
        ben.ask("listen", json!({"camera": null})).await["result"],
        json!({})
    );
    assert!(snapshot(&mut ben, "1").await.len() > 1_000);
    assert_eq!(dvr.faults.stats().ptz_orders, 0);
}

#[tokio::test]
async fn a_viewer_without_grants_sees_no_camera() {
    let (_dvr, mut site) = steerable(|_| {}).await;
    let who = json!({"peerview/viewer": {"name": ""},
        "peerview/watch": [{"slot": 0, "camera": "1", "stream": "sub"}]});
    let mut stranger = site.viewer("s", who).await;

    let told = stranger
        .control("cameras", |it| it["method"] == "cameras")
        .await;

    assert_eq!(told["params"]["cameras"], json!([]));
    let watch = json!({"slot": 0, "camera": "1", "stream": "sub"});
    assert_eq!(stranger.ask("watch", watch).await["error"]["code"], 403);
    assert_eq!(stranger.ask("ping", json!({})).await["result"], json!({}));
}

#[tokio::test]
async fn one_person_steers_a_camera_at_a_time() {
    let (dvr, mut site) = steerable(|_| {}).await;
    let mut ana = site.viewer("a", json!({})).await;
    let mut ben = site
        .viewer(
            "b",
            json!({"peerview/viewer": {"name": "ben", "role": "owner"}}),
        )
        .await;
    let step = json!({"do": "move", "pan": 10, "ms": 10});

    assert_eq!(ptz(&mut ana, step.clone()).await["result"], json!({}));
    let refused = ptz(&mut ben, step.clone()).await;

    assert_eq!(refused["error"]["code"], 409, "{refused}");
    let by = &refused["error"]["data"]["peerview/steeredBy"];
    assert_eq!(by["name"], "ana");
    assert!((1..=5).contains(&by["seconds"].as_u64().expect("a number")));
    // Whoever asks knows it before an attempt; of her own call Ana is told nothing.
    let camera = json!({"camera": "4"});
    let seen = ben.ask("inUse", camera.clone()).await;
    assert_eq!(seen["result"]["steeredBy"]["name"], "ana", "{seen}");
    assert_eq!(ana.ask("inUse", camera).await["result"], json!({}));
    // Looking is no steering.
    let list = ptz(&mut ben, json!({"do": "presets"})).await;
    assert_eq!(list["result"]["presets"], json!([]));
    soon("the camera to be free", async {
        while ptz(&mut ben, step.clone()).await.get("result").is_none() {}
    })
    .await;
    assert_eq!(ptz(&mut ana, step).await["error"]["code"], 409);
    assert_eq!(dvr.faults.stats().ptz_orders, 2);
}

#[tokio::test]
async fn a_flood_of_requests_is_refused_and_ends_nothing() {
    let (_dvr, mut site) = steerable(|_| {}).await;
    let mut viewer = site.viewer("s", json!({})).await;

    for id in 1_000..1_400 {
        let request = json!({"jsonrpc": "2.0", "id": id, "method": "ping", "params": {}});
        viewer.say(request.to_string()).await;
    }
    let refused = viewer
        .control("a refusal", |it| it["error"]["code"] == 429)
        .await;

    assert!(refused["id"].as_u64() >= Some(1_200), "{refused}");
    viewer
        .control("the last answer", |it| it["id"] == 1_399)
        .await;
    soon("to be heard again", async {
        while viewer.ask("ping", json!({})).await.get("result").is_none() {}
    })
    .await;
}

#[tokio::test]
async fn invalid_parameters_never_reach_the_recorder() {
    let (dvr, mut site) = steerable(|_| {}).await;
    let mut viewer = site.viewer("s", json!({})).await;

    for action in [
        json!({"do": "move", "pan": 101}),
        json!({"do": "move", "pan": 1, "ms": 2001}),
        json!({"do": "goto", "preset": 0}),
        json!({"do": "save", "preset": 1, "name": "\u{0}"}),
        json!({"do": "spin"}),
        json!({}),
    ] {
        let refused = ptz(&mut viewer, action.clone()).await;
        assert_eq!(refused["error"]["code"], -32602, "{action} {refused}");
    }
    let refused = viewer.ask("snapshot", json!({"camera": 4})).await;
    assert_eq!(refused["error"]["code"], -32602);
    assert_eq!(dvr.faults.stats().ptz_orders, 0);
}

#[tokio::test]
async fn a_recorder_that_is_gone_is_reported_at_once() {
    let (dvr, mut site) = steerable(|_| {}).await;
    let mut viewer = site.viewer("s", json!({})).await;
    dvr.faults.set_mode(FaultMode::Refuse);
    site.side
        .status_when("the loss", |it| {
            matches!(it, RecorderStatus::Unreachable(_))
        })
        .await;

    let moved = ptz(&mut viewer, json!({"do": "move", "pan": 5})).await;
    let picture = viewer.ask("snapshot", json!({"camera": "4"})).await;

    assert_eq!(moved["error"]["code"], 480, "{moved}");
    assert_eq!(picture["error"]["code"], 480, "{picture}");
}

#[tokio::test]
async fn a_camera_by_address_is_only_watched_and_talked_through() {
    let dvr = Dvr::with_four_cameras().await;
    let url = format!(
        "url = \"rtsp://{USER}:{PASSWORD}@{}/Streaming/Channels/101\"",
        dvr.rtsp
    );
    let mut site = Site::of(Side::from_text(&url), 1).await;
    let mut viewer = site.viewer("s", json!({})).await;

    for (method, params) in [
        ("ptz", json!({"camera": "1", "do": "stop"})),
        ("snapshot", json!({"camera": "1"})),
    ] {
        let refused = viewer.ask(method, params).await;
        assert_eq!(refused["error"]["code"], 501, "{method} {refused}");
    }
    let can = viewer.ask("capabilities", json!({"camera": "1"})).await;
    assert_eq!(can["result"]["snapshot"], false, "{can}");
    assert_eq!(can["result"]["talk"], "camera", "{can}");
    let absent = viewer.ask("capabilities", json!({"camera": "2"})).await;
    assert_eq!(absent["error"]["code"], 404, "{absent}");
}

/// A single camera that lists itself, and answers everything else as a test says.
struct Liar {
    address: std::net::SocketAddr,
    answer: Arc<Mutex<Vec<u8>>>,
}

impl Liar {
    async fn start() -> Liar {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let answer = Arc::new(Mutex::new(Vec::new()));
        let shared = answer.clone();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(lie(socket, shared.clone()));
            }
        });
        Liar { address, answer }
    }

    fn settings(&self) -> RecorderConfig {
        RecorderConfig::Hikvision(HikvisionConfig {
            id: None,
            name: None,
            address: self.address.to_string(),
            user: USER.to_owned(),
            password: Password::new(PASSWORD),
            rtsp_port: Some(1),
            poll_seconds: 600,
            transport: RtpTransport::Tcp,
            allow_basic: false,
            sessions: None,
        })
    }

    fn answers(&self, bytes: Vec<u8>) {
        *self.answer.lock().expect("no panic") = bytes;
    }
}

async fn lie(mut socket: TcpStream, answer: Arc<Mutex<Vec<u8>>>) -> std::io::Result<()> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        request.push(socket.read_u8().await?);
    }
    let request = String::from_utf8_lossy(&request).into_owned();
    let path = request.split(' ').nth(1).unwrap_or_default();
    let bytes = match path {
        "/ISAPI/System/deviceInfo" => http(
            200,
            b"<DeviceInfo><deviceType>IPCamera</deviceType><model>M</model></DeviceInfo>",
        ),
        "/ISAPI/Streaming/channels" => http(
            200,
            b"<StreamingChannelList><StreamingChannel><id>101</id><channelName>Porch</channelName>\
              <enabled>true</enabled></StreamingChannel></StreamingChannelList>",
        ),
        path if path.contains("PTZCtrl") || path.contains("picture") || path.contains("inputs") => {
            answer.lock().expect("no panic").clone()
        }
        _ => http(404, b""),
    };
    socket.write_all(&bytes).await?;
    socket.shutdown().await
}

fn http(status: u16, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

#[tokio::test]
async fn a_recorder_that_answers_nonsense_harms_no_call() {
    let liar = Liar::start().await;
    let mut site = Site::of(Side::start(&liar.settings(), 0), 1).await;
    let mut viewer = site.viewer("s", json!({})).await;
    let refusal = |reason: &str| {
        let code = "<statusCode>4</statusCode><statusString>Invalid Operation</statusString>";
        format!("<ResponseStatus>{code}<subStatusCode>{reason}</subStatusCode></ResponseStatus>")
    };
    let mut half = http(200, &[0xff; 1_000]);
    half.truncate(600);
    let mut cut = vec![0xff, 0xd8, 0xff, 0xe0];
    cut.extend([7; 5_000]);
    let cases = [
        (
            "garbage",
            b"\x00\xffHTTP/7.7 nonsense\r\n\r\n".to_vec(),
            480,
        ),
        ("nothing", Vec::new(), 480),
        ("half an answer", half, 480),
        ("HTML", http(200, b"<html><body>Login</body></html>"), 502),
        ("an empty page", http(200, b""), 502),
        ("100 MB", http(200, &vec![b'<'; 100_000_000]), 502),
        ("half a JPEG", http(200, &cut), 502),
        ("403", http(403, b""), 502),
        ("500", http(500, b"<html/>"), 502),
        (
            "a missing right under 200",
            http(200, refusal("lowPrivilege").as_bytes()),
            502,
        ),
        (
            "a refusal under 200",
            http(200, refusal("notSupport").as_bytes()),
            501,
        ),
    ];

    for (what, bytes, code) in cases {
        liar.answers(bytes);
        let picture = viewer.ask("snapshot", json!({"camera": "1"})).await;
        assert_eq!(picture["error"]["code"], code, "{what}: {picture}");
        let steer = json!({"camera": "1", "do": "move", "pan": 5});
        let moved = viewer.ask("ptz", steer).await;
        assert_eq!(moved["error"]["code"], code, "{what}: {moved}");
        assert!(!moved.to_string().contains(PASSWORD));
    }
    // The recorder that refused is now known to have no motor; the call goes on.
    let can = viewer.ask("capabilities", json!({"camera": "1"})).await;
    assert_eq!(can["result"]["panTilt"], false, "{can}");
    let large = [&[0xff, 0xd8, 0xff][..], &[7; 70_000], &[0xff, 0xd9]].concat();
    liar.answers(http(200, &large));
    assert_eq!(snapshot(&mut viewer, "1").await, large);
}
