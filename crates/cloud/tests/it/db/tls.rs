//! A PostgreSQL server that is reached over TLS must present a valid certificate.

use cloud::config::Config;
use cloud::db::{Db, sql};

use crate::support::postgres::Cluster;
use crate::support::smtp::free_port;

/// A PostgreSQL with a certificate for localhost, and its address without an authority.
fn with_certificate() -> (Cluster, String, u16) {
    let port = free_port();
    let settings = [
        "listen_addresses=127.0.0.1",
        &format!("port={port}"),
        "ssl=on",
    ];
    let cluster = Cluster::start(&settings);
    let url = format!("postgres://peerview:hunter2@localhost:{port}/postgres?sslmode=verify-full");
    (cluster, url, port)
}

async fn open(url: String) -> anyhow::Result<Db> {
    let mut config = Config::default();
    config.database.url = url;
    Db::open(&config).await
}

#[tokio::test]
async fn asvs_12_3_2_an_untrusted_database_certificate_is_refused() {
    let (cluster, url, port) = with_certificate();
    let authority = format!("&sslrootcert={}", cluster.certificate().display());
    let elsewhere = url.replace("localhost", "127.0.0.1");

    let unknown = open(url.clone()).await.unwrap_err();
    let misnamed = open(format!("{elsewhere}{authority}")).await.unwrap_err();
    let db = open(format!("{url}{authority}")).await.unwrap();

    for refusal in [unknown, misnamed] {
        let words = format!("{refusal:#}");
        assert!(words.contains("certificate"), "{words}");
        assert!(
            words.contains(&port.to_string()) && !words.contains("hunter2"),
            "{words}"
        );
    }
    let text = "SELECT s.ssl FROM pg_stat_ssl s JOIN pg_stat_activity a ON a.pid = s.pid
                WHERE a.application_name = 'peerview'";
    let encrypted: Vec<bool> = sql::query_scalar(text).fetch_all(&db).await.unwrap();
    assert!(!encrypted.is_empty() && encrypted.iter().all(|is| *is));
    db.close().await;
}
