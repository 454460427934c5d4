//! `/live` of somebody with very many cameras.

use cloud::db::recorders;
use proto::identity::Serial;
use serde_json::{Value, json};

use crate::support::TestCloud;
use crate::support::browser::between;

const N_RECORDERS: usize = 31;
const N_CAMERAS: usize = 337;
/// What a phone on a slow line waits for.
const MOST_BYTES: usize = 60_000;

/// Serial number and name of a recorder, and id and name of its cameras.
type Listed = (String, String, Vec<(String, String)>);

/// Gives the account so many recorders with so many cameras.
async fn adds_recorders(cloud: &TestCloud, account_id: &str) {
    let db = &cloud.state.db;
    for n in 0..N_RECORDERS {
        let mut random = [7; 13];
        random[0] = u8::try_from(n).unwrap();
        let serial = Serial::from_random(random);
        let n_here = N_CAMERAS / N_RECORDERS + usize::from(n < N_CAMERAS % N_RECORDERS);
        let cameras: Vec<Value> = (1..=n_here)
            .map(|id| json!({"id": id.to_string(), "name": format!("Camera {id:02} \"<Till>\""), "isOnline": true}))
            .collect();
        recorders::register(db, serial.as_str(), &format!("key {n}"), 0)
            .await
            .unwrap();
        let name = format!("Shop {n:02} & Warehouse");
        assert!(
            recorders::claim(db, serial.as_str(), account_id, &name, 0)
                .await
                .unwrap()
        );
        // Lists of cameras are kept for owners only.
        let cameras = json!(cameras).to_string();
        let kept = recorders::set_cameras(db, serial.as_str(), &cameras).await;
        assert!(kept.unwrap());
    }
}

#[tokio::test]
async fn three_hundred_cameras_make_a_small_live_view() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    adds_recorders(&cloud, &cloud.account_id("ana").await).await;

    let page = ana.get("/live").await;

    assert_eq!(page.status, 200);
    assert!(page.body.len() <= MOST_BYTES, "{} bytes", page.body.len());
    let list = between(&page.body, "data-cameras=\"", "\"");
    assert!(!list.contains('<'), "names are escaped");
    let list = list
        .replace("&#34;", "\"")
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#38;", "&");
    let list: Vec<Listed> = serde_json::from_str(&list).unwrap();
    assert_eq!(list.len(), N_RECORDERS);
    assert_eq!(
        list.iter().map(|(_, _, it)| it.len()).sum::<usize>(),
        N_CAMERAS
    );
    let (_, name, cameras) = &list[0];
    assert_eq!(name, "Shop 00 & Warehouse");
    assert_eq!(
        cameras[0],
        ("1".to_owned(), "Camera 01 \"<Till>\"".to_owned())
    );
}
