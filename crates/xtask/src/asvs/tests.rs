//! The table cannot be greener than the run.

use super::*;

const OK: &str = "test routes::login::asvs_6_2_1_eleven_characters_are_refused ... ok";

fn row(state: &str, shown_by: &str) -> Requirement {
    let line = format!("| 16 | 6.2.1 | 1 | Long enough | {shown_by} | {state} |");
    table::parse(&line).unwrap().remove(0)
}

fn verdict(row: &Requirement, log: &str) -> Verdict {
    let mut run = Run::default();
    run.read(log);
    Verdict::of(row, &run)
}

#[test]
fn a_row_is_green_only_with_its_passing_test() {
    let row = row("", "");

    assert_eq!(verdict(&row, OK), Verdict::Green(1));
    assert_eq!(verdict(&row, ""), Verdict::Missing);
    for other in [
        "test asvs_6_2_11_the_product_name_is_refused ... ok",
        "test asvs_6_2_1_eleven_characters_are_refused ... ignored",
        "test names_asvs_6_2_1_somewhere_else ... ok",
        "async fn asvs_6_2_1_eleven_characters_are_refused() {",
        "test asvs_6_2_1_eleven_characters_are_refused has been running for over 60 seconds",
    ] {
        assert_eq!(verdict(&row, other), Verdict::Missing, "{other}");
    }
}

#[test]
fn one_failure_on_any_database_makes_a_row_red() {
    let failed = OK.replace("ok", "FAILED");
    let row = row("", "");

    for log in [format!("{OK}\n{failed}"), format!("{failed}\n{OK}")] {
        assert!(matches!(verdict(&row, &log), Verdict::Red(_)), "{log}");
    }
}

#[test]
fn waiting_rows_are_never_green_and_deviations_need_tests() {
    assert_eq!(verdict(&row("later: a thing", ""), OK), Verdict::Later);
    assert_eq!(verdict(&row("D1", ""), ""), Verdict::Missing);
    assert_eq!(verdict(&row("D1", ""), OK), Verdict::Deviation(1));
}

#[test]
fn listed_tests_with_other_names_must_all_have_run() {
    let row = row("", "`words_of_the_page`, `a_second_one`");
    let first = "✔ words of the page (1.5ms)";

    assert_eq!(verdict(&row, &format!("{OK}\n{first}")), Verdict::Missing);
    let both = format!("{OK}\n{first}\ntest x::a_second_one ... ok");
    assert_eq!(verdict(&row, &both), Verdict::Green(3));
}

#[test]
fn losing_a_held_or_level_one_row_fails() {
    let row = row("held", "");
    let green = [(&row, Verdict::Green(1))];
    let gone = [(&row, Verdict::Missing)];

    assert!(held(&green).1 && level_one(&green).1);
    assert!(!held(&gone).1 && !level_one(&gone).1);
    assert!(held(&gone).0.contains("6.2.1"));
}

#[test]
fn malformed_rows_and_unknown_states_are_reported() {
    assert!(table::parse("| 1 | 2.1.1 | 1 | x |").is_err());
    assert!(table::parse("| 1 | 2.1.1 | 1 | x | | green |").is_err());
    assert!(table::parse("| 1 | 2.1.1 | 1 | x | | held, later: y |").is_err());
    assert!(rows().unwrap().len() > 180);
}
