//! Downloads: the programs and packages for the computers beside recorders, and Help, which offers them.

use std::fs;

use cloud::limits::DOWNLOADS_OF_ONE;
use futures_util::FutureExt;
use reqwest::{Client, Response};

use crate::support::browser::between;
use crate::support::{PATIENCE, TestCloud};

/// A package, a program, and what else may lie beside them.
const FILES: [(&str, &str); 4] = [
    ("peerview_amd64.deb", "a package"),
    ("peerview-arm64", "0123456789"),
    ("SHA256SUMS", "sums"),
    ("server.key", "a secret"),
];
const SUM_OF_DIGITS: &str = "84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882";

async fn cloud_with_downloads() -> TestCloud {
    TestCloud::start_with(|config| {
        config.demo = true;
        // It goes with the rest of the cloud.
        config.downloads_dir = config.data_dir.join("downloads");
        fs::create_dir_all(&config.downloads_dir).unwrap();
        for (name, content) in FILES {
            fs::write(config.downloads_dir.join(name), content).unwrap();
        }
    })
    .await
}

fn address(cloud: &TestCloud, name: &str) -> String {
    format!("http://{}/downloads/{name}", cloud.addr)
}

fn client() -> Client {
    Client::builder().tls_certs_only([]).build().unwrap()
}

async fn fetches(cloud: &TestCloud, name: &str, header: (&str, &str)) -> Response {
    let request = client().get(address(cloud, name));
    request.header(header.0, header.1).send().await.unwrap()
}

fn header<'a>(answer: &'a Response, name: &str) -> Option<&'a str> {
    Some(answer.headers().get(name)?.to_str().unwrap())
}

#[tokio::test]
async fn strangers_download_whole_files_and_parts_of_them() {
    let cloud = cloud_with_downloads().await;

    let whole = fetches(&cloud, "peerview-arm64", ("accept", "*/*")).await;
    assert_eq!(whole.status(), 200);
    for (name, value) in [
        ("content-type", "application/octet-stream"),
        ("content-length", "10"),
        (
            "content-disposition",
            "attachment; filename=\"peerview-arm64\"",
        ),
        ("cache-control", "no-cache"),
        ("x-content-type-options", "nosniff"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(header(&whole, name), Some(value), "{name}");
    }
    assert_eq!(header(&whole, "set-cookie"), None);
    let etag = header(&whole, "etag").unwrap().to_owned();
    assert_eq!(whole.text().await.unwrap(), "0123456789");

    let head = client().head(address(&cloud, "peerview-arm64"));
    let head = head.send().await.unwrap();
    assert_eq!(header(&head, "content-length"), Some("10"));
    assert_eq!(header(&head, "etag"), Some(etag.as_str()));

    let part = fetches(&cloud, "peerview-arm64", ("range", "bytes=7-")).await;
    assert_eq!(
        (part.status().as_u16(), header(&part, "content-range")),
        (206, Some("bytes 7-9/10"))
    );
    assert_eq!(part.text().await.unwrap(), "789");
    let beyond = fetches(&cloud, "peerview-arm64", ("range", "bytes=99-")).await;
    assert_eq!(beyond.status(), 416);
    let kept = fetches(&cloud, "peerview-arm64", ("if-none-match", &etag)).await;
    assert_eq!(
        (kept.status().as_u16(), kept.text().await.unwrap().as_str()),
        (304, "")
    );

    let package = fetches(&cloud, "peerview_amd64.deb", ("accept", "*/*")).await;
    assert_eq!(
        header(&package, "content-type"),
        Some("application/vnd.debian.binary-package")
    );
}

#[tokio::test]
async fn downloads_are_listed_names_and_never_paths() {
    let cloud = cloud_with_downloads().await;

    for name in [
        "server.key",
        "SHA256SUMS",
        "..%2fdownloads%2fpeerview-arm64",
        "%2e%2e%2fserver.key",
        "%2fproc%2fself%2fexe",
        "peerview-arm64%00",
        "peerview-arm64%2f",
        "PEERVIEW-ARM64",
        "peerview_arm64.deb",
    ] {
        let answer = fetches(&cloud, name, ("accept", "*/*")).await;
        assert_eq!(answer.status(), 404, "{name}");
        assert_eq!(header(&answer, "content-disposition"), None, "{name}");
    }
    fs::remove_file(cloud.state.config.downloads_dir.join("peerview-arm64")).unwrap();
    let gone = fetches(&cloud, "peerview-arm64", ("accept", "*/*")).await;
    assert_eq!(gone.status(), 404);
    assert!(
        gone.text().await.unwrap().contains("<html"),
        "a page says so"
    );
}

#[tokio::test]
async fn help_offers_downloads_with_commands_that_check_them() {
    let cloud = cloud_with_downloads().await;
    let mut ana = cloud.person("ana").await;

    let help = ana
        .get("/help")
        .await
        .body
        .replace("&#38;", "&")
        .replace("&#39;", "'");

    let url = address(&cloud, "peerview-arm64");
    let command = format!(
        "curl -fO {url} && echo '{SUM_OF_DIGITS} *peerview-arm64' | sha256sum -c && \
         sudo install peerview-arm64 /usr/local/bin/peerview"
    );
    assert!(help.contains(&command), "{help}");
    assert!(
        help.contains("sudo apt install ./peerview_amd64.deb"),
        "{help}"
    );
    assert!(!help.contains("SHA256SUMS") && !help.contains("server.key"));
    let pc = between(&help, "PC, or NAS", "</details>");
    assert!(
        pc.contains("peerview_amd64.deb") && !pc.contains("peerview-arm64"),
        "{pc}"
    );
}

#[cfg(target_arch = "x86_64")]
#[tokio::test]
async fn a_cloud_without_a_folder_offers_its_own_program() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    let own = fs::metadata(std::env::current_exe().unwrap())
        .unwrap()
        .len();

    let head = client().head(address(&cloud, "peerview-amd64"));
    let head = head.send().await.unwrap();
    let length = own.to_string();
    assert_eq!(header(&head, "content-length"), Some(length.as_str()));

    let help = ana.get("/help").await.body;
    assert!(
        help.contains("href=\"/downloads/peerview-amd64\""),
        "{help}"
    );
    assert!(help.contains("Is your computer not listed?"), "{help}");
}

#[tokio::test]
async fn a_client_fetches_only_a_few_downloads_at_once() {
    let cloud = cloud_with_downloads().await;
    let path = cloud.state.config.downloads_dir.join("peerview-arm64");
    // More than the buffers of a connection hold, and no byte of it on the disk.
    fs::File::options()
        .write(true)
        .open(path)
        .unwrap()
        .set_len(256 << 20)
        .unwrap();
    let turns = cloud.state.downloads.turns.clone();

    let mut held = Vec::new();
    for _ in 0..DOWNLOADS_OF_ONE {
        held.push(fetches(&cloud, "peerview-arm64", ("accept", "*/*")).await);
    }
    assert!(turns.of("127.0.0.1").now_or_never().is_none());
    assert!(turns.of("127.0.0.2").now_or_never().is_some());

    drop(held);
    let next = tokio::time::timeout(PATIENCE, turns.of("127.0.0.1"));
    assert!(next.await.is_ok());
}
