//! One actor's session with ZooKeeper, on a thread of its own, so that standing still stops everything that the
//! client does: its requests and its sign of life.

use std::sync::mpsc as posts;
use std::time::Duration;

use futures::future::BoxFuture;
use tokio::sync::{mpsc, oneshot};
use zookeeper_client::{Acls, Client, CreateMode, Error as ClientError};

use super::lost;
use crate::locks::{Asked, GivenBack, LockClient};
use crate::store::PortError;

/// What an asker's node is called, before its number.
const PREFIX: &str = "ask-";
/// An actor sends one command and waits for its answer.
const COMMANDS_MAX: usize = 1;
/// A session that has ended is replaced so often before the service counts as lost.
const SESSIONS_MAX: usize = 3;
/// How often a client tries again that has lost its server: together longer than servers take to agree on a new leader.
const CONNECTIONS_MAX: usize = 60;
/// How long it waits before it tries again.
const CONNECT_AGAIN: Duration = Duration::from_millis(100);
/// How often the observer looks whether a session has ended.
const LOOK_EVERY: Duration = Duration::from_millis(10);
/// The longest that the servers may take to end a session; their own default limit is 40 s.
const EXPIRY_MAX: Duration = Duration::from_secs(60);

/// Where a client asks.
pub(super) struct Place {
    pub cluster: String,
    pub folder: String,
    pub lease: Duration,
}

/// The actor's end of the thread.
pub(super) struct ZooKeeperClient {
    commands: mpsc::Sender<Command>,
    observer: Client,
    /// The node with which the actor stands in line, as far as it knows.
    node: Option<String>,
    /// Dropped to let the thread go on.
    post: Option<posts::Sender<()>>,
}

enum Command {
    Ask { name: String, reply: oneshot::Sender<Result<Stand, PortError>> },
    GiveBack { reply: oneshot::Sender<Result<bool, PortError>> },
    StandStill { until: posts::Receiver<()>, stopped: oneshot::Sender<()> },
}

/// Where the asker stands: its node, and its token if it is the first in line.
struct Stand {
    node: String,
    token: Option<i64>,
}

impl ZooKeeperClient {
    pub(super) fn start(actor: &str, place: Place, observer: Client) -> Result<Self, PortError> {
        let (commands, inbox) = mpsc::channel(COMMANDS_MAX);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| PortError::Broken(format!("no runtime: {error}")))?;
        std::thread::Builder::new()
            .name(format!("zookeeper {actor}"))
            .spawn(move || runtime.block_on(Session { place, inbox, client: None, mine: None }.serve()))
            .map_err(|error| PortError::Broken(format!("no thread: {error}")))?;
        Ok(Self { commands, observer, node: None, post: None })
    }

    async fn request<T>(&self, command: impl FnOnce(oneshot::Sender<T>) -> Command) -> Result<T, PortError> {
        let (reply, answer) = oneshot::channel();
        let gone = || PortError::Lost("the ZooKeeper client is gone".into());
        self.commands.send(command(reply)).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())
    }

    /// Waits until the servers have ended the session: then its node is gone.
    async fn until_expired(&self, node: &str) -> Result<(), PortError> {
        let looking = async {
            loop {
                match self.observer.check_stat(node).await {
                    Ok(None) => return Ok(()),
                    // Between two leaders nobody answers.
                    Ok(Some(_)) => tokio::time::sleep(LOOK_EVERY).await,
                    Err(error) if is_unheard(&error) => tokio::time::sleep(LOOK_EVERY).await,
                    Err(error) => return Err(lost(error)),
                }
            }
        };
        tokio::time::timeout(EXPIRY_MAX, looking).await.unwrap_or_else(|_| {
            Err(PortError::Lost(format!("ZooKeeper kept a silent session for {} s", EXPIRY_MAX.as_secs())))
        })
    }
}

impl LockClient for ZooKeeperClient {
    fn ask<'a>(&'a mut self, name: &'a str) -> BoxFuture<'a, Result<Asked, PortError>> {
        Box::pin(async move {
            let asked = self.request(|reply| Command::Ask { name: name.to_owned(), reply }).await??;
            self.node = Some(asked.node);
            Ok(asked.token.map_or(Asked::InLine, Asked::Granted))
        })
    }

    fn give_back(&mut self) -> BoxFuture<'_, Result<GivenBack, PortError>> {
        Box::pin(async move {
            self.node = None;
            let was_held = self.request(|reply| Command::GiveBack { reply }).await??;
            Ok(if was_held { GivenBack::Held } else { GivenBack::Gone })
        })
    }

    fn stand_still(&mut self) -> BoxFuture<'_, Result<(), PortError>> {
        Box::pin(async move {
            let (post, until) = posts::channel();
            self.request(|stopped| Command::StandStill { until, stopped }).await?;
            self.post = Some(post);
            match self.node.take() {
                Some(node) => self.until_expired(&node).await,
                None => Ok(()),
            }
        })
    }

    fn go_on(&mut self) {
        self.post = None;
    }
}

/// What the thread holds.
struct Session {
    place: Place,
    inbox: mpsc::Receiver<Command>,
    client: Option<Client>,
    /// The node with which it stands in line, and its number.
    mine: Option<(String, i64)>,
}

impl Session {
    async fn serve(mut self) {
        while let Some(command) = self.inbox.recv().await {
            match command {
                Command::Ask { name, reply } => drop(reply.send(self.ask(&name).await)),
                Command::GiveBack { reply } => drop(reply.send(self.give_back().await)),
                Command::StandStill { until, stopped } => {
                    let _ = stopped.send(());
                    // The thread itself stops, and with it all that runs on it.
                    let _ = until.recv();
                }
            }
        }
    }

    async fn ask(&mut self, name: &str) -> Result<Stand, PortError> {
        let folder = format!("{}/{}", self.place.folder, name.replace([' ', '/'], "-"));
        let (mut sessions, mut connections) = (0, 0);
        while sessions < SESSIONS_MAX && connections < CONNECTIONS_MAX {
            match self.stand_in_line(&folder).await {
                Err(error) if is_unheard(&error) => {
                    // Whether the servers took what was sent is unknown. A new session leaves nothing of the old one in
                    // line, and stands at the end of it.
                    connections += 1;
                    (self.client, self.mine) = (None, None);
                    tokio::time::sleep(CONNECT_AGAIN).await;
                }
                Err(ClientError::SessionExpired | ClientError::NoNode) => {
                    // What was held went with the session; a new one begins at the end of the line.
                    sessions += 1;
                    (self.client, self.mine) = (None, None);
                }
                answer => return answer.map_err(lost),
            }
        }
        let what =
            if sessions < SESSIONS_MAX { "does not answer any more" } else { "ended every session at once" };
        Err(PortError::Lost(format!("ZooKeeper {what}")))
    }

    async fn stand_in_line(&mut self, folder: &str) -> Result<Stand, ClientError> {
        let client = match self.client.take() {
            Some(client) => client,
            None => {
                let connector = Client::connector().with_session_timeout(self.place.lease);
                connector.connect(&self.place.cluster).await?
            }
        };
        let client = self.client.insert(client);
        let (node, number) = match self.mine.take() {
            Some(mine) => mine,
            None => make_node(client, folder).await?,
        };
        let in_line = client.list_children(folder).await?;
        let numbers: Vec<i64> = in_line.iter().filter_map(|name| number_of(name)).collect();
        if !numbers.contains(&number) {
            return Err(ClientError::NoNode);
        }
        let is_first = numbers.iter().all(|other| *other >= number);
        self.mine = Some((node.clone(), number));
        // Numbers begin at 0, and a row's first fence is 0.
        Ok(Stand { node, token: is_first.then_some(number + 1) })
    }

    async fn give_back(&mut self) -> Result<bool, PortError> {
        let (Some(client), Some((node, _))) = (&self.client, self.mine.take()) else { return Ok(false) };
        for attempt in 0..CONNECTIONS_MAX {
            match client.delete(&node, None).await {
                Ok(()) => return Ok(true),
                // The answer to the deletion before was lost, and this session still stands.
                Err(ClientError::NoNode) if attempt > 0 => return Ok(true),
                Err(error) if is_unheard(&error) => tokio::time::sleep(CONNECT_AGAIN).await,
                Err(ClientError::SessionExpired | ClientError::NoNode) => {
                    self.client = None;
                    return Ok(false);
                }
                Err(error) => return Err(lost(error)),
            }
        }
        Err(PortError::Lost("ZooKeeper does not answer any more".into()))
    }
}

/// Whether a request went unanswered, so that nobody knows if it was carried out. The client has no name of its own for
/// a server that was silent for too long or a socket that failed; after a standstill that can be the first it notices.
fn is_unheard(error: &ClientError) -> bool {
    matches!(error, ClientError::ConnectionLoss | ClientError::Timeout | ClientError::Custom(_))
}

async fn make_node(client: &Client, folder: &str) -> Result<(String, i64), ClientError> {
    client.mkdir(folder, &CreateMode::Persistent.with_acls(Acls::anyone_all())).await?;
    let options = CreateMode::EphemeralSequential.with_acls(Acls::anyone_all());
    let prefix = format!("{folder}/{PREFIX}");
    let (_, number) = client.create(&prefix, &[], &options).await?;
    Ok((format!("{prefix}{number}"), number.into_i64()))
}

fn number_of(name: &str) -> Option<i64> {
    name.strip_prefix(PREFIX)?.parse().ok()
}
