//! A strategy's own source file, with line numbers: what is read is what ran.

use crate::live::Each;
use leptos::prelude::*;

use crate::testids;
use crate::words::strategy as words;

/// The source.
#[component]
pub fn SourceFile(
    /// The path in the repository.
    path: String,
    /// The text.
    text: String,
) -> impl IntoView {
    let lines = text.lines().map(|line| view! { <span class="line">{line.to_owned()}</span> }).each();
    view! {
        <details class="source" data-testid=testids::SOURCE>
            <summary>{words::SOURCE}<code>{path.clone()}</code></summary>
            <pre tabindex="0" role="region" aria-label=path>
                <code>{lines}</code>
            </pre>
        </details>
    }
}
