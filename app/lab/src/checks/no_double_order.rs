//! No double order: what a customer asks for once is carried out at most once, however often it asked.

use hashbrown::{HashMap, HashSet};

use super::history::History;
use super::mail::{Call, Happened, Mail};
use super::{Check, Finding, TAKEN_UP_AGAIN, counted};
use crate::verdict::Evidence;

/// The check.
pub const CHECK: Check = Check {
    name: "no-double-order",
    title: "No double order",
    breach: "ordered twice",
    rule: "What a customer asks for once stands at most once in the orders, however often the request was sent.",
    judge,
};

/// How the event ends with which an order begins.
const PLACED: &str = ".placed";

fn judge(history: &History) -> Finding {
    let mail = &history.mail;
    let twice: Vec<(String, Vec<Happened<'_>>)> =
        by_wish(mail).into_iter().filter(|(_, happened)| happened.len() > 1).collect();
    let found = match twice.first() {
        None => {
            let wishes: HashSet<&str> = mail.calls.iter().map(|call| call.operation.as_str()).collect();
            format!(
                "{}, sent {}, none carried out more than once",
                counted(wishes.len(), "request"),
                counted(mail.calls.len(), "time")
            )
        }
        Some((wish, happened)) => format!("{wish} was carried out {} times", happened.len()),
    };
    Finding {
        expected: "each request carried out at most once".into(),
        found,
        count: twice.len() as u64,
        evidence: twice.first().map(|(wish, all)| evidence(history, wish, all)).unwrap_or_default(),
    }
}

/// What happened, by what was asked for, in the order of the first time.
fn by_wish(mail: &Mail) -> Vec<(String, Vec<Happened<'_>>)> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut wishes: Vec<(String, Vec<Happened<'_>>)> = Vec::new();
    for happened in mail.happened() {
        let wish = wish_of(happened.id);
        let place = *places.entry(wish.clone()).or_insert(wishes.len());
        if place == wishes.len() {
            wishes.push((wish, Vec::new()));
        }
        wishes[place].1.push(happened);
    }
    wishes
}

/// What was asked for, without the numbers of the tries that it was carried out for.
fn wish_of(event: &str) -> String {
    let mut pieces = event.split(TAKEN_UP_AGAIN);
    let first = pieces.next().unwrap_or_default().to_owned();
    let whole = pieces
        .fold(first, |whole, piece| whole + piece.trim_start_matches(|letter: char| letter.is_ascii_digit()));
    whole.strip_suffix(PLACED).map_or_else(|| whole.clone(), str::to_owned)
}

fn evidence(history: &History, wish: &str, all: &[Happened<'_>]) -> Vec<Evidence> {
    let mail = &history.mail;
    let calls: Vec<&Call> = mail.calls.iter().filter(|call| call.operation == wish).take(2).collect();
    let asks = calls.iter().zip(["asks", "asks again"]).map(|(call, how)| {
        let sentence = format!("{} {how} for {wish}, with the key {}.", call.actor, key_of(call));
        Evidence { seq: call.seq, sentence }
    });
    // What went wrong last before the second request is that the first one's answer did not come.
    let again = calls.last().map_or(0, |call| call.seq);
    let trouble = mail.troubles_of(wish).filter(|trouble| trouble.seq < again).last();
    let trouble = trouble.map(|trouble| Evidence { seq: trouble.seq, sentence: trouble.words.clone() });
    let writes = all.iter().filter_map(|happened| happened.stored).take(2).map(|stored| {
        let sentence = format!("{} carries it out as {}.", stored.actor, stored.operation);
        Evidence { seq: stored.seq, sentence }
    });
    let mut pieces: Vec<Evidence> = asks.chain(trouble).chain(writes).collect();
    pieces.sort_by_key(|piece| piece.seq);
    let events: Vec<&str> = all.iter().map(|happened| happened.id).collect();
    if history.final_seq.is_some() {
        let sentence = format!("In the end the orders hold {}: one wish.", events.join(" and "));
        pieces.push(Evidence { seq: history.final_seq(), sentence });
    }
    pieces
}

fn key_of(call: &Call) -> &str {
    call.request.key.as_deref().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::wish_of;

    #[test]
    fn a_wish_is_the_same_for_every_try() {
        for event in ["order-1.placed", "order-1~2.placed"] {
            assert_eq!(wish_of(event), "order-1", "{event}");
        }
        for event in
            ["order-2.changed-1", "order-2.changed-1~3", "order-2~2.changed-1", "order-2~12.changed-1~4"]
        {
            assert_eq!(wish_of(event), "order-2.changed-1", "{event}");
        }
    }
}
