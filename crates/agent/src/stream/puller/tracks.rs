//! Selects the tracks of a camera to play.

use proto::reason::{CodecName, Reason};
use rtsp::format::Format;
use rtsp::sdp::{Description, MediaKind, TrackPurpose};

/// Indices of tracks in the description: pictures always, sound where viewers can hear it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ChosenTracks {
    pub(super) video: usize,
    pub(super) audio: Option<usize>,
}

impl ChosenTracks {
    /// Chooses the first pictures that can be forwarded, and the first sound: rather one that can be forwarded
    /// than one that must be decoded.
    pub(super) fn of(description: &Description) -> Result<ChosenTracks, Reason> {
        let of_kind = |kind| {
            let tracks = description.tracks.iter().enumerate();
            tracks.filter(move |(_, track)| {
                track.kind == kind && track.purpose == TrackPurpose::Playback
            })
        };
        let first = |kind, fits: fn(&Format) -> bool| {
            of_kind(kind)
                .find(|(_, track)| track.formats.iter().any(fits))
                .map(|(index, _)| index)
        };
        // JPEG takes ten times the bytes, and not every viewer is sent it.
        let video = first(MediaKind::Video, can_forward);
        if let Some(video) = video.or_else(|| first(MediaKind::Video, is_jpeg)) {
            let audio = first(MediaKind::Audio, can_forward);
            let audio = audio.or_else(|| first(MediaKind::Audio, can_decode));
            return Ok(ChosenTracks { video, audio });
        }
        let format = of_kind(MediaKind::Video).find_map(|(_, track)| track.formats.first());
        Err(match format {
            Some(format) => Reason::Codec(CodecName::new(&format.encoding)),
            None => Reason::NoVideo,
        })
    }
}

fn is_jpeg(format: &Format) -> bool {
    format.encoding == "jpeg"
}

/// Whether viewers can play a format as it comes.
fn can_forward(format: &Format) -> bool {
    let is_telephone = format.clock_rate == 8_000 && format.n_channels.is_none_or(|n| n == 1);
    match format.encoding.as_str() {
        "h264" | "h265" => true,
        "pcmu" | "pcma" => is_telephone,
        _ => false,
    }
}

/// Whether the agent can make G.711 of a format's sound.
fn can_decode(format: &Format) -> bool {
    let name = format.encoding.as_str();
    matches!(
        name,
        "mpeg4-generic" | "mp4a-latm" | "l16" | "g722" | "pcmu" | "pcma"
    ) || name.trim_start_matches("aal2-").starts_with("g726")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(tracks: &str) -> Result<ChosenTracks, Reason> {
        ChosenTracks::of(&Description::parse(tracks.as_bytes()))
    }

    const H264: &str = "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n";
    const PCMA: &str = "m=audio 0 RTP/AVP 8\r\n";

    #[test]
    fn the_first_pictures_and_sound_are_played() {
        let metadata = "m=application 0 RTP/AVP 107\r\na=rtpmap:107 vnd.onvif.metadata/90000\r\n";

        let tracks = chosen(&format!("{metadata}{PCMA}{H264}{H264}"));

        let (video, audio) = (2, Some(1));
        assert_eq!(tracks, Ok(ChosenTracks { video, audio }));
    }

    #[test]
    fn a_track_for_talking_is_not_played() {
        let tracks = chosen(&format!("{H264}{PCMA}a=sendonly\r\n"));

        let (video, audio) = (0, None);
        assert_eq!(tracks, Ok(ChosenTracks { video, audio }));
    }

    const AAC: &str = "m=audio 0 RTP/AVP 97\r\na=rtpmap:97 MPEG4-GENERIC/16000\r\n";

    #[test]
    fn sound_is_decoded_only_where_none_can_be_forwarded() {
        let video = 1;
        for encoding in [
            "MPEG4-GENERIC/16000",
            "MP4A-LATM/48000/2",
            "L16/44100/2",
            "G722/8000",
            "G726-32/8000",
            "AAL2-G726-16/8000",
            "PCMU/16000",
        ] {
            let sound = format!("m=audio 0 RTP/AVP 97\r\na=rtpmap:97 {encoding}\r\n");
            let audio = Some(0);
            let tracks = chosen(&format!("{sound}{H264}"));
            assert_eq!(tracks, Ok(ChosenTracks { video, audio }), "{encoding}");
        }

        let audio = Some(2);
        let tracks = chosen(&format!("{AAC}{H264}{PCMA}"));
        assert_eq!(tracks, Ok(ChosenTracks { video, audio }));
    }

    #[test]
    fn sound_that_cannot_be_decoded_costs_the_sound_only() {
        let unknown = "m=audio 0 RTP/AVP 97\r\na=rtpmap:97 EVS/16000\r\n";

        let tracks = chosen(&format!("{unknown}{H264}"));

        let (video, audio) = (1, None);
        assert_eq!(tracks, Ok(ChosenTracks { video, audio }));
    }

    #[test]
    fn jpeg_is_played_where_there_is_nothing_better() {
        const JPEG: &str = "m=video 0 RTP/AVP 26\r\n";

        let (video, audio) = (0, None);
        assert_eq!(chosen(JPEG), Ok(ChosenTracks { video, audio }));
        let (video, audio) = (1, None);
        let tracks = chosen(&format!("{JPEG}{H264}"));
        assert_eq!(tracks, Ok(ChosenTracks { video, audio }));
    }

    #[test]
    fn pictures_that_cannot_be_shown_are_named() {
        let mpeg4 = chosen("m=video 0 RTP/AVP 96\r\na=rtpmap:96 MP4V-ES/90000\r\n");

        assert_eq!(mpeg4, Err(Reason::Codec(CodecName::new("MP4V-ES"))));
        assert_eq!(chosen(PCMA), Err(Reason::NoVideo));
    }
}
