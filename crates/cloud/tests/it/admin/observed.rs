//! Monitoring: readiness, and metrics for Prometheus.

use std::collections::BTreeSet;

use crate::support::{PASSWORD, TestCloud};

#[tokio::test]
async fn a_serving_cloud_reports_ready() {
    let cloud = TestCloud::start().await;

    let page = cloud.browser().get("/readyz").await;

    assert_eq!((page.status, &*page.body), (200, "ready\n"));
}

#[tokio::test]
async fn asvs_13_4_5_readiness_names_only_the_failing_part() {
    let cloud = TestCloud::start().await;
    cloud.state.db.close().await;

    let page = cloud.browser().get("/readyz").await;

    assert_eq!((page.status, &*page.body), (503, "not ready: database\n"));
    assert_eq!(cloud.browser().get("/healthz").await.status, 503);
}

#[tokio::test]
async fn a_full_disk_reports_not_ready_and_stops_the_log() {
    let cloud = TestCloud::start_with(|config| {
        config.demo = true;
        config.disk_reserve_bytes = u64::MAX;
    })
    .await;
    cloud.person("ana").await;

    let page = cloud.browser().get("/readyz").await;

    assert_eq!((page.status, &*page.body), (503, "not ready: disk\n"));
    cloud.state.audit.flush().await;
    let log = cloud.state.config.data_dir.join(cloud::audit::FILE);
    assert_eq!(std::fs::metadata(log).unwrap().len(), 0, "data before logs");
    assert!(cloud.state.audit.n_lost() > 0);
}

#[tokio::test]
async fn a_draining_cloud_still_serves_and_reports_not_ready() {
    let mut cloud = TestCloud::start_with(|config| {
        config.demo = true;
        config.drain_seconds = 60;
    })
    .await;
    cloud.browser().get("/readyz").await;

    cloud.shutdown.cancel();
    let page = loop {
        let page = cloud.browser().get("/readyz").await;
        if page.status != 200 {
            break page;
        }
    };

    assert_eq!((page.status, &*page.body), (503, "not ready: draining\n"));
    assert_eq!(cloud.browser().get("/login").await.status, 200);
    cloud.clock.advance(60);
    cloud.stop().await;
}

#[tokio::test]
async fn metrics_follow_events() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    cloud.browser().logs_in("ana", PASSWORD, false).await;
    for _ in 0..25 {
        cloud.browser().logs_in("eva", PASSWORD, false).await;
    }
    // The code, and the notice of the log-in.
    cloud.mails_were_tried(2).await;

    let text = cloud::exporter::text(&cloud.state).await.unwrap();

    for line in [
        "peerview_sessions 2",
        "peerview_links 0",
        "peerview_database_up 1",
        "peerview_audit_healthy 1",
        "peerview_mails_total{name=\"sent\"} 2",
        "peerview_request_seconds_count{route=\"POST /login\",status=\"3xx\"} 1",
        "peerview_limits_reached_total{name=\"failed log-ins per client, hour\"} 5",
    ] {
        assert!(text.lines().any(|got| got == line), "{line} in\n{text}");
    }
}

#[tokio::test]
async fn user_input_never_becomes_a_metric_label() {
    let cloud = TestCloud::start().await;
    let mut eva = cloud.browser();
    eva.get("/eva/was/here").await;
    eva.get("/captcha/evawashere.png").await;
    eva.get("/assets/evawashere/x.js").await;
    eva.logs_in("evawashere", PASSWORD, false).await;

    let text = cloud::exporter::text(&cloud.state).await.unwrap();

    assert!(!text.contains("eva"), "{text}");
    assert!(
        text.contains("route=\"GET elsewhere\",status=\"4xx\""),
        "{text}"
    );
}

#[tokio::test]
async fn asvs_13_4_5_metrics_are_served_on_their_own_listener_only() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = free.local_addr().unwrap();
    drop(free);
    let cloud = TestCloud::start_with(|config| {
        config.demo = true;
        config.metrics.listen = Some(addr);
    })
    .await;

    let answer = reqwest::get(format!("http://{addr}/metrics"))
        .await
        .unwrap();
    let kind = answer.headers()["content-type"]
        .to_str()
        .unwrap()
        .to_owned();
    let text = answer.text().await.unwrap();

    assert!(kind.starts_with("application/openmetrics-text"), "{kind}");
    assert!(text.ends_with("# EOF\n"));
    assert_eq!(cloud.browser().get("/metrics").await.status, 404);
}

#[tokio::test]
async fn every_metric_is_documented() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    cloud.state.metrics.limit_reached("any");
    let text = cloud::exporter::text(&cloud.state).await.unwrap();
    let served: BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next())
        .collect();
    let document = include_str!("../../../../../docs/ref/metrics.md");
    let mut written: BTreeSet<&str> = document
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .collect();

    // Shown once the relay has refused something, and this cloud has none.
    assert!(written.remove("peerview_relay_refusals"));
    assert_eq!(served, written, "docs/ref/metrics.md lists every number");
}
