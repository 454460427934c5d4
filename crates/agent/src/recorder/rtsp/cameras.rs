//! Cameras that the settings list by RTSP address.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use rtsp::address::StreamAddress;

use crate::certificates::CertificatePins;
use crate::config::address::CameraAddress;
use crate::config::{Password, RtpTransport, RtspConfig};
use crate::limits::MAX_CAMERAS;
use crate::recorder::camera_name;
use crate::stream::login::LoginGate;
use crate::stream::source::{CameraSource, Login, Source};

/// The cameras of the settings, numbered from 1: first those of `url`, then `cameras`.
pub(in crate::recorder) fn cameras(
    config: &RtspConfig,
    pins: &CertificatePins,
) -> Result<Vec<CameraSource>> {
    let mut sources = AddressSources::new(config, pins);
    let nameless = config.url.0.iter().map(|main| ("", main, None, None));
    let named = config.cameras.iter().map(|camera| {
        let name = camera.name.as_str();
        (name, &camera.main, camera.sub.as_ref(), camera.transport)
    });
    let mut cameras = Vec::new();
    for (number, (name, main, sub, transport)) in (1..).zip(nameless.chain(named)) {
        let transport = transport.unwrap_or(config.transport);
        cameras.push(CameraSource {
            id: number.to_string(),
            main: sources.source(main, transport),
            sub: sub.map(|sub| sources.source(sub, transport)),
            name: camera_name(name, number),
            is_online: None,
            more: BTreeMap::new(),
            // What comes in shows it.
            formats: BTreeMap::new(),
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
pub(in crate::recorder) fn first_address(config: &RtspConfig) -> Result<&StreamAddress> {
    let named = config.cameras.iter().map(|camera| &camera.main);
    config
        .url
        .0
        .iter()
        .chain(named)
        .next()
        .map(|address| &address.at)
        .context("an RTSP recorder needs `url` or `cameras`")
}

/// Makes sources with one gate per login and host, so that a wrong password is tried there once.
struct AddressSources<'a> {
    config: &'a RtspConfig,
    pins: &'a CertificatePins,
    gates: BTreeMap<(String, Option<String>), Arc<LoginGate>>,
}

impl<'a> AddressSources<'a> {
    fn new(config: &'a RtspConfig, pins: &'a CertificatePins) -> AddressSources<'a> {
        AddressSources {
            config,
            pins,
            gates: BTreeMap::new(),
        }
    }

    fn source(&mut self, address: &CameraAddress, transport: RtpTransport) -> Source {
        let login = login_of(address, self.config);
        let place = address.at.place();
        let user = login.as_ref().map(|login| login.user.clone());
        Source {
            address: address.at.clone(),
            login,
            transport,
            is_basic_allowed: self.config.allow_basic,
            certificate: self.pins.of(&place),
            gate: Arc::clone(self.gates.entry((place, user)).or_default()),
            revision: 0,
        }
    }
}

/// The login in the address, or the one in the settings.
fn login_of(address: &CameraAddress, config: &RtspConfig) -> Option<Login> {
    let own = address.login.clone().map(|login| {
        let (user, password) = login.into_parts();
        let password = Password::new(password);
        Login { user, password }
    });
    let of_settings = || {
        config.user.as_ref().map(|user| Login {
            user: user.clone(),
            password: config.password.clone().unwrap_or(Password::new("")),
        })
    };
    own.or_else(of_settings)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cameras_of(text: &str) -> Result<Vec<CameraSource>> {
        let no_roots = Arc::new(rustls::RootCertStore::empty());
        let nowhere = std::path::Path::new("/nowhere");
        let pins = CertificatePins::open(nowhere, no_roots).expect("no file");
        cameras(&toml::from_str(text).expect("right settings"), &pins)
    }

    #[test]
    fn the_login_is_removed_from_an_address_before_use() {
        let cameras = cameras_of(r#"url = "rtsp://ana:a%40b%20c@192.0.2.1:8554/live""#)
            .expect("right settings");

        let source = &cameras[0].main;
        assert_eq!(source.address.url(), "rtsp://192.0.2.1:8554/live");
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
    fn a_camera_may_have_its_own_transport() {
        let cameras = cameras_of(
            r#"
            transport = "udp"
            cameras = [
                { name = "Gate", main = "rtsp://192.0.2.1/3", sub = "rtsp://192.0.2.1/4", transport = "tcp" },
                { name = "Yard", main = "rtsp://192.0.2.1/5" },
            ]
            "#,
        )
        .expect("right settings");

        assert_eq!(cameras[0].main.transport, RtpTransport::Tcp);
        let sub = cameras[0].sub.as_ref().expect("a sub stream");
        assert_eq!(sub.transport, RtpTransport::Tcp);
        assert_eq!(cameras[1].main.transport, RtpTransport::Udp);
    }

    #[test]
    fn a_recorder_without_addresses_is_refused() {
        assert!(cameras_of("").is_err());
    }
}
