//! The DNS records of a sender's domain as receivers read them: SPF (RFC 7208), DMARC (RFC 7489),
//! and the tags of DKIM (RFC 6376). Pure: a record may contain anything.

use super::finding::Finding;
use super::limits;

/// Topic of findings about SPF.
pub const SPF: &str = "SPF";
/// Topic of findings about DMARC.
pub const DMARC: &str = "DMARC";
/// SPF terms that cause lookups (RFC 7208 §4.6.4).
const LOOKING_UP: [&str; 6] = ["include:", "a", "mx", "ptr", "exists:", "redirect="];

/// Grades the SPF record of a domain.
pub fn judge_spf(record: &str) -> Finding {
    let parts: Vec<String> = record
        .split_whitespace()
        .skip(1)
        .map(str::to_lowercase)
        .collect();
    let n_lookups = parts.iter().filter(|part| looks_up(part)).count();
    let last = parts.last().map_or("", String::as_str);
    let names_somebody = parts.iter().any(|part| bare(part) != "all");
    if n_lookups > limits::SPF_LOOKUPS {
        let found = format!("`{record}` needs more than ten look-ups, so receivers give up");
        return Finding::bad(SPF, found, "remove the servers that you do not send from");
    }
    if !names_somebody && last.starts_with('-') {
        let found = format!("`{record}` forbids all mail");
        return Finding::bad(
            SPF,
            found,
            "add the server that sends: `a:HOST` before `-all`",
        );
    }
    let is_closed = last == "-all" || last == "~all" || last.starts_with("redirect=");
    if !is_closed {
        let found = format!("`{record}` allows everybody to send");
        return Finding::warn(SPF, found, "end it with `-all` or `~all`");
    }
    Finding::ok(SPF, format!("`{record}`"))
}

/// Grades the DMARC record at `name`.
pub fn judge_dmarc(name: &str, record: &str) -> Finding {
    let policy = tag(record, "p").map(|policy| policy.to_ascii_lowercase());
    match policy.as_deref() {
        Some("none" | "quarantine" | "reject") => Finding::ok(DMARC, format!("`{record}`")),
        _ => Finding::bad(
            DMARC,
            format!("{name} has no `p=`: receivers ignore it"),
            format!("publish `{name}. IN TXT \"v=DMARC1; p=quarantine\"`"),
        ),
    }
}

/// Whether a record begins with exactly this version.
pub fn is_kind(text: &str, version: &str) -> bool {
    let rest = text
        .get(..version.len())
        .filter(|head| head.eq_ignore_ascii_case(version))
        .map(|_| &text[version.len()..]);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', ';']))
}

/// The value of one tag of a `;`-separated record, without spaces in it.
pub fn tag(record: &str, name: &str) -> Option<String> {
    let (_, value) = record
        .split(';')
        .filter_map(|part| part.split_once('='))
        .find(|(key, _)| key.trim() == name)?;
    // A long key may be folded anywhere (RFC 6376 §3.6.1).
    Some(value.split_whitespace().collect())
}

/// An SPF term without its qualifier.
fn bare(part: &str) -> &str {
    part.trim_start_matches(['+', '-', '~', '?'])
}

fn looks_up(part: &str) -> bool {
    LOOKING_UP.iter().any(|kind| {
        let rest = bare(part).strip_prefix(kind);
        // `a` and `mx` end where the word ends, or before `:` or `/`: `all` is no `a`.
        rest.is_some_and(|rest| kind.len() > 3 || rest.is_empty() || rest.starts_with([':', '/']))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Grade;

    #[test]
    fn spf_records_are_graded() {
        let many = (0..11).fold("v=spf1".to_owned(), |text, n| {
            format!("{text} include:{n}.x")
        });
        for (record, grade) in [
            ("v=spf1 mx -all", Grade::Ok),
            ("v=spf1 include:_spf.example.org ~all", Grade::Ok),
            ("v=spf1 redirect=_spf.example.org", Grade::Ok),
            ("v=spf1 mx", Grade::Warn),
            ("v=spf1 mx ?all", Grade::Warn),
            ("v=spf1 +all", Grade::Warn),
            ("v=spf1 a:mail.uninstall -all", Grade::Ok),
            ("v=spf1 -all", Grade::Bad),
            (&format!("{many} -all"), Grade::Bad),
        ] {
            assert_eq!(judge_spf(record).grade, grade, "{record}");
        }
    }

    #[test]
    fn spf_terms_that_cause_dns_lookups_are_counted() {
        for part in [
            "a",
            "a:x",
            "+mx",
            "mx/24",
            "include:x",
            "exists:%{i}.x",
            "redirect=x",
            "?ptr",
        ] {
            assert!(looks_up(part), "{part}");
        }
        for part in ["all", "-all", "ip4:192.0.2.1", "ip6:::1", "exp=x"] {
            assert!(!looks_up(part), "{part}");
        }
    }

    #[test]
    fn records_are_recognized_by_their_first_word() {
        assert!(is_kind("v=spf1 mx", "v=spf1") && is_kind("V=SPF1", "v=spf1"));
        assert!(!is_kind("v=spf10 mx", "v=spf1") && !is_kind("x v=spf1", "v=spf1"));
        assert!(!is_kind("v=spfé", "v=spf1"));
        assert!(is_kind("v=DMARC1; p=none", "v=DMARC1"));
    }

    #[test]
    fn tags_are_read_with_spaces_around_them() {
        assert_eq!(tag("v=DKIM1; k=rsa; p=AB CD", "p").as_deref(), Some("ABCD"));
        assert_eq!(tag("v=DKIM1;p =A==", "p").as_deref(), Some("A=="));
        assert_eq!(tag("v=DMARC1; sp=none", "p"), None);
    }

    #[test]
    fn an_unknown_dmarc_policy_is_reported_as_bad() {
        for record in ["v=DMARC1; p=none", "v=DMARC1; p=Reject"] {
            assert_eq!(judge_dmarc("x", record).grade, Grade::Ok, "{record}");
        }
        for record in ["v=DMARC1", "v=DMARC1; p=", "v=DMARC1; p=monitor"] {
            assert_eq!(judge_dmarc("x", record).grade, Grade::Bad, "{record}");
        }
    }
}
