//! Connection test: `/help/connection`. What a test call can reach is tested where it lives, in crates/relay.

use std::net::SocketAddr;

use cloud::calls::limits::MAX_TEST_CALLS_OF_NETWORK;
use cloud::throttle::limits::{HOUR, TESTS_PER_ACCOUNT, TESTS_PER_CLIENT};
use proto::turn_credential::Role;
use relay::OpenCalls;
use serde_json::Value;

use crate::support::TestCloud;
use crate::support::browser::Browser;
use crate::support::wire::{SUBPROTOCOL, Wire};

/// A cloud with a relay on a port of its choice.
async fn cloud_with_relay() -> TestCloud {
    TestCloud::start_with(|config| {
        config.demo = true;
        config.relay.enabled = true;
        config.relay.listen = vec![SocketAddr::from(([127, 0, 0, 1], 0))];
        config.relay.public_ip = Some([127, 0, 0, 1].into());
        config.relay.public_host = "relay.example.org".to_owned();
    })
    .await
}

async fn begins_test(browser: &mut Browser) -> Value {
    let answer = browser.post("/help/connection", &[]).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

/// The id of the call that the credential of an end is for.
fn call_of(end: &Value) -> String {
    let username = end["username"].as_str().unwrap();
    username.split(':').nth(1).unwrap().to_owned()
}

#[tokio::test]
async fn a_test_call_has_two_ends_at_one_relay() {
    let cloud = cloud_with_relay().await;
    let mut ana = cloud.person("ana").await;

    let servers = begins_test(&mut ana).await;

    let ends = servers["ends"].as_array().unwrap();
    let roles: Vec<&str> = ends
        .iter()
        .map(|end| {
            end["username"]
                .as_str()
                .unwrap()
                .rsplit(':')
                .next()
                .unwrap()
        })
        .collect();
    assert_eq!(roles, [Role::Viewer.as_str(), Role::Agent.as_str()]);
    assert_eq!(ends[0]["urls"], ends[1]["urls"]);
    let now = cloud.state.clock.unix_seconds();
    let call = call_of(&ends[0]);
    assert_eq!(call, call_of(&ends[1]));
    let book = &cloud.state.call_book;
    assert!(book.is_open(&call, now + 59) && !book.is_open(&call, now + 60));
    // Nobody has said an address: the relay sends nowhere but to the other end.
    for role in [Role::Viewer, Role::Agent] {
        assert!(!book.has_announced(&call, role, [127, 0, 0, 1].into()));
        assert!(book.party_ice(&call, role).is_empty());
    }
}

#[tokio::test]
async fn a_second_test_of_an_account_ends_the_first() {
    let cloud = cloud_with_relay().await;
    let mut ana = cloud.person("ana").await;
    let mut ben = cloud.person("ben").await;
    let now = cloud.state.clock.unix_seconds();
    let of_ben = begins_test(&mut ben).await;

    let first = begins_test(&mut ana).await;
    let second = begins_test(&mut ana).await;

    let is_open = |servers: &Value| {
        let call = call_of(&servers["ends"][0]);
        cloud.state.call_book.is_open(&call, now)
    };
    assert_eq!([&first, &second, &of_ben].map(is_open), [false, true, true]);
    let numbers = cloud::exporter::text(&cloud.state).await.unwrap();
    assert!(numbers.contains("peerview_test_calls_total 3"), "{numbers}");
}

#[tokio::test]
async fn asvs_2_4_1_connection_tests_of_an_account_are_limited() {
    let cloud = cloud_with_relay().await;
    let mut ana = cloud.person("ana").await;
    for _ in 0..TESTS_PER_ACCOUNT.most {
        begins_test(&mut ana).await;
    }

    let refused = ana.post("/help/connection", &[]).await;

    assert_eq!(refused.status, 429, "{}", refused.body);
    let mut ben = cloud.person("ben").await;
    begins_test(&mut ben).await;
    cloud.clock.advance(HOUR);
    begins_test(&mut ana).await;
}

#[tokio::test]
async fn asvs_2_4_1_tests_from_one_address_leave_room_for_others() {
    let cloud = cloud_with_relay().await;
    let mut crowd = Vec::new();
    for n in 0..MAX_TEST_CALLS_OF_NETWORK {
        let mut person = cloud.person(&format!("person{n}")).await;
        begins_test(&mut person).await;
        crowd.push(person);
    }
    let mut ana = cloud.person("ana").await;

    let refused = ana.post("/help/connection", &[]).await;
    let spent = async |limit, whom: &str| cloud.state.throttle.n_spent(limit, whom).await.unwrap();
    let of_ana = spent(TESTS_PER_ACCOUNT, &cloud.account_id("ana").await).await;
    let crowded = begins_test(&mut crowd[0]).await;
    cloud.clock.advance(60);
    begins_test(&mut ana).await;

    assert_eq!(refused.status, 429, "{}", refused.body);
    assert_eq!(refused.header("retry-after"), Some("60"));
    assert!(refused.body.contains("in your network"), "{}", refused.body);
    assert_eq!(of_ana, 0, "she has not tested");
    assert!(crowded["ends"].is_array(), "a test replaces one's own");
    let n_tests = i64::try_from(MAX_TEST_CALLS_OF_NETWORK).unwrap() + 2;
    assert_eq!(spent(TESTS_PER_CLIENT, "127.0.0.1").await, n_tests);
}

#[tokio::test]
async fn a_cloud_without_relay_has_nothing_to_test() {
    let cloud = TestCloud::start_with(|config| {
        config.demo = true;
        config.relay.enabled = false;
    })
    .await;
    let mut ana = cloud.person("ana").await;

    let servers = begins_test(&mut ana).await;

    assert_eq!(servers["ends"], Value::Array(vec![]));
    assert_eq!(servers["stun"], Value::Array(vec![]));
}

#[tokio::test]
async fn the_connection_test_names_what_to_open() {
    let cloud = cloud_with_relay().await;
    let mut ana = cloud.person("ana").await;

    let page = ana.get("/help/connection").await.body;

    let port = cloud.state.calls.relay_port(&cloud.state);
    assert_ne!(port, 0);
    let words = format!("allow UDP to relay.example.org, port {port}.");
    // Fluent marks where an argument begins and ends, for languages of both directions.
    let page = page.replace(['\u{2068}', '\u{2069}'], "");
    assert!(page.contains(&words), "{words}: {page}");
}

#[tokio::test]
async fn a_page_learns_that_no_place_is_free() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    let wire = Wire::of(&cloud);
    let cookie = format!("session={}", ana.cookie("session").unwrap());
    let headers = [
        ("sec-websocket-protocol", SUBPROTOCOL),
        ("cookie", cookie.as_str()),
    ];
    let no_socket = ana.get("/call").await.status;
    assert!((400..500).contains(&no_socket), "{no_socket}");

    let mut open = Vec::new();
    while let Ok(socket) = wire.open("/call", &headers).await {
        open.push(socket);
    }

    // A page cannot see why its socket was refused; this it can.
    assert_eq!(ana.get("/call").await.status, 503);
    let mut ben = cloud.person("ben").await;
    assert_eq!(ben.get("/call").await.status, no_socket, "his own places");
}
