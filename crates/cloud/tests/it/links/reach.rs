//! What an agent reports about the network of its site, and who can see it.

#![expect(clippy::unwrap_used, reason = "a failing helper fails its test")]

use cloud::db::{accounts, recorders};
use serde_json::{Value, json};

use crate::support::TestCloud;
use crate::support::browser::Browser;
use crate::support::wire::{Wire, serial};

/// Ana's recorder 1 is online in this cloud.
struct Site {
    cloud: TestCloud,
    ana: Browser,
    wire: Wire,
}

impl Site {
    async fn new() -> Site {
        let cloud = TestCloud::start().await;
        let ana = cloud.person("ana").await;
        let wire = Wire::of(&cloud);
        Site { cloud, ana, wire }
    }

    async fn gives_to_ana(&self) {
        let db = &self.cloud.state.db;
        let account = accounts::find_by_login(db, "ana", "").await.unwrap();
        let id = account.unwrap().id;
        let claimed = recorders::claim(db, serial(1).as_str(), &id, "Home", 1).await;
        assert!(claimed.unwrap());
    }

    fn knows(&self) -> bool {
        self.cloud.state.links.reach(serial(1).as_str()).is_some()
    }
}

fn blocked() -> Value {
    json!({"mapping": "double-nat", "address": "100.64.7.9", "nat": "endpoint-dependent",
        "udp": false, "ipv6": false})
}

fn page() -> String {
    format!("/devices/{}", serial(1))
}

const ADVICE: &str = "Until then every picture goes through the relay over TCP.";

#[tokio::test]
async fn the_owner_reads_what_the_sites_network_allows() {
    let mut site = Site::new().await;
    let mut agent = site.wire.agent(1).await;
    site.gives_to_ana().await;
    let before = site.ana.get(&page()).await;
    assert!(
        !before.body.contains("Network of the recorder"),
        "an older agent says nothing"
    );

    agent.notify("peerview/reach", blocked()).await;
    site.wire.until(|_| site.knows()).await;
    let after = site.ana.get(&page()).await;
    let mut ben = site.cloud.person("ben").await;
    let foreign = ben.get(&page()).await;

    for words in [
        ADVICE,
        "100.64.7.9",
        "All through the relay, over TCP",
        "(symmetric)",
    ] {
        assert!(after.body.contains(words), "{words}: {}", after.body);
    }
    assert_eq!(foreign.status, 404);
    assert!(!foreign.body.contains("100.64.7.9"));
}

#[tokio::test]
async fn the_reach_report_is_deleted_with_its_link() {
    let mut site = Site::new().await;
    let mut agent = site.wire.agent(1).await;
    site.gives_to_ana().await;
    agent.notify("peerview/reach", blocked()).await;
    site.wire.until(|_| site.knows()).await;

    drop(agent);
    site.wire
        .until(|live| !live.links.is_online(serial(1).as_str()))
        .await;

    assert!(!site.knows());
    assert!(!site.ana.get(&page()).await.body.contains(ADVICE));
    let _silent = site.wire.agent(1).await;
    assert!(!site.knows(), "another link starts with nothing");
}

#[tokio::test]
async fn an_invalid_reach_report_neither_shows_nor_closes_the_link() {
    let mut site = Site::new().await;
    let mut agent = site.wire.agent(1).await;
    site.gives_to_ana().await;

    for lie in [
        json!({"mapping": "<script>alert(1)</script>", "nat": "unknown", "ipv6": true}),
        json!({"mapping": "mapped", "protocol": "upnp", "address": "<b>", "nat": "unknown", "ipv6": true}),
        json!({"mapping": "silent", "nat": -1, "ipv6": 1e300}),
        json!({"mapping": "silent", "nat": "x".repeat(60_000), "ipv6": true}),
        json!([]),
    ] {
        agent.notify("peerview/reach", lie).await;
    }
    let closed = agent.request("close", json!({"session": "x"})).await;

    assert_eq!(closed, Ok(json!({})), "the link answers as before");
    assert!(!site.knows());
    let shown = site.ana.get(&page()).await;
    assert!(!shown.body.contains("alert(1)") && !shown.body.contains("reach-"));
}

#[tokio::test]
async fn a_flood_of_reach_reports_leaves_the_last_one() {
    let site = Site::new().await;
    let mut agent = site.wire.agent(1).await;
    let mut said = blocked();

    for n in 0..300 {
        said["udp"] = json!(n % 2 == 0);
        agent.notify("peerview/reach", said.clone()).await;
    }
    said["ipv6"] = json!(true);
    agent.notify("peerview/reach", said).await;

    let last = |site: &Site| site.cloud.state.links.reach(serial(1).as_str());
    site.wire
        .until(|_| last(&site).is_some_and(|reach| reach.has_ipv6))
        .await;
    assert!(site.cloud.state.links.is_online(serial(1).as_str()));
}
