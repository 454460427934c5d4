//! `/captcha/{file}`: the picture of letters and its sound.

use cloud::accounts::bot_check::captcha::{self, Checked};
use cloud::language::Language;
use cloud::throttle::limits::{CAPTCHA_SECONDS, TRIES_PER_CAPTCHA};
use futures_util::future::join_all;

use crate::support::{TestCloud, shows};

#[tokio::test]
async fn a_captcha_has_a_picture_and_a_recording() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.browser();
    let id = ana.get("/register").await.captcha().to_owned();

    let (picture_status, picture) = ana.download(&format!("/captcha/{id}.png")).await;
    let (sound_status, sound) = ana.download(&format!("/captcha/{id}.wav")).await;

    assert_eq!((picture_status, sound_status), (200, 200));
    assert!(picture.starts_with(b"\x89PNG\r\n\x1a\n"));
    assert!(sound.starts_with(b"RIFF"));
    assert_eq!(cloud.count("captchas").await, 0, "looking changes nothing");
}

#[tokio::test]
async fn a_captcha_id_always_gives_the_same_picture_and_recording() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.browser();
    let id = ana.get("/register").await.captcha().to_owned();
    let other = ana.get("/register").await.captcha().to_owned();

    for kind in ["png", "wav"] {
        let first = ana.download(&format!("/captcha/{id}.{kind}")).await.1;
        let again = ana.download(&format!("/captcha/{id}.{kind}")).await.1;
        let another = ana.download(&format!("/captcha/{other}.{kind}")).await.1;
        assert!(first == again, "{kind}: a second fetch shows more");
        assert!(first != another, "{kind}");
    }
}

#[tokio::test]
async fn every_process_of_a_cloud_draws_the_same_captcha() {
    let cloud = TestCloud::start().await;
    let id = captcha::new(&cloud.state);
    let picture = captcha::picture(&cloud.state, &id).await;

    let cloud = cloud.restart(|_| {}).await;

    assert!(picture.is_some());
    assert!(picture == captcha::picture(&cloud.state, &id).await);
}

#[tokio::test]
async fn invented_and_expired_captcha_names_are_not_found() {
    let cloud = TestCloud::start().await;
    let id = captcha::new(&cloud.state);
    let mut ana = cloud.browser();

    for name in [
        "x.png",
        "../../etc/passwd",
        "",
        &format!("{id}.exe"),
        &format!("f{id}.png"),
        &"a".repeat(5000),
    ] {
        assert_eq!(
            ana.download(&format!("/captcha/{name}")).await.0,
            404,
            "{name}"
        );
    }
    cloud.clock.advance(CAPTCHA_SECONDS);
    assert_eq!(ana.download(&format!("/captcha/{id}.png")).await.0, 404);
}

#[tokio::test]
async fn captcha_letters_count_in_any_case_and_once() {
    let cloud = TestCloud::start().await;
    let id = captcha::new(&cloud.state);
    let answer = captcha::answer(&cloud.state, &id).to_lowercase();
    let spaced = format!(" {} {} ", &answer[..2], &answer[2..]);

    assert_eq!(
        captcha::check(&cloud.state, &id, &spaced).await.unwrap(),
        Checked::Right
    );
    assert_eq!(
        captcha::check(&cloud.state, &id, &answer).await.unwrap(),
        Checked::Dead
    );
}

#[tokio::test]
async fn a_captcha_allows_three_answers() {
    let cloud = TestCloud::start().await;
    let id = captcha::new(&cloud.state);
    let answer = captcha::answer(&cloud.state, &id);

    for _ in 0..TRIES_PER_CAPTCHA {
        assert_eq!(
            captcha::check(&cloud.state, &id, "0000").await.unwrap(),
            Checked::Wrong
        );
    }

    assert_eq!(
        captcha::check(&cloud.state, &id, &answer).await.unwrap(),
        Checked::Dead
    );
}

#[tokio::test]
async fn a_captcha_expires_after_five_minutes() {
    let cloud = TestCloud::start().await;
    let (early, late) = (captcha::new(&cloud.state), captcha::new(&cloud.state));
    let answer = |id: &str| captcha::answer(&cloud.state, id);

    cloud.clock.advance(CAPTCHA_SECONDS - 1);
    assert_eq!(
        captcha::check(&cloud.state, &early, &answer(&early))
            .await
            .unwrap(),
        Checked::Right
    );
    cloud.clock.advance(1);
    assert_eq!(
        captcha::check(&cloud.state, &late, &answer(&late))
            .await
            .unwrap(),
        Checked::Dead
    );
}

#[tokio::test]
async fn only_one_of_many_parallel_right_answers_passes() {
    let cloud = TestCloud::start().await;
    let id = captcha::new(&cloud.state);
    let answer = captcha::answer(&cloud.state, &id);

    let checks = join_all((0..200).map(|_| captcha::check(&cloud.state, &id, &answer))).await;

    assert_eq!(
        checks
            .into_iter()
            .filter(|checked| matches!(checked, Ok(Checked::Right)))
            .count(),
        1
    );
}

/// Pictures that the program is given, where `N_PICTURES` says nothing else: each costs it a third of a second.
/// `scripts/captcha-rate.sh` measures the rate, with more.
const N_PICTURES: usize = 10;
/// How often `KEEP_PICTURES` fetches each.
const N_FETCHES: usize = 5;

/// Measured, not asserted: the picture slows programs down a little, the limits do the rest.
/// `KEEP_PICTURES=folder` keeps pictures and recordings for `scripts/captcha-rate.sh`.
#[tokio::test]
async fn the_captcha_recognition_rate_is_measured() {
    let cloud = TestCloud::start().await;
    let keep = std::env::var_os("KEEP_PICTURES").map(std::path::PathBuf::from);
    let folder = keep.clone().unwrap_or_else(std::env::temp_dir);
    let n_pictures = std::env::var("N_PICTURES").map_or(N_PICTURES, |n| n.parse().unwrap());
    let (mut n_read, mut n_letters) = (0, 0);
    for n in 0..n_pictures {
        let id = captcha::new(&cloud.state);
        let answer = captcha::answer(&cloud.state, &id);
        if keep.is_some() {
            keep_fetches(&cloud, &id, &folder.join(format!("{n:04}-{answer}"))).await;
            continue;
        }
        let picture = captcha::picture(&cloud.state, &id).await.unwrap();
        let path = folder.join(format!("picture-{n:02}-{answer}.png"));
        std::fs::write(&path, picture).unwrap();
        let read = tesseract(&path).await;
        n_read += usize::from(read == answer);
        let pairs = read.chars().zip(answer.chars());
        n_letters += pairs.filter(|(a, b)| a == b).count();
        std::fs::remove_file(&path).unwrap();
    }
    if keep.is_none() {
        report(n_read, n_letters);
    }
}

async fn keep_fetches(cloud: &TestCloud, id: &str, stem: &std::path::Path) {
    let named = |end: String| format!("{}-{end}", stem.display());
    for fetch in 0..N_FETCHES {
        let picture = captcha::picture(&cloud.state, id).await.unwrap();
        std::fs::write(named(format!("{fetch}.png")), picture).unwrap();
    }
    let sound = captcha::sound(&cloud.state, id, Language::English).await;
    std::fs::write(named("0.wav".to_owned()), sound.unwrap()).unwrap();
}

/// One line of text, from the alphabet, in capitals.
async fn tesseract(path: &std::path::Path) -> String {
    let alphabet = String::from_utf8(captcha::ALPHABET.to_vec()).unwrap();
    let output = tokio::process::Command::new("tesseract")
        .arg(path)
        .args(["stdout", "--psm", "7", "-c"])
        .arg(format!("tessedit_char_whitelist={alphabet}"))
        .output()
        .await
        .expect("tesseract is installed: make setup");
    let text = String::from_utf8_lossy(&output.stdout);
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn report(n_read: usize, n_letters: usize) {
    shows(&format!(
        "tesseract reads {n_read} of {N_PICTURES} pictures, and {n_letters} of {} letters at their place",
        N_PICTURES * 4
    ));
}
