//! Reads the rows of `docs/ref/asvs.md`.

/// One requirement with its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// Which row of the checklist; several ids may share one.
    pub number: u32,
    /// `6.2.1`
    pub id: String,
    /// 1, 2 or 3.
    pub level: u8,
    /// In our words.
    pub asks: String,
    /// Tests under other names that show it.
    pub shown_by: Vec<String>,
    /// Was green once, and must stay so.
    pub is_held: bool,
    /// `D1` to `D3`.
    pub deviation: Option<String>,
    /// What it waits for, if its subject does not exist.
    pub waits_for: Option<String>,
}

impl Requirement {
    /// How the names of its tests begin.
    pub fn prefix(&self) -> String {
        format!("asvs_{}_", self.id.replace('.', "_"))
    }
}

/// All rows, or what is wrong with one.
pub fn parse(text: &str) -> Result<Vec<Requirement>, String> {
    let lines = text.lines().filter(|line| {
        let number = line.strip_prefix("| ").and_then(|rest| rest.chars().next());
        number.is_some_and(|first| first.is_ascii_digit())
    });
    lines.map(row).collect()
}

fn row(line: &str) -> Result<Requirement, String> {
    let wrong = |what: &str| format!("{what}: {line}");
    let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
    let [number, id, level, asks, shown_by, state] = cells[..] else {
        return Err(wrong("six columns"));
    };
    let mut row = Requirement {
        number: number.parse().map_err(|_| wrong("no number"))?,
        id: id.to_owned(),
        level: level.parse().map_err(|_| wrong("no level"))?,
        asks: asks.to_owned(),
        shown_by: shown_by
            .split('`')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect(),
        is_held: false,
        deviation: None,
        waits_for: None,
    };
    for part in state
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        match (part, part.strip_prefix("later: ")) {
            ("held", _) => row.is_held = true,
            ("D1" | "D2" | "D3", _) => row.deviation = Some(part.to_owned()),
            (_, Some(what)) => row.waits_for = Some(what.to_owned()),
            _ => return Err(wrong("no such state")),
        }
    }
    if row.is_held && row.waits_for.is_some() {
        return Err(wrong("what waits cannot be held"));
    }
    Ok(row)
}
