//! Names, order and hidden ones of cameras, and the order of recorders: forms that work without scripts.

use cloud::accounts::arrangement::MAX_CAMERA_NAME_CHARS;
use cloud::db::recorders;
use cloud::throttle::limits::{ARRANGEMENTS_PER_ACCOUNT, LIVE_ARRANGEMENTS_PER_ACCOUNT, Limit};
use serde_json::{Value, json};

use crate::support::TestCloud;
use crate::support::browser::{Browser, between};
use crate::support::wire::serial;

/// Ana with recorder `Shop n` of each seed, with cameras 1 to 3.
async fn ana_with(seeds: &[u8]) -> (TestCloud, Browser) {
    let cloud = TestCloud::start().await;
    let ana = cloud.person("ana").await;
    let id = cloud.account_id("ana").await;
    let db = &cloud.state.db;
    for seed in seeds {
        let (serial, name) = (serial(*seed), format!("Shop {seed}"));
        let serial = serial.as_str();
        recorders::register(db, serial, &name, 0).await.unwrap();
        recorders::claim(db, serial, &id, &name, 0).await.unwrap();
        let cameras = json!([
            {"id": "1", "name": "Door", "isOnline": true},
            {"id": "2", "name": "Yard", "isOnline": true},
            {"id": "3", "name": "Till", "isOnline": true},
        ]);
        recorders::set_cameras(db, serial, &cameras.to_string())
            .await
            .unwrap();
    }
    (cloud, ana)
}

/// What Live view lists: identifier and name of every camera.
async fn live_cameras(person: &mut Browser, path: &str) -> Value {
    let page = person.get(path).await;
    let list = between(&page.body, "data-cameras=\"", "\"").replace("&#34;", "\"");
    let recorders: Value = serde_json::from_str(&list).unwrap();
    let lists = recorders.as_array().unwrap().iter();
    lists
        .flat_map(|it| it[2].as_array().unwrap().clone())
        .collect()
}

/// The recorders of a page, in its order.
fn shops(page: &str) -> Vec<String> {
    let main = between(page, "<main", "</main>");
    let mut named: Vec<(usize, String)> = (1..=3)
        .map(|n| format!("Shop {n}"))
        .filter_map(|name| Some((main.find(&name)?, name)))
        .collect();
    named.sort();
    named.into_iter().map(|(_, name)| name).collect()
}

#[tokio::test]
async fn cameras_are_renamed_moved_and_hidden_by_forms() {
    let (_cloud, mut ana) = ana_with(&[1]).await;
    let list = format!("/devices/{}/cameras", serial(1));

    let named = ana
        .post(
            &format!("{list}/3"),
            &[("name", " הקופה 🚪 "), ("place", "1"), ("shown", "1")],
        )
        .await;
    let moved = ana.post(&list, &[("up", "2")]).await;
    let hidden = ana.post(&list, &[("hide", "1")]).await;

    assert_eq!(named.location(), Some(format!("{list}#camera-3").as_str()));
    assert_eq!(moved.location(), Some(format!("{list}#camera-2").as_str()));
    assert_eq!(hidden.status, 303);
    let expected = json!([["3", "הקופה 🚪"], ["2", "Yard"]]);
    assert_eq!(live_cameras(&mut ana, "/live").await, expected);
    let one = format!("/live/{}", serial(1));
    assert_eq!(live_cameras(&mut ana, &one).await, expected);
    let device = ana.get(&format!("/devices/{}", serial(1))).await.body;
    assert!(device.contains("1 hidden"), "{device}");
    assert!(!device.contains("Door"), "{device}");
    let devices = ana.get("/devices").await.body;
    assert!(devices.contains("2 cameras"), "{devices}");
    assert!(devices.contains("הקופה"), "{devices}");
}

#[tokio::test]
async fn hidden_cameras_can_be_shown_again() {
    let (_cloud, mut ana) = ana_with(&[1]).await;
    let list = format!("/devices/{}/cameras", serial(1));
    for id in ["1", "2", "3"] {
        ana.post(&list, &[("hide", id)]).await;
    }

    let live = ana.get("/live").await.body;
    let direct = ana.get(&format!("/live/{}/2", serial(1))).await;
    let unknown = ana.get(&format!("/live/{}/9", serial(1))).await;
    let device = ana.get(&format!("/devices/{}", serial(1))).await.body;
    ana.post(&list, &[("show", "2")]).await;

    assert!(live.contains("All cameras are hidden"), "{live}");
    assert_eq!(direct.location(), Some(format!("{list}/2").as_str()));
    assert_eq!(unknown.status, 404);
    assert!(device.contains(&list), "the way back is on the page");
    assert_eq!(
        live_cameras(&mut ana, "/live").await,
        json!([["2", "Yard"]])
    );
}

#[tokio::test]
async fn unfit_camera_names_and_places_are_explained() {
    let (cloud, mut ana) = ana_with(&[1]).await;
    let form = format!("/devices/{}/cameras/1", serial(1));
    let longest = "🚪".repeat(MAX_CAMERA_NAME_CHARS);

    for (name, place, words) in [
        (format!("{longest}x").as_str(), "1", "200 characters"),
        ("Door\u{202e}", "1", "200 characters"),
        ("Door", "0", "from 1 to 3"),
        ("Door", "first", "from 1 to 3"),
    ] {
        let fields = [("name", name), ("place", place), ("shown", "1")];
        let page = ana.post(&form, &fields).await;
        assert_eq!(page.status, 422, "{name} {place}");
        assert!(page.body.contains(words), "{}", page.body);
    }
    assert_eq!(cloud.count("arrangements").await, 0);
    let fields = [("name", longest.as_str()), ("place", "9"), ("shown", "1")];
    assert_eq!(ana.post(&form, &fields).await.status, 303);
    assert_eq!(
        live_cameras(&mut ana, "/live").await[2],
        json!(["1", longest])
    );
}

#[tokio::test]
async fn recorders_are_listed_in_the_owners_order() {
    let (cloud, mut ana) = ana_with(&[1, 2, 3]).await;
    let mut ben = cloud.person("ben").await;
    assert_eq!(
        shops(&ana.get("/devices").await.body),
        ["Shop 1", "Shop 2", "Shop 3"]
    );

    let up = ana
        .post("/devices/order", &[("up", serial(3).as_str())])
        .await;
    let end = ana
        .post("/devices/order", &[("up", serial(1).as_str())])
        .await;
    let foreign = ben
        .post("/devices/order", &[("down", serial(1).as_str())])
        .await;
    let unknown = ben
        .post("/devices/order", &[("down", serial(9).as_str())])
        .await;

    let address = format!("/devices/order#recorder-{}", serial(3));
    assert_eq!(up.location(), Some(address.as_str()));
    assert_eq!(end.status, 303);
    assert_eq!((foreign.status, unknown.status), (404, 404));
    assert_eq!(foreign.body, unknown.body);
    let ordered = ["Shop 1", "Shop 3", "Shop 2"];
    for path in ["/devices", "/devices/order", "/live"] {
        let page = ana.get(path).await.body;
        assert_eq!(shops(&page), ordered, "{path}");
    }
}

#[tokio::test]
async fn what_is_dragged_goes_to_the_place_named() {
    let (_cloud, mut ana) = ana_with(&[1, 2, 3]).await;
    let one = serial(1);
    let cameras = format!("/devices/{one}/cameras");

    let dragged = [("dragged", one.as_str()), ("place", "3")];
    let moved = ana.post("/devices/order", &dragged).await;
    let beyond = [("dragged", "1"), ("place", "99")];
    let last = ana.post(&cameras, &beyond).await;
    let first = ana
        .post(&cameras, &[("dragged", "3"), ("place", "1")])
        .await;
    let unknown = ana
        .post(&cameras, &[("dragged", "9"), ("place", "1")])
        .await;
    let nowhere = ana
        .post(
            "/devices/order",
            &[("dragged", one.as_str()), ("place", "-1")],
        )
        .await;

    let address = format!("/devices/order#recorder-{one}");
    assert_eq!(moved.location(), Some(address.as_str()));
    assert_eq!((last.status, first.status), (303, 303));
    assert_eq!((unknown.status, nowhere.status), (404, 400));
    let order = ana.get("/devices/order").await.body;
    assert_eq!(shops(&order), ["Shop 2", "Shop 3", "Shop 1"]);
    let shown = live_cameras(&mut ana, &format!("/live/{one}")).await;
    assert_eq!(shown, json!([["3", "Till"], ["2", "Yard"], ["1", "Door"]]));
}

#[tokio::test]
async fn live_views_arrangement_is_kept_in_the_account() {
    let (cloud, mut ana) = ana_with(&[1]).await;
    let mut ben = cloud.person("ben").await;
    let kept = json!({"order": ["a/1"], "favourites": ["a/1"], "views": []}).to_string();
    let path = "/live/arrangement";

    let first = ana.post(path, &[("arrangement", &kept)]).await;
    let second = ana.post(path, &[("arrangement", &kept)]).await;
    let refused = ana.post(path, &[("arrangement", "{}")]).await;

    assert_eq!((first.body.as_str(), second.body.as_str()), ("1", "2"));
    assert_eq!(refused.status, 400);
    for page in ["/live".to_owned(), format!("/live/{}", serial(1))] {
        let page = ana.get(&page).await.body;
        assert!(page.contains(r#"data-version="2""#), "{page}");
        let shown = between(&page, "name=\"arrangement\" content=\"", "\"").replace("&#34;", "\"");
        let shown: Value = serde_json::from_str(&shown).unwrap();
        assert_eq!(shown, serde_json::from_str::<Value>(&kept).unwrap());
    }
    assert!(!ben.get("/live").await.body.contains("name=\"arrangement\""));
    let page = ana.post("/account/data", &[]).await;
    let data: Value = serde_json::from_str(&page.body).unwrap();
    assert_eq!(data["live_view"]["favourites"], json!(["a/1"]));

    // The order that is chosen later wins.
    ana.post(&format!("/devices/{}/cameras", serial(1)), &[("up", "3")])
        .await;
    let page = ana.get("/live").await.body;
    assert!(page.contains(r#"data-version="3""#), "{page}");
    let shown = between(&page, "name=\"arrangement\" content=\"", "\"").replace("&#34;", "\"");
    assert!(
        shown.starts_with(r#"{"order":[],"favourites":["a/1"]"#),
        "{shown}"
    );
}

#[tokio::test]
async fn the_data_export_has_own_names_and_order() {
    let (cloud, mut ana) = ana_with(&[1, 2]).await;
    let form = format!("/devices/{}/cameras/1", serial(2));
    ana.post(&form, &[("name", "Front"), ("shown", "1")]).await;
    ana.post("/devices/order", &[("up", serial(2).as_str())])
        .await;

    let page = ana.post("/account/data", &[]).await;

    let data: Value = serde_json::from_str(&page.body).unwrap();
    let first = &data["recorders"][0];
    assert_eq!(first["place"], 0);
    assert_eq!(first["own_cameras"][0], json!({"id": "1", "name": "Front"}));
    let events = data["log"]["events"].as_array().unwrap().iter();
    let n_noted = events.filter(|it| it["what"] == "recorder.arrange").count();
    assert!(n_noted > 0, "{data}");
    assert_eq!(cloud.count("arrangements").await, 2);
}

/// Uses up what an account may change in a window.
async fn use_up(cloud: &TestCloud, limit: Limit, account_id: &str) {
    for _ in 0..limit.most {
        let spent = cloud.state.throttle.spend(&[(limit, account_id)]).await;
        spent.ok().unwrap().keep();
    }
}

#[tokio::test]
async fn asvs_2_4_1_endless_moves_of_one_account_are_refused() {
    let (cloud, mut ana) = ana_with(&[1, 2]).await;
    let id = cloud.account_id("ana").await;
    let (one, two) = (serial(1), serial(2));
    let device = format!("/devices/{one}");
    let (cameras, camera) = (format!("{device}/cameras"), format!("{device}/cameras/1"));
    let forms: [(&str, &[(&str, &str)]); 4] = [
        ("/devices/order", &[("up", two.as_str())]),
        (&cameras, &[("hide", "1")]),
        (&camera, &[("name", "Gate"), ("shown", "1")]),
        (&device, &[("name", "Our shop")]),
    ];
    use_up(&cloud, ARRANGEMENTS_PER_ACCOUNT, &id).await;

    for (path, fields) in forms {
        let refused = ana.post(path, fields).await;
        assert_eq!(refused.status, 429, "{path}: {}", refused.body);
        assert!(refused.body.contains("10 minutes"), "{}", refused.body);
    }

    assert_eq!(cloud.count("arrangements").await, 0);
    assert_eq!(shops(&ana.get("/devices").await.body), ["Shop 1", "Shop 2"]);
    cloud.clock.advance(ARRANGEMENTS_PER_ACCOUNT.window);
    for (path, fields) in forms {
        assert_eq!(ana.post(path, fields).await.status, 303, "{path}");
    }
}

#[tokio::test]
async fn asvs_2_4_1_endless_saves_of_one_account_are_refused() {
    let (cloud, mut ana) = ana_with(&[1]).await;
    let mut ben = cloud.person("ben").await;
    let kept = json!({"order": [], "favourites": ["a/1"], "views": []}).to_string();
    let (path, fields) = ("/live/arrangement", [("arrangement", kept.as_str())]);
    let limit = LIVE_ARRANGEMENTS_PER_ACCOUNT;
    use_up(&cloud, limit, &cloud.account_id("ana").await).await;

    let refused = ana.post(path, &fields).await;
    let of_ben = ben.post(path, &fields).await;
    cloud.clock.advance(limit.window - 60);
    let later = ana.post(path, &fields).await;
    cloud.clock.advance(60);
    let taken = ana.post(path, &fields).await;

    assert_eq!(refused.status, 429, "{}", refused.body);
    assert_eq!(refused.header("retry-after"), Some("600"));
    assert_eq!(later.header("retry-after"), Some("60"));
    assert_eq!((of_ben.status, taken.body.as_str()), (200, "1"));
}
