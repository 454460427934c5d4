//! Certificates from a real ACME server.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use cloud::config::Config;
use cloud::throttle::limits::DAY;

use super::authority::{connect, shown};
use super::pebble::Pebble;
use crate::support::smtp::free_port;
use crate::support::{PATIENCE, TestCloud};

const NAME: &str = "cloud.example.org";

fn set(config: &mut Config, pebble: &Pebble, port: u16) {
    config.listen.set_port(port);
    config.public_url = Some(format!("https://{NAME}").parse().unwrap());
    config.tls.acme_domains = vec![NAME.to_owned(), "www.example.org".to_owned()];
    config.tls.acme_contact = "operator@example.org".to_owned();
    config.tls.acme_directory = pebble.directory.clone();
    config.tls.acme_accept_terms = true;
    config.tls.acme_ca_file = pebble.ca_file();
}

/// Waits for so many orders in all; gives what went wrong with the last.
async fn orders(cloud: &TestCloud, n: u64) -> String {
    let mut orders = cloud.state.certificate_orders.subscribe();
    let made = orders.wait_for(|orders| orders.n_made >= n);
    let made = tokio::time::timeout(PATIENCE, made).await;
    made.expect("an order is made").unwrap().last_error.clone()
}

async fn certificate(cloud: &TestCloud, root: &Path) -> Vec<u8> {
    shown(&connect(root, cloud.addr, NAME).await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_acme_certificate_is_ordered_stored_and_renewed() {
    let port = free_port();
    let pebble = Pebble::start(port, free_port()).await;
    let root = pebble.issuing_root().await;
    let cloud = TestCloud::start_today(|config| set(config, &pebble, port)).await;

    assert_eq!(orders(&cloud, 1).await, "");
    let first = certificate(&cloud, &root).await;
    let folder = cloud.folder().join("acme");
    let mut n_files = 0;
    for file in std::fs::read_dir(&folder).unwrap() {
        let mode = file.unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        n_files += 1;
    }
    assert_eq!(n_files, 2, "account and certificate");

    // Pebble is not asked again: the certificate of the first run is shown at once.
    let cloud = cloud.restart(|config| set(config, &pebble, port)).await;
    assert_eq!(certificate(&cloud, &root).await, first);

    // Pebble's certificates live for five years.
    cloud.clock.advance(5 * 365 * DAY * 2 / 3 + DAY);
    assert_eq!(orders(&cloud, 1).await, "");
    let second = certificate(&cloud, &root).await;
    assert_ne!(second, first);

    // By this machine's clock the new one is due already; the authority is spared for a day.
    cloud.clock.advance(DAY - 1);
    assert_eq!(certificate(&cloud, &root).await, second);
    assert_eq!(cloud.state.certificate_orders.borrow().n_made, 1);
    cloud.clock.advance(1);
    assert_eq!(orders(&cloud, 2).await, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn http_01_is_used_when_tls_alpn_01_fails() {
    let (port, http_port) = (free_port(), free_port());
    // It looks for TLS challenges where nobody listens.
    let pebble = Pebble::start(free_port(), http_port).await;
    let root = pebble.issuing_root().await;
    let cloud = TestCloud::start_today(|config| {
        set(config, &pebble, port);
        config.tls.http_listen = Some(([127, 0, 0, 1], http_port).into());
    })
    .await;

    let error = orders(&cloud, 1).await;
    assert!(error.contains("tls-alpn-01"), "{error}");

    cloud.clock.advance(60);

    assert_eq!(orders(&cloud, 2).await, "");
    certificate(&cloud, &root).await;
}

#[tokio::test]
async fn the_plain_http_listener_redirects_pages_and_accepts_no_data() {
    let authority = super::authority::Authority::new();
    let http_port = free_port();
    let _cloud = TestCloud::start_with(|config| {
        authority.set(config);
        config.public_url = Some("https://cloud.example.org".parse().unwrap());
        config.tls.http_listen = Some(([127, 0, 0, 1], http_port).into());
    })
    .await;
    let client = authority.https_client();
    let url = |path: &str| format!("http://127.0.0.1:{http_port}{path}");

    let page = client
        .get(url("//evil.example/x?a=1"))
        .send()
        .await
        .unwrap();
    let form = client.post(url("/login")).body("x").send().await.unwrap();
    let challenge = client
        .get(url("/.well-known/acme-challenge/unknown"))
        .send()
        .await
        .unwrap();

    assert_eq!(page.status(), 308);
    assert_eq!(
        page.headers()["location"],
        "https://cloud.example.org//evil.example/x?a=1"
    );
    assert_eq!(form.status(), 403);
    assert_eq!(challenge.status(), 404);
}
