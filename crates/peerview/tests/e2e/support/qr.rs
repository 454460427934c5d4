//! Pictures of QR codes, as a photo and as what a camera sees.

use fast_qr::QRBuilder;

/// Pixels of one module.
const SCALE: usize = 8;
/// Light modules around the code.
const QUIET: usize = 4;
/// What the camera sees.
const VIDEO: (usize, usize) = (640, 480);

/// The text as a QR code: pixels in rows, true where it is dark.
fn pixels(text: &str) -> Vec<Vec<bool>> {
    let qr = QRBuilder::new(text).build().expect("it fits");
    let side = (qr.size + 2 * QUIET) * SCALE;
    let at = |place: usize| {
        (place / SCALE)
            .checked_sub(QUIET)
            .filter(|it| *it < qr.size)
    };
    let is_dark = |x, y| Some(qr[at(y)?][at(x)?].value());
    (0..side)
        .map(|y| (0..side).map(|x| is_dark(x, y) == Some(true)).collect())
        .collect()
}

/// A photo of the code, as BMP.
pub(crate) fn photo(text: &str) -> Vec<u8> {
    let rows = pixels(text);
    let side = u32::try_from(rows.len()).expect("a small picture");
    let n_bytes = side * side * 4;
    let mut file = b"BM".to_vec();
    for number in [
        54 + n_bytes,
        0,
        54,
        40,
        side,
        side,
        1 | 32 << 16,
        0,
        n_bytes,
        0,
        0,
        0,
        0,
    ] {
        file.extend(number.to_le_bytes());
    }
    // From the lowest row up.
    for is_dark in rows.iter().rev().flatten() {
        file.extend(if *is_dark {
            [20, 20, 20, 255]
        } else {
            [235, 235, 235, 255]
        });
    }
    file
}

/// What a camera sees that the code is held in front of, as Chromium's pretended camera reads it.
pub(crate) fn video(text: &str) -> Vec<u8> {
    let rows = pixels(text);
    let (width, height) = VIDEO;
    let mut file = format!("YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420\nFRAME\n").into_bytes();
    for y in 0..height {
        for x in 0..width {
            let is_dark = rows.get(y).and_then(|row| row.get(x)) == Some(&true);
            file.push(if is_dark { 30 } else { 220 });
        }
    }
    file.resize(file.len() + width * height / 2, 128);
    file
}
