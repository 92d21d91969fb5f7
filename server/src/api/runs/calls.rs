//! What callers must know of the calls about runs.

use axum::http::Method;
use axum::routing::{delete, get, post, put};

use super::super::{examples, flood, spec};
use super::{PAGE_DEFAULT, PAGE_MAX, cancel, create, forget, list, pin, show, unpin};
use crate::calls::{Answer, Call, Content, Limit, Parameter, Takes};

const RUN: Content = json("RunSummary", Some(examples::RUN));
const TOKEN: (&str, &str) =
    ("interleave-run-token", "The run's token, for programs; browsers get it as a cookie.");
const LOCATION: (&str, &str) = ("Location", "Where the run is.");

/// `POST /runs`.
pub const CREATE: Call = Call {
    id: "createRun",
    method: Method::POST,
    path: "/api/v1/runs",
    summary: "Start a run",
    text: "What the spec leaves out takes its default; an empty object is the classic picture. Everything that is \
           wrong with a spec is told at once. Whoever creates a run gets its token; only a shared lab asks for it.",
    query: &[],
    body: Some(json("SpecDraft", Some(examples::SPEC))),
    answers: &[
        Answer { status: 201, text: "The run goes on.", headers: &[LOCATION, TOKEN], content: Some(RUN) },
        Answer {
            status: 202,
            text: "The run waits for its turn.",
            headers: &[LOCATION, TOKEN],
            content: Some(json("RunSummary", None)),
        },
    ],
    refusals: &[
        "bad-spec",
        "engine-missing",
        "engine-unreachable",
        "no-room",
        "not-json",
        "too-large",
        "broken-body",
        "flood",
        "queue-full",
    ],
    limits: &[
        Limit {
            name: "bytes in the body",
            max: spec::BYTES_MAX as u64,
            text: "Room for the longest recorded schedule; more is refused: too-large.",
        },
        Limit {
            name: "runs asked for at once in a session",
            max: flood::BURST as u64,
            text: "One more is refused: flood. One is given back each second.",
        },
    ],
    handler: || post(create),
};

/// `GET /runs`.
pub const LIST: Call = Call {
    id: "listRuns",
    method: Method::GET,
    path: "/api/v1/runs",
    summary: "The runs, newest first, page by page",
    text: "`next` is what to ask for as `before` to get the next page; it is null on the last one. A page of very long specs \
           holds fewer runs than `limit`, and `next` is there all the same.",
    query: &[
        Parameter {
            name: "before",
            text: "The last id of the page before; the id of a run.",
            takes: Takes::Text("01997d3e-8f00-7000-8000-000000000001"),
        },
        Parameter {
            name: "limit",
            text: "How many runs the page holds at most.",
            takes: Takes::Number { min: 1, max: PAGE_MAX, default: PAGE_DEFAULT },
        },
    ],
    body: None,
    answers: &[ok("A page.", json("RunsPage", None))],
    refusals: &["bad-query"],
    limits: &[Limit { name: "runs in a page", max: PAGE_MAX, text: "More are refused: bad-query." }],
    handler: || get(list),
};

/// `GET /runs/{id}`.
pub const SHOW: Call = Call {
    id: "getRun",
    method: Method::GET,
    path: "/api/v1/runs/{id}",
    summary: "Where a run stands",
    text: "Its state, its spec, and once it is over its verdict with the price.",
    query: &[],
    body: None,
    answers: &[ok("The run.", RUN)],
    refusals: &["no-such-run"],
    limits: &[],
    handler: || get(show),
};

/// `POST /runs/{id}/cancel`.
pub const CANCEL: Call = Call {
    id: "cancelRun",
    method: Method::POST,
    path: "/api/v1/runs/{id}/cancel",
    summary: "End a run that goes on or waits",
    text: "Its journal says that it was interrupted, and is kept.",
    query: &[],
    body: None,
    answers: &[ok("The run as it stands after the cancel was taken.", json("RunSummary", None))],
    refusals: &["no-such-run", "already-over", "not-yours"],
    limits: &[],
    handler: || post(cancel),
};

/// `DELETE /runs/{id}`.
pub const FORGET: Call = Call {
    id: "forgetRun",
    method: Method::DELETE,
    path: "/api/v1/runs/{id}",
    summary: "Forget a run that is over, with its journal",
    text: "",
    query: &[],
    body: None,
    answers: &[Answer { status: 204, text: "It is forgotten.", headers: &[], content: None }],
    refusals: &["no-such-run", "still-running", "not-yours"],
    limits: &[],
    handler: || delete(forget),
};

/// `PUT /runs/{id}/pin`.
pub const PIN: Call = Call {
    id: "pinRun",
    method: Method::PUT,
    path: "/api/v1/runs/{id}/pin",
    summary: "Pin a run",
    text: "When the journal is full, the oldest runs make room for new ones; a pinned run stays. Pinning it again \
           changes nothing.",
    query: &[],
    body: None,
    answers: &[ok("The run, pinned.", json("RunSummary", None))],
    refusals: &["no-such-run", "not-yours", "pins-full"],
    limits: &[Limit {
        name: "bytes of compressed entries in pinned runs",
        max: engine::PINNED_BYTES_MAX.unsigned_abs(),
        text: "Half of what the journal holds; one more is refused: pins-full.",
    }],
    handler: || put(pin),
};

/// `DELETE /runs/{id}/pin`.
pub const UNPIN: Call = Call {
    id: "unpinRun",
    method: Method::DELETE,
    path: "/api/v1/runs/{id}/pin",
    summary: "Let a pinned run go",
    text: "It is kept until its room is needed.",
    query: &[],
    body: None,
    answers: &[ok("The run, not pinned.", json("RunSummary", None))],
    refusals: &["no-such-run", "not-yours"],
    limits: &[],
    handler: || delete(unpin),
};

const fn json(schema: &'static str, example: Option<&'static str>) -> Content {
    Content { media: "application/json", schema: Some(schema), example }
}

const fn ok(text: &'static str, content: Content) -> Answer {
    Answer { status: 200, text, headers: &[], content: Some(content) }
}
