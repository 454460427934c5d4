//! What an agent reports about the certificate of its recorder, and who can see it.

use cloud::db::{accounts, recorders};
use serde_json::{Value, json};

use crate::support::TestCloud;
use crate::support::wire::{Wire, serial};

const LEAD: &str = "Certificate of the recorder";
const ADVICE: &str = "accept the new one with";

fn fingerprint(byte: u8) -> String {
    vec![format!("{byte:02X}"); 32].join(":")
}

fn list(certificates: &Value) -> Value {
    json!({"cameras": [{"id": "1", "name": "Door", "isOnline": true}],
        "peerview/certificates": certificates})
}

fn page() -> String {
    format!("/devices/{}", serial(1))
}

#[tokio::test]
async fn the_owner_reads_the_fingerprint_and_what_to_do() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    let wire = Wire::of(&cloud);
    let mut agent = wire.agent(1).await;
    let db = &cloud.state.db;
    let account = accounts::find_by_login(db, "ana", "").await.unwrap();
    let id = account.unwrap().id;
    let claimed = recorders::claim(db, serial(1).as_str(), &id, "Home", 1).await;
    assert!(claimed.unwrap());
    let known = || cloud.state.links.certificates(serial(1).as_str());

    let own = json!([{"expected": fingerprint(0xab)}]);
    agent.notify("peerview/cameras", list(&own)).await;
    wire.until(|_| !known().is_empty()).await;
    let calm = ana.get(&page()).await.body;
    assert!(
        calm.contains(LEAD) && calm.contains(&fingerprint(0xab)),
        "{calm}"
    );
    assert!(!calm.contains(ADVICE));

    let changed = json!([{"expected": fingerprint(0xab), "refused": fingerprint(0xcd)}]);
    agent.notify("peerview/cameras", list(&changed)).await;
    wire.until(|_| known().iter().any(|it| it.refused.is_some()))
        .await;
    let alarmed = ana.get(&page()).await.body;
    assert!(alarmed.contains(&fingerprint(0xcd)) && alarmed.contains(ADVICE));

    // What makes no sense is refused whole, and a list that is too long.
    for lie in [
        json!([{"expected": "<script>alert(1)</script>"}]),
        json!(vec![json!({"expected": fingerprint(1)}); 9]),
    ] {
        agent.notify("peerview/cameras", list(&lie)).await;
    }
    agent.notify("peerview/cameras", list(&json!([]))).await;
    wire.until(|_| known().is_empty()).await;
    assert!(!ana.get(&page()).await.body.contains(LEAD));
}
