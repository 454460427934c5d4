//! Audit events, and the actor of the request that is being processed.

use std::sync::{Arc, OnceLock};

use super::inventory::Action;
use super::outcome::Outcome;
use crate::visitor::{Client, Seen};

tokio::task_local! {
    /// Who asked for the request or command that is being worked on.
    static ACTOR: Actor;
}

/// Who asks and from where, for the events that are noted meanwhile.
#[derive(Debug, Clone, Default)]
pub struct Actor {
    /// Where a request came from.
    pub(super) client: Option<Client>,
    /// The same as mails tell it, with the browser; never in the log.
    seen: Option<Seen>,
    /// Method and route of a request (`POST /forgot/{token}`), or the command.
    pub(super) place: String,
    /// The account of this machine that runs a command.
    pub(super) operator: Option<String>,
    /// Who is signed in, once that is known.
    pub(super) account: Arc<OnceLock<String>>,
}

impl Actor {
    /// Where a request came from, and its method and route.
    pub fn of_request(client: Option<Client>, seen: Option<Seen>, place: String) -> Actor {
        Actor {
            client,
            seen,
            place,
            ..Actor::default()
        }
    }

    /// Somebody on this machine, and their command.
    pub fn on_this_machine(operator: String, command: String) -> Actor {
        Actor {
            place: command,
            operator: Some(operator),
            ..Actor::default()
        }
    }

    /// Says who is signed in, by the account's identifier, for the events that follow.
    pub fn is_account(id: &str) {
        // Outside of a request, or twice in one, there is nothing to tell.
        ACTOR
            .try_with(|asker| asker.account.set(id.to_owned()).ok())
            .ok();
    }

    /// Who asked for the work of this task.
    pub(super) fn current() -> Actor {
        ACTOR.try_with(Clone::clone).unwrap_or_default()
    }

    /// Works on something for this asker.
    pub async fn scope<T>(self, work: impl Future<Output = T>) -> T {
        ACTOR.scope(self, work).await
    }
}

/// Where the request that this task works on came from; `None` in a command.
pub fn asking_client() -> Option<Client> {
    ACTOR.try_with(|asker| asker.client.clone()).ok().flatten()
}

/// Who asked for the work of this task, as mails tell it.
pub fn asked_from() -> Option<Seen> {
    ACTOR.try_with(|asker| asker.seen.clone()).ok().flatten()
}

/// An event to be noted.
#[derive(Debug, Clone)]
pub struct Event {
    pub(super) what: Action,
    pub(super) outcome: Outcome,
    pub(super) account: Option<String>,
    pub(super) client: Option<Client>,
    pub(super) subject: Option<String>,
}

impl Event {
    /// What was done, or tried.
    pub fn new(what: Action, outcome: Outcome) -> Event {
        Event {
            what,
            outcome,
            account: None,
            client: None,
            subject: None,
        }
    }

    /// [`Event::new`] for what was done.
    pub fn done(what: Action) -> Event {
        Event::new(what, Outcome::Ok)
    }

    /// [`Event::new`] for what was refused.
    pub fn denied(what: Action) -> Event {
        Event::new(what, Outcome::Denied)
    }

    /// Whose account it is about, by identifier.
    pub fn account(mut self, id: &str) -> Event {
        self.account = Some(id.to_owned());
        self
    }

    /// Where it came from, for what happens outside of a request.
    pub fn client(mut self, client: &Client) -> Event {
        self.client = Some(client.clone());
        self
    }

    /// What else it is about, such as a recorder's serial or a limit. Never a secret, never free text.
    pub fn subject(mut self, subject: impl Into<String>) -> Event {
        self.subject = Some(subject.into());
        self
    }
}
