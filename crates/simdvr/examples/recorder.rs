//! The simulated recorder alone, for third-party programs (`make interop`): four cameras on
//! free loopback ports, named in one line each, until its standard input ends; it also answers searches of the LAN.
//! A line there raises an event: `event CAMERA TYPE active`, or `inactive`.
//! Usage: recorder USER PASSWORD

use std::io::{BufRead, Write};
use std::net::SocketAddr;

use anyhow::Context;
use simdvr::{Config, SimDvr};
use tokio_util::sync::CancellationToken;

/// The port of WS-Discovery.
const WS_DISCOVERY: u16 = 3_702;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (user, password) = arguments
        .next()
        .zip(arguments.next())
        .context("USER PASSWORD")?;
    let mut config = Config::four_cameras(&user, &password);
    config.onvif.discovery = Some(SocketAddr::from(([0, 0, 0, 0], WS_DISCOVERY)));
    let recorder = SimDvr::bind(config).await?;
    let mut out = std::io::stdout();
    writeln!(out, "http {}", recorder.http_addr())?;
    writeln!(out, "rtsp {}", recorder.rtsp_addr())?;
    out.flush()?;

    let faults = recorder.faults();
    let stop = CancellationToken::new();
    let stopping = stop.clone().drop_guard();
    std::thread::spawn(move || {
        let _stopping = stopping;
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if let ["event", camera, event_type, state] = line.split(' ').collect::<Vec<_>>()[..] {
                faults.raise(camera.parse().ok(), event_type, state == "active");
            }
        }
    });
    recorder.run(stop).await
}
