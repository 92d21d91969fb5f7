//! The page's side of the API: start a run, stop it, follow its feed.
//!
//! Only a browser calls it. The server compiles it to stand-ins, because a page is one text for both.

#[cfg(feature = "hydrate")]
mod feed;

use lab::explore::Explored;
use lab::hand::{HandMove, Offer};
use lab::matrix::Matrix;
use lab::spec::{Fault, Spec};
use lab::sweep::Sweep;
use lab::wire::{Problem, RunSummary};

use crate::replay::Replay;
use crate::words::client as words;

/// Starts a run.
///
/// # Errors
/// What the server, or the way to it, had against it.
pub async fn start(spec: &Spec) -> Result<RunSummary, Problem> {
    #[cfg(feature = "hydrate")]
    return browser::start(spec).await;
    #[cfg(not(feature = "hydrate"))]
    return Err(unreachable_problem(&words::no_browser(&spec.scenario)));
}

/// Has every crash point of a spec tried.
///
/// # Errors
/// As [`start`].
pub async fn matrix(spec: &Spec) -> Result<Matrix, Problem> {
    #[cfg(feature = "hydrate")]
    return browser::matrix(spec).await;
    #[cfg(not(feature = "hydrate"))]
    return Err(unreachable_problem(&words::no_browser(&spec.scenario)));
}

/// Has a spec played in every order of its steps.
///
/// # Errors
/// As [`start`].
pub async fn explore(spec: &Spec) -> Result<Explored, Problem> {
    #[cfg(feature = "hydrate")]
    return browser::explore(spec).await;
    #[cfg(not(feature = "hydrate"))]
    return Err(unreachable_problem(&words::no_browser(&spec.scenario)));
}

/// Has a spec measured under more and more contention.
///
/// # Errors
/// As [`start`].
pub async fn sweep(spec: &Spec) -> Result<Sweep, Problem> {
    #[cfg(feature = "hydrate")]
    return browser::sweep(spec).await;
    #[cfg(not(feature = "hydrate"))]
    return Err(unreachable_problem(&words::no_browser(&spec.scenario)));
}

/// Asks the server to stop a run.
///
/// # Errors
/// As [`start`].
pub async fn cancel(id: &str) -> Result<(), Problem> {
    #[cfg(feature = "hydrate")]
    return browser::cancel(id).await;
    #[cfg(not(feature = "hydrate"))]
    return Err(unreachable_problem(&words::no_browser(id)));
}

/// The run that screens which follow are to show.
///
/// # Errors
/// As [`start`].
pub async fn followed() -> Result<Option<String>, Problem> {
    #[cfg(feature = "hydrate")]
    return browser::followed().await;
    #[cfg(not(feature = "hydrate"))]
    return Err(unreachable_problem(words::NO_BROWSER));
}

/// The story of a run that is over, as HTML.
///
/// # Errors
/// As [`start`].
pub async fn story(id: &str) -> Result<String, Problem> {
    #[cfg(feature = "hydrate")]
    return browser::story(id).await;
    #[cfg(not(feature = "hydrate"))]
    return Err(unreachable_problem(&words::no_browser(id)));
}

/// Pins a run, or lets it go again; answers whether it is pinned now.
///
/// # Errors
/// As [`start`].
pub async fn pin(id: &str, pinned: bool) -> Result<bool, Problem> {
    #[cfg(feature = "hydrate")]
    return browser::pin(id, pinned).await;
    #[cfg(not(feature = "hydrate"))]
    return Err(unreachable_problem(&words::no_browser(&format!("{id}, {pinned}"))));
}

/// Makes a move in a run. Should the answer be lost, the same move is sent once more: it acts once.
///
/// # Errors
/// As [`start`].
pub async fn move_by_hand(id: &str, asked: &HandMove) -> Result<Offer, Problem> {
    #[cfg(feature = "hydrate")]
    return browser::move_by_hand(id, asked).await;
    #[cfg(not(feature = "hydrate"))]
    return Err(unreachable_problem(&words::no_browser(&format!("{id}, {}", asked.move_id))));
}

/// Follows a run's feed from the last entry at hand to its end, over any number of lost connections.
pub fn follow(replay: Replay, id: String) {
    #[cfg(feature = "hydrate")]
    leptos::task::spawn_local(feed::follow(replay, id));
    #[cfg(not(feature = "hydrate"))]
    let _ = (replay, id);
}

/// The faults of a problem, and its sentence when no field is to blame.
pub fn told(problem: Problem) -> (Vec<Fault>, Option<String>) {
    if problem.faults.is_empty() { (Vec::new(), Some(problem.detail)) } else { (problem.faults, None) }
}

fn unreachable_problem(why: &str) -> Problem {
    Problem {
        kind: "/problems/unreachable".into(),
        title: words::NO_ANSWER.into(),
        status: 0,
        detail: words::no_answer(why),
        faults: Vec::new(),
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use gloo_net::http::{Method, RequestBuilder};

    use lab::wire::Followed;
    use serde::Serialize;
    use serde::de::DeserializeOwned;

    use crate::reading::read;

    use super::{
        Explored, HandMove, Matrix, Offer, Problem, RunSummary, Spec, Sweep, unreachable_problem, words,
    };

    pub(super) async fn start(spec: &Spec) -> Result<RunSummary, Problem> {
        told(ask(Method::POST, "/api/v1/runs", json(spec)).await)
    }

    pub(super) async fn matrix(spec: &Spec) -> Result<Matrix, Problem> {
        told(ask(Method::POST, "/api/v1/matrix", json(spec)).await)
    }

    pub(super) async fn explore(spec: &Spec) -> Result<Explored, Problem> {
        told(ask(Method::POST, "/api/v1/explore", json(spec)).await)
    }

    pub(super) async fn sweep(spec: &Spec) -> Result<Sweep, Problem> {
        told(ask(Method::POST, "/api/v1/sweep", json(spec)).await)
    }

    /// A move that may not have arrived is sent once more: the same move acts once.
    pub(super) async fn move_by_hand(id: &str, asked: &HandMove) -> Result<Offer, Problem> {
        let path = format!("/api/v1/runs/{id}/hand");
        let sent = send(Method::POST, &path, json(asked)).await;
        let answered = match sent {
            Ok(answered) => answered,
            Err(_) => send(Method::POST, &path, json(asked)).await.map_err(|error| lost(&error))?,
        };
        told(understood(answered))
    }

    pub(super) async fn cancel(id: &str) -> Result<(), Problem> {
        ask(Method::POST, &format!("/api/v1/runs/{id}/cancel"), "{}".to_owned()).await.map(drop)
    }

    pub(super) async fn followed() -> Result<Option<String>, Problem> {
        told::<Followed>(get("/api/v1/follow").await).map(|followed| followed.run)
    }

    pub(super) async fn story(id: &str) -> Result<String, Problem> {
        get(&format!("/api/v1/runs/{id}/story?as=html")).await
    }

    pub(super) async fn pin(id: &str, pinned: bool) -> Result<bool, Problem> {
        let method = if pinned { Method::PUT } else { Method::DELETE };
        told::<RunSummary>(ask(method, &format!("/api/v1/runs/{id}/pin"), String::new()).await)
            .map(|run| run.pinned)
    }

    async fn get(path: &str) -> Result<String, Problem> {
        ask(Method::GET, path, String::new()).await
    }

    /// The status of an answer, and its text.
    type Answered = (u16, String);

    /// Everything that is asked goes this way, and only what is read of the answer depends on who asked: code for requests is
    /// large, and would be compiled once for each answer's type.
    async fn ask(method: Method, path: &str, body: String) -> Result<String, Problem> {
        understood(send(method, path, body).await.map_err(|error| lost(&error))?)
    }

    async fn send(method: Method, path: &str, body: String) -> Result<Answered, gloo_net::Error> {
        let request = RequestBuilder::new(path).method(method);
        let response = if body.is_empty() {
            request.send().await?
        } else {
            request.header("content-type", "application/json").body(body)?.send().await?
        };
        Ok((response.status(), response.text().await?))
    }

    fn understood((status, text): Answered) -> Result<String, Problem> {
        if (200..300).contains(&status) {
            return Ok(text);
        }
        Err(read(&text).unwrap_or_else(|_| unreachable_problem(&words::status(status))))
    }

    fn told<T: DeserializeOwned>(answered: Result<String, Problem>) -> Result<T, Problem> {
        read(&answered?).map_err(|error| unreachable_problem(&error.to_string()))
    }

    fn json<T: Serialize>(value: &T) -> String {
        // What is sent is made of texts and numbers, which JSON can always say.
        serde_json::to_string(value).unwrap_or_default()
    }

    fn lost(error: &gloo_net::Error) -> Problem {
        // What the browser says of it tells its reader nothing.
        leptos::logging::log!("{error}");
        unreachable_problem("")
    }
}
