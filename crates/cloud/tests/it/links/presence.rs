//! What a viewer's socket tells about the account's recorders, and about nobody else's.

use cloud::accounts::arrangement::CameraChange;
use cloud::claims;
use serde_json::{Value, json};

use crate::support::browser::Browser;
use crate::support::wire::{Socket, Wire, serial};

async fn presence(viewer: &mut Socket) -> Value {
    viewer.wait_for("peerview/presence").await.1
}

#[tokio::test]
async fn a_viewer_receives_its_recorders_and_their_changes() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let mut agent = wire.agent_of(&ana, 1).await;
    let mut viewer = wire.viewer(&ana).await;

    let first = presence(&mut viewer).await;
    assert_eq!(
        (&first["serial"], &first["name"]),
        (&json!(serial(1).as_str()), &json!("Recorder 1"))
    );
    assert_eq!(
        (&first["isOnline"], &first["lastSeen"]),
        (&json!(true), &Value::Null)
    );

    agent
        .cameras(json!([{"id": "1", "name": "Front \u{202e}door\u{2066}", "isOnline": true}]))
        .await;
    assert_eq!(
        presence(&mut viewer).await["cameras"][0]["name"],
        "Front door"
    );

    claims::rename(&wire.state, &ana.who, &serial(1), "Shop")
        .await
        .unwrap();
    assert_eq!(presence(&mut viewer).await["name"], "Shop");

    let named = |name| CameraChange::Set {
        name,
        place: None,
        is_hidden: false,
    };
    for (change, shown) in [
        (named("Gate"), json!("Gate")),
        (CameraChange::Hide, Value::Null),
        (named(""), json!("Front door")),
    ] {
        let serial = serial(1);
        claims::change_camera(&wire.state, &ana.who, (serial.as_str(), "1"), change)
            .await
            .unwrap();
        assert_eq!(presence(&mut viewer).await["cameras"][0]["name"], shown);
    }

    drop(agent);
    let offline = presence(&mut viewer).await;
    assert_eq!(offline["isOnline"], false);
    assert_eq!(offline["lastSeen"], 1_800_000_000);
    assert_eq!(offline["cameras"][0]["name"], "Front door");

    claims::release(&wire.state, &ana.who, &serial(1))
        .await
        .unwrap();
    assert_eq!(presence(&mut viewer).await["isRemoved"], true);
}

#[tokio::test]
async fn a_viewer_receives_every_recorder_of_its_account() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let mut agents = Vec::new();
    for seed in 1..=3 {
        agents.push(wire.agent_of(&ana, seed).await);
    }

    let mut viewer = wire.viewer(&ana).await;

    for seed in 1..=3 {
        assert_eq!(
            presence(&mut viewer).await["name"],
            format!("Recorder {seed}")
        );
    }
}

#[tokio::test]
async fn two_accounts_never_see_each_others_recorders() {
    let wire = Wire::start().await;
    let (ana, ben) = (wire.person("ana").await, wire.person("ben").await);
    let _anas = wire.agent_of(&ana, 1).await;
    let _unclaimed = wire.agent(3).await;
    let mut bens = wire.viewer(&ben).await;

    let _second = wire.agent_of(&ana, 2).await;
    drop(_anas);
    claims::rename(&wire.state, &ana.who, &serial(2), "Hers")
        .await
        .unwrap();
    wire.until(|state| !state.links.is_online(serial(1).as_str()))
        .await;
    // Whatever was going to be told is told before this answer.
    let _own = wire.agent_of(&ben, 4).await;
    let told = presence(&mut bens).await;

    assert_eq!(
        told["serial"],
        serial(4).as_str(),
        "the first presence Ben ever hears"
    );
}

#[tokio::test]
async fn a_former_owners_socket_gets_no_news_of_the_recorder() {
    let wire = Wire::start().await;
    let (ana, ben) = (wire.person("ana").await, wire.person("ben").await);
    let mut agent = wire.agent_of(&ana, 1).await;
    let mut anas = wire.viewer(&ana).await;
    presence(&mut anas).await;

    claims::release(&wire.state, &ana.who, &serial(1))
        .await
        .unwrap();
    wire.own(&ben, 1, "Mine").await;
    let mut bens = wire.viewer(&ben).await;
    agent
        .cameras(json!([{"id": "1", "name": "Secret", "isOnline": true}]))
        .await;
    while presence(&mut bens).await["cameras"] == json!([]) {}

    let removed = presence(&mut anas).await;
    assert_eq!(
        (&removed["isRemoved"], &removed["cameras"]),
        (&json!(true), &json!([]))
    );
    assert!(!removed.to_string().contains("Mine"));
}

/// Says what is wrong with the recorder.
async fn says(agent: &mut Socket, cameras: Value, reason: Value) {
    let list = json!({"cameras": cameras, "reason": reason});
    agent.notify("peerview/cameras", list).await;
}

#[tokio::test]
async fn a_recorders_problem_reaches_viewers_and_clears() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let mut agent = wire.agent_of(&ana, 1).await;
    let mut viewer = wire.viewer(&ana).await;
    assert!(presence(&mut viewer).await["reason"].is_null());
    let cameras = json!([{"id": "1", "name": "Door", "isOnline": true}]);

    says(&mut agent, cameras.clone(), json!({"kind": "full"})).await;
    let told = presence(&mut viewer).await;
    assert_eq!(told["reason"], json!({"kind": "full"}));
    says(&mut agent, cameras, Value::Null).await;
    assert!(presence(&mut viewer).await["reason"].is_null());

    says(&mut agent, json!([]), json!({"kind": "refused"})).await;
    let told = presence(&mut viewer).await;
    assert_eq!(told["reason"], json!({"kind": "refused"}));
    assert_eq!(
        told["cameras"][0]["name"], "Door",
        "a recorder that nobody can ask keeps its cameras"
    );
    drop(agent);
    let offline = presence(&mut viewer).await;
    assert_eq!(
        (&offline["isOnline"], &offline["reason"]),
        (&json!(false), &Value::Null)
    );
}

#[tokio::test]
async fn pages_say_what_is_wrong_and_what_to_do() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let mut agent = wire.agent_of(&ana, 1).await;
    let mut viewer = wire.viewer(&ana).await;
    presence(&mut viewer).await;
    let mut browser = Browser::new(wire.addr(), &wire.state);
    browser.takes_cookie("session", ana.token());
    let refused = "The recorder refused the user name or password. Correct them";

    says(&mut agent, json!([]), json!({"kind": "refused"})).await;
    presence(&mut viewer).await;
    let device = format!("/devices/{}", serial(1));
    for path in ["/devices", device.as_str(), "/live"] {
        let page = browser.get(path).await.body;
        assert!(page.contains(refused), "{path}: {page}");
    }

    let codec = json!({"kind": "codec", "codec": "<script>alert(1)</script>"});
    let cameras = json!([
        {"id": "1", "name": "Door", "isOnline": false, "reason": codec},
        {"id": "2", "name": "Yard", "isOnline": true},
    ]);
    says(&mut agent, cameras, Value::Null).await;
    presence(&mut viewer).await;

    let page = browser.get(&device).await.body;
    assert!(page.contains("The camera sends SCRIPTALERT1SCRIPT video"));
    assert!(!page.contains(refused) && !page.contains("data-troubled"));
}
