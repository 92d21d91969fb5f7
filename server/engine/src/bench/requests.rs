//! The words for requests: a customer asks a service, and asks again when no answer comes; a service takes a request up,
//! looks whether it knows it, and answers.
//!
//! Requests and answers go from task to task within this process. What the network does to them is simulated: an answer
//! may be lost, and then the customer does not know whether it was served. Requests wait in a queue of each service that
//! outlives the service's process, as behind a load balancer.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lab::checks::{ORDERS, TAKEN_UP_AGAIN};
use lab::event::{Event, Message, Outcome, Reason, Request, RowRef, Value};
use lab::spec::Hardship;

use super::calls::{LOSSES_MAX, LOST_KNOB};
use super::records::fields;
use super::{Bench, Halt};
use crate::Error;
use crate::schedule::message::Held;
use crate::store::{Column, Table, WhenThere};

/// The table of requests that were carried out.
const REQUESTS: &str = "requests";
/// Its column for the order that the request was about: the answer to give again.
const ANSWER: &str = "answer";
/// How long a customer waits for an answer once its request was taken up, in microseconds of run time. A long queue is no
/// hardship of its own: how long it is would depend on the pace at which a live run is watched.
const PATIENCE_US: u64 = 400_000;
/// What an answer says of a request that made something new.
const CREATED: u16 = 201;
/// What it says where it was made before.
const KNOWN: u16 = 200;
/// What it says of an order that is not there.
const NOT_THERE: u16 = 404;
/// What it says when the service could not do it now.
const NOT_NOW: u16 = 503;

/// The requests that were carried out, by their keys.
pub const REQUESTS_TABLE: Table =
    Table { name: REQUESTS, columns: &[(ANSWER, Column::Text)], numbered: false };

/// What a customer asks of a service: to place an order, or to change one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The order that is to be changed; where one is to be placed, the name that the customer has for it.
    pub order: String,
    /// The how-many-th change, from 1; 0 to place the order.
    pub change: u64,
    /// The how-many-th try, from 1.
    pub attempt: u64,
    /// What tells this request from others.
    pub key: String,
    /// What tells this try from all others.
    id: String,
}

/// What a service answered.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Answer {
    status: u16,
    order: String,
    seq: u64,
}

/// Requests and answers on their way in one run. Copies are the same way.
#[derive(Debug, Clone, Default)]
pub struct Requests(Arc<Mutex<OnTheirWay>>);

#[derive(Debug, Default)]
struct OnTheirWay {
    /// By service. A customer has one request on its way at a time, and gives up after a bounded number of tries.
    waiting: BTreeMap<String, VecDeque<Asked>>,
    /// By try: the entry that sent it.
    sent: HashMap<String, u64>,
    /// By try: when it was taken up, in run time.
    taken: HashMap<String, u64>,
    /// By try.
    answers: HashMap<String, Answer>,
}

impl Requests {
    fn on_their_way(&self) -> MutexGuard<'_, OnTheirWay> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn send(&self, to: &str, asked: Asked) {
        self.on_their_way().waiting.entry(to.to_owned()).or_default().push_back(asked);
    }

    fn take(&self, service: &str, now_us: u64) -> Option<Asked> {
        let mut way = self.on_their_way();
        let asked = way.waiting.get_mut(service)?.pop_front()?;
        way.taken.insert(asked.id.clone(), now_us);
        Some(asked)
    }

    fn taken_at(&self, id: &str) -> Option<u64> {
        self.on_their_way().taken.get(id).copied()
    }

    /// Names the entry that sent a request.
    fn sent_as(&self, id: &str, seq: u64) {
        self.on_their_way().sent.insert(id.to_owned(), seq);
    }

    /// The entry that sent a request; nothing in a live run in which it has no number yet.
    fn sent_by(&self, id: &str) -> Option<u64> {
        self.on_their_way().sent.get(id).copied()
    }

    fn has_any(&self, service: &str) -> bool {
        self.on_their_way().waiting.get(service).is_some_and(|waiting| !waiting.is_empty())
    }

    fn answer(&self, id: &str, answer: Answer) {
        self.on_their_way().answers.insert(id.to_owned(), answer);
    }

    /// Names the entry that gave an answer.
    fn answered_as(&self, id: &str, seq: u64) {
        if let Some(answer) = self.on_their_way().answers.get_mut(id) {
            answer.seq = seq;
        }
    }

    fn is_answered(&self, id: &str) -> bool {
        self.on_their_way().answers.contains_key(id)
    }

    fn take_answer(&self, id: &str) -> Option<Answer> {
        self.on_their_way().answers.remove(id)
    }
}

/// What came of a request, as its customer knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reply {
    /// It is carried out, and this is the order that it is about.
    Done(String),
    /// There is no such order: asking again is no use.
    NotThere,
    /// There is no answer, or the service could not do it now.
    Nothing,
}

impl Asked {
    /// What a customer wants, however often it asks for it.
    pub(crate) fn wish(order: &str, change: u64) -> String {
        if change == 0 { order.to_owned() } else { format!("{order}.changed-{change}") }
    }

    /// A request for what a customer wants.
    pub(crate) fn new(order: &str, change: u64, attempt: u64, key: String) -> Self {
        let id = format!("{}/{attempt}", Self::wish(order, change));
        Self { order: order.to_owned(), change, attempt, key, id }
    }

    /// As which operation a service carries it out. Nothing in a request says that it came before, so each try has a
    /// name of its own.
    pub(crate) fn operation(&self) -> String {
        let wish = Self::wish(&self.order, self.change);
        if self.attempt == 1 { wish } else { format!("{wish}{TAKEN_UP_AGAIN}{}", self.attempt) }
    }

    /// What happens to which order, if a service carries it out. Its place among the events of its order is not known yet.
    pub(crate) fn event(&self) -> Message {
        let operation = self.operation();
        let (id, key, status) = match self.change {
            0 => (format!("{operation}.placed"), operation, "placed"),
            _ => (operation, self.order.clone(), "changed"),
        };
        Message { id, key, version: 0, body: fields([("status", Value::Text(status.into()))]) }
    }

    fn request(&self) -> Request {
        let (method, path) = match self.change {
            0 => ("POST", "/orders".to_owned()),
            _ => ("PATCH", format!("/orders/{}", self.order)),
        };
        let attempt = Value::Integer(i64::try_from(self.attempt).unwrap_or(i64::MAX));
        Request {
            method: method.into(),
            path,
            key: Some(self.key.clone()),
            body: fields([("order", Value::Text(self.order.clone())), ("attempt", attempt)]),
        }
    }
}

impl Bench {
    /// Sends a request to a service and waits for the answer.
    ///
    /// # Errors
    /// When the process dies.
    pub(crate) async fn request(&mut self, asked: Asked, to: &str) -> Result<Reply, Halt> {
        self.operation = Asked::wish(&asked.order, asked.change);
        self.attempt = asked.attempt;
        let mut draft = self.come_to("request", None).await?;
        let step = draft.step.clone().unwrap_or_default();
        let is_lost = self.loses_response(&step, &asked);
        draft.event = Event::Called { request: asked.request(), to: Some(to.to_owned()) };
        // Whoever waits looks as soon as the entry is written down, so the request is there before.
        let id = asked.id.clone();
        self.requests.send(to, asked);
        let seq = self.turn.answered(draft, Held::Same).await?;
        self.requests.sent_as(&id, seq);
        self.turn.changed();
        self.wait_for_answer(&id, is_lost).await?;
        let mut draft = self.come_to("answer", None).await?;
        let answer = self.requests.take_answer(&id).filter(|_| !is_lost);
        let (event, causes) = match &answer {
            Some(answer) => {
                let body = fields([("order", Value::Text(answer.order.clone()))]);
                let (status, replayed) = (answer.status, answer.status == KNOWN);
                (
                    Event::CallAnswered { status, replayed, body },
                    vec![answer.seq].into_iter().filter(|seq| *seq > 0).collect(),
                )
            }
            None => {
                let patience_ms = PATIENCE_US * self.turn.stretch() / 1_000;
                (Event::NoAnswer { reason: format!("{patience_ms} ms have passed") }, vec![seq])
            }
        };
        (draft.event, draft.causes) = (event, causes);
        self.turn.answered(draft, Held::Same).await?;
        Ok(match answer {
            Some(Answer { status: CREATED | KNOWN, order, .. }) => Reply::Done(order),
            Some(Answer { status: NOT_THERE, .. }) => Reply::NotThere,
            _ => Reply::Nothing,
        })
    }

    /// Writes down that the customer asks no more for what it wanted.
    ///
    /// # Errors
    /// When the run is over.
    pub(crate) async fn give_up(&mut self, wish: &str) -> Result<(), Error> {
        wish.clone_into(&mut self.operation);
        let text = format!("gives up on {wish}: nobody has answered, and it does not know what became of it");
        self.turn.note(self.draft(Event::Note { text })).await.map(drop)
    }

    /// Until there is an answer, or the customer's patience is at its end. An answer that gets lost is waited for as if
    /// there were none.
    async fn wait_for_answer(&mut self, id: &str, is_lost: bool) -> Result<(), Halt> {
        let patience_us = PATIENCE_US * self.turn.stretch();
        loop {
            let taken_at = self.requests.taken_at(id);
            let until_us = taken_at.map(|at_us| at_us + patience_us);
            if until_us.is_some_and(|until_us| self.now_us >= until_us) {
                return Ok(());
            }
            if !is_lost && self.requests.is_answered(id) {
                return Ok(());
            }
            let (requests, asked) = (self.requests.clone(), id);
            let id = id.to_owned();
            let is_there =
                move || requests.taken_at(&id) != taken_at || !is_lost && requests.is_answered(&id);
            let woken = self.turn.wait(self.now_us, until_us, is_there).await?;
            self.now_us = self.now_us.max(woken.at_us);
            // Nobody is left who could answer.
            if woken.alone && !self.requests.is_answered(asked) {
                return Ok(());
            }
        }
    }

    /// Whether the answer to this request is lost on its way: because the spec says so, or because the seed does, which
    /// loses no more than a bounded number for one wish.
    fn loses_response(&self, step: &str, asked: &Asked) -> bool {
        let asked_for = self.is_asked_at(step, |hardship| matches!(hardship, Hardship::LostAnswer { .. }));
        let drawn = || self.draws(LOST_KNOB, &["lost-answer", &self.operation, &asked.attempt.to_string()]);
        asked_for || asked.attempt < LOSSES_MAX && drawn()
    }

    /// Takes up the next request; `None` when none will come any more.
    ///
    /// # Errors
    /// When the process dies.
    pub(crate) async fn accept(&mut self) -> Result<Option<Asked>, Halt> {
        self.operation.clear();
        self.attempt = 1;
        while !self.requests.has_any(&self.actor) {
            let (requests, service) = (self.requests.clone(), self.actor.clone());
            let woken = self.turn.wait(self.now_us, None, move || requests.has_any(&service)).await?;
            self.now_us = self.now_us.max(woken.at_us);
            if woken.alone && !self.requests.has_any(&self.actor) {
                return Ok(None);
            }
        }
        let mut draft = self.come_to("accept", None).await?;
        let Some(asked) = self.requests.take(&self.actor, self.now_us) else { return Ok(None) };
        self.operation = asked.operation();
        draft.operation = Some(self.operation.clone());
        draft.causes = self.requests.sent_by(&asked.id).into_iter().collect();
        let row = RowRef { table: ORDERS.to_owned(), key: asked.event().key };
        draft.event = Event::OperationBegan { row, quantity: 1, to: None };
        self.turn.answered(draft, Held::Same).await?;
        // From now on its customer's patience counts.
        self.turn.changed();
        self.in_hand = Some(asked.clone());
        self.known_as = None;
        Ok(Some(asked))
    }

    /// Answers the request in hand. What is still open is rolled back before.
    ///
    /// # Errors
    /// When the process dies, or the connection is lost: then there is no answer.
    pub(crate) async fn respond(&mut self, outcome: Outcome) -> Result<(), Halt> {
        self.rollback().await?;
        let Some(asked) = self.in_hand.take() else { return Ok(()) };
        let mut draft = self.come_to("respond", None).await?;
        let status = match (&outcome, &self.known_as) {
            (Outcome::Done, None) => CREATED,
            (Outcome::Done, Some(_)) => KNOWN,
            (Outcome::Refused(Reason::NotThere), _) => NOT_THERE,
            _ => NOT_NOW,
        };
        let order = self.known_as.take().unwrap_or_else(|| asked.event().key);
        draft.event = Event::OperationEnded { outcome };
        // As above: the answer is there before its entry.
        self.requests.answer(&asked.id, Answer { status, order, seq: 0 });
        let seq = self.turn.answered(draft, Held::Same).await?;
        self.requests.answered_as(&asked.id, seq);
        self.turn.changed();
        Ok(())
    }

    /// Writes down, in one statement, that the request in hand is carried out; false if that stands there already.
    ///
    /// # Errors
    /// When the engine refuses, the connection is lost, or the process dies.
    pub async fn claim_request(&mut self) -> Result<bool, Halt> {
        if self.keep_request().await? {
            return Ok(true);
        }
        if self.knows_request().await? {
            return Ok(false);
        }
        Err(Halt::Broken(Error::new("a key that stands there already is not there")))
    }

    /// Looks whether the request in hand was carried out before.
    ///
    /// # Errors
    /// As [`Bench::claim_request`].
    pub async fn knows_request(&mut self) -> Result<bool, Halt> {
        let Some(asked) = &self.in_hand else { return Ok(false) };
        let row = RowRef { table: REQUESTS.to_owned(), key: asked.key.clone() };
        self.known_as = self.look_up(row).await?.map(|found| found.text(ANSWER).to_owned());
        Ok(self.known_as.is_some())
    }

    /// Writes down that the request in hand is carried out, unless that stands there already: then false.
    ///
    /// # Errors
    /// As [`Bench::claim_request`].
    pub async fn keep_request(&mut self) -> Result<bool, Halt> {
        let Some(asked) = &self.in_hand else { return Ok(true) };
        let (key, answer) = (asked.key.clone(), Value::Text(asked.event().key));
        let fields = fields([(ANSWER, answer)]);
        let effect = self.put("key", REQUESTS, &key, fields, WhenThere::Leave).await?;
        Ok(effect == lab::event::Effect::Inserted)
    }
}
