//! Puts a picture on a canvas.

use std::collections::HashMap;

use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use super::picture::Picture;
use super::shape::{Anchor, Fill, Ink, Point, Shape};
use super::svg::arrow_head;

/// More device pixels than this for each CSS pixel cost time and show nothing.
const DEVICE_PIXELS_MAX: f64 = 3.0;

/// The colours of all inks and the fonts, as the style sheet gives them at this moment.
#[derive(Debug, Clone)]
pub struct Colours {
    inks: HashMap<Ink, String>,
    small: String,
    large: String,
}

impl Colours {
    /// Looks them up on an element.
    pub fn of(canvas: &HtmlCanvasElement, large: bool) -> Option<Self> {
        let style = web_sys::window()?.get_computed_style(canvas).ok()??;
        let colour = |ink: &Ink| {
            let name = format!("--ink-{}", ink.name());
            (*ink, style.get_property_value(&name).unwrap_or_default().trim().to_owned())
        };
        let face = style.get_property_value("font-family").unwrap_or_default();
        let (small, big) = if large { (15, 18) } else { (12, 13) };
        Some(Self {
            inks: Ink::ALL.iter().map(colour).collect(),
            small: format!("{small}px {face}"),
            large: format!("600 {big}px {face}"),
        })
    }

    fn get(&self, ink: Ink) -> &str {
        self.inks.get(&ink).map_or("gray", String::as_str)
    }
}

/// Paints a picture; the canvas takes the picture's size, in device pixels.
pub fn paint(canvas: &HtmlCanvasElement, picture: &Picture, colours: &Colours) {
    let Some(context) = context(canvas) else { return };
    let ratio =
        web_sys::window().map_or(1.0, |window| window.device_pixel_ratio()).clamp(1.0, DEVICE_PIXELS_MAX);
    let (width, height) = ((picture.width * ratio) as u32, (picture.height * ratio) as u32);
    if (canvas.width(), canvas.height()) != (width, height) {
        canvas.set_width(width);
        canvas.set_height(height);
        // Set by script, not by an attribute in the page, so the content security policy is content.
        let _ = canvas.style().set_property("height", &format!("{}px", picture.height));
    }
    let _ = context.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0);
    context.clear_rect(0.0, 0.0, picture.width, picture.height);
    context.set_line_join("round");
    context.set_line_cap("butt");
    for shape in &picture.shapes {
        put(&context, shape, colours);
    }
}

fn context(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    canvas.get_context("2d").ok()??.dyn_into().ok()
}

fn put(context: &CanvasRenderingContext2d, shape: &Shape, colours: &Colours) {
    match shape {
        Shape::Bar { x, y, w, h, ink, fill } => bar(context, (*x, *y, *w, *h), colours.get(*ink), *fill),
        Shape::Line { points, ink, width, dashed } => {
            set_dashes(context, *dashed);
            context.set_line_width(*width);
            context.set_stroke_style_str(colours.get(*ink));
            trace(context, points);
            context.stroke();
            set_dashes(context, false);
        }
        Shape::Area { points, ink } => {
            context.set_fill_style_str(colours.get(*ink));
            trace(context, points);
            context.fill();
        }
        Shape::Circle { at, r, ink, fill } => {
            context.begin_path();
            let _ = context.arc(at.0, at.1, *r, 0.0, std::f64::consts::TAU);
            let (inside, edge) = match fill {
                Fill::Outline => (colours.get(Ink::Paper), colours.get(*ink)),
                _ => (colours.get(*ink), colours.get(*ink)),
            };
            context.set_fill_style_str(inside);
            context.fill();
            context.set_line_width(2.0);
            context.set_stroke_style_str(edge);
            context.stroke();
        }
        Shape::Arrow { from, via, to, ink } => arrow(context, *from, *via, *to, colours.get(*ink)),
        Shape::Text { at, words, ink, anchor, large } => {
            context.set_font(if *large { &colours.large } else { &colours.small });
            context.set_text_align(match anchor {
                Anchor::Start => "left",
                Anchor::Middle => "center",
                Anchor::End => "right",
            });
            context.set_fill_style_str(colours.get(*ink));
            let _ = context.fill_text(words, at.0, at.1);
        }
    }
}

fn bar(context: &CanvasRenderingContext2d, (x, y, w, h): (f64, f64, f64, f64), colour: &str, fill: Fill) {
    context.begin_path();
    if context.round_rect_with_f64(x, y, w, h, 3.0).is_err() {
        context.rect(x, y, w, h);
    }
    if fill == Fill::Solid {
        context.set_fill_style_str(colour);
        context.fill();
        return;
    }
    context.set_stroke_style_str(colour);
    context.set_line_width(1.5);
    context.stroke();
    if fill == Fill::Hatch {
        hatch(context, (x, y, w, h));
    }
}

/// Slanted lines inside the path that is current.
fn hatch(context: &CanvasRenderingContext2d, (x, y, w, h): (f64, f64, f64, f64)) {
    context.save();
    context.clip();
    context.begin_path();
    let mut at = x - h;
    while at < x + w {
        context.move_to(at, y + h);
        context.line_to(at + h, y);
        at += 7.0;
    }
    context.set_line_width(1.0);
    context.stroke();
    context.restore();
}

fn arrow(context: &CanvasRenderingContext2d, from: Point, via: Point, to: Point, colour: &str) {
    context.set_stroke_style_str(colour);
    context.set_line_width(2.0);
    context.begin_path();
    context.move_to(from.0, from.1);
    context.quadratic_curve_to(via.0, via.1, to.0, to.1);
    context.stroke();
    let [left, right] = arrow_head(via, to);
    trace(context, &[left, to, right]);
    context.stroke();
}

fn trace(context: &CanvasRenderingContext2d, points: &[Point]) {
    context.begin_path();
    for (place, (x, y)) in points.iter().enumerate() {
        if place == 0 {
            context.move_to(*x, *y);
        } else {
            context.line_to(*x, *y);
        }
    }
}

fn set_dashes(context: &CanvasRenderingContext2d, dashed: bool) {
    let dashes = js_sys::Array::new();
    if dashed {
        dashes.push(&4.0.into());
        dashes.push(&4.0.into());
    }
    let _ = context.set_line_dash(&dashes);
}
