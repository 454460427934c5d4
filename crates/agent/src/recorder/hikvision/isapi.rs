//! A Hikvision recorder over ISAPI: finds its cameras once, then polls at a low rate whether they
//! still respond. A refused password stops it permanently.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use anyhow::Result;
use proto::backoff::Backoff;
use proto::isapi::{Capabilities, DeviceInfo, DeviceKind, EventChannels, Ports, path};
use rtsp::address::StreamAddress;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, sleep_until};
use url::Url;

use super::cameras::{Access, Lists, cameras};
use super::fetches::KnownCamera;
use super::http::{GetError, Http, HttpAccess};
use super::talk::TalkLines;
use crate::certificates::{CertificatePin, CertificatePins};
use crate::config::{HikvisionConfig, RtpTransport};
use crate::limits::{POLLS_PER_STREAM_LIST, RETRY_FIRST, RETRY_MOST};
use crate::recorder::desk::{DriverDesk, DriverReports};
use crate::recorder::health::HealthPace;
use crate::recorder::steering::serve_orders;
use crate::recorder::{Driver, RecorderIdentity, RecorderStatus, base_url, events, outputs};
use crate::stream::login::LoginGate;
use crate::stream::source::Login;

const DEFAULT_RTSP_PORT: u16 = 554;

#[derive(Debug)]
pub(in crate::recorder) struct Isapi {
    pub(super) http: Arc<Http>,
    talk: Arc<TalkLines>,
    base: Url,
    login: Login,
    gate: Arc<LoginGate>,
    transport: RtpTransport,
    is_basic_allowed: bool,
    certificate: CertificatePin,
    rtsp_port: Option<u16>,
    poll: Duration,
    /// What cameras answered about themselves. Held for one look-up, never across an await.
    known: Mutex<BTreeMap<u32, KnownCamera>>,
    /// Whose events are whose. Held like `known`.
    channels: Mutex<EventChannels>,
    /// Documents that the user may not read; as many as are read at all. Held like `known`.
    forbidden: Mutex<BTreeSet<String>>,
    /// How often the settings of a stream were changed from here. Held like `known`.
    pub(super) revisions: Mutex<BTreeMap<u32, u32>>,
    /// The settings of a stream were changed from here.
    pub(super) changed: Notify,
}

/// What stays the same while a recorder runs.
#[derive(Debug)]
pub(super) struct Opened {
    access: Access,
    is_recorder: bool,
    pub(super) has_inputs: bool,
    pub(super) has_proxies: bool,
}

/// Why the recorder is polled again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NextPoll {
    /// It is time.
    Due,
    /// The settings of a stream were changed from here.
    Changed,
}

impl Isapi {
    pub(in crate::recorder) fn new(
        config: &HikvisionConfig,
        pins: &CertificatePins,
    ) -> Result<Isapi> {
        let base = base_url(&config.address)?;
        let login = Login {
            user: config.user.clone(),
            password: config.password.clone(),
        };
        let gate = Arc::new(LoginGate::default());
        // One device, whatever port it is asked at.
        let certificate = pins.of(base.host_str().unwrap_or_default());
        let access = HttpAccess {
            login: login.clone(),
            is_basic_allowed: config.allow_basic,
            certificate: certificate.clone(),
            gate: Arc::clone(&gate),
        };
        let http = Arc::new(Http::new(base.clone(), access)?);
        Ok(Isapi {
            talk: Arc::new(TalkLines::new(Arc::clone(&http))),
            http,
            base,
            login,
            gate,
            transport: config.transport,
            is_basic_allowed: config.allow_basic,
            certificate,
            rtsp_port: config.rtsp_port,
            poll: Duration::from_secs(config.poll_seconds.max(1)),
            known: Mutex::default(),
            channels: Mutex::default(),
            forbidden: Mutex::default(),
            revisions: Mutex::default(),
            changed: Notify::new(),
        })
    }

    /// The lines on which one talks to it.
    pub(in crate::recorder) fn talk_lines(&self) -> Arc<TalkLines> {
        Arc::clone(&self.talk)
    }

    /// Finds and monitors cameras; returns only after a refused password.
    async fn watch(&self, reports: &DriverReports) {
        let mut backoff = Backoff::new(RETRY_FIRST, RETRY_MOST);
        let mut health = HealthPace::default();
        loop {
            health.found();
            let error = self.watch_over(reports, &mut backoff, &mut health).await;
            let (host, reason) = (self.base.host_str(), error.reason());
            if matches!(error, GetError::Refused(_)) {
                return reports.refused(host, reason);
            }
            reports.lost(host, reason, &error);
            // From here on, pictures that still arrive decide, not the recorder's last status.
            reports.sources.send_modify(|cameras| {
                for camera in cameras {
                    camera.is_online = None;
                }
            });
            sleep(backoff.next_wait(rand::random())).await;
        }
    }

    /// Opens the recorder and polls it until a request fails; returns the reason.
    async fn watch_over(
        &self,
        reports: &DriverReports,
        backoff: &mut Backoff,
        health: &mut HealthPace,
    ) -> GetError {
        let mut opened = match self.open(reports).await {
            Ok(opened) => opened,
            Err(error) => return error,
        };
        // It may be another recorder, or have another firmware.
        self.known().clear();
        let mut lists = Lists::default();
        let mut n_polls = 0_u32;
        loop {
            // Codecs and sizes less often, since they seldom change.
            let with_streams = n_polls.is_multiple_of(POLLS_PER_STREAM_LIST);
            if let Err(error) = self.list(&opened, &mut lists, with_streams).await {
                return error;
            }
            opened.access.revisions = self.revisions().clone();
            let found = cameras(&lists, &opened.access);
            // Nothing was found because nothing may be read.
            if found.is_empty() && !self.forbidden().is_empty() {
                return GetError::Status(403);
            }
            backoff.succeeded();
            *self.channels() = EventChannels {
                cameras: found.iter().filter_map(|it| it.id.parse().ok()).collect(),
                inputs: lists.inputs.iter().map(|it| it.channel).collect(),
                proxies: lists.proxies.clone(),
            };
            reports.found(found);
            reports.status(RecorderStatus::Online);
            // After the cameras are reported, since each answer may take a second.
            if with_streams {
                match self.find_transcoded(&mut lists).await {
                    Ok(()) => reports.found(cameras(&lists, &opened.access)),
                    Err(error) => return error,
                }
            }
            if health.is_due(Instant::now()) {
                self.report_health(opened.is_recorder, reports).await;
            }
            match self.until_next_poll(&opened, reports, health).await {
                Ok(NextPoll::Due) => n_polls = n_polls.wrapping_add(1),
                Ok(NextPoll::Changed) => n_polls = 0,
                Err(error) => return error,
            }
        }
    }

    /// Waits for the next poll; what the recorder reports about a disk has it asked for all of them meanwhile.
    async fn until_next_poll(
        &self,
        opened: &Opened,
        reports: &DriverReports,
        health: &mut HealthPace,
    ) -> Result<NextPoll, GetError> {
        let next_poll = Instant::now() + self.poll;
        loop {
            tokio::select! {
                () = sleep_until(next_poll) => return Ok(NextPoll::Due),
                () = self.changed.notified() => return Ok(NextPoll::Changed),
                () = reports.disk_event.notified() => {
                    health.disk_reported();
                    if health.is_due(Instant::now()) {
                        self.report_health(opened.is_recorder, reports).await;
                    }
                }
                // The login of a stream or of another request may be refused meanwhile.
                refused = self.gate.until_refused() => return Err(refused.into()),
            }
        }
    }

    pub(super) fn known(&self) -> MutexGuard<'_, BTreeMap<u32, KnownCamera>> {
        self.known
            .lock()
            .expect("no code panics while it holds the answers")
    }

    pub(super) fn channels(&self) -> MutexGuard<'_, EventChannels> {
        self.channels
            .lock()
            .expect("no code panics while it holds the channels")
    }

    pub(super) fn forbidden(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.forbidden
            .lock()
            .expect("no code panics while it holds the paths")
    }

    pub(super) fn revisions(&self) -> MutexGuard<'_, BTreeMap<u32, u32>> {
        self.revisions
            .lock()
            .expect("no code panics while it holds the revisions")
    }

    pub(super) fn host(&self) -> Option<&str> {
        self.base.host_str()
    }

    async fn open(&self, reports: &DriverReports) -> Result<Opened, GetError> {
        // A user without the right to read it may see the lists and the pictures all the same.
        let info = self.optional(path::DEVICE_INFO, DeviceInfo::parse).await?;
        tracing::info!(
            recorder.host = self.base.host_str(),
            recorder.model = info.as_ref().map(|info| info.model.as_str()),
            recorder.firmware = info.as_ref().map(|info| info.firmware_version.as_str()),
            "recorder found"
        );
        let is_recorder = info
            .as_ref()
            .is_none_or(|info| info.kind == DeviceKind::Recorder);
        self.talk.opened(is_recorder);
        // Empty if it does not say.
        let identity = info.map(|info| RecorderIdentity {
            model: info.model,
            firmware: info.firmware_version,
        });
        reports.identity(identity.unwrap_or_default());
        let capabilities = self
            .optional(path::CAPABILITIES, Capabilities::parse)
            .await?;
        let place = match self.rtsp_port {
            Some(port) => Some((port, false)),
            None => {
                // Not every user may read it; then the usual port is tried.
                let ports = self.optional(path::ADMIN_ACCESSES, Ports::parse).await?;
                ports.and_then(Ports::of_streams)
            }
        };
        Ok(Opened {
            access: Access {
                rtsp: self.rtsp_address(place.unwrap_or((DEFAULT_RTSP_PORT, false))),
                login: self.login.clone(),
                transport: self.transport,
                is_basic_allowed: self.is_basic_allowed,
                certificate: self.certificate.clone(),
                gate: Arc::clone(&self.gate),
                revisions: BTreeMap::new(),
            },
            is_recorder,
            // What the recorder does not say about its inputs, its lists do.
            has_inputs: is_recorder && capabilities.is_none_or(|it| it.n_analog_inputs != Some(0)),
            has_proxies: is_recorder
                && capabilities.is_none_or(|it| it.n_network_inputs != Some(0)),
        })
    }

    fn rtsp_address(&self, (port, is_tls): (u16, bool)) -> StreamAddress {
        let host = self.base.host_str().unwrap_or_default();
        StreamAddress {
            is_tls,
            host: host.trim_matches(['[', ']']).to_owned(),
            port,
            path: String::new(),
        }
    }
}

impl Driver for Isapi {
    async fn run(&mut self, desk: &mut DriverDesk) {
        let DriverDesk { reports, requests } = desk;
        tokio::select! {
            () = self.watch(reports) => {}
            // A poll of a slow recorder must not delay what a person asks for, nor a picture an order.
            () = self.serve_key_frames(&mut requests.key_frames) => {}
            () = serve_orders(self, &mut requests.orders, reports) => {}
            () = self.serve_fetches(&mut requests.fetches, reports) => {}
            () = outputs::serve(self, &mut requests.outputs, reports) => {}
            () = events::serve(self, &mut requests.events, reports) => {}
        }
    }
}
