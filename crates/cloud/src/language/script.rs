//! The texts of scripts, made from the same messages as those of pages: the module
//! `js/lib/texts.js`, which `js/lib/say.js` reads.

use fluent_syntax::ast::{
    Entry, Expression, InlineExpression, Pattern, PatternElement, VariantKey,
};
use serde_json::{Map, Value, json};

use super::{Language, texts};

/// The file whose messages scripts may say.
const FILE: &str = "script.ftl";

/// The module: `language`, and `texts` by key. A text is a string, or a list of strings,
/// `{arg}` for an argument, and `{by, of, or}` for a choice by number.
pub fn module(language: Language) -> String {
    let source = texts::file(language, FILE).unwrap_or_default();
    let resource = fluent_syntax::parser::parse(source.as_str())
        // One broken text must not take the others along; a test finds it.
        .unwrap_or_else(|(whatever_could_be_read, _)| whatever_could_be_read);
    let messages = resource.body.iter().filter_map(|entry| match entry {
        Entry::Message(message) => Some((message.id.name, message.value.as_ref()?)),
        _ => None,
    });
    let texts: Map<String, Value> = messages
        .map(|(key, pattern)| (key.to_owned(), pattern_value(pattern)))
        .collect();
    format!(
        "// The texts of scripts in one language.\nexport const language = {};\nexport const texts = {};\n",
        json!(language.code()),
        Value::Object(texts)
    )
}

fn pattern_value(pattern: &Pattern<&str>) -> Value {
    let parts: Vec<Value> = pattern.elements.iter().map(element_value).collect();
    if parts.iter().all(Value::is_string) {
        return parts
            .iter()
            .filter_map(Value::as_str)
            .collect::<String>()
            .into();
    }
    parts.into()
}

fn element_value(element: &PatternElement<&str>) -> Value {
    match element {
        PatternElement::TextElement { value } => json!(value),
        PatternElement::Placeable { expression } => expression_value(expression),
    }
}

fn expression_value(expression: &Expression<&str>) -> Value {
    match expression {
        Expression::Inline(inline) => inline_value(inline),
        Expression::Select { selector, variants } => {
            let of: Map<String, Value> = variants
                .iter()
                .map(|variant| (name(&variant.key).to_owned(), pattern_value(&variant.value)))
                .collect();
            let default = variants.iter().find(|variant| variant.default);
            json!({
                "by": argument(selector),
                "of": of,
                "or": default.map(|variant| name(&variant.key)),
            })
        }
    }
}

fn inline_value(inline: &InlineExpression<&str>) -> Value {
    match inline {
        InlineExpression::StringLiteral { value } | InlineExpression::NumberLiteral { value } => {
            json!(value)
        }
        other => json!({ "arg": argument(other) }),
    }
}

/// Name of the argument; nothing else is used in texts of scripts, and a test holds that.
fn argument<'a>(inline: &InlineExpression<&'a str>) -> &'a str {
    match inline {
        InlineExpression::VariableReference { id } => id.name,
        _ => "",
    }
}

fn name<'a>(key: &VariantKey<&'a str>) -> &'a str {
    match key {
        VariantKey::Identifier { name } => name,
        VariantKey::NumberLiteral { value } => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_get_plain_texts_arguments_and_choices() {
        let module = module(Language::German);

        for part in [
            "export const language = \"de\"",
            "\"online\":\"Online\"",
            "\"cameras\":[{\"by\":\"n\",\"of\":{\"one\":[{\"arg\":\"n\"},\" Kamera\"],\"other\":[{\"arg\":\"n\"},\" Kameras\"]},\"or\":\"other\"}]",
        ] {
            assert!(module.contains(part), "{part} is not in {module}");
        }
    }

    #[test]
    fn texts_of_scripts_use_arguments_and_numbers_only() {
        for language in Language::ALL {
            assert!(
                !module(language).contains("\"arg\":\"\""),
                "{}",
                language.code()
            );
            assert!(
                !module(language).contains("\"by\":\"\""),
                "{}",
                language.code()
            );
        }
    }
}
