//! Everything that happens in the middle of a call, with the longest time without a picture that is
//! still all right.

use std::time::Duration;

use crate::lab::interruption::{Happening, Interruption};
use crate::lab::network::Scene;
use crate::lab::router::Nat;
use crate::lab::world::Kind;

/// One of them.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) scene: Scene,
    pub(crate) kind: Kind,
    pub(crate) happening: Happening,
    /// The longest gap that is still all right.
    pub(crate) limit: Duration,
}

impl Case {
    fn new(
        kind: Kind,
        (name, scene, happening, seconds): (&'static str, Scene, Happening, u64),
    ) -> Case {
        Case {
            name,
            scene,
            kind,
            happening,
            limit: Duration::from_secs(seconds),
        }
    }

    /// Whether it went as it must.
    pub(crate) fn is_met(&self, interruption: &Interruption) -> bool {
        interruption.is_same_call && interruption.gap.is_some_and(|gap| gap <= self.limit)
    }
}

/// All of them, in the order in which they run.
pub(crate) fn all() -> Vec<Case> {
    let mut cases = in_pages();
    cases.extend(in_native_viewers());
    cases
}

fn in_pages() -> Vec<Case> {
    use Happening::{
        AgentAddress, CloudDies, RelayDies, SiteForgets, SiteRouter, UsedRelayDies, ViewerAddress,
        ViewerRouter,
    };
    let home = Scene::of(Nat::EimApdf, Nat::EimApdf);
    let relayed = Scene::of(Nat::ApdmApdf, Nat::ApdmApdf);
    let two_relays = Scene {
        has_second_relay: true,
        ..relayed
    };
    let open = Scene::of(Nat::ApdmApdf, Nat::EimEif);
    let cases = [
        ("viewer's address changes", home, ViewerAddress, 3),
        (
            "viewer's address changes, relayed",
            relayed,
            ViewerAddress,
            3,
        ),
        ("viewer's router changes its address", home, ViewerRouter, 3),
        ("site's router changes its address", home, SiteRouter, 3),
        ("site's router forgets connections", open, SiteForgets, 3),
        ("site's router forgets, relayed", relayed, SiteForgets, 3),
        ("relay takes no more UDP", relayed, RelayDies, 3),
        (
            "relay dies, another takes over",
            two_relays,
            UsedRelayDies,
            3,
        ),
        ("agent's machine changes its address", home, AgentAddress, 5),
        (
            "agent's machine changes it, relayed",
            relayed,
            AgentAddress,
            5,
        ),
        ("cloud dies, direct call", home, CloudDies, 1),
    ];
    cases.map(|case| Case::new(Kind::Page, case)).into()
}

fn in_native_viewers() -> Vec<Case> {
    let home = Scene::of(Nat::EimApdf, Nat::EimApdf);
    let two_relays = Scene {
        has_second_relay: true,
        ..Scene::of(Nat::ApdmApdf, Nat::ApdmApdf)
    };
    let open = Scene::of(Nat::ApdmApdf, Nat::EimEif);
    let cases = [
        (
            "site's router forgets connections",
            open,
            Happening::SiteForgets,
            3,
        ),
        (
            "agent's machine changes its address",
            home,
            Happening::AgentAddress,
            5,
        ),
        (
            "relay dies, another takes over",
            two_relays,
            Happening::UsedRelayDies,
            3,
        ),
        ("cloud dies, direct call", home, Happening::CloudDies, 1),
    ];
    cases.map(|case| Case::new(Kind::Native, case)).into()
}
