//! Cameras that the settings list by RTSP address.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use percent_encoding::percent_decode_str;
use url::Url;

use super::cameras::camera_name;
use super::host_and_port;
use crate::config::{Password, RtspConfig, address};
use crate::limits::MAX_CAMERAS;
use crate::stream::login::LoginGate;
use crate::stream::source::{CameraSource, Login, Source};

/// The cameras of the settings, numbered from 1: first those of `url`, then `cameras`.
pub(super) fn cameras(config: &RtspConfig) -> Result<Vec<CameraSource>> {
    let mut gates = LoginGates::default();
    let nameless = config.url.0.iter().map(|main| ("", main, None));
    let named = config
        .cameras
        .iter()
        .map(|camera| (camera.name.as_str(), &camera.main, camera.sub.as_ref()));
    let mut cameras = Vec::new();
    for (number, (name, main, sub)) in (1..).zip(nameless.chain(named)) {
        let name = camera_name(name, number);
        let sub = sub
            .map(|sub| gates.source(config, sub))
            .transpose()
            .with_context(|| format!("reading the sub-stream of {name:?}"))?;
        cameras.push(CameraSource {
            id: number.to_string(),
            main: gates
                .source(config, main)
                .with_context(|| format!("reading the address of {name:?}"))?,
            sub,
            name,
            is_online: None,
        });
    }
    ensure!(
        !cameras.is_empty(),
        "an RTSP recorder needs `url` or `cameras`"
    );
    ensure!(
        cameras.len() <= MAX_CAMERAS,
        "a recorder has at most {MAX_CAMERAS} cameras"
    );
    Ok(cameras)
}

/// The address that names the recorder if the settings do not.
pub(super) fn first_url(config: &RtspConfig) -> Result<Url> {
    let named = config.cameras.iter().map(|camera| &camera.main);
    config
        .url
        .0
        .iter()
        .chain(named)
        .next()
        .context("an RTSP recorder needs `url` or `cameras`")
        .and_then(|url| Ok(address::rtsp_url(url.as_str())?))
}

/// One gate per login and host, so that a wrong password is tried there once.
#[derive(Default)]
struct LoginGates(BTreeMap<(String, Option<String>), Arc<LoginGate>>);

impl LoginGates {
    fn source(&mut self, config: &RtspConfig, url: &Url) -> Result<Source> {
        // Settings that did not come from the file's parser have not been checked.
        address::rtsp_url(url.as_str())?;
        let login = login_of(url, config)?;
        // The login goes separately: retina refuses one in the address.
        let mut url = url.clone();
        let is_cleared = url.set_username("").and_then(|()| url.set_password(None));
        is_cleared
            .ok()
            .context("the address cannot contain a user name")?;
        let key = (
            host_and_port(&url),
            login.as_ref().map(|login| login.user.clone()),
        );
        Ok(Source {
            url,
            login,
            transport: config.transport,
            gate: Arc::clone(self.0.entry(key).or_default()),
            key_frames: None,
        })
    }
}

/// The login in the address, or the one in the settings.
fn login_of(url: &Url, config: &RtspConfig) -> Result<Option<Login>> {
    if !url.username().is_empty() {
        return Ok(Some(Login {
            user: decoded(url.username())?,
            password: Password::new(decoded(url.password().unwrap_or_default())?),
        }));
    }
    Ok(config.user.as_ref().map(|user| Login {
        user: user.clone(),
        password: config.password.clone().unwrap_or(Password::new("")),
    }))
}

/// Decodes the percent-encoding of a user name or password in an address.
fn decoded(text: &str) -> Result<String> {
    let decoded = percent_decode_str(text).decode_utf8();
    Ok(decoded
        .context("the login in the address is not UTF-8")?
        .into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::OneOrMore;

    fn cameras_of(text: &str) -> Result<Vec<CameraSource>> {
        cameras(&toml::from_str(text).expect("right settings"))
    }

    #[test]
    fn the_login_is_removed_from_an_address_before_use() {
        let cameras = cameras_of(r#"url = "rtsp://ana:a%40b%20c@192.0.2.1:8554/live""#)
            .expect("right settings");

        let source = &cameras[0].main;
        assert_eq!(source.url.as_str(), "rtsp://192.0.2.1:8554/live");
        let login = source.login.as_ref().expect("a login");
        assert_eq!(
            (login.user.as_str(), login.password.reveal()),
            ("ana", "a@b c")
        );
    }

    #[test]
    fn a_percent_sign_without_hex_digits_is_kept() {
        let cameras = cameras_of(r#"url = "rtsp://ana:50%+1%-1%4@192.0.2.1/live""#);

        let login = cameras.expect("right settings")[0].main.login.clone();
        assert_eq!(login.expect("a login").password.reveal(), "50%+1%-1%4");
    }

    #[test]
    fn cameras_without_a_name_are_numbered() {
        let cameras = cameras_of(
            r#"
            urls = ["rtsp://192.0.2.1/1", "rtsp://192.0.2.1/2"]
            cameras = [{ name = "Gate", main = "rtsp://192.0.2.1/3", sub = "rtsp://192.0.2.1/4" }]
            "#,
        )
        .expect("right settings");

        let names: Vec<(&str, &str, bool)> = cameras
            .iter()
            .map(|camera| {
                (
                    camera.id.as_str(),
                    camera.name.as_str(),
                    camera.sub.is_some(),
                )
            })
            .collect();
        assert_eq!(
            names,
            [
                ("1", "Camera 1", false),
                ("2", "Camera 2", false),
                ("3", "Gate", true)
            ]
        );
    }

    #[test]
    fn streams_with_the_same_host_and_login_share_a_gate() {
        let cameras = cameras_of(
            r#"
            user = "ana"
            password = "x"
            urls = ["rtsp://192.0.2.1/1", "rtsp://192.0.2.1/2", "rtsp://192.0.2.2/1"]
            "#,
        )
        .expect("right settings");

        let gate = |at: usize| &cameras[at].main.gate;
        assert!(Arc::ptr_eq(gate(0), gate(1)));
        assert!(!Arc::ptr_eq(gate(0), gate(2)));
    }

    #[test]
    fn addresses_that_are_not_rtsp_are_refused() {
        assert!(cameras_of("").is_err());
        for text in [
            "http://192.0.2.1/",
            "rtsp:///x",
            "rtsp://admin:12345#67@192.0.2.1/",
        ] {
            let config = RtspConfig {
                url: OneOrMore(vec![Url::parse(text).expect("some address")]),
                ..toml::from_str("").expect("defaults")
            };
            assert!(cameras(&config).is_err(), "{text}");
        }
    }
}
