//! Starts the system's own tools (`ip`, `nft`, `conntrack`) and waits for them. They take
//! milliseconds, so nothing here is asynchronous.

use std::io::Write;
use std::process::{Command, Output, Stdio};

/// Runs a command line of words without spaces.
pub(crate) fn run(line: &str) -> Result<String, String> {
    let mut words = line.split_whitespace();
    let program = words.next().unwrap_or_default();
    let output = Command::new(program)
        .args(words)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{program} cannot be started: {error}"))?;
    judge(line, &output)
}

/// Runs a command line and passes it a text.
pub(crate) fn feed(line: &str, text: &str) -> Result<String, String> {
    let mut words = line.split_whitespace();
    let program = words.next().unwrap_or_default();
    let mut child = Command::new(program)
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{program} cannot be started: {error}"))?;
    if let Some(mut input) = child.stdin.take() {
        // A program that ends early says why itself.
        drop(input.write_all(text.as_bytes()));
    }
    let output = child
        .wait_with_output()
        .map_err(|error| format!("{program}: {error}"))?;
    judge(line, &output).map_err(|error| format!("{error}\n{text}"))
}

fn judge(line: &str, output: &Output) -> Result<String, String> {
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("`{line}` failed: {}", said.trim()))
}
