//! Attacks on the project's own cloud, over loopback: what each one achieved, and how honest people were
//! served meanwhile. Prints a table, writes `target/bench/attack_*.json` and asserts nothing. Every loop is
//! bounded in count and time, and nothing leaves this machine. `cargo bench --profile dev -p peerview --bench
//! attack [sockets|registry|relay|connections]` runs one part.

mod connections;
#[expect(dead_code, reason = "the attacks measure less than the benchmarks do")]
#[path = "../figures/meter.rs"]
mod meter;
#[path = "../figures/people.rs"]
mod people;
mod registry;
mod relay;
mod sockets;
#[path = "../figures/table.rs"]
mod table;
mod turn;
#[path = "../figures/wire.rs"]
mod wire;
mod world;

/// What the end-to-end stories start processes with.
#[expect(dead_code, reason = "the stories use more of it")]
#[path = "../../tests/e2e/support"]
mod support {
    pub(crate) mod folder;
    pub(crate) mod process;
}

#[tokio::main]
async fn main() {
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .collect();
    let is_wanted = |part: &str| wanted.is_empty() || wanted.iter().any(|word| word == part);

    if is_wanted("sockets") {
        table::publish("attack_sockets", &sockets::attack().await);
    }
    if is_wanted("registry") {
        table::publish("attack_registry", &registry::attack().await);
    }
    if is_wanted("relay") {
        table::publish("attack_relay", &relay::attack().await);
    }
    if is_wanted("connections") {
        table::publish("attack_connections", &connections::attack().await);
    }
}
