//! A pair of connected endpoints, frames to send, and waiting for events with a limit.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use peer::{Config, Ended, Endpoint, Event, Events, Frame, Negotiated, Offer, VideoCodec};

/// Longest wait for anything; only a failing test gets near it.
const PATIENCE: Duration = Duration::from_secs(90);

/// Label of the data channel that viewers expect.
pub(crate) const PICTURES: &str = "video/0";

/// One end and what it tells.
pub(crate) struct End {
    pub(crate) endpoint: Endpoint,
    pub(crate) events: Events,
}

/// Recorder's side and viewer's side, answered and connecting.
pub(crate) struct Pair {
    pub(crate) sender: End,
    pub(crate) viewer: End,
    pub(crate) negotiated: Negotiated,
}

pub(crate) fn config() -> Config {
    Config {
        with_loopback: true,
        bind: Some(IpAddr::from([127, 0, 0, 1])),
        stun_servers: Vec::new(),
        ..Config::default()
    }
}

pub(crate) fn offer(n_video: u8) -> Offer {
    Offer {
        n_video,
        with_audio: true,
        with_h265: true,
        with_estimate: false,
    }
}

impl End {
    /// Waits for the first event that `pick` takes.
    pub(crate) async fn wait_for<T>(
        &mut self,
        what: &str,
        mut pick: impl FnMut(Event) -> Option<T>,
    ) -> T {
        let waiting = async {
            while let Some(event) = self.events.next().await {
                if let Event::Ended(ended) = &event {
                    let ended = ended.clone();
                    return pick(event).ok_or(ended);
                }
                if let Some(picked) = pick(event) {
                    return Ok(picked);
                }
            }
            Err(Ended::Crashed)
        };
        match tokio::time::timeout(PATIENCE, waiting).await {
            Ok(Ok(picked)) => picked,
            Ok(Err(ended)) => panic!("ended before {what}: {ended:?}"),
            Err(_) => panic!("no {what} in time"),
        }
    }

    pub(crate) async fn connected(&mut self) {
        self.wait_for("connection", |event| {
            matches!(event, Event::Connected).then_some(())
        })
        .await;
    }

    pub(crate) async fn control_open(&mut self) {
        self.wait_for("control channel", |event| {
            matches!(event, Event::ControlOpen).then_some(())
        })
        .await;
    }

    pub(crate) async fn ended(&mut self) -> Ended {
        self.wait_for("end", |event| match event {
            Event::Ended(ended) => Some(ended),
            _ => None,
        })
        .await
    }

    /// The next `n` pictures.
    pub(crate) async fn frames(&mut self, n: usize) -> Vec<peer::Received> {
        let mut frames = Vec::new();
        while frames.len() < n {
            let frame = self
                .wait_for("picture", |event| match event {
                    Event::Frame(frame) => Some(frame),
                    _ => None,
                })
                .await;
            frames.push(frame);
        }
        frames
    }
}

impl Pair {
    /// Offered and answered, not waited for.
    pub(crate) async fn new(n_video: u8) -> Pair {
        Pair::offering(offer(n_video)).await
    }

    /// The same with another offer.
    pub(crate) async fn offering(offer: Offer) -> Pair {
        let (endpoint, events, sdp) = Endpoint::offer(config(), offer).expect("offering works");
        let sender = End { endpoint, events };
        let expecting = Config {
            data_labels: vec![PICTURES.to_owned()],
            ..config()
        };
        let (endpoint, events, answer) =
            Endpoint::answer(expecting, &sdp).expect("our own offer is answered");
        let viewer = End { endpoint, events };
        let negotiated = sender
            .endpoint
            .accept_answer(&answer)
            .await
            .expect("our own answer is taken");
        Pair {
            sender,
            viewer,
            negotiated,
        }
    }

    /// Both sides connected.
    pub(crate) async fn connected(n_video: u8) -> Pair {
        let mut pair = Pair::new(n_video).await;
        pair.sender.connected().await;
        pair.viewer.connected().await;
        pair
    }
}

/// An H.264 access unit with recognisable contents, four-byte start codes and no AUD.
pub(crate) fn h264(n: u32, is_key: bool, size: usize) -> Bytes {
    let mut unit = Vec::new();
    if is_key {
        unit.extend([0, 0, 0, 1, 0x67, 0x42, 0xc0, 0x1f, 0x8c, 0x8d, 0x40]);
        unit.extend([0, 0, 0, 1, 0x68, 0xce, 0x3c, 0x80]);
    }
    unit.extend([0, 0, 0, 1, if is_key { 0x65 } else { 0x41 }]);
    unit.extend(filler(n, size));
    Bytes::from(unit)
}

/// An H.265 access unit.
pub(crate) fn h265(n: u32, is_key: bool, size: usize) -> Bytes {
    let mut unit = Vec::new();
    if is_key {
        for kind in [32_u8, 33, 34] {
            unit.extend([0, 0, 0, 1, kind << 1, 1]);
            unit.extend(filler(n, 20));
        }
    }
    unit.extend([0, 0, 0, 1, if is_key { 19 << 1 } else { 1 << 1 }, 1]);
    unit.extend(filler(n, size));
    Bytes::from(unit)
}

/// Bytes that differ from unit to unit and hold no start code.
fn filler(n: u32, size: usize) -> impl Iterator<Item = u8> {
    (0..size as u32).map(move |i| ((i.wrapping_mul(31) ^ n.wrapping_mul(97)) % 251 + 3) as u8)
}

/// A frame of source 1, 25 a second.
pub(crate) fn frame(n: u32, is_key: bool, size: usize) -> Frame {
    Frame {
        data: h264(n, is_key, size),
        codec: VideoCodec::H264,
        is_key,
        is_cached: false,
        time: u64::from(n) * 3_600,
        arrived: Instant::now(),
        source: 1,
    }
}
