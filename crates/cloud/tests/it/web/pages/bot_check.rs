//! The bot check of a form: captcha, proof of work, or a wait.

use cloud::accounts::{bot_check::captcha, bot_check::proof_of_work};
use cloud::throttle::EVERYBODY;
use cloud::throttle::limits::{
    CODES_PER_CLIENT, OTHER_WAYS, OTHER_WAYS_PER_CLIENT, WAIT_WITHOUT_ANYTHING, WAIT_WITHOUT_WORK,
    WORK_SECONDS,
};

use crate::support::browser::{Browser, Page};
use crate::support::{TestCloud, button_in};

/// A form that was opened, to be filled in with more or less.
struct Opened {
    browser: Browser,
    id: String,
    letters: String,
}

impl Opened {
    async fn new(cloud: &TestCloud) -> Opened {
        let mut browser = cloud.browser();
        let id = browser.get("/register").await.captcha().to_owned();
        let letters = captcha::answer(&cloud.state, &id);
        Opened {
            browser,
            id,
            letters,
        }
    }

    async fn set(&mut self, more: &str) -> String {
        let path = format!("/form-work/register?form={}{more}", self.id);
        self.browser.get(&path).await.body
    }

    async fn sends(&mut self, email: &str, more: &[(&str, &str)]) -> Page {
        let mut fields = vec![("email", email), ("captcha", self.id.as_str())];
        fields.extend_from_slice(more);
        self.browser.post("/register", &fields).await
    }
}

fn bits(set: &str) -> u32 {
    set.split('.').nth(1).unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_wait_replaces_proof_of_work_without_scripts() {
    let cloud = TestCloud::start().await;
    let mut form = Opened::new(&cloud).await;
    let letters = form.letters.clone();

    let early = form
        .sends("ana@example.org", &[("letters", &letters)])
        .await;
    cloud.clock.advance(WAIT_WITHOUT_WORK);
    let later = form
        .sends("ana@example.org", &[("letters", &letters)])
        .await;
    let mail = cloud.nth_mail_to("ana@example.org", 1).await;
    let page = form.browser.get("/register/finish").await;

    assert_eq!((early.status, later.status), (422, 303), "{}", early.body);
    assert!(early.body.contains("in 20 seconds") && early.body.contains(&letters));
    assert_eq!(button_in(&mail.body).len(), 28);
    assert!(!mail.subject.starts_with(|c: char| c.is_ascii_digit()));
    assert!(page.body.contains("Press the button in the mail"));
}

#[tokio::test]
async fn an_alternative_to_the_captcha_works_without_scripts_too() {
    let cloud = TestCloud::start().await;
    let (mut with, mut without) = (Opened::new(&cloud).await, Opened::new(&cloud).await);
    cloud.clock.advance(5);

    let set = with.set("&other_way=1").await;
    let work = proof_of_work::solve(&set).unwrap();
    let worked = with
        .sends("ana@example.org", &[("other_way", "1"), ("work", &work)])
        .await;
    let early = without
        .sends("ben@example.org", &[("other_way", "1")])
        .await;
    cloud.clock.advance(WAIT_WITHOUT_ANYTHING - 5);
    let later = without
        .sends("ben@example.org", &[("other_way", "1")])
        .await;

    assert_eq!(bits(&set), 4, "sixteen times the work");
    assert_eq!((worked.status, early.status, later.status), (303, 422, 303));
    for address in ["ana@example.org", "ben@example.org"] {
        let subject = cloud.nth_mail_to(address, 1).await.subject;
        assert_eq!(subject, "Go on with your Peerview registration");
    }
}

#[tokio::test]
async fn the_captcha_alternative_requires_more_than_ordinary_work() {
    let cloud = TestCloud::start().await;
    let mut form = Opened::new(&cloud).await;
    cloud.clock.advance(5);
    let work = proof_of_work::solve(&form.set("").await).unwrap();

    let page = form
        .sends("ana@example.org", &[("other_way", "1"), ("work", &work)])
        .await;

    assert_eq!(page.status, 422);
    assert_eq!(cloud.count("outbox").await, 0);
}

#[tokio::test]
async fn proof_of_work_counts_once_for_its_form_and_purpose() {
    let cloud = TestCloud::start().await;
    let (mut one, mut other) = (Opened::new(&cloud).await, Opened::new(&cloud).await);
    cloud.clock.advance(5);
    let work = proof_of_work::solve(&one.set("").await).unwrap();
    let foreign = proof_of_work::solve(
        &one.browser
            .get(&format!("/form-work/forgot?form={}", one.id))
            .await
            .body,
    )
    .unwrap();
    let late = proof_of_work::solve(&other.set("").await).unwrap();
    let halved = work.rsplit_once(':').unwrap().0.to_owned();
    let easier = work.replacen(".0.", ".00.", 1);

    for bad in [
        &*late,
        &foreign,
        &halved,
        &easier,
        "nonsense",
        &"9".repeat(500),
    ] {
        let letters = one.letters.clone();
        let page = one
            .sends("ana@example.org", &[("letters", &letters), ("work", bad)])
            .await;
        assert_eq!(page.status, 422, "{bad}");
        assert!(page.body.contains("press the button once more"));
    }
    let wrong = one
        .sends("ana@example.org", &[("letters", "0000"), ("work", &work)])
        .await;
    let letters = one.letters.clone();
    let replayed = one
        .sends("ana@example.org", &[("letters", &letters), ("work", &work)])
        .await;
    cloud.clock.advance(WORK_SECONDS);
    let letters = other.letters.clone();
    let expired = other
        .sends("ana@example.org", &[("letters", &letters), ("work", &late)])
        .await;

    assert!(wrong.body.contains("letters-error"));
    assert!(
        replayed.body.contains("press the button once more"),
        "used up"
    );
    assert_eq!(expired.status, 422);
    assert_eq!(cloud.count("outbox").await, 0);
}

#[tokio::test]
async fn asvs_2_4_2_an_instantly_sent_form_requires_four_times_the_work() {
    let cloud = TestCloud::start().await;
    let mut form = Opened::new(&cloud).await;

    let at_once = bits(&form.set("").await);
    cloud.clock.advance(1);

    assert_eq!((at_once, bits(&form.set("").await)), (2, 0));
}

#[tokio::test]
async fn frequent_requests_require_increasing_work() {
    let cloud = TestCloud::start().await;
    let mut all = Vec::new();
    for n in 0..CODES_PER_CLIENT.last() {
        let mut form = Opened::new(&cloud).await;
        cloud.clock.advance(1);
        let set = form.set("").await;
        all.push(bits(&set));
        let (letters, work) = (form.letters.clone(), proof_of_work::solve(&set).unwrap());
        let fields = [("letters", letters.as_str()), ("work", &work)];
        let page = form.sends(&format!("p{n}@example.org"), &fields).await;
        assert_eq!(page.status, 303);
    }
    let mut without = Opened::new(&cloud).await;
    cloud.clock.advance(WAIT_WITHOUT_WORK);
    let letters = without.letters.clone();
    let refused = without
        .sends("q@example.org", &[("letters", &letters)])
        .await;

    assert_eq!(all, [0, 0, 0, 0, 0, 1, 1, 2, 2, 2, 3, 3, 4, 4, 4]);
    assert_eq!(
        refused.status, 429,
        "waiting does not replace the extra work"
    );
}

/// As if others had gone other ways so often.
async fn others_went_other_ways(cloud: &TestCloud, n: i64) {
    for _ in 0..n {
        let of_everybody = [(OTHER_WAYS, EVERYBODY)];
        let spent = cloud.state.throttle.spend_beyond(&of_everybody).await;
        spent.unwrap().keep();
    }
}

#[tokio::test]
async fn overuse_makes_the_captcha_alternative_slower_but_never_refused() {
    let cloud = TestCloud::start().await;
    for (n_more, doublings) in [(OTHER_WAYS.most, 1), (OTHER_WAYS.most, 2), (1_000, 2)] {
        others_went_other_ways(&cloud, n_more).await;
        let mut form = Opened::new(&cloud).await;
        let address = format!("p{n_more}.{doublings}@example.org");
        cloud
            .clock
            .advance((WAIT_WITHOUT_ANYTHING << doublings) - 1);
        let set = form.set("&other_way=1").await;
        let early = form.sends(&address, &[("other_way", "1")]).await;
        cloud.clock.advance(1);
        let later = form.sends(&address, &[("other_way", "1")]).await;

        assert_eq!(bits(&set), 4 + doublings);
        assert_eq!((early.status, later.status), (422, 303), "{}", later.body);
    }
}

#[tokio::test]
async fn one_client_may_use_ten_captcha_alternatives_an_hour() {
    let cloud = TestCloud::start().await;
    let client = cloud::visitor::Client::of([127, 0, 0, 1].into());
    for _ in 0..OTHER_WAYS_PER_CLIENT.most {
        let limits = [OTHER_WAYS_PER_CLIENT];
        let spent = cloud.state.throttle.spend_as(&client, &limits).await;
        spent.unwrap().keep();
    }
    let mut form = Opened::new(&cloud).await;
    cloud.clock.advance(WAIT_WITHOUT_WORK);

    let letters = form.letters.clone();
    let page = form
        .sends("ana@example.org", &[("letters", &letters)])
        .await;

    assert_eq!(page.status, 429);
    let all = cloud.state.throttle.n_spent(OTHER_WAYS, EVERYBODY).await;
    assert_eq!(all.unwrap(), 0, "and it makes nobody slower");
}

#[tokio::test]
async fn a_filled_honeypot_stops_the_form() {
    let cloud = TestCloud::start().await;
    let mut form = Opened::new(&cloud).await;
    let (letters, work) = (
        form.letters.clone(),
        proof_of_work::solve(&form.set("").await).unwrap(),
    );

    let fields = [
        ("letters", letters.as_str()),
        ("work", &work),
        ("homepage", "https://example.org"),
    ];
    let page = form.sends("ana@example.org", &fields).await;

    assert_eq!(page.status, 422);
    assert!(page.body.contains("should stay empty"));
    assert_eq!(cloud.count("outbox").await, 0);
}

#[tokio::test]
async fn a_day_old_form_keeps_the_address_with_another_captcha() {
    let cloud = TestCloud::start().await;
    let mut form = Opened::new(&cloud).await;
    let letters = form.letters.clone();

    cloud.clock.advance(86_400);
    let page = form
        .sends("ana@example.org", &[("letters", &letters)])
        .await;
    let work = form
        .browser
        .get(&format!("/form-work/register?form={}", form.id))
        .await;

    assert_eq!((page.status, work.status), (422, 404));
    assert_ne!(page.captcha(), form.id);
    assert!(page.body.contains("value=\"ana@example.org\"") && page.body.contains("too old"));
}
