//! The few cells that run with every `cargo test`. They share one lab.

use crate::lab::call::{self, Outcome, Way};
use crate::lab::interruption::{Happening, interrupt};
use crate::lab::network::Scene;
use crate::lab::router::Nat;
use crate::lab::world::{Kind, World};

/// The names of the tests, in the order in which they run.
pub(crate) const NAMES: [&str; 5] = [
    "two_homes_connect_without_the_relay",
    "two_symmetric_nats_connect_over_the_relay",
    "a_dozen_further_interfaces_do_not_hide_the_path",
    "pictures_go_on_after_the_cloud_died",
    "another_relay_takes_over_when_one_dies",
];

/// Runs one by its name.
pub(crate) async fn run(name: &str, world: &mut World) -> Result<(), String> {
    match name {
        "two_homes_connect_without_the_relay" => two_homes_connect_without_the_relay(world).await,
        "two_symmetric_nats_connect_over_the_relay" => {
            two_symmetric_nats_connect_over_the_relay(world).await
        }
        "a_dozen_further_interfaces_do_not_hide_the_path" => {
            a_dozen_further_interfaces_do_not_hide_the_path(world).await
        }
        "pictures_go_on_after_the_cloud_died" => pictures_go_on_after_the_cloud_died(world).await,
        "another_relay_takes_over_when_one_dies" => {
            another_relay_takes_over_when_one_dies(world).await
        }
        other => Err(format!("there is no test `{other}`")),
    }
}

async fn two_homes_connect_without_the_relay(world: &mut World) -> Result<(), String> {
    let scene = Scene::of(Nat::EimApdf, Nat::EimApdf);

    let outcome = call::try_call(world, &scene, Kind::Native).await;

    expect(&outcome, |way| *way == Way::Direct)
}

async fn two_symmetric_nats_connect_over_the_relay(world: &mut World) -> Result<(), String> {
    let scene = Scene::of(Nat::ApdmApdf, Nat::ApdmApdf);

    let outcome = call::try_call(world, &scene, Kind::Native).await;

    expect(&outcome, |way| matches!(way, Way::Relayed { .. }))
}

async fn a_dozen_further_interfaces_do_not_hide_the_path(world: &mut World) -> Result<(), String> {
    let mut scene = Scene::of(Nat::EimApdf, Nat::EimApdf);
    scene.site.n_tunnels = 12;

    let outcome = call::try_call(world, &scene, Kind::Native).await;

    expect(&outcome, |way| *way == Way::Direct)
}

async fn pictures_go_on_after_the_cloud_died(world: &mut World) -> Result<(), String> {
    let scene = Scene::of(Nat::EimApdf, Nat::EimApdf);

    let outcome = interrupt(world, &scene, Kind::Native, Happening::CloudDies).await?;

    match (outcome.gap, outcome.is_same_call) {
        (Some(_), true) => Ok(()),
        _ => Err(format!("{outcome:?}")),
    }
}

async fn another_relay_takes_over_when_one_dies(world: &mut World) -> Result<(), String> {
    let scene = Scene {
        has_second_relay: true,
        ..Scene::of(Nat::ApdmApdf, Nat::ApdmApdf)
    };

    let outcome = interrupt(world, &scene, Kind::Native, Happening::UsedRelayDies).await?;

    match (outcome.gap, outcome.is_same_call) {
        (Some(_), true) => Ok(()),
        _ => Err(format!("{outcome:?}")),
    }
}

fn expect(outcome: &Outcome, is_right: impl Fn(&Way) -> bool) -> Result<(), String> {
    match outcome {
        Outcome::Connected { way, .. } if is_right(way) => Ok(()),
        other => Err(format!("{other:?}")),
    }
}
