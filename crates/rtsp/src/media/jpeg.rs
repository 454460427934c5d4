//! JPEG in RTP (RFC 2435): each picture becomes a whole file again.

mod tables;

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;

use crate::frame::{Codec, FrameKind};
use crate::limits::MAX_FRAME_BYTES;

use super::order::OrderedPacket;
use super::outlet::{Outlet, UntimedFrame};
use super::rtp::RtpPacket;

const HEADER_BYTES: usize = 8;
/// Bytes of quantization tables: two of 64 elements of 16 bits.
const MAX_TABLE_BYTES: usize = 256;
const START_OF_IMAGE: [u8; 2] = [0xff, 0xd8];
const END_OF_IMAGE: [u8; 2] = [0xff, 0xd9];

/// Quantization tables one behind the other, and a bit for each that has 16-bit elements.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Quantizers {
    bytes: Vec<u8>,
    precision: u8,
}

#[derive(Debug)]
struct JpegPicture {
    /// The first packet, whose time is that of the picture.
    first: RtpPacket,
    data: Vec<u8>,
    /// Bytes of `data` before the scan.
    n_header: usize,
    size: Option<(u32, u32)>,
}

/// Depacketizes JPEG.
#[derive(Debug)]
pub(super) struct JpegTrack {
    /// Size in the description, for pictures that are too large for the header (RFC 2435 §3.1.5).
    described: Option<(u16, u16)>,
    /// Tables that came in band and are not repeated, by their quality.
    known: BTreeMap<u8, Quantizers>,
    picture: Option<JpegPicture>,
    usual: usize,
}

/// The main header and the restart interval (RFC 2435 §3.1).
#[derive(Debug, Clone, Copy)]
struct JpegHeader {
    offset: usize,
    /// 0: 4:2:2, 1: 4:2:0.
    sampling: u8,
    quality: u8,
    width: u16,
    height: u16,
    restart_interval: Option<u16>,
}

impl JpegTrack {
    pub(super) fn new() -> Self {
        JpegTrack {
            described: None,
            known: BTreeMap::new(),
            picture: None,
            usual: 0,
        }
    }

    /// The size in the description; one that no JPEG can have is left out.
    pub(super) fn set_described_size(&mut self, (width, height): (u32, u32)) {
        let sides = (u16::try_from(width), u16::try_from(height));
        if let (Ok(width @ 1..), Ok(height @ 1..)) = sides {
            self.described = Some((width, height));
        }
    }

    pub(super) fn restart(&mut self, outlet: &mut Outlet) {
        if self.picture.take().is_some() {
            outlet.leave_out();
        }
    }

    pub(super) fn handle(&mut self, ordered: OrderedPacket, outlet: &mut Outlet) {
        let packet = ordered.packet;
        if ordered.is_after_gap {
            outlet.is_after_loss = true;
            self.restart(outlet);
        }
        let payload = packet.payload.clone();
        let Some((header, rest)) = read_header(&payload) else {
            outlet.stats.skipped.n_unreadable += 1;
            return;
        };
        let is_marked = packet.is_marked;
        let arrived = packet.arrived;
        if header.offset == 0 {
            // The marker of the picture before was not set.
            self.finish(outlet, arrived);
            if self.begin(&header, rest, packet).is_none() {
                outlet.stats.skipped.n_unreadable += 1;
                outlet.is_after_loss = true;
            }
        } else {
            self.go_on(&header, rest, packet.time, outlet);
        }
        if is_marked {
            self.finish(outlet, arrived);
        }
    }

    /// The first packet of a picture.
    fn begin(&mut self, header: &JpegHeader, rest: &[u8], packet: RtpPacket) -> Option<()> {
        let mut scan = rest;
        let quantizers = if header.quality >= 128 {
            self.tables_in_band(header.quality, &mut scan)?
        } else {
            Quantizers {
                bytes: tables::quantizers(header.quality).to_vec(),
                precision: 0,
            }
        };
        let size = size_in(&packet.jpeg_segments).or(self.described);
        let (width, height) = match (header.width, header.height) {
            (0, _) | (_, 0) => size?,
            in_header => size
                .filter(|_| !packet.jpeg_segments.is_empty())
                .unwrap_or(in_header),
        };
        let mut data = Vec::with_capacity(self.usual + self.usual / 8);
        // Some cameras send whole files behind RTP's header.
        if !scan.starts_with(&START_OF_IMAGE) {
            write_header(&mut data, header, &quantizers, (width, height));
        }
        let n_header = data.len();
        data.extend_from_slice(scan);
        self.picture = Some(JpegPicture {
            first: packet.clone(),
            data,
            n_header,
            size: Some((u32::from(width), u32::from(height))),
        });
        Some(())
    }

    /// Quantization tables behind the header (RFC 2435 §3.1.8); a length of 0 means those that came before.
    fn tables_in_band(&mut self, quality: u8, scan: &mut &[u8]) -> Option<Quantizers> {
        let (head, rest) = scan.split_at_checked(4)?;
        let length = usize::from(u16::from_be_bytes([head[2], head[3]]));
        let (bytes, rest) = rest.split_at_checked(length)?;
        *scan = rest;
        if length == 0 {
            return self.known.get(&quality).cloned();
        }
        if !(64..=MAX_TABLE_BYTES).contains(&length) {
            return None;
        }
        let quantizers = Quantizers {
            bytes: bytes.to_vec(),
            precision: head[1],
        };
        // Those of 255 may change with each picture and are never left out.
        if quality < 255 && self.known.get(&quality) != Some(&quantizers) {
            self.known.insert(quality, quantizers.clone());
        }
        Some(quantizers)
    }

    fn go_on(&mut self, header: &JpegHeader, rest: &[u8], time: u32, outlet: &mut Outlet) {
        let Some(picture) = &mut self.picture else {
            // Its beginning is missing, which counts once for all its packets.
            outlet.is_after_loss = true;
            return;
        };
        let n_scan = picture.data.len() - picture.n_header;
        let is_next = picture.first.time == time && n_scan == header.offset;
        let is_too_long = picture.data.len() + rest.len() + END_OF_IMAGE.len() > MAX_FRAME_BYTES;
        if is_next && !is_too_long {
            picture.data.extend_from_slice(rest);
            return;
        }
        self.picture = None;
        if is_too_long {
            outlet.stats.skipped.n_oversized += 1;
            outlet.is_after_loss = true;
        } else {
            outlet.leave_out();
        }
    }

    fn finish(&mut self, outlet: &mut Outlet, now: Duration) {
        let Some(mut picture) = self.picture.take() else {
            return;
        };
        if picture.data.len() == picture.n_header {
            return outlet.leave_out();
        }
        if !picture.data.ends_with(&END_OF_IMAGE) {
            picture.data.extend_from_slice(&END_OF_IMAGE);
        }
        self.usual = picture.data.len();
        picture.data.shrink_to_fit();
        let frame = UntimedFrame {
            kind: FrameKind::Key,
            codec: Codec::Jpeg,
            data: Bytes::from(picture.data),
            raw_time: picture.first.time,
            offset: 0,
            arrived: picture.first.arrived,
            size: picture.size,
            replay: picture.first.replay,
        };
        outlet.push(frame, now);
    }
}

fn read_header(payload: &[u8]) -> Option<(JpegHeader, &[u8])> {
    let (head, mut rest) = payload.split_at_checked(HEADER_BYTES)?;
    let kind = head[4];
    let restart_interval = if (64..128).contains(&kind) {
        let (restart, after) = rest.split_at_checked(4)?;
        rest = after;
        Some(u16::from_be_bytes([restart[0], restart[1]]))
    } else {
        None
    };
    let sampling = kind & 0x3f;
    if sampling > 1 || kind >= 128 {
        return None;
    }
    let header = JpegHeader {
        offset: usize::from(head[1]) << 16 | usize::from(head[2]) << 8 | usize::from(head[3]),
        sampling,
        quality: head[5],
        width: u16::from(head[6]) * 8,
        height: u16::from(head[7]) * 8,
        restart_interval,
    };
    Some((header, rest))
}

/// Width and height in the frame header among segments.
fn size_in(segments: &[u8]) -> Option<(u16, u16)> {
    let mut rest = segments;
    loop {
        let [0xff, kind, high, low, ..] = *rest else {
            return None;
        };
        let length = usize::from(u16::from_be_bytes([high, low]));
        // SOF0 to SOF2: length, precision, height, width.
        if let (0xc0..=0xc2, Some(size)) = (kind, rest.get(5..9)) {
            let height = u16::from_be_bytes([size[0], size[1]]);
            let width = u16::from_be_bytes([size[2], size[3]]);
            return (width > 0 && height > 0).then_some((width, height));
        }
        rest = rest.get(2 + length.max(2)..)?;
    }
}

/// Everything before the scan (ITU-T T.81 annex B).
fn write_header(
    data: &mut Vec<u8>,
    header: &JpegHeader,
    quantizers: &Quantizers,
    (width, height): (u16, u16),
) {
    data.extend_from_slice(&START_OF_IMAGE);
    let n_tables = write_quantizers(data, quantizers);
    let [height_high, height_low] = height.to_be_bytes();
    let [width_high, width_low] = width.to_be_bytes();
    let luminance = if header.sampling == 0 { 0x21 } else { 0x22 };
    let chrominance = n_tables.saturating_sub(1).min(1);
    data.extend_from_slice(&[0xff, 0xc0, 0, 17, 8, height_high, height_low]);
    data.extend_from_slice(&[width_high, width_low, 3]);
    data.extend_from_slice(&[1, luminance, 0, 2, 0x11, chrominance, 3, 0x11, chrominance]);
    for table in &tables::HUFFMAN {
        let length = u16::try_from(2 + 1 + 16 + table.values.len()).unwrap_or(u16::MAX);
        data.extend_from_slice(&[0xff, 0xc4]);
        data.extend_from_slice(&length.to_be_bytes());
        data.push(table.class);
        data.extend_from_slice(&table.lengths);
        data.extend_from_slice(table.values);
    }
    if let Some(interval) = header.restart_interval {
        data.extend_from_slice(&[0xff, 0xdd, 0, 4]);
        data.extend_from_slice(&interval.to_be_bytes());
    }
    data.extend_from_slice(&[0xff, 0xda, 0, 12, 3, 1, 0, 2, 0x11, 3, 0x11, 0, 63, 0]);
}

/// One segment for each table; their number.
fn write_quantizers(data: &mut Vec<u8>, quantizers: &Quantizers) -> u8 {
    let mut rest = &quantizers.bytes[..];
    let mut n_tables = 0;
    while n_tables < 4 {
        let is_wide = quantizers.precision >> n_tables & 1;
        let length = 64 << is_wide;
        let Some((table, after)) = rest.split_at_checked(length) else {
            break;
        };
        let segment = u16::try_from(2 + 1 + length).unwrap_or(u16::MAX);
        data.extend_from_slice(&[0xff, 0xdb]);
        data.extend_from_slice(&segment.to_be_bytes());
        data.push(is_wide << 4 | n_tables);
        data.extend_from_slice(table);
        rest = after;
        n_tables += 1;
    }
    n_tables
}
