//! The pages: rendered by `app`, with this server behind them.

mod backend;

use std::sync::{Arc, LazyLock};

use app::backend::Backend;
use axum::Router;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use axum::routing::get;
use leptos::config::LeptosOptions;
use leptos::context::{provide_context, use_context};
use leptos_axum::{AxumRouteListing, LeptosRoutes, generate_route_list};
use tower_http::compression::CompressionLayer;

use self::backend::LabBackend;
use crate::headers::PageNonce;
use crate::problem::ApiError;
use crate::site;
use crate::state::AppState;

/// The pages' paths, the same for every server. They are asked for once in a process: while leptos walks them it holds back
/// every resource of the process, and one that another server's page wants in that moment never comes (`leptos_server`
/// 0.8.8, `SuppressResourceLoad`).
static ROUTES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| generate_route_list(app::App));

/// The pages, and below them the browser's files; what is neither gets the app's own "not found".
pub fn router(state: &AppState) -> Router {
    let options = state.site.options(state.address);
    let backend: Arc<dyn Backend> = Arc::new(LabBackend::new(state.lab.clone(), state.samples.clone()));
    let context = move || {
        provide_context(Arc::clone(&backend));
        take_nonce();
    };
    let shell = {
        let options = options.clone();
        move || app::shell(options.clone())
    };
    let pages = Router::<LeptosOptions>::new();
    let pages = pages.leptos_routes_with_context(&options, ROUTES.clone(), context.clone(), shell.clone());
    let missing = leptos_axum::render_app_to_stream_in_order_with_context(context, shell);
    let missing = get(move |request: Request| not_found(missing(request))).fallback(wrong_method);
    let files = site::files(&state.site, Router::new().fallback_service(missing));
    let all = pages.method_not_allowed_fallback(wrong_method).with_state(options).fallback_service(files);
    // A page carries the catalog, which is mostly text; what the builder has compressed is left as it is.
    all.layer(CompressionLayer::new())
}

/// Gives the page the nonce that its policy header will name, instead of one that leptos draws.
fn take_nonce() {
    let nonce = use_context::<Parts>().and_then(|parts| parts.extensions.get::<PageNonce>().cloned());
    if let Some(PageNonce(nonce)) = nonce {
        provide_context(nonce);
    }
}

async fn not_found(page: impl Future<Output = Response>) -> Response {
    let mut page = page.await;
    if page.status() == StatusCode::OK {
        *page.status_mut() = StatusCode::NOT_FOUND;
    }
    page
}

async fn wrong_method(method: Method, request: Request) -> ApiError {
    ApiError::WrongMethod { method: method.to_string(), path: request.uri().path().to_owned() }
}
