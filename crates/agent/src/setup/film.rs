//! Puts one H.264 key frame into an MP4 video of one frame (ISO/IEC 14496-12 and -15), which any browser
//! shows without scripts.

use bytes::Bytes;

/// Ticks in a second.
const TIMESCALE: u32 = 1_000;
/// How long the picture is shown; players stay on the last picture of a film.
const DURATION: u32 = 1_000;
const MAX_SETS: usize = 8;
/// NAL unit types (ITU-T H.264 table 7-1).
const SPS: u8 = 7;
const PPS: u8 = 8;
const DELIMITER: u8 = 9;

/// The film, if the access unit in Annex B has its parameter sets.
pub(super) fn film(access_unit: &[u8], (width, height): (u32, u32)) -> Option<Bytes> {
    let (width, height) = (u16::try_from(width).ok()?, u16::try_from(height).ok()?);
    let (mut sps, mut pps, mut sample) = (Vec::new(), Vec::new(), Vec::new());
    for unit in units(access_unit) {
        match unit.first()? & 0x1f {
            SPS if unit.len() >= 4 => push_new(&mut sps, unit),
            PPS => push_new(&mut pps, unit),
            SPS | DELIMITER => {}
            _ => {
                sample.extend(u32::try_from(unit.len()).ok()?.to_be_bytes());
                sample.extend(unit);
            }
        }
    }
    if sps.is_empty() || pps.is_empty() || sample.is_empty() {
        return None;
    }
    let entry = sample_entry(width, height, &configuration(&sps, &pps)?);
    let kind = boxed(b"ftyp", &[b"isom\0\0\x02\0isomavc1mp41"]);
    let size = u32::try_from(sample.len()).ok()?;
    let movie = |offset: u32| movie(width, height, &entry, size, offset);
    // The sample follows the header of the last box; the length of the movie does not depend on the offset.
    let offset = kind.len() + movie(0).len() + 8;
    let film = [
        kind,
        movie(u32::try_from(offset).ok()?),
        boxed(b"mdat", &[&sample]),
    ];
    Some(film.concat().into())
}

fn push_new<'a>(sets: &mut Vec<&'a [u8]>, set: &'a [u8]) {
    if sets.len() < MAX_SETS && !sets.contains(&set) && set.len() <= usize::from(u16::MAX) {
        sets.push(set);
    }
}

/// The NAL units between start codes (ITU-T H.264 annex B), without zeros that trail them.
fn units(access_unit: &[u8]) -> Vec<&[u8]> {
    let mut starts = Vec::new();
    let mut at = 0;
    while let Some(found) = access_unit
        .get(at..)
        .and_then(|rest| rest.windows(3).position(|three| three == [0, 0, 1]))
    {
        starts.push(at + found + 3);
        at += found + 3;
    }
    let ends = starts.iter().skip(1).map(|start| start - 3);
    let ends = ends.chain([access_unit.len()]);
    starts
        .iter()
        .zip(ends)
        .map(|(start, end)| {
            let unit = &access_unit[*start..end];
            let trailing = unit.iter().rev().take_while(|byte| **byte == 0).count();
            &unit[..unit.len() - trailing]
        })
        .filter(|unit| !unit.is_empty())
        .collect()
}

/// `avcC` (ISO/IEC 14496-15 §5.3.3.1). Profiles from High on may add fields, which players do not need.
fn configuration(sps: &[&[u8]], pps: &[&[u8]]) -> Option<Vec<u8>> {
    let first = sps.first()?;
    let mut record = vec![1, *first.get(1)?, *first.get(2)?, *first.get(3)?];
    // Lengths of four bytes.
    record.push(0xff);
    record.push(0xe0 | u8::try_from(sps.len()).ok()?);
    put_sets(&mut record, sps)?;
    record.push(u8::try_from(pps.len()).ok()?);
    put_sets(&mut record, pps)?;
    Some(boxed(b"avcC", &[&record]))
}

fn put_sets(record: &mut Vec<u8>, sets: &[&[u8]]) -> Option<()> {
    for set in sets {
        record.extend(u16::try_from(set.len()).ok()?.to_be_bytes());
        record.extend(*set);
    }
    Some(())
}

/// `avc1` (ISO/IEC 14496-12 §12.1.3).
fn sample_entry(width: u16, height: u16, configuration: &[u8]) -> Vec<u8> {
    let resolution = 0x0048_0000_u32.to_be_bytes();
    boxed(
        b"avc1",
        &[
            &[0, 0, 0, 0, 0, 0, 0, 1],
            &[0; 16],
            &width.to_be_bytes(),
            &height.to_be_bytes(),
            &resolution,
            &resolution,
            &[0; 4],
            &[0, 1],
            &[0; 32],
            &[0, 0x18, 0xff, 0xff],
            configuration,
        ],
    )
}

fn movie(width: u16, height: u16, entry: &[u8], size: u32, offset: u32) -> Vec<u8> {
    let (scale, duration) = (TIMESCALE.to_be_bytes(), DURATION.to_be_bytes());
    let one = 1_u32.to_be_bytes();
    let own_file = full(b"url ", 1, &[]);
    let information = boxed(
        b"minf",
        &[
            &full(b"vmhd", 1, &[&[0; 8]]),
            &boxed(b"dinf", &[&full(b"dref", 0, &[&one, &own_file])]),
            &sample_table(entry, size, offset),
        ],
    );
    // `und`, an undetermined language.
    let media = boxed(
        b"mdia",
        &[
            &full(
                b"mdhd",
                0,
                &[&[0; 8], &scale, &duration, &[0x55, 0xc4, 0, 0]],
            ),
            &full(b"hdlr", 0, &[&[0; 4], b"vide", &[0; 13]]),
            &information,
        ],
    );
    let fixed = |pixels: u16| (u32::from(pixels) << 16).to_be_bytes();
    let track = full(
        b"tkhd",
        3,
        &[
            &[0; 8],
            &one,
            &[0; 4],
            &duration,
            &[0; 16],
            &matrix(),
            &fixed(width),
            &fixed(height),
        ],
    );
    let header = full(
        b"mvhd",
        0,
        &[
            &[0; 8],
            &scale,
            &duration,
            &[0, 1, 0, 0, 1, 0],
            &[0; 10],
            &matrix(),
            &[0; 24],
            &2_u32.to_be_bytes(),
        ],
    );
    boxed(b"moov", &[&header, &boxed(b"trak", &[&track, &media])])
}

/// One sample of this size, at this place of the file.
fn sample_table(entry: &[u8], size: u32, offset: u32) -> Vec<u8> {
    let (one, duration) = (1_u32.to_be_bytes(), DURATION.to_be_bytes());
    boxed(
        b"stbl",
        &[
            &full(b"stsd", 0, &[&one, entry]),
            &full(b"stts", 0, &[&one, &one, &duration]),
            &full(b"stss", 0, &[&one, &one]),
            &full(b"stsc", 0, &[&one, &one, &one, &one]),
            &full(b"stsz", 0, &[&size.to_be_bytes(), &one]),
            &full(b"stco", 0, &[&one, &offset.to_be_bytes()]),
        ],
    )
}

/// Nothing is turned or moved.
fn matrix() -> Vec<u8> {
    [0x1_0000_u32, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000]
        .into_iter()
        .flat_map(u32::to_be_bytes)
        .collect()
}

/// A box with version 0 and flags (ISO/IEC 14496-12 §4.2).
fn full(kind: &[u8; 4], flags: u8, parts: &[&[u8]]) -> Vec<u8> {
    let head = [0, 0, 0, flags];
    let parts: Vec<&[u8]> = [&head[..]]
        .into_iter()
        .chain(parts.iter().copied())
        .collect();
    boxed(kind, &parts)
}

fn boxed(kind: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    // A frame has 2 MiB at most.
    let length = u32::try_from(content.len() + 8).unwrap_or(u32::MAX);
    [&length.to_be_bytes()[..], kind, &content].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNIT: &[u8] = &[
        0, 0, 0, 1, 9, 0xf0, 0, 0, 0, 1, 0x67, 0x42, 0xc0, 0x1e, 0xaa, 0, 0, 1, 0x68, 0xce, 0x3c,
        0x80, 0, 0, 1, 0x65, 0x88, 0x84, 0, 0,
    ];

    /// The content of a box on a path of boxes.
    fn find<'a>(boxes: &'a [u8], path: &[&[u8; 4]]) -> Option<&'a [u8]> {
        let Some((first, rest)) = path.split_first() else {
            return Some(boxes);
        };
        let mut left = boxes;
        while left.len() >= 8 {
            let length = u32::from_be_bytes(left[..4].try_into().ok()?) as usize;
            if &left[4..8] == *first {
                return find(&left[8..length], rest);
            }
            left = &left[length..];
        }
        None
    }

    #[test]
    fn a_key_frame_becomes_a_video_of_one_frame() {
        let film = film(UNIT, (640, 360)).expect("it has its sets");

        let table: [&[u8; 4]; 5] = [b"moov", b"trak", b"mdia", b"minf", b"stbl"];
        let within = |kind| find(&film, &[&table[..], &[kind]].concat()).expect("a box");
        let sample = [0, 0, 0, 3, 0x65, 0x88, 0x84];
        assert_eq!(find(&film, &[b"mdat"]), Some(&sample[..]));
        let offset = u32::from_be_bytes(within(b"stco")[8..12].try_into().expect("four"));
        assert_eq!(&film[offset as usize..], &sample);
        assert_eq!(&within(b"stsz")[4..8], &7_u32.to_be_bytes());
        let entry = within(b"stsd")[8..].to_vec();
        assert_eq!(&entry[4..8], b"avc1");
        assert_eq!(&entry[32..36], &[2, 0x80, 1, 0x68]);
        let sets = find(&entry[86..], &[b"avcC"]).expect("a box");
        let expected = [
            &[
                1, 0x42, 0xc0, 0x1e, 0xff, 0xe1, 0, 5, 0x67, 0x42, 0xc0, 0x1e, 0xaa,
            ][..],
            &[1, 0, 4, 0x68, 0xce, 0x3c, 0x80],
        ];
        assert_eq!(sets, expected.concat());
    }

    #[test]
    fn a_frame_without_parameter_sets_makes_no_video() {
        for unit in [
            &UNIT[..6],
            &UNIT[15..],
            &UNIT[..15],
            b"",
            &[0, 0, 1],
            &[0; 40],
        ] {
            assert_eq!(film(unit, (640, 360)), None, "{unit:?}");
        }
        assert_eq!(film(UNIT, (70_000, 360)), None);
    }
}
