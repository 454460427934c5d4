//! Statistics of one stream, counted as its frames pass. Pure: every time is an argument.

use std::time::{Duration, Instant};

use proto::reason::Reason;

/// Pictures are counted over at least this time.
const COUNTED_OVER: Duration = Duration::from_secs(5);

/// The figures of one stream. They start again with each connection; the last error stays.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StreamFigures {
    /// Name of the codec of the pictures.
    pub video: Option<&'static str>,
    /// Width and height in pixels, as the last key frame says.
    pub size: Option<(u32, u32)>,
    /// Name of the codec of the sound.
    pub sound: Option<&'static str>,
    /// When the last key frame came.
    pub last_key_at: Option<Instant>,
    /// From the start of the connection attempt to the first picture.
    pub first_picture_after: Option<Duration>,
    /// Whether pictures come in another order than they are shown in (B-frames), which browsers do not
    /// expect in a live picture.
    pub has_b_frames: bool,
    /// Why there were no pictures last, and when that began.
    pub last_error: Option<(Reason, Instant)>,
    /// Time of the picture before.
    last_time: Option<u64>,
    opened_at: Option<Instant>,
    counted: Option<CountedPictures>,
    /// Pictures per second of the last whole time of counting.
    last_rate: Option<f64>,
    /// Bits per second of the same, also of an earlier connection: a stream that was closed meanwhile still
    /// takes about as much.
    last_bit_rate: Option<u64>,
}

/// A picture that passes.
#[derive(Debug, Clone, Copy)]
pub struct PassingPicture {
    /// Name of its codec.
    pub codec: &'static str,
    /// Its size.
    pub n_bytes: usize,
    /// Whether it is a key frame.
    pub is_key: bool,
    /// Width and height in pixels, if it says so.
    pub size: Option<(u32, u32)>,
    /// When it was taken, on the clock of its stream.
    pub time: u64,
    /// When it arrived.
    pub arrived: Instant,
}

/// Pictures since one of them.
#[derive(Debug, Clone, Copy, PartialEq)]
struct CountedPictures {
    since: Instant,
    last_at: Instant,
    /// Without the first one.
    n: u32,
    /// Of all of them but the first one.
    n_bytes: usize,
}

impl StreamFigures {
    /// A connection to the camera is about to be opened.
    pub fn opens(&mut self, now: Instant) {
        *self = StreamFigures {
            last_error: self.last_error.take(),
            last_bit_rate: self.last_bit_rate,
            opened_at: Some(now),
            ..StreamFigures::default()
        };
    }

    /// Sound passes.
    pub fn sound_passes(&mut self, codec: &'static str) {
        self.sound = Some(codec);
    }

    /// A picture passes.
    pub fn picture_passes(&mut self, picture: PassingPicture) {
        let now = picture.arrived;
        self.video = Some(picture.codec);
        self.has_b_frames |= self.last_time.is_some_and(|last| picture.time < last);
        self.last_time = Some(picture.time);
        if picture.is_key {
            self.last_key_at = Some(now);
            self.size = picture.size.or(self.size);
        }
        if self.first_picture_after.is_none() {
            self.first_picture_after = self.opened_at.map(|at| now.duration_since(at));
        }
        self.count(now, picture.n_bytes);
    }

    fn count(&mut self, now: Instant, n_bytes: usize) {
        let counted = self.counted.get_or_insert(CountedPictures {
            since: now,
            last_at: now,
            n: 0,
            n_bytes: 0,
        });
        if now == counted.since && counted.n == 0 {
            return;
        }
        counted.n += 1;
        counted.n_bytes += n_bytes;
        counted.last_at = now;
        let time = now.duration_since(counted.since);
        // At a picture and not at a fixed time, so that one in 16 seconds is counted right.
        if time >= COUNTED_OVER {
            self.last_rate = Some(f64::from(counted.n) / time.as_secs_f64());
            let bits = 8_000 * counted.n_bytes as u128;
            self.last_bit_rate = u64::try_from(bits / time.as_millis().max(1)).ok();
            *counted = CountedPictures {
                since: now,
                last_at: now,
                n: 0,
                n_bytes: 0,
            };
        }
    }

    /// There are no pictures any more, for this reason.
    pub fn fails(&mut self, reason: &Reason, now: Instant) {
        self.last_error = Some((reason.clone(), now));
    }

    /// Bits per second of its pictures when they were last counted.
    pub fn bits_per_second(&self) -> Option<u64> {
        self.last_bit_rate
    }

    /// Pictures per second; nothing before the second picture.
    pub fn pictures_per_second(&self, now: Instant) -> Option<f64> {
        let counted = self.counted?;
        let Some(last) = self.last_rate else {
            let time = counted.last_at.duration_since(counted.since);
            return (counted.n > 0).then(|| f64::from(counted.n) / time.as_secs_f64());
        };
        let time = now.saturating_duration_since(counted.since);
        if time < COUNTED_OVER {
            return Some(last);
        }
        // Fewer than before: not more than if the next picture came this moment.
        Some(last.min(f64::from(counted.n + 1) / time.as_secs_f64()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture at the start and then one in each of these times.
    fn fed(figures: &mut StreamFigures, start: Instant, n: u32, every: Duration) -> Instant {
        for number in 0..=n {
            let is_key = number % 30 == 0;
            figures.picture_passes(PassingPicture {
                codec: "H.264",
                n_bytes: 2_000,
                is_key,
                size: is_key.then_some((640, 360)),
                time: u64::from(number) * 3_600,
                arrived: start + every * number,
            });
        }
        start + every * n
    }

    fn rate(figures: &StreamFigures, now: Instant) -> f64 {
        figures.pictures_per_second(now).expect("two pictures")
    }

    #[test]
    fn pictures_per_second_are_known_from_the_second_picture() {
        let (start, every) = (Instant::now(), Duration::from_millis(40));
        let mut figures = StreamFigures::default();
        fed(&mut figures, start, 0, every);
        assert_eq!(figures.pictures_per_second(start), None);

        let now = fed(&mut figures, start, 10, every);

        assert!((rate(&figures, now) - 25.0).abs() < 0.1);
    }

    #[test]
    fn one_picture_in_sixteen_seconds_is_counted() {
        let (start, every) = (Instant::now(), Duration::from_secs(16));
        let mut figures = StreamFigures::default();

        let now = fed(&mut figures, start, 4, every);

        for later in [0, 8, 15] {
            let rate = rate(&figures, now + Duration::from_secs(later));
            assert!((rate - 1.0 / 16.0).abs() < 0.001, "{rate}");
        }
    }

    #[test]
    fn a_stream_that_slows_down_is_seen() {
        let (start, every) = (Instant::now(), Duration::from_millis(40));
        let mut figures = StreamFigures::default();
        let now = fed(&mut figures, start, 500, every);

        let soon = rate(&figures, now + Duration::from_secs(1));
        let later = rate(&figures, now + Duration::from_secs(60));

        assert!((soon - 25.0).abs() < 0.1, "{soon}");
        assert!(later < 1.0, "{later}");
    }

    #[test]
    fn a_new_connection_keeps_only_the_last_error() {
        let (start, every) = (Instant::now(), Duration::from_millis(40));
        let mut figures = StreamFigures::default();
        figures.opens(start);
        fed(&mut figures, start + every, 40, every);
        assert_eq!(figures.first_picture_after, Some(every));
        assert_eq!(figures.last_key_at, Some(start + every * 31));
        assert_eq!(figures.size, Some((640, 360)));

        figures.fails(&Reason::Closed, start);
        figures.opens(start + every * 50);

        let expected = StreamFigures {
            last_error: Some((Reason::Closed, start)),
            opened_at: Some(start + every * 50),
            ..StreamFigures::default()
        };
        assert_eq!(figures, expected);
    }

    #[test]
    fn measured_bit_rates_outlive_their_connection() {
        let (start, every) = (Instant::now(), Duration::from_millis(40));
        let mut figures = StreamFigures::default();
        fed(&mut figures, start, 124, every);
        assert_eq!(figures.bits_per_second(), None);

        fed(&mut figures, start + every * 125, 0, every);
        figures.opens(start + every * 200);

        assert_eq!(figures.bits_per_second(), Some(400_000));
    }

    #[test]
    fn pictures_out_of_order_are_noticed_until_the_next_connection() {
        let now = Instant::now();
        let mut figures = StreamFigures::default();
        let of = |times: &[u64], figures: &mut StreamFigures| {
            for time in times {
                figures.picture_passes(PassingPicture {
                    codec: "H.264",
                    n_bytes: 2_000,
                    is_key: false,
                    size: None,
                    time: *time,
                    arrived: now,
                });
            }
        };

        of(&[0, 3_600, 3_600, 7_200], &mut figures);
        assert!(!figures.has_b_frames);
        of(&[18_000, 10_800, 14_400], &mut figures);
        assert!(figures.has_b_frames);
        figures.opens(now);

        of(&[5, 6], &mut figures);
        assert!(!figures.has_b_frames);
    }

    #[test]
    fn sound_is_no_picture() {
        let now = Instant::now();
        let mut figures = StreamFigures::default();

        figures.opens(now);
        figures.sound_passes("AAC");

        assert_eq!(figures.sound, Some("AAC"));
        assert_eq!((figures.video, figures.first_picture_after), (None, None));
    }
}
