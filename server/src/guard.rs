//! Who may ask at all: the server's own names, and its own pages.
//!
//! A page of a stranger can make a browser send requests to this machine. The Host check stops a name that was
//! pointed here after it was loaded elsewhere; the Origin check stops forms and websockets of foreign pages.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::problem::ApiError;
use crate::share::Share;
use crate::state::AppState;

/// The port that a URL need not name.
const HTTP_PORT: u16 = 80;
/// No refusal repeats more of a header than this, in characters.
const ECHO_MAX: usize = 100;

/// The names under which the server may be addressed.
#[derive(Debug, Clone)]
pub struct Hosts {
    names: Vec<String>,
    port: u16,
    share: Option<Arc<Share>>,
}

impl Hosts {
    /// The names of a server on this address: loopback by all its names, and the address itself. A shared lab may be
    /// addressed by any IP address too: only a name can be pointed here by a stranger.
    pub fn of(address: SocketAddr, share: Option<Arc<Share>>) -> Self {
        let port = address.port();
        let mut names: Vec<String> = [address.to_string(), format!("127.0.0.1:{port}")].into();
        names.extend([format!("localhost:{port}"), format!("[::1]:{port}")]);
        if port == HTTP_PORT {
            let bare = names.iter().filter_map(|name| name.strip_suffix(":80"));
            names.extend(bare.map(str::to_owned).collect::<Vec<_>>());
        }
        Self { names, port, share }
    }

    /// Whether a Host header names this server.
    pub fn knows(&self, host: &str) -> bool {
        let is_ip = || host.parse::<SocketAddr>().is_ok_and(|address| address.port() == self.port);
        let is_shared = |share: &Arc<Share>| share.knows(host) || is_ip();
        self.names.iter().any(|name| name.eq_ignore_ascii_case(host))
            || self.share.as_ref().is_some_and(is_shared)
    }

    /// Whether an Origin header is that of a page of this server.
    pub fn is_home(&self, origin: &str) -> bool {
        origin.strip_prefix("http://").is_some_and(|host| self.knows(host))
    }

    fn first(&self) -> &str {
        self.names.first().map_or("", String::as_str)
    }
}

/// Lets a request pass, or refuses it.
pub async fn check(State(state): State<AppState>, request: Request, next: Next) -> Response {
    match refusal(&state.hosts, &request) {
        Some(refusal) => refusal.into_response(),
        None => next.run(request).await,
    }
}

fn refusal(hosts: &Hosts, request: &Request) -> Option<ApiError> {
    let named = text(request.headers(), &header::HOST);
    let host = named.or_else(|| request.uri().authority().map(|authority| authority.to_string()));
    let host = host.unwrap_or_default();
    if !hosts.knows(&host) {
        return Some(ApiError::ForeignHost { found: clip(&host), expected: hosts.first().into() });
    }
    let minds_origin = !is_reading(request.method()) || request.headers().contains_key(header::UPGRADE);
    // A program that is not a browser sends no Origin, and is not what this check is about.
    let origin = text(request.headers(), &header::ORIGIN).filter(|_| minds_origin)?;
    (!hosts.is_home(&origin)).then(|| ApiError::ForeignOrigin(clip(&origin)))
}

fn is_reading(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// A header's text; one that is not text becomes something that no list holds.
fn text(headers: &HeaderMap, name: &header::HeaderName) -> Option<String> {
    headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

fn clip(text: &str) -> String {
    if text.is_empty() { "nobody".into() } else { text.chars().take(ECHO_MAX).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_names_of_this_server_are_known() {
        let hosts = Hosts::of(([127, 0, 0, 1], 3000).into(), None);
        for name in ["127.0.0.1:3000", "localhost:3000", "LOCALHOST:3000", "[::1]:3000"] {
            assert!(hosts.knows(name), "{name}");
        }
        for name in ["", "localhost", "localhost:3001", "evil.example:3000", "localhost:3000.evil.example"] {
            assert!(!hosts.knows(name), "{name}");
        }
    }

    #[test]
    fn a_shared_lab_is_known_by_any_address_and_by_the_names_that_were_allowed() {
        let share = Share::new(vec!["lab.example:3000".into()]);
        let hosts = Hosts::of(([0, 0, 0, 0], 3000).into(), Some(Arc::new(share)));
        for name in ["192.168.1.5:3000", "[fe80::1]:3000", "Lab.Example:3000"] {
            assert!(hosts.knows(name), "{name}");
        }
        for name in ["192.168.1.5:3001", "evil.example:3000", "192.168.1.5.evil.example:3000"] {
            assert!(!hosts.knows(name), "{name}");
        }
    }

    #[test]
    fn only_a_page_of_this_server_is_at_home() {
        let hosts = Hosts::of(([127, 0, 0, 1], 80).into(), None);
        assert!(hosts.is_home("http://localhost") && hosts.is_home("http://127.0.0.1:80"));
        for origin in
            ["null", "https://localhost", "http://evil.example", "localhost", "http://localhost:3000"]
        {
            assert!(!hosts.is_home(origin), "{origin}");
        }
    }
}
