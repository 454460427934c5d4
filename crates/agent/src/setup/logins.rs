//! Which logins the set-up page may send to a recorder. A wrong one is sent once: recorders lock an account after
//! about five. Pure: the time is an argument.

use std::collections::VecDeque;

use proto::reason::Reason;
use sha2::{Digest, Sha256};

use crate::added::AddedRecorder;
use crate::limits::MAX_REFUSED_LOGINS;

/// What recorders have said about logins since the start.
#[derive(Debug, Default)]
pub(super) struct LoginBook {
    refused: VecDeque<RefusedLogin>,
}

#[derive(Debug)]
struct RefusedLogin {
    place: LoginPlace,
    /// Of the password, so that the book holds none.
    hash: [u8; 32],
    reason: Reason,
}

/// An account of a recorder.
#[derive(Debug, Clone, PartialEq, Eq)]
struct LoginPlace {
    address: String,
    account: String,
}

impl LoginBook {
    /// Why a login must not be sent. `is_insisted`: the person wants it sent although it was refused before, for
    /// example because the password was changed on the recorder meanwhile. Nobody can insist while it is locked.
    pub(super) fn objection(
        &self,
        recorder: &AddedRecorder,
        is_insisted: bool,
        unix_now: u64,
    ) -> Option<Reason> {
        let (place, hash) = (LoginPlace::of(recorder), hash(recorder));
        let mut of_place = self.refused.iter().filter(|it| it.place == place);
        let locked = of_place.clone().find_map(|it| match it.reason {
            Reason::Locked { until: Some(until) } if until > unix_now => Some(it.reason.clone()),
            _ => None,
        });
        let same = of_place.find(|it| it.hash == hash);
        let same = same.filter(|_| !is_insisted).map(|it| it.reason.clone());
        locked.or(same)
    }

    /// A recorder has refused a login.
    pub(super) fn refused(&mut self, recorder: &AddedRecorder, reason: &Reason) {
        let (place, hash) = (LoginPlace::of(recorder), hash(recorder));
        self.refused
            .retain(|it| it.place != place || it.hash != hash);
        if self.refused.len() >= MAX_REFUSED_LOGINS {
            self.refused.pop_front();
        }
        self.refused.push_back(RefusedLogin {
            place,
            hash,
            reason: reason.clone(),
        });
    }

    /// A recorder has accepted a login of this account: it is not locked.
    pub(super) fn accepted(&mut self, recorder: &AddedRecorder) {
        let place = LoginPlace::of(recorder);
        self.refused.retain(|it| it.place != place);
    }
}

impl LoginPlace {
    fn of(recorder: &AddedRecorder) -> LoginPlace {
        LoginPlace {
            address: recorder.address.trim().to_ascii_lowercase(),
            account: recorder.user.clone(),
        }
    }
}

fn hash(recorder: &AddedRecorder) -> [u8; 32] {
    Sha256::digest(recorder.password.reveal().as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Password, RecorderKind};

    const NOW: u64 = 1_795_500_000;

    fn login(account: &str, password: &str) -> AddedRecorder {
        AddedRecorder {
            id: "x".to_owned(),
            kind: RecorderKind::Hikvision,
            name: None,
            address: "192.0.2.1".to_owned(),
            user: account.to_owned(),
            password: Password::new(password),
        }
    }

    fn refused() -> Reason {
        Reason::Refused {
            n_tries_left: Some(4),
        }
    }

    #[test]
    fn a_refused_password_is_sent_again_only_on_request() {
        let mut book = LoginBook::default();
        book.refused(&login("ana", "wrong"), &refused());

        let objection =
            |account, password, insisted| book.objection(&login(account, password), insisted, NOW);
        assert_eq!(objection("ana", "wrong", false), Some(refused()));
        assert_eq!(objection("ana", "wrong", true), None);
        assert_eq!(objection("ana", "other", false), None);
        assert_eq!(objection("ben", "wrong", false), None);
    }

    #[test]
    fn a_locked_account_gets_no_password_before_its_time() {
        let mut book = LoginBook::default();
        let locked = Reason::Locked {
            until: Some(NOW + 60),
        };
        book.refused(&login("ana", "wrong"), &locked);

        let other = login("ana", "right");
        assert_eq!(book.objection(&other, true, NOW), Some(locked));
        assert_eq!(book.objection(&other, false, NOW + 60), None);
        assert_eq!(book.objection(&login("ben", "x"), false, NOW), None);
    }

    #[test]
    fn an_accepted_password_forgets_the_refused_ones() {
        let mut book = LoginBook::default();
        book.refused(&login("ana", "wrong"), &refused());

        book.accepted(&login("ana", "right"));

        assert_eq!(book.objection(&login("ana", "wrong"), false, NOW), None);
    }

    #[test]
    fn the_book_of_logins_is_bounded_without_passwords() {
        let mut book = LoginBook::default();
        for n in 0..100 {
            book.refused(&login("ana", &format!("s3cret{n}")), &refused());
        }

        assert_eq!(book.refused.len(), MAX_REFUSED_LOGINS);
        assert!(!format!("{book:?}").contains("s3cret"));
    }
}
