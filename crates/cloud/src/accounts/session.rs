//! Sessions: a 256-bit token in a cookie, its SHA-256 in the database, and limits on the life of both. With
//! Auto-login the token lives for minutes, and the browser's key signs for the next one (`renewal.rs`).

pub mod expiry;
pub mod lock;
pub mod new_session;
pub mod renewal;
pub mod sign_in;
pub mod token;

use super::notices::{self, Reader};
use super::session::new_session::{BrowserKey, SignIn};
use super::session::token::hash;
use crate::audit::{Action, Event};
use crate::db::accounts::sessions::{NewSession, NewToken, Session, SessionOverview};
use crate::db::{self, Writing};
use crate::language::{self, Language};
use crate::mail::notice::Notice;
use crate::orders::{self, Order};
use crate::state::State;
use crate::throttle::limits;
use crate::visitor::{Browser, SignedIn};

/// Valid until the session itself ends.
const AS_LONG_AS_THE_SESSION: i64 = i64::MAX;

/// What goes into the cookies of a session.
pub struct Token {
    /// The secret in the session's cookie.
    pub value: String,
    /// Lifetime of the cookie in seconds; `None` ends it with the browser.
    pub max_age: Option<i64>,
    /// Value of the cookie that recognises this browser, after a sign-in.
    pub browser: Option<String>,
}

impl SignedIn {
    /// The visitor with this live session; `now` in seconds since 1970.
    pub fn new(session: Session, now: i64) -> SignedIn {
        let has_key = !session.browser_key.is_empty();
        SignedIn {
            account_id: session.account_id,
            user_name: session.user_name,
            email: session.email,
            session_id: session.id,
            persistent: session.persistent,
            renews_in: has_key.then(|| (session.token_until - now).max(0)),
            proven_at: session.proven_at,
            lacks_factor: session.lacks_factor,
        }
    }
}

/// A session started in a transaction that is not committed yet.
#[must_use = "sockets of the sessions it ends hear of it by `committed`"]
pub struct Started {
    /// Identifier of the session; not a secret.
    pub id: String,
    token: Token,
    ended: Order,
}

impl Started {
    /// After the commit: closes the sockets of the sessions that it replaced, and wakes
    /// the sender of the notice.
    pub fn committed(self, state: &State) -> Token {
        orders::act(state, &self.ended);
        state.outbox_filled.notify_one();
        self.token
    }
}

/// Starts a session in the caller's transaction and holds the account. It replaces the session of this browser,
/// and the one unused for longest when the account has too many.
pub async fn start(state: &State, tx: &mut Writing, sign_in: &SignIn<'_>) -> db::Result<Started> {
    let now = state.clock.now();
    let (account_id, browser) = (sign_in.account_id, sign_in.browser);
    let key = sign_in.key.as_ref().filter(|_| sign_in.auto_login);
    let spans = Spans::of(sign_in.auto_login, key.is_some());
    let (id, value, browser_hash) = (state.rng.id(), state.rng.token(), hash(&browser.token));
    // Held before sessions are counted: log-ins at the same moment would leave more of them than the limit.
    db::accounts::hold(tx, account_id).await?;
    let room = limits::MAX_SESSIONS - 1;
    let ended = db::accounts::sessions::make_room(tx, account_id, &browser_hash, room).await?;
    let ended = order_end(state, tx, ended).await?;
    let new = NewSession {
        id: &id,
        token_hash: &hash(&value),
        token_until: spans.token_until(now),
        account_id,
        persistent: sign_in.auto_login,
        user_agent: &browser.user_agent,
        place: &browser.place,
        browser_hash: &browser_hash,
        browser_key: key.map_or("", BrowserKey::as_str),
        idle_until: now + spans.idle,
        expires_at: now + spans.life,
    };
    db::accounts::sessions::insert(tx, &new, now).await?;
    db::accounts::set_first_language(tx, account_id, language::current().code()).await?;
    // Checked before this browser is stored: the owner needs no notice about the account's first browser.
    let kept_since = now - limits::KNOWN_BROWSER;
    let is_first = !db::accounts::browsers::has_had_any(tx, account_id, kept_since).await?;
    let is_new = db::accounts::browsers::note(tx, account_id, &browser_hash, now).await?;
    db::accounts::browsers::keep_newest(tx, account_id, limits::MAX_KNOWN_BROWSERS).await?;
    if !notices::about_failures(state, tx, sign_in).await? && is_new && !is_first {
        notices::about_log_in(state, tx, sign_in, Notice::NewBrowser).await?;
    }
    Ok(Started {
        id,
        token: Token {
            value,
            max_age: spans.cookie,
            browser: Some(browser.token.clone()),
        },
        ended,
    })
}

/// The live session of a token; notes that it was used.
pub async fn find(state: &State, token: &str) -> db::Result<Option<Session>> {
    let now = state.clock.now();
    let Some(session) = db::accounts::sessions::find(&state.db, &hash(token), now).await? else {
        return Ok(None);
    };
    // A session that has a key is kept alive by its renewals only. Others are noted every few minutes, because
    // a note at every request would make each page a write.
    if session.browser_key.is_empty() && now - session.last_seen_at >= limits::SESSION_TOUCH {
        let idle = Spans::of(session.persistent, false).idle;
        let touched = db::accounts::sessions::touch(&state.db, &session.id, now, now + idle).await;
        // A full disk must not sign anybody out: the note is lost, the session is not.
        if let Err(error) = touched {
            tracing::warn!(%error, "could not store the last use of a session");
        }
    }
    Ok(Some(session))
}

/// Gives a session a new token; the one before stays valid for `grace` seconds. `None`
/// when the session has ended.
pub async fn rotate(
    state: &State,
    tx: &mut Writing,
    session: &Rotating<'_>,
    grace: i64,
) -> db::Result<Option<Token>> {
    let now = state.clock.now();
    let spans = Spans::of(session.persistent, session.has_key);
    let value = state.rng.token();
    let token = NewToken {
        hash: &hash(&value),
        until: spans.token_until(now),
        previous_until: if grace == 0 { 0 } else { now + grace },
    };
    let is_live =
        db::accounts::sessions::renew(tx, session.id, &token, now + spans.idle, now).await?;
    Ok(is_live.then_some(Token {
        value,
        max_age: spans.cookie,
        browser: None,
    }))
}

/// The session whose token [`rotate`] changes.
pub struct Rotating<'a> {
    /// Identifier of the session; not a secret.
    pub id: &'a str,
    /// Whether it was started with Auto-login.
    pub persistent: bool,
    /// Whether its browser's key renews it.
    pub has_key: bool,
}

/// Whether a session has not ended, for sockets that outlive their request.
pub async fn is_live(state: &State, session_id: &str) -> db::Result<bool> {
    db::accounts::sessions::is_live(&state.db, session_id, state.clock.now()).await
}

/// Where an account is signed in.
pub async fn list(state: &State, account_id: &str) -> db::Result<Vec<SessionOverview>> {
    db::accounts::sessions::of_account(&state.db, account_id, state.clock.now()).await
}

/// Ends a session of an account at once, open sockets included; false when the account has no such session.
pub async fn end(state: &State, account_id: &str, session_id: &str) -> db::Result<bool> {
    let mut tx = state.db.begin().await?;
    // The account is part of the statement: the identifier of a foreign session ends nothing (ASVS 8.2.2).
    if !db::accounts::sessions::delete(&mut tx, session_id, account_id).await? {
        return Ok(false);
    }
    let ended = order_end(state, &mut tx, vec![session_id.to_owned()]).await?;
    tx.commit().await?;
    state
        .audit
        .note(Event::done(Action::LogOut).account(account_id));
    orders::act(state, &ended);
    Ok(true)
}

/// Ends every session of an account but `kept`; its order goes to [`orders::act`]
/// once the transaction is committed.
pub async fn end_others(
    state: &State,
    tx: &mut Writing,
    account_id: &str,
    kept: &str,
) -> db::Result<Order> {
    let ended = db::accounts::sessions::delete_others(tx, account_id, kept).await?;
    order_end(state, tx, ended).await
}

/// Ends every session of a person but the one that asks, and tells them if there was another.
pub async fn end_all_others(state: &State, who: &SignedIn, browser: &Browser) -> db::Result<()> {
    let mut tx = state.db.begin().await?;
    db::accounts::hold(&mut tx, &who.account_id).await?;
    let ended = end_others(state, &mut tx, &who.account_id, &who.session_id).await?;
    // A second click finds none and sends no mail.
    if ended.is_idle() {
        return Ok(());
    }
    let reader = Reader {
        account_id: &who.account_id,
        email: &who.email,
    };
    notices::put(state, &mut tx, reader, Notice::OthersEnded, Some(browser)).await?;
    tx.commit().await?;
    state.outbox_filled.notify_one();
    let event = Event::done(Action::SessionsEnded).account(&who.account_id);
    state.audit.note(event.subject("others"));
    orders::act(state, &ended);
    Ok(())
}

async fn order_end(state: &State, tx: &mut Writing, ids: Vec<String>) -> db::Result<Order> {
    let is_none = ids.is_empty();
    let order = Order::SessionsEnded(ids);
    if !is_none {
        orders::put(state, tx, &order).await?;
    }
    Ok(order)
}

/// Sets the language of an account, for pages and mails.
pub async fn choose_language(
    state: &State,
    account_id: &str,
    language: Language,
) -> db::Result<()> {
    db::accounts::set_language(&state.db, account_id, language.code()).await
}

/// How long the three kinds of session live, in seconds.
struct Spans {
    token: Option<i64>,
    idle: i64,
    life: i64,
    cookie: Option<i64>,
}

impl Spans {
    fn of(persistent: bool, has_key: bool) -> Spans {
        match (persistent, has_key) {
            (_, true) => Spans {
                token: Some(limits::RENEWED_SECONDS),
                idle: limits::AUTO_LOGIN_IDLE,
                life: limits::AUTO_LOGIN_LIFE,
                // No secret outlives the browser (NIST SP 800-63B-4 §5.1); its key renews the session.
                cookie: None,
            },
            // Without a key only a cookie can outlive the browser, so these live shorter.
            (true, false) => Spans {
                token: None,
                idle: limits::KEYLESS_IDLE,
                life: limits::KEYLESS_LIFE,
                cookie: Some(limits::KEYLESS_IDLE),
            },
            (false, false) => Spans {
                token: None,
                idle: limits::SESSION_IDLE,
                life: limits::SESSION_LIFE,
                cookie: None,
            },
        }
    }

    fn token_until(&self, now: i64) -> i64 {
        self.token
            .map_or(AS_LONG_AS_THE_SESSION, |seconds| now + seconds)
    }
}
