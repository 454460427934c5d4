//! Forgot password: a mail with a link and a code of eight characters. Either lets one browser set a new
//! password once, which ends every session. The answer never tells whether there is an account. Nobody is
//! signed in by it: the log-in that follows asks for a second factor as usual.

use zeroize::Zeroizing;

use crate::accounts::mailed_secret::{
    self, Envelope, MailRequest, MailedSecret, Purpose, short_code,
};
use crate::accounts::names::Email;
use crate::accounts::{Refusal, session::lock, session::sign_in};
use crate::audit::{Action, Event};
use crate::db::accounts::Account;
use crate::db::{self, accounts::mailed_secrets};
use crate::mail::letters::reset::Reset;
use crate::mail::{self, Letter, Urgency};
use crate::orders;
use crate::state::State;
use crate::throttle::limits;
use crate::visitor::Client;

/// Mails the owner of an account, or tells an address that it has none; returns the cookie's secret.
pub async fn begin(
    state: &State,
    client: &Client,
    login: &str,
    asking: &MailRequest<'_>,
) -> Result<String, Refusal> {
    let tries = state.throttle.spend_as(client, &limits::RESETS_OF_CLIENT);
    tries.await?.keep();
    let account = sign_in::find(state, login).await?;
    let typed = sign_in::canonical(login);
    let leaves = spend_mail(state, client, &typed, account.as_ref()).await?;
    let address = Email::parse(login);
    let reader = match (&account, &address) {
        (Some(account), _) if leaves => Reader::Owner(account),
        (None, Ok(email)) => Reader::Stranger(email),
        _ => Reader::Nobody,
    };
    let short_code = asking.short_code && !short_code::is_strong_mode(state).await?;
    let asked = Event::done(Action::ResetAsked);
    Ok(mail_to(state, &reader, (login, &typed), short_code, asking, asked).await?)
}

/// Mails the owner a link to a new password because an operator asks for it. It counts against no limit and has
/// no code: there is no browser that a code could belong to.
pub async fn begin_for(state: &State, account: &Account) -> Result<(), Refusal> {
    let nobody = MailRequest {
        short_code: false,
        form_id: "",
        cookie: None,
    };
    let login = account.user_name.as_str();
    let asked = Event::done(Action::ResetAsked).account(&account.id);
    let reader = Reader::Owner(account);
    mail_to(state, &reader, (login, login), false, &nobody, asked).await?;
    Ok(())
}

/// Writes one row into each table, whoever asked and whether or not there is an account.
async fn mail_to(
    state: &State,
    reader: &Reader<'_>,
    address: (&str, &str),
    short_code: bool,
    asking: &MailRequest<'_>,
    asked: Event,
) -> db::Result<String> {
    let account_id = match reader {
        Reader::Owner(account) => Some(account.id.as_str()),
        Reader::Stranger(_) | Reader::Nobody => None,
    };
    // Owners, strangers and nobody cost the same statements, so the time does not tell one from another.
    let new = MailedSecret {
        account_id: account_id.map(str::to_owned),
        address: address.0.to_owned(),
        address_key: address.1.to_owned(),
        is_decoy: account_id.is_none(),
        short_code,
        ..MailedSecret::new(Purpose::Recovery, account_id.unwrap_or(address.1))
    };
    let now = state.clock.now();
    let envelope = |issued: MailedSecret| {
        let reset = Letter::Reset(Reset {
            flow: issued.id,
            nonce: issued.nonce,
            short_code,
        });
        let (to, letter, expires_at) = match reader {
            Reader::Owner(account) => (account.email.clone(), reset, issued.expires_at),
            Reader::Stranger(email) => {
                let to = email.as_str().to_owned();
                (to, Letter::NoAccount, issued.expires_at)
            }
            // Expired from the start, so it is never sent.
            Reader::Nobody => (String::new(), Letter::NoAccount, now),
        };
        Envelope {
            to,
            letter,
            expires_at,
        }
    };
    mailed_secret::begin(state, new, asking, asked, envelope).await
}

/// Whose password a proven recovery sets.
pub async fn owner(state: &State, recovery: &MailedSecret) -> db::Result<Option<Account>> {
    match &recovery.account_id {
        Some(id) if recovery.proven_at.is_some() => db::accounts::find(&state.db, id).await,
        _ => Ok(None),
    }
}

/// Sets the password, ends every session and tells the owner; false when the recovery has ended.
pub async fn finish(
    state: &State,
    recovery: &MailedSecret,
    owner: &Account,
    password: Zeroizing<String>,
) -> Result<bool, Refusal> {
    // Before the transaction, which on SQLite holds the only connection that writes.
    let password_hash = state.passwords.hash(password).await?;
    let now = state.clock.now();
    let mut tx = state.db.begin().await?;
    db::accounts::hold(&mut tx, &owner.id).await?;
    if !mailed_secrets::finish(&mut tx, &recovery.id, now).await? {
        state.audit.note(Event::denied(Action::ResetFinished));
        return Ok(false);
    }
    mailed_secret::end_all(&mut tx, &owner.id, now).await?;
    db::accounts::set_password(&mut tx, &owner.id, &password_hash).await?;
    lock::lift_by_reset(&mut tx, &owner.id).await?;
    // The second factor stays (ASVS 6.4.3): a mailbox alone must not open an account that has one.
    db::accounts::pending_sign_ins::delete_all(&mut tx, &owner.id).await?;
    db::accounts::browsers::forget_all(&mut tx, &owner.id).await?;
    let ended = lock::end_sessions(state, &mut tx, &owner.id).await?;
    // A password that too many failures disabled works again once it is a new one (NIST SP 800-63B-4 §3.2.2).
    let kind = limits::FAILED_LOGINS.kind;
    state.throttle.reset(&mut tx, kind, &owner.id).await?;
    mail::put(
        state,
        &mut tx,
        &owner.email,
        &Letter::PasswordChanged,
        now + limits::MAIL_SECONDS,
    )
    .await?;
    tx.commit().await?;
    state.outbox_filled.notify_one();
    let event = Event::done(Action::ResetFinished).account(&owner.id);
    state.audit.note(event);
    orders::act(state, &ended);
    Ok(true)
}

/// Spends a mail for the typed name, which may be refused, and one for its account; returns whether
/// the mail is sent. The count of the account changes no answer: a user name and an address must not
/// show that they belong together.
async fn spend_mail(
    state: &State,
    client: &Client,
    typed: &str,
    account: Option<&Account>,
) -> Result<bool, Refusal> {
    use limits::{RESETS_PER_ACCOUNT, RESETS_PER_NAME};
    let subject = account.map_or(typed, |account| &account.id);
    let (of_name, network) = ([(RESETS_PER_NAME, typed)], client.network());
    if let Err(error) = mail::spend(state, &of_name, &network, Urgency::Security).await {
        return Err(mailed_secret::prolong_last(state, Purpose::Recovery, subject, error).await);
    }
    let of_account = [(RESETS_PER_ACCOUNT, subject)];
    let tries = state.throttle.spend_beyond(&of_account).await?;
    let leaves = tries.over().is_none();
    tries.keep();
    if !leaves {
        state.throttle.note_reached(RESETS_PER_ACCOUNT);
        let seconds = limits::LAST_BUTTON_SECONDS;
        mailed_secrets::prolong_last(&state.db, Purpose::Recovery, subject, seconds).await?;
    }
    Ok(leaves)
}

/// Whose mailbox a mail goes to.
enum Reader<'a> {
    /// The owner of an account, at the account's address; the typed one may differ in case.
    Owner(&'a Account),
    /// An address without an account.
    Stranger(&'a Email),
    /// A user name that nobody has, or an account that has had its mails.
    Nobody,
}
