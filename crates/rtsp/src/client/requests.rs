//! The requests of a client, and when they are sent.

use std::time::Duration;

use super::exchange::{RequestKind, RequestPlan};
use super::life::{KEEP_ALIVE_METHODS, RtspPhase};
use super::tracks::ClientTrack;
use super::{
    FrameFilter, PlayOptions, RtspClient, RtspEnd, RtspError, RtspOutput, TrackChoice, Wish,
};
use crate::headers::{PlayRange, TransportHeader};
use crate::limits::{MAX_TRACKS, OPTIONAL_TRACK_LIMIT, TEARDOWN_LIMIT};
use crate::sdp::TrackPurpose;

const BACKCHANNEL: &str = "www.onvif.org/ver20/backchannel";

impl RtspClient {
    pub(super) fn describe(&mut self, now: Duration) {
        let mut headers = vec![("Accept", "application/sdp".to_owned())];
        if self.config.wants_backchannel {
            headers.push(("Require", BACKCHANNEL.to_owned()));
        }
        self.send(
            RequestKind::Describe,
            "DESCRIBE",
            self.config.address.url(),
            headers,
            now,
        );
    }

    /// The driver has chosen tracks.
    pub(super) fn set_up(&mut self, choices: Vec<TrackChoice>, now: Duration) {
        if !matches!(self.phase, RtspPhase::Choosing { .. }) {
            return;
        }
        for choice in choices.into_iter().take(MAX_TRACKS) {
            let Some(described) = self.description.tracks.get(choice.track) else {
                continue;
            };
            let is_talk = described.purpose == TrackPurpose::Backchannel;
            let is_wanted = match described.purpose {
                TrackPurpose::Playback => true,
                TrackPurpose::Backchannel => self.config.wants_backchannel,
                TrackPurpose::Inactive => false,
            };
            if !is_wanted || self.config.skipped_tracks.contains(&choice.track) {
                continue;
            }
            let base = self.base.as_ref().expect("a description has a base");
            let url = base.resolve(described.control.as_deref());
            self.tracks.add(ClientTrack::new(choice, url, is_talk));
        }
        self.set_up_next(0, now);
    }

    /// Sets up the track at `index`, or is ready if there is none.
    pub(super) fn set_up_next(&mut self, index: usize, now: Duration) {
        let Some(track) = self.tracks.get(index) else {
            return self.ready(now);
        };
        let transport = match track.ports {
            Some(ports) => TransportHeader::udp(ports),
            None => TransportHeader::tcp(track.channels(index)),
        };
        if let Some((rtp, rtcp)) = transport.interleaved {
            self.decoder.expect_channel(rtp);
            self.decoder.expect_channel(rtcp);
        }
        let (url, is_talk, is_required) = (track.url.clone(), track.is_talk, track.is_required);
        let mut headers = vec![("Transport", transport.to_string())];
        if is_talk {
            headers.push(("Require", BACKCHANNEL.to_owned()));
        }
        self.phase = RtspPhase::SettingUp { index };
        let limit = match is_required {
            true => self.config.answer_limit,
            false => self.config.answer_limit.min(OPTIONAL_TRACK_LIMIT),
        };
        let plan = RequestPlan {
            kind: RequestKind::SetUp,
            method: "SETUP",
            url,
            headers,
            limit: Some(limit),
        };
        self.send_plan(plan, now);
    }

    fn ready(&mut self, now: Duration) {
        if !self.tracks.has_lanes() {
            return self.fail(RtspError::NoMedia);
        }
        self.phase = RtspPhase::Ready;
        self.receive();
        self.outputs
            .push_back(RtspOutput::SetUpDone(self.tracks.set_up()));
        let timeout = self.exchange.session().and_then(|session| session.timeout);
        self.life.keep_alive_every(timeout, now);
        self.grant_wish(now);
    }

    /// Plays or pauses, at once or as soon as the request before is answered.
    pub(super) fn wish(&mut self, wish: Wish, now: Duration) {
        if self.phase != RtspPhase::TearingDown {
            self.wish = Some(wish);
            self.grant_wish(now);
        }
    }

    pub(super) fn grant_wish(&mut self, now: Duration) {
        if !self.phase.is_set_up() || self.exchange.is_busy() {
            return;
        }
        match self.wish.take() {
            Some(Wish::Play(options)) => self.play(options, now),
            Some(Wish::Pause) if self.phase == RtspPhase::Playing => {
                self.send(
                    RequestKind::Pause,
                    "PAUSE",
                    self.session_url(),
                    Vec::new(),
                    now,
                );
            }
            Some(Wish::Pause) | None => {}
        }
    }

    pub(super) fn play(&mut self, options: PlayOptions, now: Duration) {
        let is_first = self.phase == RtspPhase::Ready;
        let headers = play_headers(&options, is_first, self.tracks.has_talk());
        self.play = options;
        self.life.begins(is_first && self.may_change_to_tcp(), now);
        self.punch(now);
        if self.tracks.has_udp() {
            self.life.report_from(now);
        }
        self.send(RequestKind::Play, "PLAY", self.session_url(), headers, now);
    }

    fn may_change_to_tcp(&self) -> bool {
        self.tracks.has_udp()
            && self
                .config
                .transport
                .next()
                .is_some_and(|next| !next.is_udp())
    }

    pub(super) fn tear_down(&mut self, now: Duration) {
        self.wish = None;
        match self.phase {
            RtspPhase::TearingDown | RtspPhase::Over => {}
            RtspPhase::Describing | RtspPhase::Choosing { .. } => self.end(RtspEnd::Done),
            _ => {
                self.phase = RtspPhase::TearingDown;
                self.send_teardown(now);
            }
        }
    }

    pub(super) fn send_teardown(&mut self, now: Duration) {
        let plan = RequestPlan {
            kind: RequestKind::Teardown,
            method: "TEARDOWN",
            url: self.session_url(),
            headers: Vec::new(),
            limit: Some(TEARDOWN_LIMIT),
        };
        self.send_plan(plan, now);
    }

    pub(super) fn keep_alive_if_due(&mut self, now: Duration) {
        let due = self.life.keep_alive_at(self.phase);
        if due.is_some_and(|at| at <= now) {
            self.keep_alive(now);
        }
    }

    /// A keep-alive that is not answered is no end: packets are life. But another method may be answered.
    pub(super) fn keep_alive(&mut self, now: Duration) {
        let is_unanswered = self.exchange.abandon_keep_alives();
        // The first one asks for the methods that there are.
        if is_unanswered && self.life.n_keep_alives() > 1 {
            self.life.change_method();
        }
        let is_known = |method: &&str| {
            self.public
                .as_ref()
                .is_none_or(|public| public.contains(*method))
        };
        let known: Vec<&str> = KEEP_ALIVE_METHODS.into_iter().filter(is_known).collect();
        let has_asked = self.public.is_some() || self.life.n_keep_alives() > 0;
        let method = match known.len() {
            n if n > 0 && has_asked => known[self.life.method() % n],
            _ => "OPTIONS",
        };
        self.life.keep_alive_sent(now);
        let plan = RequestPlan {
            kind: RequestKind::KeepAlive,
            method,
            url: self.session_url(),
            headers: Vec::new(),
            limit: None,
        };
        self.send_plan(plan, now);
    }

    pub(super) fn end_if_silent(&mut self, now: Duration) {
        if self.life.silent_at(self.phase).is_none_or(|at| at > now) {
            return;
        }
        if self.life.is_udp_blocked()
            && let Some(next) = self.config.transport.next()
        {
            self.send_teardown(now);
            let mut config = self.config.clone();
            config.transport = next;
            return self.again(config, RtspError::NoPackets);
        }
        self.fail(match self.phase {
            RtspPhase::Playing => RtspError::NoPackets,
            _ => RtspError::Silent,
        });
    }

    pub(super) fn session_url(&self) -> String {
        match &self.base {
            Some(base) => base.url().to_owned(),
            None => self.config.address.url(),
        }
    }

    fn send(
        &mut self,
        kind: RequestKind,
        method: &'static str,
        url: String,
        headers: Vec<(&'static str, String)>,
        now: Duration,
    ) {
        let limit = Some(self.config.answer_limit);
        let plan = RequestPlan {
            kind,
            method,
            url,
            headers,
            limit,
        };
        self.send_plan(plan, now);
    }

    pub(super) fn send_plan(&mut self, plan: RequestPlan, now: Duration) {
        let bytes = self.exchange.send(plan, now);
        self.outputs.push_back(RtspOutput::Send(bytes));
    }
}

fn play_headers(
    options: &PlayOptions,
    is_first: bool,
    has_talk: bool,
) -> Vec<(&'static str, String)> {
    let mut headers = Vec::new();
    // What players send of a live stream; without it some cameras play from where the last client stopped.
    let live = PlayRange::Npt {
        from: Duration::ZERO,
        to: None,
    };
    if let Some(range) = options.range.or(is_first.then_some(live)) {
        headers.push(("Range", range.to_string()));
    }
    if let Some(scale) = options.scale.filter(|scale| scale.is_finite()) {
        headers.push(("Scale", format!("{scale:?}")));
    }
    if let Some(is_paced) = options.rate_control {
        headers.push((
            "Rate-Control",
            if is_paced { "yes" } else { "no" }.to_owned(),
        ));
    }
    if options.is_immediate {
        headers.push(("Immediate", "yes".to_owned()));
    }
    match options.frames {
        Some(FrameFilter::Key(None)) => headers.push(("Frames", "intra".to_owned())),
        Some(FrameFilter::Key(Some(apart))) => {
            headers.push(("Frames", format!("intra/{}", apart.as_millis())))
        }
        Some(FrameFilter::Predicted) => headers.push(("Frames", "predicted".to_owned())),
        None => {}
    }
    if options.requires_replay {
        headers.push(("Require", "onvif-replay".to_owned()));
    } else if has_talk {
        headers.push(("Require", BACKCHANNEL.to_owned()));
    }
    headers
}
