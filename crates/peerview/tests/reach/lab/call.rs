//! One call in one scene: whether pictures come, when the first one, by which path, and how many.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use super::network::{Scene, cloud_addresses};
use super::traffic::{self, Flow};
use super::world::{Kind, World};

/// How long a viewer may wait for its first picture.
pub(crate) const FIRST: Duration = Duration::from_secs(20);
/// How long pictures are counted.
const SPAN: Duration = Duration::from_secs(2);
/// Pictures a second of the simulated recorder, of which half must come.
const ENOUGH: f64 = 5.0;

/// How a party reaches the relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leg {
    /// It does not: the relay is the other party's.
    Straight,
    /// TURN over UDP.
    Udp,
    /// TURN over TCP.
    Tcp,
    /// TURN over TLS on the pages' port.
    Tls,
}

/// The way that pictures take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Straight between the two.
    Direct,
    /// The same, at a port that the site's router mapped.
    Mapped,
    /// Over the relay.
    Relayed {
        /// The agent's half.
        agent: Leg,
        /// The viewer's half.
        viewer: Leg,
    },
}

/// What came of a call.
#[derive(Debug, Clone)]
pub(crate) enum Outcome {
    /// Pictures came.
    Connected {
        way: Way,
        first: Duration,
        pictures_per_second: f64,
        /// What the tile said about it.
        says: Option<String>,
    },
    /// None came, or too few to be a picture.
    Nothing(String),
}

impl fmt::Display for Leg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Leg::Straight => "straight",
            Leg::Udp => "UDP",
            Leg::Tcp => "TCP",
            Leg::Tls => "TLS",
        })
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Way::Direct => f.pad("direct"),
            Way::Mapped => f.pad("mapped"),
            Way::Relayed { agent, viewer } => {
                f.pad(&format!("relayed, agent {agent}, viewer {viewer}"))
            }
        }
    }
}

/// Sets a scene, calls, and looks at what comes.
pub(crate) async fn try_call(world: &mut World, scene: &Scene, kind: Kind) -> Outcome {
    match call(world, scene, kind).await {
        Ok(outcome) => outcome,
        Err(error) => Outcome::Nothing(error),
    }
}

async fn call(world: &mut World, scene: &Scene, kind: Kind) -> Result<Outcome, String> {
    world.set(scene).await?;
    let path = "/live";
    let viewer = world.viewer(kind).await?;
    viewer.calls(path).await?;
    let Some(first) = viewer.first_picture(FIRST).await else {
        let why = viewer.over().or_else(|| viewer.says()).unwrap_or_default();
        viewer.leaves().await?;
        return Ok(Outcome::Nothing(format!("no picture; {why}")));
    };
    let outcome = watch(world, scene, kind, first).await;
    world.viewer(kind).await?.leaves().await?;
    outcome
}

async fn watch(
    world: &mut World,
    scene: &Scene,
    kind: Kind,
    first: Duration,
) -> Result<Outcome, String> {
    for host in [&world.network.site.host, &world.network.viewer.host] {
        traffic::reset(host)?;
    }
    let n_before = world.viewer(kind).await?.pictures().len();
    tokio::time::sleep(SPAN).await;
    let way = way(world, scene)?;
    let viewer = world.viewer(kind).await?;
    let n = viewer.pictures().len() - n_before;
    #[expect(clippy::cast_precision_loss, reason = "a few pictures")]
    let pictures_per_second = n as f64 / SPAN.as_secs_f64();
    if pictures_per_second < ENOUGH {
        return Ok(Outcome::Nothing(format!(
            "only {pictures_per_second} pictures/s after the first"
        )));
    }
    Ok(Outcome::Connected {
        way,
        first,
        pictures_per_second,
        says: viewer.says(),
    })
}

/// The way that most bytes take now.
pub(crate) fn way(world: &World, scene: &Scene) -> Result<Way, String> {
    let network = &world.network;
    let went = traffic::largest(&network.site.host, "went")?.ok_or("the agent sent nothing")?;
    let came = traffic::largest(&network.viewer.host, "came")?.ok_or("the viewer got nothing")?;
    let cloud = cloud_addresses(scene.cloud);
    if !cloud.contains(&went.address) {
        let is_mapped = scene.site.has_mapping && world.is_mapped(came.port)?;
        return Ok(if is_mapped { Way::Mapped } else { Way::Direct });
    }
    Ok(Way::Relayed {
        agent: leg(&went, &cloud),
        viewer: leg(&came, &cloud),
    })
}

fn leg(flow: &Flow, cloud: &[IpAddr]) -> Leg {
    match (flow.is_tcp, flow.port) {
        (true, 443) => Leg::Tls,
        (true, _) => Leg::Tcp,
        (false, 3478 | 443) if cloud.contains(&flow.address) => Leg::Udp,
        (false, _) => Leg::Straight,
    }
}
