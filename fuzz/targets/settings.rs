//! The configuration file. Not a stranger's, but people make every mistake there is.

#[path = "../../crates/peerview/src/config_file.rs"]
mod config_file;

/// Any text is read or refused with words; what is read is checked without a panic.
pub(crate) fn settings(data: &[u8]) {
    let Some(text) = crate::input::text(data) else {
        return;
    };
    match config_file::ConfigFile::parse(text) {
        Ok(file) => {
            if let Some(cloud) = file.cloud {
                drop(cloud.check());
            }
            drop(file.agent);
            if let Some(relay) = file.relay {
                drop(relay.check());
            }
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}
