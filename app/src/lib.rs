//! What people see: leptos pages, rendered on the server and hydrated in the browser.
//!
//! - [`pages`]: the pages; [`parts`]: what they are made of.
//! - [`stage`]: the picture of a run; [`journal`] and [`replay`]: the run behind it.
//! - [`draft`] and [`form`]: the controls' state; [`hand`]: who moves next; [`client`]: the way to the API.
//! - `export`: a run taken out, as a document or as steps for a shell.
//! - [`reading`]: JSON from the server into the words of `lab`.
//! - [`live`]: views that change, in few types.
//! - [`backend`]: what the server provides; [`page_data`]: how it gets into the page.
//! - `waking`: how the document comes to life.
//! - [`words`]: our texts; [`testids`]: the names that browser tests use.

// Views are deeply nested types.
#![recursion_limit = "512"]

pub mod backend;
pub mod browser;
pub mod client;
pub mod draft;
#[cfg(feature = "ssr")]
pub mod export;
pub mod form;
pub mod hand;
pub mod journal;
pub mod live;
pub mod page_data;
pub mod pages;
pub mod parts;
pub mod reading;
pub mod replay;
pub mod stage;
pub mod testids;
#[cfg(feature = "ssr")]
mod waking;
pub mod words;

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
#[cfg(feature = "ssr")]
use leptos_meta::{HashedStylesheet, MetaTags};
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{ParamSegment, SsrMode, StaticSegment};

use crate::pages::challenges::ChallengesPage;
use crate::pages::compare::ComparePage;
use crate::pages::home::HomePage;
use crate::pages::lesson::LessonPage;
use crate::pages::lessons::LessonsPage;
use crate::pages::lost::NotFound;
use crate::pages::run::RunPage;
use crate::pages::workbench::WorkbenchPage;

/// The document around the app, for the server.
#[cfg(feature = "ssr")]
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <meta name="description" content=words::home::PRODUCT />
                <waking::ThemeScript />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link
                    rel="preload"
                    href="/fonts/atkinson-hyperlegible-next.woff2"
                    r#as="font"
                    r#type="font/woff2"
                    crossorigin="anonymous"
                />
                <HashedStylesheet options=options.clone() id="style" />
                <waking::WakingScript options />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// The app: one component for server and browser.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    // Pages are rendered whole before they are sent: they must read without scripts.
    view! {
        <Router>
            <Routes fallback=|| view! { <pages::frame::Frame><NotFound /></pages::frame::Frame> }>
                <Route path=StaticSegment("") view=HomePage ssr=SsrMode::Async />
                <Route path=(StaticSegment("labs"), ParamSegment("lab")) view=WorkbenchPage ssr=SsrMode::Async />
                <Route path=(StaticSegment("runs"), ParamSegment("id")) view=RunPage ssr=SsrMode::Async />
                <Route path=StaticSegment("lessons") view=LessonsPage ssr=SsrMode::Async />
                <Route path=(StaticSegment("lessons"), ParamSegment("lesson")) view=LessonPage ssr=SsrMode::Async />
                <Route path=StaticSegment("challenges") view=ChallengesPage ssr=SsrMode::Async />
                <Route path=StaticSegment("compare") view=ComparePage ssr=SsrMode::Async />
            </Routes>
        </Router>
    }
}

/// Brings a page from the server to life.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(App);
    if let Some(body) = document().body() {
        let _ = body.set_attribute("data-hydrated", "true");
    }
}
