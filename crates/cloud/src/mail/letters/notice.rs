//! Notices: mails of one form that tell an owner what happened to their account, when, in which
//! browser and from where, and what to do if it was somebody else.

use serde::{Deserialize, Serialize};

use crate::db::accounts::mailed_secrets::Purpose;
use crate::mail::letter::{Cause, Facts, MailContent, Paragraph, SecretSource, Urgency};
use crate::visitor::Seen;

/// The mail to the owner of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// What happened in the account.
    pub notice: Notice,
    /// Where it was done from.
    pub seen: Option<Seen>,
    /// What the link "that was not me" is derived from.
    pub objection: Option<String>,
}

impl MailContent for Told {
    fn subject(&self, _: &Facts) -> String {
        self.notice.subject()
    }

    fn body(&self, facts: &Facts) -> Vec<Paragraph> {
        let mut parts = vec![Paragraph::Headline(self.notice.headline())];
        if let Notice::Recorders(recorders) = &self.notice {
            parts.extend(recorders.lists());
        }
        let mut when = vec![say!("notice-when", time = facts.asked_at.as_str())];
        if let Some(seen) = &self.seen {
            when.push(say!("notice-browser", browser = seen.browser()));
            when.push(say!("notice-place", place = seen.place()));
        }
        parts.push(Paragraph::Lines(when));
        parts.push(Paragraph::Text(self.notice.advice()));
        if let Notice::Locked = self.notice {
            parts.push(Paragraph::Button(
                facts.address("forgot"),
                say!("notice-unlock"),
            ));
        } else if !facts.link.is_empty() {
            parts.push(Paragraph::Button(facts.link.clone(), say!("notice-not-me")));
        }
        parts.push(Paragraph::Small(say!(
            "notice-why",
            host = facts.host.as_str()
        )));
        parts
    }

    fn cause(&self) -> Cause {
        Cause::Event(if self.notice.is_about_recorders() {
            Urgency::OneOfMany
        } else {
            Urgency::Security
        })
    }

    fn secret(&self) -> Option<SecretSource<'_>> {
        let nonce = self.objection.as_deref()?;
        Some(SecretSource::link(Purpose::NotMe, nonce))
    }
}

/// An event in an account that is reported to its owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Notice {
    /// Somebody logged in from a browser unknown to the account.
    NewBrowser,
    /// Somebody logged in after this number of wrong passwords.
    AfterFailures(i64),
    /// Somebody who knew the old password changed it.
    NewPassword,
    /// The address was changed; sent to the old one.
    NewEmail(String),
    /// The address is in use; sent to the new one.
    EmailInUse,
    /// All sessions but one were ended.
    OthersEnded,
    /// The data of the account was downloaded.
    Downloaded,
    /// The account was locked by its owner.
    Locked,
    /// A recorder was added to the account.
    RecorderAdded(String),
    /// A recorder was removed from the account.
    RecorderRemoved(String),
    /// Recorders were added to or removed from the account.
    Recorders(Recorders),
    /// The number of further events without their own mails.
    Further(i64),
}

/// Names of recorders that were added to or removed from an account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorders {
    added: Vec<String>,
    removed: Vec<String>,
    n_added: i64,
    n_removed: i64,
}

/// Maximum names of either kind in one mail.
const MOST_NAMES: usize = 50;

impl Recorders {
    fn one(notice: &Notice) -> Recorders {
        let (mut added, mut removed) = (Vec::new(), Vec::new());
        match notice {
            Notice::RecorderAdded(name) => added.push(name.clone()),
            Notice::RecorderRemoved(name) => removed.push(name.clone()),
            Notice::Recorders(several) => return several.clone(),
            _ => {}
        }
        Recorders {
            n_added: i64::from(!added.is_empty()),
            n_removed: i64::from(!removed.is_empty()),
            added,
            removed,
        }
    }

    fn and(mut self, others: Recorders) -> Recorders {
        self.n_added += others.n_added;
        self.n_removed += others.n_removed;
        for (own, new) in [
            (&mut self.added, others.added),
            (&mut self.removed, others.removed),
        ] {
            for name in new {
                if own.len() < MOST_NAMES && !own.contains(&name) {
                    own.push(name);
                }
            }
        }
        self
    }

    /// Both lists, each with its heading.
    fn lists(&self) -> impl Iterator<Item = Paragraph> {
        let lists = [
            (
                self.n_added,
                say!("notice-n-added", n = self.n_added),
                &self.added,
            ),
            (
                self.n_removed,
                say!("notice-n-removed", n = self.n_removed),
                &self.removed,
            ),
        ];
        let there = lists.into_iter().filter(|(n, ..)| *n > 0);
        there.map(|(_, title, names)| Paragraph::List(title, names.clone()))
    }
}

impl Notice {
    /// Whether it is about recorders; an owner can turn such notices off.
    pub fn is_about_recorders(&self) -> bool {
        use Notice::{RecorderAdded, RecorderRemoved, Recorders};
        matches!(self, RecorderAdded(_) | RecorderRemoved(_) | Recorders(_))
    }

    /// The combination of two notices that are sent together.
    pub fn with(&self, next: &Notice) -> Notice {
        match (self, next) {
            (Notice::Further(n), Notice::Further(more)) => Notice::Further(n + more),
            _ => Notice::Recorders(Recorders::one(self).and(Recorders::one(next))),
        }
    }

    fn subject(&self) -> String {
        match self {
            Notice::NewBrowser | Notice::AfterFailures(_) => say!("notice-sign-in-subject"),
            Notice::NewPassword => say!("notice-password-subject"),
            Notice::NewEmail(_) | Notice::EmailInUse => say!("notice-email-subject"),
            Notice::OthersEnded => say!("notice-others-subject"),
            Notice::Downloaded => say!("notice-download-subject"),
            Notice::Locked => say!("notice-locked-subject"),
            Notice::RecorderAdded(_) => say!("notice-added-subject"),
            Notice::RecorderRemoved(_) => say!("notice-removed-subject"),
            Notice::Recorders(_) => say!("notice-recorders-subject"),
            Notice::Further(_) => say!("notice-further-subject"),
        }
    }

    /// What happened, in a sentence.
    fn headline(&self) -> String {
        match self {
            Notice::NewBrowser => say!("notice-new-browser"),
            Notice::AfterFailures(n) => say!("notice-after-failures", n = *n),
            Notice::NewPassword => say!("notice-password"),
            Notice::NewEmail(address) => say!("notice-new-email", address = address.as_str()),
            Notice::EmailInUse => say!("notice-email-in-use"),
            Notice::OthersEnded => say!("notice-others"),
            Notice::Downloaded => say!("notice-download"),
            Notice::Locked => say!("notice-locked"),
            Notice::RecorderAdded(name) => say!("notice-added", name = name.as_str()),
            Notice::RecorderRemoved(name) => say!("notice-removed", name = name.as_str()),
            Notice::Recorders(_) => say!("notice-recorders"),
            Notice::Further(n) => say!("notice-further", n = *n),
        }
    }

    /// What to do about it.
    fn advice(&self) -> String {
        match self {
            Notice::NewEmail(_) => say!("notice-advice-undo"),
            Notice::Locked => say!("notice-advice-unlock"),
            Notice::EmailInUse => say!("notice-advice-none"),
            _ => say!("notice-advice-lock"),
        }
    }
}
