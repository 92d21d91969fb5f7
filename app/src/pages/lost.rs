//! Nothing here: an address that leads nowhere, a run that is not there, a server that did not answer.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::words::lost as words;

/// A page that says what is missing and where to go.
#[component]
pub fn Lost(
    /// The heading.
    title: &'static str,
    /// What is missing and why that may be.
    #[prop(into)]
    sentence: String,
    /// The status to answer with.
    status: u16,
) -> impl IntoView {
    answer_with(status);
    view! {
        <Title text=crate::words::titled(title) />
        <section class="lost">
            <svg viewBox="0 0 320 90" role="img" aria-label=words::PICTURE>
                <path class="lost-lane" d="M10 25H310M10 65H150"></path>
                <path class="lost-cut" d="M168 55l20 20M188 55l-20 20"></path>
            </svg>
            <h1>{title}</h1>
            <p>{sentence}</p>
            <p>
                <a class="button" href="/" rel="external">{words::ALL_LABS}</a>
            </p>
        </section>
    }
}

/// The page for addresses that no route knows.
#[component]
pub fn NotFound() -> impl IntoView {
    view! { <Lost title=words::NO_PAGE sentence=words::NO_PAGE_WHY status=404 /> }
}

/// On the server, the answer carries the status too; in the browser there is nothing to answer.
fn answer_with(status: u16) {
    #[cfg(feature = "ssr")]
    if let Some(options) = use_context::<leptos_axum::ResponseOptions>()
        && let Ok(status) = status.try_into()
    {
        options.set_status(status);
    }
    #[cfg(not(feature = "ssr"))]
    let _ = status;
}
