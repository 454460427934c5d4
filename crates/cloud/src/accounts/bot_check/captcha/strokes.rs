//! The characters of the picture as strokes of a pen, six wide and ten high, so that a drawing can
//! bend and hollow them.

/// A piece of a character.
enum Piece {
    /// Points that straight strokes join.
    Line(&'static [(f32, f32)]),
    /// Centre x and y, radius x and y, first and last angle in degrees; clockwise from the right.
    Arc(f32, f32, f32, f32, f32, f32),
}

use Piece::{Arc, Line};

/// A straight bit of a stroke.
pub(super) type Segment = ((f32, f32), (f32, f32));

/// Bits that an arc is made of.
const BITS: u8 = 14;

/// The strokes of a character; none if it is not in the alphabet.
pub(super) fn of(character: char) -> Vec<Segment> {
    let turned = character == '9';
    let mut segments = Vec::new();
    for piece in pieces(if turned { '6' } else { character }) {
        let points: Vec<(f32, f32)> = match piece {
            Line(points) => points.to_vec(),
            Arc(x, y, rx, ry, from, to) => (0..=BITS)
                .map(|i| {
                    let angle = (from + (to - from) * f32::from(i) / f32::from(BITS)).to_radians();
                    (x + rx * angle.cos(), y + ry * angle.sin())
                })
                .collect(),
        };
        segments.extend(points.windows(2).map(|pair| (pair[0], pair[1])));
    }
    if turned {
        for ((ax, ay), (bx, by)) in &mut segments {
            (*ax, *ay, *bx, *by) = (6.0 - *ax, 10.0 - *ay, 6.0 - *bx, 10.0 - *by);
        }
    }
    segments
}

#[rustfmt::skip]
fn pieces(character: char) -> &'static [Piece] {
    match character {
        'A' => &[Line(&[(0.0, 10.0), (3.0, 0.0), (6.0, 10.0)]), Line(&[(1.2, 6.6), (4.8, 6.6)])],
        'B' => &[Line(&[(3.2, 0.0), (0.0, 0.0), (0.0, 10.0), (3.2, 10.0)]), Arc(3.2, 2.4, 2.3, 2.4, -90.0, 90.0),
                 Line(&[(0.0, 4.8), (3.2, 4.8)]), Arc(3.2, 7.4, 2.7, 2.6, -90.0, 90.0)],
        'C' => &[Arc(3.3, 5.0, 3.3, 5.0, -50.0, -310.0)],
        'D' => &[Line(&[(2.0, 0.0), (0.0, 0.0), (0.0, 10.0), (2.0, 10.0)]), Arc(2.0, 5.0, 4.0, 5.0, -90.0, 90.0)],
        'E' => &[Line(&[(5.4, 0.0), (0.0, 0.0), (0.0, 10.0), (5.4, 10.0)]), Line(&[(0.0, 4.9), (4.5, 4.9)])],
        'F' => &[Line(&[(5.4, 0.0), (0.0, 0.0), (0.0, 10.0)]), Line(&[(0.0, 4.9), (4.5, 4.9)])],
        'H' => &[Line(&[(0.0, 0.0), (0.0, 10.0)]), Line(&[(6.0, 0.0), (6.0, 10.0)]), Line(&[(0.0, 5.0), (6.0, 5.0)])],
        'K' => &[Line(&[(0.0, 0.0), (0.0, 10.0)]), Line(&[(5.6, 0.0), (0.0, 6.0)]), Line(&[(2.0, 4.0), (6.0, 10.0)])],
        'M' => &[Line(&[(0.0, 10.0), (0.0, 0.0), (3.5, 6.5), (7.0, 0.0), (7.0, 10.0)])],
        'N' => &[Line(&[(0.0, 10.0), (0.0, 0.0), (6.0, 10.0), (6.0, 0.0)])],
        'P' => &[Line(&[(0.0, 10.0), (0.0, 0.0), (3.0, 0.0)]), Arc(3.0, 2.7, 2.7, 2.7, -90.0, 90.0),
                 Line(&[(0.0, 5.4), (3.0, 5.4)])],
        'R' => &[Line(&[(0.0, 10.0), (0.0, 0.0), (3.0, 0.0)]), Arc(3.0, 2.6, 2.7, 2.6, -90.0, 90.0),
                 Line(&[(0.0, 5.2), (3.0, 5.2)]), Line(&[(2.4, 5.2), (6.0, 10.0)])],
        'T' => &[Line(&[(0.0, 0.0), (6.0, 0.0)]), Line(&[(3.0, 0.0), (3.0, 10.0)])],
        'U' => &[Line(&[(0.0, 0.0), (0.0, 6.8)]), Arc(3.0, 6.8, 3.0, 3.2, 180.0, 0.0), Line(&[(6.0, 6.8), (6.0, 0.0)])],
        'V' => &[Line(&[(0.0, 0.0), (3.0, 10.0), (6.0, 0.0)])],
        'W' => &[Line(&[(0.0, 0.0), (1.9, 10.0), (4.0, 2.5), (6.1, 10.0), (8.0, 0.0)])],
        'X' => &[Line(&[(0.0, 0.0), (6.0, 10.0)]), Line(&[(6.0, 0.0), (0.0, 10.0)])],
        'Y' => &[Line(&[(0.0, 0.0), (3.0, 5.0), (6.0, 0.0)]), Line(&[(3.0, 5.0), (3.0, 10.0)])],
        '3' => &[Arc(2.8, 2.5, 2.6, 2.5, -160.0, 90.0), Arc(2.8, 7.4, 2.9, 2.6, -90.0, 160.0)],
        '4' => &[Line(&[(4.4, 10.0), (4.4, 0.0), (0.0, 7.0), (6.2, 7.0)])],
        '6' => &[Arc(3.0, 6.8, 3.0, 3.2, 0.0, 360.0), Arc(6.0, 6.6, 6.0, 6.6, 180.0, 255.0)],
        '7' => &[Line(&[(0.0, 0.0), (6.0, 0.0), (2.2, 10.0)])],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::bot_check::captcha::ALPHABET;

    #[test]
    fn every_character_has_strokes_inside_its_box() {
        for character in ALPHABET {
            let segments = of(char::from(*character));
            assert!(!segments.is_empty(), "{character}");
            for ((ax, ay), (bx, by)) in segments {
                assert!([ax, bx].iter().all(|x| (-0.1..=8.1).contains(x)));
                assert!([ay, by].iter().all(|y| (-0.1..=10.1).contains(y)));
            }
        }
        assert!(of('?').is_empty());
    }
}
