//! The desk: HTTP requests in, answers out.

use std::collections::HashMap;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::CONTENT_TYPE;
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use serde_json::{Value, json};

use crate::account::{Account, Answer, Order, refusal};

/// The header that names the account.
pub const ACCOUNT: &str = "account";
/// The header that makes a request safe to repeat.
pub const KEY: &str = "idempotency-key";
/// The header with the asker's time, in microseconds: the provider's clock.
pub const AT_US: &str = "lab-at-us";
/// The header that asks for an answer that comes so many real microseconds late.
pub const LATE_US: &str = "lab-late-us";
/// The header that asks for an answer that is lost: after the charge the connection is closed.
pub const LOSE_ANSWER: &str = "lab-lose-answer";
/// In an answer: it was kept from an earlier request with the same key.
pub const REPLAYED: &str = "idempotent-replayed";

/// The most accounts that are open at the same time.
const ACCOUNTS_MAX: usize = 256;
/// The largest body: a charge is a few words.
const BODY_MAX: usize = 8 * 1024;
/// No answer is later than this, whoever asks for it.
const LATE_MAX: Duration = Duration::from_secs(60);
/// The longest path, name or key.
const NAME_MAX: usize = 200;

/// Everything that the provider knows.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    accounts: Mutex<HashMap<String, Account>>,
}

impl Desk {
    /// Handles one request.
    ///
    /// # Errors
    /// When the answer is to be lost: then the connection is closed without one.
    pub(crate) async fn handle(&self, request: Request<Incoming>) -> io::Result<Response<Full<Bytes>>> {
        let (head, body) = request.into_parts();
        let body = Limited::new(body, BODY_MAX).collect().await;
        let answer = match body {
            Ok(body) => self.answer(&head.method, head.uri.path(), &head.headers, &body.to_bytes()),
            Err(_) => refusal(413, "the body is too large or broke off"),
        };
        if let Some(late_us) = number(&head.headers, LATE_US) {
            tokio::time::sleep(Duration::from_micros(late_us).min(LATE_MAX)).await;
        }
        if head.headers.contains_key(LOSE_ANSWER) {
            return Err(io::Error::other("the answer is lost, as asked"));
        }
        Ok(response(&answer))
    }

    fn answer(&self, method: &Method, path: &str, headers: &HeaderMap, body: &[u8]) -> Answer {
        let Some(account) = text(headers, ACCOUNT) else { return refusal(401, "no account was named") };
        // Who asks for protection and would not get it must hear so.
        if headers.contains_key(KEY) && text(headers, KEY).is_none() {
            return refusal(400, "the idempotency key is empty or too long");
        }
        let at_us = number(headers, AT_US).unwrap_or_default();
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let mut accounts = self.lock();
        match (method, path) {
            (&Method::PUT, "/account") => open(&mut accounts, account, &body),
            (&Method::DELETE, "/account") => {
                accounts.remove(account);
                Answer { status: 200, body: json!({}), replayed: false }
            }
            _ => match accounts.get_mut(account) {
                Some(account) => serve(account, method, path, text(headers, KEY), at_us, &body),
                None => refusal(401, "there is no such account"),
            },
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Account>> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn open(accounts: &mut HashMap<String, Account>, name: &str, body: &Value) -> Answer {
    if accounts.len() >= ACCOUNTS_MAX {
        return refusal(503, "too many accounts are open");
    }
    accounts.insert(name.to_owned(), Account::new(body["keys_kept_us"].as_u64()));
    Answer { status: 201, body: json!({}), replayed: false }
}

fn serve(
    account: &mut Account,
    method: &Method,
    path: &str,
    key: Option<&str>,
    at_us: u64,
    body: &Value,
) -> Answer {
    let order = |payment: &str, sets| {
        let request = body["request"].as_str().filter(|name| is_name(name))?;
        let amount = body["amount"].as_i64()?;
        Some(Order { payment: payment.to_owned(), request: request.to_owned(), amount, sets })
    };
    let order = match (method, path.strip_prefix("/charges/")) {
        (&Method::GET, None) if path == "/charges" => {
            return Answer { status: 200, body: account.ledger(), replayed: false };
        }
        (&Method::POST, None) if path == "/charges" => {
            body["payment"].as_str().filter(|name| is_name(name)).and_then(|payment| order(payment, false))
        }
        (&Method::PUT, Some(payment)) if is_name(payment) => order(payment, true),
        _ => return refusal(404, "there is no such thing here"),
    };
    match order {
        Some(order) => account.charge(order, key, at_us),
        None => refusal(400, "a charge has payment, request and amount"),
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.len() <= NAME_MAX
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().filter(|text| is_name(text))
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    text(headers, name)?.parse().ok()
}

fn response(answer: &Answer) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(answer.body.to_string())));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static("application/json"));
    if answer.replayed {
        headers.insert(REPLAYED, hyper::header::HeaderValue::from_static("true"));
    }
    response
}
