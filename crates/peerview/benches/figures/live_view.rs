//! What Live view costs the browser: four and sixteen pictures at once, scrolling an account of 337 cameras, and
//! memory over time. `PEERVIEW_BENCH_MINUTES` says how long memory is watched (default: 2).

use std::time::Duration;

use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::agents::settings;
use crate::support::World;
use crate::support::gstreamer::GStreamer;
use crate::support::person::Person;
use crate::support::world::{Card, cards};
use crate::table::{Figure, quantile};

const RUNS: usize = 20;
const SECONDS: u64 = 20;
const MINUTES: &str = "PEERVIEW_BENCH_MINUTES";
/// As an installer has them.
const RECORDERS: usize = 10;
const CAMERAS_EACH: [usize; RECORDERS] = [34, 34, 34, 34, 34, 34, 34, 33, 33, 33];

/// Four and sixteen pictures of a camera of 640 × 360 at 25 pictures/s as sub stream.
pub(crate) async fn watching() -> Vec<Figure> {
    let camera = GStreamer::start().await;
    sixteen(&camera).await
}

/// An account of 337 cameras.
pub(crate) async fn scrolling_many() -> Vec<Figure> {
    let camera = GStreamer::start().await;
    many(&camera).await
}

async fn sixteen(camera: &GStreamer) -> Vec<Figure> {
    let mut world = World::new().await;
    let flags: Vec<String> = (0..16)
        .flat_map(|_| ["--rtsp".to_owned(), camera.url()])
        .collect();
    let stop = CancellationToken::new();
    let card = world.starts_agent("Shop", &flags, stop).await;
    let ana = world.person("Ana").await;
    ana.owns(&card).await;
    let mut figures = vec![opening(&ana).await];
    ana.goes_to("/live?layout=16").await;
    ana.browser.sees_moving_pictures(16).await;
    figures.push(playing(&ana).await);
    figures.push(memory(&ana).await);
    figures
}

/// From the tap on *Live view* to four pictures.
async fn opening(ana: &Person) -> Figure {
    let mut times = Vec::new();
    for run in 0..=RUNS {
        ana.goes_to("/devices").await;
        ana.goes_to("/live").await;
        let time = ana.browser.runs_until_done(FOUR_PICTURES, vec![]).await;
        // The first call of all fills caches on both sides; it is not counted.
        if run > 0 {
            times.push(time.as_f64().expect("a number of milliseconds"));
        }
    }
    times.sort_by(f64::total_cmp);
    Figure {
        what: format!("tap to four decoded pictures, {RUNS} runs"),
        numbers: vec![
            ("median_ms", quantile(&times, 0.5)),
            ("p95_ms", quantile(&times, 0.95)),
        ],
    }
}

async fn playing(ana: &Person) -> Figure {
    let seen = ana
        .browser
        .runs_until_done(PLAYING, vec![json!(SECONDS)])
        .await;
    let rates: Vec<f64> = seen["rates"].as_array().map_or(Vec::new(), |rates| {
        rates.iter().filter_map(Value::as_f64).collect()
    });
    Figure {
        what: format!("{} pictures at once of 25/s, {SECONDS} s", rates.len()),
        numbers: vec![
            ("least_per_s", rates.first().copied().unwrap_or(0.0)),
            ("median_per_s", quantile(&rates, 0.5)),
            ("tasks_over_50_ms", number(&seen, "tasks")),
            ("longest_task_ms", number(&seen, "longest")),
            ("longest_without_frame_ms", number(&seen, "gap")),
        ],
    }
}

/// The page's heap with sixteen pictures, at the start and at the end.
async fn memory(ana: &Person) -> Figure {
    let minutes = std::env::var(MINUTES)
        .ok()
        .and_then(|text| text.parse().ok());
    let minutes: u64 = minutes.unwrap_or(2);
    let before = heap_mb(ana).await;
    tokio::time::sleep(Duration::from_secs(60 * minutes)).await;
    let after = heap_mb(ana).await;
    Figure {
        what: format!("page with 16 pictures, script memory over {minutes} min"),
        numbers: vec![
            ("before_MB", before.0),
            ("after_MB", after.0),
            ("nodes_before", before.1),
            ("nodes_after", after.1),
        ],
    }
}

/// MB of live script objects and the number of nodes, after what is garbage has gone.
async fn heap_mb(ana: &Person) -> (f64, f64) {
    ana.browser
        .devtools("HeapProfiler.collectGarbage", json!({}))
        .await;
    let counted = ana
        .browser
        .devtools("Memory.getDOMCounters", json!({}))
        .await;
    let used = ana
        .browser
        .devtools("Runtime.getHeapUsage", json!({}))
        .await;
    (number(&used, "usedSize") / 1e6, number(&counted, "nodes"))
}

/// Somebody who owns ten recorders with 337 cameras.
pub(crate) async fn installer(camera: &GStreamer) -> (World, Person) {
    let mut world = World::new().await;
    let url = camera.url();
    let recorders = CAMERAS_EACH.iter().enumerate().map(|(n, count)| {
        let cameras: String = (1..=*count)
            .map(|c| {
                format!("[[agent.recorders.cameras]]\nname = \"Aisle {c}\"\nmain = \"{url}\"\n")
            })
            .collect();
        format!(
            "[[agent.recorders]]\nkind = \"rtsp\"\nid = \"shop{n}\"\nname = \"Shop {n}\"\n{cameras}"
        )
    });
    let text = format!(
        "[agent]\nwarm_memory_bytes = 0\n{}",
        recorders.collect::<String>()
    );
    let (_settings, flags) = settings(&text);
    world
        .starts_agent("Shops", &flags, CancellationToken::new())
        .await;
    let cards = cards(world.agent(0), RECORDERS).await;
    let ana = world.person("Ana").await;
    let named: Vec<(&Card, &str)> = cards.iter().map(|card| (card, "")).collect();
    ana.owns_all(&named).await;
    (world, ana)
}

async fn many(camera: &GStreamer) -> Vec<Figure> {
    let (_world, ana) = installer(camera).await;
    ana.goes_to("/devices").await;
    let devices = scrolling(&ana, "scrolling Devices with 337 cameras").await;
    ana.goes_to("/live?layout=1").await;
    // A picture moves, so the page's buttons act.
    ana.browser.sees_moving_pictures(1).await;
    ana.browser.presses("Cameras").await;
    let list = scrolling(&ana, "scrolling the list of 337 cameras").await;
    vec![devices, list]
}

async fn scrolling(ana: &Person, what: &str) -> Figure {
    let seen = ana.browser.runs_until_done(SCROLLING, vec![]).await;
    Figure {
        what: what.to_owned(),
        numbers: vec![
            ("median_frame_ms", number(&seen, "median")),
            ("p95_frame_ms", number(&seen, "p95")),
            ("pixels", number(&seen, "pixels")),
        ],
    }
}

pub(crate) fn number(value: &Value, name: &str) -> f64 {
    value[name].as_f64().unwrap_or(f64::NAN)
}

/// Ends with the milliseconds since the tap when four videos have a picture.
const FOUR_PICTURES: &str = "
const done = arguments[arguments.length - 1];
function* videos(root) {
  for (const element of root.querySelectorAll('*')) {
    if (element.matches('video')) yield element;
    if (element.shadowRoot) yield* videos(element.shadowRoot);
  }
}
const look = () => {
  const shown = [...videos(document)].filter((v) => v.getVideoPlaybackQuality().totalVideoFrames > 0);
  if (shown.length >= 4) done(performance.now());
  else setTimeout(look, 1);
};
look();";

/// Counts pictures, long tasks of the main thread and gaps between frames of the screen for some seconds.
const PLAYING: &str = "
const [seconds, done] = arguments;
function* everything(root) {
  for (const element of root.querySelectorAll('*')) {
    if (element.matches('video')) yield element;
    if (element.shadowRoot) yield* everything(element.shadowRoot);
  }
}
const videos = [...everything(document)];
const count = (video) => video.getVideoPlaybackQuality().totalVideoFrames;
const seen = { tasks: 0, longest: 0, gap: 0 };
const observer = new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) {
    seen.tasks += 1;
    seen.longest = Math.max(seen.longest, duration);
  }
});
observer.observe({ type: 'longtask' });
const before = videos.map(count);
const start = performance.now();
let last = start;
const frame = (now) => {
  seen.gap = Math.max(seen.gap, now - last);
  last = now;
  if (now - start < seconds * 1000) return requestAnimationFrame(frame);
  const span = (now - start) / 1000;
  const rates = videos.map((video, at) => (count(video) - before[at]) / span);
  done({ ...seen, rates: rates.sort((a, b) => a - b) });
};
requestAnimationFrame(frame);";

/// Scrolls whatever scrolls farthest for 3 s, 40 pixels a frame, and gives the times between frames.
const SCROLLING: &str = "
const done = arguments[arguments.length - 1];
function* everything(root) {
  for (const element of root.querySelectorAll('*')) {
    yield element;
    if (element.shadowRoot) yield* everything(element.shadowRoot);
  }
}
const room = (element) => element.scrollHeight - element.clientHeight;
const scrolls = (element) =>
  element === document.scrollingElement || ['auto', 'scroll'].includes(getComputedStyle(element).overflowY);
const farthest = () => [document.scrollingElement, ...everything(document)]
  .filter((element) => element && scrolls(element))
  .sort((a, b) => room(b) - room(a))[0];
const start = () => {
  const target = farthest();
  if (room(target) < 100) return setTimeout(start, 50);
  const gaps = [];
  const begin = performance.now();
  let last = begin, step = 40, pixels = 0;
  const frame = (now) => {
    gaps.push(now - last);
    last = now;
    if (now - begin > 3000) {
      gaps.sort((a, b) => a - b);
      return done({ median: gaps[gaps.length >> 1], p95: gaps[Math.floor(gaps.length * 0.95)], pixels });
    }
    const at = target.scrollTop;
    if (at + step < 0 || at + step > room(target)) step = -step;
    target.scrollTop = at + step;
    pixels += Math.abs(target.scrollTop - at);
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
};
start();";
