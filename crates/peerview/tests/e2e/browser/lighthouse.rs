//! `scripts/look.sh lighthouse`: Google's Lighthouse on Log in, Devices and Live view with 31 recorders.

use std::path::Path;
use std::process::Stdio;

use simdvr::SimDvr;
use tokio::process::Command;
use tokio_util::sync::CancellationToken;

use crate::support::World;
use crate::support::folder::Folder;
use crate::support::person::Person;
use crate::support::process::Process;
use crate::support::world::{Card, RECORDER_PASSWORD};

/// With the one of the demo there are 31.
const N_FURTHER: usize = 30;

/// The port of the developer tools of a person's browser.
fn devtools_port(ana: &Person) -> String {
    let capabilities = ana.browser.client().capabilities();
    let options = capabilities.and_then(|all| all.get("goog:chromeOptions"));
    let address = options.and_then(|options| options["debuggerAddress"].as_str());
    let port = address.and_then(|address| address.rsplit(':').next());
    port.expect("chromedriver tells it").to_owned()
}

async fn lighthouse(port: &str, urls: &[String]) {
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tools/lighthouse");
    let done = Command::new("node")
        .arg("run.mjs")
        .arg(port)
        .args(urls)
        .current_dir(tools)
        .stdin(Stdio::null())
        .status()
        .await;
    assert!(done.expect("node is installed").success(), "see the table");
}

/// An agent with many recorders, each of which is one camera of the same simulated recorder.
fn start_agent(world: &World, data: &Folder, camera: &str) -> Process {
    let mut text = format!("[agent]\ncloud = {:?}\n", world.url);
    for n in 1..=N_FURTHER {
        let recorder = format!(
            "[[agent.recorders]]\nkind = \"rtsp\"\nid = \"shop-{n}\"\nname = \"Shop {n}\"\n\
             url = [{camera:?}]\nuser = \"admin\"\npassword = {RECORDER_PASSWORD:?}\n"
        );
        text.push_str(&recorder);
    }
    let file = data.path().join("agent.toml");
    std::fs::write(&file, text).expect("a file can be written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_peerview"));
    command.args(["agent", "--loopback", "--config"]).arg(file);
    command.arg("--data").arg(data.path().join("agent"));
    Process::start("peerview agent", command)
}

/// The cards that the agent prints, when it has printed all and the cloud knows them: it asks an agent with many new
/// recorders for proof of work.
async fn cards(agent: &Process) -> Vec<Card> {
    let of = |begin: &str| -> Vec<String> {
        let output = agent.output();
        let lines = output.lines().filter_map(|line| line.strip_prefix(begin));
        lines.map(|rest| rest.trim().to_owned()).collect()
    };
    let mut look_again = tokio::time::interval(std::time::Duration::from_millis(100));
    let n_up = || agent.output().matches("link to the cloud is up").count();
    while of("Claim link:").len() < N_FURTHER || n_up() < N_FURTHER {
        look_again.tick().await;
    }
    let (serials, codes) = (of("Serial number:"), of("Verification code:"));
    let links = of("Claim link:").into_iter();
    let cards = serials.into_iter().zip(codes).zip(links);
    cards
        .map(|((serial, code), claim_link)| Card {
            serial,
            code,
            claim_link,
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes: `scripts/look.sh lighthouse`"]
async fn lighthouse_gives_pages_ninety_five_points_or_more() {
    let world = World::new().await;
    let ana = world.person("Ana").await;
    let port = devtools_port(&ana);
    lighthouse(&port, &[format!("{}/login", ana.url())]).await;
    ana.owns(&world.recorder).await;
    let mut config = simdvr::Config::four_cameras("admin", RECORDER_PASSWORD);
    config.empty_inputs = 0;
    let recorder = SimDvr::bind(config).await.expect("loopback ports are free");
    let address = recorder.rtsp_addr();
    let stop = CancellationToken::new();
    let _guard = stop.clone().drop_guard();
    tokio::spawn(recorder.run(stop));
    let data = Folder::new("shops");
    let camera = format!("rtsp://{address}/Streaming/Channels/102");
    let agent = start_agent(&world, &data, &camera);
    for (n, card) in cards(&agent).await.iter().enumerate() {
        ana.adds(card, &format!("Shop {}", n + 1)).await;
    }

    let pages = ["/devices", "/live"].map(|page| format!("{}{page}", ana.url()));
    lighthouse(&port, &pages).await;
}
