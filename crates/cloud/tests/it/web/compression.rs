//! What is sent compressed, and what never is.

#![expect(clippy::unwrap_used, reason = "a failing step fails its test")]

use crate::support::TestCloud;

/// The encoding of an answer to a browser, and its bytes.
async fn fetched(cloud: &TestCloud, path: &str, accepted: &str) -> (Option<String>, Vec<u8>) {
    let answer = reqwest::Client::new()
        .get(format!("http://{}{path}", cloud.addr))
        .header("accept-encoding", accepted)
        .send()
        .await
        .unwrap();
    let varies = answer.headers().get_all("vary").iter();
    assert!(
        varies
            .into_iter()
            .any(|by| by.to_str().unwrap().contains("accept-encoding")),
        "{path}"
    );
    let encoding = answer.headers().get("content-encoding");
    let encoding = encoding.map(|name| name.to_str().unwrap().to_owned());
    (encoding, answer.bytes().await.unwrap().to_vec())
}

fn unpacked(encoding: &str, bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    match encoding {
        "br" => brotli::BrotliDecompress(&mut &*bytes, &mut plain).unwrap(),
        "gzip" => {
            let mut reader = flate2::read::GzDecoder::new(bytes);
            std::io::copy(&mut reader, &mut plain).unwrap();
        }
        other => panic!("{other} was not asked for"),
    }
    plain
}

#[tokio::test]
async fn static_files_and_public_pages_are_sent_compressed() {
    let cloud = TestCloud::start().await;
    let style = cloud::web::assets::url("css/base.css");
    let texts = cloud::web::assets::url("js/lib/texts.js");

    for path in [style.as_str(), texts.as_str(), "/login", "/register"] {
        let (plain, whole) = fetched(&cloud, path, "identity").await;
        assert_eq!(plain, None, "{path}");
        for (accepted, encoding) in [("gzip, br", "br"), ("gzip", "gzip")] {
            let (sent, bytes) = fetched(&cloud, path, accepted).await;
            assert_eq!(sent.as_deref(), Some(encoding), "{path}");
            assert!(bytes.len() < whole.len(), "{path}");
            // Pages contain numbers that differ each time.
            if path.starts_with("/assets/") {
                assert_eq!(unpacked(encoding, &bytes), whole, "{path}");
            }
        }
    }
}

#[tokio::test]
async fn a_file_is_compressed_in_the_language_of_its_address() {
    let cloud = TestCloud::start().await;
    let english = cloud::web::assets::url("js/lib/texts.js");
    let german = english.replace("-en/", "-de/");

    for (path, words) in [(english, "Connecting"), (german, "Verbinde")] {
        let (encoding, bytes) = fetched(&cloud, &path, "br").await;
        let text = String::from_utf8(unpacked(&encoding.unwrap(), &bytes)).unwrap();
        assert!(text.contains(words), "{path}");
    }
}

/// An attacker who may choose part of an address and watch lengths learns what stands beside it (BREACH).
#[tokio::test]
async fn pages_with_secrets_are_not_compressed() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud
        .person("ana")
        .await
        .sending("accept-encoding", "gzip, br");

    for path in [
        "/account",
        "/account/second-factor",
        "/account/sessions",
        "/devices/new",
    ] {
        let page = ana.get(path).await;
        assert_eq!(page.status, 200, "{path}");
        assert_eq!(page.header("content-encoding"), None, "{path}");
    }
}
