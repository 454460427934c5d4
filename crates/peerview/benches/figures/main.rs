//! Speed and memory as people feel them: time to the first picture, cost per viewer, cost per
//! idle link, pages and log-ins. Prints a table, writes `target/bench/*.json`, and asserts nothing.
//! `cargo bench -p peerview --bench figures [accounts|links|viewers|first_picture|live_view|first_visit|peers]` runs one part;
//! `peers/age go2rtc` as arguments, for example, a part of that about one server (`peers.rs` lists both).

mod accounts;
mod agents;
mod first_picture;
mod first_visit;
mod links;
mod live_view;
mod meter;
mod native_viewer;
mod peers;
mod people;
mod table;
mod viewers;
mod wire;

/// The world of the end-to-end stories.
#[expect(
    dead_code,
    reason = "the stories use more of it than the benchmarks do"
)]
#[path = "../../tests/e2e/support"]
mod support {
    pub(crate) mod browser;
    pub(crate) mod devtools;
    pub(crate) mod engine;
    pub(crate) mod folder;
    pub(crate) mod forms;
    pub(crate) mod gstreamer;
    pub(crate) mod person;
    pub(crate) mod process;
    pub(crate) mod video;
    pub(crate) mod world;

    pub(crate) use world::World;
}

#[tokio::main]
async fn main() {
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .collect();
    let is_wanted = |part: &str| wanted.is_empty() || wanted.iter().any(|word| word == part);

    if is_wanted("accounts") {
        table::publish("accounts", &accounts::measure().await);
    }
    if is_wanted("links") {
        table::publish("links", &links::measure().await);
    }
    if is_wanted("viewers") {
        table::publish("viewers", &viewers::measure().await);
    }
    if is_wanted("first_picture") {
        table::publish("first_picture", &first_picture::measure().await);
    }
    if is_wanted("live_view") {
        table::publish("live_view", &live_view::watching().await);
        table::publish("scrolling", &live_view::scrolling_many().await);
    }
    if is_wanted("first_visit") {
        table::publish("first_visit", &first_visit::over_http1().await);
        table::publish("first_visit_http2", &first_visit::over_http2().await);
    }
    if let Some(choice) = peers::Choice::of(&wanted) {
        table::publish("peers", &peers::measure(&choice).await);
    }
}
