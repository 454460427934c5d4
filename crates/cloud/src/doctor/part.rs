//! The parts of the settings that the doctor checks separately.

/// The settings that one check depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SettingsPart {
    /// The address for people and agents.
    Address,
    Folder,
    Database,
    Mail,
    Relay,
    /// No check depends on these.
    Other,
}

impl SettingsPart {
    /// The part that a setting belongs to. An unknown one may be a misspelt setting of any part.
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
