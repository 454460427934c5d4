//! What holds for every address: headers, origins, sizes, methods, health, start and stop.

use std::time::{Duration, Instant};

use cloud::clock::Clock;
use cloud::config::Config;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{PASSWORD, TestCloud};

#[tokio::test]
async fn every_answer_has_the_security_headers() {
    let cloud = TestCloud::start().await;
    for path in [
        "/login",
        "/register",
        "/forgot",
        "/healthz",
        "/nothing/here",
        "/captcha/x.png",
        "/demo/mailbox",
    ] {
        let page = cloud.browser().get(path).await;

        let policy = page.header("content-security-policy").unwrap();
        for part in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "form-action 'self'",
        ] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(
            page.header("x-content-type-options"),
            Some("nosniff"),
            "{path}"
        );
        assert_eq!(
            page.header("cross-origin-opener-policy"),
            Some("same-origin"),
            "{path}"
        );
        assert_eq!(
            page.header("referrer-policy"),
            Some("same-origin"),
            "{path}"
        );
        assert_eq!(page.header("cache-control"), Some("no-store"), "{path}");
    }
}

#[tokio::test]
async fn https_answers_have_host_bound_cookies_and_hsts() {
    let cloud = TestCloud::start_with(|config| {
        config.demo = true;
        config.public_url = Some("https://cloud.example.org".parse().unwrap());
    })
    .await;
    let mut ana = cloud
        .browser()
        .sending("origin", "https://cloud.example.org");
    let page = ana.sends_register(&cloud.state, "ana@example.org").await;

    let cookie = page.set_cookie("__Host-flow").unwrap();
    assert!(
        cookie.contains("; Secure")
            && cookie.contains("; HttpOnly")
            && cookie.contains("; Path=/;"),
        "{cookie}"
    );
    assert!(!cookie.contains("Domain"));
    assert_eq!(
        page.header("strict-transport-security"),
        Some("max-age=63072000")
    );
}

#[tokio::test]
async fn forms_of_other_sites_are_refused() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;

    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("origin", "http://127.0.0.1:1"),
    ] {
        let mut lured = ana.clone().sending(name, value);
        assert_eq!(
            lured.post("/logout", &[]).await.status,
            403,
            "{name}: {value}"
        );
    }
    assert!(ana.is_signed_in().await);
}

#[tokio::test]
async fn sockets_of_other_sites_are_refused() {
    let cloud = TestCloud::start().await;
    let ana = cloud.person("ana").await;
    for path in ["/call", "/link"] {
        let mut lured = ana
            .clone()
            .sending("origin", "https://evil.example")
            .sending("connection", "upgrade")
            .sending("upgrade", "websocket")
            .sending("sec-websocket-version", "13")
            .sending("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
        assert_eq!(lured.get(path).await.status, 403, "{path}");
    }
}

#[tokio::test]
async fn request_bodies_are_limited() {
    let cloud = TestCloud::start().await;
    let body = format!("login=ana&password={}", "x".repeat(1_000_000));

    assert_eq!(cloud.browser().post_body("/login", body).await.status, 413);
}

#[tokio::test]
async fn forms_with_unknown_duplicate_or_invalid_fields_are_refused() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.browser();

    for body in [
        "login=ana&password=x&is_admin=1",
        "login=ana&login=ben&password=x",
        "{\"login\":\"ana\"}",
    ] {
        assert_eq!(
            ana.post_body("/login", body.to_owned()).await.status,
            400,
            "{body}"
        );
    }
    assert_eq!(
        ana.post_body("/register", "email=a&account_id=1".to_owned())
            .await
            .status,
        400
    );
    let bytes = ana
        .post_body("/login", "login=%00%ff&password=%ff".to_owned())
        .await;
    assert_eq!(
        bytes.status, 422,
        "bytes that are no text are nobody's name"
    );
}

#[tokio::test]
async fn unknown_paths_are_not_found_and_wrong_methods_are_refused() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.browser();

    let nothing = ana.get("/.git/config").await;
    assert_eq!(nothing.status, 404);
    assert!(nothing.body.contains("There is nothing here"));
    assert_eq!(ana.post("/healthz", &[]).await.status, 405);
}

#[tokio::test]
async fn user_input_is_shown_as_text() {
    let cloud = TestCloud::start().await;
    let nasty = "\"><script>alert(1)</script>";

    let page = cloud.browser().logs_in(nasty, PASSWORD, false).await;

    assert!(!page.body.contains("<script>alert"), "{}", page.body);
}

#[tokio::test]
async fn the_health_check_follows_the_database() {
    let cloud = TestCloud::start().await;
    assert_eq!(cloud.browser().get("/healthz").await.body, "ok\n");

    cloud.state.db.close().await;
    let down = cloud.browser().get("/healthz").await;

    assert_eq!(down.status, 503);
    assert!(down.header("retry-after").is_some());
}

#[tokio::test]
async fn versioned_static_files_are_cached_forever() {
    let cloud = TestCloud::start().await;
    let page = cloud.browser().get("/login").await.body;
    let css =
        crate::support::browser::between(&page, "rel=\"stylesheet\" href=\"", "\"").to_owned();

    let file = cloud.browser().get(&css).await;

    assert_eq!(file.status, 200, "{css}");
    assert_eq!(
        file.header("cache-control"),
        Some("public, max-age=31536000, immutable")
    );
    assert_eq!(file.header("content-type"), Some("text/css; charset=utf-8"));
    assert_eq!(
        cloud
            .browser()
            .get("/assets/x/../../Cargo.toml")
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn a_port_in_use_is_reported_with_its_setting() {
    let cloud = TestCloud::start().await;
    let folder = std::env::temp_dir().join(format!("cloud-taken-{}", cloud::random::Random.id()));
    let config = Config {
        listen: cloud.addr,
        data_dir: folder.clone(),
        ..Config::default()
    };

    let error = cloud::bind_with_clock(config, Clock::System)
        .await
        .err()
        .unwrap();
    std::fs::remove_dir_all(folder).ok();

    let words = format!("{error:#}");
    assert!(
        words.contains(&cloud.addr.to_string()) && words.contains("`listen`"),
        "{words}"
    );
}

#[tokio::test]
async fn shutdown_with_open_connections_takes_under_two_seconds() {
    let mut cloud = TestCloud::start().await;
    let mut idle = TcpStream::connect(cloud.addr).await.unwrap();
    let mut half_sent = TcpStream::connect(cloud.addr).await.unwrap();
    half_sent
        .write_all(b"POST /login HTTP/1.1\r\nhost: x\r\ncontent-length: 50\r\n\r\nlogin=")
        .await
        .unwrap();
    idle.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    let mut first = [0; 12];
    idle.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 200");

    let asked = Instant::now();
    cloud.stop().await;

    assert!(
        asked.elapsed() < Duration::from_secs(2),
        "{:?}",
        asked.elapsed()
    );
}

#[tokio::test]
async fn accounts_and_sessions_survive_a_restart() {
    let cloud = TestCloud::start().await;
    let ana = cloud.person("ana").await;
    let token = ana.cookie("session").unwrap().to_owned();

    let cloud = cloud.restart(|config| config.demo = true).await;
    let mut again = cloud.browser();
    again.takes_cookie("session", &token);

    assert!(again.is_signed_in().await);
    assert_eq!(
        cloud.browser().logs_in("ana", PASSWORD, false).await.status,
        303
    );
}
