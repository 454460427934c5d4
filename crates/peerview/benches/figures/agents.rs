//! Agents with their own settings.

use crate::support::folder::Folder;

/// A file of settings for an agent, and the flags that name it.
pub(crate) fn settings(text: &str) -> (Folder, Vec<String>) {
    let folder = Folder::new("settings");
    let file = folder.path().join("agent.toml");
    std::fs::write(&file, text).expect("the folder is writable");
    let flags = vec!["--config".to_owned(), file.display().to_string()];
    (folder, flags)
}
