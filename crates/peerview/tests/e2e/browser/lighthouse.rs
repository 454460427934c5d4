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
use crate::support::world::{RECORDER_PASSWORD, cards};

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
    for (n, card) in cards(&agent, N_FURTHER).await.iter().enumerate() {
        ana.adds(card, &format!("Shop {}", n + 1)).await;
    }

    let pages = ["/devices", "/live"].map(|page| format!("{}{page}", ana.url()));
    lighthouse(&port, &pages).await;
}
