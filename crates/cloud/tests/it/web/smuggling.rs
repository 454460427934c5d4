//! HTTP request smuggling: requests whose end two parsers could see in two places, and invalid header fields,
//! as raw bytes against the real listener.

#![expect(clippy::unwrap_used, reason = "a failing step fails its test")]

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{PATIENCE, TestCloud};

/// Everything that is answered to these bytes until the cloud closes.
async fn answers(cloud: &TestCloud, request: &[u8]) -> String {
    let mut socket = TcpStream::connect(cloud.addr).await.unwrap();
    socket.write_all(request).await.unwrap();
    let mut said = Vec::new();
    let read = tokio::time::timeout(PATIENCE, socket.read_to_end(&mut said)).await;
    read.expect("the cloud closes").ok();
    String::from_utf8_lossy(&said).into_owned()
}

/// The status lines in what was answered.
fn statuses(said: &str) -> Vec<&str> {
    let lines = said
        .lines()
        .filter_map(|line| line.strip_prefix("HTTP/1.1 "));
    lines.map(|line| &line[..3]).collect()
}

/// A second request behind the first, which a confused reader would take for one.
const HIDDEN: &str = "GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";

#[tokio::test]
async fn asvs_4_2_1_ambiguous_request_lengths_are_answered_once_at_most() {
    let cloud = TestCloud::start().await;
    let plain =
        format!("GET /healthz HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\naaaa{HIDDEN}");
    assert_eq!(
        statuses(&answers(&cloud, plain.as_bytes()).await),
        ["200", "200"]
    );

    for (fields, body) in [
        (
            "content-length: 4\r\ntransfer-encoding: chunked",
            "0\r\n\r\n",
        ),
        (
            "transfer-encoding: chunked\r\ncontent-length: 4",
            "0\r\n\r\n",
        ),
        ("content-length: 4\r\ncontent-length: 5", "aaaa"),
        ("content-length: 4, 4", "aaaa"),
        ("content-length: +4", "aaaa"),
        ("content-length: -4", "aaaa"),
        ("content-length: 0x4", "aaaa"),
        ("content-length: 99999999999999999999", "aaaa"),
        ("content-length : 4", "aaaa"),
        (" content-length: 4", "aaaa"),
        ("x: a\r\n content-length: 4", "aaaa"),
        ("transfer-encoding: xchunked", "0\r\n\r\n"),
        ("transfer-encoding: chunked, identity", "0\r\n\r\n"),
        ("transfer-encoding: identity", "0\r\n\r\n"),
        ("transfer-encoding : chunked", "0\r\n\r\n"),
        ("transfer-encoding: \u{b}chunked", "0\r\n\r\n"),
        (
            "transfer-encoding: chunked\r\ntransfer-encoding: cow",
            "0\r\n\r\n",
        ),
        ("transfer-encoding:\n chunked", "0\r\n\r\n"),
        ("transfer-encoding: chunked", "5;a\nb\r\naaaaa\r\n0\r\n\r\n"),
        (
            "transfer-encoding: chunked",
            "FFFFFFFFFFFFFFFF5\r\naaaaa\r\n0\r\n\r\n",
        ),
        ("transfer-encoding: chunked", "0x5\r\naaaaa\r\n0\r\n\r\n"),
        ("transfer-encoding: chunked", "-1\r\naaaaa\r\n0\r\n\r\n"),
        ("transfer-encoding: chunked", "5\naaaaa\n0\n\n"),
    ] {
        let request = format!("POST /login HTTP/1.1\r\nhost: x\r\n{fields}\r\n\r\n{body}{HIDDEN}");
        let said = answers(&cloud, request.as_bytes()).await;

        let found = statuses(&said);
        assert!(found.len() <= 1, "{fields:?} {body:?}: {found:?}");
        assert!(
            found.iter().all(|status| status.starts_with('4')),
            "{fields:?}: {found:?}"
        );
    }
    let old =
        format!("POST /login HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n{HIDDEN}");
    assert_eq!(statuses(&answers(&cloud, old.as_bytes()).await), ["400"]);
}

#[tokio::test]
async fn asvs_4_2_1_a_request_needs_exactly_one_host_header() {
    let cloud = TestCloud::start().await;

    for fields in ["", "host: x\r\nhost: y\r\n", "host: x\r\nhost: x\r\n"] {
        let request = format!("GET /login HTTP/1.1\r\nconnection: close\r\n{fields}\r\n");
        let said = answers(&cloud, request.as_bytes()).await;

        assert_eq!(statuses(&said), ["400"], "{fields:?}");
        assert!(!said.contains("Auto-login"), "{fields:?}");
    }
}

#[tokio::test]
async fn asvs_4_2_2_answers_match_their_content_length() {
    let cloud = TestCloud::start().await;
    let css = cloud::web::assets::url("css/base.css");

    for (method, path) in [
        ("GET", "/login"),
        ("HEAD", "/login"),
        ("GET", "/healthz"),
        ("GET", "/nothing"),
        ("GET", "/"),
        ("GET", css.as_str()),
        ("HEAD", css.as_str()),
        ("POST", "/healthz"),
        ("DELETE", "/login"),
    ] {
        let request = format!("{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        let said = answers(&cloud, request.as_bytes()).await;

        let (head, body) = said.split_once("\r\n\r\n").unwrap();
        let head = head.to_lowercase();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let is_chunked = head.contains("transfer-encoding: chunked");
        assert!(length.is_none() || !is_chunked, "{method} {path}: {head}");
        // An answer to HEAD may leave it out (RFC 9110 §8.6).
        let length = length.map_or(0, |length| length.parse().unwrap());
        let sent = if method == "HEAD" { 0 } else { length };
        assert_eq!(body.len(), sent, "{method} {path}");
    }
}

#[tokio::test]
async fn asvs_4_2_3_http2_is_refused_without_tls() {
    let cloud = TestCloud::start().await;

    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00";
    let said = answers(&cloud, preface).await;
    assert!(said.is_empty() || statuses(&said) == ["400"], "{said:?}");
    let upgrade = "GET /login HTTP/1.1\r\nhost: x\r\nconnection: close, upgrade, http2-settings\r\n\
        upgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__\r\n\r\n";
    let said = answers(&cloud, upgrade.as_bytes()).await;
    assert!(!said.contains(" 101 "), "{said}");
}

#[tokio::test]
async fn asvs_4_2_4_header_fields_cannot_contain_line_breaks_or_nul() {
    let cloud = TestCloud::start().await;

    for field in [
        "x: a\rb",
        "x: a\0b",
        "x\0y: a",
        "x y: a",
        "x: a\r\n b",
        "x\r: a",
        ": a",
    ] {
        let request =
            format!("GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{field}\r\n\r\n");
        let said = answers(&cloud, request.as_bytes()).await;
        assert_eq!(statuses(&said), ["400"], "{field:?}");
    }

    // Nor does anything that people type get into the header of an answer.
    let typed = "ana%0d%0aset-cookie:%20evil=1%0d%0a%0d%0a";
    for (path, body) in [
        ("/login", format!("login={typed}&password={typed}")),
        (
            "/register",
            format!("email={typed}&captcha={typed}&letters={typed}"),
        ),
        (
            "/forgot",
            format!("email={typed}&captcha={typed}&letters={typed}"),
        ),
    ] {
        let page = cloud.browser().post_body(path, body).await;
        assert!(
            !page
                .headers
                .values()
                .any(|value| value.to_str().unwrap_or("").contains("evil"))
        );
    }
    for path in [
        format!("/{typed}"),
        format!("/login?next={typed}"),
        format!("/captcha/{typed}"),
    ] {
        let page = cloud.browser().get(&path).await;
        assert!(
            !page
                .headers
                .values()
                .any(|value| value.to_str().unwrap_or("").contains("evil"))
        );
    }
}

#[tokio::test]
async fn asvs_4_1_1_every_answer_declares_its_content_type() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    let static_files = concat!(env!("CARGO_MANIFEST_DIR"), "/static");
    let mut paths: Vec<String> = Vec::new();
    let mut folders = vec![std::path::PathBuf::from(static_files)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let path = path.strip_prefix(static_files).unwrap();
                paths.push(cloud::web::assets::url(path.to_str().unwrap()));
            }
        }
    }
    assert!(paths.len() > 30, "only {} files", paths.len());
    let pages = [
        "/login",
        "/register",
        "/forgot",
        "/devices",
        "/live",
        "/configuration",
        "/help",
        "/menu",
    ];
    paths.extend(pages.map(str::to_owned));
    paths.extend(["/healthz", "/nothing", "/devices/new", "/demo/mailbox"].map(str::to_owned));

    for path in paths {
        let page = ana.get(&path).await;

        if page.body.is_empty() && (300..400).contains(&page.status) {
            continue;
        }
        let kind = page
            .header("content-type")
            .unwrap_or_else(|| panic!("{path} says nothing"));
        let is_text = kind.starts_with("text/");
        assert!(
            !is_text || kind.ends_with("; charset=utf-8"),
            "{path}: {kind}"
        );
        assert_ne!(
            kind, "application/octet-stream",
            "{path}: no kind of file for it"
        );
        let is_page =
            page.body.starts_with("<!doctype html>") || page.body.starts_with("<!DOCTYPE html>");
        assert_eq!(is_page, kind.starts_with("text/html"), "{path}: {kind}");
    }
}
