//! The headers that tell a browser how little it may do with our answers.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use leptos::nonce::Nonce;

/// What is the same on every answer. Nothing may be guessed, told on, or framed by others.
const FIXED: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// The nonce of the page that this request asks for: the header and the page's scripts must carry the same.
#[derive(Clone)]
pub struct PageNonce(pub Nonce);

/// Draws the request's nonce, and puts the headers on the answer.
pub async fn protect(mut request: Request, next: Next) -> Response {
    let nonce = Nonce::new();
    request.extensions_mut().insert(PageNonce(nonce.clone()));
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in FIXED {
        headers.insert(name, HeaderValue::from_static(value));
    }
    set_policy(headers, &policy(&nonce));
    response
}

fn set_policy(headers: &mut HeaderMap, policy: &str) {
    let value = HeaderValue::from_str(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"));
    headers.insert(header::CONTENT_SECURITY_POLICY, value);
}

/// Everything comes from this server. Leptos' inline scripts carry the nonce, wasm must be allowed by name, and
/// the stage computes positions, which are style attributes.
fn policy(nonce: &Nonce) -> String {
    [
        "default-src 'none'",
        &format!("script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'"),
        &format!("style-src 'self' 'nonce-{nonce}'"),
        "style-src-attr 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
    .join("; ")
}
