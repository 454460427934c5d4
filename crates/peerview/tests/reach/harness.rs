//! A test harness like that of `cargo test`: names as filters, one line for each test, a result at the end.
//! Rust's own harness decides at compile time what is ignored; here it depends on the machine.

use std::time::Instant;

use crate::lab::needs;
use crate::lab::world::World;
use crate::report::print;
use crate::small;

/// Where a machine cannot make network namespaces (no root, a container without rights), the tests are
/// reported as ignored, with the reasons. With this variable set to `required` they fail there; with `off`
/// they are ignored everywhere.
const VARIABLE: &str = "PEERVIEW_TEST_NAMESPACES";

/// Options of Rust's harness that take a value.
const WITH_VALUE: [&str; 5] = ["--test-threads", "--color", "--format", "--logfile", "-Z"];

/// Which tests to run.
#[derive(Debug, Default, PartialEq)]
struct Wanted<'a> {
    filters: Vec<&'a str>,
    skipped: Vec<&'a str>,
    is_exact: bool,
    is_list: bool,
    /// Only tests that are marked as ignored, of which there are none.
    is_ignored_only: bool,
}

/// Runs what the arguments ask for.
pub(crate) async fn run(arguments: &[String]) -> Result<(), String> {
    let wanted = Wanted::read(arguments);
    let names: Vec<&str> = small::NAMES
        .into_iter()
        .filter(|name| wanted.takes(name))
        .collect();
    if wanted.is_list {
        names
            .iter()
            .for_each(|name| print(&format!("{name}: test")));
        return Ok(());
    }
    let n_filtered = small::NAMES.len() - names.len();
    print(&format!("\nrunning {} tests", names.len()));
    let started = Instant::now();
    let failures = match reason_to_ignore() {
        Some(reason) => {
            for name in &names {
                print(&format!("test {name} ... ignored, {reason}"));
            }
            None
        }
        None => Some(run_all(&names).await),
    };
    let (n_failed, n_ignored) = match &failures {
        Some(failures) => (failures.len(), 0),
        None => (0, names.len()),
    };
    let result = if n_failed == 0 { "ok" } else { "FAILED" };
    let n_passed = names.len() - n_failed - n_ignored;
    let seconds = started.elapsed().as_secs_f64();
    print(&format!(
        "\ntest result: {result}. {n_passed} passed; {n_failed} failed; {n_ignored} ignored; 0 measured; \
         {n_filtered} filtered out; finished in {seconds:.2}s\n"
    ));
    match failures {
        Some(failures) if !failures.is_empty() => Err(failures.join("\n")),
        _ => Ok(()),
    }
}

/// Why the tests are not run here; `None` if they are.
fn reason_to_ignore() -> Option<String> {
    match std::env::var(VARIABLE).as_deref() {
        Ok("off") => Some(format!("{VARIABLE}=off")),
        Ok("required") => None,
        _ => {
            let missing = needs::missing();
            (!missing.is_empty()).then(|| missing.join("; "))
        }
    }
}

/// Runs tests one after the other in one lab; what went wrong.
async fn run_all(names: &[&str]) -> Vec<String> {
    if names.is_empty() {
        return Vec::new();
    }
    let mut failures = Vec::new();
    let missing = needs::missing();
    let world = match missing.is_empty() {
        true => World::build().await,
        false => Err(missing.join("\n")),
    };
    let mut world = match world {
        Ok(world) => world,
        Err(error) => {
            for name in names {
                print(&format!("test {name} ... FAILED"));
            }
            return names
                .iter()
                .map(|name| format!("{name}: {error}"))
                .collect();
        }
    };
    for name in names {
        match small::run(name, &mut world).await {
            Ok(()) => print(&format!("test {name} ... ok")),
            Err(error) => {
                print(&format!("test {name} ... FAILED"));
                failures.push(format!("{name}: {error}\n{}", world.logs()));
            }
        }
    }
    failures
}

impl<'a> Wanted<'a> {
    fn read(arguments: &'a [String]) -> Wanted<'a> {
        let mut wanted = Wanted::default();
        let mut words = arguments.iter().map(String::as_str);
        while let Some(word) = words.next() {
            match word {
                "--exact" => wanted.is_exact = true,
                "--list" => wanted.is_list = true,
                "--ignored" => wanted.is_ignored_only = true,
                "--skip" => wanted.skipped.extend(words.next()),
                option if WITH_VALUE.contains(&option) => {
                    words.next();
                }
                option if option.starts_with('-') => {}
                filter => wanted.filters.push(filter),
            }
        }
        wanted
    }

    fn takes(&self, name: &str) -> bool {
        let fits = |filter: &&str| match self.is_exact {
            true => *filter == name,
            false => name.contains(*filter),
        };
        !self.is_ignored_only
            && (self.filters.is_empty() || self.filters.iter().any(fits))
            && !self.skipped.iter().any(fits)
    }
}
