//! Runs the parts of the lab and prints a line for each case; results below expectation are marked.

use std::time::Duration;

use crate::badline;
use crate::cells::{self, Cell, Expected};
use crate::happenings;
use crate::lab::call::{self, Outcome, Way};
use crate::lab::interruption::{Interruption, interrupt};
use crate::lab::needs;
use crate::lab::world::{Kind, World};

/// Runs the named parts, or all; fails if a cell is below what is expected.
pub(crate) async fn run(parts: &[String]) -> Result<(), String> {
    let missing = needs::missing();
    if !missing.is_empty() {
        return Err(format!(
            "The lab cannot be built here:\n  {}",
            missing.join("\n  ")
        ));
    }
    let is_wanted = |part: &str| parts.is_empty() || parts.iter().any(|wanted| wanted == part);
    let mut cells = cells::all();
    cells.retain(|cell| is_wanted(cell.part) && is_asked_for(&cell.name));
    if std::env::var("VIEWER").is_ok_and(|kind| kind == "native") {
        cells.iter_mut().for_each(|cell| cell.kind = Kind::Native);
    }
    let mut world = World::build().await?;
    let mut n_below = run_cells(&mut world, &cells).await;
    if is_wanted("calls") {
        n_below += run_cases(&mut world).await;
    }
    if is_wanted("line") {
        n_below += badline::run(&mut world).await?;
    }
    drop(world);
    match n_below {
        0 => {
            print("\nEverything is as expected.");
            Ok(())
        }
        n => Err(format!("\n{n} results are below what is expected.")),
    }
}

/// Runs the cells; how many are below what is expected.
async fn run_cells(world: &mut World, cells: &[Cell]) -> usize {
    let mut n_below = 0;
    for part in cells.chunk_by(|one, next| one.part == next.part) {
        print(&format!("\n{}", title(part[0].part)));
        let (mut n_direct, mut n_connected) = (0, 0);
        for cell in part {
            let outcome = call::try_call(world, &cell.scene, cell.kind).await;
            let is_met = cell.is_met(&outcome);
            n_below += usize::from(!is_met);
            if let Outcome::Connected { way, .. } = &outcome {
                n_connected += 1;
                n_direct += usize::from(matches!(way, Way::Direct | Way::Mapped));
            }
            print(&line(cell, &outcome, is_met));
            if !is_met {
                tell(world);
            }
        }
        print(&format!(
            "  {n_connected} of {} connected, {n_direct} direct",
            part.len()
        ));
    }
    n_below
}

/// Runs what happens in the middle of calls; how many took too long.
async fn run_cases(world: &mut World) -> usize {
    print("\nIn the middle of a call: seconds without a picture");
    let mut n_below = 0;
    for case in happenings::all()
        .iter()
        .filter(|case| is_asked_for(case.name))
    {
        let outcome = interrupt(world, &case.scene, case.kind, case.happening).await;
        let is_met = outcome.as_ref().is_ok_and(|outcome| case.is_met(outcome));
        n_below += usize::from(!is_met);
        let what = match outcome {
            Ok(Interruption {
                gap: Some(gap),
                is_same_call,
                ..
            }) => {
                let call = if is_same_call {
                    "same call"
                } else {
                    "new call"
                };
                format!("{:>5.1} s, {call}", gap.as_secs_f64())
            }
            Ok(Interruption {
                gap: None, says, ..
            }) => {
                format!("no picture came again; {}", says.unwrap_or_default())
            }
            Err(error) => error.lines().next().unwrap_or_default().to_owned(),
        };
        let below = match is_met {
            true => String::new(),
            false => format!("   BELOW: expected {} s, same call", case.limit.as_secs()),
        };
        let viewer = if case.kind == Kind::Page {
            "page"
        } else {
            "native"
        };
        print(&format!("  {:<62}  {viewer:<6}  {what}{below}", case.name));
        if !is_met {
            tell(world);
        }
    }
    n_below
}

/// Whether the variable ONLY, if it is set, is part of a name.
fn is_asked_for(name: &str) -> bool {
    std::env::var("ONLY").map_or(true, |only| name.contains(&only))
}

/// What cloud and agent said, if that is asked for.
fn tell(world: &World) {
    if std::env::var_os("LOGS").is_some() {
        print(&world.logs());
    }
}

fn line(cell: &Cell, outcome: &Outcome, is_met: bool) -> String {
    let name = &cell.name;
    let below = if is_met { "" } else { "   BELOW: expected " };
    let expected = match (is_met, cell.expected) {
        (true, _) => "",
        (false, Expected::Direct) => "a direct path",
        (false, Expected::Connected) => "pictures",
        (false, Expected::Nothing) => "nothing, as there is no network",
    };
    match outcome {
        Outcome::Connected {
            way,
            first,
            pictures_per_second,
            says,
        } => {
            let says = says
                .as_deref()
                .map_or(String::new(), |says| format!("  “{says}”"));
            format!(
                "  {name:<62}  {way:<38}  first {:>6} ms  {pictures_per_second:>5.1} pictures/s{says}{below}{expected}",
                ms(*first)
            )
        }
        Outcome::Nothing(why) => {
            let why = why.lines().next().unwrap_or_default();
            format!("  {name:<62}  not connected ({why}){below}{expected}")
        }
    }
}

fn title(part: &str) -> &str {
    match part {
        "matrix" => "NAT kinds without port mapping: at least 13 of 16 direct",
        "mapping" => "NAT kinds, the site's router maps ports: 16 of 16 direct",
        "public" => "The agent has a public address",
        "home" => "The cloud at home beside the agent, ports forwarded as documented",
        "udp" => "Networks without UDP",
        "families" => "IPv4 and IPv6",
        "odd" => "Other networks",
        other => other,
    }
}

fn ms(time: Duration) -> u128 {
    time.as_millis()
}

#[expect(clippy::print_stdout, reason = "printing is what the lab is for")]
pub(crate) fn print(line: &str) {
    println!("{line}");
}
