//! What a viewer sees if the recorder leaves the account while it is watched.

use serde_json::json;

use crate::support::World;

#[tokio::test(flavor = "multi_thread")]
async fn viewers_are_told_that_a_device_was_removed() {
    let mut world = World::new().await;
    let barn = world.simulated_recorder("Barn").await;
    let ana = world.person("Ana").await;
    ana.owns(&world.recorder).await;
    ana.goes_to("/live").await;
    ana.browser.sees_moving_pictures(4).await;
    ana.browser.enlarges(1).await;
    ana.browser.sees_moving_pictures(1).await;

    // Another recorder takes its place on the account, under the same name.
    let tablet = world.person("Ana").await;
    tablet.logs_in(false).await;
    let device = format!("/devices/{}", world.recorder.serial);
    tablet.goes_to(&device).await;
    // The agent asks for it after the cameras; the page shows what is known when it is opened.
    while !tablet.browser.text().await.contains("2.0 TB, 35 % free") {
        tablet.goes_to(&device).await;
    }
    tablet.browser.presses("Remove from my account").await;
    tablet.browser.presses("Remove").await;
    ana.browser
        .sees("This device is no longer in your account")
        .await;
    let playing = "return deep('.tile[data-state=playing]').length";
    assert_eq!(ana.browser.runs(playing, vec![]).await, json!(0));
    tablet.adds(&barn, "Home").await;

    ana.goes_to("/live").await;
    ana.browser.sees_moving_pictures(4).await;
    let serials = "return [...new Set(deep('live-tile').map((it) => it.dataset.serial))].join()";
    assert_eq!(
        ana.browser.runs(serials, vec![]).await,
        json!(barn.serial.as_str())
    );
}
