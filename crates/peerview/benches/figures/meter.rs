//! Reads what a process uses from `/proc`: processor time and memory.

use std::time::Duration;

/// Clock ticks per second of `/proc/<pid>/stat` on every Linux that Rust runs on.
const TICKS_PER_SECOND: u64 = 100;

/// Processor time used so far, in user and kernel space.
pub(crate) fn cpu_time(pid: u32) -> Duration {
    let stat = read(pid, "stat");
    // The program's name, in brackets, may contain spaces; fields are counted after it.
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .collect();
    let ticks: u64 = fields[11..=12]
        .iter()
        .map(|field| field.parse::<u64>().expect("a number of ticks"))
        .sum();
    Duration::from_millis(ticks * 1000 / TICKS_PER_SECOND)
}

/// Memory in RAM that is the process's own, in kB: anonymous pages, without files mapped from disk.
pub(crate) fn memory_kb(pid: u32) -> u64 {
    status_kb(pid, "RssAnon:")
}

/// The most memory in RAM that the process ever had, in kB, files mapped from disk included.
pub(crate) fn most_memory_kb(pid: u32) -> u64 {
    status_kb(pid, "VmHWM:")
}

fn status_kb(pid: u32, name: &str) -> u64 {
    let status = read(pid, "status");
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|line| line.split_whitespace().next());
    number
        .expect("Linux counts it")
        .parse()
        .expect("a number of kB")
}

fn read(pid: u32, file: &str) -> String {
    std::fs::read_to_string(format!("/proc/{pid}/{file}"))
        .unwrap_or_else(|error| panic!("reading {file} of {pid}: {error}"))
}
