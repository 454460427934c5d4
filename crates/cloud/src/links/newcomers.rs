//! Recorders that register for the first time, and unclaimed ones: how many a client, a network and everybody
//! together may register before proof of work is required, and when unclaimed ones are deleted. A known
//! recorder is never limited here, and nobody is refused.

use proto::link::work::{MAX_BITS, WorkDemand};

use super::Links;
use crate::db::{self, recorders};
use crate::state::State;
use crate::throttle::limits::{
    DAY, Limit, MINUTE, NEW_RECORDERS, NEW_RECORDERS_PER_CLIENT, NEW_RECORDERS_PER_CLIENT_DAY,
    NEWCOMER_BITS, NEWCOMER_STEPS_OVERALL, UNCLAIMED_RECORDERS, UNCLAIMED_SECONDS,
};
use crate::throttle::{self, EVERYBODY};
use crate::visitor::Client;

/// While too many unclaimed recorders are being forgotten, an open link counts as a sign of life
/// again after this many seconds.
const ONLINE_IS_SEEN: i64 = 10 * MINUTE;
/// Signs of life that are written in one statement.
const SEEN_AT_ONCE: usize = 500;

/// Counts a new recorder of this client. If more work is required than was done, returns the
/// missing work and counts nothing.
pub(super) async fn count(
    state: &State,
    client: &Client,
    bits_done: u32,
) -> db::Result<Option<WorkDemand>> {
    let network = client.network();
    let per_client = [NEW_RECORDERS_PER_CLIENT, NEW_RECORDERS_PER_CLIENT_DAY];
    let mut spends = throttle::shared(client, &network, &per_client);
    spends.push((NEW_RECORDERS, EVERYBODY));
    // Read before anything is written, so that asking is more expensive for a flood than for the
    // cloud.
    let mut bits = 0;
    for (limit, whom) in &spends {
        let n = state.throttle.n_spent(*limit, whom).await? + 1;
        bits = bits.max(bits_for(state, *limit, n));
    }
    if bits > bits_done {
        return Ok(Some(demand(state, bits)));
    }
    let tries = state.throttle.spend_beyond(&spends).await?;
    for ((limit, _), n) in spends.iter().zip(tries.numbers()) {
        bits = bits.max(bits_for(state, *limit, n));
    }
    // Others registered at the same time.
    let is_more = bits > bits_done;
    tries.refund_if(is_more).await?;
    Ok(is_more.then(|| demand(state, bits)))
}

fn bits_for(state: &State, limit: Limit, n: i64) -> u32 {
    let mut steps = limit.steps(n);
    // What everybody together brings on is capped lower: honest agents have to do it, too.
    if limit.kind == NEW_RECORDERS.kind {
        steps = steps.min(u32::try_from(NEWCOMER_STEPS_OVERALL).unwrap_or(0));
    }
    match steps {
        0 => 0,
        steps => (state.config.limits.work_bits + NEWCOMER_BITS + steps).min(MAX_BITS),
    }
}

fn demand(state: &State, bits: u32) -> WorkDemand {
    state.throttle.note_reached(NEW_RECORDERS_PER_CLIENT);
    WorkDemand { bits }
}

/// Forgets unclaimed recorders that have had no link for a long time.
pub(crate) async fn purge(state: &State, links: &Links) -> db::Result<()> {
    let now = state.clock.now();
    // An open link does not update the table; this does, once a day.
    let unseen = recorders::unclaimed_unseen(&state.db, now - DAY).await?;
    note_online(state, links, &unseen).await?;
    recorders::purge_unclaimed(&state.db, now - UNCLAIMED_SECONDS).await
}

/// Forgets the unclaimed recorders unseen for longest while there are too many. An open link keeps
/// its recorder.
pub(crate) async fn trim(state: &State, links: &Links) -> db::Result<()> {
    if recorders::n_unclaimed(&state.db).await? <= UNCLAIMED_RECORDERS {
        return Ok(());
    }
    let before = state.clock.now() - ONLINE_IS_SEEN;
    let unseen = recorders::unclaimed_unseen(&state.db, before).await?;
    note_online(state, links, &unseen).await?;
    let n_online = i64::try_from(links.n_online()).unwrap_or(i64::MAX);
    let most = UNCLAIMED_RECORDERS.max(n_online);
    // In portions, because one large DELETE would keep every other writer waiting.
    while recorders::forget_unclaimed_beyond(&state.db, most).await?
        == db::upkeep::overflow::AT_ONCE
    {}
    Ok(())
}

/// Notes a sign of life of those that have a link.
pub(super) async fn note_online(
    state: &State,
    links: &Links,
    serials: &[String],
) -> db::Result<()> {
    let is_online = links.presence_of(serials.iter().map(String::as_str));
    let online: Vec<&str> = serials
        .iter()
        .zip(is_online)
        .filter_map(|(serial, is_online)| is_online.then_some(serial.as_str()))
        .collect();
    for some in online.chunks(SEEN_AT_ONCE) {
        recorders::all_seen(&state.db, some, state.clock.now()).await?;
    }
    Ok(())
}
