//! Timers of a session: keep-alives, receiver reports, and the time-out after silence. Every packet counts as
//! a sign of life, and the time-out follows the stream's own frame rate.

use std::time::Duration;

use super::config::ClientConfig;
use crate::limits::{
    FIRST_DATAGRAM_LIMIT, KEEP_ALIVE_CEILING, KEEP_ALIVE_FLOOR, REPORT_INTERVAL, SESSION_TIMEOUT,
    SILENCE_CEILING, SILENCE_INTERVALS,
};

/// Methods that keep a session alive, in the order in which they are tried.
pub(super) const KEEP_ALIVE_METHODS: [&str; 3] = ["GET_PARAMETER", "OPTIONS", "SET_PARAMETER"];

/// Where the conversation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RtspPhase {
    Describing,
    /// The driver chooses tracks until then.
    Choosing {
        until: Duration,
    },
    SettingUp {
        /// Index of the track in [`super::tracks::ClientTracks`].
        index: usize,
    },
    Ready,
    Playing,
    Paused,
    TearingDown,
    Over,
}

impl RtspPhase {
    /// Whether there is a session that is neither being set up nor torn down.
    pub(super) fn is_set_up(self) -> bool {
        matches!(
            self,
            RtspPhase::Ready | RtspPhase::Playing | RtspPhase::Paused
        )
    }
}

#[derive(Debug)]
pub(super) struct Life {
    first_packet_limit: Duration,
    silence_limit: Option<Duration>,
    /// Last bytes of any kind.
    heard_at: Duration,
    /// Last packet since it plays.
    packet_at: Option<Duration>,
    first_packet_at: Duration,
    longest_interval: Duration,
    /// When PLAY was sent.
    play_at: Duration,
    is_over_udp: bool,
    keep_alive_interval: Duration,
    keep_alive_at: Option<Duration>,
    n_keep_alives: u32,
    /// Index in [`KEEP_ALIVE_METHODS`].
    method: usize,
    report_at: Option<Duration>,
}

impl Life {
    pub(super) fn new(config: &ClientConfig, now: Duration) -> Life {
        Life {
            first_packet_limit: config.first_packet_limit,
            silence_limit: config.silence_limit,
            heard_at: now,
            packet_at: None,
            first_packet_at: now,
            longest_interval: Duration::ZERO,
            play_at: now,
            is_over_udp: false,
            keep_alive_interval: KEEP_ALIVE_CEILING,
            keep_alive_at: None,
            n_keep_alives: 0,
            method: 0,
            report_at: None,
        }
    }

    pub(super) fn heard(&mut self, now: Duration) {
        self.heard_at = now;
    }

    pub(super) fn packet(&mut self, now: Duration) {
        match self.packet_at {
            Some(last) => {
                self.longest_interval = self.longest_interval.max(now.saturating_sub(last))
            }
            None => self.first_packet_at = now,
        }
        self.packet_at = Some(now);
        self.heard_at = now;
    }

    pub(super) fn has_packet_since_play(&self) -> bool {
        self.packet_at.is_some()
    }

    /// PLAY is sent. `is_over_udp`: TCP is tried if no packet arrives.
    pub(super) fn begins(&mut self, is_over_udp: bool, now: Duration) {
        self.is_over_udp = is_over_udp;
        self.play_at = now;
        self.packet_at = None;
    }

    /// A session exists; the camera ends it after `timeout` without requests.
    pub(super) fn keep_alive_every(&mut self, timeout: Option<Duration>, now: Duration) {
        let half = timeout.unwrap_or(SESSION_TIMEOUT) / 2;
        self.keep_alive_interval = half.clamp(KEEP_ALIVE_FLOOR, KEEP_ALIVE_CEILING);
        self.keep_alive_at = Some(now + self.keep_alive_interval);
    }

    pub(super) fn keep_alive_at(&self, phase: RtspPhase) -> Option<Duration> {
        self.keep_alive_at.filter(|_| phase.is_set_up())
    }

    pub(super) fn keep_alive_sent(&mut self, now: Duration) {
        self.keep_alive_at = Some(now + self.keep_alive_interval);
        self.n_keep_alives = self.n_keep_alives.saturating_add(1);
    }

    /// How many were sent.
    pub(super) fn n_keep_alives(&self) -> u32 {
        self.n_keep_alives
    }

    pub(super) fn method(&self) -> usize {
        self.method
    }

    /// The camera does not know this method, or ignores it.
    pub(super) fn change_method(&mut self) {
        self.method = (self.method + 1) % KEEP_ALIVE_METHODS.len();
    }

    pub(super) fn report_at(&self, phase: RtspPhase) -> Option<Duration> {
        self.report_at.filter(|_| phase.is_set_up())
    }

    pub(super) fn report_from(&mut self, now: Duration) {
        self.report_at = Some(now + REPORT_INTERVAL);
    }

    /// When the session is over unless something comes before.
    pub(super) fn silent_at(&self, phase: RtspPhase) -> Option<Duration> {
        match phase {
            RtspPhase::Playing if self.silence_limit.is_some() => {
                let floor = self.silence_limit?;
                let Some(last) = self.packet_at else {
                    return Some(self.play_at + self.first_limit());
                };
                let is_rate_known = last >= self.first_packet_at + self.first_packet_limit;
                let floor = match is_rate_known {
                    true => floor,
                    false => floor.max(self.first_packet_limit),
                };
                let own = self.longest_interval.saturating_mul(SILENCE_INTERVALS);
                Some(last + own.clamp(floor, SILENCE_CEILING.max(floor)))
            }
            // Answers to keep-alives are enough.
            RtspPhase::Playing | RtspPhase::Ready | RtspPhase::Paused => {
                Some(self.heard_at + SILENCE_CEILING)
            }
            _ => None,
        }
    }

    fn first_limit(&self) -> Duration {
        match self.is_over_udp {
            true => FIRST_DATAGRAM_LIMIT.min(self.first_packet_limit),
            false => self.first_packet_limit,
        }
    }

    /// Whether TCP is to be tried because nothing ever came.
    pub(super) fn is_udp_blocked(&self) -> bool {
        self.is_over_udp && self.packet_at.is_none()
    }
}
