//! What the agent reads off the network: frames of a recorder, answers of STUN.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use agent::stream::gop::{GopCache, GopLimits, Read};
use agent::stream::{Codec, FrameKind, StreamFrame};
use bytes::Bytes;
use peer::TurnServer;
use peer::reflexive::Reflexive;
use peer::turn::framing::FrameReader;
use proto::video::{Assembler, Assembly};

const LIMITS: GopLimits = GopLimits {
    bytes: 4096,
    frames: 16,
    tail_frames: 4,
};

/// Messages of two bytes of length and what follows: only whole pictures come out, and each was said to be
/// as long as it is.
pub(crate) fn pictures(mut data: &[u8]) {
    let mut assembler = Assembler::default();
    while let Some((length, rest)) = data.split_first_chunk::<2>() {
        let length = usize::from(u16::from_be_bytes(*length)).min(rest.len());
        let (message, more) = rest.split_at(length);
        if let Ok(Assembly::Picture(picture)) = assembler.take(message) {
            assert_eq!(picture.data.len(), picture.header.n_bytes as usize);
        }
        data = more;
    }
}

/// Whatever comes in whatever order: the cache keeps its limits, and a group begins with its key.
pub(crate) fn gop(data: &[u8]) {
    let mut cache = GopCache::new(LIMITS);
    let arrived = Instant::now();
    for (n, two) in data.chunks(2).take(2048).enumerate() {
        let (which, size) = (two[0], usize::from(two.get(1).copied().unwrap_or(0)) * 16);
        match which % 8 {
            6 => cache.clear(),
            7 => cache.set_limits(GopLimits {
                frames: 1 + usize::from(which),
                ..LIMITS
            }),
            _ => {
                let kind = match which % 4 {
                    0 => FrameKind::VideoKey,
                    3 => FrameKind::Audio,
                    _ => FrameKind::VideoDelta,
                };
                cache.push(Arc::new(StreamFrame {
                    kind,
                    codec: Codec::H264,
                    data: Bytes::from(vec![which; size]),
                    rtp_time: 3000 * n as u64,
                    arrived,
                    size: None,
                }));
            }
        }
        assert!(
            cache.n_bytes() <= LIMITS.bytes + 16 * 255,
            "{} bytes",
            cache.n_bytes()
        );
        let group = cache.group();
        assert!(
            group
                .first()
                .is_none_or(|first| first.kind == FrameKind::VideoKey)
        );
        assert!(cache.resume_number() <= cache.next_number());
        assert_eq!(cache.read(cache.next_number()), Read::Nothing);
    }
}

/// The profile in an access unit.
pub(crate) fn h264(data: &[u8]) {
    if let Some(profile) = peer::frame::h264_profile(data) {
        assert!(data.contains(&profile));
    }
}

/// The agent's reader of binding responses: it believes those to its own question only, once.
pub(crate) fn stun(data: &[u8]) {
    let socket = SocketAddr::from(([10, 0, 0, 5], 4_000));
    let server = SocketAddr::from(([192, 0, 2, 7], 3_478));
    let mut reflexive = Reflexive::default();
    let id: Option<[u8; 16]> = data.get(4..20).and_then(|id| id.try_into().ok());
    let id = u128::from_be_bytes(id.unwrap_or_default());
    reflexive.ask(socket, server, id.into(), Instant::now());
    if reflexive.answer(socket, server, data).is_some() {
        assert_eq!(data[..2], [1, 1]);
        assert_eq!(reflexive.answer(socket, server, data), None);
    }
}

/// The agent's reader of a relay's stream: however it is cut into pieces, the frames are the same, and
/// none is long.
pub(crate) fn turn_stream(data: &[u8]) {
    let Some((step, bytes)) = crate::input::chosen(data) else {
        return;
    };
    let frames = |pieces: std::slice::Chunks<'_, u8>| {
        let (mut reader, mut frames) = (FrameReader::default(), Vec::new());
        for piece in pieces {
            reader.push(piece);
            loop {
                match reader.next_frame() {
                    Ok(Some(frame)) => frames.push(frame),
                    Ok(None) => break,
                    Err(_) => return (frames, false),
                }
            }
        }
        (frames, true)
    };
    let whole = frames(bytes.chunks(bytes.len().max(1)));
    let cut = frames(bytes.chunks(usize::from(step).max(1)));
    assert_eq!(whole, cut);
    let longest = whole.0.iter().map(Vec::len).max();
    assert!(longest.is_none_or(|length| length <= peer::limits::MAX_RELAY_FRAME_BYTES));
}

/// The URL of a relay: a host without brackets, blanks or parameters, or none.
pub(crate) fn turn_url(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Some(server) = TurnServer::parse(&text, "user", "password") {
        assert!(server.port > 0);
        assert!((1..=253).contains(&server.host.len()));
        assert!(!server.host.contains([' ', '[', ']', '?', '/']));
    }
}
