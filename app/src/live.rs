//! Parts of a view that change, in a handful of types.
//!
//! A bare closure in a view is a type of its own, and leptos compiles its whole machinery once for each of them.
//! Behind these few types it is compiled once for all, and the page's program is the smaller for it.

use std::sync::Arc;

use leptos::prelude::*;
use web_sys::MouseEvent;

/// A value that the view follows.
pub type Live<T> = Arc<dyn Fn() -> T + Send + Sync>;

/// A piece of the page that the view builds anew.
pub type Piece = Box<dyn FnMut() -> AnyView + Send>;

/// What a button does.
pub type Press = Box<dyn FnMut(MouseEvent)>;

/// A text that changes.
pub fn text<T: Into<String>>(read: impl Fn() -> T + Send + Sync + 'static) -> Live<String> {
    Arc::new(move || read().into())
}

/// An attribute that changes, or is not there.
pub fn attribute<T: Into<String>>(
    read: impl Fn() -> Option<T> + Send + Sync + 'static,
) -> Live<Option<String>> {
    Arc::new(move || read().map(Into::into))
}

/// A class that comes and goes.
pub fn flag(read: impl Fn() -> bool + Send + Sync + 'static) -> Live<bool> {
    Arc::new(read)
}

/// A piece of the page that changes.
pub fn piece<V: IntoView + 'static>(build: impl Fn() -> V + Send + 'static) -> Piece {
    Box::new(move || build().into_any())
}

/// A piece of the page that is there only while a condition holds. It is not built anew while nothing but the
/// condition's reasons change.
pub fn piece_when<V: IntoView + 'static>(
    is_there: impl Fn() -> bool + Send + Sync + 'static,
    build: impl Fn() -> V + Send + 'static,
) -> Piece {
    when(Box::new(is_there), Box::new(move || build().into_any()))
}

fn when(is_there: Box<dyn Fn() -> bool + Send + Sync>, build: Box<dyn Fn() -> AnyView + Send>) -> Piece {
    let is_there = Memo::new(move |_| is_there());
    Box::new(move || if is_there.get() { build() } else { ().into_any() })
}

/// Does something now, and again whenever what it reads has changed. In the browser alone.
pub fn effect(act: impl FnMut() + 'static) {
    repeated(Box::new(act));
}

fn repeated(mut act: Box<dyn FnMut()>) {
    Effect::new(move |_| act());
}

/// Views one after the other, in one type whatever they are: leptos would compile its list once for each type of item.
pub trait Each {
    /// The list.
    fn each(self) -> Vec<AnyView>;
}

impl<I> Each for I
where
    I: IntoIterator,
    I::Item: IntoView + 'static,
{
    fn each(self) -> Vec<AnyView> {
        self.into_iter().map(|view| view.into_any()).collect()
    }
}

/// What a button does, whatever the event says.
pub fn press(act: impl Fn() + 'static) -> Press {
    Box::new(move |_| act())
}
