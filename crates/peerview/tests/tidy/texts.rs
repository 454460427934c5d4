//! Every text is said through a message of Project Fluent, in every language, and nothing on a
//! page is written out: see STYLE.md, "Texts".

use std::collections::{BTreeMap, BTreeSet};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};

use crate::tree::{File, expect_none, files, files_ending};

const LOCALES: &str = "crates/cloud/locales/";
/// Every other language is held against this one.
const MODEL: &str = "en";
/// Messages that scripts may say.
const SCRIPT_FILE: &str = "script.ftl";

/// How each language calls a recorder: the phone in one's hand is never called that.
const DEVICES: [(&str, &str); 6] = [
    ("de", "gerät"),
    ("en", "device"),
    ("es", "dispositivo"),
    ("fr", "appareil"),
    ("pt", "dispositivo"),
    ("zh-Hans", "设备"),
];
/// Beginnings of the keys of messages about the phone, beside all of configuration.ftl.
const ABOUT_THE_PHONE: &str =
    "arrangement-waits capture- kept- login-ended offline-words recording-";

/// What a language says, by key.
type Messages = BTreeMap<String, Message>;

struct Message {
    file: String,
    arguments: BTreeSet<String>,
    tags: Vec<String>,
    words: String,
}

fn languages() -> BTreeMap<String, Messages> {
    let mut languages: BTreeMap<String, Messages> = BTreeMap::new();
    for file in files_ending(".ftl") {
        let rest = file.path.strip_prefix(LOCALES);
        let (language, name) = rest
            .and_then(|rest| rest.split_once('/'))
            .unwrap_or_else(|| panic!("{} does not lie in a folder of {LOCALES}", file.path));
        let messages = languages.entry(language.to_owned()).or_default();
        for (key, message) in read(name, &file) {
            let twice = messages.insert(key.clone(), message);
            assert!(twice.is_none(), "{language} says {key} twice");
        }
    }
    assert!(languages.len() > 1, "only {} languages", languages.len());
    languages
}

fn read(name: &str, file: &File) -> Vec<(String, Message)> {
    let resource = fluent_syntax::parser::parse(file.text.as_str())
        .unwrap_or_else(|(_, errors)| panic!("{}: {errors:?}", file.path));
    let mut messages = Vec::new();
    for entry in resource.body {
        let Entry::Message(message) = entry else {
            continue;
        };
        let key = message.id.name.to_owned();
        let pattern = message
            .value
            .unwrap_or_else(|| panic!("{}: {key} says nothing", file.path));
        let mut found = Message {
            file: name.to_owned(),
            arguments: BTreeSet::new(),
            tags: Vec::new(),
            words: String::new(),
        };
        collect(&pattern, &mut found);
        found.tags = tags(&found.words);
        messages.push((key, found));
    }
    messages
}

fn collect(pattern: &Pattern<&str>, message: &mut Message) {
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => message.words.push_str(value),
            PatternElement::Placeable { expression } => match expression {
                Expression::Inline(inline) => argument(inline, message),
                Expression::Select { selector, variants } => {
                    argument(selector, message);
                    for variant in variants {
                        collect(&variant.value, message);
                    }
                }
            },
        }
    }
}

fn argument(inline: &InlineExpression<&str>, message: &mut Message) {
    if let InlineExpression::VariableReference { id } = inline {
        message.arguments.insert(id.name.to_owned());
    }
}

/// The tags in a text, addresses and all, in an order that does not depend on the sentence.
fn tags(words: &str) -> Vec<String> {
    let mut tags: Vec<String> = words
        .split('<')
        .skip(1)
        .filter_map(|rest| rest.split('>').next())
        .map(str::to_owned)
        .collect();
    tags.sort();
    tags
}

#[test]
fn every_language_has_every_message_with_equal_arguments() {
    let languages = languages();
    let model = &languages[MODEL];
    let mut complaints = Vec::new();
    for (language, messages) in &languages {
        for (key, expected) in model {
            let Some(message) = messages.get(key) else {
                complaints.push(format!("{language} has no {key} ({})", expected.file));
                continue;
            };
            if message.arguments != expected.arguments {
                complaints.push(format!(
                    "{language}: {key} takes {:?}, not {:?}",
                    message.arguments, expected.arguments
                ));
            }
            if message.tags != expected.tags {
                complaints.push(format!("{language}: {key} has the tags {:?}", message.tags));
            }
            if message.file != expected.file {
                complaints.push(format!("{language}: {key} lies in {}", message.file));
            }
            if message.words.trim().is_empty() && !expected.words.trim().is_empty() {
                complaints.push(format!("{language}: {key} is empty"));
            }
        }
        for key in messages.keys().filter(|key| !model.contains_key(*key)) {
            complaints.push(format!("{language}: {key} is not in {MODEL}"));
        }
    }

    expect_none("Every text in every language:", &complaints);
}

#[test]
fn the_phone_is_never_called_a_device() {
    let languages = languages();
    let mut complaints = Vec::new();
    for (language, word) in DEVICES {
        for (key, message) in &languages[language] {
            let is_about_it = message.file == "configuration.ftl"
                || ABOUT_THE_PHONE
                    .split(' ')
                    .any(|begin| key.starts_with(begin));
            if is_about_it && message.words.to_lowercase().contains(word) {
                complaints.push(format!("{language}: {key} says `{word}`"));
            }
        }
    }

    assert_eq!(languages.len(), DEVICES.len());
    expect_none("One word for the phone:", &complaints);
}

#[test]
fn every_used_message_exists_and_gets_its_arguments() {
    let model = &languages()[MODEL];
    let mut complaints = Vec::new();
    let mut n_said = 0;
    for said in said_by_the_cloud().into_iter().chain(said_by_scripts()) {
        n_said += 1;
        let Said {
            path,
            key,
            arguments,
            is_html,
            ..
        } = said;
        let Some(message) = model.get(&key) else {
            complaints.push(format!("{path}: there is no text {key}"));
            continue;
        };
        if arguments
            .as_ref()
            .is_some_and(|given| *given != message.arguments)
        {
            complaints.push(format!("{path}: {key} takes {:?}", message.arguments));
        }
        if is_html == Some(message.tags.is_empty()) {
            complaints.push(format!(
                "{path}: {key}: `say_html!` is for texts with tags, `say!` for others"
            ));
        }
        if said.is_script && message.file != SCRIPT_FILE {
            complaints.push(format!("{path}: {key} has to be in {SCRIPT_FILE}"));
        }
    }

    assert!(
        n_said > 100,
        "only {n_said} texts are said: are they found at all?"
    );
    expect_none(
        "Say texts that there are, as they want to be said:",
        &complaints,
    );
}

#[test]
fn no_message_is_unused() {
    let said = said_by_the_cloud().into_iter().chain(said_by_scripts());
    let said: BTreeSet<String> = said.map(|said| said.key).collect();
    let model = &languages()[MODEL];
    let complaints: Vec<String> = model
        .iter()
        .filter(|(key, _)| !said.contains(*key))
        .map(|(key, message)| format!("{}: {key}", message.file))
        .collect();

    expect_none(
        "Nobody says these; remove them in every language:",
        &complaints,
    );
}

/// One place where a text is said.
struct Said {
    path: String,
    key: String,
    /// Names of the arguments, where they are given on the spot.
    arguments: Option<BTreeSet<String>>,
    is_html: Option<bool>,
    is_script: bool,
}

/// `say!("key", a = …)`, `say_html!(…)` and `key!("key")` in Rust and in templates.
fn said_by_the_cloud() -> Vec<Said> {
    let mut said = Vec::new();
    for file in files().iter().filter(|file| is_of_the_cloud(&file.path)) {
        let text = file.without_tests();
        for (opening, is_html) in [
            ("say!(", Some(false)),
            ("say_html!(", Some(true)),
            ("key!(", None),
        ] {
            for (at, _) in text.match_indices(opening) {
                let inside = inside_parentheses(&text[at + opening.len()..]);
                let is_commented = text[..at]
                    .lines()
                    .next_back()
                    .unwrap_or_default()
                    .contains("//");
                let (false, Some(key)) = (is_commented, first_literal(inside)) else {
                    continue;
                };
                said.push(Said {
                    path: file.path.clone(),
                    arguments: is_html.map(|_| argument_names(inside)),
                    key,
                    is_html,
                    is_script: false,
                });
            }
        }
    }
    said
}

/// `say("key", …)` in scripts, and what their tables of keys name.
fn said_by_scripts() -> Vec<Said> {
    let scripts = files_ending(".js");
    let scripts = scripts
        .iter()
        .filter(|file| file.path.contains("/static/") && !file.path.ends_with(".test.js"));
    let mut said = Vec::new();
    for file in scripts {
        let code: String = file.text.lines().filter(|line| !is_comment(line)).collect();
        let calls = code
            .match_indices("say(")
            .map(|(at, opening)| inside_parentheses(&code[at + opening.len()..]));
        let mut keys: Vec<String> = calls.flat_map(literals_before_arguments).collect();
        keys.extend(
            literals(&code)
                .into_iter()
                .filter(|text| KEY_BEGINNINGS.iter().any(|begin| text.starts_with(begin)))
                .filter(|text| !text.ends_with('-')),
        );
        for key in keys {
            said.push(Said {
                path: file.path.clone(),
                key,
                arguments: None,
                is_html: None,
                is_script: true,
            });
        }
    }
    said.retain(|said| !EVENTS.contains(&said.key.as_str()));
    said
}

/// What the keys in tables of scripts begin with.
const KEY_BEGINNINGS: [&str; 12] = [
    "quality-",
    "tile-",
    "reason-",
    "talk-",
    "viewable-",
    "panel-",
    "ptz-",
    "image-",
    "output-is-",
    "outputs-",
    "day-night-",
    "recording-",
];

/// Names of events and elements that begin like keys.
const EVENTS: [&str; 4] = [
    "tile-select",
    "tile-enlarge",
    "tile-again",
    "viewable-offer",
];

/// The set-up page of the agent says its texts in the same way.
fn is_of_the_cloud(path: &str) -> bool {
    let pages = ["crates/cloud/src/", "crates/agent/src/setup/"];
    pages.iter().any(|pages| path.starts_with(pages)) && path.ends_with(".rs") || is_template(path)
}

fn is_template(path: &str) -> bool {
    let folders = ["crates/cloud/templates/", "crates/agent/templates/"];
    folders.iter().any(|folder| path.starts_with(folder))
}

fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("//") || line.starts_with("/*") || line.starts_with('*')
}

/// Up to the parenthesis that closes the one before `text`.
fn inside_parentheses(text: &str) -> &str {
    let mut depth = 1;
    let mut is_quoted = false;
    for (at, c) in text.char_indices() {
        match c {
            '"' => is_quoted = !is_quoted,
            '(' | '{' | '[' if !is_quoted => depth += 1,
            ')' | '}' | ']' if !is_quoted => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &text[..at];
        }
    }
    text
}

fn first_literal(inside: &str) -> Option<String> {
    let rest = inside.trim_start().strip_prefix('"')?;
    Some(rest.split('"').next()?.to_owned())
}

/// The literals of a call that are the text's key: all before the object of arguments.
fn literals_before_arguments(inside: &str) -> Vec<String> {
    literals(inside.split('{').next().unwrap_or_default())
        .into_iter()
        .filter(|text| text.chars().all(|c| c.is_ascii_lowercase() || c == '-'))
        .collect()
}

fn literals(code: &str) -> Vec<String> {
    code.split('"')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

/// The names before `=` at the top level of a macro's arguments.
fn argument_names(inside: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut depth = 0;
    let mut is_quoted = false;
    let mut word = String::new();
    let mut before = ' ';
    for c in inside.chars() {
        match c {
            '"' => is_quoted = !is_quoted,
            '(' | '[' | '{' if !is_quoted => depth += 1,
            ')' | ']' | '}' if !is_quoted => depth -= 1,
            ',' if !is_quoted && depth == 0 => word.clear(),
            '=' if !is_quoted && depth == 0 && !"=<>!".contains(before) => {
                let name = word.trim();
                if !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
                    names.insert(name.to_owned());
                }
            }
            _ => {}
        }
        if c != ',' {
            word.push(c);
        }
        before = c;
    }
    names
}

/// Names and examples that are the same in every language.
const SAME_EVERYWHERE: [&str; 4] = ["Peerview", "Lucide, ISC", "PV-0000-0000-00000", "UTC"];

#[test]
fn no_template_contains_hard_coded_text() {
    let mut complaints = Vec::new();
    for file in files().iter().filter(|file| is_template(&file.path)) {
        let is_html = file.path.ends_with(".html");
        let shown = without_template_code(&file.text);
        let texts = if is_html {
            texts_of_html(&shown)
        } else {
            without_addresses(&shown)
        };
        for text in texts {
            let rest = SAME_EVERYWHERE
                .iter()
                .fold(text.clone(), |rest, name| rest.replace(name, ""));
            if rest.chars().any(char::is_alphabetic) {
                complaints.push(format!("{}: {}", file.path, text.trim()));
            }
        }
    }

    expect_none("Say these with `{{ say!(\"key\") }}`:", &complaints);
}

/// A template without `{{ … }}`, `{% … %}` and `{# … #}`; each leaves a mark that is no letter.
fn without_template_code(text: &str) -> String {
    let text = UNSEEN_BLOCKS
        .iter()
        .fold(text.to_owned(), |text, block| without_block(&text, block));
    let mut shown = String::new();
    let mut rest = text.as_str();
    while let Some((at, close)) = ["{{", "{%", "{#"]
        .iter()
        .zip(["}}", "%}", "#}"])
        .filter_map(|(open, close)| Some((rest.find(open)?, close)))
        .min()
    {
        shown.push_str(&rest[..at]);
        shown.push('\u{b7}');
        let end = rest[at..]
            .find(close)
            .expect("a template closes what it opens");
        rest = &rest[at + end + close.len()..];
    }
    shown.push_str(rest);
    shown
}

/// The words of a plain mail, but for the addresses, which begin with this cloud's own.
fn without_addresses(text: &str) -> Vec<String> {
    let words = text.split_whitespace();
    words
        .filter(|word| !word.starts_with("\u{b7}/"))
        .map(str::to_owned)
        .collect()
}

/// Blocks of the layout that hold class names and addresses.
const UNSEEN_BLOCKS: [&str; 3] = ["main_class", "body_class", "back"];

fn without_block(text: &str, block: &str) -> String {
    let opening = format!("{{% block {block} %}}");
    let Some((before, rest)) = text.split_once(&opening) else {
        return text.to_owned();
    };
    let (_, after) = rest.split_once("{% endblock %}").expect("a block ends");
    format!("{before}{after}")
}

/// What a person reads or hears: text between tags, and the attributes that are read out.
fn texts_of_html(html: &str) -> Vec<String> {
    let mut texts = Vec::new();
    for (n, piece) in html.split('<').enumerate() {
        let (tag, text) = if n == 0 {
            ("", piece)
        } else {
            piece.split_once('>').unwrap_or((piece, ""))
        };
        for attribute in [
            "aria-label",
            "alt",
            "placeholder",
            "title",
            "data-ready",
            "data-words",
            "content",
        ] {
            let opening = format!(" {attribute}=\"");
            let value = tag
                .split_once(&opening)
                .and_then(|(_, rest)| rest.split('"').next());
            // `<meta content>` is for browsers.
            if let Some(value) = value.filter(|_| !tag.starts_with("meta")) {
                texts.push(value.to_owned());
            }
        }
        // Nobody reads a sheet; mails bring theirs along.
        if !tag.starts_with("style") {
            texts.push(text.to_owned());
        }
    }
    texts
}

#[test]
fn no_page_or_script_contains_a_hard_coded_sentence() {
    let mut complaints = Vec::new();
    for file in files().iter().filter(|file| speaks_to_people(&file.path)) {
        for (number, line) in file.without_tests().lines().enumerate() {
            let is_for_developers =
                is_comment(line) || FOR_DEVELOPERS.iter().any(|call| line.contains(call));
            if is_for_developers {
                continue;
            }
            for text in literals(line).iter().filter(|text| is_sentence(text)) {
                complaints.push(format!("{}:{}: {text}", file.path, number + 1));
            }
        }
    }

    expect_none(
        "Say these with `say!(\"key\")`, in scripts with `say(\"key\")`:",
        &complaints,
    );
}

/// Calls whose words reach a log or a developer, never a page.
const FOR_DEVELOPERS: [&str; 6] = [
    "tracing::",
    ".expect(",
    "#[error",
    "#[expect",
    "throw new",
    "reason =",
];

fn speaks_to_people(path: &str) -> bool {
    let rust = ["web", "accounts", "mail/letter", "claims"]
        .iter()
        .any(|part| path.starts_with(&format!("crates/cloud/src/{part}")))
        || path.starts_with("crates/agent/src/setup/");
    let script = path.contains("/static/js/") && !path.ends_with(".test.js");
    rust && path.ends_with(".rs") || script && path.ends_with(".js")
}

/// Begins like a sentence, and is more than one word or ends like one.
fn is_sentence(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let first = words.next().unwrap_or_default();
    let begins = first.starts_with(|c: char| c.is_uppercase())
        && first
            .chars()
            .skip(1)
            .all(|c| c.is_lowercase() || "’'-,:…".contains(c));
    let goes_on = words
        .next()
        .is_some_and(|word| word.starts_with(|c: char| c.is_lowercase()));
    let is_label = text.split_whitespace().count() == 1
        && text.chars().count() > 2
        && text.chars().all(char::is_alphabetic)
        && !NOT_WORDS.contains(&text);
    begins && (goes_on || is_label || text.ends_with(['.', '…', '!', '?']))
}

/// Names that programs know: keys of a keyboard, types, headers.
const NOT_WORDS: [&str; 5] = ["Enter", "Escape", "Secure", "Tab", "Accept"];

#[test]
fn the_text_checks_find_what_they_look_for() {
    assert!(is_sentence("Open the page again."));
    assert!(is_sentence("Connecting…"));
    assert!(!is_sentence("UPDATE accounts SET language"));
    assert_eq!(
        texts_of_html("<p title=\"Hi\">there</p>"),
        ["", "Hi", "there", ""]
    );
    assert_eq!(without_template_code("a {{ \"b\" }} c"), "a \u{b7} c");
    let names = argument_names("\"key\", n = x.len(), when = at(a == b)");
    assert_eq!(names, BTreeSet::from(["n".to_owned(), "when".to_owned()]));
}
