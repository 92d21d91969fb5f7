//! The picture as SVG: what a reader without scripts sees, and the small pictures on cards.

use crate::live::Each;
use leptos::prelude::*;

use super::picture::Picture;
use super::shape::{Anchor, Fill, Point, Shape};

/// A picture as SVG. `label` says in words what it shows.
#[component]
pub fn PictureSvg(
    /// What to draw.
    picture: Picture,
    /// What it shows, in words.
    label: String,
) -> impl IntoView {
    let view_box = format!("0 0 {:.0} {:.0}", picture.width, picture.height);
    let shapes = picture.shapes.iter().map(shape).each();
    view! {
        <svg class="picture" viewBox=view_box role="img" aria-label=label>
            {shapes}
        </svg>
    }
}

/// A picture that stays as the server drew it: the browser finds it in the page, and neither draws it nor reads its shapes.
#[component]
pub fn StillPicture(
    /// Around it.
    class: &'static str,
    /// What to draw, and what it shows, in words.
    draw: Box<dyn FnOnce() -> (Picture, String)>,
) -> impl IntoView {
    #[cfg(feature = "ssr")]
    let drawn = {
        let (picture, label) = draw();
        view! { <PictureSvg picture label /> }.to_html()
    };
    #[cfg(not(feature = "ssr"))]
    let drawn = {
        drop(draw);
        String::new()
    };
    view! { <div class=class inner_html=drawn></div> }
}

fn shape(shape: &Shape) -> AnyView {
    match shape {
        Shape::Bar { x, y, w, h, ink, fill } => {
            let class = format!("{} ink-{}", fill_class(*fill), ink.name());
            view! { <rect x=px(*x) y=px(*y) width=px(*w) height=px(*h) rx="3" class=class></rect> }.into_any()
        }
        Shape::Line { points, ink, width, dashed } => {
            let class = format!("line{} ink-{}", if *dashed { " dashed" } else { "" }, ink.name());
            view! { <polyline points=list(points) stroke-width=px(*width) class=class></polyline> }.into_any()
        }
        Shape::Area { points, ink } => {
            let class = format!("solid ink-{}", ink.name());
            view! { <polygon points=list(points) class=class></polygon> }.into_any()
        }
        Shape::Circle { at, r, ink, fill } => {
            let class = format!("{} ink-{}", fill_class(*fill), ink.name());
            view! { <circle cx=px(at.0) cy=px(at.1) r=px(*r) class=class></circle> }.into_any()
        }
        Shape::Arrow { from, via, to, ink } => {
            let [left, right] = arrow_head(*via, *to);
            let path = format!(
                "M{:.1} {:.1}Q{:.1} {:.1} {:.1} {:.1}M{:.1} {:.1}L{:.1} {:.1}L{:.1} {:.1}",
                from.0, from.1, via.0, via.1, to.0, to.1, left.0, left.1, to.0, to.1, right.0, right.1
            );
            view! { <path d=path stroke-width="2" class=format!("line ink-{}", ink.name())></path> }
                .into_any()
        }
        Shape::Text { at, words, ink, anchor, large } => {
            let class = format!("words{} ink-{}", if *large { " large" } else { "" }, ink.name());
            let anchor = match anchor {
                Anchor::Start => "start",
                Anchor::Middle => "middle",
                Anchor::End => "end",
            };
            view! { <text x=px(at.0) y=px(at.1) text-anchor=anchor class=class>{words.clone()}</text> }
                .into_any()
        }
    }
}

/// The two ends of an arrow's head that points from `via` to `to`.
pub fn arrow_head(via: Point, to: Point) -> [Point; 2] {
    let angle = (to.1 - via.1).atan2(to.0 - via.0);
    [0.45, -0.45].map(|turn| (to.0 - 10.0 * (angle + turn).cos(), to.1 - 10.0 * (angle + turn).sin()))
}

fn fill_class(fill: Fill) -> &'static str {
    match fill {
        Fill::Solid => "solid",
        Fill::Outline => "outline",
        Fill::Hatch => "hatch",
    }
}

fn px(value: f64) -> String {
    format!("{value:.1}")
}

fn list(points: &[Point]) -> String {
    points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect::<Vec<_>>().join(" ")
}
