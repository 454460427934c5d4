//! What recorders say about their clocks and disks, and what somebody should look after.

use agent::status::RecorderReport;

use crate::admin_command::table::printable;

/// Nothing where no recorder says anything.
pub(super) fn lines(recorders: &[RecorderReport]) -> Vec<String> {
    let known = recorders.iter().filter(|it| it.health.is_known());
    let mut lines: Vec<String> = known.flat_map(of_recorder).collect();
    if !lines.is_empty() {
        let head = "Clocks and disks of the recorders".to_owned();
        lines.splice(0..0, [String::new(), head]);
    }
    lines
}

fn of_recorder(recorder: &RecorderReport) -> Vec<String> {
    let name = printable(&recorder.name);
    let health = &recorder.health;
    let clock = match health.clock_ahead {
        Some(0) => "clock right",
        Some(_) => "clock wrong",
        None => "clock not known",
    };
    let disks = match health.disks.as_deref() {
        None => "disks not known".to_owned(),
        Some([]) => "no disk".to_owned(),
        Some(disks) => disks
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("; "),
    };
    let first = format!("  {name}: {clock}; {disks}");
    let warnings = recorder.warnings.iter();
    let warnings = warnings.map(|warning| format!("  → {name}: {}", printable(warning)));
    [first].into_iter().chain(warnings).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorder(health: serde_json::Value, warnings: &[&str]) -> RecorderReport {
        serde_json::from_value(serde_json::json!({
            "name": "Ho\u{1b}me", "serial": "PV", "state": "online", "link": {"state": "up", "since": 1},
            "n_cameras": 1, "n_cameras_online": 1, "health": health, "warnings": warnings,
        }))
        .expect("a report")
    }

    #[test]
    fn clocks_and_disks_follow_with_what_to_do() {
        let disk = serde_json::json!({"number": 1, "state": "ok", "capacityMb": 2_000_000, "freePercent": 35});
        let well = serde_json::json!({"clockAheadSeconds": 0, "disks": [disk]});
        let late = serde_json::json!({"clockAheadSeconds": -240});

        let said = lines(&[
            recorder(well, &[]),
            recorder(late, &["its clock is late"]),
            recorder(serde_json::json!({}), &[]),
        ]);

        assert_eq!(
            said,
            [
                "",
                "Clocks and disks of the recorders",
                "  Ho?me: clock right; disk 1: 2.0 TB, 35 % free, in order",
                "  Ho?me: clock wrong; disks not known",
                "  → Ho?me: its clock is late",
            ]
        );
        assert!(lines(&[recorder(serde_json::json!({}), &[])]).is_empty());
    }
}
