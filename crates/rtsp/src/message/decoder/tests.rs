//! Bytes as cameras send them, in pieces of every size.

use super::*;
use crate::message::RtspAnswer;

/// Everything that comes out, as words, when `bytes` come in pieces of `n_piece`.
fn decoded(sender: SendingSide, bytes: &[u8], n_piece: usize) -> Result<Vec<String>, DecodeError> {
    let mut decoder = Decoder::new(sender);
    decoder.expect_channel(0);
    let mut found = Vec::new();
    for piece in bytes.chunks(n_piece.max(1)) {
        decoder.feed(BytesMut::from(piece));
        while let Some(message) = decoder.next_message()? {
            found.push(match message {
                RtspMessage::Data { channel, packet } => format!("{channel}:{}", packet.len()),
                RtspMessage::Answer(a) => {
                    format!("{} {} {:?}", a.status, a.reason, a.headers.get("cseq"))
                }
                RtspMessage::Request(r) => format!("{} {}", r.method, r.url),
            });
        }
    }
    Ok(found)
}

#[track_caller]
fn expect(bytes: &[u8], expected: &[&str]) {
    for n_piece in [1, 2, 3, 7, 64, bytes.len()] {
        let found = decoded(SendingSide::Server, bytes, n_piece);
        assert_eq!(
            found,
            Ok(expected.iter().map(|text| (*text).to_owned()).collect()),
            "{n_piece}"
        );
    }
}

#[test]
fn answers_requests_and_packets_may_alternate() {
    expect(
        b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n$\x00\x00\x02\x80\x60OPTIONS * RTSP/1.0\r\nCSeq: 9\r\n\r\n\
          $\x05\x00\x00RTSP/1.0 454 Session Not Found\r\nCSeq: 2\r\n\r\n",
        &["200 OK Some(\"1\")", "0:2", "OPTIONS *", "5:0", "454 Session Not Found Some(\"2\")"],
    );
}

#[test]
fn stray_line_ends_between_messages_are_skipped() {
    expect(
        b"\r\n\r\nRTSP/1.0 200 OK\r\n\r\n\r\n$\x00\x00\x01\x80\r\n\n\r$\x00\x00\x01\x81",
        &["200 OK None", "0:1", "0:1"],
    );
}

#[test]
fn heads_are_read_in_every_shape() {
    expect(b"RTSP/1.0 200\r\ncseq:1\r\n\r\n", &["200  Some(\"1\")"]);
    expect(b"RTSP/1.0 200 OK\nCSEQ : 7\n\n", &["200 OK Some(\"7\")"]);
    expect(
        b"RTSP/2.0  200   All  right \r\nCSeq: 1\r\n\r\n",
        &["200 All right Some(\"1\")"],
    );
    expect(
        b"RTSP/1.0 200 OK\r\nno colon\r\n: x\r\nCSeq: 3\r\n\r\n",
        &["200 OK Some(\"3\")"],
    );
    expect(
        b"RTSP/1.0 200 OK\r\nCSeq:\r\n 4\r\n\t5\r\n\r\n",
        &["200 OK Some(\" 4 5\")"],
    );
    expect(
        b"RTSP/1.0 200 \xb5\xe7\r\nServer: \xff\r\n\r\n",
        &["200 \u{fffd}\u{fffd} None"],
    );
}

#[test]
fn bodies_have_their_length_whatever_is_in_them() {
    expect(
        b"RTSP/1.0 200 OK\r\nContent-Length: 9\r\nCSeq: 1\r\n\r\nv=0\r\n$\x00\r\n\
          RTSP/1.0 200 OK\r\nContent-length:0\r\nCSeq: 2\r\n\r\n\
          SET_PARAMETER x RTSP/1.0\r\nCONTENT-LENGTH : 2 \r\n\r\nab",
        &[
            "200 OK Some(\"1\")",
            "200 OK Some(\"2\")",
            "SET_PARAMETER x",
        ],
    );
}

#[test]
fn a_body_is_kept_whole() {
    let mut decoder = Decoder::new(SendingSide::Server);
    decoder.feed(BytesMut::from(
        &b"RTSP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nabcd"[..],
    ));

    let Ok(Some(RtspMessage::Answer(RtspAnswer { body, .. }))) = decoder.next_message() else {
        panic!("no answer");
    };

    assert_eq!(body, "abc");
}

#[test]
fn answers_of_web_servers_are_marked() {
    let mut decoder = Decoder::new(SendingSide::Server);
    decoder.feed(BytesMut::from(&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..]));

    let message = decoder.next_message();

    assert!(matches!(
        message,
        Ok(Some(RtspMessage::Answer(RtspAnswer {
            is_http: true,
            status: 400,
            ..
        })))
    ));
}

#[test]
fn decoding_continues_after_garbage() {
    // A packet whose length is too small, a status that is none, and a channel that nobody expects.
    expect(
        b"$\x00\x00\x02\x80\x60\x01\x02$\x09\x00\x04\x80\x00\x00\x00RTSP/1.0 abc\r\n\r\n$\x00\x00\x04\x80aaa\
          junk RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n",
        &["0:2", "0:4", "200 OK Some(\"1\")"],
    );
}

#[test]
fn garbage_without_end_is_an_error() {
    for (byte, n_piece) in [
        (b'x', 1000),
        (b'A', 1000),
        (b'$', 4096),
        (0, 777),
        (b'R', 4096),
    ] {
        let found = decoded(
            SendingSide::Server,
            &vec![byte; 4 * MAX_SKIPPED_BYTES],
            n_piece,
        );
        // Dollar signs are packets of a channel, whatever is in them.
        assert!(
            found == Err(DecodeError::Garbage) || byte == b'$',
            "{byte} {found:?}"
        );
    }
}

#[test]
fn a_client_that_sends_garbage_is_cut_off_at_once() {
    let request = b"OPTIONS * RTSP/1.0\r\n\r\n\x80";

    assert_eq!(
        decoded(SendingSide::Client, request, 5),
        Err(DecodeError::Garbage)
    );
    assert_eq!(
        decoded(SendingSide::Client, b"GET / HTTP/1.1\r\n\r\n", 5),
        Err(DecodeError::Garbage)
    );
}

#[test]
fn messages_beyond_their_limits_are_errors() {
    let endless_head = [
        b"RTSP/1.0 200 OK\r\n",
        &b"A: b\r\n".repeat(MAX_HEAD_BYTES / 6)[..],
    ]
    .concat();
    let endless_body = format!(
        "RTSP/1.0 200 OK\r\nContent-Length: {}\r\n\r\n",
        MAX_BODY_BYTES + 1
    );
    let endless_number = "RTSP/1.0 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n";

    for bytes in [
        &endless_head[..],
        endless_body.as_bytes(),
        endless_number.as_bytes(),
    ] {
        assert_eq!(
            decoded(SendingSide::Server, bytes, 1000),
            Err(DecodeError::TooLong)
        );
    }
}

#[test]
fn nothing_comes_out_after_an_error() {
    let mut decoder = Decoder::new(SendingSide::Client);
    decoder.feed(BytesMut::from(&b"\x00"[..]));
    assert_eq!(decoder.next_message(), Err(DecodeError::Garbage));

    decoder.feed(BytesMut::from(&b"OPTIONS * RTSP/1.0\r\n\r\n"[..]));

    assert_eq!(decoder.next_message(), Err(DecodeError::Garbage));
}

#[test]
fn packets_are_parts_of_what_was_read() {
    let mut space = BytesMut::with_capacity(1024);
    let mut decoder = Decoder::new(SendingSide::Server);
    let start = space.as_ptr();
    for piece in [&b"$\x00\x00\x08\x80123"[..], b"4567$\x00\x00\x01", b"\x80"] {
        space.extend_from_slice(piece);
        decoder.feed(space.split());
    }

    let mut offsets = Vec::new();
    while let Ok(Some(RtspMessage::Data { packet, .. })) = decoder.next_message() {
        offsets.push((packet.as_ptr().addr() - start.addr(), packet.len()));
    }

    assert_eq!(offsets, [(4, 8), (16, 1)]);
}
