//! The parts of the settings that the doctor checks separately.

/// The settings that one check depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The address for people and agents.
    Address,
    Folder,
    Database,
    Mail,
    Relay,
    /// No check depends on these.
    Other,
}

impl Part {
    /// The part that a setting belongs to. An unknown one may be a misspelt setting of any part.
    pub(super) fn of(setting: &str) -> Part {
        match setting.split('.').next().unwrap_or_default() {
            "data_dir" => Part::Folder,
            "database" => Part::Database,
            "mail" => Part::Mail,
            "relay" => Part::Relay,
            "audit" | "metrics" | "limits" | "drain_seconds" | "disk_reserve_bytes" => Part::Other,
            _ => Part::Address,
        }
    }
}
