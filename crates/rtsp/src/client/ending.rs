//! The moments at which a connection ends, and whether another one is worth a try.

use super::config::ClientConfig;
use super::exchange::{PendingRequest, RequestKind};
use super::life::RtspPhase;
use super::outcome::{RtspEnd, RtspError};
use super::{RtspClient, RtspOutput};
use crate::address::StreamAddress;
use crate::limits::{MAX_CONNECTIONS, MAX_REDIRECTS};

impl RtspClient {
    pub(super) fn end(&mut self, end: RtspEnd) {
        if !self.is_over() {
            self.phase = RtspPhase::Over;
            self.outputs.push_back(RtspOutput::Ended(end));
        }
    }

    pub(super) fn fail(&mut self, error: RtspError) {
        self.end(RtspEnd::Failed(error));
    }

    /// Asks for another connection; `error` is why, where there were too many of them.
    pub(super) fn again(&mut self, mut config: ClientConfig, error: RtspError) {
        config.n_connections = config.n_connections.saturating_add(1);
        match config.n_connections > MAX_CONNECTIONS {
            true => self.fail(error),
            false => self.end(RtspEnd::Again(Box::new(config))),
        }
    }

    pub(super) fn again_without(&mut self, track: usize, error: RtspError) {
        let mut config = self.config.clone();
        config.skipped_tracks.insert(track);
        self.again(config, error);
    }

    /// Follows a redirect on the same host: on this connection, or on another one if the port differs.
    /// Anything else is for a person to decide: a login must not follow to where a camera says.
    pub(super) fn redirect(&mut self, location: Option<&str>) {
        let Some(Ok((to, _))) = location.map(StreamAddress::parse) else {
            return self.fail(RtspError::Garbage);
        };
        let is_weaker = self.config.address.is_tls && !to.is_tls;
        if !to.is_same_host(&self.config.address) || is_weaker {
            let to = format!("{}:{}", to.host, to.port);
            return self.fail(RtspError::Moved { to });
        }
        let mut config = self.config.clone();
        config.n_redirects = config.n_redirects.saturating_add(1);
        if config.n_redirects > MAX_REDIRECTS {
            return self.fail(RtspError::RedirectLoop);
        }
        // The host stays as it was typed, because an IPv6 zone is not in a camera's answer.
        config.address = StreamAddress {
            host: config.address.host,
            ..to
        };
        self.again(config, RtspError::RedirectLoop);
    }

    /// The other side closed the connection, or it broke.
    pub(super) fn closed(&mut self) {
        match (self.phase, self.optional_track()) {
            (RtspPhase::TearingDown, _) => self.end(RtspEnd::Done),
            (_, Some(track)) => self.again_without(track, RtspError::Closed),
            // Nothing but garbage came.
            _ if !self.has_spoken && self.decoder.has_skipped() => self.fail(RtspError::NotRtsp),
            _ => self.fail(RtspError::Closed),
        }
    }

    /// A request is due for its answer.
    pub(super) fn unanswered(&mut self, now: std::time::Duration) {
        let Some(PendingRequest { kind, .. }) = self.exchange.take_due(now) else {
            return;
        };
        match (kind, self.optional_track()) {
            _ if self.is_leaving(kind) => {}
            (RequestKind::Teardown, _) => self.end(RtspEnd::Done),
            (RequestKind::SetUp, Some(track)) => self.again_without(track, RtspError::Silent),
            // Packets that arrive are an answer.
            (RequestKind::Play, _) if self.life.has_packet_since_play() => {
                self.plays(Default::default(), now)
            }
            _ if self.decoder.has_skipped() && !self.has_spoken => self.fail(RtspError::NotRtsp),
            _ if self.decoder.has_skipped() => self.fail(RtspError::Garbage),
            _ => self.fail(RtspError::Silent),
        }
    }

    /// The track that is being set up, if the stream can do without it.
    fn optional_track(&self) -> Option<usize> {
        let RtspPhase::SettingUp { index } = self.phase else {
            return None;
        };
        let track = self.tracks.get(index)?;
        (!track.is_required).then_some(track.track)
    }
}
