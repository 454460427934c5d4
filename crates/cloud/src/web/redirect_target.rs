//! Where a form may redirect to: listed addresses of this app, and nothing else.

use std::fmt;

use proto::identity::Serial;

/// Pages that require a step-up and are returned to after it. A page comes after its
/// parents: the last match counts.
const PAGES: [&str; 9] = [
    "/account",
    "/account/data",
    "/account/deletion",
    "/account/email",
    "/account/notices",
    "/account/password",
    "/account/passkeys",
    "/account/second-factor",
    "/account/sessions",
];
/// The target for everything else.
const HOME: &str = "/account";

/// An address on the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedirectTarget(String);

impl RedirectTarget {
    /// The address if it is on the list, rebuilt from its parsed parts; otherwise the account page.
    pub fn parse(text: &str) -> RedirectTarget {
        let serial = text
            .strip_prefix("/devices/")
            .and_then(|rest| rest.strip_suffix("/removal"))
            .and_then(|serial| serial.parse::<Serial>().ok());
        if let Some(serial) = serial {
            return RedirectTarget(format!("/devices/{serial}/removal"));
        }
        // A path that only accepts submissions belongs to the page above it.
        let is_at_or_below = |page: &&&str| {
            let rest = text.strip_prefix(**page);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let page = PAGES.iter().rfind(is_at_or_below);
        RedirectTarget(page.map_or(HOME, |page| page).to_owned())
    }

    /// The page for somebody who cancels the step-up.
    pub fn back(&self) -> &str {
        self.0.strip_suffix("/removal").unwrap_or(HOME)
    }
}

impl fmt::Display for RedirectTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn back_leads_to_the_page_that_was_left() {
        for (text, back) in [
            ("/account/email", "/account"),
            (
                "/devices/PV-0123-4567-89ABZ/removal",
                "/devices/PV-0123-4567-89ABZ",
            ),
        ] {
            assert_eq!(RedirectTarget::parse(text).back(), back, "{text}");
        }
    }

    #[test]
    fn only_listed_pages_are_redirect_targets() {
        for (text, target) in [
            ("/account/email", "/account/email"),
            ("/account/sessions/end", "/account/sessions"),
            ("/account/sessions/abc/end", "/account/sessions"),
            ("/account/nothing", "/account"),
        ] {
            assert_eq!(RedirectTarget::parse(text).to_string(), target, "{text}");
        }
    }

    #[test]
    fn an_address_of_any_depth_is_parsed_without_recursion() {
        let deep = format!(
            "/account/email{}",
            "/".repeat(crate::limits::MAX_BODY_BYTES)
        );

        assert_eq!(RedirectTarget::parse(&deep).to_string(), "/account/email");
    }

    #[test]
    fn asvs_3_7_2_redirects_never_leave_this_site() {
        for text in [
            "",
            "/",
            "//evil.example",
            "///evil.example/account/email",
            "https://evil.example/account",
            "https:evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/account/../../evil",
            "/account/email?x=//evil.example",
            "/account/email#//evil.example",
            "/account/email\r\nLocation: https://evil.example",
            "/account%2f..%2f",
            "javascript:alert(1)",
            "data:text/html,x",
            "/@evil.example",
            "/.evil.example",
            "/devices/..%2f..%2f/removal",
            "/devices//evil.example/removal",
            "/login",
            "/ACCOUNT/EMAIL",
            " /account/email",
            "\u{2028}/account/email",
        ] {
            let target = RedirectTarget::parse(text).to_string();
            assert!(
                PAGES.contains(&target.as_str()),
                "{text:?} leads to {target}"
            );
            assert!(
                target == HOME || text.starts_with(&target),
                "{text:?} leads to {target}"
            );
        }
    }
}
