//! Draws letters as hollow strokes, bent as if by hand, among decoys: pieces of other letters that are just as
//! dark, wide and hollow. Every outline has gaps. So no threshold separates letters from decoys, and no flood
//! fill stays inside a letter. People follow a line across a gap.

use super::{ALPHABET, Dice, strokes};

/// Size of a picture in pixels; pages show it at half of that.
const WIDTH: u16 = 320;
const HEIGHT: u16 = 112;
/// Pixels of one unit of a character.
const UNIT: f32 = 6.4;
/// From the middle of a stroke to the middle of its outline, in pixels.
const HOLLOW: f32 = 4.6;
/// Half the width of an outline, in pixels.
const LINE: f32 = 1.3;
/// Number of decoys, which are pieces of other letters.
const DECOYS: usize = 8;
/// How many of them lie over the letters; the others lie under them.
const DECOYS_ABOVE: usize = 3;
/// Pixels from one gap to the next, in both directions.
const GAPS_EVERY: f32 = 16.0;

type Point = (f32, f32);

/// A letter or a decoy as it is painted.
struct Pen {
    segments: Vec<(Point, Point)>,
    hollow: f32,
    /// Corners of the box outside of which it leaves no ink.
    least: Point,
    most: Point,
}

/// A round spot without ink.
struct Gap {
    centre: Point,
    radius: f32,
}

/// The letters as a PNG picture.
pub(super) fn png(letters: &str, seed: [u8; 32]) -> Vec<u8> {
    let mut dice = Dice::new(seed);
    let mut pens: Vec<Pen> = (0..DECOYS).map(|n| decoy(n, &mut dice)).collect();
    let places = places(letters, &mut dice);
    for (letter, place) in letters.chars().zip(places) {
        pens.push(placed(letter, place, &mut dice));
    }
    // The last decoys lie over the letters.
    pens.rotate_left(DECOYS_ABOVE);
    let gaps = gaps(&mut dice);
    encode(&paint(&pens, &gaps, &mut dice))
}

/// The middles of the letters from left to right, unevenly far apart; wide ones have more room.
fn places(letters: &str, dice: &mut Dice) -> Vec<f32> {
    let mut rooms: Vec<f32> = letters
        .chars()
        .map(|letter| {
            let wide = strokes::of(letter)
                .iter()
                .fold(0.0_f32, |w, s| w.max(s.0.0));
            (wide + 1.6) * dice.between(0.92, 1.08)
        })
        .collect();
    let whole: f32 = rooms.iter().sum::<f32>() + dice.between(0.4, 1.4);
    let mut right = dice.between(0.2, 0.9);
    for room in &mut rooms {
        let middle = right + *room / 2.0;
        right += *room;
        *room = middle / whole * f32::from(WIDTH);
    }
    rooms
}

/// A letter at its place: sized, turned, slanted and bent, so that no two look alike.
fn placed(letter: char, place: f32, dice: &mut Dice) -> Pen {
    let centre = (place, f32::from(HEIGHT) / 2.0 + dice.between(-9.0, 9.0));
    let (wide, high) = (
        dice.between(0.9, 1.25) * UNIT,
        dice.between(0.88, 1.1) * UNIT,
    );
    let turn = dice.between(-0.25, 0.25);
    put(strokes::of(letter), centre, (wide, high), turn, dice)
}

/// A decoy: a piece of a letter that means nothing, as large and as bent as a letter, and turned any way.
fn decoy(n: usize, dice: &mut Dice) -> Pen {
    // Just below the length, so that the cast never gives an index behind the end.
    let which = dice.between(0.0, ALPHABET.len() as f32 - 0.01) as usize;
    let whole = strokes::of(char::from(ALPHABET[which]));
    let whole: Vec<_> = whole.into_iter().flat_map(cut).collect();
    let first = (dice.between(0.0, 0.6) * whole.len() as f32) as usize;
    let length = (dice.between(0.2, 0.4) * whole.len() as f32) as usize;
    let piece = whole.into_iter().skip(first).take(length.max(2)).collect();
    let centre = (
        f32::from(WIDTH) * (n as f32 + dice.between(0.0, 1.0)) / DECOYS as f32,
        dice.between(0.0, f32::from(HEIGHT)),
    );
    let size = dice.between(0.9, 1.3) * UNIT;
    let turn = dice.between(0.0, std::f32::consts::TAU);
    put(piece, centre, (size, size), turn, dice)
}

/// Strokes placed on the picture: bent, sized, slanted and turned around their middle.
fn put(
    segments: Vec<(Point, Point)>,
    centre: Point,
    (wide, high): Point,
    turn: f32,
    dice: &mut Dice,
) -> Pen {
    let corners = |pick: fn(f32, f32) -> f32, from: f32| {
        let ends = segments.iter().flat_map(|(a, b)| [*a, *b]);
        ends.fold((from, from), |at, (x, y)| (pick(at.0, x), pick(at.1, y)))
    };
    let (least, most) = (corners(f32::min, f32::MAX), corners(f32::max, f32::MIN));
    let middle = ((least.0 + most.0) / 2.0, (least.1 + most.1) / 2.0);
    let (sin, cos) = turn.sin_cos();
    let slant = dice.between(-0.2, 0.2);
    let (aside, down) = (Bend::new(dice), Bend::new(dice));
    let onto = |(x, y): Point| {
        let (x, y) = (x + aside.at(y), y + down.at(x));
        let (x, y) = ((x - middle.0) * wide, (y - middle.1) * high);
        let x = x - y * slant;
        (centre.0 + x * cos - y * sin, centre.1 + x * sin + y * cos)
    };
    let segments: Vec<_> = segments
        .iter()
        .flat_map(|segment| cut(*segment))
        .map(|(a, b)| (onto(a), onto(b)))
        .collect();
    Pen::new(segments, HOLLOW * dice.between(0.85, 1.1))
}

/// A wave that pushes points aside along a line.
struct Bend {
    far: f32,
    pace: f32,
    from: f32,
}

impl Bend {
    fn new(dice: &mut Dice) -> Bend {
        Bend {
            far: dice.between(0.15, 0.5),
            pace: dice.between(0.35, 0.7),
            from: dice.between(0.0, std::f32::consts::TAU),
        }
    }

    fn at(&self, along: f32) -> f32 {
        self.far * (along * self.pace + self.from).sin()
    }
}

/// Cuts a segment into pieces that are short enough to be bent.
fn cut((a, b): (Point, Point)) -> Vec<(Point, Point)> {
    let bits = (a.0 - b.0).hypot(a.1 - b.1).ceil().max(1.0);
    let at = |n: f32| (a.0 + (b.0 - a.0) * n / bits, a.1 + (b.1 - a.1) * n / bits);
    (0..bits as u8)
        .map(|n| (at(f32::from(n)), at(f32::from(n) + 1.0)))
        .collect()
}

/// Spots without ink all over the picture.
fn gaps(dice: &mut Dice) -> Vec<Gap> {
    let count = |size: u16| (f32::from(size) / GAPS_EVERY).ceil() as u16;
    let mut gaps = Vec::new();
    for row in 0..count(HEIGHT) {
        for column in 0..count(WIDTH) {
            let mut near = |cell: u16| (f32::from(cell) + dice.between(0.0, 1.0)) * GAPS_EVERY;
            gaps.push(Gap {
                centre: (near(column), near(row)),
                radius: dice.between(2.5, 4.5),
            });
        }
    }
    gaps
}

/// Paints the pens from the lowest to the highest: each hides what its inside covers and shows its own outline.
fn paint(pens: &[Pen], gaps: &[Gap], dice: &mut Dice) -> Vec<u8> {
    let mut pixels = Vec::with_capacity(usize::from(WIDTH) * usize::from(HEIGHT));
    for y in 0..HEIGHT {
        for x in 0..WIDTH {
            let seen = (f32::from(x), f32::from(y));
            let darkest = pens.iter().fold(0.0, |under, pen| pen.over(under, seen));
            let ink = if darkest > 0.0 {
                gaps.iter()
                    .fold(darkest, |ink, gap| ink.min(gap.lets(seen)))
            } else {
                0.0
            };
            // Grain on paper and ink alike: the background has no single value that a program could cut away.
            let grain = dice.between(0.0, 0.05);
            pixels.push((255.0 * (1.0 - (ink * 0.88 + grain).min(1.0))) as u8);
        }
    }
    pixels
}

impl Gap {
    /// Share of the ink that remains at a point, 0 to 1.
    fn lets(&self, (x, y): Point) -> f32 {
        let away = (x - self.centre.0).hypot(y - self.centre.1);
        (away - self.radius + 0.5).clamp(0.0, 1.0)
    }
}

impl Pen {
    fn new(segments: Vec<(Point, Point)>, hollow: f32) -> Pen {
        let reach = hollow + LINE + 1.0;
        let ends = || segments.iter().flat_map(|(a, b)| [*a, *b]);
        let least = ends().fold((f32::MAX, f32::MAX), |m, p| (m.0.min(p.0), m.1.min(p.1)));
        let most = ends().fold((f32::MIN, f32::MIN), |m, p| (m.0.max(p.0), m.1.max(p.1)));
        Pen {
            hollow,
            least: (least.0 - reach, least.1 - reach),
            most: (most.0 + reach, most.1 + reach),
            segments,
        }
    }

    /// The darkness of a point once this pen has painted over `under`.
    fn over(&self, under: f32, point: Point) -> f32 {
        // Most pens are far from most pixels; the box spares them the distance to each segment.
        let is_near = (self.least.0..=self.most.0).contains(&point.0)
            && (self.least.1..=self.most.1).contains(&point.1);
        if !is_near {
            return under;
        }
        let nearest = self
            .segments
            .iter()
            .map(|segment| distance(point, *segment))
            .fold(f32::MAX, f32::min);
        let outline = (LINE + 0.5 - (nearest - self.hollow).abs()).clamp(0.0, 1.0);
        if nearest < self.hollow {
            outline
        } else {
            outline.max(under)
        }
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
    fn a_captcha_picture_is_determined_by_its_seed() {
        let picture = png("VU79", [1; 32]);

        assert!(picture.starts_with(b"\x89PNG"));
        assert!(picture.len() < 40_000, "{} bytes", picture.len());
        assert_eq!(picture, png("VU79", [1; 32]));
        assert_ne!(picture, png("VU79", [2; 32]));
    }

    #[test]
    fn decoys_are_as_dark_as_letters() {
        let darkest = |pen: &dyn Fn(&mut Dice) -> Pen, seed: u8| {
            let dice = &mut Dice::new([seed; 32]);
            let pen = pen(dice);
            paint(&[pen], &[], dice).into_iter().min()
        };
        let letter = |dice: &mut Dice| placed('A', 160.0, dice);
        let piece = |dice: &mut Dice| decoy(DECOYS / 2, dice);

        for seed in 0..20 {
            let (letter, decoy) = (darkest(&letter, seed), darkest(&piece, seed));
            let apart = letter.unwrap().abs_diff(decoy.unwrap());
            assert!(apart <= 13, "{letter:?} and {decoy:?}");
        }
    }

    #[test]
    fn outlines_of_letters_and_decoys_have_gaps() {
        let dice = &mut Dice::new([5; 32]);
        let letter = placed('D', 160.0, dice);
        let whole = paint(std::slice::from_ref(&letter), &[], dice);
        let broken = paint(&[letter], &gaps(dice), dice);
        let n_dark = |pixels: &[u8]| pixels.iter().filter(|p| **p < 128).count();

        assert!(n_dark(&broken) < n_dark(&whole) * 95 / 100);
    }

    #[test]
    fn every_letter_is_inside_the_picture() {
        for seed in 0..=u8::MAX {
            let dice = &mut Dice::new([seed; 32]);
            let letters = "WMWM";
            let places = places(letters, dice);
            for (letter, place) in letters.chars().zip(places) {
                let pen = placed(letter, place, dice);
                assert!(pen.least.0 > -12.0 && pen.most.0 < f32::from(WIDTH) + 12.0);
                assert!(pen.least.1 > -12.0 && pen.most.1 < f32::from(HEIGHT) + 12.0);
            }
        }
    }
}
