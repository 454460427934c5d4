//! One change of the book of open calls, in the order in which the cloud makes them.

use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::call::ice::IceCredential;
use crate::turn_credential::Role;

/// A change of the book. Replayed in order, changes make the same book.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "kebab-case", deny_unknown_fields)]
pub enum BookChange {
    /// A call may use the relay, or for longer.
    Open {
        /// Id of the call.
        call: String,
        /// What its usage is counted under.
        quota_key: String,
        /// When it ends unless it is closed before, in Unix seconds.
        until: u64,
    },
    /// A party announced an address.
    Ip {
        /// Id of the call.
        call: String,
        /// Whose address it is.
        role: PartyRole,
        /// The address.
        ip: IpAddr,
    },
    /// A party announced the key of its connectivity checks.
    Ice {
        /// Id of the call.
        call: String,
        /// Whose key it is.
        role: PartyRole,
        /// User name fragment.
        ufrag: String,
        /// The key; never shown.
        password: String,
    },
    /// A call is over.
    Close {
        /// Id of the call.
        call: String,
    },
}

/// [`Role`] as it is written in a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PartyRole {
    /// The person who watches.
    Viewer,
    /// The agent near the recorder.
    Agent,
}

impl From<Role> for PartyRole {
    fn from(role: Role) -> PartyRole {
        match role {
            Role::Viewer => PartyRole::Viewer,
            Role::Agent => PartyRole::Agent,
        }
    }
}

impl From<PartyRole> for Role {
    fn from(role: PartyRole) -> Role {
        match role {
            PartyRole::Viewer => Role::Viewer,
            PartyRole::Agent => Role::Agent,
        }
    }
}

impl BookChange {
    /// A party's key as a change.
    pub fn ice(call: &str, role: Role, credential: &IceCredential) -> BookChange {
        BookChange::Ice {
            call: call.to_owned(),
            role: role.into(),
            ufrag: credential.ufrag().to_owned(),
            password: credential.password().to_owned(),
        }
    }

    /// The call that it is about.
    pub fn call(&self) -> &str {
        match self {
            BookChange::Open { call, .. }
            | BookChange::Ip { call, .. }
            | BookChange::Ice { call, .. }
            | BookChange::Close { call } => call,
        }
    }
}

impl fmt::Debug for BookChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self {
            BookChange::Open { .. } => "Open",
            BookChange::Ip { .. } => "Ip",
            BookChange::Ice { .. } => "Ice",
            BookChange::Close { .. } => "Close",
        };
        write!(f, "{kind}({})", self.call())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_survives_the_wire_and_hides_its_key() {
        let credential = IceCredential::new("Kx7a", "a/password+of22letters").unwrap();
        let change = BookChange::ice("call-1", Role::Agent, &credential);

        let text = serde_json::to_string(&change).unwrap();

        assert_eq!(serde_json::from_str::<BookChange>(&text).unwrap(), change);
        assert!(!format!("{change:?}").contains("password"));
    }
}
