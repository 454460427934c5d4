//! The command line of `cargo xtask`.

use std::process::ExitCode;

use xtask::{asvs, sbom, statements};

const USAGE: &str = "usage: cargo xtask asvs names | asvs rows FOLDER | asvs gaps FOLDER | sbom | statements FOLDER";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["asvs", "names"] => asvs::names().map(|text| (text, true)),
        ["asvs", "rows", folder] => asvs::rows_of(folder),
        ["asvs", "gaps", folder] => asvs::gaps_of(folder),
        ["sbom"] => sbom::bill().map(|bill| (format!("{bill:#}\n"), true)),
        ["statements", folder] => statements::compare(folder),
        _ => Err(USAGE.to_owned()),
    };
    match done {
        Ok((text, is_fine)) => {
            print(&text);
            ExitCode::from(u8::from(!is_fine))
        }
        Err(why) => {
            complain(&format!("xtask: {why}\n"));
            ExitCode::from(2)
        }
    }
}

#[expect(clippy::print_stdout, reason = "printing is what it is for")]
fn print(text: &str) {
    print!("{text}");
}

#[expect(
    clippy::print_stderr,
    reason = "a bill of materials goes to a file, complaints to the person"
)]
fn complain(text: &str) {
    eprint!("{text}");
}
