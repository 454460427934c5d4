//! Parses which parts of the comparison to run: `peers` is all of it, `peers/age peers/cameras` two parts,
//! and `peers/age go2rtc` one part of one server.

/// The servers, ours first: the others are compared to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Name {
    Peerview,
    Go2rtc,
    MediaMtx,
}

impl Name {
    pub(super) const ALL: [Name; 3] = [Name::Peerview, Name::Go2rtc, Name::MediaMtx];

    pub(super) fn text(self) -> &'static str {
        match self {
            Name::Peerview => "Peerview",
            Name::Go2rtc => "go2rtc",
            Name::MediaMtx => "MediaMTX",
        }
    }
}

/// What is measured of each server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// From a call and from a page to the first picture, warm and cold.
    FirstPictures,
    /// How old the pictures on the screen are.
    Age,
    /// What viewers cost.
    Viewers,
    /// What cameras cost that nobody watches.
    Cameras,
}

impl Part {
    pub(super) const ALL: [Part; 4] =
        [Part::FirstPictures, Part::Age, Part::Viewers, Part::Cameras];

    fn text(self) -> &'static str {
        match self {
            Part::FirstPictures => "first_pictures",
            Part::Age => "age",
            Part::Viewers => "viewers",
            Part::Cameras => "cameras",
        }
    }
}

/// Which parts are measured of which servers.
#[derive(Debug)]
pub(crate) struct Choice {
    pub(super) parts: Vec<Part>,
    pub(super) names: Vec<Name>,
}

impl Choice {
    /// What these words of a command line choose; no words choose everything. `None`: nothing of the comparison.
    pub(crate) fn of(wanted: &[String]) -> Option<Choice> {
        let names = |name: Name| {
            let text = name.text().to_lowercase();
            wanted.contains(&text)
        };
        let parts: Vec<Part> = Part::ALL
            .into_iter()
            .filter(|part| wanted.contains(&format!("peers/{}", part.text())))
            .collect();
        let is_whole = wanted.is_empty() || wanted.iter().any(|word| word == "peers");
        if parts.is_empty() && !is_whole {
            return None;
        }
        let named: Vec<Name> = Name::ALL.into_iter().filter(|name| names(*name)).collect();
        Some(Choice {
            parts: match is_whole {
                true => Part::ALL.to_vec(),
                false => parts,
            },
            names: match named.is_empty() {
                true => Name::ALL.to_vec(),
                false => named,
            },
        })
    }
}
