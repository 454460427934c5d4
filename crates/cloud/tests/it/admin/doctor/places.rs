//! The public address, the relay, the data folder and the database.

use std::path::PathBuf;

use axum::Router;
use axum::routing::get;
use cloud::config::{JoinedRelayConfig, TurnServerConfig};
use cloud::db::Db;
use cloud::doctor::Grade::{Bad, Ok, Warn};

use super::servers::set_mode;
use super::{World, about, says};
use crate::support::smtp::free_port;

const CERTIFICATE: &str = "certificate";

#[tokio::test]
async fn a_host_name_without_an_address_is_reported() {
    let mut world = World::new().await;
    world
        .records
        .retain(|record| !record.contains("host-record"));

    let findings = world.findings().await;

    says(
        &findings,
        "public address",
        Bad,
        "no address",
        "cloud.example.org. IN A",
    );
    says(
        &findings,
        "relay over UDP",
        Bad,
        "no IPv4 address",
        "`public_host`",
    );
}

#[tokio::test]
async fn an_unreachable_public_address_is_reported() {
    let mut world = World::new().await;
    world.cloud.stop().await;

    let findings = world.findings().await;

    says(&findings, "pages", Bad, "refused", "start the cloud");
    says(&findings, "relay over UDP", Bad, "", "open port");
    says(
        &findings,
        "relay over UDP",
        Bad,
        "",
        "behind a router, forward",
    );
    says(&findings, "relay over TCP", Bad, "refused", "open port");
}

#[tokio::test]
async fn a_certificate_browsers_refuse_is_reported_with_the_reason() {
    let mut world = World::new().await;
    let names = ["cloud.example.org"];
    let authority = std::mem::replace(
        &mut world.authority,
        crate::transport::authority::Authority::new(),
    );

    let findings = world.findings().await;
    says(
        &findings,
        CERTIFICATE,
        Bad,
        "browsers do not know",
        "`certificate_file`",
    );

    world.authority = authority;
    for (names, years, grade, found, fix) in [
        (&names, -3..-1, Bad, "expired", "renew"),
        (&names, 1..9, Bad, "not valid yet", "clock"),
        (
            &["other.example.org"],
            -1..20,
            Bad,
            "other names",
            "`public_url`",
        ),
        (&names, -20..1, Warn, "more days", "renew"),
    ] {
        world.authority.issue_for(names, years);
        let settings = world.config.clone();
        world.cloud = world.cloud.restart(|config| *config = settings).await;
        says(&world.findings().await, CERTIFICATE, grade, found, fix);
    }
}

#[tokio::test]
async fn a_public_address_served_by_another_server_is_reported() {
    let mut world = World::new().await;

    // The answers of another server, which knows no sockets.
    let other = Router::new().route("/healthz", get(|| async { "ok\n" }));
    let port = serve(other).await;
    world.config.public_url = Some(format!("http://cloud.example.org:{port}").parse().unwrap());
    let findings = world.findings().await;
    assert_eq!(about(&findings, "pages").grade, Ok);
    says(&findings, "WebSockets", Bad, "404", "proxy");

    let other = Router::new().route("/healthz", get(|| async { "It works!" }));
    let port = serve(other).await;
    world.config.public_url = Some(format!("http://cloud.example.org:{port}").parse().unwrap());
    says(
        &world.findings().await,
        "pages",
        Bad,
        "does not come from Peerview",
        "forward the public address",
    );

    // Plain HTTP where HTTPS is said to be.
    world.config.public_url = Some(format!("https://cloud.example.org:{port}").parse().unwrap());
    says(&world.findings().await, CERTIFICATE, Bad, "", "plain HTTP");
}

async fn serve(router: Router) -> u16 {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { axum::serve(listener, router).await });
    port
}

#[tokio::test]
async fn an_unreachable_database_is_reported_at_the_public_address() {
    let world = World::new().await;
    world.cloud.state.db.close().await;

    says(&world.findings().await, "pages", Bad, "503", "database");
}

#[tokio::test]
async fn a_disabled_or_unreachable_relay_is_reported() {
    let mut world = World::new().await;
    world.config.relay.listen[0].set_port(free_port());
    let findings = world.findings().await;
    for topic in ["relay over UDP", "relay over TCP"] {
        says(&findings, topic, Bad, "", "firewall");
    }

    world.config.relay.enabled = false;
    says(
        &world.findings().await,
        "relay",
        Warn,
        "disabled",
        "`enabled = true`",
    );
}

#[tokio::test]
async fn a_proxy_that_blocks_turn_is_reported() {
    let mut world = World::new().await;
    let settings = world.config.clone();
    world.cloud = world
        .cloud
        .restart(|config| {
            *config = settings;
            config.relay.turn_over_tls = Some(false);
        })
        .await;

    says(
        &world.findings().await,
        "relay over TLS",
        Bad,
        "",
        "`turn_over_tls = false`",
    );
}

#[tokio::test]
async fn a_folder_and_keys_readable_by_others_are_reported() {
    let mut world = World::new().await;
    let folder = world.config.data_dir.clone();
    let key = folder.join("server.key");

    set_mode(&folder, 0o755);
    set_mode(&key, 0o644);
    let findings = world.findings().await;
    let remedy = format!("chmod 700 {}", folder.display());
    says(&findings, "data folder", Bad, "other users", &remedy);
    says(&findings, "key files", Bad, "server.key", "chmod 600");

    // Not even the owner of this machine writes there.
    world.config.data_dir = PathBuf::from("/proc/self");
    says(
        &world.findings().await,
        "data folder",
        Bad,
        "other users of this machine may open /proc/self; /proc/self is not writable",
        "the user that the cloud runs as",
    );

    world.config.data_dir = key;
    says(
        &world.findings().await,
        "data folder",
        Bad,
        "server.key is not a folder",
        "`data_dir`",
    );

    world.config.data_dir = PathBuf::from("/nonexistent/peerview");
    says(
        &world.findings().await,
        "data folder",
        Warn,
        "does not exist yet",
        "start the cloud",
    );
}

#[tokio::test]
async fn unusable_certificate_files_are_reported_before_a_start() {
    let mut world = World::new().await;
    world.config.tls.key_file = world.config.mail.dkim_key_file.clone();
    let files = "certificate files";
    says(
        &world.findings().await,
        files,
        Bad,
        "dkim.pem",
        "`key_file`",
    );

    world.config.tls.certificate_file = PathBuf::from("/nonexistent.pem");
    let findings = world.findings().await;

    says(
        &findings,
        files,
        Bad,
        "/nonexistent.pem",
        "`certificate_file`",
    );
    assert_eq!(
        about(&findings, CERTIFICATE).grade,
        Ok,
        "the one that is shown"
    );
}

#[tokio::test]
async fn a_damaged_or_newer_database_is_reported() {
    let mut world = World::new().await;
    world.config.database = Default::default();
    world.config.data_dir = world.authority.folder.join("data");
    std::fs::create_dir(&world.config.data_dir).unwrap();
    assert!(
        about(&world.findings().await, "database")
            .found
            .contains("first start")
    );

    let db = Db::open(&world.config).await.unwrap();
    let newer =
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 VALUES (9999, 'later', TRUE, x'00', 1)";
    sqlx::query(newer)
        .execute(db.sqlite_writer().unwrap())
        .await
        .unwrap();
    db.close().await;
    says(
        &world.findings().await,
        "database",
        Bad,
        "newer Peerview",
        "",
    );

    let file = world.config.data_dir.join("peerview.db");
    std::fs::write(
        file,
        "no database at all, whatever it is called".repeat(200),
    )
    .unwrap();
    says(
        &world.findings().await,
        "database",
        Bad,
        "database",
        "backup",
    );
}

#[tokio::test]
async fn missing_relays_and_silent_turn_servers_are_reported() {
    let mut world = World::new().await;
    let folder = world.authority.folder.clone();
    let secret = |name: &str, text: &str| {
        let file = folder.join(name);
        std::fs::write(&file, text).unwrap();
        file
    };
    let relay = &mut world.config.relay;
    let answers = format!("turn:cloud.example.org:{}", relay.port());
    relay.joined = vec![JoinedRelayConfig {
        name: "north".to_owned(),
        secret_file: secret("north", "0123456789abcdef0123456789abcdef"),
    }];
    let server = |url: String| TurnServerConfig {
        urls: vec![url],
        secret_file: secret("turn", "shared"),
    };
    relay.turn_servers = vec![server(answers)];
    // A cloud that runs, and whose relay has not joined.
    let metrics = Router::new().route("/metrics", get(|| async { "peerview_relays_healthy 0\n" }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    world.config.metrics.listen = listener.local_addr().ok();
    tokio::spawn(async move { axum::serve(listener, metrics).await });

    let findings = world.findings().await;
    says(
        &findings,
        "joined relays",
        Bad,
        "0 of 1 take calls",
        "log of the relay",
    );
    says(&findings, "TURN servers", Ok, "answers over UDP", "");

    let silent = format!("turn:cloud.example.org:{}", free_port());
    world.config.relay.turn_servers = vec![server(silent)];
    world.config.relay.joined[0].secret_file = secret("north", "short");
    let findings = world.findings().await;
    says(
        &findings,
        "joined relays",
        Bad,
        "32 to 512 random",
        "openssl",
    );
    says(
        &findings,
        "TURN servers",
        Bad,
        "does not answer",
        "turn_servers",
    );
}
