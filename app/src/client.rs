//! The page's side of the API: start a run, stop it, follow its feed.
//!
//! Only a browser calls it. The server compiles it to stand-ins, because a page is one text for both.

#[cfg(feature = "hydrate")]
mod feed;

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
    use gloo_net::http::{Request, Response};

    use lab::wire::Followed;

    use crate::reading::read;

    use super::{HandMove, Matrix, Offer, Problem, RunSummary, Spec, Sweep, unreachable_problem, words};

    pub(super) async fn start(spec: &Spec) -> Result<RunSummary, Problem> {
        post(spec, "/api/v1/runs").await
    }

    pub(super) async fn matrix(spec: &Spec) -> Result<Matrix, Problem> {
        post(spec, "/api/v1/matrix").await
    }

    pub(super) async fn sweep(spec: &Spec) -> Result<Sweep, Problem> {
        post(spec, "/api/v1/sweep").await
    }

    async fn post<T: serde::de::DeserializeOwned>(spec: &Spec, path: &str) -> Result<T, Problem> {
        let request = Request::post(path).json(spec).map_err(|error| lost(&error))?;
        answer(request.send().await.map_err(|error| lost(&error))?).await
    }

    pub(super) async fn move_by_hand(id: &str, asked: &HandMove) -> Result<Offer, Problem> {
        let send = || Request::post(&format!("/api/v1/runs/{id}/hand")).json(asked);
        let sent = send().map_err(|error| lost(&error))?.send().await;
        let response = match sent {
            Ok(response) => response,
            Err(_) => send().map_err(|error| lost(&error))?.send().await.map_err(|error| lost(&error))?,
        };
        answer(response).await
    }

    async fn answer<T: serde::de::DeserializeOwned>(response: Response) -> Result<T, Problem> {
        if response.ok() {
            let text = response.text().await.map_err(|error| lost(&error))?;
            return read(&text).map_err(|error| unreachable_problem(&error.to_string()));
        }
        Err(problem(response).await)
    }

    pub(super) async fn cancel(id: &str) -> Result<(), Problem> {
        let request =
            Request::post(&format!("/api/v1/runs/{id}/cancel")).header("content-type", "application/json");
        let request = request.body("{}").map_err(|error| lost(&error))?;
        let response = request.send().await.map_err(|error| lost(&error))?;
        if response.ok() { Ok(()) } else { Err(problem(response).await) }
    }

    pub(super) async fn followed() -> Result<Option<String>, Problem> {
        let response = get("/api/v1/follow").await?;
        answer::<Followed>(response).await.map(|followed| followed.run)
    }

    pub(super) async fn story(id: &str) -> Result<String, Problem> {
        let response = get(&format!("/api/v1/runs/{id}/story?as=html")).await?;
        if !response.ok() {
            return Err(problem(response).await);
        }
        response.text().await.map_err(|error| lost(&error))
    }

    async fn get(path: &str) -> Result<Response, Problem> {
        Request::get(path).send().await.map_err(|error| lost(&error))
    }

    pub(super) async fn pin(id: &str, pinned: bool) -> Result<bool, Problem> {
        let path = format!("/api/v1/runs/{id}/pin");
        let request = if pinned { Request::put(&path) } else { Request::delete(&path) };
        let response = request.send().await.map_err(|error| lost(&error))?;
        answer::<RunSummary>(response).await.map(|run| run.pinned)
    }

    async fn problem(response: Response) -> Problem {
        let status = response.status();
        let text = response.text().await.unwrap_or_default();
        read(&text).unwrap_or_else(|_| unreachable_problem(&words::status(status)))
    }

    fn lost(error: &gloo_net::Error) -> Problem {
        unreachable_problem(&error.to_string())
    }
}
