//! One account opens many viewers' sockets at once, or many links reconnect after a restart; another account
//! reads its list of devices meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use proto::link::message::{Register, method};
use tokio::sync::Semaphore;

use crate::table::{Figure, quantile};
use crate::world::{PEOPLE, Person, World, ms, number};

const SETTINGS: &str = "trusted_proxies = [\"127.0.0.1/32\"]\nrelay.enabled = false";
/// Links of known recorders that come back at once, as after a restart of the cloud.
const LINKS: u32 = 1_000;
/// Those of them that register at the same time: this machine proves their keys too.
const AT_ONCE: usize = 100;
/// How long the sockets stay open.
const LASTS: Duration = Duration::from_secs(6);

/// Eight sockets, as a phone with eight tabs has them, and many more.
pub(crate) async fn attack() -> Vec<Figure> {
    let world = World::start(SETTINGS, 0..2).await;
    let (mallory, ana) = (world.person(0).await, world.person(1).await);
    let mut figures = Vec::new();
    for n in [2, 8, 50, 200] {
        figures.push(at_once(&mallory, &ana, n).await);
    }
    drop(world);
    figures.push(returning().await);
    figures
}

/// Every link comes from its own address, and its return is written down.
async fn returning() -> Figure {
    let last = PEOPLE + LINKS;
    let world = World::start(SETTINGS, 0..last).await;
    let ana = world.person(1).await;
    let is_over = Arc::new(AtomicBool::new(false));
    let reading = tokio::spawn(read(ana, Arc::clone(&is_over)));
    let (places, began) = (Semaphore::new(AT_ONCE), Instant::now());
    let back = join_all((PEOPLE..last).map(async |n| {
        let _place = places.acquire().await;
        world
            .agent(n, &format!("10.{}.{}.1", n / 200, n % 200))
            .await
    }));
    let back = back.await;
    let took = began.elapsed();
    is_over.store(true, Ordering::Relaxed);
    let (mut waits, n_failed) = reading.await.expect("it does not panic");
    waits.sort_by(f64::total_cmp);
    Figure {
        what: format!("{LINKS} links come back: /devices of somebody else"),
        numbers: vec![
            ("back", number(back.iter().flatten().count() as u64)),
            ("ms", ms(took)),
            ("p50_ms", quantile(&waits, 0.5)),
            ("most_ms", quantile(&waits, 1.0)),
            ("failed", number(n_failed)),
        ],
    }
}

async fn at_once(mallory: &Person, ana: &Person, n: u32) -> Figure {
    let is_over = Arc::new(AtomicBool::new(false));
    let reading = tokio::spawn(read(ana.clone(), Arc::clone(&is_over)));
    let opening: Vec<_> = (0..n)
        .map(|_| tokio::spawn(hold(mallory.clone())))
        .collect();
    let mut n_open = 0;
    for socket in opening {
        n_open += u64::from(socket.await.expect("it does not panic"));
    }
    is_over.store(true, Ordering::Relaxed);
    let (mut waits, n_failed) = reading.await.expect("it does not panic");
    waits.sort_by(f64::total_cmp);
    Figure {
        what: format!("{n} viewers' sockets at once: /devices of somebody else"),
        numbers: vec![
            ("taken", number(n_open)),
            ("p50_ms", quantile(&waits, 0.5)),
            ("most_ms", quantile(&waits, 1.0)),
            ("failed", number(n_failed)),
        ],
    }
}

/// Opens a socket, registers, and stays; whether the cloud took it.
async fn hold(mallory: Person) -> bool {
    let staying = tokio::time::sleep(LASTS);
    let Ok(mut socket) = mallory.viewer().await else {
        return false;
    };
    socket.ask(1, method::REGISTER, &Register::default()).await;
    tokio::select! {
        () = staying => {}
        () = async { while socket.hear().await.is_some() {} } => {}
    }
    true
}

async fn read(ana: Person, is_over: Arc<AtomicBool>) -> (Vec<f64>, u64) {
    let (mut waits, mut n_failed) = (Vec::new(), 0);
    let mut pace = tokio::time::interval(Duration::from_millis(50));
    while !is_over.load(Ordering::Relaxed) {
        pace.tick().await;
        let (took, is_there) = ana.page("/devices").await;
        waits.push(ms(took));
        n_failed += u64::from(!is_there);
    }
    (waits, n_failed)
}
