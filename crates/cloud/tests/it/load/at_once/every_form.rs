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

const CHOSEN: &str = "asvs_2_3_4_what_is_chosen_is_chosen_once";
const REMOVED: &str = "asvs_2_3_4_what_is_removed_is_removed_and_told_once";
const SESSIONS: &str = "asvs_2_3_4_the_other_sessions_end_once_and_then_this_one";
const PROOF: &str = "asvs_2_3_4_a_proof_is_taken_once_and_what_starts_one_leaves_nothing";
const ADDED: &str = "asvs_2_3_4_a_passkey_signs_and_is_added_once";
const FACTOR: &str = "asvs_2_3_4_a_second_factor_is_set_up_and_taken_away_once";
const CHANGES: &str = "asvs_2_3_4_a_password_and_an_address_change_once";
const END: &str = "asvs_2_3_4_an_account_is_locked_once_and_deleted_once";
const STEP: &str = "asvs_2_3_4_one_signature_at_the_second_step_makes_one_session";
const RESET: &str = "asvs_2_3_4_one_new_password_is_set_once_and_every_copy_hears_of_it";

/// Every form and its test.
const TESTS: [(&str, &str); 42] = [
    ("/login", "asvs_2_3_4_one_form_of_log_in_makes_one_session"),
    (
        "/login/factor",
        "asvs_15_4_2_two_hundred_copies_of_a_right_code_make_one_session",
    ),
    ("/login/factor/passkey", STEP),
    (
        "/login/passkey",
        "asvs_6_5_1_two_hundred_copies_of_a_signature_make_one_session",
    ),
    ("/login/passkey/options", STEP),
    ("/logout", SESSIONS),
    (
        "/renewal",
        "asvs_6_7_2_a_signature_renews_once_however_often_it_is_sent",
    ),
    ("/register", "asvs_2_3_4_one_form_of_enter_email_mails_once"),
    (
        "/register/finish",
        "asvs_6_5_1_two_hundred_presses_of_finish_make_one_account",
    ),
    ("/register/code", "asvs_2_3_4_send_again_mails_once"),
    (
        "/register/button",
        "asvs_6_5_1_two_hundred_presses_of_a_button_count_once",
    ),
    (
        "/setup",
        "asvs_15_4_2_of_many_links_at_once_one_makes_an_account",
    ),
    (
        "/forgot",
        "asvs_2_3_4_one_form_of_forgot_password_mails_once",
    ),
    ("/forgot/code", RESET),
    (
        "/forgot/button",
        "asvs_6_5_1_two_hundred_right_codes_and_passwords_count_once",
    ),
    ("/forgot/password", RESET),
    ("/account/email/button", CHANGES),
    ("/not-me", "an_objection_works_once_and_not_after_its_week"),
    ("/language", CHOSEN),
    (
        "/devices",
        "asvs_2_3_4_of_two_hundred_claims_at_once_one_gets_the_recorder",
    ),
    ("/devices/{serial}", CHOSEN),
    ("/devices/{serial}/removal", REMOVED),
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
        "asvs_2_3_2_the_file_of_everything_is_handed_out_and_told_so_often_a_day",
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
        "asvs_2_3_4_of_new_recovery_codes_no_set_is_without_a_mail_and_the_old_ones_are_dead",
    ),
    ("/account/second-factor/app/new", FACTOR),
    (
        "/account/second-factor/app",
        "asvs_2_3_4_an_app_is_confirmed_once",
    ),
];

#[test]
fn every_form_has_a_test_that_sends_it_two_hundred_times_at_once() {
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
