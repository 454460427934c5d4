//! Who makes a request: the client and network, the browser, and the signed-in person. Plain values; `web`
//! reads them from the request.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::language::browser_name::browser_name;

/// A person with a valid session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// Identifier of the account.
    pub account_id: String,
    /// Its user name.
    pub user_name: String,
    /// Mail address of the account.
    pub email: String,
    /// Identifier of the session, not its secret.
    pub session_id: String,
    /// Whether the session was begun with Auto-login.
    pub persistent: bool,
    /// Seconds until this browser's key has to renew the session; `None` when no key does.
    pub renews_in: Option<i64>,
    /// Last time the password was given, seconds since 1970.
    pub proven_at: i64,
    /// An operator who has yet to turn on the second factor, and may do nothing else before.
    pub lacks_factor: bool,
}

/// The browser that asks, as the list of sessions shows it and as notices tell new ones from known.
#[derive(Debug, Clone)]
pub struct Browser {
    /// Its cookie; of 256 random bits where it had none.
    pub token: String,
    /// What it calls itself, cut to what a list can show.
    pub user_agent: String,
    /// Its address, masked as by [`Client::place`].
    pub place: String,
}

/// Where a request came from, as rate limits count it: an IPv4 address or the first half of an IPv6 one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Client(pub String);

impl Client {
    /// The key of an address.
    pub fn of(ip: IpAddr) -> Client {
        // ::ffff:192.0.2.1 of a dual-stack socket is 192.0.2.1: nobody counts twice.
        match ip.to_canonical() {
            IpAddr::V4(ip) => Client(ip.to_string()),
            IpAddr::V6(ip) => {
                // A home has a /64 at least, and takes any address in it.
                let [a, b, c, d, ..] = ip.segments();
                Client(format!("{a:x}:{b:x}:{c:x}:{d:x}::/64"))
            }
        }
    }

    /// The address as people are shown it: without the part that names one machine.
    pub fn place(&self) -> String {
        let v6: Vec<&str> = self.0.split(':').collect();
        match (self.0.rsplit_once('.'), v6.as_slice()) {
            (Some((network, _)), _) => format!("{network}.x"),
            (None, [a, b, c, ..]) => format!("{a}:{b}:{c}:x"),
            (None, _) => String::new(),
        }
    }

    /// The network around it: /24 of IPv4, /48 of IPv6.
    pub fn network(&self) -> String {
        match self.0.split_once("::") {
            Some((halves, _)) => {
                let three: Vec<&str> = halves.split(':').take(3).collect();
                format!("{}::/48", three.join(":"))
            }
            None => match self.0.rsplit_once('.') {
                Some((three, _)) => format!("{three}.0/24"),
                None => String::new(),
            },
        }
    }
}

/// Where something was done from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    user_agent: String,
    place: String,
}

impl From<&Browser> for Seen {
    fn from(browser: &Browser) -> Seen {
        Seen {
            user_agent: browser.user_agent.clone(),
            place: browser.place.clone(),
        }
    }
}

impl Seen {
    /// The browser in words, in the language of the reader.
    pub fn browser(&self) -> String {
        browser_name(&self.user_agent)
    }

    /// Its masked address.
    pub fn place(&self) -> &str {
        &self.place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_ipv6_network_counts_as_one_client() {
        let client = |text: &str| Client::of(text.parse().unwrap());

        assert_eq!(client("2001:db8:1:2:3::4"), client("2001:db8:1:2:ffff::1"));
        assert_ne!(client("2001:db8:1:2::1"), client("2001:db8:1:3::1"));
        assert_eq!(client("::ffff:192.0.2.1"), client("192.0.2.1"));
    }

    #[test]
    fn people_see_addresses_without_the_host_part() {
        let place = |text: &str| Client::of(text.parse().unwrap()).place();

        assert_eq!(place("192.0.2.77"), "192.0.2.x");
        assert_eq!(place("2001:db8:1:2:3::4"), "2001:db8:1:x");
    }
}
