//! Small pictures beside words, never instead of them.

use leptos::prelude::*;

/// What is pictured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    /// It holds.
    Tick,
    /// It is broken.
    Cross,
    /// Nobody knows.
    Question,
    /// It cannot be.
    Dash,
    /// Play.
    Play,
    /// Pause.
    Pause,
    /// One back.
    Back,
    /// One on.
    Forward,
    /// To the next trouble.
    Skip,
    /// A die.
    Dice,
    /// Stop.
    Stop,
}

impl Icon {
    const fn path(self) -> &'static str {
        match self {
            Self::Tick => "M4 13l5 5L20 6",
            Self::Cross => "M5 5l14 14M19 5L5 19",
            Self::Question => "M8 8a4 4 0 1 1 5.5 3.7c-1 .5-1.5 1.2-1.5 2.3M12 18.5v.5",
            Self::Dash => "M5 12h14",
            Self::Play => "M7 4.5v15l12-7.5z",
            Self::Pause => "M8 5v14M16 5v14",
            Self::Back => "M15 5l-8 7 8 7",
            Self::Forward => "M9 5l8 7-8 7",
            Self::Skip => "M4 5l8 7-8 7M19 5v14",
            Self::Dice => "M4 4h16v16H4zM8.5 8.5v.01M15.5 15.5v.01M15.5 8.5v.01M8.5 15.5v.01",
            Self::Stop => "M6 6h12v12H6z",
        }
    }
}

/// An icon; hidden from screen readers, because words stand beside it or in its button's label.
#[component]
pub fn Sign(
    /// What is pictured.
    icon: Icon,
) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" focusable="false">
            <path d=icon.path()></path>
        </svg>
    }
}
