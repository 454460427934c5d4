//! Chooses the streams of slots with `auto` by the bandwidth of the path: steps down soon after congestion,
//! steps up only after the path was good for a while, and does not oscillate.

use std::time::Duration;

use crate::ladder::StreamFormat;
use crate::stream_kind::StreamKind;

/// A path is bad for this long before less is sent: two reports in a row.
const FALL_AFTER: Duration = Duration::from_secs(1);
/// A path is good for this long before more is sent; not so long as long as it was never found too narrow.
const RISE_AFTER: Duration = Duration::from_secs(6);
const FIRST_RISE_AFTER: Duration = Duration::from_secs(2);
/// Nothing is judged for this long after a change, of which the reports know nothing yet.
const SETTLE: Duration = Duration::from_secs(3);
/// A loss that makes a path bad, however wide it is.
const MUCH_LOSS: f32 = 0.10;
/// A path that loses more than this is not good.
const LITTLE_LOSS: f32 = 0.02;
/// Nothing rises for this long after a fall; twice as long after each fall that follows a rise too soon.
const FIRST_HOLD: Duration = Duration::from_secs(10);
const LONGEST_HOLD: Duration = Duration::from_secs(320);
/// A rise has to last this long, else it was one too many.
const TRIAL: Duration = Duration::from_secs(60);
/// Bits per pixel that cameras use for a picture, where nobody says how many.
const BITS_PER_PIXEL: f64 = 0.07;
/// Pictures per second where nobody says how many.
const USUAL_RATE: f64 = 25.0;
/// A full picture of unknown size, and a small one.
const USUAL_MAIN: u64 = 4_000_000;
const USUAL_SMALL: u64 = 512_000;

/// A stream, and what it takes of the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RatedStream {
    /// The stream.
    pub stream: StreamKind,
    /// Bits per second.
    pub rate: u64,
}

impl RatedStream {
    /// A stream whose pictures take `measured` bits a second; where that is not known, what pictures of its
    /// size usually take, or what its recorder allows it if that is less.
    pub fn new(stream: StreamKind, format: &StreamFormat, measured: Option<u64>) -> RatedStream {
        let listed = format.bit_rate.map(|kilobits| u64::from(kilobits) * 1_000);
        let by_size = || {
            let pixels = f64::from(format.width?) * f64::from(format.height?);
            let pictures = format.picture_rate.unwrap_or(USUAL_RATE);
            Some((pixels * pictures * BITS_PER_PIXEL) as u64)
        };
        let by_name = match stream {
            StreamKind::Main => USUAL_MAIN,
            _ => USUAL_SMALL,
        };
        // Many cameras allow their small stream as much as the full one: it is not what they send.
        let usual = by_size().unwrap_or(by_name);
        let rate = measured.unwrap_or_else(|| listed.map_or(usual, |most| most.min(usual)));
        RatedStream { stream, rate }
    }
}

/// What a slot takes of the path, and what it could.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotLoad {
    /// The slot.
    pub slot: u8,
    /// What it sends.
    pub now: RatedStream,
    /// What it could send instead; nothing if its viewer named the stream.
    pub others: Vec<RatedStream>,
}

/// What an end of a call knows about its path.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct PathReport {
    /// Bits per second that it carries, as far as it was tried.
    pub estimate: Option<u64>,
    /// Fraction of packets that are lost, 0 to 1.
    pub loss: Option<f32>,
}

/// A slot that is to send another stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QualityChange {
    /// The slot.
    pub slot: u8,
    /// What it sends from now on.
    pub stream: StreamKind,
}

/// The rule of one call. `now` is any monotonic time, the same for all calls.
#[derive(Debug, Clone)]
pub struct CallQuality {
    bad_since: Option<Duration>,
    good_since: Option<Duration>,
    settled_at: Duration,
    rises_from: Duration,
    hold: Duration,
    last_rise: Option<Duration>,
    has_fallen: bool,
    /// The viewer has reported something about the path.
    is_reported: bool,
}

impl Default for CallQuality {
    fn default() -> CallQuality {
        CallQuality {
            bad_since: None,
            good_since: None,
            settled_at: Duration::ZERO,
            rises_from: Duration::ZERO,
            hold: FIRST_HOLD,
            last_rise: None,
            has_fallen: false,
            is_reported: false,
        }
    }
}

impl CallQuality {
    /// Takes a report about the path; says what changes, one slot at a time.
    pub fn judge(
        &mut self,
        report: PathReport,
        loads: &[SlotLoad],
        now: Duration,
    ) -> Option<QualityChange> {
        self.is_reported |= report != PathReport::default();
        if now < self.settled_at {
            return None;
        }
        let need: u64 = loads.iter().map(|load| load.now.rate).sum();
        let loss = report.loss.unwrap_or(0.0);
        let is_narrow = report.estimate.is_some_and(|estimate| estimate < need);
        if is_narrow || loss >= MUCH_LOSS {
            self.good_since = None;
            let since = *self.bad_since.get_or_insert(now);
            if now.saturating_sub(since) < FALL_AFTER {
                return None;
            }
            let fall = fall(report, loads, need)?;
            self.fell(now);
            return Some(fall);
        }
        self.bad_since = None;
        // A viewer that never reports anything gets the full picture after a while, as if it had asked for it.
        let carries = report.estimate.or((!self.is_reported).then_some(u64::MAX));
        let rise = carries.and_then(|carries| rise(carries, loads, need));
        let Some(rise) = rise.filter(|_| loss <= LITTLE_LOSS) else {
            self.good_since = None;
            return None;
        };
        let since = *self.good_since.get_or_insert(now);
        let is_known = report.estimate.is_some() && !self.has_fallen;
        let wait = if is_known {
            FIRST_RISE_AFTER
        } else {
            RISE_AFTER
        };
        if now.saturating_sub(since) < wait || now < self.rises_from {
            return None;
        }
        self.changed(now);
        self.last_rise = Some(now);
        Some(rise)
    }

    /// What a slot begins with whose viewer has just left the choice to the path: the most that the path is known to
    /// carry with room, if it was not too narrow lately. Nothing if that is what the slot sends.
    pub fn begin(
        &mut self,
        report: PathReport,
        loads: &[SlotLoad],
        slot: u8,
        now: Duration,
    ) -> Option<QualityChange> {
        let is_calm = report.loss.unwrap_or(0.0) <= LITTLE_LOSS && self.bad_since.is_none();
        if !is_calm || now < self.rises_from {
            return None;
        }
        let carries = report.estimate?;
        let need: u64 = loads.iter().map(|load| load.now.rate).sum();
        let load = loads.iter().find(|load| load.slot == slot)?;
        let larger = load.others.iter().filter(|it| it.rate > load.now.rate);
        let fitting = larger.filter(|it| with_room(need - load.now.rate + it.rate) <= carries);
        let stream = fitting.max_by_key(|it| it.rate)?.stream;
        self.changed(now);
        self.last_rise = Some(now);
        Some(QualityChange { slot, stream })
    }

    fn fell(&mut self, now: Duration) {
        let was_too_soon = self
            .last_rise
            .is_some_and(|rise| now.saturating_sub(rise) < TRIAL);
        self.hold = if was_too_soon {
            (self.hold * 2).min(LONGEST_HOLD)
        } else {
            FIRST_HOLD
        };
        self.last_rise = None;
        self.has_fallen = true;
        self.rises_from = now + self.hold;
        self.changed(now);
    }

    fn changed(&mut self, now: Duration) {
        self.bad_since = None;
        self.good_since = None;
        self.settled_at = now + SETTLE;
    }
}

/// What the path is tried for, in bits per second: twice what the slots would take at their best, or with one of
/// their cameras enlarged, which takes `more`. A path that is tried for just enough often seems to carry a little less.
pub fn wish(loads: &[SlotLoad], more: u64) -> u64 {
    let best = loads.iter().map(|load| {
        let others = load.others.iter().map(|it| it.rate);
        others.fold(load.now.rate, u64::max)
    });
    (best.sum::<u64>() + more) * 2
}

/// More than it takes, so that the path still carries it when a picture is larger than usual.
fn with_room(rate: u64) -> u64 {
    rate / 4 * 5
}

/// The slot that takes the most gets the best stream that leaves a rest, or the smallest if none does.
fn fall(report: PathReport, loads: &[SlotLoad], need: u64) -> Option<QualityChange> {
    let smaller = |load: &SlotLoad| {
        let smaller = load.others.iter().filter(|it| it.rate < load.now.rate);
        smaller.copied().collect::<Vec<_>>()
    };
    let falling = loads.iter().filter(|load| !smaller(load).is_empty());
    let load = falling.max_by_key(|load| load.now.rate)?;
    // Where much is lost, the estimate may know nothing of it.
    let room = report.estimate.unwrap_or(need).min(need) / 20 * 17;
    let others = need - load.now.rate;
    let candidates = smaller(load);
    let fitting = candidates.iter().filter(|it| others + it.rate <= room);
    let chosen = fitting
        .max_by_key(|it| it.rate)
        .or_else(|| candidates.iter().min_by_key(|it| it.rate))?;
    Some(QualityChange {
        slot: load.slot,
        stream: chosen.stream,
    })
}

/// The cheapest step up that the path carries with room.
fn rise(carries: u64, loads: &[SlotLoad], need: u64) -> Option<QualityChange> {
    let steps = loads.iter().flat_map(|load| {
        let larger = load.others.iter().filter(|it| it.rate > load.now.rate);
        larger.map(|it| (it.rate - load.now.rate, load.slot, it.stream))
    });
    let (more, slot, stream) = steps.min()?;
    (with_room(need + more) <= carries).then_some(QualityChange { slot, stream })
}

#[cfg(test)]
mod tests;
