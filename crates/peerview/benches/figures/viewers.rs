//! What viewers cost the agent: processor time and memory of its own agent process with 1,
//! 4 and 16 native viewers of one camera, over 10 s each.

use std::time::{Duration, Instant};

use crate::meter;
use crate::native_viewer::NativeViewer;
use crate::support::World;
use crate::support::browser::Browser;
use crate::support::gstreamer::GStreamer;
use crate::table::Figure;

const SPAN: Duration = Duration::from_secs(10);
/// After this every viewer is past its start: the cached group of pictures is sent.
const START: Duration = Duration::from_secs(3);

/// Measures each number of viewers.
pub(crate) async fn measure() -> Vec<Figure> {
    let mut world = World::new().await;
    let camera = GStreamer::start().await;
    let card = world.rtsp_recorder("Ball", &camera.url()).await;
    let agent = world.agent(0).id();
    let ana = world.person("Ana").await;
    ana.owns(&card).await;
    let cookie = cookies(&ana.browser).await;

    let mut figures = vec![figure(agent, &mut []).await];
    let mut viewers: Vec<NativeViewer> = Vec::new();
    for count in [1, 4, 16] {
        while viewers.len() < count {
            viewers.push(NativeViewer::watch(&world.url, &cookie, &card.serial).await);
        }
        figures.push(figure(agent, &mut viewers).await);
    }
    figures
}

/// The cookies of the browser, as one header.
pub(crate) async fn cookies(browser: &Browser) -> String {
    let cookies = browser
        .client()
        .get_all_cookies()
        .await
        .expect("a browser has cookies");
    let pairs = cookies
        .iter()
        .map(|cookie| format!("{}={}", cookie.name(), cookie.value()));
    pairs.collect::<Vec<_>>().join("; ")
}

/// What a serving process used over some seconds.
pub(crate) struct Cost {
    /// Percent of one core.
    pub(crate) cpu: f64,
    /// Anonymous memory at the end, MB.
    pub(crate) memory_mb: f64,
    /// Measured length, seconds.
    seconds: f64,
}

impl Cost {
    /// Measures a process whose viewers are all there.
    pub(crate) async fn of(process: u32) -> Cost {
        tokio::time::sleep(START).await;
        Cost::now(process).await
    }

    /// What each of `n_more` added to a smaller cost.
    pub(crate) fn each_more(&self, smaller: &Cost, n_more: f64) -> Cost {
        Cost {
            cpu: (self.cpu - smaller.cpu) / n_more,
            memory_mb: (self.memory_mb - smaller.memory_mb) / n_more,
            seconds: self.seconds,
        }
    }

    /// The columns of a table.
    pub(crate) fn numbers(&self) -> Vec<(&'static str, f64)> {
        vec![("cpu_percent", self.cpu), ("memory_MB", self.memory_mb)]
    }

    async fn now(process: u32) -> Cost {
        let (before, started) = (meter::cpu_time(process), Instant::now());
        tokio::time::sleep(SPAN).await;
        let seconds = started.elapsed().as_secs_f64();
        let used = meter::cpu_time(process).saturating_sub(before);
        #[expect(clippy::cast_precision_loss, reason = "small counts")]
        let memory = meter::memory_kb(process) as f64;
        Cost {
            cpu: used.as_secs_f64() / seconds * 100.0,
            memory_mb: memory / 1024.0,
            seconds,
        }
    }
}

async fn figure(agent: u32, viewers: &mut [NativeViewer]) -> Figure {
    tokio::time::sleep(START).await;
    let frames_before: u64 = viewers.iter().map(NativeViewer::frames).sum();
    let cost = Cost::now(agent).await;
    let frames: u64 = viewers.iter().map(NativeViewer::frames).sum::<u64>() - frames_before;
    #[expect(clippy::cast_precision_loss, reason = "small counts")]
    let (frames, count) = (frames as f64, viewers.len() as f64);
    Figure {
        what: format!(
            "agent, {:>2} viewers, 640 × 360 H.264 at 0.8 Mb/s and 25 pictures/s",
            viewers.len()
        ),
        numbers: vec![
            ("cpu_percent", cost.cpu),
            ("memory_MB", cost.memory_mb),
            (
                "pictures_per_s_and_viewer",
                frames / cost.seconds / count.max(1.0),
            ),
        ],
    }
}
