//! No page has a text of its own: what people read or hear stands in `app/src/words`, one folder for a language.

use std::ops::Range;

use super::{check, files};

/// What looks like a text and is none.
const NO_TEXTS: [(&str, &str); 10] = [
    ("Enter", "the browser's name of a key"),
    ("Escape", "the browser's name of a key"),
    ("Home", "the browser's name of a key"),
    ("End", "the browser's name of a key"),
    ("ArrowLeft", "the browser's name of a key"),
    ("ArrowRight", "the browser's name of a key"),
    ("ArrowUp", "the browser's name of a key"),
    ("ArrowDown", "the browser's name of a key"),
    ("create table ", "SQL"),
    ("drop table {name};", "SQL"),
];
/// Attributes, and fields of our own components, that people read or hear.
const HEARD: [&str; 11] = [
    "aria-label",
    "aria-description",
    "aria-roledescription",
    "alt",
    "title",
    "placeholder",
    "label",
    "help",
    "waiting",
    "sentence",
    "unit",
];
/// Attributes with several words in them that nobody reads.
const UNSEEN: [&str; 3] = ["class", "content", "http-equiv"];
/// Who reads these is a programmer.
const FOR_US: [&str; 5] = ["expect(", "panic!(", "unreachable!(", "assert!(", "log!("];

/// Where a literal stands.
enum Place<'a> {
    /// A node of a view's text.
    Node,
    /// The value of this attribute of an element, or field of a component.
    Value(&'a str),
    /// Anywhere else in the code.
    Code,
}

/// The byte after `end`, looked for from a byte on.
fn after(code: &str, from: usize, end: &str) -> usize {
    code[from..].find(end).map_or(code.len(), |found| from + found + end.len())
}

/// The string literals of a source without their quotes; those in comments are none.
fn literals(code: &str) -> Vec<Range<usize>> {
    let bytes = code.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let rest = &bytes[at..];
        at = match byte {
            b'/' if rest.starts_with(b"//") => after(code, at, "\n"),
            b'/' if rest.starts_with(b"/*") => after(code, at, "*/"),
            b'\'' if rest.get(1) == Some(&b'\\') => after(code, at + 3, "'"),
            b'\'' if rest.get(2) == Some(&b'\'') => at + 3,
            b'r' if rest.starts_with(b"r#\"") => {
                let end = after(code, at + 3, "\"#");
                found.push(at + 3..end - 2);
                end
            }
            b'"' => {
                let mut end = at + 1;
                while bytes.get(end).is_some_and(|byte| *byte != b'"') {
                    end += if bytes[end] == b'\\' { 2 } else { 1 };
                }
                found.push(at + 1..end);
                end + 1
            }
            _ => at + 1,
        };
    }
    found
}

/// Where the literal stands that follows `before`, with `next` after it.
fn place<'a>(before: &'a str, next: &str) -> Place<'a> {
    if let Some(before) = before.strip_suffix("format!(").unwrap_or(before).strip_suffix('=') {
        let name = before.rfind(|letter: char| !letter.is_ascii_alphabetic() && letter != '-');
        let name = name.map_or(before, |end| &before[end + 1..]);
        return if name.is_empty() { Place::Code } else { Place::Value(name) };
    }
    let before = before.trim_end();
    let is_after_node =
        before.ends_with(['>', '}', '"']) && !before.ends_with("=>") && !before.ends_with("->");
    let is_node =
        (is_after_node || before.ends_with("view! {")) && next.trim_start().starts_with(['<', '{', '}', '"']);
    if is_node { Place::Node } else { Place::Code }
}

/// Whether a literal holds a letter; those of its escapes are none.
fn has_letters(literal: &str) -> bool {
    let mut parts = literal.split('\\');
    let is_lettered = |text: &str| text.contains(char::is_alphabetic);
    let after_escape = |part: &str| {
        let sign = part.strip_prefix("u{").and_then(|sign| sign.split_once('}'));
        is_lettered(sign.map_or_else(|| part.get(1..).unwrap_or_default(), |(_, rest)| rest))
    };
    parts.next().is_some_and(is_lettered) || parts.any(after_escape)
}

/// Whether people would read this as a text, wherever it stands: it begins with a capital that a small letter follows,
/// or holds a word of letters and beside it, after a space, another word or a figure to be filled in.
fn reads_as_text(literal: &str) -> bool {
    let mut first = literal.chars();
    let is_titled =
        first.next().is_some_and(char::is_uppercase) && first.next().is_some_and(char::is_lowercase);
    let bare = |part: &str| part.trim_matches(['.', ',', ':', ';', '!', '?', '(', ')', '\'']).to_owned();
    let parts: Vec<String> = literal.split_whitespace().map(bare).collect();
    let is_word = |part: &&String| {
        !part.is_empty() && part.chars().all(|letter| letter.is_alphabetic() || letter == '\'')
    };
    let words = parts.iter().filter(is_word).count();
    let figures = parts.iter().filter(|part| part.starts_with('{') && part.ends_with('}')).count();
    is_titled || words > 0 && words + figures > 1
}

/// The texts of a source, each with its line.
///
/// A node of a view and an attribute that is heard are texts as soon as they hold a letter, any other literal if it
/// [`reads_as_text`]. A single small word in the code, such as `"idle"`, may as well be a key, so it is not found.
fn texts(source: &str) -> Vec<(usize, &str)> {
    let code = ["#[cfg(test)]", "#[cfg(all(test"]
        .iter()
        .fold(source, |code, mark| code.split(mark).next().unwrap_or_default());
    let is_text = |range: &Range<usize>| {
        let (literal, before) = (&code[range.clone()], &code[..range.start]);
        let before = before.strip_suffix("r#\"").or_else(|| before.strip_suffix('"')).unwrap_or(before);
        match place(before, code.get(range.end + 1..).unwrap_or_default()) {
            Place::Node => has_letters(literal),
            Place::Value(name) if HEARD.contains(&name) => has_letters(literal),
            Place::Value(name) if UNSEEN.contains(&name) => false,
            _ => reads_as_text(literal) && !FOR_US.iter().any(|call| before.trim_end().ends_with(call)),
        }
    };
    let found = literals(code).into_iter().filter(is_text);
    found.map(|range| (code[..range.start].matches('\n').count() + 1, &code[range])).collect()
}

#[test]
fn no_page_holds_a_text_of_its_own() {
    let mut broken = Vec::new();
    let mut met = Vec::new();
    for (path, source) in files("app/src", ".rs") {
        if path == "app/src/words.rs" || path.starts_with("app/src/words/") || path.ends_with("tests.rs") {
            continue;
        }
        for (line, text) in texts(&source) {
            match NO_TEXTS.iter().find(|(known, _)| *known == text) {
                Some((known, _)) => met.push(*known),
                None => broken.push(format!("{path}:{line} says \"{text}\": its place is in app/src/words")),
            }
        }
    }
    let gone = NO_TEXTS.iter().filter(|(known, _)| !met.contains(known));
    broken.extend(gone.map(|(known, _)| format!("\"{known}\" is excepted, and stands nowhere any more")));
    check(broken);
}

#[test]
fn texts_are_told_from_keys() {
    let page = r#"
        // "A comment is no text."
        let (key, quote, life) = ("engine.store", '"', Signal::<&'static str>::stored("idle"));
        let kind = match key { "a" => { "b" } "pace" if x => "verdict-head is-good", _ => "node in-circle" };
        let told = format!("{count} of {all}");
        let label = if is_busy { "Running" } else { "run it" };
        let path = format!("/labs/{lab}{query}").to_owned() + "M4 13l5 5L20 6";
        view! {
            <p class="quiet words" data-testid="story" aria-label="waits" title=format!("{word}: {card}, once")>
                "entry "{seq}", and so on"<b>{key}": "</b>"\u{2212}" "waits"
            </p>
        }
        document.expect("It is there.")
        #[cfg(test)]
        mod tests { const SAID: &str = "No text of the page."; }
    "#;
    let found: Vec<&str> = texts(page).into_iter().map(|(_, text)| text).collect();
    let wanted = [
        "{count} of {all}",
        "Running",
        "run it",
        "waits",
        "{word}: {card}, once",
        "entry ",
        ", and so on",
        "waits",
    ];
    assert_eq!(found, wanted);
    assert_eq!(texts("\n\n\"Not here.\""), [(3, "Not here.")]);
}
