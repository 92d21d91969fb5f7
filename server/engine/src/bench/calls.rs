//! The words for charging: a row in the ledger, a row for each payment, or a call to the provider.
//!
//! A call is two steps. The first sends the request; when it is over in a scheduled run, the provider has served it.
//! The second takes the answer. Whoever dies between them breaks the connection off, and what was charged is charged.

use std::time::Duration;

use lab::checks::{LEDGER, PAYMENTS};
use lab::event::{Effect, Event, Fields, Message, Record, Refusal, Request, RowRef, Value};
use lab::spec::Hardship;

use super::records::fields;
use super::{Bench, Delivery, Halt};
use crate::Error;
use crate::provider::{Answered, CHARGES_PATH, Call, Circumstances};
use crate::schedule::message::Held;
use crate::store::table::Overwrite;
use crate::store::{Answer, Statement, WhenThere};

/// The knob that says what a charge is.
pub(crate) const EFFECT: &str = "effect";
/// Its value for a call to the provider.
pub(crate) const PROVIDER_CALL: u64 = 1;
/// The knob for lost answers that the seed decides, in per cent of the calls.
pub(super) const LOST_KNOB: &str = "lost_answers";
/// The knob for late answers, likewise.
const LATE_KNOB: &str = "late_answers";
/// From this delivery on the seed loses no answer, so that every run ends.
pub(super) const LOSSES_MAX: u64 = 4;
/// How late a late answer is, in microseconds of run time: later than the broker's lease lasts, so that the message is
/// in somebody else's hands by then.
const LATE_US: u64 = 600_000;
/// How long a consumer waits for an answer, in microseconds of run time.
const PATIENCE_US: u64 = 2_000_000;

impl Bench {
    /// Charges for a payment, whatever was charged before: one row more in the ledger, or a call to the provider.
    ///
    /// # Errors
    /// When the engine refuses, the connection is lost, no answer comes, or the process dies.
    pub async fn charge(&mut self, delivery: &Delivery) -> Result<(), Halt> {
        if self.calls_provider() {
            return self.call_provider(delivery, None).await.map(drop);
        }
        let payment = &delivery.message;
        let fields = fields([
            ("payment", Value::Text(payment.key.clone())),
            ("request", Value::Text(payment.id.clone())),
            ("amount", Value::Integer(payment.number("adds"))),
        ]);
        // Each delivery that charges has a row of its own: the ledger would not stop a second charge.
        let key = attempt_of(delivery);
        self.put("charge", LEDGER, &key, fields, WhenThere::Refuse).await.map(drop)
    }

    /// Says what is to have been charged for a payment in all, whatever was charged before: the payment's one row, or
    /// the provider's one charge for it.
    ///
    /// # Errors
    /// As [`Bench::charge`].
    pub async fn set_charge(&mut self, delivery: &Delivery) -> Result<(), Halt> {
        let payment = &delivery.message;
        if self.calls_provider() {
            let body = fields([
                ("request", Value::Text(payment.id.clone())),
                ("amount", Value::Integer(payment.number("amount"))),
            ]);
            let path = format!("{CHARGES_PATH}/{}", payment.key);
            let request = Request { method: "PUT".into(), path, key: None, body };
            return self.ask_provider(request, delivery).await.map(drop);
        }
        let fields = self.payment_row(payment, payment.number("amount"), payment.version);
        let keep = &[("version", "previous_version")];
        let how = WhenThere::Overwrite(Overwrite { keep, ..Overwrite::default() });
        self.put("charge", PAYMENTS, &payment.key, fields, how).await.map(drop)
    }

    /// Charges for a payment if its row has this version, and gives it the next; version 0 is that of no row. False if
    /// it has another version: then nothing is written.
    ///
    /// # Errors
    /// As [`Bench::charge`].
    pub async fn charge_if_version(
        &mut self,
        payment: &Message,
        amount: i64,
        version: u64,
    ) -> Result<bool, Halt> {
        let fields = self.payment_row(payment, amount, version + 1);
        let how = match i64::try_from(version).unwrap_or(i64::MAX) {
            0 => WhenThere::Leave,
            version => WhenThere::ChangeIf("version", version),
        };
        Ok(self.put("charge", PAYMENTS, &payment.key, fields, how).await? != Effect::Unchanged)
    }

    /// What was charged for a payment, and the version of its row; nothing and version 0 if there is none.
    ///
    /// # Errors
    /// As [`Bench::charge`].
    pub async fn charged_so_far(&mut self, payment: &Message) -> Result<(i64, u64), Halt> {
        let row = RowRef { table: PAYMENTS.to_owned(), key: payment.key.clone() };
        let event = |_: &Self, answer: &Answer| {
            let found = answer.records.first().map(|record| record.fields.clone());
            (Event::Looked { row: row.clone(), found }, Vec::new())
        };
        let (answer, _) = self.step("look", &Statement::Look { row: row.clone() }, event).await?;
        let number = |column| answer.records.first().map_or(0, |record: &Record| record.number(column));
        Ok((number("amount"), u64::try_from(number("version")).unwrap_or_default()))
    }

    /// Asks the provider to charge for a payment, with an idempotency key if there is one. False if it refuses: the key
    /// belongs to another request.
    ///
    /// # Errors
    /// As [`Bench::charge`].
    pub async fn call_provider(&mut self, delivery: &Delivery, key: Option<&str>) -> Result<bool, Halt> {
        let payment = &delivery.message;
        let body = fields([
            ("payment", Value::Text(payment.key.clone())),
            ("request", Value::Text(payment.id.clone())),
            ("amount", Value::Integer(payment.number("adds"))),
        ]);
        let (method, path, key) = ("POST".into(), CHARGES_PATH.into(), key.map(str::to_owned));
        let answered = self.ask_provider(Request { method, path, key, body }, delivery).await?;
        Ok(answered.status < 400)
    }

    /// Writes a sentence for people into the journal.
    ///
    /// # Errors
    /// When the run is over.
    pub async fn note(&mut self, text: String) -> Result<(), Halt> {
        Ok(self.turn.note(self.draft(Event::Note { text })).await.map(drop)?)
    }

    fn calls_provider(&self) -> bool {
        self.spec.knob(EFFECT) == PROVIDER_CALL
    }

    fn payment_row(&self, payment: &Message, amount: i64, version: u64) -> Fields {
        fields([
            ("payment", Value::Text(payment.key.clone())),
            ("request", Value::Text(payment.id.clone())),
            ("amount", Value::Integer(amount)),
            ("version", Value::Integer(i64::try_from(version).unwrap_or(i64::MAX))),
            ("previous_version", Value::Integer(0)),
        ])
    }

    /// One call: the step that sends it, and the step that takes the answer.
    async fn ask_provider(&mut self, request: Request, delivery: &Delivery) -> Result<Answered, Halt> {
        let mut draft = self.come_to("call", None).await?;
        let step = draft.step.clone().unwrap_or_default();
        let late_us = if self.is_late(&step, delivery) { LATE_US * self.turn.stretch() } else { 0 };
        let is_virtual = self.turn.is_directed();
        let circumstances = Circumstances {
            at_us: self.now_us,
            is_lost: self.is_answer_lost(&step, delivery),
            late_us: if is_virtual { 0 } else { late_us },
        };
        let account = self.account.clone();
        let account = account.ok_or_else(|| Halt::Broken(Error::new("this run has no payment provider")))?;
        let mut call = account.call(&request, circumstances);
        let patience = Duration::from_micros(PATIENCE_US * self.turn.stretch());
        // Where time is virtual, the request is served before anybody else moves.
        let early = if is_virtual { Some(call.answer(patience).await) } else { None };
        draft.event = Event::Called { request, to: None };
        self.turn.answered(draft, Held::Same).await?;
        if is_virtual && late_us > 0 {
            self.turn.sleep(late_us).await?;
        }
        self.take_answer(call, early, patience).await
    }

    async fn take_answer(
        &mut self,
        mut call: Call,
        early: Option<Result<Answered, crate::provider::NoAnswer>>,
        patience: Duration,
    ) -> Result<Answered, Halt> {
        // Whoever dies here drops the call, and its connection with it.
        let mut draft = self.come_to("answer", None).await?;
        let answer = match early {
            Some(answer) => answer,
            None => call.answer(patience).await,
        };
        draft.event = match &answer {
            Ok(Answered { status, replayed, body }) => {
                Event::CallAnswered { status: *status, replayed: *replayed, body: body.clone() }
            }
            Err(no_answer) => Event::NoAnswer { reason: no_answer.to_string() },
        };
        self.turn.answered(draft, Held::Same).await?;
        // Without an answer nobody knows: the message is not acknowledged, and comes again.
        answer.map_err(|_| Halt::Refused(Refusal::TimedOut))
    }

    fn is_answer_lost(&self, step: &str, delivery: &Delivery) -> bool {
        let asked = self.is_asked_at(step, |hardship| matches!(hardship, Hardship::LostAnswer { .. }));
        asked || delivery.number < LOSSES_MAX && self.is_drawn("lost-answer", delivery, LOST_KNOB)
    }

    fn is_late(&self, step: &str, delivery: &Delivery) -> bool {
        let asked = self.is_asked_at(step, |hardship| matches!(hardship, Hardship::LateAnswer { .. }));
        asked || delivery.number < LOSSES_MAX && self.is_drawn("late-answer", delivery, LATE_KNOB)
    }

    fn is_drawn(&self, what: &str, delivery: &Delivery, knob: &str) -> bool {
        self.dice.below(&[what, &attempt_of(delivery)], 100) < self.spec.knob(knob)
    }
}

/// A name for one delivery of one copy of a message.
pub fn attempt_of(delivery: &Delivery) -> String {
    format!("{}-{}-{}", delivery.message.id, delivery.place.offset + 1, delivery.number)
}
