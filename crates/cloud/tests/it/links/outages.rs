//! Outages and model of a recorder, as its owner sees them on the Device page.

use cloud::db::{outages, recorders};
use proto::identity::Serial;
use serde_json::json;

use crate::support::TestCloud;
use crate::support::browser::Browser;
use crate::support::wire::{Person, Socket, Wire, serial};

const HOUR: i64 = 3_600;

/// Waits until the viewer hears that the recorder is online or not.
async fn hears(viewer: &mut Socket, is_online: bool) {
    loop {
        let (_, presence) = viewer.wait_for("peerview/presence").await;
        if presence["isOnline"] == is_online {
            return;
        }
    }
}

async fn device_page(wire: &Wire, person: &Person) -> String {
    let mut browser = Browser::new(wire.addr(), &wire.state);
    let (name, value) = wire
        .cookie(person)
        .split_once('=')
        .expect("a cookie has a name");
    browser.takes_cookie(name, value);
    browser.get(&format!("/devices/{}", serial(1))).await.body
}

/// The serial number of agent 1, whose recorder is now Ana's.
async fn home_of_ana(cloud: &TestCloud) -> Serial {
    let id = cloud.account_id("ana").await;
    let serial = serial(1);
    let claimed = recorders::claim(&cloud.state.db, serial.as_str(), &id, "Home", 1).await;
    assert!(claimed.expect("the database answers"));
    serial
}

#[tokio::test]
async fn an_outage_is_noted_and_shown_with_its_length() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let agent = wire.agent_of(&ana, 1).await;
    let mut viewer = wire.viewer(&ana).await;
    hears(&mut viewer, true).await;
    let calm = device_page(&wire, &ana).await;

    drop(agent);
    hears(&mut viewer, false).await;
    let lasting = device_page(&wire, &ana).await;
    wire.clock.advance(2 * HOUR);
    let _agent = wire.agent(1).await;
    hears(&mut viewer, true).await;
    let over = device_page(&wire, &ana).await;

    assert!(calm.contains("No outage in the last 30 days"), "{calm}");
    assert!(
        lasting.contains("1 outage in the last 30 days"),
        "{lasting}"
    );
    assert!(lasting.contains("It lasts"), "{lasting}");
    assert!(
        over.contains("1 outage") && over.contains("2 hours"),
        "{over}"
    );
    assert!(over.contains("Online since"), "{over}");
}

#[tokio::test]
async fn an_online_recorder_was_seen_within_the_hour() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let _agent = wire.agent_of(&ana, 1).await;
    let mut viewer = wire.viewer(&ana).await;
    hears(&mut viewer, true).await;

    wire.clock.advance(5 * HOUR);
    cloud::purge::purge(&wire.state).await.unwrap();

    let recorder = recorders::find(&wire.state.db, &serial(1).to_string()).await;
    let seen = recorder.unwrap().unwrap().last_seen_at;
    assert_eq!(seen, wire.state.clock.now());
}

#[tokio::test]
async fn an_outage_of_seconds_is_not_noted() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let agent = wire.agent_of(&ana, 1).await;
    let mut viewer = wire.viewer(&ana).await;
    hears(&mut viewer, true).await;

    drop(agent);
    hears(&mut viewer, false).await;
    wire.clock.advance(59);
    let _agent = wire.agent(1).await;
    hears(&mut viewer, true).await;

    let noted = outages::of(&wire.state.db, serial(1).as_str(), 0).await;
    assert_eq!(noted.unwrap(), []);
}

#[tokio::test]
async fn a_recorders_model_is_shown_escaped() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    let wire = Wire::of(&cloud);
    let mut agent = wire.agent(1).await;
    let serial = home_of_ana(&cloud).await;
    let long = "V".repeat(5_000);

    let about = json!({"model": "<b>DS-7608</b>\u{202e}", "firmware": long});
    let said = json!({"cameras": [], "peerview/about": about});
    agent.notify("peerview/cameras", said).await;
    wire.until(|live| live.links.about(serial.as_str()).is_some())
        .await;

    let page = ana.get(&format!("/devices/{serial}")).await.body;
    assert!(page.contains("&#60;b&#62;DS-7608&#60;/b&#62;<"), "{page}");
    assert!(!page.contains(&"V".repeat(65)), "the text was cut");
}

#[tokio::test]
async fn a_late_clock_and_a_bad_disk_are_shown() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    let wire = Wire::of(&cloud);
    let mut agent = wire.agent(1).await;
    let serial = home_of_ana(&cloud).await;
    let address = format!("/devices/{serial}");
    assert!(!ana.get(&address).await.body.contains("id=\"health\""));

    let disks: Vec<_> = (1..=300)
        .map(|number| json!({"number": number, "state": "<b>", "name": "<i>", "freePercent": 200}))
        .chain([json!({"number": 301, "state": "error", "capacityMb": 4_000_000})])
        .collect();
    let health = json!({"clockAheadSeconds": -240, "disks": disks});
    let said = json!({"cameras": [], "peerview/health": health});
    agent.notify("peerview/cameras", said).await;
    wire.until(|live| live.links.health(serial.as_str()).is_some())
        .await;

    let page = ana.get(&address).await.body;
    for words in ["4 minutes behind", "4.0 TB", "Disk 301 reports an error."] {
        assert!(page.contains(words), "{words} in {page}");
    }
    assert_eq!(
        page.matches(">Not known<").count(),
        31,
        "as many as are told"
    );
    assert!(!page.contains("<i>") && !page.contains("200 %"));
}
