//! Register, log in and forgot answer the same for known and unknown people: status, headers, body and time.
//! Each request comes from its own client (127.x.y.z), so that no limit interferes.

#![expect(clippy::unwrap_used, reason = "a failing step fails its test")]

use std::time::{Duration, Instant};

use cloud::accounts::bot_check::proof_of_work::{self, For, WorkPurpose, Worker};
use cloud::accounts::{bot_check::captcha, names::Email};
use cloud::db::accounts::NewAccount;
use cloud::random::Random;
use cloud::visitor::Client;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpSocket;
use url::form_urlencoded;

use crate::support::{PASSWORD, TestCloud, shows};

/// How many requests of each kind `make timing` asks for, which takes a quarter of an hour.
const PAIRS: &str = "PEERVIEW_TIMED_PAIRS";
/// Requests of each kind for each page otherwise; a log-in hashes a password, so there are fewer.
const N_MAILS: usize = 600;
const N_LOGINS: usize = 200;
/// Largest difference of the medians, unless a busy machine cannot tell that little, and of Welch's t.
const MOST_DIFFERENCE: Duration = Duration::from_millis(1);
const MOST_T: f64 = 4.5;
/// A busy machine may disturb one measurement, but not three in a row.
const ATTEMPTS: usize = 3;

#[tokio::test]
async fn asvs_6_3_8_register_answers_known_and_unknown_alike() {
    let cloud = start().await;
    let email = async |name: String| form(&cloud, WorkPurpose::Register, "email", &name).await;
    compare(&cloud, "/register", N_MAILS, email).await;
}

#[tokio::test]
async fn asvs_6_3_8_forgot_answers_known_and_unknown_alike() {
    let cloud = start().await;
    let login = async |name: String| form(&cloud, WorkPurpose::Forgot, "login", &name).await;
    compare(&cloud, "/forgot", N_MAILS, login).await;
}

#[tokio::test]
async fn asvs_6_3_8_log_in_answers_known_and_unknown_alike() {
    let cloud = start().await;
    let login = async |name: String| encoded(&[("login", &name), ("password", "no such password")]);
    compare(&cloud, "/login", N_LOGINS, login).await;
}

async fn start() -> TestCloud {
    TestCloud::start_with(|config| {
        config.demo = true;
        config.limits.cheap_hashes = false;
        config.limits.mails_per_hour = 1_000_000;
        config.limits.mails_per_day = 1_000_000;
    })
    .await
}

/// Sends `n` requests for known and `n` for unknown people in random order, and compares.
async fn compare(cloud: &TestCloud, path: &str, n: usize, fill: impl AsyncFn(String) -> String) {
    let hash = cloud
        .state
        .passwords
        .hash(zeroize::Zeroizing::new(PASSWORD.to_owned()))
        .await
        .unwrap();
    let wanted = std::env::var(PAIRS).ok().and_then(|n| n.parse().ok());
    let n = wanted.unwrap_or(n);
    let mut failures = Vec::new();
    for attempt in 0..ATTEMPTS {
        let mut times = [Vec::new(), Vec::new()];
        let mut shapes = Vec::new();
        let names: Vec<[String; 2]> = (0..n).map(|i| names(attempt, i)).collect();
        add_accounts(cloud, names.iter().map(|[known, _]| known), &hash).await;
        for pair in &names {
            let mut order = [0, 1];
            if Random.u32().is_multiple_of(2) {
                order.reverse();
            }
            for kind in order {
                let body = fill(pair[kind].clone()).await;
                let (time, answer) = send(cloud, path, &body).await;
                times[kind].push(time.as_secs_f64() * 1_000.0);
                shapes.push(shape(&answer, &pair[kind]));
            }
        }
        shapes.dedup();
        assert_eq!(shapes.len(), 1, "{path}: {shapes:#?}");
        match verdict(path, &mut times) {
            Ok(()) => return,
            Err(words) => failures.push(words),
        }
    }
    panic!("{failures:#?}");
}

/// Two addresses of one length.
fn names(attempt: usize, i: usize) -> [String; 2] {
    ["known", "other"].map(|kind| format!("{kind}{attempt}{i:05}@example.org"))
}

async fn add_accounts(
    cloud: &TestCloud,
    addresses: impl Iterator<Item = &String>,
    password_hash: &str,
) {
    let now = cloud.state.clock.now();
    let mut tx = cloud.state.db.begin().await.unwrap();
    for address in addresses {
        let email = Email::parse(address).unwrap();
        let name = address.split('@').next().unwrap();
        let new = NewAccount {
            id: &Random.id(),
            user_name: name,
            user_name_key: name,
            email: email.as_str(),
            email_key: email.key(),
            password_hash,
        };
        let is_new = cloud::db::accounts::insert(&mut tx, &new, now).await;
        assert!(is_new.unwrap(), "{address}");
    }
    tx.commit().await.unwrap();
}

/// A form with picture and work done, which takes no part in the measurement.
async fn form(cloud: &TestCloud, purpose: WorkPurpose, field: &str, value: &str) -> String {
    let id = captcha::new(&cloud.state);
    let letters = captcha::answer(&cloud.state, &id);
    let nobody = Client("192.0.2.1".to_owned());
    let wanted = For {
        worker: Worker::Client(&nobody),
        purpose,
        form_id: &id,
        age: 0,
        other_way: false,
    };
    let set = proof_of_work::set(&cloud.state, &wanted).await.unwrap();
    let work = proof_of_work::solve(&set).unwrap();
    encoded(&[
        (field, value),
        ("captcha", &id),
        ("letters", &letters),
        ("work", &work),
    ])
}

fn encoded(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}

/// One request from its own client; the time from its last byte to that of the answer.
async fn send(cloud: &TestCloud, path: &str, body: &str) -> (Duration, String) {
    let [_, a, b, c] = (Random.u32() | 1).to_be_bytes();
    let socket = TcpSocket::new_v4().unwrap();
    socket
        .bind(([127, a.max(1), b, c.clamp(1, 254)], 0).into())
        .unwrap();
    let mut stream = socket.connect(cloud.addr).await.unwrap();
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\naccept-language: en\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
        cloud.addr,
        body.len()
    );
    let begun = Instant::now();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    (begun.elapsed(), answer)
}

/// An answer without what is random: the address that was typed, the cookie's secret, the picture.
fn shape(answer: &str, name: &str) -> String {
    let mut text = answer.replace(name, "NAME");
    for (before, after) in [
        ("flow=", ";"),
        ("reset=", ";"),
        ("/captcha/", "."),
        ("date: ", "\r"),
    ] {
        let mut pieces = text.split(before);
        let mut plain = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let (secret, rest) = piece.split_once(after).unwrap_or((piece, ""));
            plain.push_str(&format!("{before}<{}>{after}{rest}", secret.len()));
        }
        text = plain;
    }
    text
}

fn verdict(path: &str, times: &mut [Vec<f64>; 2]) -> Result<(), String> {
    let t = welch(&times[0], &times[1]);
    let [(known, noise), (unknown, more)] = times.each_mut().map(|times| median(times));
    let noise = noise.hypot(more);
    let words = format!(
        "{path}, 2 x {} requests in random order: median {known:.3} ms known, {unknown:.3} ms unknown \
         (their difference is known to {noise:.3} ms), Welch's t {t:.2}",
        times[0].len()
    );
    shows(&words);
    let most = (MOST_DIFFERENCE.as_secs_f64() * 1_000.0).max(MOST_T * noise);
    if (known - unknown).abs() < most && t.abs() < MOST_T {
        Ok(())
    } else {
        Err(words)
    }
}

/// The median and its standard error, which is what half a root of n places to each side span.
fn median(times: &mut [f64]) -> (f64, f64) {
    times.sort_by(f64::total_cmp);
    let (middle, aside) = (times.len() / 2, times.len().isqrt() / 2);
    let error = (times[middle + aside] - times[middle - aside]) / 2.0;
    (times[middle], error)
}

fn welch(a: &[f64], b: &[f64]) -> f64 {
    let mean = |times: &[f64]| times.iter().sum::<f64>() / times.len() as f64;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let share = |times: &[f64], mean: f64| {
        let n = times.len() as f64;
        times.iter().map(|t| (t - mean).powi(2)).sum::<f64>() / (n - 1.0) / n
    };
    (mean_a - mean_b) / (share(a, mean_a) + share(b, mean_b)).sqrt()
}
