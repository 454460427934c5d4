//! The first visit over a slow line, with nothing in the browser's cache: 400 kb/s each way, and 400 ms until the
//! answer to a request begins. Only the line of the browser is slow. HTTP/1.1 is without TLS, as behind a simple front;
//! HTTP/2 is the cloud's own.

use serde_json::{Value, json};

use crate::live_view::{installer, number};
use crate::support::World;
use crate::support::gstreamer::GStreamer;
use crate::support::person::Person;
use crate::table::{Figure, quantile};

const RUNS: usize = 5;
const BYTES_PER_SECOND: u32 = 400_000 / 8;
const LATENCY_MS: u32 = 400;

/// Log in and Register as a stranger sees them, and the pages of somebody with 337 cameras.
pub(crate) async fn over_http1() -> Vec<Figure> {
    let camera = GStreamer::start().await;
    let (world, ana) = installer(&camera).await;
    let mut figures = of_strangers(&world, "HTTP/1.1").await;
    for page in ["/live", "/devices"] {
        figures.push(visits(&ana, page, "HTTP/1.1").await);
    }
    figures
}

pub(crate) async fn over_http2() -> Vec<Figure> {
    of_strangers(&World::for_the_network().await, "HTTP/2").await
}

async fn of_strangers(world: &World, protocol: &str) -> Vec<Figure> {
    let ben = world.person_who_accepts_the_certificate("Ben").await;
    let mut figures = Vec::new();
    for page in ["/login", "/register"] {
        figures.push(visits(&ben, page, protocol).await);
    }
    figures
}

async fn visits(person: &Person, page: &str, protocol: &str) -> Figure {
    let (mut painted, mut loaded) = (Vec::new(), Vec::new());
    let (mut bytes, mut files) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        forgets_all_files(person).await;
        limits(person, LATENCY_MS, BYTES_PER_SECOND.into()).await;
        person.goes_to(page).await;
        let seen = person.browser.runs_until_done(SEEN, vec![]).await;
        painted.push(number(&seen, "painted"));
        loaded.push(number(&seen, "loaded"));
        bytes.push(number(&seen, "bytes"));
        files.push(number(&seen, "files"));
        limits(person, 0, -1).await;
    }
    for values in [&mut painted, &mut loaded, &mut bytes, &mut files] {
        values.sort_by(f64::total_cmp);
    }
    Figure {
        what: format!("first visit of {page} over {protocol} at 400 kb/s and 400 ms, {RUNS} runs"),
        numbers: vec![
            ("painted_ms", quantile(&painted, 0.5)),
            ("scripts_ran_ms", quantile(&loaded, 0.5)),
            ("kB_until_then", quantile(&bytes, 0.5) / 1e3),
            ("files_until_then", quantile(&files, 0.5)),
        ],
    }
}

/// Style sheets, scripts and the service worker, but not who is signed in.
async fn forgets_all_files(person: &Person) {
    let browser = &person.browser;
    // Leaves whatever still loads.
    person.goes_to("/healthz").await;
    browser.devtools("Network.enable", json!({})).await;
    browser
        .devtools("Network.clearBrowserCache", json!({}))
        .await;
    let origin = browser.runs("return location.origin", vec![]).await;
    let kinds = json!({"origin": origin, "storageTypes": "service_workers,cache_storage"});
    browser.devtools("Storage.clearDataForOrigin", kinds).await;
}

async fn limits(person: &Person, latency: u32, throughput: i64) {
    let line: Value = json!({
        "offline": false,
        "latency": latency,
        "downloadThroughput": throughput,
        "uploadThroughput": throughput,
    });
    person
        .browser
        .devtools("Network.emulateNetworkConditions", line)
        .await;
}

/// Ends once the page is painted and loaded, its scripts included.
const SEEN: &str = "
const done = arguments[arguments.length - 1];
const look = () => {
  const [page] = performance.getEntriesByType('navigation');
  const [paint] = performance.getEntriesByName('first-contentful-paint');
  if (!page.loadEventEnd || !paint) return setTimeout(look, 10);
  const files = performance.getEntriesByType('resource').filter((file) => file.responseEnd <= page.loadEventEnd);
  const bytes = [page, ...files].reduce((sum, file) => sum + file.transferSize, 0);
  done({ painted: paint.startTime, loaded: page.loadEventEnd, bytes, files: files.length });
};
look();";
