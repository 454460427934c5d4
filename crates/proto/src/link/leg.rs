//! The parts common to both kinds of socket on the cloud's side: flood and garbage limits, pings,
//! numbering of requests, and the end. It knows nothing about recorders or calls.

use std::collections::VecDeque;
use std::time::Duration;

use serde::Serialize;

use crate::link::bucket::{Bucket, Rate};
use crate::link::limits::{
    ANSWER_WAIT, MAX_ID_BYTES, MAX_MALFORMED, PING_EVERY, PONG_WAIT, PROBE_WAIT, REGISTER_WAIT,
};
use crate::link::requests::Requests;
use crate::link::round_trip::RoundTrip;
use crate::rpc::{Id, Message, RpcError, code};

/// WebSocket close codes (RFC 6455 §7.4.1; 4000–4999 are ours).
pub mod close {
    /// The work is done.
    pub const NORMAL: u16 = 1000;
    /// The cloud is stopping, or the other end does not answer pings.
    pub const GOING_AWAY: u16 = 1001;
    /// A binary frame.
    pub const UNSUPPORTED: u16 = 1003;
    /// Flood, garbage, no registration.
    pub const POLICY: u16 = 1008;
    /// A message longer than [`crate::rpc::MAX_MESSAGE_BYTES`].
    pub const TOO_BIG: u16 = 1009;
    /// The person's session has ended: sign in again.
    pub const SIGNED_OUT: u16 = 4401;
}

/// What came over the socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IncomingFrame {
    /// One message.
    Text(String),
    /// Nobody here speaks binary.
    Binary,
    /// A ping, which the socket answers by itself.
    Ping,
    /// A pong with the payload of its ping.
    Pong(Vec<u8>),
    /// A message longer than [`crate::rpc::MAX_MESSAGE_BYTES`].
    TooBig,
    /// The other end closed, or the connection broke; nothing follows.
    Gone,
}

/// What came and is to be acted on.
#[derive(Debug, PartialEq)]
pub enum Arrival {
    /// A message with a sane id.
    Message(Message),
    /// The pong that [`Leg::probe`] asked for.
    Alive,
    /// The socket is at its end.
    Gone,
}

/// What the driver of a socket has to do, in this order.
#[derive(Debug, PartialEq)]
pub enum SocketOutput<E> {
    /// Send this.
    Send(OutgoingFrame),
    /// Act on this.
    Event(E),
}

/// What shall go out over the socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutgoingFrame {
    /// One message.
    Text(String),
    /// A ping with this payload.
    Ping([u8; 4]),
    /// The last frame; nothing follows.
    Close {
        /// One of [`close`].
        code: u16,
        /// For a developer's console; at most 123 bytes (RFC 6455 §5.5).
        reason: &'static str,
    },
}

/// One socket. `T` is what a request's asker wants back with its answer, `E` its output to the driver.
#[derive(Debug)]
pub struct Leg<T, E> {
    outputs: VecDeque<SocketOutput<E>>,
    requests: Requests<T>,
    bucket: Bucket,
    n_malformed: u32,
    register_by: Option<Duration>,
    ping_at: Duration,
    n_pings: u32,
    pong_by: Option<Duration>,
    pinged_at: Duration,
    round_trip: RoundTrip,
    is_probed: bool,
    is_closed: bool,
}

impl<T, E> Leg<T, E> {
    /// A socket that was opened at `now`.
    pub fn new(rate: Rate, now: Duration) -> Leg<T, E> {
        Leg {
            outputs: VecDeque::new(),
            requests: Requests::default(),
            bucket: Bucket::new(rate, now),
            n_malformed: 0,
            register_by: Some(now + REGISTER_WAIT),
            ping_at: now + PING_EVERY,
            n_pings: 0,
            pong_by: None,
            pinged_at: now,
            round_trip: RoundTrip::default(),
            is_probed: false,
            is_closed: false,
        }
    }

    /// The next thing to do.
    pub fn poll_output(&mut self) -> Option<SocketOutput<E>> {
        self.outputs.pop_front()
    }

    /// Tells the driver.
    pub fn tell(&mut self, event: E) {
        self.outputs.push_back(SocketOutput::Event(event));
    }

    /// Whether the last frame has been queued.
    pub fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// Queues the last frame, once.
    pub fn close(&mut self, code: u16, reason: &'static str) {
        if !self.is_closed {
            self.is_closed = true;
            self.send_frame(OutgoingFrame::Close { code, reason });
        }
    }

    /// The other end has registered; the time limit for that no longer applies.
    pub fn registered(&mut self) {
        self.register_by = None;
    }

    /// The other end has to do something before it can register; extends its time, once.
    pub fn may_register_until(&mut self, by: Duration) {
        self.register_by = Some(by);
    }

    /// Takes one frame; `None` when it is not to be acted on.
    pub fn receive(&mut self, frame: IncomingFrame, now: Duration) -> Option<Arrival> {
        match frame {
            IncomingFrame::Text(text) => self.read(&text, now).map(Arrival::Message),
            IncomingFrame::Binary => {
                self.close(close::UNSUPPORTED, "messages must be text");
                None
            }
            IncomingFrame::Ping => {
                self.admit(now);
                None
            }
            IncomingFrame::Pong(payload) => {
                let is_awaited = self.admit(now) && self.is_awaited(&payload, now);
                is_awaited.then_some(Arrival::Alive)
            }
            IncomingFrame::TooBig => {
                self.close(close::TOO_BIG, "message is too long");
                None
            }
            IncomingFrame::Gone => {
                self.is_closed = true;
                Some(Arrival::Gone)
            }
        }
    }

    /// Counts one frame of any kind; false if it must not be read.
    fn admit(&mut self, now: Duration) -> bool {
        if self.is_closed {
            return false;
        }
        if !self.bucket.take(now) {
            self.close(close::POLICY, "too many messages");
            return false;
        }
        true
    }

    fn read(&mut self, text: &str, now: Duration) -> Option<Message> {
        if !self.admit(now) {
            return None;
        }
        match Message::parse(text) {
            Ok(message) if has_sane_id(&message) => Some(message),
            Ok(_) | Err(_) => {
                self.malformed();
                None
            }
        }
    }

    /// Counts an invalid message and tells the other end; too many close the socket.
    pub fn malformed(&mut self) {
        self.n_malformed += 1;
        // A stranger gets no second try; a registered peer may be another version with a bug.
        if self.register_by.is_some() || self.n_malformed > MAX_MALFORMED {
            self.close(close::POLICY, "messages must be JSON-RPC 2.0");
        } else {
            self.error(RpcError::new(code::BAD_REQUEST, "message makes no sense"));
        }
    }

    /// Whether a pong answers the ping of [`Leg::probe`].
    fn is_awaited(&mut self, payload: &[u8], now: Duration) -> bool {
        // Only the pong of the newest ping counts: an older one says nothing about now.
        if payload != self.n_pings.to_be_bytes() || self.pong_by.is_none() {
            return false;
        }
        self.pong_by = None;
        self.round_trip.add(now.saturating_sub(self.pinged_at));
        std::mem::take(&mut self.is_probed)
    }

    /// How long the last pings took, in milliseconds; `None` before the first pong. It decides nothing.
    pub fn round_trip_ms(&self) -> Option<u16> {
        self.round_trip.median_ms()
    }

    /// Pings at once and waits less than usual.
    pub fn probe(&mut self, now: Duration) {
        let by = now + PROBE_WAIT;
        // A probe must not extend a wait that already runs.
        let by = self.pong_by.map_or(by, |earlier| earlier.min(by));
        self.ping(now, by);
        self.is_probed = true;
    }

    /// Sends a request, answered through [`Leg::settle`] or found by [`Leg::take_overdue`]. Returns
    /// `what` if too many requests are waiting.
    pub fn request(
        &mut self,
        method: &str,
        params: &impl Serialize,
        what: T,
        now: Duration,
    ) -> Result<(), T> {
        if self.is_closed {
            return Err(what);
        }
        let id = self.requests.open(what, now + ANSWER_WAIT)?;
        self.send(&Message::request(id, method, params));
        Ok(())
    }

    /// Sends a notification.
    pub fn notify(&mut self, method: &str, params: &impl Serialize) {
        self.send(&Message::notification(method, params));
    }

    /// Answers a request of the other end.
    pub fn answer(&mut self, id: Id, outcome: Result<&impl Serialize, RpcError>) {
        self.send(&match outcome {
            Ok(result) => Message::result(id, result),
            Err(error) => Message::refusal(id, error),
        });
    }

    /// Refuses a request of the other end.
    pub fn refuse(&mut self, id: Id, error: RpcError) {
        self.send(&Message::refusal(id, error));
    }

    /// Reports an error that answers no request.
    pub fn error(&mut self, error: RpcError) {
        self.send(&Message::Response {
            id: None,
            outcome: Err(error),
        });
    }

    /// The request that was answered, once.
    pub fn settle(&mut self, id: &Id) -> Option<T> {
        self.requests.settle(id)
    }

    /// One request whose time is up.
    pub fn take_overdue(&mut self, now: Duration) -> Option<T> {
        self.requests.take_overdue(now)
    }

    /// Every open request, for a socket that is gone.
    pub fn take_all(&mut self) -> impl Iterator<Item = T> {
        self.requests.take_all()
    }

    /// When [`Leg::handle_timeout`] wants to be called; `None` once the last frame has been queued.
    pub fn poll_timeout(&self) -> Option<Duration> {
        let due = [
            self.register_by,
            self.pong_by,
            self.requests.next_deadline(),
        ];
        let due = due.into_iter().flatten().fold(self.ping_at, Duration::min);
        (!self.is_closed).then_some(due)
    }

    /// Acts on what is due. Overdue requests are removed with [`Leg::take_overdue`].
    pub fn handle_timeout(&mut self, now: Duration) {
        if self.register_by.is_some_and(|by| by <= now) {
            self.close(close::POLICY, "register first");
        }
        if self.pong_by.is_some_and(|by| by <= now) {
            self.close(close::GOING_AWAY, "no pong");
        }
        if self.ping_at <= now && !self.is_closed {
            // A further ping must not extend the wait, or silence would never end the link.
            let by = self.pong_by.unwrap_or(now + PONG_WAIT);
            self.ping(now, by);
        }
    }

    fn ping(&mut self, now: Duration, pong_by: Duration) {
        if self.is_closed {
            return;
        }
        self.n_pings = self.n_pings.wrapping_add(1);
        self.pinged_at = now;
        self.pong_by = Some(pong_by);
        self.ping_at = now + PING_EVERY;
        self.send_frame(OutgoingFrame::Ping(self.n_pings.to_be_bytes()));
    }

    fn send(&mut self, message: &Message) {
        if !self.is_closed {
            self.send_frame(OutgoingFrame::Text(message.to_text()));
        }
    }

    fn send_frame(&mut self, frame: OutgoingFrame) {
        self.outputs.push_back(SocketOutput::Send(frame));
    }
}

fn has_sane_id(message: &Message) -> bool {
    match message {
        Message::Request { id, .. } | Message::Response { id: Some(id), .. } => match id {
            Id::Number(_) => true,
            Id::Text(text) => text.len() <= MAX_ID_BYTES,
        },
        Message::Notification { .. } | Message::Response { id: None, .. } => true,
    }
}

#[cfg(test)]
pub(crate) mod test {
    use super::*;
    use crate::machine::Machine;

    /// A side of a socket whose frames and events are looked at apart.
    pub(crate) struct Sorted<M, E> {
        pub(crate) side: M,
        frames: VecDeque<OutgoingFrame>,
        events: VecDeque<E>,
    }

    impl<E, M: Machine<Output = SocketOutput<E>>> Sorted<M, E> {
        pub(crate) fn new(side: M) -> Sorted<M, E> {
            let (frames, events) = (VecDeque::new(), VecDeque::new());
            Sorted {
                side,
                frames,
                events,
            }
        }

        pub(crate) fn handle(&mut self, input: M::Input, now: Duration) {
            self.side.handle(input, now);
        }

        pub(crate) fn handle_timeout(&mut self, now: Duration) {
            self.side.handle_timeout(now);
        }

        pub(crate) fn frame(&mut self) -> Option<OutgoingFrame> {
            self.sort();
            self.frames.pop_front()
        }

        pub(crate) fn event(&mut self) -> Option<E> {
            self.sort();
            self.events.pop_front()
        }

        /// All messages among the frames.
        pub(crate) fn messages(&mut self) -> Vec<Message> {
            std::iter::from_fn(|| self.frame())
                .filter_map(|frame| match frame {
                    OutgoingFrame::Text(text) => Message::parse(&text).ok(),
                    OutgoingFrame::Ping(_) | OutgoingFrame::Close { .. } => None,
                })
                .collect()
        }

        fn sort(&mut self) {
            while let Some(output) = self.side.poll_output() {
                match output {
                    SocketOutput::Send(frame) => self.frames.push_back(frame),
                    SocketOutput::Event(event) => self.events.push_back(event),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::limits::VIEWER_RATE;

    fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    fn leg() -> Leg<u8, ()> {
        let mut leg = Leg::new(VIEWER_RATE, seconds(0));
        leg.registered();
        leg
    }

    fn close_code(leg: &mut Leg<u8, ()>) -> Option<u16> {
        std::iter::from_fn(|| frame(leg)).find_map(|frame| match frame {
            OutgoingFrame::Close { code, .. } => Some(code),
            OutgoingFrame::Text(_) | OutgoingFrame::Ping(_) => None,
        })
    }

    fn frame(leg: &mut Leg<u8, ()>) -> Option<OutgoingFrame> {
        match leg.poll_output()? {
            SocketOutput::Send(frame) => Some(frame),
            SocketOutput::Event(()) => panic!("an event"),
        }
    }

    fn pong(leg: &mut Leg<u8, ()>, n: u32, now: Duration) -> Option<Arrival> {
        leg.receive(IncomingFrame::Pong(n.to_be_bytes().to_vec()), now)
    }

    fn text(leg: &mut Leg<u8, ()>, text: &str) -> Option<Arrival> {
        leg.receive(IncomingFrame::Text(text.to_owned()), seconds(1))
    }

    #[test]
    fn a_socket_without_a_pong_is_dead_within_thirty_seconds() {
        let mut leg = leg();

        leg.handle_timeout(leg.poll_timeout().unwrap());
        let dead_at = leg.poll_timeout().unwrap();
        leg.handle_timeout(dead_at);

        assert_eq!(dead_at, seconds(25));
        assert_eq!(close_code(&mut leg), Some(close::GOING_AWAY));
    }

    #[test]
    fn pongs_keep_a_socket_alive() {
        let mut leg = leg();

        for round in 1..=100_u32 {
            let now = leg.poll_timeout().unwrap();
            leg.handle_timeout(now);
            assert_eq!(
                frame(&mut leg),
                Some(OutgoingFrame::Ping(round.to_be_bytes()))
            );
            assert_eq!(pong(&mut leg, round, now), None);
        }
        assert!(!leg.is_closed());
    }

    #[test]
    fn only_the_pong_of_the_probe_answers_it() {
        let mut leg = leg();
        leg.handle_timeout(seconds(15));
        leg.probe(seconds(16));

        let now = seconds(17);
        assert_eq!(pong(&mut leg, 1, now), None, "an older ping's");
        assert_eq!(pong(&mut leg, 2, now), Some(Arrival::Alive));
        assert_eq!(pong(&mut leg, 2, now), None, "twice");
    }

    #[test]
    fn a_round_trip_is_that_of_the_newest_ping() {
        let mut leg = leg();
        leg.handle_timeout(seconds(15));
        assert_eq!(leg.round_trip_ms(), None);
        leg.probe(seconds(16));

        pong(&mut leg, 1, seconds(17));
        assert_eq!(leg.round_trip_ms(), None, "an older ping's");
        pong(&mut leg, 2, seconds(16) + Duration::from_millis(40));

        assert_eq!(leg.round_trip_ms(), Some(40));
    }

    #[test]
    fn an_unanswered_probe_closes_the_socket() {
        let mut leg = leg();
        leg.probe(seconds(1));

        leg.handle_timeout(leg.poll_timeout().unwrap());

        assert_eq!(close_code(&mut leg), Some(close::GOING_AWAY));
    }

    #[test]
    fn probes_do_not_lengthen_the_life_of_a_dead_socket() {
        let mut leg = leg();
        leg.probe(seconds(0));
        leg.probe(seconds(4));

        leg.handle_timeout(seconds(5));

        assert!(leg.is_closed());
    }

    #[test]
    fn a_flood_closes_the_socket() {
        let mut leg = leg();
        let message = r#"{"jsonrpc":"2.0","method":"x"}"#;

        let n_read = (0..10_000)
            .filter(|_| text(&mut leg, message).is_some())
            .count();

        assert_eq!(n_read, VIEWER_RATE.burst as usize);
        assert_eq!(close_code(&mut leg), Some(close::POLICY));
    }

    #[test]
    fn repeated_garbage_closes_the_socket() {
        let mut leg = leg();

        assert_eq!(text(&mut leg, "garbage"), None);
        assert!(matches!(frame(&mut leg), Some(OutgoingFrame::Text(text)) if text.contains("400")));
        for _ in 0..MAX_MALFORMED {
            text(&mut leg, &"x".repeat(70_000));
        }
        assert_eq!(close_code(&mut leg), Some(close::POLICY));
    }

    #[test]
    fn garbage_before_register_closes_at_once() {
        let mut leg: Leg<u8, ()> = Leg::new(VIEWER_RATE, seconds(0));

        text(&mut leg, "{}");

        assert_eq!(close_code(&mut leg), Some(close::POLICY));
    }

    #[test]
    fn an_overlong_id_is_not_echoed() {
        let mut leg = leg();
        let message = format!(
            r#"{{"jsonrpc":"2.0","id":"{}","method":"x"}}"#,
            "9".repeat(65)
        );

        assert_eq!(text(&mut leg, &message), None);
    }

    #[test]
    fn a_socket_that_does_not_register_in_time_is_closed() {
        let mut leg: Leg<u8, ()> = Leg::new(VIEWER_RATE, seconds(3));

        assert_eq!(leg.poll_timeout(), Some(seconds(13)));
        leg.handle_timeout(seconds(13));

        assert_eq!(close_code(&mut leg), Some(close::POLICY));
    }

    #[test]
    fn nothing_is_sent_after_the_close() {
        let mut leg = leg();
        leg.receive(IncomingFrame::Binary, seconds(1));
        leg.error(RpcError::new(1, "late"));
        leg.close(close::NORMAL, "again");
        leg.handle_timeout(seconds(100));

        assert_eq!(close_code(&mut leg), Some(close::UNSUPPORTED));
        assert_eq!(frame(&mut leg), None);
        assert_eq!(leg.request("x", &(), 1, seconds(1)), Err(1));
    }
}
