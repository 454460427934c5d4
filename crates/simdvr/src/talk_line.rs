//! The two-way audio line of the recorder itself: one talk at a time, until somebody closes it. Pure.

/// Who is on the line.
#[derive(Debug, Default)]
pub(crate) struct TalkLineState {
    /// Name of the talk under way.
    session: Option<u32>,
    n_talks: u32,
}

impl TalkLineState {
    /// Begins a talk and names it; nothing while another one is under way.
    pub(crate) fn open(&mut self) -> Option<u32> {
        if self.session.is_some() {
            return None;
        }
        self.n_talks += 1;
        // As long as those of real devices.
        self.session = Some(2_000_000_000 + self.n_talks);
        self.session
    }

    /// The talk under way.
    pub(crate) fn session(&self) -> Option<u32> {
        self.session
    }

    /// Ends the talk, whoever talks.
    pub(crate) fn close(&mut self) {
        self.session = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_takes_one_talk_until_it_is_closed() {
        let mut line = TalkLineState::default();

        let first = line.open();
        assert!(first.is_some());
        assert_eq!(line.open(), None);
        line.close();

        assert_ne!(line.open(), first);
    }
}
