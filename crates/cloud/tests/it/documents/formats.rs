//! docs/ref/formats.md, which says what people may type, is true.

use cloud::accounts::names::{Email, UserName};
use cloud::accounts::password::policy;
use proto::identity::{Serial, VerificationCode};

use crate::support::TestCloud;

const PAGE: &str = include_str!("../../../../../docs/ref/formats.md");

/// The texts between backquotes of a cell.
fn examples(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

fn is_taken(field: &str, text: &str) -> bool {
    match field {
        "Email" => Email::parse(text).is_ok(),
        "User name" => UserName::parse(text).is_ok(),
        "Password" => policy::check(text, &["ana"]).is_ok(),
        "Serial number" => text.parse::<Serial>().is_ok(),
        "Verification code (6 letters)" => text.parse::<VerificationCode>().is_ok(),
        other => panic!("{other} is no field"),
    }
}

#[test]
fn asvs_2_1_1_every_field_has_its_documented_format() {
    let rows = PAGE.lines().filter(|line| line.starts_with("| "));
    let mut n_fields = 0;
    for row in rows.skip(2) {
        let cells: Vec<&str> = row.split(" | ").collect();
        let field = cells[0].trim_start_matches("| ");
        let (taken, refused) = (examples(cells[2]), examples(cells[3]));
        assert!(!taken.is_empty() && refused.len() > 1, "{row}");
        for text in taken {
            assert!(is_taken(field, text), "{field}: {text}");
        }
        for text in refused {
            assert!(!is_taken(field, text), "{field}: {text}");
        }
        n_fields += 1;
    }
    assert_eq!(n_fields, 5);
}

#[test]
fn asvs_6_1_2_forbidden_password_words_are_documented() {
    assert!(PAGE.contains("user name, of parts of the mail address or of `peerview`"));
    for (text, own) in [
        ("ana-berg-1234", "ana-berg"),
        ("berg.example12", "ana@berg.example"),
        ("peerview-2026", "ana"),
    ] {
        assert!(policy::check(text, &[own]).is_err(), "{text}");
    }
}

#[tokio::test]
async fn asvs_6_4_2_there_are_no_password_hints_or_secret_questions() {
    let cloud = TestCloud::start().await;
    let browser = &mut cloud.browser();
    browser
        .asks_for_a_code(&cloud.state, "ana@example.org")
        .await;
    let mut names = Vec::new();
    for path in ["/register/finish", "/forgot", "/login"] {
        let page = browser.get(path).await;
        assert_eq!(page.status, 200, "{path}");
        let fields = page.body.split(" name=\"").skip(1);
        names.extend(fields.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())));
    }

    assert!(names.iter().any(|name| name == "user_name"), "{names:?}");
    for name in names {
        for word in ["hint", "question", "answer", "birth", "maiden"] {
            assert!(!name.contains(word), "{name}");
        }
    }
}
