//! A run's account at the payment provider: the port, and its client over HTTP.
//!
//! Each call has a connection and a task of its own. Whoever drops a call breaks its connection off, as a dying process
//! does; what the provider did with the request by then stays done.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::{CONTENT_TYPE, HOST};
use hyper_util::rt::TokioIo;
use lab::event::{Fields, Record, Request, RowRef, Value};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use crate::store::PortError;

/// What the journal says of the provider.
pub const NAME: &str = "payment provider of ours, over HTTP on loopback; lost and late answers are simulated";
/// The path of the provider's charges.
pub const CHARGES_PATH: &str = "/charges";
/// The largest answer that is read: the ledger of the largest run fits.
const ANSWER_MAX: usize = 16 * 1024 * 1024;
/// How long the provider may take for what no hardship delays.
const PATIENCE: Duration = Duration::from_secs(10);

/// The account of one run. Copies are the same account.
#[derive(Debug, Clone)]
pub struct Account {
    address: SocketAddr,
    name: String,
}

/// What the run does to one call, and when it is made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Circumstances {
    /// The run time, which is the provider's time.
    pub at_us: u64,
    /// The answer is lost.
    pub is_lost: bool,
    /// The answer comes so many real microseconds late.
    pub late_us: u64,
}

/// What the provider answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The status.
    pub status: u16,
    /// Whether it is the kept answer to an earlier request with the same key.
    pub replayed: bool,
    /// The fields of the body.
    pub body: Fields,
}

/// A call on its way. Dropping it breaks its connection off.
#[derive(Debug)]
pub struct Call {
    task: JoinHandle<Result<(Answered, Bytes), NoAnswer>>,
}

/// The connection ended without an answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoAnswer(String);

impl Account {
    /// Opens an account for a run, at the provider that listens there. Keys are kept for so much run time, or for ever.
    ///
    /// # Errors
    /// When the provider does not answer.
    pub async fn open(address: SocketAddr, name: &str, keys_kept_us: Option<u64>) -> Result<Self, PortError> {
        let account = Self { address, name: name.to_owned() };
        let kept = keys_kept_us.and_then(|kept_us| i64::try_from(kept_us).ok());
        let body = Fields::from_iter([("keys_kept_us".to_owned(), kept.map_or(Value::Null, Value::Integer))]);
        account.ask("PUT", "/account", body).await?;
        Ok(account)
    }

    /// Sends a request. It is on its way when this returns, and served whenever the provider comes to it.
    pub fn call(&self, request: &Request, circumstances: Circumstances) -> Call {
        Call { task: tokio::spawn(exchange(self.clone(), request.clone(), circumstances)) }
    }

    /// The ledger, oldest charge first, with the request that asked for it.
    ///
    /// # Errors
    /// When the provider does not answer.
    pub async fn ledger(&self) -> Result<(Request, Vec<Record>), PortError> {
        let (request, bytes) = self.ask("GET", CHARGES_PATH, Fields::new()).await?;
        let told: BTreeMap<String, Vec<Fields>> = serde_json::from_slice(&bytes)
            .map_err(|error| PortError::Broken(format!("the provider's ledger cannot be read: {error}")))?;
        let record = |mut fields: Fields| {
            let key = match fields.remove("id") {
                Some(Value::Text(id)) => id,
                _ => String::new(),
            };
            Record { row: RowRef { table: lab::checks::CHARGES.into(), key }, fields }
        };
        Ok((request, told.into_values().flatten().map(record).collect()))
    }

    /// Closes the account: its ledger is gone.
    ///
    /// # Errors
    /// When the provider does not answer.
    pub async fn close(&self) -> Result<(), PortError> {
        self.ask("DELETE", "/account", Fields::new()).await.map(drop)
    }

    async fn ask(&self, method: &str, path: &str, body: Fields) -> Result<(Request, Bytes), PortError> {
        let request = Request { method: method.into(), path: path.into(), key: None, body };
        let exchanged = exchange(self.clone(), request.clone(), Circumstances::default());
        match tokio::time::timeout(PATIENCE, exchanged).await {
            Ok(Ok((answer, bytes))) if answer.status < 400 => Ok((request, bytes)),
            Ok(Ok((answer, _))) => {
                Err(PortError::Broken(format!("the provider answered {} to {request}", answer.status)))
            }
            Ok(Err(NoAnswer(reason))) => Err(PortError::Lost(reason)),
            Err(_) => Err(PortError::Lost(format!("no answer to {request} within {} s", PATIENCE.as_secs()))),
        }
    }
}

impl Call {
    /// Waits for the answer.
    ///
    /// # Errors
    /// When the connection ends without one, or no answer comes in time.
    pub async fn answer(&mut self, at_most: Duration) -> Result<Answered, NoAnswer> {
        match tokio::time::timeout(at_most, &mut self.task).await {
            Ok(Ok(exchanged)) => exchanged.map(|(answered, _)| answered),
            Ok(Err(error)) => Err(NoAnswer(error.to_string())),
            Err(_) => Err(NoAnswer("no answer came in time".into())),
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// One request and its answer on a connection of their own.
async fn exchange(
    account: Account,
    request: Request,
    circumstances: Circumstances,
) -> Result<(Answered, Bytes), NoAnswer> {
    let lost = |_| NoAnswer("the connection was closed".into());
    let stream = TcpStream::connect(account.address).await.map_err(lost_io)?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(lost)?;
    let message = message(&account, &request, circumstances)?;
    let answered = async {
        let response = sender.send_request(message).await.map_err(lost)?;
        let status = response.status().as_u16();
        let replayed = response.headers().contains_key(provider::REPLAYED);
        let body = Limited::new(response.into_body(), ANSWER_MAX).collect().await;
        let bytes = body.map_err(|_| NoAnswer("the answer broke off".into()))?.to_bytes();
        let body = serde_json::from_slice(&bytes).unwrap_or_default();
        Ok((Answered { status, replayed, body }, bytes))
    };
    // The connection is driven beside the request, so that no second task can outlive this one.
    tokio::pin!(answered, connection);
    tokio::select! {
        answer = &mut answered => answer,
        _ = &mut connection => answered.await,
    }
}

fn message(
    account: &Account,
    request: &Request,
    circumstances: Circumstances,
) -> Result<hyper::Request<Full<Bytes>>, NoAnswer> {
    let mut message = hyper::Request::builder()
        .method(request.method.as_str())
        .uri(request.path.as_str())
        .header(HOST, account.address.to_string())
        .header(CONTENT_TYPE, "application/json")
        .header(provider::ACCOUNT, &account.name)
        .header(provider::AT_US, circumstances.at_us);
    if let Some(key) = &request.key {
        message = message.header(provider::KEY, key);
    }
    if circumstances.late_us > 0 {
        message = message.header(provider::LATE_US, circumstances.late_us);
    }
    if circumstances.is_lost {
        message = message.header(provider::LOSE_ANSWER, "1");
    }
    let body = serde_json::to_vec(&request.body).unwrap_or_default();
    message.body(Full::new(Bytes::from(body))).map_err(|error| NoAnswer(error.to_string()))
}

fn lost_io(error: std::io::Error) -> NoAnswer {
    NoAnswer(format!("the provider was not reached: {error}"))
}
