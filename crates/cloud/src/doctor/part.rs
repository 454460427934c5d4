//! The parts of the settings that the doctor looks at separately.

/// What one look of the doctor stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Where people and agents come to.
    Address,
    Folder,
    Database,
    Mail,
    Relay,
    /// Nothing is looked at by these.
    Other,
}

impl Part {
    /// The part that a setting belongs to. One that nobody knows may be anybody's misspelt address.
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
