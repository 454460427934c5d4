//! `peerview dkim-key`: creates the key that signs mails, and prints the DNS record to publish.

use anyhow::{Context, ensure};
use cloud::mail::dkim::{DkimKey, DkimKeyKind};

use crate::cli;
use crate::terminal::say;

/// Maximum length of a string in DNS (RFC 1035 §3.3).
const MOST_IN_ONE_PART: usize = 255;

/// Creates the key if it does not exist, and prints its DNS record.
pub(crate) fn run(arguments: &cli::DkimKeyFlags) -> anyhow::Result<()> {
    ensure!(
        !arguments.domain.is_empty() && !arguments.domain.contains('@'),
        "--domain is the part after the @ of `from` in [cloud.mail]"
    );
    let file = &arguments.file;
    // Another key would make the record in DNS wrong and every signature with it.
    if file.exists() {
        say(format!(
            "{} already exists and was not changed.",
            file.display()
        ));
    } else {
        let kind = if arguments.ed25519 {
            DkimKeyKind::Ed25519
        } else {
            DkimKeyKind::Rsa
        };
        let pem = DkimKey::generate(kind)?.to_pem()?;
        // A key that has appeared meanwhile is not overwritten either.
        cloud::private::write_new(file, pem.as_bytes())
            .with_context(|| format!("writing {}", file.display()))?;
        say(format!("The key is in {}.", file.display()));
    }
    let key = DkimKey::read(file).with_context(|| format!("reading {}", file.display()))?;
    say("Publish this record in DNS, then set dkim_key_file and dkim_selector in [cloud.mail]:");
    let name = format!("{}._domainkey.{}.", arguments.selector, arguments.domain);
    say(format!("{name} IN TXT {}", parts(&key.dns_text()?)));
    Ok(())
}

/// A text in the form of zone files: in quotes, and split if it is too long for one string.
fn parts(text: &str) -> String {
    let cut: Vec<String> = (0..text.len())
        .step_by(MOST_IN_ONE_PART)
        .map(|at| format!("\"{}\"", &text[at..text.len().min(at + MOST_IN_ONE_PART)]))
        .collect();
    cut.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_split_for_dns() {
        assert_eq!(parts("short"), "\"short\"");

        let long = "x".repeat(300);
        let written = parts(&long);

        assert_eq!(
            written,
            format!("\"{}\" \"{}\"", "x".repeat(255), "x".repeat(45))
        );
    }
}
