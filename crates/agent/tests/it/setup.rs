//! The set-up page of a whole agent: from its printed code to a recorder that the cloud knows.

use std::net::SocketAddr;

use agent::Agent;
use agent::config::{Config, RecorderConfig, SetupPageMode};
use agent::discovery::LanSearch;
use agent::recorder::RecorderStatus;
use agent::roster::Roster;
use reqwest::header::{self, HeaderMap};
use reqwest::{Client, RequestBuilder, StatusCode, redirect};
use simdvr::ClipCodec;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::link_support::Cloud;
use crate::support::{Dvr, Folder, PASSWORD, USER, soon};

/// An agent with its page, and a browser on it.
struct SetupWorld {
    cloud: Cloud,
    roster: Roster,
    code: String,
    base: String,
    cookie: String,
    http: Client,
    running: tokio::task::JoinHandle<anyhow::Result<()>>,
    stop: CancellationToken,
    _stop: DropGuard,
}

/// What the page answered.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn leads_to(&self) -> &str {
        let location = self.headers.get(header::LOCATION);
        location.map_or("", |it| it.to_str().expect("a path"))
    }
}

/// A machine without a network to search.
fn nowhere() -> LanSearch {
    LanSearch {
        from: Vec::new(),
        interfaces: Vec::new(),
        ..LanSearch::everywhere()
    }
}

fn config(folder: &Folder, cloud: &Cloud, recorders: Vec<RecorderConfig>) -> Config {
    Config {
        data_dir: folder.path().to_owned(),
        cloud: cloud.url.clone(),
        recorders,
        loopback_candidates: true,
        setup_listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        ..Config::default()
    }
}

impl SetupWorld {
    async fn new(folder: &Folder) -> SetupWorld {
        SetupWorld::searching(folder, nowhere()).await
    }

    /// Without a session yet.
    async fn searching(folder: &Folder, search: LanSearch) -> SetupWorld {
        let cloud = Cloud::new().await;
        let config = config(folder, &cloud, Vec::new());
        SetupWorld::of(config, cloud, search).await
    }

    async fn of(config: Config, cloud: Cloud, search: LanSearch) -> SetupWorld {
        let agent = Agent::open(config).expect("right settings");
        let page = agent.setup_page(search).await.expect("a free port");
        let page = page.expect("there is no recorder");
        let (roster, code) = (agent.roster(), page.code().to_owned());
        let addresses = page.addresses();
        let [base] = &addresses[..] else {
            panic!("{addresses:?}");
        };
        let base = base.trim_end_matches('/').to_owned();
        let stop = CancellationToken::new();
        tokio::spawn(page.run(stop.clone()));
        let http = Client::builder().redirect(redirect::Policy::none());
        SetupWorld {
            cloud,
            roster,
            code,
            base,
            cookie: String::new(),
            http: http.build().expect("a client"),
            running: tokio::spawn(agent.run(stop.clone())),
            _stop: stop.clone().drop_guard(),
            stop,
        }
    }

    /// With a session.
    async fn entered(folder: &Folder) -> SetupWorld {
        let mut world = SetupWorld::new(folder).await;
        world.enters().await;
        world
    }

    async fn enters(&mut self) -> Answer {
        let code = self.code.clone();
        let answer = self.post("/code", &[("code", &code)]).await;
        let cookie = answer.headers.get(header::SET_COOKIE).expect("a cookie");
        let cookie = cookie.to_str().expect("text");
        self.cookie = cookie.split(';').next().expect("a pair").to_owned();
        answer
    }

    async fn answer(&self, request: RequestBuilder) -> Answer {
        let request = request.header(header::COOKIE, &self.cookie);
        let response = soon("an answer", request.send()).await.expect("an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.text().await.expect("text");
        Answer {
            status,
            headers,
            body,
        }
    }

    async fn get(&self, path: &str) -> Answer {
        let request = self.http.get(format!("{}{path}", self.base));
        self.answer(request).await
    }

    fn form(&self, path: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request = self.http.post(format!("{}{path}", self.base));
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        request.body(body)
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let form = self.form(path, fields);
        self.answer(form.header(header::ORIGIN, &self.base)).await
    }

    async fn tries(&self, address: &str, password: &str, more: &[(&str, &str)]) -> Answer {
        let login = [
            ("kind", "hikvision"),
            ("address", address),
            ("user", USER),
            ("password", password),
        ];
        self.post("/try", &[&login[..], more].concat()).await
    }

    /// Adds the recorder, and returns the path of its screen.
    async fn adds(&self, dvr: &Dvr) -> String {
        let added = self.tries(&dvr.http.to_string(), PASSWORD, &[]).await;
        assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.body);
        added.leads_to().to_owned()
    }

    async fn ends(self) {
        self.stop.cancel();
        let ended = soon("the end", self.running).await;
        ended.expect("no panic").expect("no error");
    }
}

#[tokio::test]
async fn a_recorder_is_set_up_from_printed_code_to_qr() {
    let folder = Folder::new();
    let mut config = simdvr::Config::four_cameras(USER, PASSWORD);
    config.onvif.discovery = Some(SocketAddr::from(([127, 0, 0, 1], 0)));
    let dvr = Dvr::start(config).await;
    let at = dvr.discovery.expect("it answers searches");
    let search = LanSearch {
        from: vec![[127, 0, 0, 1].into()],
        interfaces: Vec::new(),
        ws_discovery6: (std::net::Ipv6Addr::LOCALHOST, 9),
        ws_discovery: at,
        sadp: at,
        sadp_port: None,
    };
    let mut world = SetupWorld::searching(&folder, search).await;

    let first = world.get("/").await;
    let wrong = world.post("/code", &[("code", "AAAA-AAAA")]).await;
    let outside = world.get("/recorders/x").await;
    world.enters().await;
    let home = world.get("/").await;
    assert!(first.body.contains("name=\"code\""), "{}", first.body);
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.headers.get(header::SET_COOKIE).is_none());
    assert_eq!(outside.leads_to(), "/");
    let place = dvr.http.to_string();
    assert!(
        home.body.contains(&format!("Set up {place}")),
        "{}",
        home.body
    );

    let chosen = world
        .post("/choose", &[("kind", "hikvision"), ("address", &place)])
        .await;
    assert!(chosen.body.contains("name=\"password\""), "{}", chosen.body);
    let refused = world.tries(&place, "s3cret-typo", &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.body.contains("after 4 more wrong passwords"),
        "{}",
        refused.body
    );
    let same = world.tries(&place, "s3cret-typo", &[]).await;
    assert!(same.body.contains("were not sent again"), "{}", same.body);
    assert_eq!(dvr.faults.stats().failed_logins, 1);

    let path = world.adds(&dvr).await;
    let shown = world.get(&path).await;
    let card = world.cloud.registered().await;
    drop(card);
    assert!(shown.body.contains("src=\"data:image/jpeg;base64,"));
    assert!(shown.body.contains("alt=\"Picture of Entrance\""));
    let qr = "xmlns=\"http://www.w3.org/2000/svg\"><rect width=\"";
    assert!(shown.body.contains(qr), "the QR code");
    let served = world.roster.all().remove(0);
    let link = format!("/devices/new#{}:", served.identity.serial());
    assert!(shown.body.contains(&link), "{link}");
    for page in [&refused, &same, &shown] {
        assert!(!page.body.contains("s3cret") && !page.body.contains(PASSWORD));
    }
    assert_eq!(dvr.faults.stats().failed_logins, 1);
}

#[tokio::test]
async fn a_person_may_insist_on_a_refused_password() {
    let (folder, dvr) = (Folder::new(), Dvr::with_four_cameras().await);
    dvr.faults.set_password("later-password");
    let world = SetupWorld::entered(&folder).await;
    let place = dvr.http.to_string();
    let refused = world.tries(&place, PASSWORD, &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    // Somebody changes it on the recorder.
    dvr.faults.set_password(PASSWORD);

    let unsent = world.tries(&place, PASSWORD, &[]).await;
    let insisted = world.tries(&place, PASSWORD, &[("again", "1")]).await;

    assert!(unsent.body.contains("name=\"again\""), "{}", unsent.body);
    assert_eq!(insisted.status, StatusCode::SEE_OTHER, "{}", insisted.body);
}

#[tokio::test]
async fn recorders_of_the_setup_page_survive_a_restart() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, dvr) = (Folder::new(), Dvr::with_four_cameras().await);
    let world = SetupWorld::entered(&folder).await;
    world.adds(&dvr).await;
    let serial = world.roster.all()[0].identity.serial().to_string();
    let cloud = Cloud::new().await;
    world.ends().await;

    let again = config(&folder, &cloud, Vec::new());
    let agent = Agent::open(again.clone()).expect("right settings");

    assert_eq!(agent.recorders()[0].serial, serial);
    let page = agent
        .setup_page(nowhere())
        .await
        .expect("no port is needed");
    assert!(page.is_none(), "there is a recorder");
    drop(agent);
    let always = Config {
        setup_page: SetupPageMode::Always,
        ..again
    };
    let agent = Agent::open(always).expect("right settings");
    assert!(agent.setup_page(nowhere()).await.expect("a port").is_some());
    let file = folder.path().join("recorders.toml");
    let mode = file.metadata().expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn a_changed_password_is_taken_while_the_agent_runs() {
    let (folder, dvr) = (Folder::new(), Dvr::with_four_cameras().await);
    let world = SetupWorld::entered(&folder).await;
    let path = world.adds(&dvr).await;
    let serial = world.roster.all()[0].identity.serial().to_string();
    dvr.faults.set_password("later-password");
    let place = dvr.http.to_string();
    let id = path.trim_start_matches("/recorders/").to_owned();

    let form = world
        .post(
            "/change",
            &[
                ("id", &id),
                ("kind", "hikvision"),
                ("address", &place),
                ("user", USER),
            ],
        )
        .await;
    assert!(
        form.body.contains(&format!("value=\"{id}\"")),
        "{}",
        form.body
    );
    let more = [("id", id.as_str()), ("name", "Shop")];
    let changed = world.tries(&place, "later-password", &more).await;

    assert_eq!(changed.leads_to(), path, "{}", changed.body);
    let served = world.roster.all();
    assert_eq!(served.len(), 1);
    assert_eq!(served[0].name, "Shop");
    assert_eq!(served[0].identity.serial().to_string(), serial);
    let mut status = served[0].status.clone();
    let online = status.wait_for(|it| *it == RecorderStatus::Online);
    soon("the recorder", online).await.expect("the agent runs");
}

#[tokio::test]
async fn a_replaced_recorder_gets_a_password_after_acceptance() {
    let folder = Folder::new();
    let dvr = Dvr::start(simdvr::Config::four_cameras(USER, PASSWORD).with_tls()).await;
    let world = SetupWorld::entered(&folder).await;
    let place = format!("https://{}", dvr.https.expect("it has TLS"));
    let added = world.tries(&place, PASSWORD, &[]).await;
    let path = added.leads_to().to_owned();
    let known = agent::certificates::list(folder.path()).expect("a folder");
    let Some(agent::certificates::TrustedCertificate::Pinned(first)) =
        known[0].certificates[0].trusted
    else {
        panic!("{known:?}");
    };
    let shown = world.get(&path).await;
    assert!(shown.body.contains(&first.to_string()), "{}", shown.body);

    dvr.faults.change_certificate();
    let removed = world.post(&format!("{path}/remove"), &[]).await;
    assert_eq!(removed.leads_to(), "/");
    let n_signed = dvr.faults.stats().signed_requests;
    let other = world.tries(&place, PASSWORD, &[]).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(other.body.contains(&first.to_string()), "{}", other.body);
    assert_eq!(dvr.faults.stats().signed_requests, n_signed);

    let known = agent::certificates::list(folder.path()).expect("a folder");
    let new = known[0].certificates[0]
        .refused
        .expect("it was shown")
        .to_string();
    assert!(other.body.contains(&new), "{}", other.body);
    let form = |hash: &str| {
        [
            ("folder", known[0].folder.clone()),
            ("shown", hash.to_owned()),
            ("kind", "hikvision".to_owned()),
            ("address", place.clone()),
        ]
    };
    for (hash, is_accepted) in [(first.to_string(), false), (new, true)] {
        let form = form(&hash);
        let fields: Vec<(&str, &str)> =
            form.iter().map(|(name, it)| (*name, it.as_str())).collect();
        let answer = world.post("/certificate", &fields).await;
        assert_eq!(
            answer.body.contains("is accepted"),
            is_accepted,
            "{}",
            answer.body
        );
    }
    let works = world.tries(&place, PASSWORD, &[]).await;
    assert_eq!(works.leads_to(), path, "{}", works.body);
}

#[tokio::test]
async fn a_removed_recorder_is_forgotten_but_its_serial_stays() {
    let (folder, dvr) = (Folder::new(), Dvr::with_four_cameras().await);
    let world = SetupWorld::entered(&folder).await;
    let path = world.adds(&dvr).await;
    let serial = world.roster.all()[0].identity.serial().to_string();

    world.post(&format!("{path}/remove"), &[]).await;
    let file = std::fs::read_to_string(folder.path().join("recorders.toml")).expect("a file");
    let n_left = world.roster.all().len();
    world.adds(&dvr).await;

    assert_eq!(n_left, 0);
    assert!(!file.contains(PASSWORD), "{file}");
    assert_eq!(world.roster.all()[0].identity.serial().to_string(), serial);
}

#[tokio::test]
async fn a_recorder_of_the_settings_file_is_not_changed() {
    let (folder, dvr, cloud) = (
        Folder::new(),
        Dvr::with_four_cameras().await,
        Cloud::new().await,
    );
    let mut config = config(
        &folder,
        &cloud,
        vec![RecorderConfig::Hikvision(dvr.settings())],
    );
    config.setup_page = SetupPageMode::Always;
    let mut world = SetupWorld::of(config, cloud, nowhere()).await;
    world.enters().await;
    let served = world.roster.all().remove(0);
    let path = format!("/recorders/{}", served.folder);

    let shown = world.get(&path).await;
    let removed = world.post(&format!("{path}/remove"), &[]).await;
    let refused = world.tries(&dvr.http.to_string(), PASSWORD, &[]).await;
    let more = [("id", served.folder.as_str())];
    let by_id = world.tries(&dvr.http.to_string(), PASSWORD, &more).await;

    assert!(shown.body.contains("settings file"), "{}", shown.body);
    assert_eq!(removed.leads_to(), "/");
    assert!(refused.body.contains("settings file"), "{}", refused.body);
    assert_eq!(by_id.leads_to(), "/");
    assert_eq!(world.roster.all().len(), 1);
    assert!(!folder.path().join("recorders.toml").exists());
}

#[tokio::test]
async fn a_camera_without_still_pictures_shows_its_key_frame() {
    let folder = Folder::new();
    let dvr = Dvr::with_four_cameras().await;
    let world = SetupWorld::entered(&folder).await;
    let url = format!("rtsp://{}/Streaming/Channels/102", dvr.rtsp);

    let added = world.tries(&url, PASSWORD, &[("name", "Gate")]).await;
    assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.body);
    let shown = world.get(added.leads_to()).await;

    let film = format!("{}/picture.mp4", added.leads_to());
    assert!(
        shown.body.contains(&format!("src=\"{film}\"")),
        "{}",
        shown.body
    );
    let begin = world.http.get(format!("{}{film}", world.base));
    let begin = world.answer(begin.header(header::RANGE, "bytes=0-7")).await;
    assert_eq!(begin.status, StatusCode::PARTIAL_CONTENT);
    assert!(begin.body.ends_with("ftyp"), "{:?}", begin.body);
    assert!(
        !added.leads_to().contains("Streaming"),
        "{}",
        added.leads_to()
    );
    dvr.faults.set_camera_codec(2, ClipCodec::Jpeg);
    let url = format!("rtsp://{}/Streaming/Channels/202", dvr.rtsp);
    let added = world.tries(&url, PASSWORD, &[]).await;
    assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.body);
    let shown = world.get(added.leads_to()).await;
    assert!(
        shown.body.contains("data:image/jpeg;base64,"),
        "{}",
        shown.body
    );
}

#[tokio::test]
async fn an_address_without_a_recorder_is_explained() {
    let folder = Folder::new();
    let world = SetupWorld::entered(&folder).await;
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let closed = free.local_addr().expect("an address").to_string();
    drop(free);

    let silent = world.tries(&closed, PASSWORD, &[]).await;
    let itself = world.base.trim_start_matches("http://").to_owned();
    let page = world.tries(&itself, PASSWORD, &[]).await;

    assert!(
        silent.body.contains("Nothing answers at this address"),
        "{}",
        silent.body
    );
    assert_eq!(
        page.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        page.body
    );
    let folders = std::fs::read_dir(folder.path().join("recorders")).expect("a folder");
    assert_eq!(folders.count(), 0, "nothing is kept about them");
    assert!(world.roster.all().is_empty());
}

#[tokio::test]
async fn asvs_3_4_3_the_setup_page_allows_no_script_or_frame() {
    let folder = Folder::new();
    let world = SetupWorld::entered(&folder).await;

    for path in ["/", "/style.css", "/nothing", "/recorders/x"] {
        let answer = world.get(path).await;
        let header = |name: &str| {
            let value = answer.headers.get(name);
            value.map_or("", |it| it.to_str().expect("text")).to_owned()
        };
        let policy = header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("script"));
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("cache-control"), "no-store", "{path}");
        assert!(!answer.body.contains("<script"), "{path}");
        assert!(!answer.body.contains(" style="), "{path}");
    }
}

#[tokio::test]
async fn asvs_3_3_4_the_setup_cookie_is_kept_from_scripts_and_sites() {
    let folder = Folder::new();
    let mut world = SetupWorld::new(&folder).await;

    let entered = world.enters().await;

    let cookie = entered.headers.get(header::SET_COOKIE).expect("a cookie");
    let cookie = cookie.to_str().expect("text");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"));
    // 256 bits.
    assert_eq!(world.cookie.split_once('=').expect("a pair").1.len(), 43);
}

#[tokio::test]
async fn asvs_3_5_1_forms_and_names_of_other_pages_are_refused() {
    let (folder, dvr) = (Folder::new(), Dvr::with_four_cameras().await);
    let world = SetupWorld::entered(&folder).await;
    let place = dvr.http.to_string();
    let fields = [("kind", "hikvision"), ("address", place.as_str())];

    for (origin, status) in [
        (Some("http://attacker.example"), StatusCode::FORBIDDEN),
        (Some("null"), StatusCode::FORBIDDEN),
        (None, StatusCode::FORBIDDEN),
        (Some(world.base.as_str()), StatusCode::OK),
    ] {
        let mut form = world.form("/choose", &fields);
        if let Some(origin) = origin {
            form = form.header(header::ORIGIN, origin);
        }
        assert_eq!(world.answer(form).await.status, status, "{origin:?}");
    }
    // A name of the attacker's that leads here (DNS rebinding).
    for host in ["attacker.example:8790", "attacker.example", "198.51.100.7"] {
        let request = world.http.get(&world.base).header(header::HOST, host);
        let answer = world.answer(request).await;
        assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST, "{host}");
        assert_eq!(answer.body, "", "{host}");
    }
}

#[tokio::test]
async fn too_many_codes_and_too_long_forms_are_refused() {
    let folder = Folder::new();
    let world = SetupWorld::new(&folder).await;

    let long = world.post("/code", &[("code", &"A".repeat(20_000))]).await;
    for _ in 0..5 {
        let wrong = world.post("/code", &[("code", "no")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let code = world.code.clone();
    let right = world.post("/code", &[("code", &code)]).await;

    assert_eq!(long.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(right.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(right.headers.get(header::SET_COOKIE).is_none());
}
