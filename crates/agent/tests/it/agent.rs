//! The agent as a whole: settings in, cards and streams out.

use agent::card::CardNews;
use agent::config::{Config, RecorderConfig};
use agent::recorder::RecorderStatus;
use agent::{Agent, RecorderCard};
use proto::link::message::StreamKind;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::link_support::Cloud;
use crate::support::{Dvr, Folder, is_video, next_frame, rtsp_settings, soon};

fn config(folder: &Folder, recorders: Vec<RecorderConfig>) -> Config {
    Config {
        data_dir: folder.path().to_owned(),
        recorders,
        loopback_candidates: true,
        ..Config::default()
    }
}

fn two_recorders() -> Vec<RecorderConfig> {
    vec![
        rtsp_settings("name = \"Shop\"\nurl = \"rtsp://127.0.0.1:1/a\""),
        rtsp_settings("url = \"rtsp://127.0.0.2:1/a\""),
    ]
}

fn cards(config: Config) -> Vec<RecorderCard> {
    Agent::open(config).expect("right settings").recorders()
}

#[test]
fn every_recorder_has_its_own_card() {
    let folder = Folder::new();

    let cards = cards(config(&folder, two_recorders()));

    assert_eq!(cards[0].name, "Shop");
    assert_eq!(cards[1].name, "127.0.0.2:1");
    assert_ne!(cards[0].serial, cards[1].serial);
    let card = &cards[0];
    let link = format!(
        "http://127.0.0.1:8080/devices/new#{}:{}",
        card.serial, card.code
    );
    assert_eq!(card.claim_link, link);
    for line in [
        format!("Serial number:     {}", card.serial),
        format!("Verification code: {}", card.code),
        format!("Claim link:        {link}"),
    ] {
        assert!(card.text.lines().any(|told| told == line), "{}", card.text);
    }
    assert!(card.text.contains('█'), "a QR code for phones");
}

#[test]
fn a_restart_shows_the_same_cards() {
    let folder = Folder::new();

    let first = cards(config(&folder, two_recorders()));
    let mut turned = two_recorders();
    turned.reverse();
    let second = cards(config(&folder, turned));

    assert_eq!((&first[0], &first[1]), (&second[1], &second[0]));
}

#[test]
fn a_second_agent_on_one_data_folder_is_refused() {
    let folder = Folder::new();
    let _first = Agent::open(config(&folder, two_recorders())).expect("right settings");

    let error = Agent::open(config(&folder, two_recorders())).expect_err("the folder is taken");

    assert!(error.to_string().contains("another agent"), "{error:#}");
}

#[test]
fn two_recorders_at_one_address_need_an_id() {
    let folder = Folder::new();
    let twice = vec![two_recorders()[0].clone(), two_recorders()[0].clone()];

    let error = Agent::open(config(&folder, twice)).expect_err("both have one folder");

    assert!(error.to_string().contains("another `id`"), "{error:#}");
}

#[tokio::test]
async fn an_agent_runs_until_its_shutdown() {
    let (dvr, folder) = (Dvr::with_four_cameras().await, Folder::new());
    let recorders = vec![RecorderConfig::Hikvision(dvr.settings())];
    let agent = Agent::open(config(&folder, recorders)).expect("right settings");
    let (mut status, streams) = (agent.statuses().remove(0), agent.streams().remove(0));
    let shutdown = CancellationToken::new();
    let running = tokio::spawn(agent.run(shutdown.clone()));

    let online = status.wait_for(|status| *status == RecorderStatus::Online);
    soon("the recorder", online).await.expect("the agent runs");
    let mut cameras = streams.cameras();
    let listed = cameras.wait_for(|cameras| cameras.len() == 5);
    soon("the cameras", listed).await.expect("the agent runs");
    let mut subscription = streams.subscribe("1", StreamKind::Sub).expect("camera 1");
    next_frame(&mut subscription, is_video).await;
    shutdown.cancel();

    let ended = soon("the end", running).await;
    ended.expect("no panic").expect("no error");
}

#[tokio::test]
async fn claim_links_follow_the_clouds_public_address() {
    let (cloud, folder) = (Cloud::new().await, Folder::new());
    let mut config = config(&folder, vec![two_recorders().remove(0)]);
    config.cloud = cloud.url.clone();
    let agent = Agent::open(config).expect("right settings");
    let (mut cards, shutdown) = (agent.cards(), CancellationToken::new());
    let _stop = shutdown.clone().drop_guard();
    tokio::spawn(agent.run(shutdown));
    let dialled = cloud.url.as_str().to_owned();
    assert!(cards.current()[0].claim_link.starts_with(&dialled));

    let mut end = cloud.accept().await;
    let id = end.challenged().await;
    let result = json!({"id": "PV", "peerview/publicUrl": "https://cloud.example.org/"});
    end.send(&json!({"jsonrpc": "2.0", "id": id, "result": result}))
        .await;

    assert_eq!(soon("the address", cards.changed()).await, CardNews::Links);
    let link = &cards.current()[0].claim_link;
    assert!(
        link.starts_with("https://cloud.example.org/devices/new#"),
        "{link}"
    );
}
