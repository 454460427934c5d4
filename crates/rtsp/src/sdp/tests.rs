//! Descriptions in the shapes of real cameras.

use super::*;

fn read(file: &str) -> Description {
    let path = format!("{}/testdata/{file}.sdp", env!("CARGO_MANIFEST_DIR"));
    Description::parse(&std::fs::read(&path).unwrap_or_else(|e| panic!("{path}: {e}")))
}

/// Tracks in short: kind, purpose, control and encodings.
fn shape(description: &Description) -> Vec<String> {
    let tracks = description.tracks.iter().map(|track| {
        let formats = track.formats.iter().map(|format| {
            let channels = format.n_channels.map_or(String::new(), |n| format!("/{n}"));
            format!(
                "{}={}/{}{channels}",
                format.payload_type, format.encoding, format.clock_rate
            )
        });
        let formats: Vec<String> = formats.collect();
        format!(
            "{:?} {:?} {} {}",
            track.kind,
            track.purpose,
            track.control.as_deref().unwrap_or("-"),
            formats.join(" ")
        )
    });
    tracks.collect()
}

#[test]
fn a_hikvision_description_is_read() {
    let description = read("hikvision-h264-pcmu");

    assert_eq!(
        shape(&description),
        [
            "Video Playback rtsp://192.0.2.64:554/Streaming/Channels/101/trackID=1 96=h264/90000",
            "Audio Playback rtsp://192.0.2.64:554/Streaming/Channels/101/trackID=2 0=pcmu/8000",
            "Other Playback rtsp://192.0.2.64:554/Streaming/Channels/101/trackID=3 107=vnd.onvif.metadata/90000",
        ]
    );
    assert_eq!(
        description.control.as_deref(),
        Some("rtsp://192.0.2.64:554/Streaming/Channels/101/")
    );
    let video = &description.tracks[0];
    assert_eq!(video.size, Some((1920, 1080)));
    assert_eq!(video.frame_rate, Some(25.0));
    assert_eq!(video.formats[0].parameter("packetization-mode"), Some("1"));
    assert_eq!(
        video.formats[0].parameter("sprop-parameter-sets"),
        Some("Z00AKp2oHgCJ+WbgICAoAAAfQAAGGoQg,aO48gA==")
    );
}

#[test]
fn a_dahua_description_with_talk_back_is_read() {
    assert_eq!(
        shape(&read("dahua-h265-aac-backchannel")),
        [
            "Video Playback trackID=0 98=h265/90000",
            "Audio Playback trackID=1 97=mpeg4-generic/48000",
            "Audio Backchannel trackID=5 8=pcma/8000",
        ]
    );
}

#[test]
fn a_recording_says_how_long_it_is() {
    let description = read("onvif-recording");

    assert_eq!(
        description.range.map(|range| range.to_string()).as_deref(),
        Some("npt=0.000-3600.500")
    );
    assert_eq!(
        shape(&description),
        ["Video Playback video?track=1&x=%20 35=jpeg/90000"]
    );
    assert_eq!(description.tracks[0].size, Some((640, 480)));
}

#[test]
fn a_description_may_begin_at_its_first_track() {
    let description = Description::parse(
        b"m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:trackID=0\r\n",
    );

    assert_eq!(
        shape(&description),
        ["Video Playback trackID=0 96=h264/90000"]
    );
}

#[test]
fn invalid_lines_are_ignored() {
    let description = Description::parse(
        b"v=0\ro=-\rc=IN\rs=\xc9\xe3\xcf\xf1\xbb\xfa\rt=\rgarbage\r=\r\x00\x01\rm=\rm=video\rm= audio  0  RTP/AVP 8 x 300 0\r\
          a=control:\ra=rtpmap:\ra=rtpmap:x y\ra=rtpmap:97\ra=fmtp:\ra=framerate:-1\ra=x-dimensions:0,0\ra=:\ra\r",
    );

    assert_eq!(
        shape(&description),
        [
            "Video Playback - ",
            "Audio Playback - 8=pcma/8000/1 0=pcmu/8000/1"
        ]
    );
    assert_eq!(description.tracks[0].frame_rate, None);
}

#[test]
fn formats_are_read_in_every_shape() {
    let formats = |lines: &str| {
        let description = Description::parse(format!("m={lines}").as_bytes());
        shape(&description).concat()
    };
    let cases = [
        (
            "video 0 RTP/AVP 96\na=rtpmap:96 h264/90000/1",
            "96=h264/90000/1",
        ),
        ("video 0 RTP/AVP 96\na=rtpmap:96  HEVC", "96=h265/90000"),
        ("video 0 RTP/AVP 96\na=rtpmap:96 H264/0", "96=h264/90000"),
        (
            "video 0 RTP/AVP 96\na=fmtp:96 sprop-parameter-sets=A,B",
            "96=h264/90000",
        ),
        (
            "video 0 RTP/AVP 96\na=fmtp:96 sprop-vps=A; sprop-sps=B",
            "96=h265/90000",
        ),
        ("video 0 RTP/AVP 96\na=fmtp:96 a=b", ""),
        ("video 0 RTP/AVP 26", "26=jpeg/90000"),
        ("video 0 RTP/AVP", ""),
        (
            "audio 0 RTP/AVP 97 98\na=rtpmap:98 opus/48000/2\na=rtpmap:97 G726-16/x",
            "97=g726-16/8000 98=opus/48000/2",
        ),
        (
            "audio 0 RTP/AVP 11\na=rtpmap:11 L16/16000/1",
            "11=l16/16000/1",
        ),
        (
            "audio 0 RTP/AVP 0\na=rtpmap:112 vnd.x/90000",
            "0=pcmu/8000/1 112=vnd.x/90000",
        ),
    ];

    for (lines, expected) in cases {
        assert!(
            formats(lines).ends_with(&format!("Playback - {expected}")),
            "{lines}: {}",
            formats(lines)
        );
    }
}

#[test]
fn parameters_keep_their_values() {
    let description = Description::parse(
        b"m=audio 0 RTP/AVP 97\na=fmtp:97 StreamType=5;Mode=AAC-hbr; config=\"1408\" ;;flag;x=a=b\n\
          a=fmtp:97 more=1",
    );
    let format = Description::parse(b"m=audio 0 RTP/AVP 97\na=rtpmap:97 x/1\na=fmtp:97 a=1")
        .tracks
        .remove(0)
        .formats;
    assert!(
        description.tracks[0].formats.is_empty(),
        "nothing says what it is"
    );
    assert_eq!(format[0].parameter("a"), Some("1"));

    let description = Description::parse(
        b"m=audio 0 RTP/AVP 97\na=fmtp:97 StreamType=5;Mode=AAC-hbr; config=\"1408\" ;;flag;x=a=b\n\
          a=fmtp:97 more=1\na=rtpmap:97 mpeg4-generic/16000",
    );
    let parameters = &description.tracks[0].formats[0].parameters;
    let pairs: Vec<(&str, &str)> = parameters
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_eq!(
        pairs,
        [
            ("streamtype", "5"),
            ("mode", "AAC-hbr"),
            ("config", "1408"),
            ("flag", ""),
            ("x", "a=b"),
            ("more", "1")
        ]
    );
}

#[test]
fn directions_distinguish_talk_back_from_sound() {
    let purposes = |text: &str| -> Vec<TrackPurpose> {
        let description = Description::parse(text.as_bytes());
        description
            .tracks
            .iter()
            .map(|track| track.purpose)
            .collect()
    };
    use TrackPurpose::{Backchannel, Inactive, Playback};

    let onvif = "m=video 0 RTP/AVP 96\na=recvonly\nm=audio 0 RTP/AVP 0\na=recvonly\nm=audio 0 RTP/AVP 8\na=sendonly\n";
    assert_eq!(purposes(onvif), [Playback, Playback, Backchannel]);
    // A camera that describes itself: it sends pictures and sound.
    let itself = "m=video 0 RTP/AVP 96\na=sendonly\nm=audio 0 RTP/AVP 0\na=sendonly\n";
    assert_eq!(purposes(itself), [Playback, Playback]);
    let for_all = "a=sendonly\nm=video 0 RTP/AVP 96\nm=audio 0 RTP/AVP 0\n";
    assert_eq!(purposes(for_all), [Playback, Playback]);
    assert_eq!(
        purposes("m=video 0 RTP/AVP 96\na=inactive\nm=audio 0 RTP/AVP 0\na=sendrecv"),
        [Inactive, Playback]
    );
}

#[test]
fn tracks_lines_and_formats_are_bounded() {
    let tracks = "m=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000\n".repeat(100);
    let formats = format!(
        "m=video 0 RTP/AVP 96\n{}",
        (0..128)
            .map(|n| format!("a=rtpmap:{n} x\n"))
            .collect::<String>()
    );
    let parameters = format!("m=video 0 RTP/AVP 26\na=fmtp:26 {}", "a=b;".repeat(10_000));
    let lines = format!("{}m=video 0 RTP/AVP 26\n", "x=\n".repeat(MAX_SDP_LINES));

    assert_eq!(
        Description::parse(tracks.as_bytes()).tracks.len(),
        MAX_TRACKS
    );
    assert_eq!(
        Description::parse(formats.as_bytes()).tracks[0]
            .formats
            .len(),
        crate::limits::MAX_FORMATS
    );
    let parameters = Description::parse(parameters.as_bytes());
    assert_eq!(
        parameters.tracks[0].formats[0].parameters.len(),
        crate::limits::MAX_PARAMETERS
    );
    assert!(Description::parse(lines.as_bytes()).tracks.is_empty());
}
