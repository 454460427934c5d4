//! One call: a viewer that is connected to this recorder. One task owns it from the connect request
//! to the end. It offers at once, sends the requested streams as soon as the keys are there, and
//! then follows the control channel. The cloud is needed to set a call up, but not to keep it up.

mod control;
mod events;
pub mod limits;
mod path;
mod picture_channel;
mod pump;
mod pump_task;
mod quality;
mod requests;
mod restart;
mod settings;
mod slots;
mod still;
mod talk;

use std::time::Duration;

use peer::{
    Config, Ended, Endpoint, Event, Events, MappedSocket, Negotiated, Offer, Path, TurnServer,
};
use proto::call::restarts::Restarts;
use proto::link::agent_side::CallReport;
use proto::link::message::{ConnectDevice, IceServer, Invited};
use proto::rights::{CallViewer, Right};
use proto::rpc::{RpcError, code};
use proto::video::Decoders;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::link_context::LinkContext;
use crate::port_mapping::CallReach;
use events::ViewerEvents;
use pump::News;
use quality::{PathQuality, estimates};
use requests::ViewerRequests;
use restart::OfferedRestart;
use slots::Slots;
use talk::ViewerTalk;

/// What the link sends to a call.
#[derive(Debug)]
pub enum CallOrder {
    /// The viewer's answer to the last offer, or the reason why there is none.
    Answer(Result<Invited, RpcError>),
    /// A candidate line from the viewer; `None` after the last one.
    Candidate(Option<String>),
    /// The call may continue for this long from now.
    Extend(Duration),
    /// The viewer gets no picture and requests another path.
    Restart,
    /// Servers with a new credential.
    Servers(Vec<IceServer>),
    /// The recorder has a new link to the cloud.
    LinkUp,
}

/// Runs one call until it ends.
pub async fn run(
    context: LinkContext,
    connect: ConnectDevice,
    inputs: mpsc::Receiver<CallOrder>,
    reports: mpsc::Sender<CallReport>,
    stop: CancellationToken,
) {
    let session = connect.session.clone();
    let reason = match ActiveCall::start(context, connect, reports.clone()).await {
        Ok((call, events, news)) => call.live(events, news, inputs, stop).await,
        Err(error) => {
            tracing::warn!("could not start a call: {error:#}");
            "the agent could not start the call"
        }
    };
    tracing::info!(session, reason, "call ended");
    let _ = reports.send(CallReport::Ended { session, reason }).await;
}

struct ActiveCall {
    session: String,
    context: LinkContext,
    endpoint: Endpoint,
    slots: Slots,
    reports: mpsc::Sender<CallReport>,
    reach: CallReach,
    requested_at: Instant,
    expires: Option<Instant>,
    path: Option<Path>,
    restarts: Restarts,
    offered_restart: Option<OfferedRestart>,
    viewer: CallViewer,
    quality: PathQuality,
    requests: ViewerRequests,
    talk: ViewerTalk,
    events: ViewerEvents,
    is_up: bool,
    has_control: bool,
    n_nonsense: u32,
    n_bad_candidates: u32,
}

/// Why a call ended; the text is for a log.
type Over = &'static str;

/// How the agent's end of a call connects.
fn endpoint_config(
    context: &LinkContext,
    connect: &ConnectDevice,
    mapped: Vec<MappedSocket>,
) -> Config {
    Config {
        with_loopback: context.loopback_candidates,
        bind: context.bind,
        stun_servers: connect
            .ice_servers
            .iter()
            .flat_map(|server| server.urls.iter().cloned())
            .collect(),
        mapped,
        turn_servers: TurnServer::all_in(&connect.ice_servers),
        tls: Some(context.tls.clone()),
        data_labels: Vec::new(),
    }
}

impl ActiveCall {
    async fn start(
        context: LinkContext,
        connect: ConnectDevice,
        reports: mpsc::Sender<CallReport>,
    ) -> anyhow::Result<(ActiveCall, Events, mpsc::Receiver<News>)> {
        let requested_at = Instant::now();
        let n_slots = connect.slots.unwrap_or(1);
        let ports = context.port_mapping.take().await.into_iter();
        let (mapped, mappings) = ports.map(|port| (port.socket, port.hold)).unzip();
        let config = endpoint_config(&context, &connect, mapped);
        let reach = CallReach::new(mappings, !config.stun_servers.is_empty());
        let offer = Offer {
            n_video: n_slots,
            with_audio: true,
            // All of it is offered before any camera is looked at: the offer must not wait.
            with_h265: true,
            with_estimate: estimates(&connect),
        };
        let (endpoint, events, offer) = Endpoint::offer(config, offer)?;
        let session = connect.session.clone();
        // The viewer's browser works on the offer while the streams warm up.
        let _ = reports.send(CallReport::Invite { session, offer }).await;
        let quality = PathQuality::new(estimates(&connect));
        let (news, inbox) = mpsc::channel(limits::NEWS);
        let (streams, recorder) = (context.streams.clone(), context.recorder.clone());
        let mut slots = Slots::new(n_slots, streams, endpoint.media(), news, recorder);
        let viewer = connect.viewer;
        for watch in &connect.watch {
            if viewer.may(Right::View, Some(&watch.camera)) {
                slots.want(watch);
            }
        }
        let call = ActiveCall {
            session: connect.session,
            context,
            endpoint,
            slots,
            reports,
            reach,
            requested_at,
            expires: connect
                .expiry_time_seconds
                .map(|seconds| requested_at + Duration::from_secs(seconds)),
            path: None,
            restarts: Restarts::default(),
            offered_restart: None,
            quality,
            requests: ViewerRequests::default(),
            talk: ViewerTalk::default(),
            events: ViewerEvents::default(),
            viewer,
            is_up: false,
            has_control: false,
            n_nonsense: 0,
            n_bad_candidates: 0,
        };
        Ok((call, events, inbox))
    }

    async fn live(
        mut self,
        mut events: Events,
        mut news: mpsc::Receiver<News>,
        mut inputs: mpsc::Receiver<CallOrder>,
        stop: CancellationToken,
    ) -> Over {
        let mut cameras = self.context.streams.cameras();
        let mut hubs = self.context.streams.hubs();
        let mut reason_of_recorder = self.context.streams.reason();
        let mut addresses = self.context.addresses.clone();
        let reason = loop {
            let restart = self.next_restart();
            let outcome = tokio::select! {
                event = events.next() => match event {
                    Some(event) => self.happened(event).await,
                    None => Err("the connection has ended"),
                },
                Some(input) = inputs.recv() => self.told(input).await,
                Some(news) = news.recv() => self.slot_changed(news).await,
                Some(answer) = self.requests.next() => self.recorder_answered(answer).await,
                event = self.events.next() => self.tell_event(&event).await,
                ended = self.talk.ended() => self.tell_talk_ended(&ended).await,
                Ok(()) = cameras.changed() => self.cameras_changed().await,
                Ok(()) = hubs.changed() => self.streams_changed().await,
                Ok(()) = reason_of_recorder.changed() => self.reason_changed().await,
                () = addresses.changed() => {
                    self.endpoint.addresses_changed().await;
                    Ok(())
                }
                (local, external) = self.reach.mapping_changed() => {
                    self.endpoint.mapping_changed(local, external).await;
                    Ok(())
                }
                () = until(restart) => self.restart_if_due().await,
                () = until(self.expires) => Err("its time is up"),
                () = stop.cancelled() => Err("closed"),
            };
            if let Err(reason) = outcome {
                break reason;
            }
        };
        self.slots.stop();
        self.endpoint.close().await;
        // The last event arrives after the sockets are closed.
        while events.next().await.is_some() {}
        reason
    }

    async fn happened(&mut self, event: Event) -> Result<(), Over> {
        self.context.port_mapping.observe(&mut self.reach, &event);
        match event {
            Event::Candidate(line) => self.trickle(line).await,
            Event::Connected => {
                let ms = self.requested_at.elapsed().as_millis();
                tracing::info!(session = self.session, ms, "call connected");
                self.is_up = true;
                self.slots.connected();
            }
            Event::FirstFrame(_) => {
                let ms = self.requested_at.elapsed().as_millis();
                tracing::info!(session = self.session, ms, "first picture sent");
            }
            Event::Silent | Event::Disconnected => self.doubt_path().await,
            Event::Reconnected => {
                self.restarts.recovered();
                self.slots.resend_all();
            }
            Event::KeyFrameWanted(slot) => self.slots.resend(slot),
            Event::ControlOpen => {
                self.has_control = true;
                // What changed before the channel opened could not be told.
                self.tell_cameras().await?;
                self.tell_slots().await?;
                self.tell_path().await?;
                self.tell_events().await?;
            }
            Event::Control(text) => self.asked_for(&text).await?,
            Event::ControlGarbage => self.nonsense()?,
            Event::Stats(stats) => self.path_measured(stats).await?,
            Event::Ended(ended) => return Err(words(&ended)),
            Event::Sound(sound) => self.talk.say(sound),
            // A viewer sends no pictures, and nothing on the channels of those that it gets.
            Event::Frame(_) | Event::Data { .. } | Event::SeenAddress(_) => {}
        }
        Ok(())
    }

    async fn told(&mut self, input: CallOrder) -> Result<(), Over> {
        match input {
            CallOrder::Answer(Ok(invited)) if self.expects_answer() => {
                self.answered(&invited).await
            }
            CallOrder::Answer(Ok(_)) => Ok(()),
            CallOrder::Answer(Err(error)) => {
                tracing::debug!(session = self.session, %error, "an invite was not answered");
                // A viewer may disconnect from the cloud once it has its path.
                if self.is_up {
                    self.restart_refused(&error);
                    return Ok(());
                }
                Err("the viewer did not answer")
            }
            CallOrder::Candidate(None) => Ok(()),
            CallOrder::Candidate(Some(line)) => {
                if self.endpoint.add_candidate(&line).await.is_err() {
                    self.n_bad_candidates += 1;
                    if self.n_bad_candidates <= limits::MAX_BAD_CANDIDATES {
                        self.complain(code::BAD_CANDIDATE, "the candidate could not be read")
                            .await;
                    }
                }
                Ok(())
            }
            CallOrder::Extend(span) => {
                self.expires = Some(Instant::now() + span);
                Ok(())
            }
            CallOrder::Restart => {
                self.restart_wanted();
                Ok(())
            }
            CallOrder::Servers(servers) => {
                let relays = TurnServer::all_in(&servers);
                self.endpoint.set_relays(relays).await;
                Ok(())
            }
            CallOrder::LinkUp => {
                self.offer_again().await;
                Ok(())
            }
        }
    }

    async fn answered(&mut self, invited: &Invited) -> Result<(), Over> {
        match self.endpoint.accept_answer(&invited.answer).await {
            Ok(negotiated) => {
                self.restart_answered();
                self.log_codecs(&negotiated);
                let decoders = Decoders::of_subprotocols(&invited.subprotocols);
                self.slots.negotiated(negotiated, decoders);
                Ok(())
            }
            Err(error) => {
                tracing::debug!(session = self.session, %error, "answer refused");
                self.complain(code::BAD_REQUEST, "the answer makes no sense")
                    .await;
                Err("the viewer's answer makes no sense")
            }
        }
    }

    fn log_codecs(&self, negotiated: &Negotiated) {
        tracing::debug!(
            session = self.session,
            video = ?negotiated.video.first(),
            audio = ?negotiated.audio,
            "call answered"
        );
    }

    async fn trickle(&mut self, line: Option<String>) {
        self.note_candidate(&line);
        self.send_candidate(line).await;
    }

    async fn send_candidate(&self, line: Option<String>) {
        let session = self.session.clone();
        let _ = self
            .reports
            .send(CallReport::Trickle { session, line })
            .await;
    }

    async fn complain(&self, code: i64, words: &'static str) {
        let session = self.session.clone();
        let _ = self
            .reports
            .send(CallReport::Bad {
                session,
                code,
                words,
            })
            .await;
    }
}

async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}

fn words(ended: &Ended) -> Over {
    match ended {
        Ended::Closed => "closed",
        Ended::ClosedByPeer => "the viewer left",
        Ended::NoPath => "no path between viewer and recorder",
        Ended::PathLost => "the path is gone",
        Ended::WrongFingerprint => "the viewer is not who the cloud said",
        Ended::Overloaded => "the viewer does not read what it is sent",
        Ended::Failed(reason) => {
            tracing::warn!(reason, "call failed");
            "it failed"
        }
        Ended::Crashed => "a defect",
    }
}
