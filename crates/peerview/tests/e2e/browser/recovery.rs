//! A path that dies in the middle of a call, and the same call going on.

use std::time::Instant;

use serde_json::json;

use crate::support::World;
use crate::support::forwarder::Forwarder;
use crate::support::process::report;

/// Leads the first servers that a page gets through the forwarder, over UDP alone.
const THROUGH_THE_FORWARDER: &str = "
    const original = RTCPeerConnection.prototype.setConfiguration;
    let isFirst = true;
    RTCPeerConnection.prototype.setConfiguration = function (config) {
        for (const server of isFirst ? config.iceServers : []) {
            const urls = server.urls.filter((url) => !url.includes('=tcp'));
            server.urls = urls.map((url) => url.replace(':RELAY', ':FORWARDER'));
        }
        isFirst = false;
        return original.call(this, config);
    };";

#[tokio::test(flavor = "multi_thread")]
async fn a_path_that_dies_is_replaced_within_the_same_call() {
    let world = World::new().await;
    let ana = world.person("Ana").await;
    ana.owns(&world.recorder).await;
    let said = world.demo.says_with("relay.addrs=[").await;
    let (_, relays) = said.split_once("relay.addrs=[").expect("it says so");
    let relay = relays.split([',', ']']).next().unwrap_or_default();
    let relay: std::net::SocketAddr = relay.parse().expect("an address");
    let forwarder = Forwarder::to(relay).await;
    let script = THROUGH_THE_FORWARDER
        .replace("RELAY", &relay.port().to_string())
        .replace("FORWARDER", &forwarder.port.to_string());
    ana.browser
        .devtools(
            "Page.addScriptToEvaluateOnNewDocument",
            json!({ "source": script }),
        )
        .await;
    ana.goes_to("/live?path=relay").await;
    ana.browser.sees_moving_pictures(4).await;
    let n_calls = calls_connected(&world);

    drop(forwarder);
    let died = Instant::now();
    world.demo.says_with("looking for another path").await;
    let noticed = died.elapsed();
    ana.browser.sees_moving_pictures(4).await;

    let moving = died.elapsed();
    report(&format!(
        "noticed after {noticed:?}, pictures have moved after {moving:?}"
    ));
    assert_eq!(calls_connected(&world), n_calls, "it is another call");
}

fn calls_connected(world: &World) -> usize {
    world.demo.output().matches("call connected").count()
}
