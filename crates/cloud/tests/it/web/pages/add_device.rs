//! `/devices/new` where claims cost work: with and without scripts, and nobody is refused.

use cloud::accounts::bot_check::proof_of_work;
use cloud::throttle::EVERYBODY;
use cloud::throttle::limits::{CLAIMS, WAIT_WITHOUT_WORK};

use crate::support::TestCloud;
use crate::support::browser::{Browser, Page, between};

/// A cloud in which others have typed so many wrong codes today that claims cost work.
async fn busy() -> TestCloud {
    let cloud = TestCloud::start().await;
    for _ in 0..CLAIMS.most {
        let of_everybody = [(CLAIMS, EVERYBODY)];
        let spent = cloud.state.throttle.spend_beyond(&of_everybody).await;
        spent.unwrap().keep();
    }
    cloud
}

fn form_of(page: &Page) -> String {
    between(&page.body, "name=\"form\" value=\"", "\"").to_owned()
}

async fn sends(browser: &mut Browser, form: &str, work: &str) -> Page {
    let serial = crate::support::wire::serial(1);
    let fields = [
        ("serial", serial.as_str()),
        ("code", "KQXWBD"),
        ("form", form),
        ("work", work),
    ];
    browser.post("/devices", &fields).await
}

const JUDGED: &str = "or the device is offline";

#[tokio::test]
async fn the_form_requires_proof_of_work_only_when_claims_do() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;

    let page = ana.get("/devices/new").await;
    let judged = sends(&mut ana, "", "").await;

    assert!(!page.body.contains("form-work"), "{}", page.body);
    assert!(judged.body.contains(JUDGED), "{}", judged.body);
}

#[tokio::test]
async fn a_claim_with_solved_work_is_checked_at_once() {
    let cloud = busy().await;
    let mut ana = cloud.person("ana").await;
    let form = form_of(&ana.get("/devices/new").await);
    cloud.clock.advance(1);

    let set = ana.get(&format!("/form-work/claim?form={form}")).await;
    let work = proof_of_work::solve(&set.body).unwrap();
    let judged = sends(&mut ana, &form, &work).await;
    let again = sends(&mut ana, &form, &work).await;

    assert_eq!((judged.status, again.status), (422, 422));
    assert!(judged.body.contains(JUDGED), "{}", judged.body);
    assert_ne!(form_of(&judged), form, "the next try has a form of its own");
    assert!(again.body.contains("press the button once more"));
}

#[tokio::test]
async fn a_claim_without_solved_work_has_to_wait() {
    let cloud = busy().await;
    let mut ana = cloud.person("ana").await;

    let unasked = sends(&mut ana, "", "").await;
    let form = form_of(&unasked);
    let early = sends(&mut ana, &form, "").await;
    assert_eq!(form_of(&early), form, "the wait goes on");
    cloud.clock.advance(WAIT_WITHOUT_WORK);
    let judged = sends(&mut ana, &form, "").await;

    assert!(unasked.body.contains("press the button once more"));
    assert!(unasked.body.contains("KQXWBD"), "nothing is typed twice");
    assert!(early.body.contains("in 20 seconds"), "{}", early.body);
    assert!(judged.body.contains(JUDGED), "{}", judged.body);
}

#[tokio::test]
async fn claim_work_is_given_to_signed_in_people_only() {
    let cloud = busy().await;
    let mut ana = cloud.person("ana").await;
    let form = form_of(&ana.get("/devices/new").await);
    let path = format!("/form-work/claim?form={form}");

    assert_eq!(ana.get(&path).await.status, 200);
    assert_eq!(cloud.browser().get(&path).await.status, 404);
}
