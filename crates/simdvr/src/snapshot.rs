//! A snapshot as the image settings of its camera make it. The built-in JPEGs are not decoded for that: contrast and
//! colours are the steps of their quantization tables, and since every block says only how it differs from the one
//! before, the brightness of the whole picture is one number in the first. Pure: bytes in, bytes out.

use crate::clips;
use crate::image::SimImage;
use crate::shared::Shared;

const TABLE_BYTES: usize = 64;
/// Levels of brightness between the darkest and the usual picture.
const HALF_BRIGHTNESS: i32 = 128;
/// What leaves contrast and saturation as they are.
const HALF: u32 = 50;
/// The largest difference that has a code.
const MAX_DIFFERENCE: i32 = 2_047;
/// Codes of the sizes of luminance's DC differences, and their lengths (T.81 table K.3).
const DC_CODES: [(u32, u32); 12] = [
    (0b00, 2),
    (0b010, 3),
    (0b011, 3),
    (0b100, 3),
    (0b101, 3),
    (0b110, 3),
    (0b1110, 4),
    (0b1_1110, 5),
    (0b11_1110, 6),
    (0b111_1110, 7),
    (0b1111_1110, 8),
    (0b1_1111_1110, 9),
];

/// What a connected camera shows now.
pub(crate) fn snapshot(shared: &Shared, camera: usize) -> Option<Vec<u8>> {
    let scene = shared.scene(camera)?;
    shared.image(camera, |image| {
        developed(clips::still(scene, image.is_mirrored), image)
    })
}

/// A built-in file with these settings.
fn developed(file: &[u8], image: &SimImage) -> Vec<u8> {
    let is_night = image.day_night == "night";
    let saturation = if is_night { 0 } else { image.saturation };
    let mut out = file[..2].to_vec();
    let mut step = 1;
    let mut rest = &file[2..];
    // The segments up to the scan (T.81 §B.1.1.4).
    while let [0xff, marker, high, low, ..] = rest {
        let length = 2 + usize::from(u16::from_be_bytes([*high, *low]));
        let (segment, more) = rest.split_at(length);
        rest = more;
        match marker {
            // Quantization: the one table becomes one for brightness and one for colours.
            0xdb => {
                let table = &segment[5..5 + TABLE_BYTES];
                let luminance = scaled(table, image.contrast);
                step = i32::from(luminance[0]);
                out.extend(table_segment(0, &luminance));
                out.extend(table_segment(1, &scaled(table, saturation)));
            }
            // The frame: its second and third component use the second table.
            0xc0 => {
                let start = out.len();
                out.extend(segment);
                out[start + 15] = 1;
                out[start + 18] = 1;
            }
            0xda => {
                out.extend(segment);
                break;
            }
            _ => out.extend(segment),
        }
    }
    // A level of brightness is half a step of the 256 of a pixel, of which a block's DC has eight.
    let levels = i32::try_from(image.brightness).unwrap_or(HALF_BRIGHTNESS) - HALF_BRIGHTNESS;
    out.extend(brightened(rest, levels * 4 / step));
    out
}

fn scaled(table: &[u8], level: u32) -> Vec<u8> {
    let scale = |step: &u8| {
        let step = (u32::from(*step) * level + HALF / 2) / HALF;
        u8::try_from(step.clamp(1, 255)).unwrap_or(u8::MAX)
    };
    table.iter().map(scale).collect()
}

fn table_segment(number: u8, table: &[u8]) -> Vec<u8> {
    let mut segment = vec![0xff, 0xdb, 0, 3 + TABLE_BYTES as u8, number];
    segment.extend(table);
    segment
}

/// A scan to the end of the file, with another brightness of its first block.
fn brightened(scan: &[u8], change: i32) -> Vec<u8> {
    let mut bits = ScanReader::of_scan(scan);
    let size = bits.size();
    let difference = signed(bits.take(size), size) + change;
    let difference = difference.clamp(-MAX_DIFFERENCE, MAX_DIFFERENCE);
    let size = i32::BITS - difference.unsigned_abs().leading_zeros();
    let mut out = ScanWriter::default();
    let (code, length) = DC_CODES[size as usize];
    out.put(code, length);
    // Below zero, the bits are those of one less (T.81 §F.1.2.1).
    let below = if difference < 0 {
        difference - 1
    } else {
        difference
    };
    out.put(below.cast_unsigned() & ((1 << size) - 1), size);
    while let Some(bit) = bits.next_bit() {
        out.put(bit, 1);
    }
    out.finished()
}

/// The value of `size` bits.
fn signed(bits: u32, size: u32) -> i32 {
    let bits = bits.cast_signed();
    let is_negative = size > 0 && bits >> (size - 1) == 0;
    if is_negative {
        bits - (1 << size) + 1
    } else {
        bits
    }
}

/// The bits of a scan, without the zero after each 0xff (T.81 §B.1.1.5).
struct ScanReader<'a> {
    bytes: &'a [u8],
    at: usize,
    bit: u32,
}

impl<'a> ScanReader<'a> {
    /// Up to the mark at the end of the file.
    fn of_scan(scan: &'a [u8]) -> ScanReader<'a> {
        let bytes = scan.strip_suffix(&[0xff, 0xd9]).unwrap_or(scan);
        ScanReader {
            bytes,
            at: 0,
            bit: 0,
        }
    }

    fn next_bit(&mut self) -> Option<u32> {
        let byte = *self.bytes.get(self.at)?;
        let bit = u32::from(byte >> (7 - self.bit) & 1);
        self.bit += 1;
        if self.bit == 8 {
            self.bit = 0;
            self.at += if byte == 0xff { 2 } else { 1 };
        }
        Some(bit)
    }

    fn take(&mut self, n_bits: u32) -> u32 {
        (0..n_bits).fold(0, |value, _| value << 1 | self.next_bit().unwrap_or(0))
    }

    /// The size that the next code says.
    fn size(&mut self) -> u32 {
        let (mut code, mut length) = (0, 0);
        loop {
            code = code << 1 | self.take(1);
            length += 1;
            let found = DC_CODES.iter().position(|it| *it == (code, length));
            match found.and_then(|size| u32::try_from(size).ok()) {
                Some(size) => return size,
                // No built-in file has another code.
                None if length > 9 => return 0,
                None => {}
            }
        }
    }
}

#[derive(Default)]
struct ScanWriter {
    bytes: Vec<u8>,
    byte: u8,
    n_bits: u32,
}

impl ScanWriter {
    fn put(&mut self, value: u32, n_bits: u32) {
        for at in (0..n_bits).rev() {
            self.byte = self.byte << 1 | u8::from(value >> at & 1 == 1);
            self.n_bits += 1;
            if self.n_bits == 8 {
                self.bytes.push(self.byte);
                if self.byte == 0xff {
                    self.bytes.push(0);
                }
                (self.byte, self.n_bits) = (0, 0);
            }
        }
    }

    /// All of it, and the mark at the end of a file; a byte that is not full is filled with ones.
    fn finished(mut self) -> Vec<u8> {
        if self.n_bits > 0 {
            self.put(u32::MAX, 8 - self.n_bits);
        }
        self.bytes.extend([0xff, 0xd9]);
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use zune_jpeg::JpegDecoder;
    use zune_jpeg::zune_core::bytestream::ZCursor;

    use super::*;

    /// What is seen in a picture: how bright it is, how much of that differs from place to place, and how much
    /// colour it has.
    #[derive(Debug)]
    struct Look {
        brightness: i64,
        contrast: i64,
        colour: i64,
    }

    fn look(scene: usize, change: impl FnOnce(&mut SimImage)) -> Look {
        let mut image = SimImage::default();
        change(&mut image);
        let file = developed(clips::still(scene, false), &image);
        let mut decoder = JpegDecoder::new(ZCursor::new(&file));
        let pixels = decoder.decode().expect("a JPEG");
        assert_eq!(decoder.dimensions(), Some((640, 360)));
        assert_eq!(pixels.len(), 640 * 360 * 3);
        let pixels = pixels
            .chunks_exact(3)
            .map(|it| [0, 1, 2].map(|at| i64::from(it[at])));
        let pixels: Vec<[i64; 3]> = pixels.collect();
        let mean = |value: &dyn Fn(&[i64; 3]) -> i64| {
            pixels.iter().map(value).sum::<i64>() * 10 / (640 * 360)
        };
        let grey = |[r, g, b]: &[i64; 3]| (r + g + b) / 3;
        let brightness = mean(&grey);
        Look {
            brightness,
            contrast: mean(&|it| (grey(it) * 10 - brightness).abs() / 10),
            colour: mean(&|it| it.iter().max().unwrap_or(&0) - it.iter().min().unwrap_or(&0)),
        }
    }

    #[test]
    fn usual_settings_leave_a_snapshot_as_it_is() {
        for scene in 0..4 {
            let still = clips::still(scene, false);
            let mut decoder = JpegDecoder::new(ZCursor::new(still));
            let expected = decoder.decode().expect("a JPEG");
            let developed = developed(still, &SimImage::default());

            let mut decoder = JpegDecoder::new(ZCursor::new(&developed));

            assert_eq!(decoder.decode().expect("a JPEG"), expected);
        }
    }

    #[test]
    fn brightness_contrast_and_colours_are_seen() {
        for scene in 0..4 {
            let usual = look(scene, |_| {});
            let bright = look(scene, |image| image.brightness = 200);
            let dark = look(scene, |image| image.brightness = 40);
            assert!(bright.brightness > usual.brightness + 150, "{bright:?}");
            assert!(dark.brightness < usual.brightness - 100, "{dark:?}");

            let hard = look(scene, |image| image.contrast = 80);
            let flat = look(scene, |image| image.contrast = 10);
            assert!(hard.contrast > usual.contrast, "{hard:?} {usual:?}");
            assert!(flat.contrast * 2 < usual.contrast, "{flat:?}");

            let colourful = look(scene, |image| image.saturation = 90);
            let night = look(scene, |image| image.day_night = "night".to_owned());
            assert!(colourful.colour > usual.colour, "{colourful:?}");
            assert!(night.colour * 3 < usual.colour, "{night:?} {usual:?}");
        }
    }

    #[test]
    fn every_possible_setting_gives_a_whole_picture() {
        for brightness in [0, 1, 127, 129, 255] {
            for level in [0, 1, 49, 100] {
                look(1, |image| {
                    image.brightness = brightness;
                    image.contrast = level;
                    image.saturation = level;
                });
            }
        }
    }
}
