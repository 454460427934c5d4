//! A Hikvision recorder over ISAPI: finds its cameras once, then polls at a low rate whether they
//! still respond. A refused password stops it permanently.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use proto::backoff::Backoff;
use proto::isapi::{
    Capabilities, DeviceInfo, DeviceKind, IsapiError, Ports, ProxyChannel, ProxyStatus,
    StreamingChannel, VideoInput, path,
};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until};
use url::Url;

use super::RecorderStatus;
use super::cameras::{Access, Lists, cameras};
use super::http::{GetError, Http};
use crate::config::{HikvisionConfig, RtpTransport, address};
use crate::limits::{MAX_KEY_FRAME_ASKS, POLLS_PER_STREAM_LIST, RETRY_FIRST, RETRY_MOST};
use crate::stream::login::LoginGate;
use crate::stream::source::{CameraSource, Login};

const DEFAULT_RTSP_PORT: u16 = 554;

#[derive(Debug)]
pub(super) struct Isapi {
    http: Http,
    base: Url,
    login: Login,
    gate: Arc<LoginGate>,
    transport: RtpTransport,
    rtsp_port: Option<u16>,
    poll: Duration,
    key_frame_asks: (mpsc::Sender<u32>, mpsc::Receiver<u32>),
}

/// What stays the same while a recorder runs.
#[derive(Debug)]
struct Opened {
    access: Access,
    has_inputs: bool,
    has_proxies: bool,
}

impl Isapi {
    pub(super) fn new(config: &HikvisionConfig) -> Result<Isapi> {
        let base = base_url(&config.address)?;
        let login = Login {
            user: config.user.clone(),
            password: config.password.clone(),
        };
        let gate = Arc::new(LoginGate::default());
        Ok(Isapi {
            http: Http::new(base.clone(), login.clone(), Arc::clone(&gate))?,
            base,
            login,
            gate,
            transport: config.transport,
            rtsp_port: config.rtsp_port,
            poll: Duration::from_secs(config.poll_seconds.max(1)),
            key_frame_asks: mpsc::channel(MAX_KEY_FRAME_ASKS),
        })
    }

    /// Finds and monitors cameras; returns only after a refused password.
    pub(super) async fn run(
        &mut self,
        sources: &watch::Sender<Vec<CameraSource>>,
        status: &watch::Sender<RecorderStatus>,
    ) {
        let mut backoff = Backoff::new(RETRY_FIRST, RETRY_MOST);
        loop {
            let error = match self.watch_over(sources, status, &mut backoff).await {
                GetError::Refused(reason) => {
                    tracing::error!(
                        recorder.host = self.base.host_str(),
                        "{reason}; no further attempts until the settings change"
                    );
                    status.send_replace(RecorderStatus::Refused(reason));
                    return;
                }
                other => other.to_string(),
            };
            tracing::warn!(
                recorder.host = self.base.host_str(),
                "recorder lost: {error}"
            );
            status.send_replace(RecorderStatus::Unreachable(error));
            // From here on, pictures that still arrive decide, not the recorder's last status.
            sources.send_modify(|cameras| {
                for camera in cameras {
                    camera.is_online = None;
                }
            });
            sleep(backoff.next_wait(rand::random())).await;
        }
    }

    /// Opens the recorder and polls it until a request fails; returns the reason.
    async fn watch_over(
        &mut self,
        sources: &watch::Sender<Vec<CameraSource>>,
        status: &watch::Sender<RecorderStatus>,
        backoff: &mut Backoff,
    ) -> GetError {
        let opened = match self.open().await {
            Ok(opened) => opened,
            Err(error) => return error,
        };
        let mut lists = Lists::default();
        for n_polls in 0_u32.. {
            if let Err(error) = self.list(&opened, &mut lists, n_polls).await {
                return error;
            }
            backoff.succeeded();
            let found = cameras(&lists, &opened.access);
            sources.send_if_modified(|known| {
                let is_new = *known != found;
                *known = found;
                is_new
            });
            status.send_if_modified(|old| {
                let is_new = *old != RecorderStatus::Online;
                *old = RecorderStatus::Online;
                is_new
            });
            if let Err(error) = self.rest().await {
                return error;
            }
        }
        GetError::Unreachable("the recorder is opened anew")
    }

    /// Waits for the next poll, and requests key frames in the meantime. Fails immediately if the
    /// login of a stream was refused.
    async fn rest(&mut self) -> Result<(), GetError> {
        let next_poll = Instant::now() + self.poll;
        let gate = Arc::clone(&self.gate);
        loop {
            tokio::select! {
                () = sleep_until(next_poll) => return Ok(()),
                Some(stream_id) = self.key_frame_asks.1.recv() => {
                    self.ask_for_key_frame(stream_id).await?;
                }
                refused = gate.until_refused() => return Err(refused.into()),
            }
        }
    }

    /// Not every recorder supports this; then the next regular key frame has to do.
    async fn ask_for_key_frame(&mut self, stream_id: u32) -> Result<(), GetError> {
        match self.http.put(&path::request_key_frame(stream_id)).await {
            Err(refused @ GetError::Refused(_)) => Err(refused),
            Err(error) => {
                tracing::debug!(
                    stream.id = stream_id,
                    "the recorder refused a key frame request: {error}"
                );
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    async fn open(&mut self) -> Result<Opened, GetError> {
        let info = DeviceInfo::parse(&self.http.get(path::DEVICE_INFO).await?)?;
        tracing::info!(
            recorder.host = self.base.host_str(),
            recorder.model = info.model,
            recorder.firmware = info.firmware_version,
            "recorder found"
        );
        let is_recorder = info.kind == DeviceKind::Recorder;
        let capabilities = self
            .optional(path::CAPABILITIES, Capabilities::parse)
            .await?;
        let port = match self.rtsp_port {
            Some(port) => Some(port),
            None => {
                // Not every user may read it; then the usual port is tried.
                let ports = self.optional(path::ADMIN_ACCESSES, Ports::parse).await?;
                ports.and_then(|ports| ports.rtsp)
            }
        };
        Ok(Opened {
            access: Access {
                rtsp: self.rtsp_url(port.unwrap_or(DEFAULT_RTSP_PORT))?,
                login: self.login.clone(),
                transport: self.transport,
                gate: Arc::clone(&self.gate),
                key_frame_asks: self.key_frame_asks.0.clone(),
            },
            // If the capabilities are unknown, both lists are tried.
            has_inputs: is_recorder && capabilities.is_none_or(|it| it.n_analog_inputs > 0),
            has_proxies: is_recorder && capabilities.is_none_or(|it| it.n_network_inputs > 0),
        })
    }

    /// Reads the lists again; codecs and sizes less often, since they seldom change.
    async fn list(
        &mut self,
        opened: &Opened,
        lists: &mut Lists,
        n_polls: u32,
    ) -> Result<(), GetError> {
        if opened.has_inputs {
            let inputs = self.optional(path::VIDEO_INPUTS, VideoInput::parse_list);
            lists.inputs = inputs.await?.unwrap_or_default();
        }
        if opened.has_proxies {
            let proxies = self.optional(path::PROXY_CHANNELS, ProxyChannel::parse_list);
            lists.proxies = proxies.await?.unwrap_or_default();
        }
        if !lists.proxies.is_empty() {
            lists.proxy_status = self
                .optional(path::PROXY_STATUS, ProxyStatus::parse)
                .await?;
        }
        if n_polls.is_multiple_of(POLLS_PER_STREAM_LIST) {
            let streams = self.optional(path::STREAMING_CHANNELS, StreamingChannel::parse_list);
            lists.streams = streams.await?.unwrap_or_default();
        }
        Ok(())
    }

    /// Fetches a document that not every recorder or user has. A recorder that does not answer at
    /// all is still an error.
    async fn optional<T>(
        &mut self,
        path: &str,
        parse: fn(&[u8]) -> Result<T, IsapiError>,
    ) -> Result<Option<T>, GetError> {
        let parsed = match self.http.get(path).await {
            Ok(body) => parse(&body).map_err(GetError::from),
            Err(error) => Err(error),
        };
        match parsed {
            Ok(value) => Ok(Some(value)),
            Err(error @ (GetError::Refused(_) | GetError::Unreachable(_))) => Err(error),
            Err(error @ (GetError::Status(_) | GetError::Answer(_))) => {
                tracing::debug!(
                    recorder.host = self.base.host_str(),
                    path,
                    "could not read it: {error}"
                );
                Ok(None)
            }
        }
    }

    fn rtsp_url(&self, port: u16) -> Result<Url, GetError> {
        let host = self.base.host_str().unwrap_or_default();
        Url::parse(&format!("rtsp://{host}:{port}"))
            .map_err(|_| GetError::Unreachable("the recorder's address cannot be used for RTSP"))
    }
}

/// Completes an address as people write it.
pub(super) fn base_url(address: &str) -> Result<Url> {
    let text = if address.contains("://") {
        address.to_owned()
    } else {
        format!("http://{address}")
    };
    // A possible login is not repeated: it would appear on terminals, and a part of it as the name.
    let url = address::parse(&text).context("reading the address of a recorder")?;
    let is_plain = url.username().is_empty() && url.password().is_none() && url.path() == "/";
    let is_whole = url.query().is_none() && url.fragment().is_none();
    if !matches!(url.scheme(), "http" | "https") || !is_plain || !is_whole {
        bail!(
            "the address of a recorder must look like 192.0.2.10, 192.0.2.10:8000 or https://…, \
             with user name and password set separately"
        );
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_without_scheme_or_port_are_completed() {
        for (address, expected) in [
            ("192.0.2.10", "http://192.0.2.10/"),
            ("192.0.2.10:8000", "http://192.0.2.10:8000/"),
            ("[2001:db8::1]:81", "http://[2001:db8::1]:81/"),
            ("dvr.lan", "http://dvr.lan/"),
            ("https://dvr.lan", "https://dvr.lan/"),
        ] {
            assert_eq!(base_url(address).expect(address).as_str(), expected);
        }
    }

    #[test]
    fn addresses_with_a_login_or_a_path_are_refused() {
        for address in [
            "",
            "http://ana:x@192.0.2.1",
            "admin:12345#67@192.0.2.1",
            "admin:pa#ss@192.0.2.1",
            "192.0.2.1#x",
            "192.0.2.1/ISAPI",
            "ftp://192.0.2.1",
        ] {
            assert!(base_url(address).is_err(), "{address}");
        }
    }
}
