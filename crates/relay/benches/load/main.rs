//! The relay under the load of pictures, beside coturn in the same run: processor time per packet,
//! packets carried when there are too many, and what ten thousand allocations cost. Prints a table
//! with the ratio, writes `target/bench/relay.json`, and asserts nothing.
//! `cargo bench -p relay --bench load [pictures|saturation|allocations] [20|200]` runs one part.
//!
//! The relay runs as its own process (this program, told `serve`), so that its processor time
//! is counted alone.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a benchmark owns sockets, processes and clocks"
)]

mod flows;
#[expect(dead_code, reason = "other benchmarks read more of a process")]
#[path = "../../../peerview/benches/figures/meter.rs"]
mod meter;
mod server;
#[expect(dead_code, reason = "other benchmarks sort their measurements")]
#[path = "../../../peerview/benches/figures/table.rs"]
mod table;
mod turn;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use flows::{Direction, Flows, Load};
use server::{Kind, Server};
use table::Figure;

/// How long one load runs.
const RUN: Duration = Duration::from_secs(8);
/// Allocations of the memory test, if the limit of open files allows them.
const ALLOCATIONS: usize = 10_000;

fn main() {
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .collect();
    if words.first().is_some_and(|word| word == "serve") {
        return server::serve();
    }
    // No word of a kind means all of it.
    let is_wanted = |part: &str| {
        let is_number = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
        let mut alike = words
            .iter()
            .filter(|word| is_number(word) == is_number(part))
            .peekable();
        alike.peek().is_none() || alike.any(|word| word == part)
    };

    let mut figures = Vec::new();
    if is_wanted("pictures") {
        for n_flows in [20, 200]
            .into_iter()
            .filter(|n: &usize| is_wanted(&n.to_string()))
        {
            for direction in [Direction::ToClient, Direction::FromClient] {
                for load in [Load::Bursts, Load::Singles] {
                    figures.extend(compare(|kind| pictures(kind, n_flows, direction, load)));
                }
            }
        }
    }
    if is_wanted("saturation") {
        for direction in [Direction::ToClient, Direction::FromClient] {
            figures.extend(compare(|kind| saturation(kind, direction)));
        }
        figures.push(one_core());
    }
    if is_wanted("allocations") {
        figures.extend(compare(allocations));
    }
    table::publish("relay", &figures);
}

/// Measures the relay and coturn, and adds the ratio of every number.
fn compare(measure: impl Fn(Kind) -> Figure) -> Vec<Figure> {
    let ours = measure(Kind::Ours);
    if !server::has_coturn() {
        return vec![ours];
    }
    let coturn = measure(Kind::Coturn);
    let theirs: BTreeMap<&str, f64> = coturn.numbers.iter().copied().collect();
    let ratios = ours.numbers.iter().filter_map(|&(label, value)| {
        let other = theirs.get(label).copied().filter(|other| *other > 0.0)?;
        Some((label, value / other))
    });
    let ratio = Figure {
        what: "  ratio to coturn".to_owned(),
        numbers: ratios.collect(),
    };
    vec![ours, coturn, ratio]
}

/// Two megabits a second in 25 frames for each flow.
fn pictures(kind: Kind, n_flows: usize, direction: Direction, load: Load) -> Figure {
    let server = Server::start(kind, None);
    let mut flows = Flows::open(&server, n_flows);
    let before = meter::cpu_time(server.pid());
    let carried = flows.run(direction, load, Some(Duration::from_millis(40)), RUN);
    let used = meter::cpu_time(server.pid()) - before;
    Figure {
        what: format!(
            "{}: {n_flows} flows of 2 Mb/s {direction}, {load}",
            kind.name()
        ),
        numbers: vec![
            ("CPU s per million", per_million(used, carried.received)),
            (
                "% of a core",
                used.as_secs_f64() / RUN.as_secs_f64() * 100.0,
            ),
            ("% lost", carried.percent_lost()),
        ],
    }
}

/// As many packets as the sender can make.
fn saturation(kind: Kind, direction: Direction) -> Figure {
    saturated(kind, direction, None, "")
}

fn one_core() -> Figure {
    saturated(Kind::Ours, Direction::ToClient, Some(0), ", on one core")
}

fn saturated(kind: Kind, direction: Direction, core: Option<usize>, suffix: &str) -> Figure {
    let server = Server::start(kind, core);
    let mut flows = Flows::open(&server, 64);
    let before = meter::cpu_time(server.pid());
    let began = Instant::now();
    let carried = flows.run(direction, Load::Bursts, None, RUN);
    let used = meter::cpu_time(server.pid()) - before;
    let seconds = began.elapsed().as_secs_f64();
    Figure {
        what: format!(
            "{}: 64 flows {direction}, as fast as possible{suffix}",
            kind.name()
        ),
        numbers: vec![
            ("packets/s", carried.received as f64 / seconds),
            ("CPU s per million", per_million(used, carried.received)),
            ("% of a core", used.as_secs_f64() / seconds * 100.0),
        ],
    }
}

/// Time and memory of many allocations.
fn allocations(kind: Kind) -> Figure {
    let server = Server::start(kind, None);
    let n_wanted = ALLOCATIONS.min(server::open_files().saturating_sub(500));
    // What the first allocation brings along belongs to the process.
    let first = Flows::open(&server, 1);
    let before = meter::memory_kb(server.pid());
    let (cpu_before, began) = (meter::cpu_time(server.pid()), Instant::now());
    let clients = turn::allocate_many(&server, n_wanted);
    let seconds = began.elapsed().as_secs_f64();
    let used = meter::cpu_time(server.pid()) - cpu_before;
    let grown = meter::memory_kb(server.pid()).saturating_sub(before);
    let n_made = clients.len() as f64;
    drop(first);
    Figure {
        what: format!("{}: allocations, one after the other", kind.name()),
        numbers: vec![
            ("made", n_made),
            ("per second", n_made / seconds),
            ("CPU µs each", used.as_secs_f64() * 1e6 / n_made),
            ("kB each", grown as f64 / n_made),
        ],
    }
}

fn per_million(used: Duration, n_packets: u64) -> f64 {
    used.as_secs_f64() * 1e6 / n_packets as f64
}
