//! What the pages ask for, answered by the engine.

use std::sync::Arc;

use app::backend::{Answer, Backend};
use app::parts::story::told::html;
use engine::Lab;
use lab::catalog::Catalog;
use lab::event::Entry;
use lab::wire::RunSummary;

use crate::samples::Samples;
use crate::story;

/// The engine as the pages see it.
pub(super) struct LabBackend {
    lab: Lab,
    samples: Arc<Samples>,
}

impl LabBackend {
    /// Stands before a lab.
    pub(super) fn new(lab: Lab, samples: Arc<Samples>) -> Self {
        Self { lab, samples }
    }
}

impl Backend for LabBackend {
    fn catalog(&self) -> Arc<Catalog> {
        self.lab.catalog()
    }

    fn run<'a>(&'a self, id: &'a str) -> Answer<'a, Option<RunSummary>> {
        Box::pin(async move { self.lab.run(id).await.map_err(sentence) })
    }

    fn entries<'a>(&'a self, id: &'a str, limit: usize) -> Answer<'a, Vec<Entry>> {
        Box::pin(async move { self.lab.entries(id, 0, limit).await.map_err(sentence) })
    }

    fn story<'a>(&'a self, run: &'a RunSummary) -> Answer<'a, Option<String>> {
        Box::pin(async move {
            let story = story::of(&self.lab, run).await.map_err(sentence)?;
            Ok(story.as_ref().map(html))
        })
    }

    fn sample(&self, scenario: &str) -> Option<Vec<Entry>> {
        self.samples.of(scenario)
    }

    fn runs(&self, limit: usize) -> Answer<'_, Vec<RunSummary>> {
        Box::pin(async move { self.lab.runs(None, limit).await.map_err(sentence) })
    }
}

/// The log gets the fault; the page gets a sentence that hides what is inside.
fn sentence(error: engine::Error) -> String {
    tracing::error!("a page cannot be filled: {error}");
    "The lab itself broke; the server's log says how.".into()
}
