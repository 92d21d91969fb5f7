//! The tray: the messages on their way to a consumer as cards, to be put into an order by pointer, touch or keys.

use lab::hand::{Card, CardAt, Deed, Mover, TrayAct, TrayMove};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, PointerEvent};

use crate::browser;
use crate::hand::Hand;
use crate::live::{Each, effect, piece, piece_when, press};
use crate::testids;
use crate::words::tray as words;
use crate::words::{EARLIER, LATER};

/// Marks a card in the page, with its name.
const CARD: &str = "data-card";
/// The class of the card that is dragged.
const DRAGGED: &str = "is-dragged";

/// The cards of a run by hand whose broker has a tray before it; nothing for any other.
#[component]
pub fn Tray(
    /// The hand.
    hand: Hand,
) -> impl IntoView {
    let offer = hand.replay.offer;
    let cards = Memo::new(move |_| {
        offer.with(|offer| {
            let offer = offer.as_ref().filter(|offer| offer.mover == Mover::Hand)?;
            offer.tray.clone()
        })
    });
    piece_when(move || cards.with(Option::is_some), move || view! { <Cards hand cards /> })
}

#[component]
fn Cards(hand: Hand, cards: Memo<Option<Vec<Card>>>) -> impl IntoView {
    // The list is built anew with each offer; the keyboard's place in it stays.
    let focus = StoredValue::new(None::<String>);
    effect(move || {
        cards.track();
        request_animation_frame(move || {
            if let Some(id) = focus.try_update_value(Option::take).flatten() {
                browser::focus(&id);
            }
        });
    });
    let list = piece(move || {
        let cards = cards.get().unwrap_or_default();
        let names: Vec<String> = cards.iter().map(|card| card.name.clone()).collect();
        let rows = cards.into_iter().enumerate().map(|(place, card)| {
            let name = card.name.clone();
            let is_held = card.at == CardAt::Held;
            view! {
                <li class="card" class:is-held=is_held data-card=name data-testid=testids::TRAY_CARD>
                    <OneCard hand card place names=names.clone() focus />
                </li>
            }
        });
        rows.each()
    });
    let is_empty = move || cards.with(|cards| cards.as_ref().is_none_or(Vec::is_empty));
    let drop = move |event: PointerEvent| drop_card(hand, cards, &event);
    view! {
        <div class="tray" data-testid=testids::TRAY>
            <h3 id="tray-title">{words::TITLE}</h3>
            <p class="quiet">{words::ABOUT}</p>
            {piece_when(is_empty, || view! { <p class="quiet">{words::EMPTY}</p> })}
            <ol
                aria-labelledby="tray-title"
                on:pointerdown=lift_card
                on:pointerup=drop
                on:pointercancel=move |_| { lifted().inspect(put_down); }
            >
                {list}
            </ol>
        </div>
    }
}

/// A card and its buttons.
#[component]
fn OneCard(
    hand: Hand,
    card: Card,
    place: usize,
    names: Vec<String>,
    focus: StoredValue<Option<String>>,
) -> impl IntoView {
    let Card { name, at, partition, loses_ack, .. } = card;
    let button = |(key, word): (&str, &'static str), act: TrayAct, is_able: bool, before: Option<String>| {
        let id = format!("tray-{key}-{name}");
        let (card, kept) = (name.clone(), id.clone());
        let make = press(move || {
            if is_able {
                focus.set_value(Some(kept.clone()));
                hand.make(Deed::Tray(TrayMove { act, card: card.clone(), before: before.clone() }));
            }
        });
        view! {
            <button
                type="button"
                class="button"
                id=id.clone()
                aria-label=words::button(word, &name)
                aria-disabled=if is_able { "false" } else { "true" }
                data-testid=id
                on:click=make
            >
                {word}
            </button>
        }
        .into_any()
    };
    let lose_ack = || button(("lose-its-ack", words::LOSE_ACK), TrayAct::LoseAck, !loses_ack, None);
    let is_last = place + 1 == names.len();
    let buttons = if matches!(at, CardAt::InHand { .. }) {
        vec![lose_ack()]
    } else {
        let earlier = place.checked_sub(1).and_then(|before| names.get(before).cloned());
        let is_held = at == CardAt::Held;
        let (word, act) = if is_held {
            (("release", words::RELEASE), TrayAct::Release)
        } else {
            (("hold", words::HOLD), TrayAct::Hold)
        };
        vec![
            button(("earlier", EARLIER), TrayAct::Put, place > 0, earlier),
            button(("later", LATER), TrayAct::Put, !is_last, names.get(place + 2).cloned()),
            button(word, act, true, None),
            button(("double", words::DOUBLE), TrayAct::Double, true, None),
            button(("drop", words::DROP), TrayAct::Drop, true, None),
            lose_ack(),
        ]
    };
    view! {
        <span class="grip" aria-hidden="true">"\u{2630}"</span>
        <span class="who">{name.clone()}</span>
        <span class="what">{words::card(&at, partition, loses_ack)}</span>
        <span class="deeds" role="group" aria-label=name.clone()>{buttons}</span>
    }
}

/// The pointer takes a card by its grip; a button stays a button, and beside both a finger scrolls.
fn lift_card(event: PointerEvent) {
    let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
    if let (true, Some(card)) = (target.class_list().contains("grip"), card_of(&target)) {
        event.prevent_default();
        let _ = target.set_pointer_capture(event.pointer_id());
        let _ = card.class_list().add_1(DRAGGED);
    }
}

/// Where the pointer lets go: on a card further up it comes before that one, further down behind it.
fn drop_card(hand: Hand, cards: Memo<Option<Vec<Card>>>, event: &PointerEvent) {
    let Some(card) = lifted() else { return };
    put_down(&card);
    let under = document().element_from_point(event.client_x() as f32, event.client_y() as f32);
    let Some(target) = under.as_ref().and_then(card_of) else { return };
    let names: Vec<String> =
        cards.with_untracked(|cards| cards.iter().flatten().map(|card| card.name.clone()).collect());
    let place = |card: &Element| {
        let name = card.get_attribute(CARD)?;
        names.iter().position(|known| *known == name)
    };
    let (Some(from), Some(to)) = (place(&card), place(&target)) else { return };
    if from != to {
        let before = names.get(if from < to { to + 1 } else { to }).cloned();
        hand.make(Deed::Tray(TrayMove { act: TrayAct::Put, card: names[from].clone(), before }));
    }
}

fn card_of(element: &Element) -> Option<Element> {
    element.closest(&format!("[{CARD}]")).ok().flatten()
}

fn lifted() -> Option<Element> {
    document().query_selector(&format!(".{DRAGGED}")).ok().flatten()
}

fn put_down(card: &Element) {
    let _ = card.class_list().remove_1(DRAGGED);
}
