//! Record on the phone: files that a browser and a third-party program play, and how a recording ends.

use data_encoding::BASE64;
use serde_json::{Value, json};
use simdvr::ClipCodec;
use tokio::process::Command;

use super::accessibility::{Walk, tabs_to, types};
use super::kept::{lists, opens_pictures};
use crate::support::World;
use crate::support::folder::Folder;
use crate::support::person::Person;

const BEGAN: &str = "There is room for at least";
const KEPT: &str = "The video of";
/// As WebDriver names the key.
const ENTER: &str = "\u{e007}";

/// What ffprobe says about a file.
#[derive(Debug)]
struct Probe {
    codec: String,
    frames: u64,
    seconds: f64,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_plays_in_browsers_and_elsewhere() {
    let world = World::new().await;
    let ana = watching(&world).await;

    // By keyboard alone.
    assert_eq!(tabs_to(&ana, "Record").await, "button");
    types(&ana, ENTER).await;
    ana.browser.sees(BEGAN).await;
    let mut walk = Walk::new(&ana);
    walk.looks("Live view with a recording").await;
    walk.ends(1);
    has_recorded(&ana, 4).await;
    ends(&ana).await;

    let probe = probe(&ana, 0).await;
    assert_eq!(probe.codec, "h264");
    assert!(probe.seconds >= 4.0, "{probe:?}");
    // The simulated cameras send 10 to 25 pictures a second.
    assert!(probe.frames >= 30, "{probe:?}");
    // The picture of the page goes on.
    ana.browser.sees_moving_pictures(4).await;
    plays_the_newest(&ana, 4.0).await;
}

/// Ana in Live view, with four pictures that move.
async fn watching(world: &World) -> Person {
    let ana = world.person("Ana").await;
    ana.owns(&world.recorder).await;
    ana.goes_to("/live").await;
    ana.browser.sees_moving_pictures(4).await;
    ana
}

async fn begins(ana: &Person) {
    ana.browser.presses("Record").await;
    ana.browser.sees(BEGAN).await;
}

/// Not within the second in which a further press is the end of a double tap.
async fn ends(ana: &Person) {
    has_recorded(ana, 2).await;
    ana.browser.presses("Record").await;
    ana.browser.sees(KEPT).await;
}

/// Waits until the selected camera's tile tells so many seconds.
async fn has_recorded(ana: &Person, seconds: u64) {
    let script = "return deep('.tile__recording').map((label) => label.textContent)";
    ana.browser
        .waits_until(&format!("{seconds} seconds are recorded"), async || {
            let labels = ana.browser.runs(script, vec![]).await;
            let labels = labels.as_array().cloned().unwrap_or_default();
            labels.iter().any(|label| length_of(label) >= seconds)
        })
        .await;
}

/// "0:04 · 310 kB" as seconds.
fn length_of(label: &Value) -> u64 {
    let text = label.as_str().unwrap_or_default();
    let time = text.split(' ').next().unwrap_or_default();
    let (minutes, seconds) = time.split_once(':').unwrap_or(("0", "0"));
    minutes.parse::<u64>().unwrap_or(0) * 60 + seconds.parse::<u64>().unwrap_or(0)
}

/// The files of this person's browser, oldest first, as ffprobe reads the one at `index`.
async fn probe(ana: &Person, index: usize) -> Probe {
    let script = "
const done = arguments[arguments.length - 1];
(async () => {
  const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('videos');
  const names = await Array.fromAsync(folder.keys());
  const file = await (await folder.getFileHandle(names.sort()[arguments[0]])).getFile();
  const reader = new FileReader();
  reader.onload = () => done(reader.result.split(',')[1]);
  reader.readAsDataURL(file);
})().catch((error) => done(String(error)));";
    let bytes = ana
        .browser
        .runs_until_done(script, vec![json!(index)])
        .await;
    let bytes = bytes.as_str().expect("the file as text").as_bytes();
    let folder = Folder::new("recording");
    let file = folder.path().join("recording.mp4");
    std::fs::write(&file, BASE64.decode(bytes).expect("base64")).expect("a file can be written");
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-count_frames", "-of", "json"])
        .args([
            "-show_entries",
            "stream=codec_name,nb_read_frames:format=duration",
        ])
        .arg(&file)
        .output()
        .await
        .expect("ffprobe is installed by `make setup`");
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    let told: Value = serde_json::from_slice(&output.stdout).expect("ffprobe writes JSON");
    assert_eq!(errors, "", "{told}");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let stream = &told["streams"][0];
    Probe {
        codec: text(&stream["codec_name"]),
        frames: text(&stream["nb_read_frames"]).parse().expect("a number"),
        seconds: text(&told["format"]["duration"]).parse().expect("a number"),
    }
}

/// Opens the newest video of Pictures and videos, which plays from its first frame to its end.
async fn plays_the_newest(ana: &Person, seconds: f64) {
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
    assert_eq!(probe.codec, "hevc");
    assert!(probe.frames >= 20 && probe.seconds >= 3.0, "{probe:?}");
    opens_pictures(&ana, 1).await;
    lists(&ana, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_double_tap_begins_one_recording() {
    let world = World::new().await;
    let ana = watching(&world).await;

    let twice = "const button = deep('[data-tool=record]')[0]; button.click(); button.click()";
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
    ana.goes_to(&format!("/live/{}", card.serial)).await;
    ana.browser.sees_moving_pictures(4).await;
    begins(&ana).await;
    has_recorded(&ana, 3).await;

    world.agent(0).signal("KILL");

    ana.browser
        .sees("video stopped coming, so the recording ended")
        .await;
    let probe = probe(&ana, 0).await;
    assert!(probe.seconds >= 3.0, "{probe:?}");
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
