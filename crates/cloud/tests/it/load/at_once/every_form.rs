//! No form without such a test: each POST of docs/ref/permissions.md stands here with the test that
//! sends it two hundred times at once.

use std::collections::BTreeSet;

use crate::support::matrix::rows;

/// Where such tests are.
const FILES: [&str; 11] = [
    include_str!("account.rs"),
    include_str!("../at_once.rs"),
    include_str!("../../links/claims.rs"),
    include_str!("../../web/pages/account_changes.rs"),
    include_str!("../../web/pages/mailed_link.rs"),
    include_str!("../../web/pages/forgot.rs"),
    include_str!("../../web/pages/passkeys.rs"),
    include_str!("../../web/pages/register_finish.rs"),
    include_str!("../../web/pages/renewal.rs"),
    include_str!("../../web/pages/second_step.rs"),
    include_str!("../../web/pages/setup.rs"),
];

const CHOSEN: &str = "asvs_2_3_4_a_repeated_choice_is_stored_once";
const ARRANGED: &str = "asvs_2_3_4_parallel_arrangements_leave_one_row_each";
const REMOVED: &str = "asvs_2_3_4_a_repeated_removal_happens_and_is_mailed_once";
const SESSIONS: &str = "asvs_2_3_4_repeated_session_endings_end_each_session_once";
const PROOF: &str = "asvs_2_3_4_a_repeated_step_up_succeeds_once";
const ADDED: &str = "asvs_2_3_4_a_repeated_passkey_registration_adds_one_passkey";
const FACTOR: &str = "asvs_2_3_4_a_second_factor_is_turned_on_and_off_once";
const CHANGES: &str = "asvs_2_3_4_repeated_password_and_address_changes_happen_once";
const END: &str = "asvs_2_3_4_repeated_locks_and_deletions_happen_once";
const STEP: &str = "asvs_2_3_4_a_repeated_second_step_signature_makes_one_session";
const RESET: &str = "asvs_2_3_4_a_repeated_new_password_form_sets_one_password";

/// Every form and its test.
const TESTS: [(&str, &str); 47] = [
    (
        "/login",
        "asvs_2_3_4_a_repeated_log_in_form_makes_one_session",
    ),
    (
        "/login/factor",
        "asvs_15_4_2_parallel_copies_of_a_code_make_one_session",
    ),
    ("/login/factor/passkey", STEP),
    (
        "/login/passkey",
        "asvs_6_5_1_parallel_copies_of_a_signature_make_one_session",
    ),
    ("/login/passkey/options", STEP),
    ("/logout", SESSIONS),
    (
        "/renewal",
        "asvs_6_7_2_parallel_copies_of_a_signature_renew_once",
    ),
    (
        "/register",
        "asvs_2_3_4_a_repeated_enter_email_form_sends_one_mail",
    ),
    (
        "/register/finish",
        "asvs_6_5_1_parallel_finish_forms_create_one_account",
    ),
    (
        "/register/code",
        "asvs_2_3_4_a_repeated_send_again_form_sends_one_mail",
    ),
    (
        "/register/button",
        "asvs_6_5_1_parallel_uses_of_a_mailed_link_count_once",
    ),
    (
        "/setup",
        "asvs_15_4_2_parallel_set_up_links_create_one_account",
    ),
    (
        "/forgot",
        "asvs_2_3_4_a_repeated_forgot_password_form_sends_one_mail",
    ),
    ("/forgot/code", RESET),
    (
        "/forgot/button",
        "asvs_6_5_1_parallel_reset_codes_and_passwords_count_once",
    ),
    ("/forgot/password", RESET),
    ("/account/email/button", CHANGES),
    ("/not-me", "a_not_me_link_works_once_within_its_week"),
    ("/language", CHOSEN),
    (
        "/devices",
        "asvs_2_3_4_one_of_two_hundred_parallel_claims_succeeds",
    ),
    ("/devices/{serial}", CHOSEN),
    ("/devices/order", ARRANGED),
    ("/devices/{serial}/cameras", ARRANGED),
    ("/devices/{serial}/cameras/{camera}", ARRANGED),
    ("/devices/{serial}/removal", REMOVED),
    ("/live/arrangement", ARRANGED),
    (
        "/help/connection",
        "asvs_2_3_2_parallel_test_calls_stay_within_their_limit",
    ),
    ("/step-up", PROOF),
    ("/step-up/options", PROOF),
    ("/step-up/passkey", ADDED),
    ("/account/notices", CHOSEN),
    ("/account/sessions/{id}/end", REMOVED),
    ("/account/sessions/end", SESSIONS),
    ("/account/lock", END),
    ("/account/password", CHANGES),
    ("/account/email", CHANGES),
    (
        "/account/data",
        "asvs_2_3_2_parallel_data_exports_stay_within_their_daily_limit",
    ),
    ("/account/deletion", END),
    ("/account/passkeys/options", PROOF),
    ("/account/passkeys", ADDED),
    ("/account/passkeys/{id}", CHOSEN),
    ("/account/passkeys/{id}/removal", REMOVED),
    ("/account/second-factor/on", FACTOR),
    ("/account/second-factor/off", FACTOR),
    (
        "/account/second-factor/codes",
        "asvs_2_3_4_every_new_recovery_code_set_is_mailed_about",
    ),
    ("/account/second-factor/app/new", FACTOR),
    (
        "/account/second-factor/app",
        "asvs_2_3_4_a_repeated_app_confirmation_counts_once",
    ),
];

#[test]
fn every_form_has_a_test_with_two_hundred_parallel_copies() {
    let posts = rows().into_iter().filter(|row| row.is_post());
    let posts: BTreeSet<String> = posts.map(|row| row.path).collect();
    let tested: BTreeSet<String> = TESTS.iter().map(|(path, _)| (*path).to_owned()).collect();

    assert_eq!(posts, tested);
    for (path, test) in TESTS {
        let is_there = FILES.iter().any(|file| has_crowd(file, test));
        assert!(is_there, "{path}: no {test}");
    }
}

/// Whether a file has this test, and two hundred copies in it.
fn has_crowd(file: &str, test: &str) -> bool {
    let Some((_, rest)) = file.split_once(&format!("async fn {test}(")) else {
        return false;
    };
    let body = rest.split("\n}\n").next().unwrap_or_default();
    ["0..200", "all_at_once(", "is_done_once(", "asked_at_once("]
        .iter()
        .any(|words| body.contains(words))
}
