//! Peerview beside the servers that people use today for the same, go2rtc and MediaMTX: one source, one machine,
//! one run, and what ours is of each of their numbers. A peer is found on `PATH`, or where
//! `PEERVIEW_BENCH_GO2RTC` and `PEERVIEW_BENCH_MEDIAMTX` say; one that is missing is said to be.

mod ours;
mod scripts;
mod server;

use std::time::Duration;

use serde_json::{Value, json};
use tokio::process::Command;

use self::server::{Peer, Pull};
use crate::support::browser::Browser;
use crate::support::gstreamer::{GStreamer, PYTHON};
use crate::support::process::Process;
use crate::table::{Figure, quantile};
use crate::viewers::Cost;

/// An agent takes 16 calls for a recorder (`proto::link::agent_side::MAX_CALLS`).
const VIEWERS: [usize; 3] = [1, 4, 16];
const CAMERAS: [usize; 3] = [1, 8, 32];
const WARM_RUNS: usize = 20;
/// Each waits until the server has let go of the camera.
const COLD_RUNS: usize = 10;
/// Pictures whose age is read: 10 s of them.
const AGES: usize = 250;

/// The servers, ours first: the others are compared to it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Name {
    Peerview,
    Go2rtc,
    MediaMtx,
}

impl Name {
    const ALL: [Name; 3] = [Name::Peerview, Name::Go2rtc, Name::MediaMtx];

    fn text(self) -> &'static str {
        match self {
            Name::Peerview => "Peerview",
            Name::Go2rtc => "go2rtc",
            Name::MediaMtx => "MediaMTX",
        }
    }
}

/// Measures Peerview and each peer that is there.
pub(crate) async fn measure() -> Vec<Figure> {
    let camera = GStreamer::start().await;
    // A real camera runs before anybody watches: a cold stream begins between two key frames.
    let _watcher = watcher(&camera).await;
    let mut figures = Vec::new();
    for name in Name::ALL {
        if name != Name::Peerview && server::program(name).is_none() {
            continue;
        }
        let measured = match name {
            Name::Peerview => ours::measure(&camera).await,
            _ => theirs(name, &camera).await,
        };
        figures.extend(measured.into_iter().map(|row| (name, row)));
    }
    compared(figures)
}

/// One number or several about one server, under the same words for each.
type Row = (String, Vec<(&'static str, f64)>);

/// Rows of the same words next to each other, and what ours is of the first number of each.
fn compared(rows: Vec<(Name, Row)>) -> Vec<Figure> {
    let ours = rows.iter().filter(|(name, _)| *name == Name::Peerview);
    let mut figures = Vec::new();
    for (_, (what, own)) in ours {
        let same = rows.iter().filter(|(_, (said, _))| said == what);
        for (name, (_, numbers)) in same {
            let mut numbers = numbers.clone();
            if let (Some((_, own)), Some((_, peers)), true) =
                (own.first(), numbers.first(), *name != Name::Peerview)
            {
                numbers.push(("ours_is", own / peers));
            }
            let what = format!("{what}: {}", name.text());
            figures.push(Figure { what, numbers });
        }
    }
    figures
}

/// Its other stream, whose pictures show the time when they were made.
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
    command.args([script, &camera.url(), &clock_url(camera)]);
    let process = Process::start("a watcher of the cameras", command);
    process.says("watching").await;
    process
}

async fn theirs(name: Name, camera: &GStreamer) -> Vec<Row> {
    let mut rows = their_first_pictures(name, camera).await;
    let peer = Peer::start(name, &[clock_url(camera)], Pull::Always).await;
    let browser = Browser::open().await;
    goes_to(&browser, &peer.page).await;
    rows.push(age_of_pictures(&browser).await);
    drop((browser, peer));

    let peer = Peer::start(name, &[camera.url()], Pull::Always).await;
    let browser = Browser::open().await;
    for count in VIEWERS {
        call(&browser, &peer, count).await;
        rows.push(viewers(count, Cost::of(peer.id()).await));
    }
    drop((browser, peer));
    for count in CAMERAS {
        let peer = Peer::start(name, &vec![camera.url(); count], Pull::Always).await;
        rows.push(cameras(count, Cost::of(peer.id()).await));
    }
    rows
}

async fn their_first_pictures(name: Name, camera: &GStreamer) -> Vec<Row> {
    let peer = Peer::start(name, &[camera.url()], Pull::Always).await;
    let browser = Browser::open().await;
    let address = json!(peer.whep);
    goes_to(&browser, &peer.page).await;
    milliseconds(&browser, scripts::WHEP_CALL, &address).await;
    let (mut calls, mut pages) = (Vec::new(), Vec::new());
    for _ in 0..WARM_RUNS {
        calls.push(milliseconds(&browser, scripts::WHEP_CALL, &address).await);
    }
    for _ in 0..WARM_RUNS {
        goes_to(&browser, "about:blank").await;
        goes_to(&browser, &peer.page).await;
        pages.push(milliseconds(&browser, scripts::FIRST_PICTURE, &Value::Null).await);
    }
    drop(peer);
    let peer = Peer::start(name, &[camera.url()], Pull::WhileWatched).await;
    let mut cold = Vec::new();
    for _ in 0..COLD_RUNS {
        goes_to(&browser, "about:blank").await;
        tokio::time::sleep(server::LETS_GO).await;
        goes_to(&browser, &peer.page).await;
        cold.push(milliseconds(&browser, scripts::FIRST_PICTURE, &Value::Null).await);
    }
    first_pictures(calls, pages, cold)
}

async fn goes_to(browser: &Browser, page: &str) {
    let went = browser.client().goto(page).await;
    went.expect("the page is served");
}

/// Opens so many calls in one page and returns when each has a picture.
async fn call(browser: &Browser, peer: &Peer, count: usize) {
    goes_to(browser, &peer.page).await;
    let arguments = vec![json!(peer.whep), json!(count)];
    let client = browser.client();
    let ran = client.execute_async(scripts::WHEP_CALLS, arguments).await;
    let said = ran.expect("the page runs the calls");
    assert_eq!(said, json!("watching"));
}

/// What a script that ends with a number of milliseconds says.
async fn milliseconds(browser: &Browser, script: &str, argument: &Value) -> f64 {
    let ran = browser
        .client()
        .execute_async(script, vec![argument.clone()]);
    let said = tokio::time::timeout(Duration::from_secs(40), ran).await;
    let time = said
        .expect("a first picture comes")
        .expect("the script runs");
    time.as_f64().unwrap_or_else(|| panic!("no time: {time}"))
}

fn first_pictures(calls: Vec<f64>, pages: Vec<f64>, cold: Vec<f64>) -> Vec<Row> {
    vec![
        spread("call to first picture, stream warm", calls),
        spread("page opened to first picture, stream warm", pages),
        spread("page opened to first picture, stream cold", cold),
    ]
}

async fn age_of_pictures(browser: &Browser) -> Row {
    let client = browser.client();
    let ran = client.execute_async(scripts::AGES, vec![json!(AGES)]).await;
    let ages: Vec<f64> =
        serde_json::from_value(ran.expect("the page reads the clock")).expect("ages of pictures");
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

fn viewers(count: usize, cost: Cost) -> Row {
    (format!("{count:>2} viewers of one camera"), cost.numbers())
}

fn cameras(count: usize, cost: Cost) -> Row {
    (
        format!("{count:>2} warm cameras, no viewer"),
        cost.numbers(),
    )
}
