//! `/help`: first steps, downloads with commands that check and install them, and what the server can and cannot see.

use askama::Template;
use axum::extract::State as From;

use super::menu::{Menu, Place};
use crate::downloads::{Architecture, Contents, Download, DownloadKind};
use crate::state::State;
use crate::visitor::SignedIn;
use crate::web::error::Result;
use crate::web::page;

#[derive(Template)]
#[template(path = "help.html")]
struct HelpPage {
    menu: Menu,
    /// The cloud's own program at least, unless it runs on an unusual computer.
    computers: Vec<Computer>,
    /// Whether computers of some kind find nothing here.
    lacks_some: bool,
    start: String,
    status: &'static str,
}

/// A kind of computer, and what there is for it.
struct Computer {
    architecture: Architecture,
    downloads: Vec<OfferedDownload>,
}

/// One file, with the command that fetches, checks and installs it.
struct OfferedDownload {
    name: &'static str,
    is_package: bool,
    needs_libraries: bool,
    megabytes: u64,
    sha256: String,
    command: String,
}

/// `GET /help`: the same page for everybody, with commands to copy.
pub async fn show(From(state): From<State>, who: SignedIn) -> Result {
    let cloud = state.public_url.as_str().trim_end_matches('/');
    let mut computers = Vec::new();
    for architecture in [Architecture::Amd64, Architecture::Arm64] {
        let downloads = offered(&state, architecture).await;
        if !downloads.is_empty() {
            computers.push(Computer {
                architecture,
                downloads,
            });
        }
    }
    Ok(page::show(&HelpPage {
        lacks_some: computers.len() < 2,
        computers,
        start: format!("peerview agent --cloud {cloud}"),
        status: "peerview agent status",
        menu: Menu::new(&who, Place::Help),
    }))
}

async fn offered(state: &State, architecture: Architecture) -> Vec<OfferedDownload> {
    let mut offered = Vec::new();
    let of_it = |file: &&Download| file.architecture == architecture;
    for file in state.downloads.all().filter(of_it) {
        match file.contents().await {
            Ok(contents) => offered.push(OfferedDownload::new(state, file, contents)),
            Err(error) => tracing::warn!(file = file.name, %error, "a download cannot be read"),
        }
    }
    offered
}

impl OfferedDownload {
    fn new(state: &State, file: &Download, contents: Contents) -> OfferedDownload {
        let is_package = file.kind == DownloadKind::Package;
        OfferedDownload {
            name: file.name,
            is_package,
            needs_libraries: file.needs_libraries(),
            megabytes: contents.n_bytes.div_ceil(1_000_000),
            command: command(state, file.name, is_package, &contents.sha256),
            sha256: contents.sha256,
        }
    }
}

/// Fetches, checks and installs in one line, which stops where something is wrong.
fn command(state: &State, name: &str, is_package: bool, sha256: &str) -> String {
    let cloud = state.public_url.as_str().trim_end_matches('/');
    // The demo has made its certificate itself. What arrives is checked all the same.
    let trusting = match state.config.demo && state.is_https() {
        true => "--insecure ",
        false => "",
    };
    let install = match is_package {
        true => format!("apt install ./{name}"),
        false => format!("install {name} /usr/local/bin/peerview"),
    };
    // A star instead of a second blank: who copies by hand may get only one blank.
    format!(
        "curl {trusting}-fO {cloud}/downloads/{name} && echo '{sha256} *{name}' | sha256sum -c && sudo {install}"
    )
}
