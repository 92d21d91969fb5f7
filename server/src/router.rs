//! Everything that the server answers, and the layers around it.

use std::any::Any;

use axum::Router;
use axum::body::Body;
use axum::http::Response;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::IntoResponse;
use axum::routing::any;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::trace::TraceLayer;

use crate::problem::ApiError;
use crate::state::AppState;
use crate::{api, class, guard, headers, metrics, pages, share};

/// The whole server as a router. The outermost layer comes first: even the answer to a panic carries the
/// headers, and nothing runs for a stranger's request.
pub fn router(state: AppState) -> Router {
    let layers = ServiceBuilder::new()
        .layer(from_fn(headers::protect))
        .layer(TraceLayer::new_for_http())
        .layer(from_fn_with_state(state.clone(), metrics::count))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(state.clone(), guard::check))
        .layer(from_fn_with_state(state.clone(), share::check));
    pages::router(&state)
        .merge(share::routes(state.share.as_ref()))
        .merge(class::routes(state.clone()))
        .merge(api::beside(state.clone()))
        // A nest does not cover its own root with a slash, which would get a page.
        .route("/api/", any(api::no_such_path))
        .nest(api::API, api::router(state))
        .layer(layers)
}

fn panicked(panic: Box<dyn Any + Send>) -> Response<Body> {
    let said = panic.downcast_ref::<String>().map(String::as_str);
    let said = said.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("nothing");
    ApiError::Broken(format!("a handler panicked: {said}")).into_response()
}
