//! The driver: opens the device, lists its cameras with the addresses of their streams, then polls at
//! a low rate whether it still responds. A refused password stops it permanently.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use anyhow::Result;
use onvif::device::{DEVICE_PATH, DeviceInformation, ServiceAddresses};
use onvif::events::PullPoint;
use onvif::media::{self, MediaProfile};
use onvif::{OnvifError, OnvifService};
use proto::backoff::Backoff;
use proto::health::{RecorderHealth, told_clock};
use tokio::sync::{Notify, mpsc};
use tokio::time::{Instant, sleep, sleep_until};
use url::Url;

use super::cameras::{OnvifCamera, cameras};
use super::fetches::KnownOnvif;
use super::loudspeakers::{Loudspeakers, ProfileLack};
use super::places;
use super::soap::{SoapClient, SoapFailure, optional};
use crate::certificates::{CertificatePin, CertificatePins};
use crate::config::{OnvifConfig, RtpTransport};
use crate::limits::{POLLS_PER_STREAM_LIST, RETRY_FIRST, RETRY_MOST};
use crate::recorder::desk::{DriverDesk, DriverReports};
use crate::recorder::handle::KeyFrameWish;
use crate::recorder::health::HealthPace;
use crate::recorder::steering::serve_orders;
use crate::recorder::{Driver, RecorderIdentity, RecorderStatus, base_url, events, outputs};
use crate::stream::login::LoginGate;
use crate::stream::source::{CameraSource, Login, Source};

/// An ONVIF device.
#[derive(Debug)]
pub(in crate::recorder) struct OnvifRecorder {
    pub(super) soap: Arc<SoapClient>,
    base: Url,
    login: Login,
    gate: Arc<LoginGate>,
    certificate: CertificatePin,
    transport: RtpTransport,
    is_basic_allowed: bool,
    rtsp_port: Option<u16>,
    poll: Duration,
    /// Where its services are. Held for one look-up, never across an await, like the next two.
    services: Arc<Mutex<BTreeMap<OnvifService, Url>>>,
    listed: Mutex<Vec<OnvifCamera>>,
    /// What their profiles lack to take sound.
    lacking: Arc<Mutex<BTreeMap<String, ProfileLack>>>,
    /// What cameras answered about themselves.
    known: Mutex<BTreeMap<String, KnownOnvif>>,
    /// How often the settings of a profile were changed from here. Held like the others.
    revisions: Mutex<BTreeMap<String, u32>>,
    /// The settings of a profile were changed from here.
    pub(super) changed: Notify,
    /// The subscription to events, and where it is really reached. Held like the others.
    subscription: Mutex<Option<(PullPoint, Url)>>,
}

impl OnvifRecorder {
    pub(in crate::recorder) fn new(
        config: &OnvifConfig,
        pins: &CertificatePins,
    ) -> Result<OnvifRecorder> {
        let base = base_url(&config.address)?;
        let mut device = base.clone();
        device.set_path(DEVICE_PATH);
        let login = Login {
            user: config.user.clone(),
            password: config.password.clone(),
        };
        let gate = Arc::new(LoginGate::default());
        // One device, whatever port it is asked at.
        let certificate = pins.of(base.host_str().unwrap_or_default());
        let soap = SoapClient::new(device, login.clone(), &certificate, Arc::clone(&gate))?;
        Ok(OnvifRecorder {
            soap: Arc::new(soap),
            certificate,
            base,
            login,
            gate,
            transport: config.transport,
            is_basic_allowed: config.allow_basic,
            rtsp_port: config.rtsp_port,
            poll: Duration::from_secs(config.poll_seconds.max(1)),
            services: Arc::default(),
            listed: Mutex::default(),
            lacking: Arc::default(),
            known: Mutex::default(),
            revisions: Mutex::default(),
            changed: Notify::new(),
            subscription: Mutex::default(),
        })
    }

    /// The way to the loudspeakers of its cameras.
    pub(in crate::recorder) fn loudspeakers(&self) -> Loudspeakers {
        Loudspeakers {
            soap: Arc::clone(&self.soap),
            services: Arc::clone(&self.services),
            lacking: Arc::clone(&self.lacking),
        }
    }

    /// Finds and monitors cameras; returns only after a refused password.
    async fn watch(&self, reports: &DriverReports) {
        let mut backoff = Backoff::new(RETRY_FIRST, RETRY_MOST);
        let mut health = HealthPace::default();
        loop {
            health.found();
            let error = self.watch_over(reports, &mut backoff, &mut health).await;
            let (host, reason) = (self.base.host_str(), error.reason());
            if matches!(error, SoapFailure::Refused(_)) {
                return reports.refused(host, reason);
            }
            reports.lost(host, reason, &error);
            sleep(backoff.next_wait(rand::random())).await;
        }
    }

    /// Opens the device and polls it until a request fails; returns the reason.
    async fn watch_over(
        &self,
        reports: &DriverReports,
        backoff: &mut Backoff,
        health: &mut HealthPace,
    ) -> SoapFailure {
        let media = match self.open(reports).await {
            Ok(media) => media,
            Err(error) => return error,
        };
        let mut profiles = Vec::new();
        let mut n_polls = 0_u32;
        loop {
            let listed = match n_polls % POLLS_PER_STREAM_LIST {
                0 => self.list(media, &mut profiles, reports).await,
                _ => self
                    .soap
                    .ask_device(&DeviceInformation::get())
                    .await
                    .map(drop),
            };
            if let Err(error) = listed {
                return error;
            }
            backoff.succeeded();
            reports.status(RecorderStatus::Online);
            if health.is_due(Instant::now()) {
                self.report_health(reports).await;
            }
            let next_poll = Instant::now() + self.poll;
            n_polls = n_polls.wrapping_add(1);
            tokio::select! {
                () = sleep_until(next_poll) => {}
                () = self.changed.notified() => {
                    n_polls = 0;
                    profiles.clear();
                }
                // The login of a stream or of another request may be refused meanwhile.
                refused = self.gate.until_refused() => return refused.into(),
            }
        }
    }

    /// Only its clock: what ONVIF has about disks is for recordings on the device itself (Profile G), and few say it.
    async fn report_health(&self, reports: &DriverReports) {
        let health = RecorderHealth {
            clock_ahead: self.soap.clock_ahead().await.map(told_clock),
            disks: None,
        };
        reports.health(self.base.host_str(), health);
    }

    /// Learns what the device is; returns the media service that has profiles.
    async fn open(&self, reports: &DriverReports) -> Result<OnvifService, SoapFailure> {
        self.soap.meet().await?;
        self.known().clear();
        let answer = self.soap.ask_device(&DeviceInformation::get()).await;
        let info = optional(answer, DeviceInformation::parse)?.unwrap_or_default();
        tracing::info!(
            recorder.host = self.base.host_str(),
            recorder.make = info.manufacturer,
            recorder.model = info.model,
            recorder.firmware = info.firmware,
            "recorder found"
        );
        reports.identity(RecorderIdentity {
            model: info.model,
            firmware: info.firmware,
        });
        let services = self.find_services().await?;
        *self.services() = services;
        // Some devices name the second media service and then have nothing in it.
        for media in [OnvifService::Media2, OnvifService::Media1] {
            if let Some(profiles) = self.profiles(media).await?
                && !cameras(&profiles).is_empty()
            {
                return Ok(media);
            }
        }
        Ok(OnvifService::Media1)
    }

    async fn find_services(&self) -> Result<BTreeMap<OnvifService, Url>, SoapFailure> {
        let answer = self
            .soap
            .ask_device(&ServiceAddresses::get_services())
            .await;
        let mut said = optional(answer, ServiceAddresses::parse_services)?.unwrap_or_default();
        if said.get(OnvifService::Media1).is_none() && said.get(OnvifService::Media2).is_none() {
            let request = ServiceAddresses::get_capabilities();
            let answer = self.soap.ask_device(&request).await?;
            said = ServiceAddresses::parse_capabilities(&answer)?;
        }
        let found = OnvifService::ALL.into_iter().filter_map(|service| {
            let place = places::service(&self.base, said.get(service)?)?;
            Some((service, place))
        });
        Ok(found.collect())
    }

    /// The profiles of a media service, if the device has it.
    async fn profiles(
        &self,
        media: OnvifService,
    ) -> Result<Option<Vec<MediaProfile>>, SoapFailure> {
        let Some(place) = self.place(media) else {
            return Ok(None);
        };
        let answer = self.soap.ask(&media::get_profiles(media), &place).await;
        optional(answer, media::parse_profiles)
    }

    /// Reads the profiles, and the addresses of the streams if the profiles have changed.
    async fn list(
        &self,
        media: OnvifService,
        before: &mut Vec<MediaProfile>,
        reports: &DriverReports,
    ) -> Result<(), SoapFailure> {
        let place = self.place(media).ok_or(OnvifError::Field("Media"))?;
        let answer = self.soap.ask(&media::get_profiles(media), &place).await?;
        let profiles = media::parse_profiles(&answer)?;
        if !before.is_empty() && *before == profiles {
            return Ok(());
        }
        let cameras = cameras(&profiles);
        let mut sources = Vec::new();
        for camera in &cameras {
            let Some(main) = self.source(media, &place, &camera.main).await? else {
                continue;
            };
            let sub = match &camera.sub {
                Some(sub) => self.source(media, &place, sub).await?,
                None => None,
            };
            let mut more = BTreeMap::new();
            for (kind, profile) in &camera.more {
                if let Some(source) = self.source(media, &place, profile).await? {
                    more.insert(*kind, source);
                }
            }
            sources.push(CameraSource {
                id: camera.id.clone(),
                name: camera.name.clone(),
                // ONVIF does not tell; the stream itself has to show it.
                is_online: None,
                main,
                sub,
                more,
                formats: camera.formats.clone(),
            });
        }
        *self.lacking() = cameras.iter().map(OnvifCamera::lack).collect();
        *self.listed() = cameras;
        reports.found(sources);
        *before = profiles;
        Ok(())
    }

    async fn source(
        &self,
        media: OnvifService,
        place: &Url,
        profile: &str,
    ) -> Result<Option<Source>, SoapFailure> {
        let request = media::get_stream_uri(media, profile);
        let answer = self.soap.ask(&request, place).await;
        let said = optional(answer, media::parse_stream_uri)?;
        let found = said.and_then(|said| places::stream(&self.base, &said, self.rtsp_port));
        if found.is_none() {
            tracing::debug!(profile, "a profile has no usable stream");
        }
        Ok(found.map(|address| Source {
            address,
            login: Some(self.login.clone()),
            transport: self.transport,
            is_basic_allowed: self.is_basic_allowed,
            certificate: self.certificate.clone(),
            gate: Arc::clone(&self.gate),
            revision: self.revisions().get(profile).copied().unwrap_or(0),
        }))
    }

    /// Where a service is, if the device has it.
    pub(super) fn place(&self, service: OnvifService) -> Option<Url> {
        self.services().get(&service).cloned()
    }

    /// Where something is that the device has said.
    pub(super) fn reached(&self, said: &str) -> Option<Url> {
        places::service(&self.base, said)
    }

    fn services(&self) -> MutexGuard<'_, BTreeMap<OnvifService, Url>> {
        self.services
            .lock()
            .expect("no code panics while it holds the services")
    }

    pub(super) fn listed(&self) -> MutexGuard<'_, Vec<OnvifCamera>> {
        self.listed
            .lock()
            .expect("no code panics while it holds the cameras")
    }

    fn lacking(&self) -> MutexGuard<'_, BTreeMap<String, ProfileLack>> {
        self.lacking
            .lock()
            .expect("no code panics while it holds what is lacking")
    }

    pub(super) fn revisions(&self) -> MutexGuard<'_, BTreeMap<String, u32>> {
        self.revisions
            .lock()
            .expect("no code panics while it holds the revisions")
    }

    pub(super) fn subscription(&self) -> MutexGuard<'_, Option<(PullPoint, Url)>> {
        self.subscription
            .lock()
            .expect("no code panics while it holds the subscription")
    }

    pub(super) fn known(&self) -> MutexGuard<'_, BTreeMap<String, KnownOnvif>> {
        self.known
            .lock()
            .expect("no code panics while it holds the answers")
    }
}

/// Key frames are not asked for: ONVIF's `SetSynchronizationPoint` is for multicast and events, and few
/// cameras heed it for their own stream.
async fn ignore_key_frames(wishes: &mut mpsc::Receiver<KeyFrameWish>) {
    while wishes.recv().await.is_some() {}
    std::future::pending().await
}

impl Driver for OnvifRecorder {
    async fn run(&mut self, desk: &mut DriverDesk) {
        let DriverDesk { reports, requests } = desk;
        tokio::select! {
            () = self.watch(reports) => {}
            // A poll of a slow device must not delay what a person asks for, nor a picture an order.
            () = ignore_key_frames(&mut requests.key_frames) => {}
            () = serve_orders(self, &mut requests.orders, reports) => {}
            () = self.serve_fetches(&mut requests.fetches, reports) => {}
            () = outputs::serve(self, &mut requests.outputs, reports) => {}
            () = events::serve(self, &mut requests.events, reports) => {}
        }
    }
}
