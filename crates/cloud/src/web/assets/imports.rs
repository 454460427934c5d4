//! Which modules a page's scripts import, read from the scripts themselves, so that a page can name them all and the
//! browser fetches them at once. Otherwise it learns of each only from the one before, a round trip later.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::LazyLock;

use askama::filters::HtmlSafeOutput;

use super::AssetFiles;
use super::url;

/// The modules that each module imports, by its path.
static IMPORTS: LazyLock<BTreeMap<String, Vec<String>>> = LazyLock::new(|| {
    let is_served = |path: &str| super::content_type(path).is_some() && path.ends_with(".js");
    let scripts = AssetFiles::iter().filter(|path| is_served(path));
    let read = scripts.filter_map(|path| {
        let file = AssetFiles::get(&path)?;
        let text = String::from_utf8_lossy(&file.data);
        Some((path.to_string(), named(&path, &text)))
    });
    read.collect()
});

/// The scripts of a page for its head, each followed by the modules that it imports, directly or not. Templates call
/// it with paths divided by spaces: `js/menu.js js/devices.js`.
pub fn scripts(paths: &str) -> HtmlSafeOutput<String> {
    let mut html = String::new();
    let mut seen: BTreeSet<String> = paths.split(' ').map(str::to_owned).collect();
    for script in paths.split(' ') {
        let _ = writeln!(
            html,
            "<script type=\"module\" src=\"{}\"></script>",
            url(script)
        );
        for module in imported(script) {
            if seen.insert(module.to_owned()) {
                let _ = writeln!(
                    html,
                    "<link rel=\"modulepreload\" href=\"{}\">",
                    url(module)
                );
            }
        }
    }
    HtmlSafeOutput(html)
}

/// Paths of all modules that this one imports, directly or not: the nearest first.
pub(in crate::web) fn imported(script: &str) -> Vec<&'static str> {
    let mut found: Vec<&'static str> = Vec::new();
    let imports = |module: &str| IMPORTS.get(module).into_iter().flatten();
    found.extend(imports(script).map(String::as_str));
    let mut n_read = 0;
    while let Some(module) = found.get(n_read) {
        n_read += 1;
        for module in imports(module) {
            if !found.contains(&module.as_str()) {
                found.push(module);
            }
        }
    }
    found
}

/// Paths of what the module at this path imports when it is loaded, not later by `import()`.
fn named(path: &str, text: &str) -> Vec<String> {
    let lines = text.lines().filter(|line| {
        // The second is the end of an import of several lines.
        ["import ", "} from ", "export "]
            .iter()
            .any(|begin| line.starts_with(begin))
    });
    let relative = lines.filter_map(|line| {
        let (_, rest) = line
            .split_once(" from \"")
            .or_else(|| line.split_once("import \""))?;
        rest.split_once('"').map(|(path, _)| path)
    });
    relative.filter_map(|to| resolved(path, to)).collect()
}

/// `../lib/say.js`, seen from `js/elements/copy-text.js`, is `js/lib/say.js`.
fn resolved(from: &str, to: &str) -> Option<String> {
    let mut folders: Vec<&str> = from.split('/').collect();
    folders.pop();
    for part in to.split('/') {
        match part {
            "." => {}
            ".." => drop(folders.pop()?),
            part => folders.push(part),
        }
    }
    Some(folders.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_are_read_from_modules_in_every_form() {
        let text = "// import { none } from \"./comment.js\";\n/** @import {A} from \"./type.js\" */\n\
                    import { a } from \"./a.js\";\nimport \"../b.js\";\nimport {\n  c,\n} from \"../lib/c.js\";\n\
                    export { d } from \"../../d.js\";\nconst e = await import(\"./later.js\");\n";

        let found = named("js/elements/x.js", text);

        assert_eq!(
            found,
            ["js/elements/a.js", "js/b.js", "js/lib/c.js", "d.js"]
        );
    }

    #[test]
    fn a_page_names_its_scripts_and_all_that_they_import() {
        let HtmlSafeOutput(html) = scripts("js/menu.js js/devices.js");

        let script = |path| format!("<script type=\"module\" src=\"{}\"></script>\n", url(path));
        let module = |path| format!("<link rel=\"modulepreload\" href=\"{}\">\n", url(path));
        assert!(html.starts_with(&script("js/menu.js")), "{html}");
        for line in [
            script("js/devices.js"),
            module("js/app.js"),
            module("js/lib/sent_forms.js"),
            module("js/lib/say.js"),
        ] {
            assert_eq!(html.matches(&line).count(), 1, "{line}");
        }
        // A script is no preload, also where another one imports it.
        assert!(!html.contains(&module("js/menu.js")), "{html}");
    }

    /// Afterwards the network may be gone, and what is kept would stay.
    #[test]
    fn what_log_out_needs_is_loaded_before_it() {
        let of_log_out = imported("js/erasing.js");

        for module in [
            "js/kept_here.js",
            "js/lib/browser_key.js",
            "js/lib/posters.js",
            "js/person.js",
        ] {
            assert!(of_log_out.contains(&module), "{of_log_out:?}");
        }
    }

    #[test]
    fn every_imported_module_is_one_of_our_files() {
        let missing: Vec<&String> = IMPORTS
            .values()
            .flatten()
            .filter(|path| AssetFiles::get(path).is_none())
            .collect();

        assert_eq!(missing, Vec::<&String>::new());
        assert_eq!(imported("js/none.js"), Vec::<&str>::new());
    }
}
