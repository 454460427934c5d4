//! The columns of `mailed_secrets`, and the purposes of its rows.

use sqlx::error::BoxDynError;
use sqlx::{Database, Decode, Type};

/// What a mailed secret leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Proof of a mailbox for a new account.
    Registration,
    /// A new password for somebody who forgot theirs.
    Recovery,
    /// Another address for an account.
    EmailChange,
    /// The lock of an account whose owner says "that was not me".
    NotMe,
    /// The first account of a cloud.
    Setup,
}

impl Purpose {
    /// Every purpose that a row can have.
    pub const ALL: [Purpose; 5] = [
        Purpose::Registration,
        Purpose::Recovery,
        Purpose::EmailChange,
        Purpose::NotMe,
        Purpose::Setup,
    ];

    /// As the table and the audit log keep it.
    pub fn as_str(self) -> &'static str {
        match self {
            Purpose::Registration => "register",
            Purpose::Recovery => "reset",
            Purpose::EmailChange => "new email",
            Purpose::NotMe => "not me",
            Purpose::Setup => "setup",
        }
    }
}

impl<D: Database> Type<D> for Purpose
where
    String: Type<D>,
{
    fn type_info() -> D::TypeInfo {
        String::type_info()
    }

    fn compatible(info: &D::TypeInfo) -> bool {
        String::compatible(info)
    }
}

impl<'r, D: Database> Decode<'r, D> for Purpose
where
    String: Decode<'r, D>,
{
    fn decode(value: D::ValueRef<'r>) -> std::result::Result<Purpose, BoxDynError> {
        let text = String::decode(value)?;
        let found = Purpose::ALL.into_iter().find(|it| it.as_str() == text);
        found.ok_or_else(|| format!("unknown purpose {text}").into())
    }
}

/// One row: a mail, or the browser that its link led to.
#[derive(Clone, sqlx_macros::FromRow)]
pub struct MailedSecret {
    /// What code and link lead to.
    pub purpose: Purpose,
    /// Random identifier; neither the cookie's secret nor the link's token.
    pub id: String,
    /// Whose it is: an account, a canonical address, or a name that nobody has.
    pub subject: String,
    /// The account that it is about.
    pub account_id: Option<String>,
    /// The address as it was typed; for a recovery also a user name.
    pub address: String,
    /// The canonical form of the address.
    pub address_key: String,
    /// Random value that code and link are derived from.
    pub nonce: String,
    /// SHA-256 of the secret in the cookie of the browser that continues with it.
    pub flow_hash: Option<String>,
    /// The form it came from.
    pub form_id: String,
    /// Whether no code and no link of it is right.
    pub is_decoy: bool,
    /// Whether its mail holds a code besides the link.
    pub short_code: bool,
    /// Mails of this browser so far.
    pub n_mails: i64,
    /// Tries of the code so far.
    pub n_tries: i64,
    /// User names asked for so far.
    pub n_names: i64,
    /// When it was mailed, seconds since 1970.
    pub created_at: i64,
    /// End of the code and of what follows it, seconds since 1970.
    pub expires_at: i64,
    /// When the right code came, or a link led here.
    pub proven_at: Option<i64>,
    /// When its purpose was fulfilled, seconds since 1970.
    pub finished_at: Option<i64>,
}

impl MailedSecret {
    /// A secret that is not stored yet, bound to no browser and with a link only.
    pub fn new(purpose: Purpose, subject: &str) -> MailedSecret {
        MailedSecret {
            purpose,
            id: String::new(),
            subject: subject.to_owned(),
            account_id: None,
            address: String::new(),
            address_key: String::new(),
            nonce: String::new(),
            flow_hash: None,
            form_id: String::new(),
            is_decoy: false,
            short_code: false,
            n_mails: 1,
            n_tries: 0,
            n_names: 0,
            created_at: 0,
            expires_at: 0,
            proven_at: None,
            finished_at: None,
        }
    }
}
