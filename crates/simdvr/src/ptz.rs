//! Where a camera that can be steered looks at a time. Pure: time is an argument. Pan turns in a circle
//! of four scenes, so everybody sees in the picture where the camera looks.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::limits::{MAX_PATROL, MAX_PRESETS};

/// Tenths of a degree of a full turn.
const TURN: i64 = 3_600;
/// Highest tilt, up or down, in tenths of a degree.
const MOST_TILT: i64 = 900;
/// Zoom factors times ten.
const ZOOM: (i64, i64) = (10, 250);
/// Range of focus and iris.
const LENS: (i64, i64) = (0, 1_000);
/// Tenths of a degree a second at full speed: a quarter turn.
const FASTEST_TURN: i64 = 900;
/// Steps of zoom, focus or iris a second at full speed.
const FASTEST_LENS: i64 = 100;
/// How long a patrol looks at each preset.
const PATROL_STAY: Duration = Duration::from_secs(5);
/// Scenes on a full turn.
pub(crate) const N_VIEWS: i64 = 4;

/// Where a camera looks. Angles in tenths of a degree, zoom times ten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PtzPosition {
    /// Clockwise from the first scene, 0 to 3599.
    pub pan: i64,
    /// Up is positive, −900 to 900.
    pub tilt: i64,
    /// 10 to 250.
    pub zoom: i64,
    /// 0 to 1000; up is far.
    pub focus: i64,
    /// 0 to 1000; up is open.
    pub iris: i64,
}

impl Default for PtzPosition {
    fn default() -> Self {
        Self {
            pan: 0,
            tilt: 0,
            zoom: ZOOM.0,
            focus: 500,
            iris: 500,
        }
    }
}

/// Speeds from −100 to 100.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct PtzSpeeds {
    pub(crate) pan: i64,
    pub(crate) tilt: i64,
    pub(crate) zoom: i64,
}

/// A saved position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SavedPreset {
    pub(crate) name: String,
    pub(crate) position: PtzPosition,
}

/// The motors of one camera.
#[derive(Clone, Debug, Default)]
pub(crate) struct PtzMotors {
    /// Where it was at `since`.
    position: PtzPosition,
    since: Duration,
    speeds: PtzSpeeds,
    focus_speed: i64,
    iris_speed: i64,
    /// When a movement of pan, tilt and zoom ends by itself.
    until: Option<Duration>,
    patrol_since: Option<Duration>,
    presets: BTreeMap<u16, SavedPreset>,
}

impl PtzMotors {
    /// Where the camera looks at `now`.
    pub(crate) fn position(&self, now: Duration) -> PtzPosition {
        if let (Some(since), false) = (self.patrol_since, self.presets.is_empty()) {
            let stays = now.saturating_sub(since).as_secs() / PATROL_STAY.as_secs();
            let at = usize::try_from(stays).unwrap_or(0) % self.presets.len();
            if let Some(preset) = self.presets.values().nth(at) {
                return preset.position;
            }
        }
        let from = self.since;
        let moving = self.until.map_or(now, |until| until.min(now));
        let by = |speed: i64, fastest: i64, end: Duration| {
            let ms = i64::try_from(end.saturating_sub(from).as_millis()).unwrap_or(i64::MAX);
            speed * fastest * ms.min(3_600_000) / 100_000
        };
        let at = self.position;
        PtzPosition {
            pan: (at.pan + by(self.speeds.pan, FASTEST_TURN, moving)).rem_euclid(TURN),
            tilt: (at.tilt + by(self.speeds.tilt, FASTEST_TURN, moving))
                .clamp(-MOST_TILT, MOST_TILT),
            zoom: (at.zoom + by(self.speeds.zoom, FASTEST_LENS, moving)).clamp(ZOOM.0, ZOOM.1),
            focus: (at.focus + by(self.focus_speed, FASTEST_LENS, now)).clamp(LENS.0, LENS.1),
            iris: (at.iris + by(self.iris_speed, FASTEST_LENS, now)).clamp(LENS.0, LENS.1),
        }
    }

    /// Whether anything moves at `now`.
    pub(crate) fn is_moving(&self, now: Duration) -> bool {
        let is_turning =
            self.speeds != PtzSpeeds::default() && self.until.is_none_or(|until| now < until);
        is_turning || self.focus_speed != 0 || self.iris_speed != 0 || self.patrol_since.is_some()
    }

    /// The scene in the picture at `now`, counted from the camera's own.
    pub(crate) fn view(&self, now: Duration) -> usize {
        let quarter = TURN / N_VIEWS;
        // Half a quarter before its middle a scene comes into view.
        let view = (self.position(now).pan + quarter / 2) / quarter % N_VIEWS;
        usize::try_from(view).unwrap_or(0)
    }

    /// Moves, for a while or until it is stopped.
    pub(crate) fn go(&mut self, speeds: PtzSpeeds, span: Option<Duration>, now: Duration) {
        self.settle(now);
        self.speeds = speeds;
        self.until = span.map(|span| now + span);
    }

    pub(crate) fn focus(&mut self, speed: i64, now: Duration) {
        self.settle(now);
        self.focus_speed = speed;
    }

    pub(crate) fn iris(&mut self, speed: i64, now: Duration) {
        self.settle(now);
        self.iris_speed = speed;
    }

    pub(crate) fn presets(&self) -> &BTreeMap<u16, SavedPreset> {
        &self.presets
    }

    /// Saves the present position. False if there is no such number.
    pub(crate) fn save(&mut self, id: u16, name: &str, now: Duration) -> bool {
        let is_known = (1..=MAX_PRESETS).contains(&id);
        if is_known {
            let position = self.position(now);
            let name = name.to_owned();
            self.presets.insert(id, SavedPreset { name, position });
        }
        is_known
    }

    pub(crate) fn remove(&mut self, id: u16) -> bool {
        self.presets.remove(&id).is_some()
    }

    /// Jumps to a saved position.
    pub(crate) fn go_to(&mut self, id: u16, now: Duration) -> bool {
        let Some(position) = self.presets.get(&id).map(|preset| preset.position) else {
            return false;
        };
        self.settle(now);
        self.speeds = PtzSpeeds::default();
        self.position = position;
        true
    }

    /// Goes round the saved positions, or stops that.
    pub(crate) fn patrol(&mut self, id: u16, is_on: bool, now: Duration) -> bool {
        if !(1..=MAX_PATROL).contains(&id) {
            return false;
        }
        self.settle(now);
        self.speeds = PtzSpeeds::default();
        self.patrol_since = is_on.then_some(now);
        true
    }

    /// Continues from where it is now.
    fn settle(&mut self, now: Duration) {
        self.position = self.position(now);
        if self.until.is_some_and(|until| until <= now) {
            self.speeds = PtzSpeeds::default();
            self.until = None;
        }
        self.patrol_since = None;
        self.since = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn pan(pan: i64) -> PtzSpeeds {
        PtzSpeeds {
            pan,
            ..PtzSpeeds::default()
        }
    }

    #[test]
    fn a_momentary_movement_ends_by_itself() {
        let mut motors = PtzMotors::default();

        motors.go(pan(100), Some(ms(500)), ms(1_000));

        assert_eq!(motors.position(ms(1_250)).pan, 225);
        assert!(motors.is_moving(ms(1_499)));
        assert_eq!(motors.position(ms(60_000)).pan, 450);
        assert!(!motors.is_moving(ms(1_500)));
    }

    #[test]
    fn a_continuous_movement_continues_until_it_is_stopped() {
        let mut motors = PtzMotors::default();

        motors.go(pan(-50), None, ms(0));
        assert!(motors.is_moving(ms(100_000)));
        motors.go(pan(0), None, ms(1_000));

        assert_eq!(motors.position(ms(9_000)).pan, 3_150);
        assert!(!motors.is_moving(ms(1_000)));
    }

    #[test]
    fn the_picture_shows_another_scene_per_quarter_turn() {
        let mut motors = PtzMotors::default();
        motors.go(pan(100), None, ms(0));

        let views: Vec<_> = (0..6)
            .map(|second| motors.view(ms(second * 1_000)))
            .collect();

        assert_eq!(views, [0, 1, 2, 3, 0, 1]);
    }

    #[test]
    fn tilt_zoom_and_lens_stop_at_their_ends() {
        let mut motors = PtzMotors::default();
        let speeds = PtzSpeeds {
            pan: 0,
            tilt: 100,
            zoom: 100,
        };
        motors.go(speeds, None, ms(0));
        motors.focus(100, ms(0));
        motors.iris(-100, ms(0));

        let at = motors.position(ms(3_600_000));

        assert_eq!((at.tilt, at.zoom, at.focus, at.iris), (900, 250, 1_000, 0));
    }

    #[test]
    fn a_preset_brings_back_the_position_that_was_saved() {
        let mut motors = PtzMotors::default();
        motors.go(pan(100), Some(ms(1_000)), ms(0));
        assert!(motors.save(3, "Gate", ms(2_000)));
        motors.go(pan(100), Some(ms(1_000)), ms(3_000));

        assert!(motors.go_to(3, ms(5_000)));

        assert_eq!(motors.position(ms(6_000)).pan, 900);
        assert!(!motors.go_to(4, ms(6_000)));
        assert!(motors.remove(3) && !motors.remove(3));
        assert!(!motors.save(MAX_PRESETS + 1, "x", ms(0)));
    }

    #[test]
    fn a_patrol_goes_round_until_it_is_stopped() {
        let mut motors = PtzMotors::default();
        assert!(motors.save(1, "One", ms(0)));
        motors.go(pan(100), Some(ms(1_000)), ms(0));
        assert!(motors.save(2, "Two", ms(1_000)));

        assert!(motors.patrol(1, true, ms(10_000)));
        let views: Vec<_> = [0, 5, 10]
            .map(|at| motors.view(ms(10_000 + at * 1_000)))
            .into();
        assert_eq!(views, [0, 1, 0]);
        assert!(motors.patrol(1, false, ms(16_000)));

        assert_eq!(motors.view(ms(90_000)), 1);
        assert!(!motors.patrol(0, true, ms(0)));
    }
}
