//! Attacks on the database by recorders and accounts: endless new serial numbers, claims of other people's
//! recorders, mails and audit lines of one account.

use std::time::{Duration, Instant};

use proto::link::message::{Camera, Cameras, method};
use proto::rpc::{Message, RpcError, code};
use tokio::task::JoinHandle;

use crate::table::Figure;
use crate::wire::{self, Socket};
use crate::world::{PEOPLE, Person, World, ms, number};

const SETTINGS: &str = "trusted_proxies = [\"127.0.0.1/32\"]\nrelay.enabled = false";
/// Serial numbers that one address brings.
const SERIALS: u32 = 300;
/// No attack of this part lasts longer.
const LASTS: Duration = Duration::from_secs(60);
/// Accounts that use up the claims of everybody.
const THROW_AWAYS: u32 = PEOPLE - 2;
/// Wrong codes of one account, five for each serial number.
const WRONG_CODES: u32 = 20;
/// Times that one account adds a recorder and removes it.
const CYCLES: u64 = 130;

/// All attacks of this part, each on a fresh cloud.
pub(crate) async fn attack() -> Vec<Figure> {
    vec![serials().await, claims().await, cycles().await]
}

/// A stranger registers recorders that nobody owns, each with a long list of cameras.
async fn serials() -> Figure {
    let world = World::start(SETTINGS, 0..1).await;
    let before = world.database_bytes();
    let began = Instant::now();
    let mut links = Vec::new();
    for n in 1_000..1_000 + SERIALS {
        let Some(mut link) = in_time(began, world.agent(n, "198.19.0.1")).await else {
            break;
        };
        link.say(&Message::notification(method::CAMERAS, &cameras()))
            .await;
        links.push(keep(link));
    }
    let took = began.elapsed();
    let honest = in_time(Instant::now(), world.agent(2_000, "203.0.113.9")).await;
    Figure {
        what: format!("{SERIALS} new serial numbers with 190 cameras from one address"),
        numbers: vec![
            ("taken", number(links.len() as u64)),
            ("ms", ms(took)),
            (
                "database_kB",
                number((world.database_bytes() - before) / 1024),
            ),
            ("honest_agent_taken", number(u64::from(honest.is_some()))),
        ],
    }
}

fn cameras() -> Cameras {
    let camera = |n: u32| Camera {
        id: n.to_string(),
        name: format!("{n:x<64}"),
        is_online: true,
        reason: None,
    };
    let cameras: Vec<Camera> = (0..190).map(camera).collect();
    cameras.into()
}

/// Throw-away accounts type wrong codes for recorders of their own; then somebody adds a device.
async fn claims() -> Figure {
    let world = World::start(SETTINGS, 0..1).await;
    let mut n_asked = 0;
    for n in 0..THROW_AWAYS {
        let mallory = world.person(n).await;
        let links = fakes(&world, n, WRONG_CODES / 5).await;
        for wrong in 0..WRONG_CODES.min(5 * links.len() as u32) {
            let (_, serial) = wire::recorder(fake(n, wrong / 5));
            add(&mallory, serial.as_str()).await;
            n_asked += 1;
        }
        drop(links);
    }
    let (_, serial) = wire::recorder(2_000);
    let link = world.agent(2_000, "203.0.113.9").await.map(say_yes);
    let hannah = world.person(PEOPLE - 1).await;
    let status = add(&hannah, serial.as_str()).await;
    drop(link);
    Figure {
        what: format!("{THROW_AWAYS} accounts use up the claims; then somebody adds a device"),
        numbers: vec![
            ("wrong_claims", number(n_asked)),
            ("honest_status", number(status.into())),
            ("honest_adds", number(u64::from(status == 303))),
        ],
    }
}

async fn fakes(world: &World, n: u32, count: u32) -> Vec<JoinHandle<()>> {
    let mut links = Vec::new();
    for index in 0..count {
        let address = format!("198.19.{n}.1");
        if let Some(link) = in_time(Instant::now(), world.agent(fake(n, index), &address)).await {
            links.push(say_no(link));
        }
    }
    links
}

fn fake(n: u32, index: u32) -> u32 {
    3_000 + n * 100 + index
}

/// One account adds its own recorder and removes it, again and again.
async fn cycles() -> Figure {
    let world = World::start(SETTINGS, 0..1).await;
    let (_, serial) = wire::recorder(2_000);
    let link = world.agent(2_000, "203.0.113.9").await.map(say_yes);
    let mallory = world.person(0).await;
    let before = world.audit_bytes();
    let began = Instant::now();
    let mut n_added = 0;
    for _ in 0..CYCLES {
        if began.elapsed() > LASTS {
            break;
        }
        n_added += u64::from(add(&mallory, serial.as_str()).await == 303);
        mallory
            .post(&format!("/devices/{serial}/removal"), String::new())
            .await;
    }
    let took = began.elapsed();
    drop(link);
    let mails = world.rows("SELECT COUNT(*) FROM outbox").await;
    Figure {
        what: format!("{CYCLES} times added and removed by one account"),
        numbers: vec![
            ("added", number(n_added)),
            ("ms", ms(took)),
            ("mails", number(u64::try_from(mails).unwrap_or(0))),
            ("audit_kB", number((world.audit_bytes() - before) / 1024)),
        ],
    }
}

async fn add(person: &Person, serial: &str) -> u16 {
    person
        .post("/devices", format!("serial={serial}&code=ABCDEF&name=Shop"))
        .await
}

/// An agent that takes every code.
fn say_yes(link: Socket) -> JoinHandle<()> {
    answer(link, |id| Message::result(id, &serde_json::json!({})))
}

/// An agent that takes no code.
fn say_no(link: Socket) -> JoinHandle<()> {
    answer(link, |id| {
        Message::refusal(id, RpcError::new(code::FORBIDDEN, "wrong"))
    })
}

fn answer(
    mut link: Socket,
    reply: impl Fn(proto::rpc::Id) -> Message + Send + 'static,
) -> JoinHandle<()> {
    tokio::spawn(async move {
        while let Some(message) = link.hear().await {
            if let Message::Request {
                id, method: name, ..
            } = message
                && name == method::CLAIM
            {
                link.say(&reply(id)).await;
            }
        }
    })
}

/// Answers pings until the cloud closes it.
fn keep(mut link: Socket) -> JoinHandle<()> {
    tokio::spawn(async move { while link.hear().await.is_some() {} })
}

/// The outcome, or nothing once the attack has lasted long enough.
async fn in_time<T>(began: Instant, act: impl Future<Output = Option<T>>) -> Option<T> {
    let left = LASTS.saturating_sub(began.elapsed());
    tokio::time::timeout(left, act).await.ok().flatten()
}
