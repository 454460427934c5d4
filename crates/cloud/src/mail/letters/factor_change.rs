//! Events of a second factor or passkey, as described in a mail to the owner.

use serde::{Deserialize, Serialize};

use crate::mail::letter::{Facts, MailContent, Paragraph};

/// The mail to the owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Factor {
    /// What happened to the second factor.
    pub change: FactorChange,
}

impl MailContent for Factor {
    fn subject(&self, _: &Facts) -> String {
        self.change.words()
    }

    fn body(&self, facts: &Facts) -> Vec<Paragraph> {
        vec![
            Paragraph::Text(self.change.words() + "."),
            Paragraph::Text(say!("mail-factor-you")),
            Paragraph::Text(say!("mail-factor-not-you")),
            Paragraph::Way(facts.address("forgot"), say!("mail-factor-forgot")),
        ]
    }
}

/// An event of a second factor or passkey.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FactorChange {
    /// A code app was confirmed.
    App,
    /// It was turned on with a passkey.
    On,
    /// The second factor was turned off.
    Off,
    /// There are new recovery codes.
    Codes,
    /// A recovery code was used.
    CodeUsed,
    /// The password was right, and five codes were wrong.
    WrongCodes,
    /// A passkey was added to the account.
    PasskeyAdded,
    /// A passkey was removed from the account.
    PasskeyRemoved,
}

impl FactorChange {
    /// Its name in the audit log.
    pub fn name(self) -> &'static str {
        match self {
            FactorChange::App => "app confirmed",
            FactorChange::On => "turned on",
            FactorChange::Off => "turned off",
            FactorChange::Codes => "new recovery codes",
            FactorChange::CodeUsed => "recovery code used",
            FactorChange::WrongCodes => "wrong codes",
            FactorChange::PasskeyAdded => "passkey added",
            FactorChange::PasskeyRemoved => "passkey removed",
        }
    }

    /// A one-line description: the subject and the beginning of the mail.
    fn words(self) -> String {
        match self {
            FactorChange::App => say!("mail-factor-app"),
            FactorChange::On => say!("mail-factor-on"),
            FactorChange::Off => say!("mail-factor-off"),
            FactorChange::Codes => say!("mail-factor-codes"),
            FactorChange::CodeUsed => say!("mail-factor-code-used"),
            FactorChange::WrongCodes => say!("mail-factor-wrong-codes"),
            FactorChange::PasskeyAdded => say!("mail-factor-passkey-added"),
            FactorChange::PasskeyRemoved => say!("mail-factor-passkey-removed"),
        }
    }
}
