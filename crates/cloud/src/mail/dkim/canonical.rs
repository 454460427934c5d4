//! The relaxed forms of header and body (RFC 6376 §3.4.2, §3.4.4), and the signed bytes (§3.7).

/// Header lines and body, separated by an empty line.
pub fn split(message: &[u8]) -> (&[u8], &[u8]) {
    let border = message.windows(4).position(|four| four == b"\r\n\r\n");
    match border {
        Some(at) => (&message[..at + 2], &message[at + 4..]),
        None => (message, &[]),
    }
}

/// The header fields in relaxed form: lower-case name, unfolded value without redundant space.
pub fn fields(headers: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(headers);
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in text.split("\r\n").filter(|line| !line.is_empty()) {
        let is_folded = line.starts_with([' ', '\t']);
        match (fields.last_mut(), line.split_once(':')) {
            (Some((_, value)), _) if is_folded => value.push_str(line),
            (_, Some((name, value))) => {
                fields.push((
                    name.trim_end_matches([' ', '\t']).to_ascii_lowercase(),
                    value.to_owned(),
                ));
            }
            _ => {}
        }
    }
    for (_, value) in &mut fields {
        *value = single_spaced(value).trim_matches(' ').to_owned();
    }
    fields
}

/// Runs of spaces and tabs become one space.
fn single_spaced(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len());
    for character in text.chars() {
        if !matches!(character, ' ' | '\t') {
            spaced.push(character);
        } else if !spaced.ends_with(' ') {
            spaced.push(' ');
        }
    }
    spaced
}

/// A body in relaxed form: no space at line ends, one space for each run of them, no empty lines at the end.
pub fn body(body: &[u8]) -> Vec<u8> {
    let mut relaxed = Vec::with_capacity(body.len());
    let mut n_empty = 0;
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        let content = line.strip_suffix(b"\n");
        let line = content.map_or(line, |line| line.strip_suffix(b"\r").unwrap_or(line));
        let line = relaxed_line(line);
        if line.is_empty() {
            n_empty += 1;
            // Empty lines count only if another line follows them (RFC 6376 §3.4.4).
            continue;
        }
        for _ in 0..std::mem::take(&mut n_empty) {
            relaxed.extend_from_slice(b"\r\n");
        }
        relaxed.extend_from_slice(&line);
        relaxed.extend_from_slice(b"\r\n");
    }
    relaxed
}

fn relaxed_line(line: &[u8]) -> Vec<u8> {
    let mut relaxed = Vec::with_capacity(line.len());
    for byte in line {
        if !matches!(byte, b' ' | b'\t') {
            relaxed.push(*byte);
        } else if relaxed.last() != Some(&b' ') {
            relaxed.push(b' ');
        }
    }
    if relaxed.last() == Some(&b' ') {
        relaxed.pop();
    }
    relaxed
}

/// The signed bytes: the named fields, of equal ones the last first, and then the signature's own
/// field with an empty `b=`.
pub(super) fn signed(fields: &[(String, String)], names: &[&str], unsigned: &str) -> Vec<u8> {
    let mut input = String::new();
    let mut left: Vec<&(String, String)> = fields.iter().collect();
    for name in names {
        if let Some(at) = left.iter().rposition(|(found, _)| found == name) {
            let (name, value) = left.remove(at);
            input.push_str(&format!("{name}:{value}\r\n"));
        }
    }
    for (name, value) in self::fields(unsigned.as_bytes()) {
        // The signature's own field ends without a line break (RFC 6376 §3.7).
        input.push_str(&format!("{name}:{value}"));
    }
    input.into_bytes()
}

#[cfg(test)]
mod tests {
    use data_encoding::BASE64;
    use sha2::{Digest, Sha256};

    use super::super::key::DkimKey;
    use super::*;

    #[test]
    fn the_rfc_6376_example_is_canonicalized_correctly() {
        let message = b"A: X\r\nB : Y\t\r\n\tZ  \r\n\r\n C \r\nD \t E\r\n\r\n\r\n";
        let (headers, text) = split(message);

        let expected = [("a", "X"), ("b", "Y Z")].map(|(n, v)| (n.to_owned(), v.to_owned()));
        assert_eq!(fields(headers), expected);
        assert_eq!(body(text), b" C\r\nD E\r\n");
    }

    #[test]
    fn only_spaces_and_tabs_are_removed() {
        let read = fields("a\u{b} \t: \u{c}X\u{a0} \t\r\n".as_bytes());

        let expected = ("a\u{b}".to_owned(), "\u{c}X\u{a0}".to_owned());
        assert_eq!(read, [expected]);
    }

    #[test]
    fn an_empty_body_is_canonicalized_to_nothing() {
        for empty in ["", "\r\n", "\r\n\r\n\r\n", " \t\r\n \r\n"] {
            assert_eq!(body(empty.as_bytes()), b"", "{empty:?}");
        }
        assert_eq!(body(b"a"), b"a\r\n");
        assert_eq!(body(b"a\r\n\r\nb\r\n"), b"a\r\n\r\nb\r\n");
    }

    #[test]
    fn a_lone_trailing_carriage_return_is_not_a_line_end() {
        assert_eq!(body(b"a\r"), b"a\r\r\n");
        assert_eq!(body(b"a\r\r\n"), b"a\r\r\n");
    }

    /// RFC 8463 appendix A: key, mail and signature are given.
    #[test]
    fn the_rfc_8463_example_gives_the_expected_signature() {
        let message = "From: Joe SixPack <joe@football.example.com>\r\n\
            To: Suzie Q <suzie@shopping.example.net>\r\nSubject: Is dinner ready?\r\n\
            Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n\
            Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n\r\n\
            Hi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n";
        let unsigned = "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n \
            d=football.example.com; i=@football.example.com;\r\n \
            q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n \
            subject : date : message-id : from : subject : date;\r\n \
            bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n b=";
        let names = [
            "from",
            "to",
            "subject",
            "date",
            "message-id",
            "from",
            "subject",
            "date",
        ];
        let (headers, text) = split(message.as_bytes());
        let seed = BASE64
            .decode(b"nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=")
            .unwrap();

        let body_hash = BASE64.encode(&Sha256::digest(body(text)));
        let input = signed(&fields(headers), &names, unsigned);
        let signature = DkimKey::from_ed25519_seed(&seed).sign(&input).unwrap();

        assert_eq!(body_hash, "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=");
        assert_eq!(
            BASE64.encode(&signature),
            "/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11BusFa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw=="
        );
    }
}
