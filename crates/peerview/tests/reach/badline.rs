//! The viewer's line with loss and delay: the first picture and how smooth the rest is, beside go2rtc
//! where it is on PATH. Both show the same camera in Chromium, straight from a public address.

use std::time::Duration;

use crate::lab::call;
use crate::lab::network::{Line, Scene};
use crate::lab::router::Nat;
use crate::lab::world::{Kind, World};
use crate::report::print;

/// How long pictures are watched after the first.
const SPAN: Duration = Duration::from_secs(10);

/// Per cent lost and milliseconds of a round trip.
const LINES: [(u8, u16); 8] = [
    (0, 50),
    (0, 150),
    (0, 300),
    (1, 50),
    (5, 50),
    (10, 50),
    (5, 150),
    (10, 300),
];

/// What a viewer saw on a line.
struct Seen {
    first: Duration,
    per_second: f64,
    longest_gap: Duration,
}

/// Measures every line; the number of those on which we showed no picture.
pub(crate) async fn run(world: &mut World) -> Result<usize, String> {
    print(
        "\nThe viewer's line loses and delays packets (each way half of the round trip; Chromium, 10 s)",
    );
    let mut n_below = 0;
    for (loss, round_trip_ms) in LINES {
        let mut scene = Scene::of(Nat::Public, Nat::EimApdf);
        scene.line = Some(Line {
            loss,
            round_trip_ms,
        });
        world.set(&scene).await?;
        let ours = watch(world, "/live").await?;
        n_below += usize::from(ours.is_none());
        let theirs = match world.start_go2rtc() {
            Some(page) => show(watch(world, &page).await?),
            None => "not on PATH".to_owned(),
        };
        world.stop_go2rtc();
        print(&format!(
            "  {loss:>2} % lost, {round_trip_ms:>3} ms   peerview: {}   go2rtc: {theirs}",
            show(ours)
        ));
    }
    Ok(n_below)
}

async fn watch(world: &mut World, page: &str) -> Result<Option<Seen>, String> {
    let viewer = world.viewer(Kind::Page).await?;
    viewer.calls(page).await?;
    let first = viewer.first_picture(call::FIRST).await;
    if first.is_some() {
        tokio::time::sleep(SPAN).await;
    }
    let pictures = viewer.pictures();
    viewer.leaves().await?;
    Ok(first.map(|first| {
        let gaps = pictures.windows(2).map(|pair| pair[1] - pair[0]);
        let longest = gaps.fold(0.0, f64::max);
        #[expect(clippy::cast_precision_loss, reason = "a few hundred pictures")]
        let per_second = pictures.len() as f64 / SPAN.as_secs_f64();
        Seen {
            first,
            per_second,
            longest_gap: Duration::from_secs_f64(longest / 1000.0),
        }
    }))
}

fn show(seen: Option<Seen>) -> String {
    seen.map_or_else(
        || "no picture".to_owned(),
        |seen| {
            format!(
                "first {:>5} ms, {:>4.1} pictures/s, longest gap {:>4} ms",
                seen.first.as_millis(),
                seen.per_second,
                seen.longest_gap.as_millis()
            )
        },
    )
}
