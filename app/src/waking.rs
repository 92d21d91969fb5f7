//! The two scripts of the document itself: one before anything is painted, one after.

use std::fs;
use std::path::Path;

use leptos::config::LeptosOptions;
use leptos::nonce::use_nonce;
use leptos::prelude::*;

/// Runs before anything is painted, so that a chosen theme does not flash; inline, because asking for it costs a round
/// trip before the first letter.
#[component]
pub fn ThemeScript() -> impl IntoView {
    view! { <script nonce=use_nonce() inner_html=include_str!("theme.js")></script> }
}

/// Starts the program after the first paint. Leptos' own scripts ask for it before: on a slow line its 430 kB then keep
/// the text waiting. Without a built site there is nothing to start.
#[component]
pub fn WakingScript(
    /// Where the site is, and the names of its files.
    options: LeptosOptions,
) -> impl IntoView {
    let names = options
        .hash_files
        .then(|| fs::read_to_string(Path::new(options.hash_file.as_ref())).ok())
        .flatten()?;
    let path = |kind: &str| {
        let hash = names.lines().find_map(|line| line.strip_prefix(kind)?.strip_prefix(": "))?;
        Some(format!("/{}/{}.{hash}.{kind}", options.site_pkg_dir, options.output_name))
    };
    let script = include_str!("waking.js").replace("WASM", &path("wasm")?).replace("GLUE", &path("js")?);
    Some(view! { <script nonce=use_nonce() inner_html=script></script> })
}
