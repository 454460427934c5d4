//! Record on the phone: files that a browser and a third-party program play, and how a recording ends.

use serde_json::{Value, json};
use simdvr::ClipCodec;

use super::accessibility::{Walk, tabs_to, types};
use super::kept::{lists, opens_pictures};
use super::recorded_file::{Probe, probe};
use crate::support::World;
use crate::support::person::Person;
use crate::support::process::report;

pub(super) const BEGAN: &str = "There is room for at least";
const KEPT: &str = "The video of";
/// As WebDriver names the key.
const ENTER: &str = "\u{e007}";

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_plays_in_browsers_and_elsewhere() {
    let mut world = World::new().await;
    let card = world.simulated_recorder("Shop").await;
    let ana = world.person("Ana").await;
    ana.owns(&card).await;
    ana.watches(&card).await;

    // By keyboard alone.
    assert_eq!(tabs_to(&ana, "Record").await, "button");
    types(&ana, ENTER).await;
    ana.browser.sees("Entrance with sound. There is room").await;
    let mut walk = Walk::new(&ana);
    walk.looks("Live view with a recording").await;
    walk.ends(1);
    has_recorded(&ana, 4).await;
    ends(&ana).await;
    ana.browser.sees("with sound").await;

    let probe = probe(&ana, 0).await;
    assert_eq!(probe.codec, "h264");
    assert!(probe.seconds >= 4.0, "{probe:?}");
    // The simulated cameras send 10 to 25 pictures a second.
    assert!(probe.frames >= 30, "{probe:?}");
    has_sound(&probe);
    // A key frame on request, as after a loss, comes at any time.
    let stats = world.faults(0).stats();
    let n_requested = stats.picture_losses + stats.key_frame_requests;
    report(&format!("{n_requested} key frames were requested"));
    assert!(probe.lag.abs() < 0.2 || n_requested > 0, "{probe:?}");
    // The picture of the page goes on.
    ana.browser.sees_moving_pictures(4).await;
    plays_the_newest(&ana, 4.0).await;
}

/// Sound as long as the pictures, and the chime of every second until its end.
fn has_sound(probe: &Probe) {
    report(&format!("{probe:?}"));
    let (codec, seconds) = probe.sound.as_ref().expect("it has sound");
    assert!(["aac", "opus"].contains(&codec.as_str()), "{probe:?}");
    assert!((seconds - probe.seconds).abs() < 0.2, "{probe:?}");
    assert!(probe.heard_until > probe.seconds - 2.5, "{probe:?}");
}

/// Ana in Live view, with four pictures that move.
async fn watching(world: &World) -> Person {
    let ana = world.person("Ana").await;
    ana.owns(&world.recorder).await;
    ana.goes_to("/live").await;
    ana.browser.sees_moving_pictures(4).await;
    ana
}

pub(super) async fn begins(ana: &Person) {
    ana.browser.presses("Record").await;
    ana.browser.sees(BEGAN).await;
}

/// Not within the second in which a further press is the end of a double tap.
pub(super) async fn ends(ana: &Person) {
    has_recorded(ana, 2).await;
    ana.browser.presses("Record").await;
    ana.browser.sees(KEPT).await;
}

/// Waits until the selected camera's tile tells so many seconds.
pub(super) async fn has_recorded(ana: &Person, seconds: u64) {
    ana.browser
        .waits_until(&format!("{seconds} seconds are recorded"), async || {
            recorded(ana).await >= seconds
        })
        .await;
}

async fn recorded(ana: &Person) -> u64 {
    let script = "return deep('.tile__recording').map((label) => label.textContent)";
    let labels = ana.browser.runs(script, vec![]).await;
    let labels = labels.as_array().cloned().unwrap_or_default();
    labels.iter().map(length_of).max().unwrap_or(0)
}

/// "0:04 · 310 kB" as seconds.
fn length_of(label: &Value) -> u64 {
    let text = label.as_str().unwrap_or_default();
    let time = text.split(' ').next().unwrap_or_default();
    let (minutes, seconds) = time.split_once(':').unwrap_or(("0", "0"));
    minutes.parse::<u64>().unwrap_or(0) * 60 + seconds.parse::<u64>().unwrap_or(0)
}

/// Opens the newest video of Pictures and videos, which plays from its first frame to its end.
pub(super) async fn plays_the_newest(ana: &Person, seconds: f64) {
    ana.goes_to("/pictures").await;
    ana.browser.sees("Today").await;
    let open = "deep('.kept__item[data-kind=video] .kept__open')[0].click()";
    ana.browser.runs(open, vec![]).await;
    let script = "
const video = deep('.kept__stage video')[0];
return video && !video.error && video.ended ? video.currentTime : 0;";
    ana.browser
        .waits_until("the video has played to its end", async || {
            let at = ana.browser.runs(script, vec![]).await;
            at.as_f64().unwrap_or(0.0) >= seconds - 0.1
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_of_h265_pictures_is_kept_whole() {
    let mut world = World::new().await;
    let card = world.simulated_recorder("Shop").await;
    world.faults(0).set_camera_codec(1, ClipCodec::H265);
    let ana = world.person("Ana").await;
    ana.owns(&card).await;
    ana.goes_to(&format!("/live/{}/1", card.serial)).await;
    ana.browser.sees_a_drawn_picture_move().await;

    begins(&ana).await;
    has_recorded(&ana, 3).await;
    ends(&ana).await;

    let probe = probe(&ana, 0).await;
    has_sound(&probe);
    assert_eq!(probe.codec, "hevc");
    assert!(probe.frames >= 20 && probe.seconds >= 3.0, "{probe:?}");
    opens_pictures(&ana, 1).await;
    lists(&ana, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_double_tap_begins_one_recording() {
    let world = World::new().await;
    let ana = watching(&world).await;

    // All taps are of one moment, also where a busy machine lets time pass between them.
    let twice = "const button = deep('[data-tool=record]')[0]; \
         const at = (globalThis.tappedAt ??= performance.now()); \
         performance.now = () => at; \
         button.click(); button.click(); \
         delete performance.now;";
    ana.browser.runs(twice, vec![]).await;
    ana.browser.sees(BEGAN).await;
    ana.browser.runs(twice, vec![]).await;
    ends(&ana).await;

    opens_pictures(&ana, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_phone_is_reported_before_a_recording() {
    let world = World::new().await;
    let ana = watching(&world).await;

    has_quota(&ana, json!(9_000_000)).await;
    ana.browser.presses("Record").await;

    ana.browser
        .sees("There is no room for a recording on this phone")
        .await;
    has_quota(&ana, Value::Null).await;
    opens_pictures(&ana, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_fills_up_keeps_the_recording_so_far() {
    let world = World::new().await;
    let ana = watching(&world).await;
    begins(&ana).await;
    has_recorded(&ana, 3).await;

    has_quota(&ana, json!(1)).await;

    ana.browser
        .sees("storage is full, so the recording ended")
        .await;
    has_quota(&ana, Value::Null).await;
    let probe = probe(&ana, 0).await;
    assert!(probe.seconds >= 3.0, "{probe:?}");
    plays_the_newest(&ana, 3.0).await;
    ana.browser.sees("storage is full").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_connection_keeps_the_recording_so_far() {
    let mut world = World::new().await;
    let card = world.simulated_recorder("Shop").await;
    let ana = world.person("Ana").await;
    ana.owns(&card).await;
    // It has no microphone.
    ana.goes_to(&format!("/live/{}/4", card.serial)).await;
    ana.browser.sees_moving_pictures(1).await;
    begins(&ana).await;
    ana.browser
        .sees("without sound: none comes from the camera")
        .await;
    has_recorded(&ana, 3).await;

    world.agent(0).signal("KILL");

    ana.browser
        .sees("video stopped coming, so the recording ended")
        .await;
    let probe = probe(&ana, 0).await;
    assert!(probe.seconds >= 3.0 && probe.sound.is_none(), "{probe:?}");
}

/// What an older Chromium has in the place of transforms; and the page is hidden meanwhile, and its agent away.
#[tokio::test(flavor = "multi_thread")]
async fn a_recording_goes_on_hidden_and_in_another_call() {
    let mut world = World::new().await;
    let card = world.simulated_recorder("Shop").await;
    let ana = world.person("Ana").await;
    ana.owns(&card).await;
    let older = json!({ "source": "delete globalThis.RTCRtpScriptTransform" });
    ana.browser
        .devtools("Page.addScriptToEvaluateOnNewDocument", older)
        .await;
    ana.goes_to(&format!("/live/{}/1", card.serial)).await;
    ana.browser.sees_moving_pictures(1).await;
    begins(&ana).await;
    has_recorded(&ana, 2).await;

    becomes(&ana, "hidden").await;
    ana.browser
        .waits_until("the picture is paused", async || {
            ana.browser
                .runs("return deep('video').length", vec![])
                .await
                == json!(0)
        })
        .await;
    let before = recorded(&ana).await;
    has_recorded(&ana, before + 3).await;
    becomes(&ana, "visible").await;
    ana.browser.sees_moving_pictures(1).await;

    let before = recorded(&ana).await;
    world.restarts_agent(0).await;
    // The time without a connection counts, too.
    has_recorded(&ana, before + 3).await;
    let before = recorded(&ana).await;
    has_recorded(&ana, before + 4).await;
    ends(&ana).await;

    opens_pictures(&ana, 1).await;
    let probe = probe(&ana, 0).await;
    has_sound(&probe);
    plays_the_newest(&ana, probe.seconds).await;
    ana.browser.sees("with sound").await;
}

async fn becomes(ana: &Person, state: &str) {
    let script = format!(
        "Object.defineProperty(document, 'visibilityState', {{ configurable: true, get: () => '{state}' }});
         document.dispatchEvent(new Event('visibilitychange'));"
    );
    ana.browser.runs(&script, vec![]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_left_keeps_its_recording() {
    let world = World::new().await;
    let ana = watching(&world).await;
    begins(&ana).await;
    has_recorded(&ana, 3).await;

    ana.goes_to("/pictures").await;

    plays_the_newest(&ana, 3.0).await;
    ana.browser.sees("The page was left").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_camera_that_leaves_the_screen_ends_its_recording() {
    let world = World::new().await;
    let ana = watching(&world).await;
    ana.browser.presses("1 picture").await;
    ana.browser.sees_moving_pictures(1).await;
    begins(&ana).await;
    has_recorded(&ana, 2).await;

    ana.browser.presses("Forward one page").await;

    ana.browser.sees("The camera left the screen").await;
    opens_pictures(&ana, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tabs_record_one_camera_each_for_itself() {
    let world = World::new().await;
    let ana = watching(&world).await;
    begins(&ana).await;
    let first = ana.browser.client().window().await.unwrap();
    let second = ana.browser.client().new_window(true).await.unwrap();
    let switches = async |to| ana.browser.client().switch_to_window(to).await.unwrap();

    switches(second.handle).await;
    ana.goes_to("/live").await;
    ana.browser.sees_moving_pictures(4).await;
    begins(&ana).await;
    has_recorded(&ana, 3).await;
    ana.goes_to("/pictures").await;
    ana.browser.sees("1 is being recorded").await;
    switches(first).await;
    ends(&ana).await;

    opens_pictures(&ana, 2).await;
    for index in [0, 1] {
        let probe = probe(&ana, index).await;
        assert!(probe.seconds >= 2.0, "{probe:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn recording_of_single_pictures_is_refused_with_a_message() {
    let mut world = World::new().await;
    let card = world.simulated_recorder("Shop").await;
    world.faults(0).set_camera_codec(1, ClipCodec::Jpeg);
    let ana = world.person("Ana").await;
    ana.owns(&card).await;
    ana.goes_to(&format!("/live/{}/1", card.serial)).await;
    ana.browser.sees_a_drawn_picture_move().await;

    ana.browser.presses("Record").await;

    ana.browser
        .sees("sends single pictures (MJPEG), which cannot be recorded here")
        .await;
    opens_pictures(&ana, 0).await;
}

/// Gives the app so much room in the browser; as much as there is with null.
async fn has_quota(ana: &Person, bytes: Value) {
    let mut quota = json!({ "origin": ana.url() });
    if !bytes.is_null() {
        quota["quotaSize"] = bytes;
    }
    ana.browser
        .devtools("Storage.overrideQuotaForOrigin", quota)
        .await;
}
