//! Draws letters as hollow strokes that overlap, over pale hollow strokes that mean nothing: people
//! follow an outline easily, and there is no filled shape to cut out.

use super::{Dice, strokes};

/// Size of a picture in pixels; pages show it at half of that.
const WIDTH: u16 = 320;
const HEIGHT: u16 = 112;
/// Pixels of one unit of a character.
const UNIT: f32 = 6.2;
/// From the middle of a stroke to the middle of its outline, in pixels.
const HOLLOW: f32 = 5.0;
/// Half the width of an outline, in pixels.
const LINE: f32 = 1.25;
/// Pale strokes behind the letters.
const DECOYS: usize = 6;

type Point = (f32, f32);

/// What a stroke looks like.
struct Pen {
    segments: Vec<(Point, Point)>,
    hollow: f32,
    line: f32,
    /// Darkness of its outline, 0 to 1.
    ink: f32,
}

/// The letters as a PNG picture.
pub(super) fn png(letters: &str, seed: [u8; 32]) -> Vec<u8> {
    let mut dice = Dice::new(seed);
    let mut pens: Vec<Pen> = (0..DECOYS).map(|_| decoy(&mut dice)).collect();
    let places = letters.chars().count().max(1) as f32;
    for (place, letter) in letters.chars().enumerate() {
        pens.push(placed(letter, place as f32, places, &mut dice));
    }
    let pixels = paint(&pens, &mut dice);
    encode(&pixels)
}

/// A letter at its place: sized, turned and slanted a little, so that neighbours touch.
fn placed(letter: char, place: f32, places: f32, dice: &mut Dice) -> Pen {
    let room = f32::from(WIDTH) / (places + 0.35);
    let centre = (
        room * (place + 0.68) + dice.between(-4.0, 4.0),
        f32::from(HEIGHT) / 2.0 + dice.between(-7.0, 7.0),
    );
    let (sin, cos) = dice.between(-0.24, 0.24).sin_cos();
    let slant = dice.between(-0.18, 0.18);
    let (wide, high) = (
        dice.between(1.1, 1.4) * UNIT,
        dice.between(0.92, 1.12) * UNIT,
    );
    let segments = strokes::of(letter);
    let middle = segments
        .iter()
        .fold(0.0_f32, |most, (a, b)| most.max(a.0).max(b.0))
        / 2.0;
    let put = |(x, y): Point| {
        let (x, y) = (
            (x - middle) * wide - (y - 5.0) * slant * high,
            (y - 5.0) * high,
        );
        (centre.0 + x * cos - y * sin, centre.1 + x * sin + y * cos)
    };
    Pen {
        segments: segments
            .into_iter()
            .map(|(a, b)| (put(a), put(b)))
            .collect(),
        hollow: HOLLOW * dice.between(0.85, 1.1),
        line: LINE,
        ink: dice.between(0.82, 1.0),
    }
}

/// A stroke that means nothing.
fn decoy(dice: &mut Dice) -> Pen {
    let mut at = (
        dice.between(0.0, f32::from(WIDTH)),
        dice.between(0.0, f32::from(HEIGHT)),
    );
    let mut direction = dice.between(0.0, std::f32::consts::TAU);
    let mut segments = Vec::new();
    for _ in 0..5 {
        direction += dice.between(-0.8, 0.8);
        let length = dice.between(14.0, 34.0);
        let next = (
            at.0 + direction.cos() * length,
            at.1 + direction.sin() * length,
        );
        segments.push((at, next));
        at = next;
    }
    Pen {
        segments,
        hollow: dice.between(3.0, 7.0),
        line: LINE,
        ink: dice.between(0.4, 0.55),
    }
}

/// Every pixel is as dark as the darkest outline near it, seen through a gentle wave.
fn paint(pens: &[Pen], dice: &mut Dice) -> Vec<u8> {
    let wave = |dice: &mut Dice| {
        let (height, length) = (dice.between(1.5, 3.0), dice.between(0.03, 0.06));
        (height, length, dice.between(0.0, std::f32::consts::TAU))
    };
    let (across, down) = (wave(dice), wave(dice));
    let bend = |along: f32, wave: (f32, f32, f32)| wave.0 * (along * wave.1 + wave.2).sin();
    let mut pixels = Vec::with_capacity(usize::from(WIDTH) * usize::from(HEIGHT));
    for y in 0..HEIGHT {
        for x in 0..WIDTH {
            let (x, y) = (f32::from(x), f32::from(y));
            let seen = (x + bend(y, across), y + bend(x, down));
            let darkest = pens
                .iter()
                .map(|pen| pen.darkness(seen))
                .fold(0.0, f32::max);
            let grain = dice.between(0.0, 0.05);
            pixels.push((255.0 * (1.0 - (darkest * 0.88 + grain).min(1.0))) as u8);
        }
    }
    pixels
}

impl Pen {
    fn darkness(&self, point: Point) -> f32 {
        let nearest = self
            .segments
            .iter()
            .map(|segment| distance(point, *segment))
            .fold(f32::MAX, f32::min);
        let beside = (nearest - self.hollow).abs();
        self.ink * (self.line + 0.5 - beside).clamp(0.0, 1.0)
    }
}

fn distance((x, y): Point, ((ax, ay), (bx, by)): (Point, Point)) -> f32 {
    let (dx, dy) = (bx - ax, by - ay);
    let length = (dx * dx + dy * dy).max(f32::EPSILON);
    let along = (((x - ax) * dx + (y - ay) * dy) / length).clamp(0.0, 1.0);
    (x - ax - along * dx).hypot(y - ay - along * dy)
}

fn encode(pixels: &[u8]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, u32::from(WIDTH), u32::from(HEIGHT));
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    encoder
        .write_header()
        .and_then(|mut writer| writer.write_image_data(pixels))
        .expect("a picture of fixed size is written to memory");
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_letters_never_look_the_same() {
        let (one, other) = (png("VU79", [1; 32]), png("VU79", [2; 32]));

        assert!(one.starts_with(b"\x89PNG"));
        assert!(one.len() < 40_000, "{} bytes", one.len());
        assert_ne!(one, other);
    }

    #[test]
    fn letters_are_darker_than_what_means_nothing() {
        let dice = &mut Dice::new([3; 32]);
        let darkest_decoy = (0..200).map(|_| decoy(dice).ink).fold(0.0, f32::max);
        let palest_letter = (0..200)
            .map(|_| placed('A', 0.0, 4.0, dice).ink)
            .fold(1.0, f32::min);

        assert!(palest_letter > darkest_decoy + 0.2);
    }
}
