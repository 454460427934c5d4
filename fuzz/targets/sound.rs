//! The sound of a camera, and what it says about it.

use sound::{SoundCodec, SoundSource, Transcoder};

/// The first eight bytes are what a camera says, the rest are packets: each a length and that many bytes. Whatever
/// it is, what comes out are whole packets, and not more than a second of sound from each.
pub(crate) fn sound(data: &[u8]) {
    let Some((head, mut rest)) = data.split_first_chunk::<8>() else {
        return;
    };
    let [which, rate @ .., n_channels, clock, config] = *head;
    let sample_rate = u32::from_be_bytes(rate);
    let codec = match which % 6 {
        0 => SoundCodec::Aac,
        1 => SoundCodec::Ulaw,
        2 => SoundCodec::Alaw,
        3 => SoundCodec::G726(which / 6),
        4 => SoundCodec::G722,
        _ => SoundCodec::L16,
    };
    let (config, packets) = rest.split_at(rest.len().min(usize::from(config % 16)));
    rest = packets;
    let source = SoundSource {
        codec,
        sample_rate,
        n_channels,
        clock_rate: sample_rate.wrapping_mul(u32::from(clock)),
        config: config.to_vec(),
    };
    let Ok(mut transcoder) = Transcoder::new(&source) else {
        return;
    };
    let mut time = 0_i64;
    while let Some((length, packets)) = rest.split_first() {
        let (unit, packets) = packets.split_at(packets.len().min(4 * usize::from(*length)));
        rest = packets;
        let made = transcoder.handle(unit, time);
        assert!(made.len() <= 52, "{} packets", made.len());
        for packet in &made {
            assert_eq!(packet.ulaw.len(), sound::PACKET_SAMPLES);
        }
        time = time.wrapping_mul(i64::from(*length)).wrapping_add(160);
    }
}
