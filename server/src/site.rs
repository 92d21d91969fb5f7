//! The browser's files: where they are, and how they are served.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use leptos::config::{Env, LeptosOptions};
use tower_http::services::ServeDir;

/// The name with which the built files begin. It is compiled into the page too.
const OUTPUT_NAME: &str = "interleave";
/// The folder of the built files, inside the site.
const PKG: &str = "pkg";
/// Tells the hashes in the names of the built files; a folder without it is no site.
const HASH_FILE: &str = "hash.txt";
/// The folder's name, beside the program or in the build folder above it.
const SITE: &str = "site";
/// How far above the program its folder is looked for: beside it, then in the build folder, then for a test.
const LEVELS_UP: usize = 3;

/// A file whose content decides over its name never changes.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Where the fonts are. Their names carry no hash, but they hardly ever change.
const FONTS: &str = "/fonts/";
const A_WEEK: HeaderValue = HeaderValue::from_static("public, max-age=604800");
/// Any other may: the browser keeps it, but asks whether it is still true.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// The folder that browsers load from, if there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    folder: Option<PathBuf>,
}

impl Site {
    /// The site at `folder`.
    ///
    /// # Errors
    /// A sentence when the builder did not make that folder.
    pub fn at(folder: &Path) -> Result<Self, String> {
        if folder.join(HASH_FILE).is_file() {
            return Ok(Self { folder: Some(folder.to_owned()) });
        }
        let shown = folder.display();
        Err(format!("{shown} is not a built site: it has no {HASH_FILE}; make it with `./dev build`."))
    }

    /// The site that belongs to this program, found from where the program is.
    pub fn beside_program() -> Self {
        let program = std::env::current_exe().unwrap_or_default();
        let folders = program.ancestors().skip(1).take(LEVELS_UP).map(|above| above.join(SITE));
        Self { folder: folders.into_iter().find(|folder| Self::at(folder).is_ok()) }
    }

    /// No site: pages are readable, but nothing in them moves.
    pub fn none() -> Self {
        Self { folder: None }
    }

    /// The folder.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// What leptos must know, so that nobody has to set it in the environment.
    pub fn options(&self, address: SocketAddr) -> LeptosOptions {
        let folder = self.folder.clone().unwrap_or_else(|| SITE.into());
        let hashes = std::path::absolute(folder.join(HASH_FILE)).unwrap_or_default();
        LeptosOptions::builder()
            .output_name(OUTPUT_NAME)
            .site_root(folder.to_string_lossy().into_owned())
            .site_pkg_dir(PKG)
            .site_addr(address)
            .env(Env::PROD)
            // Leptos takes this path from the program's folder; an absolute one stays as it is.
            .hash_file(hashes.to_string_lossy().into_owned().into())
            // With hashes switched on, a missing file would be a panic in the first page.
            .hash_files(self.folder.is_some())
            .build()
    }
}

/// The site's files as a router; what is not among them is answered by `missing`.
pub fn files(site: &Site, missing: Router) -> Router {
    let served = match site.folder() {
        Some(folder) => {
            let files = ServeDir::new(folder).precompressed_br().append_index_html_on_directories(false);
            Router::new().fallback_service(files.call_fallback_on_method_not_allowed(true).fallback(missing))
        }
        None => missing,
    };
    served.layer(from_fn(keep))
}

/// Says how long a browser may keep a file.
async fn keep(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let value = match () {
        () if is_hashed(path) => FOR_EVER,
        // A page asks for them early, and would ask in vain if the browser had to ask again each time.
        () if path.starts_with(FONTS) => A_WEEK,
        () => ASK_AGAIN,
    };
    let mut response = next.run(request).await;
    let found = response.status().is_success() || response.status().is_redirection();
    let value = if found { value } else { ASK_AGAIN };
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(value);
    response
}

/// Whether a path is `/pkg/interleave.HASH.ext`.
fn is_hashed(path: &str) -> bool {
    let Some(name) = path.strip_prefix("/pkg/") else {
        return false;
    };
    let mut parts = name.split('.');
    let hashed = parts.next() == Some(OUTPUT_NAME) && parts.next().is_some_and(|hash| !hash.is_empty());
    hashed && parts.next().is_some() && parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_with_a_hash_are_kept_for_ever() {
        assert!(is_hashed("/pkg/interleave.0123456789abcdef.js"));
        for path in [
            "/pkg/interleave.js",
            "/pkg/reload.js",
            "/favicon.svg",
            "/pkg/interleave.0.js.br",
            "/interleave.0.js",
        ] {
            assert!(!is_hashed(path), "{path}");
        }
    }
}
