//! Handles answers to the client's requests, and requests from the camera.

use std::time::Duration;

use super::exchange::{Answered, RequestKind, RequestPlan};
use super::life::RtspPhase;
use super::server_requests;
use super::tracks::Lane;
use super::{PlayStart, RtspClient, RtspEnd, RtspError, RtspOutput};
use crate::headers::{LowerTransport, PlayRange, RtpInfo, TransportHeader, methods, scale};
use crate::limits::CHOICE_LIMIT;
use crate::login::LoginFailure;
use crate::message::{RtspAnswer, RtspRequest};
use crate::sdp::{ControlBase, Description};

impl RtspClient {
    pub(super) fn answer(&mut self, answer: &RtspAnswer, now: Duration) {
        if let Some(public) = answer.headers.get("public") {
            self.public = Some(methods(public));
        }
        match self.exchange.answered(answer, now) {
            Answered::Nothing => {}
            Answered::Again(bytes) => self.outputs.push_back(RtspOutput::Send(bytes)),
            // Nothing but its own answer matters to a session that is being torn down.
            Answered::NoLogin(kind, _) if self.is_leaving(kind) => {}
            Answered::Answer(plan) if self.is_leaving(plan.kind) => {}
            Answered::NoLogin(kind, failure) => self.not_logged_in(kind, failure, now),
            Answered::Answer(plan) => self.answer_to(plan, answer, now),
        }
        self.grant_wish(now);
    }

    /// The camera asks something.
    pub(super) fn serve(&mut self, request: &RtspRequest, now: Duration) {
        if !self.server_requests.admits(now) {
            return;
        }
        let bytes = server_requests::answer(request);
        self.outputs.push_back(RtspOutput::Send(bytes));
        match request.method.as_str() {
            "REDIRECT" => self.redirect(request.headers.get("location")),
            "TEARDOWN" => self.closed(),
            "ANNOUNCE" | "PLAY_NOTIFY" if server_requests::is_end(request) => {
                self.outputs.push_back(RtspOutput::EndOfStream);
            }
            _ => {}
        }
    }

    pub(super) fn is_leaving(&self, kind: RequestKind) -> bool {
        self.phase == RtspPhase::TearingDown && kind != RequestKind::Teardown
    }

    fn answer_to(&mut self, plan: RequestPlan, answer: &RtspAnswer, now: Duration) {
        let is_success = (200..300).contains(&answer.status);
        match plan.kind {
            RequestKind::Describe if is_success => self.described(&plan, answer, now),
            RequestKind::Describe => self.not_described(answer, now),
            RequestKind::SetUp if is_success => self.track_set_up(answer, now),
            RequestKind::SetUp => {
                self.track_refused(RtspError::of_status(answer.status), answer, now)
            }
            RequestKind::Play if is_success => self.plays(self.start(answer), now),
            RequestKind::Play => self.play_refused(plan, answer, now),
            RequestKind::Pause if is_success => {
                self.phase = RtspPhase::Paused;
                self.outputs.push_back(RtspOutput::Paused);
            }
            RequestKind::Pause => {
                let error = RtspError::of_status(answer.status);
                self.outputs.push_back(RtspOutput::PlayRefused(error));
            }
            // 405, 501 and 551: it does not know the method. 454 comes from cameras whose session lives on.
            RequestKind::KeepAlive if matches!(answer.status, 405 | 501 | 551) => {
                self.life.change_method()
            }
            RequestKind::KeepAlive => {}
            RequestKind::Teardown => self.end(RtspEnd::Done),
        }
    }

    fn not_logged_in(&mut self, kind: RequestKind, failure: LoginFailure, now: Duration) {
        match kind {
            // Packets are life, also where it is refused.
            RequestKind::KeepAlive => {}
            RequestKind::Teardown => self.end(RtspEnd::Done),
            RequestKind::SetUp => self.track_refused(failure.into(), &RtspAnswer::default(), now),
            RequestKind::Pause => self
                .outputs
                .push_back(RtspOutput::PlayRefused(failure.into())),
            RequestKind::Describe | RequestKind::Play => self.fail(failure.into()),
        }
    }

    fn described(&mut self, plan: &RequestPlan, answer: &RtspAnswer, now: Duration) {
        let description = Description::parse(&answer.body);
        if description.tracks.is_empty() {
            return self.fail(RtspError::NoMedia);
        }
        let base = ControlBase::new(
            &plan.url,
            answer.headers.get("content-base"),
            answer.headers.get("content-location"),
            description.control.as_deref(),
        );
        self.base = Some(base);
        self.description = description.clone();
        self.phase = RtspPhase::Choosing {
            until: now + CHOICE_LIMIT,
        };
        self.outputs.push_back(RtspOutput::Described(description));
    }

    fn not_described(&mut self, answer: &RtspAnswer, now: Duration) {
        match answer.status {
            301 | 302 | 303 | 305 | 307 | 308 => self.redirect(answer.headers.get("location")),
            403 | 404 | 410 | 453 => self.fail(RtspError::of_status(answer.status)),
            // 551 is the right answer to a Require that is not known; not every camera gives it.
            _ if self.config.wants_backchannel => {
                self.config.wants_backchannel = false;
                self.describe(now);
            }
            status => self.fail(RtspError::of_status(status)),
        }
    }

    fn track_set_up(&mut self, answer: &RtspAnswer, now: Duration) {
        let RtspPhase::SettingUp { index } = self.phase else {
            return;
        };
        let Some(track) = self.tracks.get(index) else {
            return;
        };
        let asked = match track.ports {
            Some(_) => LowerTransport::Udp,
            None => LowerTransport::Tcp,
        };
        let header = answer.headers.get("transport").map(TransportHeader::parse);
        let told = header.as_ref();
        let channels = told.and_then(|header| header.interleaved);
        let lower = match told.map(|header| header.lower) {
            // It says nothing, or nothing that contradicts.
            None | Some(LowerTransport::Other) => asked,
            // Some cameras name UDP and mean the channels beside it.
            Some(LowerTransport::Udp) if asked == LowerTransport::Tcp => {
                let has_ports = told.is_some_and(|header| header.server_port.is_some());
                match has_ports && channels.is_none() {
                    true => LowerTransport::Udp,
                    false => asked,
                }
            }
            Some(lower) => lower,
        };
        match (lower, asked) {
            (LowerTransport::Tcp, _) => {
                for channel in self.tracks.set_up_tcp(index, channels) {
                    self.decoder.expect_channel(channel);
                }
            }
            (_, LowerTransport::Udp) => {
                let ports = told.and_then(|header| header.server_port);
                let source = told.and_then(|header| header.source);
                let lane = Lane::udp(ports);
                self.tracks.set_up_udp(index, lane, source);
            }
            // It will send where nobody listens.
            _ => return self.track_refused(RtspError::UnsupportedTransport, answer, now),
        }
        self.set_up_next(index + 1, now);
    }

    fn track_refused(&mut self, error: RtspError, answer: &RtspAnswer, now: Duration) {
        let RtspPhase::SettingUp { index } = self.phase else {
            return;
        };
        if matches!(answer.status, 301 | 302 | 305) {
            return self.redirect(answer.headers.get("location"));
        }
        let is_required = self.tracks.get(index).is_none_or(|track| track.is_required);
        if error == RtspError::UnsupportedTransport
            && (is_required || !self.tracks.has_lanes())
            && let Some(next) = self.config.transport.next()
        {
            self.config.transport = next;
            if !next.is_udp() && !self.tracks.has_udp() {
                self.tracks.change_to_tcp();
                return self.set_up_next(index, now);
            }
            // One session has one transport, and ports are the driver's.
            let config = self.config.clone();
            return self.again(config, error);
        }
        match is_required {
            true => self.fail(error),
            false => self.set_up_next(index + 1, now),
        }
    }

    /// It plays.
    pub(super) fn plays(&mut self, start: PlayStart, now: Duration) {
        self.phase = RtspPhase::Playing;
        self.outputs.push_back(RtspOutput::Playing(start));
        if self.public.is_none() && self.life.n_keep_alives() == 0 {
            // What keeps the session alive is found out while nobody waits for it.
            self.keep_alive(now);
        }
    }

    fn play_refused(&mut self, plan: RequestPlan, answer: &RtspAnswer, now: Duration) {
        let is_default_range =
            self.play.range.is_none() && plan.headers.iter().any(|(name, _)| *name == "Range");
        match (self.phase, answer.status) {
            // Invalid Range: some cameras take none for a live stream.
            (RtspPhase::Ready, 457) if is_default_range => {
                let mut plan = plan;
                plan.headers.retain(|(name, _)| *name != "Range");
                self.send_plan(plan, now);
            }
            (RtspPhase::Ready, 301 | 302 | 305) => self.redirect(answer.headers.get("location")),
            (RtspPhase::Ready, status) => self.fail(RtspError::of_status(status)),
            (_, status) => {
                let error = RtspError::of_status(status);
                self.outputs.push_back(RtspOutput::PlayRefused(error));
            }
        }
    }

    fn start(&self, answer: &RtspAnswer) -> PlayStart {
        let infos = answer.headers.get("rtp-info").map(RtpInfo::parse_list);
        let infos = infos.unwrap_or_default().into_iter().enumerate();
        let tracks =
            infos.filter_map(|(order, info)| Some((self.tracks.by_url(&info.url, order)?, info)));
        PlayStart {
            range: answer.headers.get("range").and_then(PlayRange::parse),
            scale: answer.headers.get("scale").and_then(scale),
            tracks: tracks.collect(),
        }
    }
}
