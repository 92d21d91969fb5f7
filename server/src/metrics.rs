//! `GET /metrics`: what the server does, in Prometheus' text format.
//!
//! Written by hand: the format is lines of text and there are seven families, while the `metrics` crates would
//! bring a global recorder, which two servers in one process (every test) would share.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use lab::wire::State as RunState;

use crate::calls::{Answer, Call, Content, Limit};
use crate::problem::ApiError;
use crate::share::Guest;
use crate::state::{AppState, FEEDS_MAX};

/// The format that Prometheus reads.
const EXPOSITION: &str = "text/plain; version=0.0.4; charset=utf-8";
/// The most runs that one scrape counts, the newest first: it must not read a journal of years.
const RUNS_COUNTED_MAX: usize = 2_000;
/// So many runs are read at once.
const PAGE: usize = 200;
/// The template of what no route answers: a file, or nothing.
const NO_ROUTE: &str = "other";

/// `GET /metrics`.
pub const METRICS: Call = Call {
    id: "getMetrics",
    method: Method::GET,
    path: "/metrics",
    summary: "What the server does, for Prometheus",
    text: "In a shared lab told to the teacher alone.",
    query: &[],
    body: None,
    answers: &[Answer {
        status: 200,
        text: "The figures.",
        headers: &[],
        content: Some(Content {
            media: EXPOSITION,
            schema: None,
            example: Some("interleave_runs{state=\"finished\"} 3\n"),
        }),
    }],
    refusals: &["not-told-here"],
    limits: &[Limit {
        name: "runs counted",
        max: RUNS_COUNTED_MAX as u64,
        text: "Older runs are left out of the figures by state.",
    }],
    handler: || get(tell),
};

/// What is counted while the server goes on.
#[derive(Debug, Default)]
pub struct Metrics {
    /// By method, route template and status: few, because none of them is the caller's word.
    requests: Mutex<BTreeMap<(&'static str, String, u16), u64>>,
    feed_frames: AtomicU64,
    feed_bytes: AtomicU64,
}

impl Metrics {
    /// Counts a frame that went out.
    pub fn frame_sent(&self, bytes: usize) {
        self.feed_frames.fetch_add(1, Ordering::Relaxed);
        self.feed_bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    fn request_answered(&self, method: &'static str, template: String, status: StatusCode) {
        // A count is whole after every addition, so a panic elsewhere spoils nothing.
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        *requests.entry((method, template, status.as_u16())).or_default() += 1;
    }

    fn write_requests(&self, text: &mut Families) {
        text.family("interleave_requests_total", "counter", "Requests, by route template and status.");
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        for ((method, route, status), count) in requests.iter() {
            let labels = format!("{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}}");
            text.line("interleave_requests_total", &labels, *count);
        }
    }
}

/// Counts a request by what answered it.
pub async fn count(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let method = known(request.method());
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    // The nest below /api answers with its own fallback what it does not know.
    let route = route.filter(|route| !route.contains('*')).unwrap_or_else(|| NO_ROUTE.into());
    let response = next.run(request).await;
    state.metrics.request_answered(method, route, response.status());
    response
}

/// A method that everybody knows; anybody may invent others.
fn known(method: &Method) -> &'static str {
    let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    known.into_iter().find(|name| *name == method.as_str()).unwrap_or(NO_ROUTE)
}

/// In a shared lab only the teacher is told.
async fn tell(State(state): State<AppState>, headers: HeaderMap) -> Result<Response, ApiError> {
    if state.share.as_ref().is_some_and(|share| share.guest(&headers) != Guest::Teacher) {
        return Err(ApiError::NotToldHere);
    }
    let mut text = Families(String::new());
    write_runs(&state, &mut text).await?;
    let clients = FEEDS_MAX - state.feeds.available_permits().min(FEEDS_MAX);
    text.only("interleave_feed_clients", "gauge", "Live feeds that are open.", clients as u64);
    let (frames, bytes) = (&state.metrics.feed_frames, &state.metrics.feed_bytes);
    let (frames, bytes) = (frames.load(Ordering::Relaxed), bytes.load(Ordering::Relaxed));
    text.only("interleave_feed_frames_sent_total", "counter", "Frames sent to live feeds.", frames);
    text.only(
        "interleave_feed_sent_bytes_total",
        "counter",
        "Bytes sent to live feeds, uncompressed.",
        bytes,
    );
    state.metrics.write_requests(&mut text);
    Ok(([(header::CONTENT_TYPE, EXPOSITION)], text.0).into_response())
}

async fn write_runs(state: &AppState, text: &mut Families) -> Result<(), ApiError> {
    let mut by_state = [RunState::Queued, RunState::Running, RunState::Finished, RunState::Interrupted]
        .map(|state| (state, 0_u64));
    let (mut entries, mut counted, mut before) = (0, 0, None::<String>);
    while counted < RUNS_COUNTED_MAX {
        let page = state.lab.runs(before.as_deref(), PAGE).await?;
        for run in &page {
            entries += run.entries;
            by_state.iter_mut().filter(|(state, _)| *state == run.state).for_each(|(_, count)| *count += 1);
        }
        let Some(last) = page.last() else { break };
        counted += page.len();
        before = Some(last.id.clone());
    }
    let help = format!("Runs in the journal, by state; the newest {RUNS_COUNTED_MAX} are counted.");
    text.family("interleave_runs", "gauge", &help);
    for (state, count) in by_state {
        let labels = format!("{{state=\"{}\"}}", format!("{state:?}").to_lowercase());
        text.line("interleave_runs", &labels, count);
    }
    text.only("interleave_entries_kept", "gauge", "Entries in the journals of those runs.", entries);
    Ok(())
}

/// The text that grows family by family.
struct Families(String);

impl Families {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn line(&mut self, name: &str, labels: &str, value: u64) {
        let _ = writeln!(self.0, "{name}{labels} {value}");
    }

    fn only(&mut self, name: &str, kind: &str, help: &str, value: u64) {
        self.family(name, kind, help);
        self.line(name, "", value);
    }
}
