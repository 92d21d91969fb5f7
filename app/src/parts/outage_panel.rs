//! Outages by hand in a live run: a button for whatever it may cut off, and what is down now.

use lab::event::{Manner, Port};
use lab::hand::{Deed, Offer};
use leptos::prelude::*;

use crate::hand::Hand;
use crate::live::{Each, piece, press};
use crate::testids;
use crate::words::outages as words;

/// The panel of a live run that goes on.
#[component]
pub fn OutagePanel(
    /// The hand.
    hand: Hand,
) -> impl IntoView {
    let offer = hand.replay.offer;
    // Offers come with each move; only what may be cut and what is cut counts here.
    let ports = Memo::new(move |_| offer.with(|offer| offer.as_ref().map(ports).unwrap_or_default()));
    let buttons =
        piece(move || ports.get().into_iter().map(|(port, down)| view! { <Switch hand port down /> }).each());
    view! {
        <section
            class="hand panel"
            aria-labelledby="outages-title"
            data-testid=testids::OUTAGES
            data-mover="everybody"
        >
            <h2 id="outages-title">{words::TITLE}</h2>
            <div class="hand-tools" role="group" aria-label=words::BUTTONS>{buttons}</div>
            <p class="quiet">{words::ABOUT}</p>
            <p class="fault" role="alert">{piece(move || hand.problem.get())}</p>
        </section>
    }
}

fn ports(offer: &Offer) -> Vec<(Port, Option<Manner>)> {
    let manner = |port| offer.down.iter().find(|down| down.port == port).map(|down| down.manner);
    offer.may_cut.iter().map(|&port| (port, manner(port))).collect()
}

#[component]
fn Switch(hand: Hand, port: Port, down: Option<Manner>) -> impl IntoView {
    let name = port.name();
    let what = words::port(port);
    let button = |words: String, testid: String, deed: Deed| {
        view! {
            <button type="button" class="button" data-testid=testid on:click=press(move || hand.make(deed.clone()))>
                {words}
            </button>
        }
    };
    match down {
        Some(_) => button(words::lift(&what), format!("lift-{name}"), Deed::Lift { port }).into_any(),
        None => {
            let inject = |manner| Deed::Inject { port, manner };
            let cut = button(words::cut(&what), format!("cut-{name}"), inject(Manner::Cut));
            let stall = (port == Port::Database)
                .then(|| button(words::stall(&what), format!("stall-{name}"), inject(Manner::Stall)));
            view! { {cut} {stall} }.into_any()
        }
    }
}
