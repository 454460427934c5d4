//! The parts of the settings that the doctor looks at separately.

/// What one look of the doctor stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SettingsPart {
    /// Where people and agents come to.
    Address,
    Folder,
    Database,
    Mail,
    Relay,
    /// Nothing is looked at by these.
    Other,
}

impl SettingsPart {
    /// The part that a setting belongs to. One that nobody knows may be anybody's misspelt address.
    pub(super) fn of(setting: &str) -> SettingsPart {
        match setting.split('.').next().unwrap_or_default() {
            "data_dir" => SettingsPart::Folder,
            "database" => SettingsPart::Database,
            "mail" => SettingsPart::Mail,
            "relay" => SettingsPart::Relay,
            "audit" | "metrics" | "limits" | "drain_seconds" | "disk_reserve_bytes" => {
                SettingsPart::Other
            }
            _ => SettingsPart::Address,
        }
    }
}
