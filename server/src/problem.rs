//! Refusals: each is one sentence with the remedy, as `application/problem+json` (RFC 9457).

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::{HandRefusal, StartError};
use lab::spec::{Fault, Faults};
use lab::wire::Problem;

/// The content type of every refusal.
pub const PROBLEM_JSON: &str = "application/problem+json";
/// After how many seconds a client may try again when the queue is full.
const QUEUE_RETRY_S: u64 = 5;

/// Why a call is refused. The text is what the client reads, except for what is [`ApiError::Broken`].
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the sentences say what each refusal means, and `kind` names it")]
pub enum ApiError {
    #[error("{0}")]
    BadSpec(Faults),
    #[error("{0}")]
    BadQuery(Faults),
    #[error("{0}")]
    EngineMissing(String),
    #[error("{0}")]
    EngineUnreachable(String),
    #[error("{0}")]
    QueueFull(String),
    #[error("{0}")]
    NoRoom(String),
    #[error("This session asks for runs faster than they are taken; try again in {retry_s} s.")]
    Flood { retry_s: u64 },
    #[error("There is no run {0}; GET /api/v1/runs lists them.")]
    NoSuchRun(String),
    #[error("There is nothing at {0}.")]
    NoSuchPath(String),
    #[error("{path} does not take {method}.")]
    WrongMethod { method: String, path: String },
    #[error("The body is {0}; this call takes application/json.")]
    NotJson(String),
    #[error("The body is larger than {max} bytes, the most that this call takes.")]
    TooLarge { max: usize },
    #[error("The body broke off before its end: {0}.")]
    BrokenBody(String),
    #[error("after is {after}, but the journal ends at {end}; ask for what comes after {end} or less.")]
    AfterEnd { after: u64, end: u64 },
    #[error("The run {0} goes on; cancel it first, then forget it.")]
    StillRunning(String),
    #[error("The run {0} goes on; its story is told when it is over.")]
    NotOver(String),
    #[error("The run {0} is over already; there is nothing to cancel.")]
    AlreadyOver(String),
    #[error(
        "Pinned runs may take {max} bytes together, and with this one they would take more; let another one go first."
    )]
    PinsFull { max: i64 },
    #[error("{0}")]
    NotExportable(String),
    #[error("{0}")]
    BadMove(Faults),
    #[error("{0}")]
    NoHand(String),
    #[error("{0}")]
    OfferPassed(String),
    #[error("{0}")]
    MoveRefused(String),
    #[error("{0}")]
    MoveIdTaken(String),
    #[error("This server is not addressed as {found}; use http://{expected}.")]
    ForeignHost { found: String, expected: String },
    #[error("Pages from {0} may not do this; only this server's own pages may.")]
    ForeignOrigin(String),
    #[error("All {0} live feeds are taken; close one and try again, or read the journal.")]
    FeedsTaken(usize),
    #[error("The feed is a websocket: {0}.")]
    NotAWebsocket(String),
    #[error("Figures of a shared lab are told to its teacher alone; open the teacher's link first.")]
    NotToldHere,
    #[error(
        "This lab is shared: open /join and type the join code, or send it in the header interleave-join."
    )]
    NotJoined,
    #[error("The run {0} is somebody else's; whoever started it or the teacher may do this.")]
    NotYours(String),
    #[error("The server is stopping.")]
    Stopping,
    #[error("{0}")]
    Broken(String),
}

impl ApiError {
    /// Status, stable name and title.
    fn face(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::BadSpec(_) => (StatusCode::UNPROCESSABLE_ENTITY, "bad-spec", "The spec is wrong"),
            Self::BadQuery(_) => (StatusCode::BAD_REQUEST, "bad-query", "The query is wrong"),
            Self::EngineMissing(_) => {
                (StatusCode::UNPROCESSABLE_ENTITY, "engine-missing", "No such engine here")
            }
            Self::EngineUnreachable(_) => {
                (StatusCode::SERVICE_UNAVAILABLE, "engine-unreachable", "The engine does not answer")
            }
            Self::QueueFull(_) => (StatusCode::TOO_MANY_REQUESTS, "queue-full", "The queue is full"),
            Self::NoRoom(_) => (StatusCode::INSUFFICIENT_STORAGE, "no-room", "The disk is full"),
            Self::Flood { .. } => (StatusCode::TOO_MANY_REQUESTS, "flood", "Too many runs"),
            Self::NoSuchRun(_) => (StatusCode::NOT_FOUND, "no-such-run", "No such run"),
            Self::NoSuchPath(_) => (StatusCode::NOT_FOUND, "no-such-path", "No such path"),
            Self::WrongMethod { .. } => (StatusCode::METHOD_NOT_ALLOWED, "wrong-method", "Wrong method"),
            Self::NotJson(_) => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "not-json", "Not JSON"),
            Self::TooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "too-large", "Too large"),
            Self::BrokenBody(_) => (StatusCode::BAD_REQUEST, "broken-body", "The body broke off"),
            Self::AfterEnd { .. } => {
                (StatusCode::RANGE_NOT_SATISFIABLE, "after-end", "Beyond the journal's end")
            }
            Self::StillRunning(_) => (StatusCode::CONFLICT, "still-running", "The run goes on"),
            Self::NotOver(_) => (StatusCode::CONFLICT, "not-over", "The run goes on"),
            Self::AlreadyOver(_) => (StatusCode::CONFLICT, "already-over", "The run is over"),
            Self::PinsFull { .. } => (StatusCode::CONFLICT, "pins-full", "Too much is pinned"),
            Self::NotExportable(_) => (StatusCode::CONFLICT, "not-exportable", "Not as this"),
            Self::BadMove(_) => (StatusCode::UNPROCESSABLE_ENTITY, "bad-move", "The move is wrong"),
            Self::NoHand(_) => (StatusCode::CONFLICT, "no-hand", "Nothing to take in hand"),
            Self::OfferPassed(_) => (StatusCode::CONFLICT, "offer-passed", "The run has moved on"),
            Self::MoveRefused(_) => (StatusCode::CONFLICT, "move-refused", "Not now"),
            Self::MoveIdTaken(_) => (StatusCode::CONFLICT, "move-id-taken", "The move's id is taken"),
            Self::ForeignHost { .. } => {
                (StatusCode::MISDIRECTED_REQUEST, "foreign-host", "Unknown host name")
            }
            Self::ForeignOrigin(_) => (StatusCode::FORBIDDEN, "foreign-origin", "Foreign page"),
            Self::FeedsTaken(_) => (StatusCode::SERVICE_UNAVAILABLE, "feeds-taken", "All feeds are taken"),
            Self::NotAWebsocket(_) => {
                (StatusCode::UPGRADE_REQUIRED, "not-a-websocket", "A websocket is needed")
            }
            Self::NotJoined => (StatusCode::UNAUTHORIZED, "not-joined", "Not joined"),
            Self::NotYours(_) => (StatusCode::FORBIDDEN, "not-yours", "Not yours"),
            Self::NotToldHere => (StatusCode::FORBIDDEN, "not-told-here", "Not told here"),
            Self::Stopping => (StatusCode::SERVICE_UNAVAILABLE, "stopping", "The server stops"),
            Self::Broken(_) => (StatusCode::INTERNAL_SERVER_ERROR, "broken", "The lab broke"),
        }
    }

    /// The body of the answer.
    pub fn problem(&self) -> Problem {
        let (status, name, title) = self.face();
        let detail = match self {
            Self::Broken(_) => "The lab itself broke; the server's log says how.".to_owned(),
            other => other.to_string(),
        };
        let faults = match self {
            Self::BadSpec(faults) | Self::BadQuery(faults) | Self::BadMove(faults) => faults.0.clone(),
            Self::EngineMissing(message) => vec![Fault { field: "engine".into(), message: message.clone() }],
            _ => Vec::new(),
        };
        let kind = format!("/problems/{name}");
        Problem { kind, title: title.into(), status: status.as_u16(), detail, faults }
    }

    /// The stable name, without the path before it.
    pub fn name(&self) -> &'static str {
        self.face().1
    }

    fn retry_s(&self) -> Option<u64> {
        match self {
            Self::QueueFull(_) => Some(QUEUE_RETRY_S),
            Self::Flood { retry_s } => Some(*retry_s),
            _ => None,
        }
    }
}

impl IntoResponse for ApiError {
    /// The one place where a refusal is logged.
    fn into_response(self) -> Response {
        let (status, name, _) = self.face();
        if status.is_server_error() {
            tracing::error!(name, "{self}");
        } else {
            tracing::debug!(name, "{self}");
        }
        let body = serde_json::to_string(&self.problem()).unwrap_or_default();
        let mut response = (status, [(header::CONTENT_TYPE, PROBLEM_JSON)], body).into_response();
        if let Some(retry_s) = self.retry_s() {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_s));
        }
        response
    }
}

/// One refusal of each kind, as the documentation shows them.
pub fn examples() -> Vec<ApiError> {
    let id = || "01997d3e-8f00-7000-8000-000000000001".to_owned();
    let fault =
        |field: &str, message: &str| Faults(vec![Fault { field: field.into(), message: message.into() }]);
    let buyers = "workload.buyers is 0; it must be a whole number from 1 to 64.";
    vec![
        ApiError::BadSpec(fault("workload.buyers", buyers)),
        ApiError::BadQuery(fault("limit", "limit is \"0\"; it must be a whole number from 1 to 100.")),
        ApiError::EngineMissing(
            "This server was started without PostgreSQL: start it with --engine postgres=URL.".into(),
        ),
        ApiError::EngineUnreachable("PostgreSQL does not answer: connection refused.".into()),
        ApiError::QueueFull("32 runs go on or wait already; try again when some are over.".into()),
        ApiError::NoRoom("The disk that holds the journal is full; make room, then try again.".into()),
        ApiError::Flood { retry_s: 1 },
        ApiError::NoSuchRun(id()),
        ApiError::NoSuchPath("/api/v1/nothing".into()),
        ApiError::WrongMethod { method: "PUT".into(), path: "/api/v1/runs".into() },
        ApiError::NotJson("text/plain".into()),
        ApiError::TooLarge { max: crate::api::spec::BYTES_MAX },
        ApiError::BrokenBody("the connection was closed".into()),
        ApiError::AfterEnd { after: 99, end: 14 },
        ApiError::StillRunning(id()),
        ApiError::NotOver(id()),
        ApiError::AlreadyOver(id()),
        ApiError::PinsFull { max: engine::PINNED_BYTES_MAX },
        ApiError::NotExportable(format!("The run {} goes on; take it out when it is over.", id())),
        ApiError::BadMove(fault("actor", "actor is \"buyer-9\"; this run has buyer-1, buyer-2.")),
        HandRefusal::NoHand("This run is live: nobody decides who moves next.".into()).into(),
        HandRefusal::Passed { expect: 3, number: 4 }.into(),
        HandRefusal::NotNow("buyer-2 waits for the row lock of stock sku-001, held by buyer-1.".into())
            .into(),
        HandRefusal::IdTaken("move-7".into()).into(),
        ApiError::ForeignHost { found: "evil.example".into(), expected: "127.0.0.1:3000".into() },
        ApiError::ForeignOrigin("http://evil.example".into()),
        ApiError::FeedsTaken(crate::state::FEEDS_MAX),
        ApiError::NotAWebsocket("`Connection` header did not include 'upgrade'".into()),
        ApiError::NotToldHere,
        ApiError::NotJoined,
        ApiError::NotYours(id()),
        ApiError::Stopping,
        ApiError::Broken(String::new()),
    ]
}

impl From<StartError> for ApiError {
    fn from(error: StartError) -> Self {
        match error {
            StartError::EngineMissing(sentence) => Self::EngineMissing(sentence),
            StartError::EngineUnreachable(sentence) => Self::EngineUnreachable(sentence),
            StartError::Full(sentence) => Self::QueueFull(sentence),
            StartError::NoRoom(sentence) => Self::NoRoom(sentence),
            StartError::Broken(sentence) => Self::Broken(sentence),
        }
    }
}

impl ApiError {
    fn bad_move(field: &str, message: String) -> Self {
        Self::BadMove(Faults(vec![Fault { field: field.into(), message }]))
    }
}

impl From<HandRefusal> for ApiError {
    fn from(refusal: HandRefusal) -> Self {
        let sentence = refusal.to_string();
        match refusal {
            HandRefusal::NoHand(_) | HandRefusal::Over => Self::NoHand(sentence),
            HandRefusal::Passed { .. } => Self::OfferPassed(sentence),
            HandRefusal::NotNow(_) => Self::MoveRefused(sentence),
            HandRefusal::IdTaken(_) => Self::MoveIdTaken(sentence),
            HandRefusal::NoSuchActor(_) => Self::bad_move("actor", sentence),
            HandRefusal::NoSuchCard(_) => Self::bad_move("card", sentence),
        }
    }
}

impl From<engine::Error> for ApiError {
    fn from(error: engine::Error) -> Self {
        Self::Broken(error.to_string())
    }
}
