//! JPEG in RTP (RFC 2435): a file of the built-in clip becomes payloads. Pure: bytes in, bytes out.

use crate::limits::RTP_PAYLOAD;

/// The main header (RFC 2435 §3.1).
const MAIN_HEADER: usize = 8;
/// Chrominance at half the width and height (RFC 2435 §4.1).
const TYPE_420: u8 = 1;
/// The quantization tables are in the first packet of every picture (RFC 2435 §4.2).
const TABLES_IN_BAND: u8 = 255;
const TABLE_BYTES: usize = 64;

/// What RTP carries of a baseline JPEG; the rest of the file is the same for all.
#[derive(Debug, Default)]
struct JpegFile<'a> {
    /// The only quantization table.
    table: &'a [u8],
    width: u16,
    height: u16,
    scan: &'a [u8],
}

/// The payloads of a file.
pub(crate) fn payloads(bytes: &[u8]) -> Vec<Vec<u8>> {
    let file = read(bytes);
    let mut payloads = Vec::new();
    let mut offset = 0;
    while offset < file.scan.len() {
        let mut payload = header(&file, offset);
        if offset == 0 {
            // One table for luminance and the same for chrominance, 8 bits each (RFC 2435 §3.1.8).
            payload.extend([0, 0, 0, 2 * TABLE_BYTES as u8]);
            payload.extend(file.table);
            payload.extend(file.table);
        }
        let end = file.scan.len().min(offset + RTP_PAYLOAD - payload.len());
        payload.extend(&file.scan[offset..end]);
        payloads.push(payload);
        offset = end;
    }
    payloads
}

fn header(file: &JpegFile<'_>, offset: usize) -> Vec<u8> {
    let mut header = Vec::with_capacity(RTP_PAYLOAD);
    let offset = u32::try_from(offset).expect("a built-in picture is short");
    // The first byte is the type-specific one; the offset has 24 bits.
    header.extend(offset.to_be_bytes());
    header.extend([TYPE_420, TABLES_IN_BAND]);
    header.extend([file.width, file.height].map(|side| (side / 8).to_be_bytes()[1]));
    debug_assert_eq!(header.len(), MAIN_HEADER);
    header
}

/// Reads the segments of a file (T.81 §B.1.1.4) up to its scan.
fn read(bytes: &[u8]) -> JpegFile<'_> {
    let mut file = JpegFile::default();
    let mut rest = &bytes[2..];
    while let [0xff, marker, high, low, ..] = rest {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let (segment, more) = rest[2..].split_at(length);
        match marker {
            // Quantization, with a byte for its precision and number.
            0xdb => file.table = &segment[3..3 + TABLE_BYTES],
            // Baseline: precision, height, width.
            0xc0 => {
                file.height = u16::from_be_bytes([segment[3], segment[4]]);
                file.width = u16::from_be_bytes([segment[5], segment[6]]);
            }
            // The scan lasts to the end of the file.
            0xda => {
                file.scan = more;
                return file;
            }
            _ => {}
        }
        rest = more;
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clips;
    use crate::config::ClipCodec;

    #[test]
    fn a_picture_is_cut_into_pieces_that_join_again() {
        let file = clips::clip(0, true, ClipCodec::Jpeg).frames[0].nals[0];

        let payloads = payloads(file);

        assert!(payloads.len() > 3);
        assert!(payloads.iter().all(|payload| payload.len() <= RTP_PAYLOAD));
        assert_eq!(
            payloads[0][..12],
            [0, 0, 0, 0, 1, 255, 80, 45, 0, 0, 0, 128]
        );
        let mut scan = payloads[0][12 + 128..].to_vec();
        for payload in &payloads[1..] {
            let offset = u32::from_be_bytes([payload[0], payload[1], payload[2], payload[3]]);
            assert_eq!(offset as usize, scan.len());
            scan.extend(&payload[MAIN_HEADER..]);
        }
        assert!(file.ends_with(&scan) && scan.ends_with(&[0xff, 0xd9]));
    }
}
