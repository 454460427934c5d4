//! The set-up page of an agent in a real browser, from its printed code to a recorder in an account. The agent runs
//! within the test, so that it searches no network but loopback.

use agent::Agent;
use agent::config::Config;
use agent::discovery::LanSearch;
use simdvr::{Faults, SimDvr};
use tokio_util::sync::{CancellationToken, DropGuard};
use url::Url;

use super::accessibility::Walk;
use crate::support::World;
use crate::support::folder::Folder;
use crate::support::person::Person;

const RECORDER_PASSWORD: &str = "a long password";

/// An agent without a recorder, and a recorder near it.
struct NewSite {
    page: String,
    code: String,
    recorder: String,
    faults: Faults,
    _data: Folder,
    _stop: DropGuard,
}

impl NewSite {
    async fn of(world: &World) -> NewSite {
        let data = Folder::new("new-site");
        let mut config = simdvr::Config::four_cameras("admin", RECORDER_PASSWORD);
        config.empty_inputs = 0;
        config.onvif.discovery = Some(([127, 0, 0, 1], 0).into());
        let recorder = SimDvr::bind(config).await.expect("loopback ports are free");
        let (address, faults) = (recorder.http_addr().to_string(), recorder.faults());
        let at = recorder.discovery_addr().expect("it answers searches");
        let agent = Agent::open(Config {
            cloud: Url::parse(&world.url).expect("an address"),
            data_dir: data.path().to_owned(),
            setup_listen: ([127, 0, 0, 1], 0).into(),
            loopback_candidates: true,
            ..Config::default()
        });
        let agent = agent.expect("right settings");
        let search = LanSearch {
            from: vec![[127, 0, 0, 1].into()],
            interfaces: Vec::new(),
            ws_discovery6: (std::net::Ipv6Addr::LOCALHOST, 9),
            ws_discovery: at,
            sadp: at,
            sadp_port: None,
        };
        let page = agent.setup_page(search).await.expect("a free port");
        let page = page.expect("there is no recorder");
        let (shown, code) = (page.addresses().remove(0), page.code().to_owned());
        let stop = CancellationToken::new();
        tokio::spawn(recorder.run(stop.clone()));
        tokio::spawn(page.run(stop.clone()));
        tokio::spawn(agent.run(stop.clone()));
        NewSite {
            page: shown,
            code,
            recorder: address,
            faults,
            _data: data,
            _stop: stop.drop_guard(),
        }
    }

    async fn enters(&self, ana: &Person) {
        ana.browser.goes_to(&self.page).await;
        ana.browser.types("Code of the agent", &self.code).await;
        ana.browser.presses("Next").await;
    }

    async fn logs_in(&self, ana: &Person, password: &str) {
        ana.browser
            .types("User name on the recorder", "admin")
            .await;
        ana.browser
            .types("Password on the recorder", password)
            .await;
        ana.browser.types("Name for people", "Shop").await;
        ana.browser.presses("Show picture").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recorder_gets_into_an_account_without_a_manual() {
    let world = World::new().await;
    let site = NewSite::of(&world).await;
    let ana = world.person("Ana").await;
    ana.has_account().await;

    site.enters(&ana).await;
    ana.browser.sees("Found in this network").await;
    ana.browser
        .presses(&format!("Set up {}", site.recorder))
        .await;
    site.logs_in(&ana, "typo").await;
    ana.browser.sees("after 4 more wrong passwords").await;
    assert_eq!(ana.browser.value("Password on the recorder").await, "");
    site.logs_in(&ana, RECORDER_PASSWORD).await;
    ana.browser.sees("Add it to your account").await;
    let script = "const image = document.querySelector('img'); return image.naturalWidth";
    ana.browser
        .waits_until("the picture is decoded", async || {
            ana.browser.runs(script, vec![]).await.as_u64() > Some(100)
        })
        .await;
    assert_eq!(site.faults.stats().failed_logins, 1);

    ana.browser.presses("Add to my account").await;
    ana.browser.sees("Verification code").await;
    ana.browser.types("Name", "Shop").await;
    ana.browser.presses("Add").await;
    ana.browser.sees("4 cameras").await;
    ana.browser.sees("Shop").await;
    ana.goes_to("/live").await;
    ana.browser.sees_moving_pictures(4).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing_on_the_agents_setup_page() {
    let world = World::new().await;
    let site = NewSite::of(&world).await;
    let ana = world.person("Ana").await;
    let mut walk = Walk::new(&ana);

    ana.browser.goes_to(&site.page).await;
    walk.looks("the code").await;
    ana.browser.types("Code of the agent", "no").await;
    ana.browser.presses("Next").await;
    ana.browser.sees("This code is wrong").await;
    walk.looks("a wrong code").await;
    site.enters(&ana).await;
    ana.browser.sees("Found in this network").await;
    walk.looks("the recorders").await;
    ana.browser.types("Address of the recorder", "a b").await;
    ana.browser.presses("Next").await;
    ana.browser.sees("This is not the address").await;
    walk.looks("a wrong address").await;
    ana.browser
        .presses(&format!("Set up {}", site.recorder))
        .await;
    site.logs_in(&ana, "typo").await;
    ana.browser.sees("wrong passwords").await;
    walk.looks("a refused login").await;
    site.logs_in(&ana, RECORDER_PASSWORD).await;
    ana.browser.sees("Add it to your account").await;
    let unfold = "document.querySelectorAll('details').forEach((it) => { it.open = true })";
    ana.browser.runs(unfold, vec![]).await;
    walk.looks("a recorder").await;

    walk.ends(6);
}
