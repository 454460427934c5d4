//! Compares Peerview with go2rtc and MediaMTX: one source, one machine, one run, and our result relative to
//! each of theirs. They are found on `PATH`, or through `PEERVIEW_BENCH_GO2RTC` and
//! `PEERVIEW_BENCH_MEDIAMTX`; a missing one is reported.
//!
//! Parts: `peers/first_pictures`, `peers/age`, `peers/viewers`, `peers/cameras`; servers: `peerview`, `go2rtc`,
//! `mediamtx`.

mod choice;
mod ours;
mod scripts;
mod server;
mod theirs;
mod whep_viewer;

use std::time::Duration;

use fantoccini::wd::TimeoutConfiguration;
use serde_json::{Value, json};
use tokio::process::Command;

pub(crate) use self::choice::Choice;
use self::choice::Name;
use crate::support::browser::Browser;
use crate::support::gstreamer::{GStreamer, PYTHON};
use crate::support::process::Process;
use crate::table::{Figure, quantile};
use crate::viewers::Cost;

const VIEWERS: [usize; 3] = [1, 4, 16];
/// An agent takes 16 calls for a recorder (`proto::link::agent_side::MAX_CALLS`).
const VIEWERS_PER_CAMERA: usize = 16;
/// More viewers than one recorder takes: of several recorders of one agent.
const CROWD: usize = 64;
const CAMERAS: [usize; 3] = [1, 8, 32];
const WARM_RUNS: usize = 20;
/// Each waits until the server has let go of the camera.
const COLD_RUNS: usize = 10;
/// Pictures whose age is read: 10 s of them.
const AGES: usize = 250;
/// How long a script may run in a page.
const SCRIPT_PATIENCE: Duration = Duration::from_secs(120);

/// Measures Peerview and each peer that is there.
pub(crate) async fn measure(choice: &Choice) -> Vec<Figure> {
    let camera = GStreamer::start().await;
    // A real camera runs before anybody watches: a cold stream begins between two key frames.
    let _watcher = watcher(&camera).await;
    let is_here = |name: &Name| *name == Name::Peerview || server::program(*name).is_some();
    let names: Vec<Name> = choice.names.iter().copied().filter(is_here).collect();
    let mut figures = Vec::new();
    for part in &choice.parts {
        for name in &names {
            let measured = match name {
                Name::Peerview => ours::measure(*part, &camera).await,
                _ => theirs::measure(*part, *name, &camera).await,
            };
            figures.extend(measured.into_iter().map(|row| (*name, row)));
        }
    }
    compared(&figures)
}

/// One number or several about one server, under the same words for each.
type Row = (String, Vec<(&'static str, f64)>);

/// Rows of the same words next to each other, and what ours is of the first number of each.
fn compared(rows: &[(Name, Row)]) -> Vec<Figure> {
    let mut figures = Vec::new();
    for (place, (_, (what, _))) in rows.iter().enumerate() {
        if rows[..place].iter().any(|(_, (said, _))| said == what) {
            continue;
        }
        let same = || rows.iter().filter(|(_, (said, _))| said == what);
        let own = same().find(|(name, _)| *name == Name::Peerview);
        let own = own.and_then(|(_, (_, numbers))| numbers.first());
        for (name, (_, numbers)) in same() {
            let mut numbers = numbers.clone();
            if let (Some((_, own)), Some((_, peers)), true) =
                (own, numbers.first(), *name != Name::Peerview)
            {
                numbers.push(("ours_is", own / peers));
            }
            let what = format!("{what}: {}", name.text());
            figures.push(Figure { what, numbers });
        }
    }
    figures
}

/// The camera's stream at 2 Mbit/s.
fn rings_url(camera: &GStreamer) -> String {
    camera.url().replace("/ball", "/rings")
}

/// Its stream whose pictures show the time when they were made.
fn clock_url(camera: &GStreamer) -> String {
    camera.url().replace("/ball", "/clock")
}

/// A program that watches both streams all the time.
async fn watcher(camera: &GStreamer) -> Process {
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/benches/figures/peers/watch.py"
    );
    let mut command = Command::new(PYTHON);
    command.args([script, &rings_url(camera), &clock_url(camera)]);
    let process = Process::start("a watcher of the cameras", command);
    process.says("watching").await;
    process
}

/// Waits so long that the runs begin at all places between two key frames: a run that ends with a key frame would
/// else be followed by one that waits for the whole time to the next.
async fn pause(run: usize) {
    const BETWEEN_KEY_FRAMES: f64 = 2.0;
    // The golden ratio spreads any number of runs evenly.
    const SPREAD: f64 = 0.618_034;
    #[expect(clippy::cast_precision_loss, reason = "small counts")]
    let part = (run as f64 * SPREAD).fract();
    tokio::time::sleep(Duration::from_secs_f64(part * BETWEEN_KEY_FRAMES)).await;
}

/// What a script that ends with a number of milliseconds says.
async fn milliseconds(browser: &Browser, script: &str, argument: &Value) -> f64 {
    let said = ran(browser, script, argument).await;
    said.as_f64().unwrap_or_else(|| panic!("no time: {said}"))
}

async fn ran(browser: &Browser, script: &str, argument: &Value) -> Value {
    let client = browser.client();
    let patience = TimeoutConfiguration::new(Some(SCRIPT_PATIENCE), None, None);
    let set = client.update_timeouts(patience).await;
    set.expect("a browser can be told to wait");
    let said = client.execute_async(script, vec![argument.clone()]).await;
    said.unwrap_or_else(|error| panic!("running a script in the page: {error}\n{script}"))
}

fn first_pictures(calls: Vec<f64>, pages: Vec<f64>, cold: Vec<f64>) -> Vec<Row> {
    vec![
        spread("call to first picture, stream warm", calls),
        spread("page opened to first picture, stream warm", pages),
        spread("page opened to first picture, stream cold", cold),
    ]
}

async fn age_of_pictures(browser: &Browser) -> Row {
    let said = ran(browser, scripts::AGES, &json!(AGES)).await;
    let ages: Vec<f64> = serde_json::from_value(said).expect("ages of pictures");
    spread("age of a picture on the screen", ages)
}

fn spread(what: &str, mut times: Vec<f64>) -> Row {
    times.sort_by(f64::total_cmp);
    let numbers = vec![
        ("median_ms", quantile(&times, 0.5)),
        ("p95_ms", quantile(&times, 0.95)),
    ];
    (format!("{what}, {} times", times.len()), numbers)
}

/// The costs with each number of [`VIEWERS`], and what one more of them costs.
fn viewer_rows(costs: &[Cost]) -> Vec<Row> {
    let what = |count| format!("{count:>2} viewers of one camera at 2 Mbit/s");
    growing(&VIEWERS, costs, what, "each further viewer, from 1 to 16")
}

/// A recorder takes no more than 16 calls.
fn crowd_row(cost: Cost) -> Row {
    let n_cameras = CROWD / VIEWERS_PER_CAMERA;
    let what = format!(
        "{CROWD} viewers, {VIEWERS_PER_CAMERA} (all that a recorder of ours takes) of each of {n_cameras} cameras"
    );
    (what, cost.numbers())
}

/// The costs with each number of [`CAMERAS`], and what one more of them costs.
fn camera_rows(costs: &[Cost]) -> Vec<Row> {
    let what = |count| format!("{count:>2} warm cameras at 2 Mbit/s, no viewer");
    growing(&CAMERAS, costs, what, "each further camera, from 1 to 32")
}

fn growing(
    counts: &[usize; 3],
    costs: &[Cost],
    what: impl Fn(usize) -> String,
    one_more: &str,
) -> Vec<Row> {
    let each = counts.iter().zip(costs);
    let mut rows: Vec<Row> = each
        .map(|(count, cost)| (what(*count), cost.numbers()))
        .collect();
    if let [first, .., last] = costs {
        #[expect(clippy::cast_precision_loss, reason = "small counts")]
        let n_more = (counts[2] - counts[0]) as f64;
        let each_more = last.each_more(first, n_more);
        rows.push((one_more.to_owned(), each_more.numbers()));
    }
    rows
}
