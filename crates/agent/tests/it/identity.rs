//! Identities outlive restarts, stay private, and count wrong claims for good.

use std::fs;
use std::path::Path;

use agent::identity::Identity;
use proto::claim::ClaimAnswer;

use crate::support::Folder;

fn open(folder: &Folder) -> Identity {
    Identity::open(folder.path()).expect("a readable identity")
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).expect("it exists").permissions().mode() & 0o777
}

#[test]
fn a_restart_keeps_serial_key_and_code() {
    let folder = Folder::new();

    let (first, second) = (open(&folder), open(&folder));

    assert_eq!(first.serial(), second.serial());
    assert_eq!(first.key().public(), second.key().public());
    assert_eq!(first.code(), second.code());
}

#[test]
fn two_recorders_never_share_an_identity() {
    let (one, other) = (Folder::new(), Folder::new());

    let (one, other) = (open(&one), open(&other));

    assert_ne!(one.serial(), other.serial());
    assert_ne!(one.key().public(), other.key().public());
    assert_ne!(one.code(), other.code());
}

#[cfg(unix)]
#[test]
fn identity_files_are_readable_by_their_owner_only() {
    let folder = Folder::new();

    open(&folder).claim("AAAAAA");

    assert_eq!(mode(folder.path()), 0o700);
    assert_eq!(mode(&folder.path().join("identity.json")), 0o600);
    assert_eq!(mode(&folder.path().join("claims.json")), 0o600);
}

#[test]
fn wrong_claims_stay_counted_across_restarts() {
    let folder = Folder::new();
    let code = open(&folder).code().reveal().to_owned();

    // Each restart forgets the 15 minutes of five tries, but not the twenty in all.
    for _ in 0..20 {
        let wrong = if code == "AAAAAA" { "BBBBBB" } else { "AAAAAA" };
        assert_eq!(open(&folder).claim(wrong), ClaimAnswer::WrongCode);
    }

    let shut = ClaimAnswer::Shut { retry_after: None };
    assert_eq!(open(&folder).claim(&code), shut);
}

#[test]
fn claims_can_be_reopened_on_site() {
    let folder = Folder::new();
    let identity = open(&folder);
    for _ in 0..5 {
        identity.claim("no code");
    }

    identity.open_claims().expect("a writable folder");

    let code = identity.code().reveal().to_owned();
    assert_eq!(open(&folder).claim(&code), ClaimAnswer::Accepted);
}

#[test]
fn a_correct_claim_resets_the_stored_count() {
    let folder = Folder::new();
    let identity = open(&folder);
    identity.claim("no code");

    assert_eq!(
        identity.claim(identity.code().reveal()),
        ClaimAnswer::Accepted
    );

    let stored = fs::read_to_string(folder.path().join("claims.json")).expect("it exists");
    assert!(stored.contains("\"n_wrong\": 0"), "{stored}");
}

#[test]
fn a_wrong_claim_that_cannot_be_stored_gets_no_answer() {
    let folder = Folder::new();
    let identity = open(&folder);
    // A folder in the place of the file makes every write fail, for root as well.
    fs::create_dir(folder.path().join("claims.new")).expect("a writable folder");

    for _ in 0..2 {
        assert!(matches!(
            identity.claim("no code"),
            ClaimAnswer::Shut {
                retry_after: Some(_)
            }
        ));
    }
}

#[test]
fn a_damaged_identity_is_reported_and_never_replaced() {
    let folder = Folder::new();
    open(&folder);
    let file = folder.path().join("identity.json");
    let whole = fs::read_to_string(&file).expect("it exists");

    for damaged in [
        "",
        "{}",
        &whole[..whole.len() / 2],
        &whole.replace("PV-", "XX-"),
    ] {
        fs::write(&file, damaged).expect("a writable file");

        let error = Identity::open(folder.path()).expect_err("a damaged identity");

        assert!(format!("{error:#}").contains("identity.json"), "{error:#}");
        assert_eq!(fs::read_to_string(&file).expect("it exists"), damaged);
    }
}

#[test]
fn a_crash_during_a_write_keeps_the_old_file() {
    let folder = Folder::new();
    let serial = open(&folder).serial().clone();

    fs::write(folder.path().join("identity.new"), "half a fi").expect("a writable folder");

    assert_eq!(*open(&folder).serial(), serial);
}

#[test]
fn secrets_never_show_in_debug_output() {
    let folder = Folder::new();
    let identity = open(&folder);

    let printed = format!("{identity:?}");

    assert!(!printed.contains(identity.code().reveal()), "{printed}");
    assert!(printed.contains(identity.serial().as_str()), "{printed}");
}
