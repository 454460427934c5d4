//! Processor time of transcoding, per second of sound: prints, asserts nothing.
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark measures and prints"
)]

use std::time::Instant;

use sound::{SoundCodec, SoundSource, Transcoder};

/// Seconds of sound that are timed.
const SECONDS: u32 = 200;

fn main() {
    let aac = include_bytes!("../testdata/aac-16000.adts");
    let stereo = include_bytes!("../testdata/aac-48000-stereo.adts");
    let (mono, stereo) = (units(aac), units(stereo));
    run(
        "AAC 16 kHz mono",
        SoundCodec::Aac,
        (16_000, 1),
        &mono,
        1_024,
    );
    run(
        "AAC 48 kHz stereo",
        SoundCodec::Aac,
        (48_000, 2),
        &stereo,
        1_024,
    );
    let g726: Vec<&[u8]> = include_bytes!("../testdata/g726-32.bin")
        .chunks(80)
        .collect();
    run(
        "G.726 32 kbit/s",
        SoundCodec::G726(4),
        (8_000, 1),
        &g726,
        160,
    );
    let g722: Vec<&[u8]> = include_bytes!("../testdata/g722.bin").chunks(160).collect();
    run("G.722", SoundCodec::G722, (16_000, 1), &g722, 320);
    run(
        "L16 16 kHz",
        SoundCodec::L16,
        (16_000, 1),
        &[&[7; 640]],
        320,
    );
}

fn units(adts: &[u8]) -> Vec<&[u8]> {
    let (mut rest, mut units) = (adts, Vec::new());
    while let [0xff, _, _, a, b, c, ..] = *rest {
        let length = usize::from(a & 3) << 11 | usize::from(b) << 3 | usize::from(c >> 5);
        units.push(&rest[7..length]);
        rest = &rest[length..];
    }
    units
}

fn run(
    name: &str,
    codec: SoundCodec,
    (sample_rate, n_channels): (u32, u8),
    units: &[&[u8]],
    step: u32,
) {
    let source = SoundSource {
        codec,
        sample_rate,
        n_channels,
        clock_rate: sample_rate,
        config: Vec::new(),
    };
    let Ok(mut transcoder) = Transcoder::new(&source) else {
        println!("{name}: cannot be decoded");
        return;
    };
    let start = Instant::now();
    let mut n_packets = 0;
    for (unit, n) in units.iter().cycle().zip(0..SECONDS * sample_rate / step) {
        n_packets += transcoder.handle(unit, i64::from(n * step)).len();
    }
    let percent = start.elapsed().as_secs_f64() * 100.0 / f64::from(SECONDS);
    println!("{name:18} {percent:.3} % of a core ({n_packets} packets)");
}
