//! Paragraphs of a lesson: what stands between backticks is code, what stands between asterisks is a term.

use leptos::prelude::*;

use crate::live::Each;

/// Paragraphs. One that is code from end to end is a block of its own.
pub(super) fn paragraphs(texts: &[String]) -> Vec<AnyView> {
    texts.iter().map(|text| paragraph(text)).collect()
}

fn paragraph(text: &str) -> AnyView {
    let code = text.strip_prefix('`').and_then(|text| text.strip_suffix('`'));
    match code.filter(|code| !code.contains('`')) {
        Some(code) => view! { <pre>{code.to_owned()}</pre> }.into_any(),
        None => view! { <p>{line(text)}</p> }.into_any(),
    }
}

/// One line of it.
pub(super) fn line(text: &str) -> Vec<AnyView> {
    marked(text)
        .map(|(mark, text)| match mark {
            Some('`') => view! { <code>{text.to_owned()}</code> }.into_any(),
            Some(_) => view! { <em>{text.to_owned()}</em> }.into_any(),
            None => text.to_owned().into_any(),
        })
        .each()
}

/// The text in pieces, each with the mark that stood around it.
fn marked(text: &str) -> impl Iterator<Item = (Option<char>, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mark = rest.chars().next().filter(|first| ['`', '*'].contains(first));
        let (piece, left) = match mark {
            Some(mark) => rest[1..].split_once(mark).unwrap_or((&rest[1..], "")),
            None => rest.split_at(rest.find(['`', '*']).unwrap_or(rest.len())),
        };
        rest = left;
        (mark.is_some() || !piece.is_empty()).then_some((mark, piece))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_at_its_marks() {
        let pieces: Vec<_> = marked("Both read `a * b`. A *lost update*").collect();
        let wanted = [(None, "Both read "), (Some('`'), "a * b"), (None, ". A "), (Some('*'), "lost update")];
        assert_eq!(pieces, wanted);
        assert_eq!(marked("`q = 1`").collect::<Vec<_>>(), [(Some('`'), "q = 1")]);
        assert_eq!(marked("").count(), 0);
        assert_eq!(marked("never closed: `q").last(), Some((Some('`'), "q")));
    }
}
