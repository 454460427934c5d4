//! Pictures over a data channel, for what WebRTC's own video does not carry: JPEG, and H.264 and H.265 where
//! the viewer can decode them but not receive them as RTP. A channel per slot, a few bytes before each piece of a
//! picture, and the rule for which way a picture goes. `docs/ref/data_channels.md` describes the format.

mod assembly;

pub use assembly::{AssembledPicture, Assembler, Assembly};

/// Protocol of these data channels.
pub const PROTOCOL: &str = "peerview.video.1";
/// What a viewer lists among its subprotocols if it can decode JPEG.
pub const JPEG_DECODER: &str = "peerview.video.1/jpeg";
/// What a viewer lists among its subprotocols if it can decode H.264.
pub const H264_DECODER: &str = "peerview.video.1/h264";
/// What a viewer lists among its subprotocols if it can decode H.265.
pub const H265_DECODER: &str = "peerview.video.1/h265";

/// What a viewer lists among its subprotocols if it shows a still until the video plays.
pub const STILL_VIEWER: &str = "peerview.video.1/still";

/// What it lists besides if it does so only up to a number of pixels: this, and the number.
pub const H265_PIXELS: &str = "peerview.video.1/h265-pixels/";

/// Bytes before each piece.
pub const HEADER_BYTES: usize = 26;
/// Longest message. Every browser receives messages of this size, and none holds up another channel
/// for long (RFC 8831 §6.6).
pub const MAX_MESSAGE_BYTES: usize = 16 * 1024;
/// Longest piece of a picture.
pub const MAX_PIECE_BYTES: usize = MAX_MESSAGE_BYTES - HEADER_BYTES;
/// Largest picture; key frames of 8-megapixel cameras are smaller.
pub const MAX_PICTURE_BYTES: usize = 4 * 1024 * 1024;

const JPEG: u8 = 1;
const H265: u8 = 2;
const STILL: u8 = 3;
const H264: u8 = 4;
const KEY: u8 = 1;

/// Label of the data channel of a slot.
pub fn label(slot: u8) -> String {
    format!("video/{slot}")
}

/// How a picture is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureCodec {
    /// A whole JPEG file.
    Jpeg,
    /// An H.265 access unit, Annex B; a key frame begins with its parameter sets.
    H265,
    /// A whole JPEG file to look at until the camera's video plays.
    Still,
    /// An H.264 access unit, Annex B; a key frame begins with its parameter sets.
    H264,
}

impl PictureCodec {
    /// Whether no picture depends on another.
    fn is_whole(self) -> bool {
        matches!(self, PictureCodec::Jpeg | PictureCodec::Still)
    }
}

/// Which pictures a viewer decodes by itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Decoders {
    /// JPEG files.
    pub jpeg: bool,
    /// H.264 access units.
    pub h264: bool,
    /// H.265 access units.
    pub h265: bool,
    /// Most pixels of an H.265 picture, where the decoder has such a limit.
    pub h265_pixels: Option<u32>,
    /// Stills, until the video plays.
    pub still: bool,
}

/// How pictures get to a viewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureRoute {
    /// As RTP, in the video m-line of the slot.
    Rtp,
    /// Over the data channel of the slot.
    Data(PictureCodec),
}

/// The codecs of cameras that some viewer can play.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CameraCodec {
    /// H.264.
    H264,
    /// H.265.
    H265,
    /// JPEG.
    Jpeg,
}

impl Decoders {
    /// What the subprotocols in an answer say; unknown ones say nothing.
    pub fn of_subprotocols(subprotocols: &[String]) -> Decoders {
        let has = |name| subprotocols.iter().any(|subprotocol| subprotocol == name);
        let pixels = |it: &String| it.strip_prefix(H265_PIXELS)?.parse().ok();
        Decoders {
            jpeg: has(JPEG_DECODER),
            h264: has(H264_DECODER),
            h265: has(H265_DECODER),
            h265_pixels: subprotocols.iter().find_map(pixels),
            still: has(STILL_VIEWER),
        }
    }

    /// The way for pictures of this codec and size, if that is known; `None` if this viewer cannot show them. RTP
    /// comes first: it is paced, repairs losses without waiting, and is shown by the browser's own player.
    pub fn way(
        self,
        codec: CameraCodec,
        size: Option<(u32, u32)>,
        is_negotiated: bool,
    ) -> Option<PictureRoute> {
        match codec {
            CameraCodec::H264 | CameraCodec::H265 if is_negotiated => Some(PictureRoute::Rtp),
            CameraCodec::H264 if self.h264 => Some(PictureRoute::Data(PictureCodec::H264)),
            CameraCodec::H265 if self.h265 && self.takes(size) => {
                Some(PictureRoute::Data(PictureCodec::H265))
            }
            CameraCodec::Jpeg if self.jpeg => Some(PictureRoute::Data(PictureCodec::Jpeg)),
            CameraCodec::H264 | CameraCodec::H265 | CameraCodec::Jpeg => None,
        }
    }
}

impl Decoders {
    /// Whether the decoder of H.265 takes pictures of this size. Where nobody has said it, the first one shows it.
    fn takes(self, size: Option<(u32, u32)>) -> bool {
        let pixels = size.map(|(width, height)| u64::from(width) * u64::from(height));
        let (Some(pixels), Some(most)) = (pixels, self.h265_pixels) else {
            return true;
        };
        pixels <= u64::from(most)
    }
}

/// What is said about a picture before each of its pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PictureHeader {
    /// How it is encoded.
    pub codec: PictureCodec,
    /// Whether a decoder can begin with it; every JPEG can.
    pub is_key: bool,
    /// Grows with every camera or stream that the channel changes to; pictures of another source have nothing
    /// to do with each other.
    pub source: u32,
    /// Number of the picture in its source; counts up by one and wraps.
    pub number: u32,
    /// Time of capture at 90 kHz, from any zero point.
    pub time: u64,
    /// Bytes of the whole picture.
    pub n_bytes: u32,
}

/// One message: a piece of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PicturePiece<'a> {
    /// The picture.
    pub header: PictureHeader,
    /// Where in the picture the piece begins.
    pub offset: u32,
    /// Its bytes, at least one.
    pub data: &'a [u8],
}

/// Why a message is no piece of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadPiece {
    /// It has no bytes of a picture, or too many.
    #[error("a message has between {} and {MAX_MESSAGE_BYTES} bytes", HEADER_BYTES + 1)]
    Length,
    /// Its codec is unknown.
    #[error("the codec is unknown")]
    Codec,
    /// A bit is set that means nothing, or a JPEG is said to depend on another picture.
    #[error("the flags make no sense")]
    Flags,
    /// It lies outside its picture, or the picture is too large.
    #[error("the piece lies outside a picture of at most {MAX_PICTURE_BYTES} bytes")]
    Place,
}

impl<'a> PicturePiece<'a> {
    /// Reads a message.
    pub fn parse(message: &'a [u8]) -> Result<PicturePiece<'a>, BadPiece> {
        let (head, data) = message
            .split_first_chunk::<HEADER_BYTES>()
            .ok_or(BadPiece::Length)?;
        if data.is_empty() || data.len() > MAX_PIECE_BYTES {
            return Err(BadPiece::Length);
        }
        let [codec, flags, s0, s1, s2, s3, p0, p1, p2, p3, rest @ ..] = *head;
        let [
            t0,
            t1,
            t2,
            t3,
            t4,
            t5,
            t6,
            t7,
            n0,
            n1,
            n2,
            n3,
            o0,
            o1,
            o2,
            o3,
        ] = rest;
        let codec = match codec {
            JPEG => PictureCodec::Jpeg,
            H265 => PictureCodec::H265,
            STILL => PictureCodec::Still,
            H264 => PictureCodec::H264,
            _ => return Err(BadPiece::Codec),
        };
        if flags & !KEY != 0 || codec.is_whole() && flags != KEY {
            return Err(BadPiece::Flags);
        }
        let header = PictureHeader {
            codec,
            is_key: flags == KEY,
            source: u32::from_be_bytes([s0, s1, s2, s3]),
            number: u32::from_be_bytes([p0, p1, p2, p3]),
            time: u64::from_be_bytes([t0, t1, t2, t3, t4, t5, t6, t7]),
            n_bytes: u32::from_be_bytes([n0, n1, n2, n3]),
        };
        let offset = u32::from_be_bytes([o0, o1, o2, o3]);
        let end = u64::from(offset) + data.len() as u64;
        if header.n_bytes as usize > MAX_PICTURE_BYTES || end > u64::from(header.n_bytes) {
            return Err(BadPiece::Place);
        }
        Ok(PicturePiece {
            header,
            offset,
            data,
        })
    }

    /// The message.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut message = Vec::with_capacity(HEADER_BYTES + self.data.len());
        message.push(match self.header.codec {
            PictureCodec::Jpeg => JPEG,
            PictureCodec::H265 => H265,
            PictureCodec::Still => STILL,
            PictureCodec::H264 => H264,
        });
        message.push(if self.header.is_key { KEY } else { 0 });
        message.extend(self.header.source.to_be_bytes());
        message.extend(self.header.number.to_be_bytes());
        message.extend(self.header.time.to_be_bytes());
        message.extend(self.header.n_bytes.to_be_bytes());
        message.extend(self.offset.to_be_bytes());
        message.extend(self.data);
        message
    }
}

/// The messages of a picture, whose header says how many bytes it has; none if it is too large.
pub fn messages(header: PictureHeader, data: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let is_sound = data.len() <= MAX_PICTURE_BYTES && data.len() == header.n_bytes as usize;
    let pieces = if is_sound { data } else { &[] }.chunks(MAX_PIECE_BYTES);
    pieces.zip(0_u32..).map(move |(data, index)| {
        let offset = index * MAX_PIECE_BYTES as u32;
        PicturePiece {
            header,
            offset,
            data,
        }
        .to_bytes()
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn header(codec: PictureCodec, n_bytes: usize) -> PictureHeader {
        PictureHeader {
            codec,
            is_key: true,
            source: 3,
            number: 7,
            time: 90_000,
            n_bytes: n_bytes as u32,
        }
    }

    #[test]
    fn a_message_has_the_documented_layout() {
        let mut messages = messages(header(PictureCodec::H265, 2), &[8, 9]);

        let expected = [
            2, 1, 0, 0, 0, 3, 0, 0, 0, 7, 0, 0, 0, 0, 0, 1, 0x5f, 0x90, 0, 0, 0, 2, 0, 0, 0, 0, 8,
            9,
        ];
        assert_eq!(messages.next().as_deref(), Some(&expected[..]));
        assert_eq!(messages.next(), None);
    }

    #[test]
    fn invalid_messages_are_refused() {
        let good = messages(header(PictureCodec::Jpeg, 3), &[1, 2, 3])
            .next()
            .expect("a message");
        let with = |at: usize, byte: u8| {
            let mut bad = good.clone();
            bad[at] = byte;
            PicturePiece::parse(&bad).err()
        };

        assert!(PicturePiece::parse(&good).is_ok());
        assert_eq!(with(0, 0), Some(BadPiece::Codec));
        assert_eq!(with(0, 3), None, "a still");
        assert_eq!(with(0, 4), None, "H.264");
        assert_eq!(with(0, 5), Some(BadPiece::Codec));
        assert_eq!(with(1, 0), Some(BadPiece::Flags));
        assert_eq!(with(1, 3), Some(BadPiece::Flags));
        assert_eq!(with(21, 2), Some(BadPiece::Place));
        assert_eq!(with(18, 1), Some(BadPiece::Place));
        assert_eq!(with(25, 1), Some(BadPiece::Place));
        assert_eq!(with(22, 255), Some(BadPiece::Place));
        for length in 0..=HEADER_BYTES {
            let bad = PicturePiece::parse(&good[..length]);
            assert_eq!(bad, Err(BadPiece::Length));
        }
        let long = [good.clone(), vec![0; MAX_PIECE_BYTES]].concat();
        assert_eq!(PicturePiece::parse(&long), Err(BadPiece::Length));
    }

    #[test]
    fn pictures_go_as_rtp_where_that_was_negotiated() {
        use CameraCodec as Camera;
        let all = Decoders {
            jpeg: true,
            h264: true,
            h265: true,
            h265_pixels: Some(1280 * 720),
            still: true,
        };
        let small = Some((1280, 720));
        let none = Decoders::default();
        let data = |codec| Some(PictureRoute::Data(codec));

        for (codec, is_negotiated, decoders, way) in [
            (Camera::H264, true, none, Some(PictureRoute::Rtp)),
            (Camera::H264, false, all, data(PictureCodec::H264)),
            (Camera::H264, false, none, None),
            (Camera::H265, true, all, Some(PictureRoute::Rtp)),
            (Camera::H265, false, all, data(PictureCodec::H265)),
            (Camera::H265, false, none, None),
            (Camera::Jpeg, false, all, data(PictureCodec::Jpeg)),
            (Camera::Jpeg, false, none, None),
        ] {
            let found = decoders.way(codec, small, is_negotiated);
            assert_eq!(found, way, "{codec:?}");
        }
        let of_size = |size| all.way(Camera::H265, size, false);
        assert_eq!(of_size(Some((1280, 721))), None);
        assert_eq!(of_size(Some((u32::MAX, u32::MAX))), None);
        assert_eq!(of_size(None), data(PictureCodec::H265));
        // As RTP the browser's own decoder plays them.
        let as_rtp = all.way(Camera::H265, Some((3840, 2160)), true);
        assert_eq!(as_rtp, Some(PictureRoute::Rtp));
    }

    #[test]
    fn subprotocols_list_what_a_viewer_decodes() {
        let read = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
            Decoders::of_subprotocols(&names)
        };

        assert_eq!(read(&["peerview.control.1"]), Decoders::default());
        let (jpeg, h265) = (true, false);
        let both = read(&["peerview.control.1", JPEG_DECODER, "peerview.video.1/av2"]);
        let h265_pixels = None;
        let expected = Decoders {
            jpeg,
            h264: false,
            h265,
            h265_pixels,
            still: false,
        };
        assert!(read(&[STILL_VIEWER]).still);
        assert_eq!(both, expected);
        assert!(read(&[H264_DECODER]).h264);
        assert!(read(&[H265_DECODER]).h265);
        let limited = read(&[H265_DECODER, "peerview.video.1/h265-pixels/983040"]);
        assert_eq!(limited.h265_pixels, Some(983_040));
        for odd in ["", "many", "-1", "99999999999999"] {
            let odd = read(&[&format!("{H265_PIXELS}{odd}")]);
            assert_eq!(odd.h265_pixels, None);
        }
    }

    #[test]
    fn a_picture_that_is_too_large_is_not_sent() {
        let data = vec![0; MAX_PICTURE_BYTES + 1];

        let header = header(PictureCodec::Jpeg, data.len());

        assert_eq!(messages(header, &data).count(), 0);
    }

    proptest! {
        #[test]
        fn any_bytes_are_refused_or_read_as_they_are(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            if let Ok(piece) = PicturePiece::parse(&bytes) {
                prop_assert_eq!(piece.to_bytes(), bytes);
            }
        }

        #[test]
        fn pieces_of_any_picture_join_again(n_bytes in 1_usize..100_000, seed in any::<u8>()) {
            let data: Vec<u8> = (0..n_bytes).map(|at| (at % 249) as u8 ^ seed).collect();
            let mut joined: Vec<u8> = Vec::new();

            for message in messages(header(PictureCodec::H265, n_bytes), &data) {
                prop_assert!(message.len() <= MAX_MESSAGE_BYTES);
                let piece = PicturePiece::parse(&message);
                let piece = piece.map_err(|bad| TestCaseError::fail(bad.to_string()))?;
                prop_assert_eq!(piece.offset as usize, joined.len());
                joined.extend(piece.data);
            }

            prop_assert_eq!(joined, data);
        }
    }
}
