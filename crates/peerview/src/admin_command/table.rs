//! Tables and times for people on a terminal.

/// Rows in columns that are as wide as necessary; `none` if there are no rows.
pub(crate) fn table<const N: usize>(head: [&str; N], rows: Vec<[String; N]>, none: &str) -> String {
    if rows.is_empty() {
        return none.to_owned();
    }
    let mut widths = head.map(|cell| cell.chars().count());
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |cells: [&str; N]| {
        let cells: Vec<String> = cells
            .iter()
            .zip(widths)
            .map(|(cell, width)| {
                // `printable` keeps the number of characters, so columns stay straight.
                format!(
                    "{}{}",
                    printable(cell),
                    " ".repeat(width - cell.chars().count())
                )
            })
            .collect();
        cells.join("  ").trim_end().to_owned()
    };
    let mut lines = vec![line(head)];
    lines.extend(
        rows.iter()
            .map(|row| line(std::array::from_fn(|at| row[at].as_str()))),
    );
    lines.join("\n")
}

/// Text from people may contain anything; control characters in it must not reach a terminal.
pub(crate) fn printable(text: &str) -> String {
    cloud::shown::with_signs(text, '?')
}

/// `2026-11-24 04:03 UTC`.
pub(crate) fn time(unix_seconds: i64) -> String {
    let time = jiff::Timestamp::from_second(unix_seconds).unwrap_or_default();
    time.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = vec![
            ["Ana".to_owned(), "1".to_owned()],
            ["Bärbel".to_owned(), "12".to_owned()],
        ];

        let text = table(["name", "n"], rows, "nobody");

        assert_eq!(text, "name    n\nAna     1\nBärbel  12");
        assert_eq!(table(["name"], vec![], "nobody"), "nobody");
    }

    #[test]
    fn names_cannot_control_the_terminal() {
        let text = table(["name"], vec![["\u{1b}[2J\u{202e}x".to_owned()]], "");

        assert_eq!(text, "name\n?[2J?x");
    }
}
