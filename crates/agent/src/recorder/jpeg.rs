//! Which answers of recorders are passed on as snapshots: whole JPEG files of a size that a browser can unpack.

use crate::limits::MAX_SNAPSHOT_PIXELS;

/// The end of a JPEG is somewhere in the last bytes; some cameras fill up to a block.
const END_WITHIN_BYTES: usize = 1024;
/// Bytes of a frame header from its marker to its number of components.
const FRAME_HEADER_BYTES: usize = 10;

/// Whether a body is a whole JPEG (ISO/IEC 10918-1 §B.1.1.3: SOI first, EOI last), and no larger than a camera's.
pub(super) fn is_picture(body: &[u8]) -> bool {
    let end = &body[body.len().saturating_sub(END_WITHIN_BYTES)..];
    let is_whole =
        body.starts_with(&[0xff, 0xd8, 0xff]) && end.windows(2).any(|pair| pair == [0xff, 0xd9]);
    is_whole && !body.windows(FRAME_HEADER_BYTES).any(is_too_large)
}

/// Whether these bytes are a frame header (§B.2.2) with too many pixels. It is looked for everywhere, because decoders
/// skip what they do not know; where pictures are, the byte after 0xff is never a marker of a frame.
fn is_too_large(bytes: &[u8]) -> bool {
    let &[0xff, marker, l1, l2, _, h1, h2, w1, w2, n_components] = bytes else {
        return false;
    };
    // DHT, JPG and DAC are among the numbers of frames.
    let is_frame = matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc);
    let has_length = u16::from_be_bytes([l1, l2]) == 8 + 3 * u16::from(n_components);
    let [height, width] = [[h1, h2], [w1, w2]].map(|side| u32::from(u16::from_be_bytes(side)));
    is_frame && has_length && height * width > MAX_SNAPSHOT_PIXELS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_jpeg_counts_as_a_picture() {
        let whole = [&[0xff, 0xd8, 0xff, 0xe0][..], &[7; 3000], &[0xff, 0xd9]].concat();
        let filled = [&whole[..], &[0; 100]].concat();

        assert!(is_picture(&whole) && is_picture(&filled));
        assert!(!is_picture(&whole[..2000]));
        assert!(!is_picture(&whole[1..]));
        assert!(!is_picture(b"") && !is_picture(b"<html></html>"));
    }

    #[test]
    fn a_small_file_with_a_huge_picture_is_refused() {
        for (marker, height, width, is_passed_on) in [
            (0xc0, 2_160, 3_840, true),
            (0xc2, 3_000, 12_000, true),
            (0xc0, 11_585, 11_585, false),
            (0xc2, 65_500, 65_500, false),
            // A table of codes has a length there, and no size.
            (0xc4, 65_500, 65_500, true),
        ] {
            let file = jpeg(marker, height, width);

            assert_eq!(is_picture(&file), is_passed_on, "{height} × {width}");
        }
    }

    /// A file of a few bytes that says it is a picture of this size.
    fn jpeg(marker: u8, height: u16, width: u16) -> Vec<u8> {
        let mut file = vec![0xff, 0xd8, 0xff, marker, 0, 17, 8];
        file.extend(height.to_be_bytes());
        file.extend(width.to_be_bytes());
        file.extend([3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1, 0xff, 0xd9]);
        file
    }
}
