//! Every cell of the matrix and every case beside it, with the least that is expected of it.

use crate::lab::call::{Outcome, Way};
use crate::lab::network::{Families, Place, Scene, Side};
use crate::lab::router::{Nat, Uplink};
use crate::lab::world::Kind;

/// The least that a cell must come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expected {
    /// Straight, mapped or not.
    Direct,
    /// Pictures, by whatever path.
    Connected,
    /// Nothing: there is no network.
    Nothing,
}

/// One cell.
pub(crate) struct Cell {
    /// The part that `make reach CASES=…` names.
    pub(crate) part: &'static str,
    pub(crate) name: String,
    pub(crate) scene: Scene,
    pub(crate) kind: Kind,
    pub(crate) expected: Expected,
}

impl Cell {
    fn new(part: &'static str, name: impl Into<String>, scene: Scene, expected: Expected) -> Cell {
        Cell {
            part,
            name: name.into(),
            scene,
            kind: Kind::Page,
            expected,
        }
    }

    /// Whether it came to what is expected.
    pub(crate) fn is_met(&self, outcome: &Outcome) -> bool {
        let is_direct = |way: &Way| matches!(way, Way::Direct | Way::Mapped);
        match (self.expected, outcome) {
            (Expected::Direct, Outcome::Connected { way, .. }) => is_direct(way),
            (Expected::Connected, Outcome::Connected { .. }) => true,
            (Expected::Nothing, Outcome::Nothing(_)) => true,
            _ => false,
        }
    }
}

/// All of them, in the order in which they run.
pub(crate) fn all() -> Vec<Cell> {
    let mut cells = Vec::new();
    cells.extend(matrix(false));
    cells.extend(matrix(true));
    cells.extend(public());
    cells.extend(home());
    cells.extend(without_udp());
    cells.extend(families());
    cells.extend(odd());
    cells
}

/// Port restricted and symmetric NATs do not meet without mapping (13 of 16).
fn matrix(has_mapping: bool) -> Vec<Cell> {
    let mut cells = Vec::new();
    for site in Nat::KINDS {
        for viewer in Nat::KINDS {
            let mut scene = Scene::of(site, viewer);
            scene.site.has_mapping = has_mapping;
            let is_hopeless = matches!(
                (site, viewer),
                (Nat::EimApdf | Nat::ApdmApdf, Nat::ApdmApdf) | (Nat::ApdmApdf, Nat::EimApdf)
            );
            let expected = match is_hopeless && !has_mapping {
                true => Expected::Connected,
                false => Expected::Direct,
            };
            let part = if has_mapping { "mapping" } else { "matrix" };
            let name = format!("agent {site:<10} viewer {viewer}");
            cells.push(Cell::new(part, name, scene, expected));
        }
    }
    cells
}

fn public() -> Vec<Cell> {
    let cell = |viewer: Nat| {
        let name = format!("agent public     viewer {viewer}");
        Cell::new(
            "public",
            name,
            Scene::of(Nat::Public, viewer),
            Expected::Direct,
        )
    };
    Nat::KINDS.map(cell).into()
}

/// The cloud beside the agent, as in most homes that run their own.
fn home() -> Vec<Cell> {
    let mut cells = Vec::new();
    for with_hairpin in [true, false] {
        for site in [Nat::EimApdf, Nat::ApdmApdf] {
            for viewer in [Nat::EimApdf, Nat::ApdmApdf] {
                let mut scene = Scene::of(site, viewer);
                scene.cloud = Place::Home { with_hairpin };
                // The agent presumes its public address, with the port that most routers keep.
                let is_direct = (site, viewer) == (Nat::EimApdf, Nat::EimApdf);
                let expected = match is_direct {
                    true => Expected::Direct,
                    false => Expected::Connected,
                };
                let hairpin = if with_hairpin {
                    "hairpin"
                } else {
                    "no hairpin"
                };
                let name = format!("cloud at home, {hairpin}: agent {site}, viewer {viewer}");
                cells.push(Cell::new("home", name, scene, expected));
            }
        }
    }
    cells
}

fn without_udp() -> Vec<Cell> {
    let mut cells = Vec::new();
    let tcp_443 = Uplink::TcpOnly("{ 443 }");
    for (words, uplink) in [("no UDP", Uplink::NoUdp), ("TCP 443 only", tcp_443)] {
        for viewer in [Nat::EimEif, Nat::EimApdf, Nat::ApdmApdf] {
            let mut scene = Scene::of(Nat::EimApdf, viewer);
            scene.site.uplink = uplink;
            let name = format!("agent with {words}, viewer {viewer}");
            cells.push(Cell::new("udp", name, scene, Expected::Connected));
        }
    }
    for site in [Nat::EimApdf, Nat::ApdmApdf] {
        let mut scene = Scene::of(site, Nat::EimApdf);
        scene.viewer.uplink = Uplink::TcpOnly("{ 80, 443 }");
        let name = format!("viewer with TCP 80/443 only, agent {site}");
        cells.push(Cell::new("udp", name, scene, Expected::Connected));
    }
    let mut scene = Scene::of(Nat::EimApdf, Nat::EimApdf);
    scene.site.uplink = tcp_443;
    scene.viewer.uplink = tcp_443;
    cells.push(Cell::new(
        "udp",
        "both with TCP 443 only",
        scene,
        Expected::Connected,
    ));
    cells
}

fn families() -> Vec<Cell> {
    let scene = |site: Families, viewer: Families| {
        let mut scene = Scene::of(Nat::EimApdf, Nat::EimApdf);
        scene.site.families = site;
        scene.viewer.families = viewer;
        scene
    };
    let cell = |name: &str, site, viewer| {
        Cell::new("families", name, scene(site, viewer), Expected::Connected)
    };
    vec![
        cell(
            "IPv6-only viewer, agent with both",
            Families::Both,
            Families::V6,
        ),
        cell(
            "IPv6-only viewer, IPv4-only agent",
            Families::V4,
            Families::V6,
        ),
        cell(
            "IPv4-only viewer, IPv6-only agent",
            Families::V6,
            Families::V4,
        ),
        cell("IPv6-only viewer and agent", Families::V6, Families::V6),
        cell(
            "both sides with both families",
            Families::Both,
            Families::Both,
        ),
    ]
}

/// Double NAT, many interfaces, and no network.
fn odd() -> Vec<Cell> {
    let behind = |nat, carrier| Side {
        carrier: Some(carrier),
        ..Side::behind(nat)
    };
    let mut cells = Vec::new();
    for (name, site, viewer, expected) in [
        (
            "viewer behind a carrier's NAT too",
            Side::behind(Nat::EimApdf),
            behind(Nat::EimApdf, Nat::EimApdf),
            Expected::Direct,
        ),
        (
            "agent behind two NATs",
            behind(Nat::EimApdf, Nat::EimApdf),
            Side::behind(Nat::EimApdf),
            Expected::Direct,
        ),
        (
            "both behind two NATs, the carriers' symmetric",
            behind(Nat::EimApdf, Nat::ApdmApdf),
            behind(Nat::EimApdf, Nat::ApdmApdf),
            Expected::Connected,
        ),
    ] {
        let scene = Scene {
            site,
            viewer,
            cloud: Place::Internet,
            line: None,
            has_second_relay: false,
        };
        cells.push(Cell::new("odd", name, scene, expected));
    }
    let mut scene = Scene::of(Nat::EimApdf, Nat::EimApdf);
    scene.site.n_tunnels = 12;
    let name = "agent with 12 interfaces of VPNs and containers";
    cells.push(Cell::new("odd", name, scene, Expected::Direct));
    scene = Scene::of(Nat::EimApdf, Nat::EimApdf);
    scene.viewer.uplink = Uplink::Nothing;
    cells.push(Cell::new(
        "odd",
        "viewer without a network",
        scene,
        Expected::Nothing,
    ));
    cells
}
