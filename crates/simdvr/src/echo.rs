//! Feeds the sound of the cameras' loudspeakers back into their microphones. Pure.

use std::collections::VecDeque;

use crate::limits::MAX_ECHO;

/// Sound on its way from the loudspeaker of one camera to the listeners of its microphone.
#[derive(Debug, Default)]
pub(crate) struct Echo {
    said: VecDeque<u8>,
    /// Number of the first sample in `said`.
    first: u64,
}

impl Echo {
    /// Takes what is said; the oldest is forgotten.
    pub(crate) fn say(&mut self, ulaw: &[u8]) {
        self.said.extend(ulaw);
        let n_old = self.said.len().saturating_sub(MAX_ECHO);
        self.said.drain(..n_old);
        self.first += n_old as u64;
    }

    /// The `length` samples after those that a listener at `heard` has heard, if that many were said since.
    pub(crate) fn hear(&self, heard: &mut u64, length: usize) -> Option<Vec<u8>> {
        let from = usize::try_from(heard.saturating_sub(self.first)).ok()?;
        let to = from.checked_add(length)?;
        let samples =
            (to <= self.said.len()).then(|| self.said.range(from..to).copied().collect())?;
        *heard = self.first + to as u64;
        Some(samples)
    }

    /// Where a listener begins who has heard nothing of it.
    pub(crate) fn now(&self) -> u64 {
        self.first + self.said.len() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listener_hears_each_sound_once() {
        let mut echo = Echo::default();
        let (mut ana, mut ben) = (echo.now(), echo.now());
        echo.say(&[1, 2, 3]);

        assert_eq!(echo.hear(&mut ana, 2), Some(vec![1, 2]));
        assert_eq!(echo.hear(&mut ana, 2), None);
        echo.say(&[4]);
        assert_eq!(echo.hear(&mut ana, 2), Some(vec![3, 4]));
        assert_eq!(echo.hear(&mut ben, 3), Some(vec![1, 2, 3]));
    }

    #[test]
    fn unheard_sound_is_dropped() {
        let mut echo = Echo::default();
        for n in 0..100 {
            echo.say(&[n; 1_000]);
        }

        assert!(echo.said.len() <= MAX_ECHO);
        assert_eq!(echo.hear(&mut 0, 1).map(|it| it[0] > 90), Some(true));
    }
}
