//! From the tap on *Live view* to the first decoded picture in Chromium: a foreign recorder with a
//! group of pictures of 2 s, its own agent process, once direct and once over the relay.

use crate::support::World;
use crate::support::gstreamer::GStreamer;
use crate::support::person::Person;
use crate::table::{Figure, quantile};

const RUNS: usize = 30;

/// Measures both paths.
pub(crate) async fn measure() -> Vec<Figure> {
    let mut world = World::new().await;
    let camera = GStreamer::start().await;
    let card = world.rtsp_recorder("Ball", &camera.url()).await;
    let ana = world.person("Ana").await;
    ana.owns(&card).await;
    // The first call of all fills caches on both sides; it is not counted.
    milliseconds(&ana, "/live").await;

    let mut figures = Vec::new();
    for (what, path) in [("direct", "/live"), ("relayed", "/live?path=relay")] {
        let mut times = Vec::new();
        for _ in 0..RUNS {
            times.push(milliseconds(&ana, path).await);
        }
        times.sort_by(f64::total_cmp);
        figures.push(Figure {
            what: format!(
                "tap to first decoded picture, {what}, 2 s between key frames, {RUNS} runs"
            ),
            numbers: vec![
                ("median_ms", quantile(&times, 0.5)),
                ("p95_ms", quantile(&times, 0.95)),
                ("worst_ms", quantile(&times, 1.0)),
            ],
        });
    }
    figures
}

/// The page's own clock starts with the tap that opens it.
pub(crate) async fn milliseconds(person: &Person, path: &str) -> f64 {
    person.goes_to("/devices").await;
    person.goes_to(path).await;
    let ran = person
        .browser
        .client()
        .execute_async(FIRST_PICTURE, vec![])
        .await;
    let time = ran.expect("a first picture comes");
    time.as_f64().expect("a number of milliseconds")
}

/// Live view may keep its pictures in elements of its own, so shadow roots are searched too.
pub(crate) const FIRST_PICTURE: &str = "
const done = arguments[arguments.length - 1];
function* everything(root) {
  for (const element of root.querySelectorAll('*')) {
    yield element;
    if (element.shadowRoot) yield* everything(element.shadowRoot);
  }
}
const look = () => {
  const videos = [...everything(document)].filter((element) => element.matches('video'));
  if (videos.some((v) => v.getVideoPlaybackQuality().totalVideoFrames > 0)) done(performance.now());
  else setTimeout(look, 1);
};
look();";
