//! What stands around every page.

use leptos::prelude::*;

use super::lessons::PAGE as LESSONS;
use crate::browser;
use crate::live::press;
use crate::parts::challenge::PAGE;
use crate::parts::keys::{DIALOG, KeysDialog};
use crate::testids;
use crate::words::challenge::TITLE as CHALLENGES;
use crate::words::{frame as words, lesson};

/// Header, main part and footer.
#[component]
pub fn Frame(
    /// The page.
    children: Children,
) -> impl IntoView {
    view! {
        <a class="skip-link" href="#main">{words::SKIP}</a>
        <header class="site-header">
            <a class="brand" href="/" rel="external">
                <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false">
                    <path class="brand-a" d="M4 10h8c6 0 6 12 12 12h4"></path>
                    <path class="brand-b" d="M4 22h8c6 0 6-12 12-12h4"></path>
                </svg>
                <span class="brand-name">{crate::words::NAME}</span>
            </a>
            <div class="site-tools">
                <a class="button quiet-button" href=LESSONS rel="external" data-testid=testids::LESSONS>{lesson::TITLE}</a>
                <a class="button quiet-button" href=PAGE rel="external" data-testid=testids::CHALLENGES>{CHALLENGES}</a>
                <button
                    type="button"
                    class="button quiet-button keys-button"
                    data-testid=testids::KEYS_OPEN
                    on:click=press(move || browser::toggle_dialog(DIALOG))
                >
                    {words::KEYS}
                </button>
                <button
                    type="button"
                    class="button quiet-button"
                    data-testid=testids::THEME_TOGGLE
                    on:click=press(browser::toggle_theme)
                >
                    {words::THEME}
                </button>
            </div>
        </header>
        // Shown by the document's own script, when there is no program left to show it.
        <p class="fallen" id="fallen" role="alert" hidden data-testid=testids::FALLEN>{words::FALLEN}</p>
        <main id="main" tabindex="-1">
            {children()}
        </main>
        <footer class="site-footer">
            <p>
                {words::FOOT}
                <a href="/api/docs" rel="external">{words::API}</a>
            </p>
        </footer>
        <KeysDialog />
    }
}
