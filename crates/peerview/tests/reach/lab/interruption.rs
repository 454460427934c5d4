//! Failures in the middle of a call, and how long pictures are missing after each.

use std::net::IpAddr;
use std::time::Duration;

use super::call;
use super::network::{SECOND_V4, Scene, cloud_addresses};
use super::sighting::now_ms;
use super::traffic;
use super::world::{Kind, World};

/// How long pictures are watched before something happens.
const BEFORE: Duration = Duration::from_secs(3);
/// After this time without a picture the call counts as lost.
const PATIENCE_MS: f64 = 75_000.0;
/// Pictures that come for so long after a gap are back.
const STEADY_MS: f64 = 5_000.0;
/// Pictures that are no further apart flow.
const FLOWS_MS: f64 = 1_000.0;
/// Between two looks.
const LOOK: Duration = Duration::from_millis(100);

/// Rules under which no UDP reaches a relay.
const NO_UDP: &str = "table inet dead {
  chain input { type filter hook input priority 0; udp dport { 3478, 49152-65535 } drop; }
  chain output { type filter hook output priority 0; udp sport { 3478, 49152-65535 } drop; }
}";

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Happening {
    /// The viewer's machine has another address, as in another Wi-Fi.
    ViewerAddress,
    /// The viewer's router has another public address.
    ViewerRouter,
    /// The site's router has another public address.
    SiteRouter,
    /// The site's router has forgotten its connections, as after a restart.
    SiteForgets,
    /// The agent's machine has another address.
    AgentAddress,
    /// No UDP reaches the relay, whose machine lives.
    RelayDies,
    /// The relay that carries the call dies, and another one is there.
    UsedRelayDies,
    /// The cloud ends, and the relay in it.
    CloudDies,
}

/// What came of it.
#[derive(Debug, Clone)]
pub(crate) struct Interruption {
    /// The longest time without a picture; `None`: none came again.
    pub(crate) gap: Option<Duration>,
    /// Whether it is still the call of before.
    pub(crate) is_same_call: bool,
    /// What the tile says at the end, or why the call ended.
    pub(crate) says: Option<String>,
}

/// Calls in a scene, lets something happen, and watches.
pub(crate) async fn interrupt(
    world: &mut World,
    scene: &Scene,
    kind: Kind,
    happening: Happening,
) -> Result<Interruption, String> {
    world.set(scene).await?;
    let viewer = world.viewer(kind).await?;
    viewer.calls("/live").await?;
    if viewer.first_picture(call::FIRST).await.is_none() {
        let why = viewer.over().or_else(|| viewer.says()).unwrap_or_default();
        viewer.leaves().await?;
        return Err(format!("no picture in the first place; {why}"));
    }
    traffic::reset(&world.network.site.host)?;
    tokio::time::sleep(BEFORE).await;
    let n_calls = n_calls(world);
    let before = carrier(world)?;
    let at = now_ms();
    happen(world, scene, happening).await?;
    let gap = watch(world, kind, at).await?;
    traffic::reset(&world.network.site.host)?;
    tokio::time::sleep(LOOK * 10).await;
    let now = carrier(world);
    let is_same_call = self::n_calls(world) == n_calls;
    let viewer = world.viewer(kind).await?;
    let says = viewer.over().or_else(|| viewer.says());
    viewer.leaves().await?;
    undo(world, scene, happening).await?;
    if happening == Happening::UsedRelayDies {
        let now = now?;
        // Not over TCP to the machine of the dead one either.
        if now == before || !cloud_addresses(scene.cloud).contains(&now) {
            return Err(format!("{before} carried the call, and now {now} does"));
        }
    }
    Ok(Interruption {
        gap,
        is_same_call,
        says,
    })
}

/// Where most of what the agent sends goes.
fn carrier(world: &World) -> Result<IpAddr, String> {
    let went = traffic::largest(&world.network.site.host, "went")?;
    Ok(went.ok_or("the agent sent nothing")?.address)
}

/// The longest time without a picture around and after `at`.
async fn watch(world: &mut World, kind: Kind, at: f64) -> Result<Option<Duration>, String> {
    loop {
        tokio::time::sleep(LOOK).await;
        let pictures = world.viewer(kind).await?.pictures();
        let now = now_ms();
        let (gap, end) = longest_gap(&pictures, at - 500.0, now);
        let is_over = now - at > PATIENCE_MS;
        let flows = pictures.last().is_some_and(|last| now - last < FLOWS_MS);
        let is_steady = flows && now - at.max(end) > STEADY_MS;
        if is_steady || is_over {
            return Ok(flows.then(|| Duration::from_secs_f64(gap / 1000.0)));
        }
    }
}

/// The longest gap between two moments and when it ended; a gap that lasts ends now.
fn longest_gap(pictures: &[f64], from: f64, now: f64) -> (f64, f64) {
    let moments = pictures.iter().copied().filter(|at| *at >= from);
    let (mut last, mut longest) = (from, (0.0, from));
    for moment in moments.chain([now]) {
        if moment - last > longest.0 {
            longest = (moment - last, moment);
        }
        last = moment;
    }
    longest
}

/// Calls that the agent has connected since it started.
fn n_calls(world: &World) -> usize {
    let said = world.agent.as_ref().map(|agent| agent.output());
    said.unwrap_or_default().matches("call connected").count()
}

async fn happen(world: &mut World, scene: &Scene, happening: Happening) -> Result<(), String> {
    let network = &world.network;
    match happening {
        Happening::ViewerAddress => network.viewer.moves_host(77),
        Happening::AgentAddress => network.site.moves_host(77),
        Happening::ViewerRouter => network.viewer.moves_router(13),
        Happening::SiteRouter => network.site.moves_router(12),
        Happening::SiteForgets => network.site.router.forgets_connections(),
        Happening::RelayDies => network.cloud_at(scene.cloud).nft(NO_UDP),
        Happening::UsedRelayDies => {
            match carrier(world)? {
                IpAddr::V4(SECOND_V4) => {
                    let relay = world.second_relay.as_mut().ok_or("it runs")?;
                    relay.kill().await;
                    Ok(())
                }
                // The cloud itself lives, and the port of its pages, which takes TURN too, does as well.
                address if cloud_addresses(scene.cloud).contains(&address) => {
                    network.cloud_at(scene.cloud).nft(NO_UDP)
                }
                other => Err(format!("the call is not relayed, but goes to {other}")),
            }
        }
        Happening::CloudDies => {
            world.stop_cloud().await;
            Ok(())
        }
    }
}

/// What wiring the next scene would not undo.
async fn undo(world: &mut World, scene: &Scene, happening: Happening) -> Result<(), String> {
    match happening {
        Happening::RelayDies => world
            .network
            .cloud_at(scene.cloud)
            .run("nft delete table inet dead")
            .map(drop),
        Happening::UsedRelayDies => {
            // It was the other one, if the table is not there.
            let cloud = world.network.cloud_at(scene.cloud);
            cloud.run("nft delete table inet dead").ok();
            Ok(())
        }
        Happening::CloudDies => world.put_cloud(scene.cloud).await,
        _ => Ok(()),
    }
}
