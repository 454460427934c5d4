//! The roles of this program inside a namespace: the simulated recorder, a query to the cloud, or a viewer
//! that takes commands on its standard input.

use std::path::Path;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::client::Client;
use super::native;
use super::page::Page;
use super::sighting::{Sighting, say};
use super::world::{PASSWORD, RECORDER_PASSWORD, RECORDER_USER, USER};

/// Plays one role until its standard input closes or the lab ends it; the words are its arguments.
pub(crate) async fn play(words: &[String]) -> Result<(), String> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["recorder"] => recorder().await,
        ["log-in", url, authority] => {
            let client = Client::new(url, Path::new(authority));
            let cookie = client.log_in(USER, PASSWORD).await?;
            print(&format!("Cookie: {cookie}"));
            Ok(())
        }
        ["online", url, authority, cookie, serial] => {
            let client = Client::new(url, Path::new(authority));
            client.sees_online(cookie, serial).await?;
            print("Online: yes");
            Ok(())
        }
        ["native", url, authority, cookie, serial] => {
            let client = Client::new(url, Path::new(authority));
            native_viewer(&client, cookie, serial).await
        }
        ["page", url] => page_viewer(url).await,
        _ => Err(format!("no such role: {words:?}")),
    }
}

async fn recorder() -> Result<(), String> {
    let mut config = simdvr::Config::four_cameras(RECORDER_USER, RECORDER_PASSWORD);
    // One camera: the page shows that one, as every other viewer does.
    config.cameras.truncate(1);
    config.empty_inputs = 0;
    let recorder = simdvr::SimDvr::bind(config)
        .await
        .map_err(|error| format!("{error:#}"))?;
    print(&format!("ISAPI: {}", recorder.http_addr()));
    print(&format!("RTSP: {}", recorder.rtsp_addr()));
    let ran = recorder.run(CancellationToken::new()).await;
    ran.map_err(|error| format!("{error:#}"))
}

async fn native_viewer(client: &Client, cookie: &str, serial: &str) -> Result<(), String> {
    let mut orders = orders();
    say(&Sighting::Ready);
    let mut order = orders.recv().await;
    while let Some(text) = order {
        order = if text.starts_with("call") {
            tokio::select! {
                order = orders.recv() => order,
                over = native::watch(client, cookie, serial) => {
                    say(&Sighting::Over(over.err().unwrap_or_default()));
                    orders.recv().await
                }
            }
        } else {
            orders.recv().await
        };
    }
    Ok(())
}

async fn page_viewer(url: &str) -> Result<(), String> {
    let mut orders = orders();
    let page = Page::open(url, USER, PASSWORD).await;
    say(&Sighting::Ready);
    let mut order = orders.recv().await;
    while let Some(text) = order {
        order = match text.strip_prefix("call ") {
            Some(path) => {
                tokio::select! {
                    order = orders.recv() => order,
                    () = page.watch(path) => None,
                }
            }
            None => {
                page.leave().await;
                say(&Sighting::Ready);
                orders.recv().await
            }
        };
    }
    Ok(())
}

/// The lines of standard input; it closes when the lab ends, however it ends.
fn orders() -> mpsc::UnboundedReceiver<String> {
    let (sender, orders) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        let lines = std::io::stdin().lines().map_while(Result::ok);
        lines
            .take_while(|line| sender.send(line.clone()).is_ok())
            .for_each(drop);
    });
    orders
}

#[expect(clippy::print_stdout, reason = "the lab reads it")]
pub(crate) fn print(line: &str) {
    println!("{line}");
}
