//! `/captcha/{file}`: the picture of letters and its sound.

use cloud::accounts::captcha::{self, Checked};
use cloud::accounts::limits::{CAPTCHA_SECONDS, TRIES_PER_CAPTCHA};
use futures_util::future::join_all;

use crate::support::{TestCloud, shows};

#[tokio::test]
async fn a_page_has_a_picture_and_its_sound() {
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
async fn invented_and_expired_names_have_no_picture() {
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
async fn letters_count_in_any_case_and_only_once() {
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
async fn a_captcha_takes_three_answers() {
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
async fn parallel_right_answers_pass_once() {
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

/// Pictures that the program is given.
const N_PICTURES: usize = 40;

/// Measured, not asserted: the picture slows programs down a little, the limits do the rest.
/// `KEEP_PICTURES=folder` keeps what was drawn, to be looked at.
#[tokio::test]
async fn how_often_a_program_reads_the_picture_is_printed() {
    let cloud = TestCloud::start().await;
    let folder = std::env::var_os("KEEP_PICTURES").map_or_else(std::env::temp_dir, Into::into);
    let mut n_read = 0;
    let mut n_letters = 0;
    for n in 0..N_PICTURES {
        let id = captcha::new(&cloud.state);
        let answer = captcha::answer(&cloud.state, &id);
        let picture = captcha::picture(&cloud.state, &id).await.unwrap();
        let path = folder.join(format!("picture-{n:02}-{answer}.png"));
        std::fs::write(&path, picture).unwrap();
        let read = tesseract(&path).await;
        n_read += usize::from(read == answer);
        n_letters += read
            .chars()
            .zip(answer.chars())
            .filter(|(a, b)| a == b)
            .count();
        if std::env::var_os("KEEP_PICTURES").is_none() {
            std::fs::remove_file(&path).unwrap();
        }
    }
    report(n_read, n_letters);
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
