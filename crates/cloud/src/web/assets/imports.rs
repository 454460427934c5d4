//! Which modules a page's scripts import, read from the scripts themselves, so that a page can name them all and the
//! browser fetches them at once. Otherwise it learns of each only from the one before, a round trip later.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::AssetFiles;

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

/// Addresses of all modules that these scripts import, directly or not, without the scripts themselves. Their paths
/// are divided by spaces: `js/app.js js/login.js`.
pub fn imported(scripts: &str) -> Vec<String> {
    let mut found: BTreeSet<&str> = BTreeSet::new();
    let mut open: Vec<&str> = scripts.split(' ').collect();
    while let Some(script) = open.pop() {
        for module in IMPORTS.get(script).into_iter().flatten() {
            if found.insert(module) {
                open.push(module);
            }
        }
    }
    found.into_iter().map(super::url).collect()
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
    fn every_page_names_the_modules_of_its_scripts() {
        let of_page = imported("js/app.js");

        for module in ["js/person.js", "js/elements/app-menu.js", "js/lib/say.js"] {
            assert!(of_page.contains(&super::super::url(module)), "{of_page:?}");
        }
        assert!(!of_page.contains(&super::super::url("js/app.js")));
        assert_eq!(imported("js/none.js"), Vec::<String>::new());
        let missing: Vec<&String> = IMPORTS
            .values()
            .flatten()
            .filter(|path| AssetFiles::get(path).is_none())
            .collect();
        assert_eq!(missing, Vec::<&String>::new());
    }
}
