//! The pages' outside: their headers, their files.

use lab::catalog::Catalog;
use server::site::Site;

use super::client::{Folder, Server};

/// A site as the builder makes it, without anything in it that would run.
fn site(folder: &Folder) -> Site {
    folder.file("hash.txt", "js: 0a\nwasm: 0b\ncss: 0c\n");
    folder.file("pkg/interleave.0a.js", "export default 1;\n");
    folder.file("pkg/interleave.0a.js.br", "squeezed");
    folder.file("robots.txt", "all welcome\n");
    Site::at(&folder.0).unwrap()
}

#[tokio::test]
async fn a_file_with_a_hash_in_its_name_is_kept_for_ever() {
    let folder = Folder::new();
    let server = Server::with(site(&folder)).await;
    let hashed = server.get("/pkg/interleave.0a.js").await;
    assert_eq!((hashed.status, hashed.body.as_str()), (200, "export default 1;\n"));
    assert!(hashed.header("cache-control").contains("immutable"), "{hashed:?}");
    let other = server.get("/robots.txt").await;
    assert_eq!((other.status, other.header("cache-control")), (200, "no-cache"), "{other:?}");
}

#[tokio::test]
async fn a_browser_that_knows_brotli_gets_what_the_builder_compressed() {
    let folder = Folder::new();
    let server = Server::with(site(&folder)).await;
    let answer = server.send("GET /pkg/interleave.0a.js", &[("Accept-Encoding", "gzip, br")], b"").await;
    assert_eq!((answer.header("content-encoding"), answer.body.as_str()), ("br", "squeezed"), "{answer:?}");
    assert!(answer.header("content-type").contains("javascript"), "{answer:?}");
}

#[tokio::test]
async fn every_answer_tells_browsers_to_be_careful() {
    let server = Server::start().await;
    for path in ["/", "/nowhere", "/api/v1/catalog", "/api/v1/nothing", "/healthz"] {
        let answer = server.get(path).await;
        let policy = answer.header("content-security-policy");
        for part in ["default-src 'none'", "frame-ancestors 'none'", "'wasm-unsafe-eval'", "'nonce-"] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("script-src 'self' 'unsafe-inline'"), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
    }
}

#[tokio::test]
async fn a_file_outside_of_the_site_is_not_served() {
    let folder = Folder::new();
    folder.file("secret.txt", "secret");
    let inside = Folder(folder.0.join("site"));
    std::fs::create_dir(&inside.0).unwrap();
    let server = Server::with(site(&inside)).await;
    for path in ["/../secret.txt", "/%2e%2e/secret.txt", "/pkg/../../secret.txt", "/..%2fsecret.txt"] {
        let answer = server.get(path).await;
        assert!(answer.status >= 400 && !answer.body.contains("secret\n"), "{path}: {answer:?}");
    }
}

#[tokio::test]
async fn a_page_carries_the_nonce_that_its_policy_names() {
    let folder = Folder::new();
    let server = Server::with(site(&folder)).await;
    let page = server.get("/").await;
    assert_eq!(page.status, 200, "{page:?}");
    let policy = page.header("content-security-policy");
    let (_, nonce) = policy.split_once("'nonce-").unwrap();
    let (nonce, _) = nonce.split_once('\'').unwrap();
    let inline: Vec<&str> = page.body.split("<script").skip(1).filter(|tag| !tag.contains("src=")).collect();
    assert!(!inline.is_empty(), "leptos starts the page with an inline script");
    for tag in inline {
        assert!(tag.contains(&format!("nonce=\"{nonce}\"")), "{tag}");
    }
    let again = server.get("/").await;
    assert_ne!(again.header("content-security-policy"), policy, "a nonce is used once");
}

#[tokio::test]
async fn a_page_loads_the_files_that_the_builder_made() {
    let folder = Folder::new();
    let server = Server::with(site(&folder)).await;
    let page = server.get("/").await;
    for file in ["/pkg/interleave.0a.js", "/pkg/interleave.0b.wasm", "/pkg/interleave.0c.css"] {
        assert!(page.body.contains(file), "{file}: {page:?}");
    }
}

#[tokio::test]
async fn a_page_shows_what_the_catalog_holds() {
    let server = Server::start().await;
    let catalog: Catalog = server.get("/api/v1/catalog").await.json();
    let lab = &catalog.labs[0];
    let page = server.get(&format!("/labs/{}", lab.name)).await;
    assert_eq!(page.status, 200, "{page:?}");
    assert!(
        page.header("content-type").starts_with("text/html") && page.body.contains(&lab.title),
        "{page:?}"
    );
}

#[tokio::test]
async fn a_page_that_is_not_there_says_so_in_words_and_in_its_status() {
    let folder = Folder::new();
    let server = Server::with(site(&folder)).await;
    for path in ["/nowhere", "/runs/none", "/runs/a%20b%ff", "/pkg/interleave.ffff.js", "/labs/none"] {
        let page = server.get(path).await;
        assert_eq!(page.status, 404, "{path}: {page:?}");
        assert!(
            page.header("content-type").starts_with("text/html") && page.body.contains("<h1"),
            "{page:?}"
        );
        assert!(!page.header("cache-control").contains("immutable"), "{page:?}");
    }
    let refused = server.send("POST /nowhere", &[], b"").await;
    assert_eq!((refused.status, refused.problem().kind.as_str()), (405, "/problems/wrong-method"));
}

#[tokio::test]
async fn a_page_is_compressed_for_whoever_understands_it() {
    let server = Server::start().await;
    let plain = server.get("/labs/concurrency").await;
    assert_eq!((plain.status, plain.header("content-encoding")), (200, ""));
    for coding in ["gzip", "br"] {
        let answer = server.send("GET /labs/concurrency", &[("Accept-Encoding", coding)], b"").await;
        assert_eq!((answer.status, answer.header("content-encoding")), (200, coding));
    }
}
