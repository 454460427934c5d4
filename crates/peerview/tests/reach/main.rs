//! A lab of network namespaces that shows what connects from where. `cargo test` runs a few cells of it
//! as tests; `make reach` runs all and prints what each came to: `--lab` as the first argument, then the
//! parts to run, or all of them. In a namespace the same program plays recorder and viewers (`--role`).

mod badline;
mod cells;
mod happenings;
mod harness;
mod lab;
mod report;
mod small;

#[path = "../../benches/figures/people.rs"]
mod people;

/// What the end-to-end stories are told with.
#[expect(dead_code, reason = "the stories use more of it than the lab does")]
#[path = "../e2e/support"]
mod support {
    pub(crate) mod browser;
    pub(crate) mod devtools;
    pub(crate) mod engine;
    pub(crate) mod folder;
    pub(crate) mod process;
}

use std::process::ExitCode;

use support::process::report as complain;

#[tokio::main]
async fn main() -> ExitCode {
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.split_first() {
        Some((first, words)) if first == "--role" => lab::roles::play(words).await,
        Some((first, parts)) if first == "--lab" => tokio::select! {
            outcome = report::run(parts) => outcome,
            () = stopped() => Err("stopped".to_owned()),
        },
        _ => tokio::select! {
            outcome = harness::run(&arguments) => outcome,
            () = stopped() => Err("stopped".to_owned()),
        },
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

/// Ctrl-C, or the end of whatever started this: namespaces go with what is dropped.
async fn stopped() {
    use tokio::signal::unix::{SignalKind, signal};
    let mut hang_up = signal(SignalKind::hangup()).expect("signals can be heard");
    let mut terminate = signal(SignalKind::terminate()).expect("signals can be heard");
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = hang_up.recv() => {}
        _ = terminate.recv() => {}
    }
}
