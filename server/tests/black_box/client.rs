//! A server on a free port, and a client that may be as rude as a test needs.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use engine::{Config, Lab};
use futures::StreamExt;
use lab::event::Entry;
use lab::wire::{Frame, Problem, RunSummary};
use server::class::Class;
use server::share::Share;
use server::site::Site;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error as WsError, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Nothing here takes longer on a loaded machine; who waits longer waits for what does not come.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A run that is over at once, with a few hundred entries.
pub const QUICK: &str = r#"{"strategy":"optimistic","pace":"instant",
    "workload":{"buyers":8,"purchases":5,"quantity":40,"think_ms":1},"retry":{"attempts_max":50}}"#;
/// A run that outlasts any test.
pub const SLOW: &str =
    r#"{"strategy":"optimistic","pace":"watch","workload":{"buyers":2,"purchases":200,"quantity":1000}}"#;

/// A folder that goes away with the test.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Self {
        let path = std::env::temp_dir().join(format!("interleave-test-{}", Uuid::new_v4().simple()));
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    pub fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A server that lives as long as the test.
pub struct Server {
    pub address: SocketAddr,
    pub stop: CancellationToken,
    pub served: JoinHandle<std::io::Result<()>>,
    _data: Folder,
}

impl Server {
    pub async fn start() -> Self {
        Self::with(Site::none()).await
    }

    pub async fn with(site: Site) -> Self {
        Self::open(site, Class::default(), None).await
    }

    /// A server with a PostgreSQL beside it, on a database that is the test's own.
    pub async fn on_postgres(url: String) -> Self {
        Self::open(Site::none(), Class::default(), Some(url)).await
    }

    /// A server that is shared, for whoever has its keys.
    pub async fn shared(share: Share) -> Self {
        Self::of_class(Class { share: Some(share), talk: None }).await
    }

    /// A server for a class.
    pub async fn of_class(class: Class) -> Self {
        Self::open(Site::none(), class, None).await
    }

    async fn open(site: Site, class: Class, postgres: Option<String>) -> Self {
        let data = Folder::new();
        let lab =
            Lab::open(Config { data: data.0.clone(), postgres, nats: None, zookeeper: None }).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
        let served = tokio::spawn(server::serve(listener, lab, site, class, stop.clone()));
        Self { address, stop, served, _data: data }
    }

    /// The client's half alone, for a program that runs elsewhere.
    pub fn at(address: SocketAddr) -> Self {
        Self {
            address,
            stop: CancellationToken::new(),
            served: tokio::spawn(async { Ok(()) }),
            _data: Folder::new(),
        }
    }

    /// Sends a request as it is written; `Host` and `Connection` are added unless it brings its own host.
    pub async fn send(&self, line: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut text = format!("{line} HTTP/1.1\r\nConnection: close\r\n");
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            text += &format!("Host: {}\r\n", self.address);
        }
        if !body.is_empty() {
            text += &format!("Content-Length: {}\r\n", body.len());
        }
        headers.iter().for_each(|(name, value)| text += &format!("{name}: {value}\r\n"));
        let stream = TcpStream::connect(self.address).await.unwrap();
        let (mut read, mut write) = stream.into_split();
        let sending = async {
            // The server may hang up on a body that it does not want; its answer counts, not our pipe.
            let _ = write.write_all((text + "\r\n").as_bytes()).await;
            let _ = write.write_all(body).await;
            write
        };
        let mut bytes = Vec::new();
        let receiving = read.read_to_end(&mut bytes);
        let both = async { futures::join!(sending, receiving) };
        let (_, received) = tokio::time::timeout(PATIENCE, both).await.expect("an answer");
        received.unwrap();
        Answer::read(&bytes)
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(&format!("GET {path}"), &[], b"").await
    }

    pub async fn post_spec(&self, spec: &str) -> Answer {
        self.send("POST /api/v1/runs", &[("Content-Type", "application/json")], spec.as_bytes()).await
    }

    /// Starts a run and gives its id.
    pub async fn run(&self, spec: &str) -> String {
        let answer = self.post_spec(spec).await;
        assert!([201, 202].contains(&answer.status), "{answer:?}");
        answer.json::<RunSummary>().id
    }

    pub async fn journal(&self, id: &str, after: u64) -> Vec<Entry> {
        let answer = self.get(&format!("/api/v1/runs/{id}/journal?after={after}")).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    pub async fn feed(&self, id: &str, after: u64) -> Feed {
        self.feed_from(id, after, None).await.unwrap()
    }

    /// Opens a feed as a page of some origin would.
    pub async fn feed_from(&self, id: &str, after: u64, origin: Option<&str>) -> Result<Feed, WsError> {
        let url = format!("ws://{}/api/v1/runs/{id}/feed?after={after}", self.address);
        let mut request = url.into_client_request()?;
        if let Some(origin) = origin {
            request.headers_mut().insert("Origin", origin.parse().unwrap());
        }
        connect_async(request).await.map(|(socket, _)| Feed(socket))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// The client's end of a feed.
pub struct Feed(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Feed {
    /// The next frame; `None` when the server hung up.
    pub async fn next(&mut self) -> Option<Frame> {
        loop {
            match tokio::time::timeout(PATIENCE, self.0.next()).await.expect("a frame")? {
                Ok(Message::Text(text)) => return Some(serde_json::from_str(&text).unwrap()),
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    /// All entries up to bye.
    pub async fn entries(&mut self) -> Vec<Entry> {
        let mut all = Vec::new();
        loop {
            match self.next().await.expect("bye comes before the end") {
                Frame::Hello { .. } | Frame::Offer { .. } => {}
                Frame::Entries { entries } => all.extend(entries),
                Frame::Bye { .. } => return all,
            }
        }
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    fn read(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").expect("a head");
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let header =
            |line: &str| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()));
        let mut answer = Self { status, headers: lines.filter_map(header).collect(), body: String::new() };
        let body = &bytes[end + 4..];
        let body =
            if answer.header("transfer-encoding") == "chunked" { unchunked(body) } else { body.to_vec() };
        answer.body = String::from_utf8_lossy(&body).into_owned();
        answer
    }

    /// A header's first value, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    pub fn json<T: serde::de::DeserializeOwned>(&self) -> T {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The refusal: well formed, and about the same status.
    pub fn problem(&self) -> Problem {
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        let problem: Problem = self.json();
        assert_eq!(problem.status, self.status);
        assert!(problem.kind.starts_with("/problems/") && problem.detail.ends_with('.'), "{problem:?}");
        problem
    }
}

fn unchunked(mut body: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    loop {
        let end = body.windows(2).position(|window| window == b"\r\n").expect("a chunk's size");
        let size = usize::from_str_radix(std::str::from_utf8(&body[..end]).unwrap(), 16).unwrap();
        if size == 0 {
            return whole;
        }
        whole.extend_from_slice(&body[end + 2..end + 2 + size]);
        body = &body[end + 2 + size + 2..];
    }
}
