//! Access control of the set-up page: the code that the agent prints, and sessions. Pure: `now` and random
//! bytes are arguments.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use proto::typed;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::limits::{
    MAX_SETUP_CLIENTS, MAX_SETUP_SESSIONS, SETUP_IDLE, SETUP_TRIES_OF_ALL, SETUP_TRIES_OF_CLIENT,
};

/// Characters that nobody takes for another when they read them aloud or off a screen.
const CODE_ALPHABET: &[u8; 23] = b"ABCDEFHKMNPRTUVWXY34679";
/// 36 bits. Tries are limited, and each start of the agent makes another code.
const CODE_CHARS: usize = 8;
/// Longest text that is compared with a code.
const MAX_TYPED_BYTES: usize = 64;

/// The code that the agent prints.
pub(super) struct SetupCode(Zeroizing<String>);

/// Proves that its browser has typed the code.
pub(super) struct SessionToken(Zeroizing<[u8; 32]>);

/// What a typed code achieves.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum CodeAnswer {
    /// The page is open for this cookie.
    Open(String),
    /// It is another one.
    Wrong,
    /// It was not compared: there were too many wrong ones before.
    Wait(Duration),
}

/// The door of one page.
pub(super) struct PageDoor {
    code: SetupCode,
    by_client: BTreeMap<IpAddr, TryBudget>,
    all: TryBudget,
    sessions: Vec<PageSession>,
}

struct PageSession {
    token: SessionToken,
    used_at: Duration,
}

/// Tries that grow back: up to so many at once, then one in each interval.
#[derive(Debug, Clone, Copy)]
struct TryBudget {
    most: u32,
    every: Duration,
    /// When all tries are back.
    full_at: Duration,
}

impl SetupCode {
    /// Makes a code from a source of random bytes, rejecting those that would favour a character.
    pub(super) fn from_random(fill: &mut impl FnMut(&mut [u8])) -> SetupCode {
        let fair = 256 - 256 % CODE_ALPHABET.len();
        let mut code = Zeroizing::new(String::with_capacity(CODE_CHARS));
        while code.len() < CODE_CHARS {
            let mut byte = [0_u8; 1];
            fill(&mut byte);
            let byte = usize::from(byte[0]);
            if byte < fair {
                code.push(char::from(CODE_ALPHABET[byte % CODE_ALPHABET.len()]));
            }
        }
        SetupCode(code)
    }

    /// As it is printed; only for the terminal and the log of the machine itself.
    pub(super) fn reveal(&self) -> String {
        let (first, second) = self.0.split_at(CODE_CHARS / 2);
        format!("{first}-{second}")
    }

    fn is(&self, typed: &str) -> bool {
        if typed.len() > MAX_TYPED_BYTES {
            return false;
        }
        let given = Zeroizing::new(typed::plain(typed).to_ascii_uppercase());
        self.0.as_bytes().ct_eq(given.as_bytes()).into()
    }
}

impl SessionToken {
    pub(super) fn from_random(bytes: [u8; 32]) -> SessionToken {
        SessionToken(Zeroizing::new(bytes))
    }

    fn cookie(&self) -> String {
        BASE64URL_NOPAD.encode(self.0.as_ref())
    }

    fn is(&self, cookie: &str) -> bool {
        let own = Zeroizing::new(self.cookie());
        own.as_bytes().ct_eq(cookie.as_bytes()).into()
    }
}

impl TryBudget {
    fn new((most, every): (u32, Duration)) -> TryBudget {
        TryBudget {
            most,
            every,
            full_at: Duration::ZERO,
        }
    }

    /// How long the next try has to wait; zero for not at all.
    fn wait(&self, now: Duration) -> Duration {
        let spent = self.full_at.saturating_sub(now);
        let allowed = self.every * self.most.saturating_sub(1);
        spent.saturating_sub(allowed)
    }

    fn spend(&mut self, now: Duration) {
        self.full_at = self.full_at.max(now) + self.every;
    }
}

impl PageDoor {
    pub(super) fn new(code: SetupCode) -> PageDoor {
        PageDoor {
            code,
            by_client: BTreeMap::new(),
            all: TryBudget::new(SETUP_TRIES_OF_ALL),
            sessions: Vec::new(),
        }
    }

    /// Judges a typed code. `token` becomes the session if it is right.
    pub(super) fn judge(
        &mut self,
        client: IpAddr,
        typed: &str,
        token: SessionToken,
        now: Duration,
    ) -> CodeAnswer {
        let client = counted(client);
        self.by_client.retain(|_, budget| budget.full_at > now);
        let own = self.by_client.get(&client);
        let wait = own.map_or(Duration::ZERO, |budget| budget.wait(now));
        // Neighbours who use up the tries of all keep nobody out who is at the machine itself.
        let wait = match client.is_loopback() {
            true => wait,
            false => wait.max(self.all.wait(now)),
        };
        if !wait.is_zero() {
            return CodeAnswer::Wait(wait);
        }
        if self.code.is(typed) {
            self.by_client.remove(&client);
            return CodeAnswer::Open(self.open(token, now));
        }
        if !client.is_loopback() {
            self.all.spend(now);
        }
        // More clients than that share the budget of all; the machine itself always has its own.
        if client.is_loopback()
            || self.by_client.len() < MAX_SETUP_CLIENTS
            || self.by_client.contains_key(&client)
        {
            let budget = self.by_client.entry(client);
            let budget = budget.or_insert_with(|| TryBudget::new(SETUP_TRIES_OF_CLIENT));
            budget.spend(now);
        }
        CodeAnswer::Wrong
    }

    /// Whether a cookie is that of a session, which lives on then.
    pub(super) fn admits(&mut self, cookie: &str, now: Duration) -> bool {
        self.end_idle(now);
        let known = self.sessions.iter_mut().find(|it| it.token.is(cookie));
        match known {
            Some(session) => {
                session.used_at = now;
                true
            }
            None => false,
        }
    }

    /// Whether anybody has a session.
    pub(super) fn is_used(&mut self, now: Duration) -> bool {
        self.end_idle(now);
        !self.sessions.is_empty()
    }

    fn open(&mut self, token: SessionToken, now: Duration) -> String {
        self.end_idle(now);
        if self.sessions.len() >= MAX_SETUP_SESSIONS {
            self.sessions.sort_by_key(|session| session.used_at);
            self.sessions.remove(0);
        }
        let cookie = token.cookie();
        self.sessions.push(PageSession {
            token,
            used_at: now,
        });
        cookie
    }

    fn end_idle(&mut self, now: Duration) {
        let is_live = |it: &PageSession| now.saturating_sub(it.used_at) < SETUP_IDLE;
        self.sessions.retain(is_live);
    }
}

/// A device may have any number of IPv6 addresses in its network, and the machine itself many of its own.
fn counted(client: IpAddr) -> IpAddr {
    match client {
        own if own.is_loopback() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 => v4,
    }
}

impl fmt::Debug for PageDoor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PageDoor").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Duration = Duration::from_secs(1_000);

    fn door() -> PageDoor {
        let mut next = 0;
        PageDoor::new(SetupCode::from_random(&mut |bytes: &mut [u8]| {
            next += 1;
            bytes.fill(next);
        }))
    }

    fn token(n: u8) -> SessionToken {
        SessionToken::from_random([n; 32])
    }

    fn client(n: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, n])
    }

    fn opened(door: &mut PageDoor, n: u8, now: Duration) -> String {
        let code = door.code.reveal();
        match door.judge(client(n), &code, token(n), now) {
            CodeAnswer::Open(cookie) => cookie,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_code_is_fair_and_hard_to_misread() {
        let mut bytes = (0..=255_u8).rev().cycle();
        let code = SetupCode::from_random(&mut |to: &mut [u8]| {
            to.fill_with(|| bytes.next().expect("a cycle has no end"));
        });

        let shown = code.reveal();
        assert_eq!(shown.len(), CODE_CHARS + 1);
        // 253, 254 and 255 would favour the first three characters.
        assert!(shown.starts_with("97"), "{shown}");
        for typed in [shown.clone(), shown.to_lowercase(), shown.replace('-', " ")] {
            assert!(code.is(&typed), "{typed}");
        }
        for typed in [
            "",
            "97",
            &shown[..8],
            &format!("{shown}9"),
            &"9".repeat(500),
        ] {
            assert!(!code.is(typed), "{typed}");
        }
    }

    #[test]
    fn only_the_right_code_opens_a_session() {
        let mut door = door();

        let wrong = door.judge(client(1), "AAAA-AAAA", token(1), AT);
        let cookie = opened(&mut door, 1, AT);

        assert_eq!(wrong, CodeAnswer::Wrong);
        assert!(door.admits(&cookie, AT));
        assert!(!door.admits("", AT) && !door.admits(&cookie[1..], AT));
        assert!(!door.admits(&token(2).cookie(), AT));
    }

    #[test]
    fn after_five_wrong_codes_even_the_right_one_waits() {
        let mut door = door();
        let code = door.code.reveal();
        for _ in 0..5 {
            let answer = door.judge(client(1), "no", token(1), AT);
            assert_eq!(answer, CodeAnswer::Wrong);
        }

        let wait = SETUP_TRIES_OF_CLIENT.1;
        let at_once = door.judge(client(1), &code, token(1), AT);
        assert_eq!(at_once, CodeAnswer::Wait(wait));
        // Somebody else may still try.
        opened(&mut door, 2, AT);
        opened(&mut door, 1, AT + wait);
    }

    #[test]
    fn asvs_6_3_1_neighbours_lock_nobody_out_at_the_machine() {
        let mut door = door();
        let code = door.code.reveal();
        let own = |n: u8| IpAddr::from([127, 0, 0, n]);
        // More clients than are counted apart, and all tries of all.
        for n in 0..=u8::MAX {
            door.judge(client(n), "no", token(1), AT);
        }
        let neighbour = IpAddr::from([10, 0, 0, 1]);
        let waits = door.judge(neighbour, &code, token(1), AT);
        assert!(matches!(waits, CodeAnswer::Wait(_)), "{waits:?}");

        let opened = door.judge(own(1), &code, token(2), AT);
        let of_v6 = door.judge(IpAddr::from(Ipv6Addr::LOCALHOST), &code, token(3), AT);

        assert!(matches!(opened, CodeAnswer::Open(_)), "{opened:?}");
        assert!(matches!(of_v6, CodeAnswer::Open(_)), "{of_v6:?}");
        // Another person of the machine guesses no faster, whatever address of it they use.
        for n in 0..5 {
            assert_eq!(door.judge(own(n), "no", token(4), AT), CodeAnswer::Wrong);
        }
        let wait = CodeAnswer::Wait(SETUP_TRIES_OF_CLIENT.1);
        assert_eq!(door.judge(own(9), &code, token(5), AT), wait);
    }

    #[test]
    fn many_clients_together_have_one_budget() {
        let mut door = door();
        for n in 0..SETUP_TRIES_OF_ALL.0 {
            let n = u8::try_from(n).expect("few");
            assert_eq!(door.judge(client(n), "no", token(1), AT), CodeAnswer::Wrong);
        }

        let next = door.judge(client(200), "no", token(1), AT);
        assert_eq!(next, CodeAnswer::Wait(SETUP_TRIES_OF_ALL.1));
        // Of each day's tries it is one in three seconds.
        let mut n_tried = 0;
        for second in 0..300 {
            let now = AT + Duration::from_secs(second);
            let stranger = IpAddr::from([10, 0, (second / 250) as u8, (second % 250) as u8]);
            if door.judge(stranger, "no", token(1), now) == CodeAnswer::Wrong {
                n_tried += 1;
            }
        }
        assert!((98..=100).contains(&n_tried), "{n_tried}");
        assert!(door.by_client.len() <= MAX_SETUP_CLIENTS);
    }

    #[test]
    fn addresses_of_one_network_share_tries() {
        let mut door = door();
        for n in 0..5_u16 {
            let address = Ipv6Addr::new(0x2001, 0xdb8, 0, 1, 0, 0, 0, n);
            door.judge(address.into(), "no", token(1), AT);
        }

        let sixth = Ipv6Addr::new(0x2001, 0xdb8, 0, 1, 9, 9, 9, 9);
        let answer = door.judge(sixth.into(), "no", token(1), AT);
        assert!(matches!(answer, CodeAnswer::Wait(_)), "{answer:?}");
    }

    #[test]
    fn asvs_7_3_1_an_idle_session_of_the_setup_page_ends() {
        let mut door = door();
        let cookie = opened(&mut door, 1, AT);

        let almost = AT + SETUP_IDLE - Duration::from_secs(1);
        assert!(door.admits(&cookie, almost));
        let later = almost + SETUP_IDLE - Duration::from_secs(1);
        assert!(door.is_used(later) && door.admits(&cookie, later));
        assert!(!door.is_used(later + SETUP_IDLE));
        assert!(!door.admits(&cookie, later + SETUP_IDLE));
    }

    #[test]
    fn a_ninth_session_ends_the_longest_idle_one() {
        let mut door = door();
        let cookies: Vec<String> = (1..=9)
            .map(|n| opened(&mut door, n, AT + Duration::from_secs(n.into())))
            .collect();

        assert_eq!(door.sessions.len(), MAX_SETUP_SESSIONS);
        let now = AT + Duration::from_secs(20);
        assert!(!door.admits(&cookies[0], now) && door.admits(&cookies[8], now));
    }

    #[test]
    fn asvs_16_2_5_the_setup_code_is_never_printed_by_accident() {
        let door = door();

        let shown = format!("{door:?}");

        assert!(!shown.contains(&*door.code.0), "{shown}");
    }
}
