//! Log lines about a whole recorder: one for each change. An attempt that has not failed yet, or a stream
//! that nobody watches any more, changes nothing: only a picture shows that the problem is over.

use proto::reason::Reason;

/// What was said last.
#[derive(Debug, Default)]
pub(super) struct ReasonLog {
    said: Option<SaidReason>,
}

#[derive(Debug)]
struct SaidReason {
    reason: Reason,
    /// The driver reports it, with its own log line.
    is_drivers: bool,
}

impl ReasonLog {
    /// Writes a line if this is news. `is_playing`: some camera has pictures.
    pub(super) fn note(&mut self, reason: Option<&Reason>, is_drivers: bool, is_playing: bool) {
        match self.news(reason, is_drivers, is_playing) {
            Some(Some(reason)) => tracing::warn!("no camera has pictures: {reason}"),
            Some(None) => tracing::info!("the recorder has no problem any more"),
            None => {}
        }
    }

    /// What to write: a reason, that there is none any more, or nothing.
    fn news<'a>(
        &mut self,
        reason: Option<&'a Reason>,
        is_drivers: bool,
        is_playing: bool,
    ) -> Option<Option<&'a Reason>> {
        let said = self.said.as_ref();
        let Some(reason) = reason else {
            let is_over = said.is_some_and(|said| is_playing || said.is_drivers);
            return is_over.then(|| {
                self.said = None;
                None
            });
        };
        if said.is_some_and(|said| said.reason == *reason) {
            return None;
        }
        self.said = Some(SaidReason {
            reason: reason.clone(),
            is_drivers,
        });
        (!is_drivers).then_some(Some(reason))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_try_is_no_news_about_a_recorder() {
        let mut log = ReasonLog::default();

        assert_eq!(log.news(None, false, false), None);
        assert_eq!(
            log.news(Some(&Reason::Full), false, false),
            Some(Some(&Reason::Full))
        );
        // Somebody watches: the stream is tried again, and fails again.
        assert_eq!(log.news(None, false, false), None);
        assert_eq!(log.news(Some(&Reason::Full), false, false), None);

        assert_eq!(log.news(None, false, true), Some(None));
        assert_eq!(log.news(None, false, true), None);
    }

    #[test]
    fn a_drivers_reason_has_no_second_line() {
        let mut log = ReasonLog::default();

        assert_eq!(log.news(Some(&Reason::LoginMissing), true, false), None);
        assert_eq!(log.news(None, false, false), Some(None));
    }
}
