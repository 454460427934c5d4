//! What the cloud does not expose: sources, debugging, folders, versions, its administration.

#![expect(clippy::unwrap_used, reason = "a failing step fails its test")]

use std::os::unix::fs::PermissionsExt;

use cloud::config::Config;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::browser::between;
use crate::support::{PASSWORD, TestCloud};

/// The whole answer to a request that no browser would send.
async fn raw(cloud: &TestCloud, request: &str) -> String {
    let mut socket = TcpStream::connect(cloud.addr).await.unwrap();
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// The folder of all assets, as pages name it.
async fn assets(cloud: &TestCloud) -> String {
    let page = cloud.browser().get("/login").await.body;
    let version = between(&page, "href=\"/assets/", "/");
    format!("/assets/{version}")
}

#[tokio::test]
async fn asvs_13_4_1_source_control_and_other_files_are_not_served() {
    let cloud = TestCloud::start().await;
    let assets = assets(&cloud).await;
    for path in [
        "/.git/config",
        "/.git/HEAD",
        "/.env",
        "/.svn/entries",
        "/.DS_Store",
        "/Cargo.toml",
        "/peerview.toml",
        "/config.example.toml",
        "/data/server.key",
        "/server.key",
        "/peerview.db",
        "/audit.log",
        "/backup.tar",
    ] {
        for path in [path.to_owned(), format!("{assets}{path}")] {
            assert_eq!(cloud.browser().get(&path).await.status, 404, "{path}");
        }
    }
    for climbing in [
        "/../Cargo.toml",
        "/%2e%2e/Cargo.toml",
        "/..%2f..%2fserver.key",
    ] {
        let request =
            format!("GET {assets}{climbing} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        let answer = raw(&cloud, &request).await;
        assert!(answer.starts_with("HTTP/1.1 404"), "{climbing}: {answer}");
    }
}

#[tokio::test]
async fn asvs_13_4_2_debug_pages_exist_only_in_the_demo() {
    let cloud = TestCloud::start_with(|_| {}).await;

    let demo: Vec<String> = cloud::web::list(&cloud.state)
        .into_iter()
        .map(|route| route.path.to_string())
        .filter(|path| {
            ["demo", "debug", "test", "trace"]
                .iter()
                .any(|word| path.contains(word))
        })
        .collect();

    assert_eq!(demo, Vec::<String>::new());
    assert_eq!(cloud.browser().get("/demo/mailbox").await.status, 404);
    let by_file = toml::from_str::<Config>("demo = true").unwrap_err();
    assert!(by_file.to_string().contains("unknown field"), "{by_file}");
}

#[tokio::test]
async fn asvs_13_4_3_no_folder_lists_its_contents() {
    let cloud = TestCloud::start().await;
    let assets = assets(&cloud).await;
    for folder in ["", "/", "/js", "/js/", "/js/lib/", "/css/", "/img/", "/."] {
        let page = cloud.browser().get(&format!("{assets}{folder}")).await;
        assert_eq!(page.status, 404, "{folder}");
        assert!(
            !page.body.contains("rpc.js"),
            "{folder}: {}",
            page.body.len()
        );
    }
    for folder in ["/assets", "/assets/", "/captcha/", "/demo/", "/account/"] {
        assert_eq!(cloud.browser().get(folder).await.status, 404, "{folder}");
    }
}

#[tokio::test]
async fn asvs_13_4_4_trace_requests_are_refused() {
    let cloud = TestCloud::start().await;
    for method in ["TRACE", "TRACK", "DEBUG", "PROPFIND"] {
        for path in ["/", "/login", "/healthz", "/nothing"] {
            let request = format!(
                "{method} {path} HTTP/1.1\r\nhost: x\r\ncookie: session=echoed\r\nconnection: close\r\n\r\n"
            );
            let answer = raw(&cloud, &request).await;
            let status: u16 = answer[9..12].parse().unwrap();
            assert!((400..500).contains(&status), "{method} {path}: {answer}");
            assert!(!answer.contains("echoed"), "{method} {path}: {answer}");
        }
    }
}

#[tokio::test]
async fn asvs_13_4_5_documentation_and_metrics_are_not_served_publicly() {
    let cloud = TestCloud::start().await;
    for path in [
        "/metrics",
        "/docs",
        "/openapi.json",
        "/swagger-ui/",
        "/status",
        "/server-status",
        "/actuator/health",
        "/debug/pprof/",
    ] {
        assert_eq!(cloud.browser().get(path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn asvs_13_4_6_no_answer_reveals_a_version() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    let assets = assets(&cloud).await;
    let script = format!("{assets}/js/app.js");
    for path in [
        "/login", "/nothing", "/healthz", "/readyz", "/devices", "/help", &script,
    ] {
        let page = ana.get(path).await;
        for name in ["server", "x-powered-by", "via", "x-generator"] {
            assert_eq!(page.header(name), None, "{path}");
        }
        assert!(!page.body.contains(env!("CARGO_PKG_VERSION")), "{path}");
        assert!(!page.body.contains("generator"), "{path}");
    }
}

#[tokio::test]
async fn asvs_8_4_2_administration_is_not_possible_over_the_network() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;

    let admin: Vec<String> = cloud::web::list(&cloud.state)
        .into_iter()
        .map(|route| route.path.to_string())
        .filter(|path| path.contains("admin") || path.contains("operator"))
        .collect();

    assert_eq!(admin, Vec::<String>::new());
    // What commands need is for the owner of the cloud's own account on the machine.
    let folder = &cloud.state.config.data_dir;
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(folder) & 0o777, 0o700);
    for name in ["server.key", cloud::audit::FILE] {
        assert_eq!(mode(&folder.join(name)) & 0o777, 0o600, "{name}");
    }
}

#[tokio::test]
async fn asvs_16_5_3_requests_fail_closed_without_a_database() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    cloud.state.db.close().await;

    for path in [
        "/devices",
        "/live",
        "/account/second-factor",
        "/account/passkeys",
    ] {
        let page = ana.get(path).await;
        assert_eq!(page.status, 503, "{path}");
    }
    let login = cloud.browser().logs_in("ana", PASSWORD, false).await;
    let register = cloud
        .browser()
        .sends_register(&cloud.state, "eva@example.org")
        .await;
    let forgot = cloud
        .browser()
        .sends_forgot(&cloud.state, "ana@example.org")
        .await;
    let key = cloud
        .browser()
        .post("/login/passkey", &[("ceremony", "x")])
        .await;
    for page in [login, register, forgot, key] {
        assert_eq!(page.status, 503, "{}", page.body);
        assert!(page.set_cookie("session").is_none());
    }
}
