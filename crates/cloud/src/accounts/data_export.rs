//! Everything that is stored about an account, for its owner to download. Secrets and their hashes are left
//! out: the owner cannot use them, and a thief could. The export includes the newest audit lines about the
//! account, without data about other people.

use serde::Serialize;

use super::notices::{self, Reader};
use super::{Refusal, email_change, session};
use crate::audit::trail::{Trail, TrailLimits};
use crate::audit::{Action, Event, Line, Outcome};
use crate::db::{self, Db};
use crate::mail::notice::Notice;
use crate::state::State;
use crate::throttle::limits;
use crate::visitor::{Browser, Client, SignedIn};

/// The downloaded file. Times are in seconds since 1970.
#[derive(Debug, Serialize)]
pub struct OwnData {
    account: ExportedAccount,
    sessions: Vec<ExportedSession>,
    recorders: Vec<ExportedRecorder>,
    /// Order, favourites and saved views of Live view, if there are any.
    live_view: Option<serde_json::Value>,
    mails: Vec<ExportedMail>,
    notices_turned_off: Vec<&'static str>,
    log: Log,
}

#[derive(Debug, Serialize)]
struct ExportedAccount {
    id: String,
    user_name: String,
    email: String,
    new_email_waiting: Option<String>,
    created_at: i64,
}

#[derive(Debug, Serialize)]
struct ExportedSession {
    browser: String,
    place: String,
    auto_login: bool,
    first_seen_at: i64,
    last_seen_at: i64,
}

#[derive(Debug, Serialize)]
struct ExportedRecorder {
    serial: String,
    name: String,
    cameras: serde_json::Value,
    /// Own names, order and hidden ones of its cameras.
    own_cameras: serde_json::Value,
    /// Place in the list, from 0, if it was moved.
    place: Option<i64>,
    claimed_at: Option<i64>,
    last_seen_at: i64,
    /// When it had no link; no end while that lasts.
    outages: Vec<ExportedOutage>,
}

#[derive(Debug, Serialize)]
struct ExportedOutage {
    began_at: i64,
    ended_at: Option<i64>,
}

#[derive(Debug, Serialize)]
struct ExportedMail {
    kind: String,
    written_at: i64,
    sent_at: Option<i64>,
}

/// What the audit log says about the account, oldest first.
#[derive(Debug, Default, Serialize)]
struct Log {
    /// Whether nothing older was left out.
    is_whole: bool,
    events: Vec<Noted>,
}

#[derive(Debug, Serialize)]
struct Noted {
    at: i64,
    what: String,
    outcome: Outcome,
    /// The network it came from, if the log has one.
    place: Option<String>,
    r#where: Option<String>,
    subject: Option<String>,
    /// Whether an operator of the cloud did it; the operator's name is left out.
    by_operator: bool,
    /// Number of events that the line sums up, if more than one.
    #[serde(skip_serializing_if = "Option::is_none")]
    n: Option<u64>,
}

/// Collects the data, and tells the owner by mail in case somebody else asked.
pub async fn collect(state: &State, who: &SignedIn, browser: &Browser) -> Result<OwnData, Refusal> {
    let (db, id) = (&state.db, who.account_id.as_str());
    // Each download sends a mail and may read 64 MiB of the audit log.
    let of_account = [(limits::DOWNLOADS_PER_ACCOUNT, id)];
    state.throttle.spend(&of_account).await?.keep();
    let sessions = session::list(state, id).await?;
    let recorders = exported_recorders(db, id).await?;
    let mails = db::mail::outbox::to(db, &who.email).await?;
    let muted = notices::muted(state, id).await?;
    let data = OwnData {
        account: account(state, who).await?,
        sessions: sessions.into_iter().map(ExportedSession::from).collect(),
        recorders,
        live_view: live_view(db, id).await?,
        mails: mails.into_iter().map(ExportedMail::from).collect(),
        notices_turned_off: muted.into_iter().map(notices::Kind::as_str).collect(),
        log: log(state, id).await,
    };
    let mut tx = state.db.begin().await?;
    let reader = Reader {
        account_id: id,
        email: &who.email,
    };
    notices::put(state, &mut tx, reader, Notice::Downloaded, Some(browser)).await?;
    tx.commit().await?;
    state.outbox_filled.notify_one();
    state.audit.note(Event::done(Action::DataTaken).account(id));
    Ok(data)
}

async fn account(state: &State, who: &SignedIn) -> db::Result<ExportedAccount> {
    let stored = db::accounts::find(&state.db, &who.account_id).await?;
    Ok(ExportedAccount {
        id: who.account_id.clone(),
        user_name: who.user_name.clone(),
        email: who.email.clone(),
        new_email_waiting: email_change::waiting(state, who).await?,
        created_at: stored.map_or(0, |account| account.created_at),
    })
}

/// The log is left empty when it cannot be read, so that the rest can still be downloaded.
async fn log(state: &State, id: &str) -> Log {
    let most = TrailLimits {
        lines: limits::DOWNLOAD_LOG_LINES,
        bytes: limits::DOWNLOAD_LOG_BYTES,
    };
    match state.audit.trail(id, most).await {
        Ok(trail) => Log::from(trail),
        Err(error) => {
            tracing::warn!(%error, "a download is without the audit log");
            Log::default()
        }
    }
}

impl From<Trail> for Log {
    fn from(trail: Trail) -> Log {
        Log {
            is_whole: trail.is_whole,
            events: trail.lines.into_iter().map(Noted::from).collect(),
        }
    }
}

impl From<Line> for Noted {
    fn from(line: Line) -> Noted {
        Noted {
            at: line.at().unwrap_or(0),
            what: line.what,
            outcome: line.outcome,
            // The exact address would tell about somebody else, such as a stranger who tried to log in.
            place: line.client.map(|client| Client(client).network()),
            r#where: line.place,
            subject: line.subject,
            by_operator: line.operator.is_some(),
            n: line.n,
        }
    }
}

impl From<db::accounts::sessions::SessionOverview> for ExportedSession {
    fn from(session: db::accounts::sessions::SessionOverview) -> ExportedSession {
        ExportedSession {
            browser: session.user_agent,
            place: session.place,
            auto_login: session.persistent,
            first_seen_at: session.created_at,
            last_seen_at: session.last_seen_at,
        }
    }
}

async fn live_view(db: &Db, account_id: &str) -> db::Result<Option<serde_json::Value>> {
    let kept = db::live_arrangements::find(db, account_id).await?;
    Ok(kept.and_then(|kept| serde_json::from_str(&kept.arrangement).ok()))
}

async fn exported_recorders(db: &Db, account_id: &str) -> db::Result<Vec<ExportedRecorder>> {
    let mut exported = Vec::new();
    for recorder in db::recorders::of_account(db, account_id).await? {
        let outages = db::outages::of(db, &recorder.serial, 0).await?;
        exported.push(ExportedRecorder::new(recorder, outages));
    }
    Ok(exported)
}

impl ExportedRecorder {
    fn new(recorder: db::recorders::Recorder, outages: Vec<db::outages::Outage>) -> Self {
        let outages = outages.into_iter().map(|outage| ExportedOutage {
            began_at: outage.began_at,
            ended_at: outage.ended_at,
        });
        ExportedRecorder {
            outages: outages.collect(),
            cameras: serde_json::from_str(&recorder.cameras).unwrap_or_default(),
            own_cameras: serde_json::from_str(recorder.arrangement.as_deref().unwrap_or("[]"))
                .unwrap_or_default(),
            place: recorder.position,
            serial: recorder.serial,
            name: recorder.name,
            claimed_at: recorder.claimed_at,
            last_seen_at: recorder.last_seen_at,
        }
    }
}

impl From<db::mail::outbox::KeptMail> for ExportedMail {
    fn from(mail: db::mail::outbox::KeptMail) -> ExportedMail {
        // A row says `"Known"` or `{"Code": {…}}`. Only the name of the mail is exported, not its values.
        let kind = match serde_json::from_str(&mail.letter) {
            Ok(serde_json::Value::String(kind)) => kind,
            Ok(serde_json::Value::Object(fields)) => {
                fields.keys().next().cloned().unwrap_or_default()
            }
            _ => String::new(),
        };
        ExportedMail {
            kind,
            written_at: mail.created_at,
            sent_at: mail.sent_at,
        }
    }
}
