//! Style sheets that pages load as one file: a slow line pays for every request, and HTTP/1.1 carries only six at once.
//! The files stay apart in the repository; the cloud joins them when it answers.

use super::AssetFiles;

/// Paths of the joined sheets, and the names of what each contains, in this order, in the folder `css`.
pub(super) const JOINED: [(&str, &[&str]); 2] = [
    (
        "css/page.css",
        &[
            "_tokens", "base", "layout", "form", "card", "nav", "account",
        ],
    ),
    (
        "css/live_view.css",
        &[
            "live",
            "live-panels",
            "grid",
            "cameras",
            "told",
            "statistics",
        ],
    ),
];

/// The joined sheet at this path.
pub(super) fn joined(path: &str) -> Option<Vec<u8>> {
    let (_, names) = JOINED.iter().find(|(joined, _)| *joined == path)?;
    let mut sheet = Vec::new();
    for name in *names {
        let file = AssetFiles::get(&format!("css/{name}.css"))?;
        sheet.extend_from_slice(&file.data);
        sheet.push(b'\n');
    }
    Some(sheet)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_joined_sheet_contains_its_files_in_order() {
        for (path, names) in JOINED {
            let sheet = String::from_utf8(joined(path).unwrap()).unwrap();

            let mut rest = sheet.as_str();
            for name in names {
                let file = AssetFiles::get(&format!("css/{name}.css")).unwrap();
                let text = std::str::from_utf8(&file.data).unwrap();
                rest = rest.strip_prefix(text).unwrap().trim_start();
            }
            assert_eq!(rest, "", "{path}");
            // No file hides a joined one, and both of these count only at the beginning of a file.
            assert!(AssetFiles::get(path).is_none(), "{path}");
            assert!(!sheet.contains("@import") && !sheet.contains("@charset"));
        }
        assert_eq!(joined("css/base.css"), None);
    }
}
