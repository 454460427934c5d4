//! The H.264 pictures as the image settings of their camera make them. They are not encoded anew: what a picture adds to
//! its prediction is a number of quantization steps, and the first prediction is medium grey, so that other steps in the
//! parameter set of the pictures (ITU-T H.264 §7.3.2.2) spread the whole picture around it: contrast, and for the colours
//! saturation. Every block is predicted from those before it, so brightness is one number in the first block of a key
//! picture. Sharpness is seen in snapshots alone. Pure: bytes in, bytes out.

mod key_picture;

use crate::image::SimImage;

/// So many steps of the quantizer double what they say (§8.5.9).
const DOUBLE: f64 = 6.0;
/// Steps that are never too many: the clips use more than this, and fewer than 52 with the most.
const CONTRAST: (f64, f64) = (-9.0, 3.0);
/// The range of the offset for colours.
const COLOURS: (f64, f64) = (-12.0, 6.0);
/// Usual brightness, of which so many levels are one step of a pixel's 256. More steps would leave the range of pixels.
const HALF_BRIGHTNESS: u32 = 128;
const LEVELS_PER_STEP: i64 = 4;
/// What leaves contrast and saturation as they are.
const HALF: f64 = 50.0;

/// Steps on top of those that a clip was encoded with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct PictureLook {
    contrast: i64,
    colours: i64,
    /// Steps of a pixel.
    brightness: i64,
}

impl PictureLook {
    /// What the settings of a camera want.
    pub(crate) fn of(image: &SimImage) -> PictureLook {
        let saturation = if image.day_night == "night" {
            0
        } else {
            image.saturation
        };
        PictureLook {
            contrast: steps(image.contrast, CONTRAST),
            colours: steps(saturation, COLOURS),
            brightness: (i64::from(image.brightness) - i64::from(HALF_BRIGHTNESS))
                / LEVELS_PER_STEP,
        }
    }

    /// A key picture with this brightness; `set` is its parameter set as the clip has it. Others than those of the
    /// built-in clips stay as they are.
    pub(crate) fn of_key_picture(self, nal: &[u8], set: &[u8]) -> Vec<u8> {
        if self.brightness == 0 {
            return nal.to_vec();
        }
        let quantizer = quantizer_of(set).map(|quantizer| quantizer + self.contrast);
        let changed = quantizer.and_then(|it| key_picture::brightened(nal, it, self.brightness));
        changed.unwrap_or_else(|| nal.to_vec())
    }

    /// A picture parameter set with these steps; others than those of the built-in clips stay as they are.
    pub(crate) fn of_parameter_set(self, nal: &[u8]) -> Vec<u8> {
        if self == PictureLook::default() {
            return nal.to_vec();
        }
        self.rewritten(nal).unwrap_or_else(|| nal.to_vec())
    }

    fn rewritten(self, nal: &[u8]) -> Option<Vec<u8>> {
        let (header, body) = nal.split_first()?;
        let mut bits = SetReader::of(body);
        let mut out = SetWriter::default();
        // The numbers of this set and of the sequence's.
        out.put_code(bits.code()?);
        out.put_code(bits.code()?);
        let is_arithmetic = bits.bit()?;
        out.put(is_arithmetic);
        out.put(bits.bit()?);
        // Slice groups, which no clip has, and the lengths of the reference lists.
        let n_groups = bits.code()?;
        out.put_code(n_groups);
        out.put_code(bits.code()?);
        out.put_code(bits.code()?);
        // Weighted prediction.
        for _ in 0..3 {
            out.put(bits.bit()?);
        }
        let quantizer = signed(bits.code()?);
        // Arithmetic coding begins with probabilities that depend on it.
        let contrast = if is_arithmetic { 0 } else { self.contrast };
        out.put_code(unsigned(quantizer + contrast));
        out.put_code(bits.code()?);
        let colours = signed(bits.code()?) + self.colours;
        out.put_code(unsigned(colours.clamp(-12, 12)));
        if n_groups != 0 {
            return None;
        }
        // The rest, with the bit at its end.
        while let Some(bit) = bits.bit() {
            out.put(bit);
        }
        Some(out.nal(*header))
    }
}

/// The quantizer with which a parameter set begins (§7.4.2.2).
fn quantizer_of(set: &[u8]) -> Option<i64> {
    let mut bits = SetReader::of(set.get(1..)?);
    bits.code()?;
    bits.code()?;
    bits.bits(2)?;
    for _ in 0..3 {
        bits.code()?;
    }
    bits.bits(3)?;
    Some(26 + signed(bits.code()?))
}

fn steps(level: u32, (least, most): (f64, f64)) -> i64 {
    let steps = DOUBLE * (f64::from(level) / HALF).log2();
    #[expect(
        clippy::cast_possible_truncation,
        reason = "it is within a small range"
    )]
    let steps = steps.clamp(least, most).round() as i64;
    steps
}

/// A signed Exp-Golomb code (§9.1.1).
fn signed(code: u32) -> i64 {
    let half = i64::from(code).div_euclid(2);
    if code % 2 == 1 { half + 1 } else { -half }
}

fn unsigned(value: i64) -> u32 {
    let code = if value > 0 { 2 * value - 1 } else { -2 * value };
    u32::try_from(code).unwrap_or(0)
}

/// The bits of a NAL unit, without the bytes that prevent start codes (§7.4.1) and with nothing behind the last one
/// that is set.
struct SetReader {
    bytes: Vec<u8>,
    at: usize,
    end: usize,
}

impl SetReader {
    fn of(body: &[u8]) -> SetReader {
        let mut bytes = Vec::with_capacity(body.len());
        let mut n_zeros = 0;
        for byte in body {
            if n_zeros >= 2 && *byte == 3 {
                n_zeros = 0;
                continue;
            }
            n_zeros = if *byte == 0 { n_zeros + 1 } else { 0 };
            bytes.push(*byte);
        }
        let last = bytes.iter().rposition(|byte| *byte != 0);
        let end = last.map_or(0, |at| 8 * at + 8 - bytes[at].trailing_zeros() as usize);
        SetReader { bytes, at: 0, end }
    }

    fn bit(&mut self) -> Option<bool> {
        if self.at >= self.end {
            return None;
        }
        let byte = self.bytes[self.at / 8];
        let bit = byte >> (7 - self.at % 8) & 1 == 1;
        self.at += 1;
        Some(bit)
    }

    /// So many bits as a number.
    fn bits(&mut self, n: u32) -> Option<u32> {
        (0..n).try_fold(0, |number, _| Some(number << 1 | u32::from(self.bit()?)))
    }

    /// An unsigned Exp-Golomb code (§9.1).
    fn code(&mut self) -> Option<u32> {
        let mut n_zeros = 0;
        while !self.bit()? {
            n_zeros += 1;
        }
        if n_zeros > 16 {
            return None;
        }
        let mut code = 1_u32;
        for _ in 0..n_zeros {
            code = code << 1 | u32::from(self.bit()?);
        }
        Some(code - 1)
    }
}

#[derive(Default)]
struct SetWriter {
    bits: Vec<bool>,
}

impl SetWriter {
    fn put(&mut self, bit: bool) {
        self.bits.push(bit);
    }

    fn put_bits(&mut self, value: u32, n: u32) {
        self.bits
            .extend((0..n).rev().map(|at| value >> at & 1 == 1));
    }

    fn put_code(&mut self, code: u32) {
        let value = code + 1;
        let length = u32::BITS - value.leading_zeros();
        self.bits.extend((1..length).map(|_| false));
        self.put_bits(value, length);
    }

    fn nal(self, header: u8) -> Vec<u8> {
        let mut nal = vec![header];
        let mut n_zeros = 0;
        for eight in self.bits.chunks(8) {
            let bits = eight.iter().enumerate();
            let byte = bits.fold(0, |byte, (at, bit)| byte | u8::from(*bit) << (7 - at));
            if n_zeros >= 2 && byte <= 3 {
                nal.push(3);
                n_zeros = 0;
            }
            n_zeros = if byte == 0 { n_zeros + 1 } else { 0 };
            nal.push(byte);
        }
        nal
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clips;
    use crate::config::ClipCodec;

    /// The quantizer and the offset of the colours.
    fn steps_of(nal: &[u8]) -> (i64, i64) {
        let mut bits = SetReader::of(&nal[1..]);
        for _ in 0..2 {
            bits.code().expect("a number");
        }
        bits.bit();
        bits.bit();
        for _ in 0..3 {
            bits.code().expect("a number");
        }
        for _ in 0..3 {
            bits.bit();
        }
        let quantizer = bits.code().expect("a number");
        bits.code().expect("a number");
        let colours = bits.code().expect("a number");
        (signed(quantizer), signed(colours))
    }

    fn sets() -> impl Iterator<Item = &'static [u8]> {
        let clips = (0..4).flat_map(|scene| {
            [(false, false), (true, false), (false, true), (true, true)]
                .map(|(is_sub, is_mirrored)| clips::h264(scene, is_sub, is_mirrored))
        });
        clips.flat_map(|clip| {
            let sets = clip.parameter_sets().into_iter();
            sets.filter(|nal| clips::nal_type(ClipCodec::H264, nal) == 8)
        })
    }

    fn look(change: impl FnOnce(&mut SimImage)) -> PictureLook {
        let mut image = SimImage::default();
        change(&mut image);
        PictureLook::of(&image)
    }

    #[test]
    fn usual_settings_leave_parameter_sets_as_they_are() {
        assert_eq!(sets().count(), 16);
        for set in sets() {
            assert_eq!(look(|_| {}).of_parameter_set(set), set);
            // Also where they are written anew.
            assert_eq!(look(|_| {}).rewritten(set).as_deref(), Some(set));
        }
    }

    #[test]
    fn contrast_and_colours_are_steps_of_the_quantizer() {
        for set in sets() {
            let (quantizer, colours) = steps_of(set);
            for (look, contrast, saturation) in [
                (look(|image| image.contrast = 25), -6, 0),
                (look(|image| image.contrast = 100), 3, 0),
                (look(|image| image.contrast = 0), -9, 0),
                (look(|image| image.saturation = 100), 0, 6),
                (look(|image| image.day_night = "night".to_owned()), 0, -12),
            ] {
                let changed = look.of_parameter_set(set);
                let expected = (quantizer + contrast, (colours + saturation).clamp(-12, 12));
                assert_eq!(steps_of(&changed), expected, "{look:?}");
                assert_eq!(changed[0], set[0]);
            }
        }
    }

    #[test]
    fn every_key_picture_can_be_brightened() {
        for (set, picture) in key_pictures() {
            let before = level_of(picture, set);
            for (brightness, is_brighter) in [(255, true), (0, false)] {
                let changed =
                    look(|image| image.brightness = brightness).of_key_picture(picture, set);
                let after = level_of(&changed, set);
                assert_eq!(after > before, is_brighter, "{before} {after}");
                assert!(changed.windows(3).all(|it| it[..2] != [0, 0] || it[2] > 2));
            }
            assert_eq!(look(|_| {}).of_key_picture(picture, set), picture);
        }
    }

    #[test]
    fn pictures_of_others_stay_as_they_are() {
        let (set, _) = key_pictures().next().expect("a picture");
        let bright = look(|image| image.brightness = 255);
        for other in [
            &[][..],
            &[0x65],
            &[0x65; 40],
            &[0x65, 0xff, 0xff, 0xff, 0, 0, 3, 0, 0],
        ] {
            assert_eq!(bright.of_key_picture(other, set), other);
            assert_eq!(bright.of_key_picture(other, &[]), other);
        }
    }

    /// Every key picture of the built-in clips, behind its parameter set.
    fn key_pictures() -> impl Iterator<Item = (&'static [u8], &'static [u8])> {
        let clips = (0..4).flat_map(|scene| {
            [(false, false), (true, false), (false, true), (true, true)]
                .map(|(is_sub, is_mirrored)| clips::h264(scene, is_sub, is_mirrored))
        });
        let frames = clips.flat_map(|clip| clip.frames.iter());
        frames.filter(|frame| frame.is_key).map(|frame| {
            let of_type = |wanted| {
                let mut nals = frame.nals.iter();
                let found = nals.find(|nal| clips::nal_type(ClipCodec::H264, nal) == wanted);
                *found.expect("a key picture and its set")
            };
            (of_type(8), of_type(5))
        })
    }

    fn level_of(picture: &[u8], set: &[u8]) -> i64 {
        let quantizer = quantizer_of(set).expect("a quantizer");
        key_picture::first_level(picture, quantizer).expect("a level")
    }

    #[test]
    fn numbers_survive_their_codes() {
        for value in -40..40 {
            assert_eq!(signed(unsigned(value)), value);
            let mut out = SetWriter::default();
            out.put_code(unsigned(value));
            out.put(true);
            let nal = out.nal(0x68);
            assert_eq!(SetReader::of(&nal[1..]).code(), Some(unsigned(value)));
        }
    }
}
