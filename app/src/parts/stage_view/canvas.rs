//! Keeps the canvas true to the replay: one picture for each animation frame, however many entries came.

use crate::live::effect;
use leptos::ev::Custom;
use leptos::html::Canvas;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{HtmlElement, MouseEvent, ResizeObserver};

use crate::browser::THEME_EVENT;
use crate::replay::Replay;
use crate::stage::paint::{Colours, paint};
use crate::stage::picture::{Look, Picture};

/// What was drawn last, and whether a drawing is on its way.
#[derive(Debug, Clone, Copy)]
pub struct Painter {
    picture: StoredValue<Option<Picture>>,
    next: StoredValue<Option<(usize, Look)>>,
    is_due: StoredValue<bool>,
}

impl Default for Painter {
    fn default() -> Self {
        Self {
            picture: StoredValue::new(None),
            next: StoredValue::new(None),
            is_due: StoredValue::new(false),
        }
    }
}

impl Painter {
    /// The entry under the pointer.
    pub fn hit(&self, event: &MouseEvent) -> Option<u64> {
        let at = (f64::from(event.offset_x()), f64::from(event.offset_y()));
        self.picture.with_value(|picture| picture.as_ref()?.hit(at))
    }

    /// How many times the picture magnifies the run.
    pub fn times(&self) -> f64 {
        self.picture.with_value(|picture| picture.as_ref().map_or(1.0, |picture| picture.times))
    }

    /// Asks for a drawing in the next animation frame; what is asked last is drawn.
    fn ask(&self, canvas: NodeRef<Canvas>, replay: Replay, shown: usize, look: Look) {
        self.next.set_value(Some((shown, look)));
        if self.is_due.get_value() {
            return;
        }
        self.is_due.set_value(true);
        let painter = *self;
        request_animation_frame(move || {
            // By then the picture may be gone from the page, and the painter with it.
            if painter.is_due.try_update_value(|is_due| *is_due = false).is_some() {
                painter.draw(canvas, replay);
            }
        });
    }

    fn draw(&self, canvas: NodeRef<Canvas>, replay: Replay) -> Option<()> {
        let canvas = canvas.get_untracked()?;
        let (shown, look) = self.next.try_update_value(Option::take)??;
        let picture = replay.with_stage_at(shown, |stage| Picture::of(stage, &look))?;
        paint(&canvas, &picture, &Colours::of(&canvas, look.large)?);
        self.picture.set_value(Some(picture));
        Some(())
    }
}

/// Draws again whenever something that the picture shows has changed.
pub fn watch(canvas: NodeRef<Canvas>, painter: Painter, replay: Replay, presenting: RwSignal<bool>) {
    let width = RwSignal::new(0.0);
    let theme = RwSignal::new(0_u32);
    effect(move || {
        if let Some(frame) = canvas.get().and_then(|canvas| canvas.parent_element()) {
            observe_width(frame.unchecked_into(), width);
        }
        let handle = window_event_listener(Custom::<web_sys::Event>::new(THEME_EVENT), move |_| {
            theme.update(|theme| *theme += 1);
        });
        on_cleanup(move || handle.remove());
        observe_scheme(theme);
    });
    effect(move || {
        theme.track();
        replay.generation.track();
        let width = width.get();
        if width <= 0.0 {
            return;
        }
        let look = Look {
            view: replay.view.get(),
            width,
            large: presenting.get(),
            axis: replay.axis_now(),
            zoom: replay.zoom.get(),
            focus: replay.focus(),
            selected: replay.selected.get(),
            lit: replay.lit.get(),
        };
        painter.ask(canvas, replay, replay.shown(), look);
    });
}

fn observe_width(frame: HtmlElement, width: RwSignal<f64>) {
    let measured = frame.clone();
    let measure = move || width.set(f64::from(measured.client_width()));
    measure();
    let react = Closure::<dyn Fn()>::new(measure);
    if let Ok(observer) = ResizeObserver::new(react.as_ref().unchecked_ref()) {
        observer.observe(&frame);
    }
    // The observer lives as long as the page: every page of ours is loaded anew.
    react.forget();
}

fn observe_scheme(theme: RwSignal<u32>) {
    let Ok(Some(query)) = window().match_media("(prefers-color-scheme: dark)") else {
        return;
    };
    let react = Closure::<dyn Fn()>::new(move || theme.update(|theme| *theme += 1));
    query.set_onchange(Some(react.as_ref().unchecked_ref()));
    react.forget();
    // The query must outlive this function, or its handler may be collected with it.
    std::mem::forget(query);
}
