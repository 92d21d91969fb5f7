//! Puts a picture on a canvas.

use std::collections::HashMap;

use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use super::picture::Picture;
use super::shape::{Anchor, Fill, Ink, Point, Shape};
use super::svg::arrow_head;

/// More device pixels than this for each CSS pixel cost time and show nothing.
const DEVICE_PIXELS_MAX: f64 = 3.0;
/// Bars that are narrower than this have plain corners.
const ROUND_PX: f64 = 8.0;

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
    let mut brush = Brush::new(&context, colours);
    picture.shapes.iter().for_each(|shape| brush.put(shape));
}

fn context(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    canvas.get_context("2d").ok()??.dyn_into().ok()
}

/// The context, and what was last set on it: each setting is a call out of wasm, and a colour is read anew each time.
struct Brush<'a> {
    context: &'a CanvasRenderingContext2d,
    colours: &'a Colours,
    filling: Option<Ink>,
    stroking: Option<Ink>,
    width: f64,
    is_dashed: bool,
    letters: Option<(bool, Anchor)>,
}

impl<'a> Brush<'a> {
    fn new(context: &'a CanvasRenderingContext2d, colours: &'a Colours) -> Self {
        set_dashes(context, false);
        Self { context, colours, filling: None, stroking: None, width: 0.0, is_dashed: false, letters: None }
    }

    fn put(&mut self, shape: &Shape) {
        match shape {
            Shape::Bar { x, y, w, h, ink, fill } => self.bar((*x, *y, *w, *h), *ink, *fill),
            Shape::Line { points, ink, width, dashed } => match points[..] {
                [from, to] if !dashed && (from.0 == to.0 || from.1 == to.1) => {
                    self.rule(from, to, *ink, *width);
                }
                _ => {
                    trace(self.context, points);
                    self.stroke(*ink, *width, *dashed);
                }
            },
            Shape::Area { points, ink } => {
                trace(self.context, points);
                self.fill(*ink);
            }
            Shape::Circle { at, r, ink, fill } => self.circle(*at, *r, *ink, *fill),
            Shape::Arrow { from, via, to, ink } => {
                self.context.begin_path();
                self.context.move_to(from.0, from.1);
                self.context.quadratic_curve_to(via.0, via.1, to.0, to.1);
                self.stroke(*ink, 2.0, false);
                let [left, right] = arrow_head(*via, *to);
                trace(self.context, &[left, *to, right]);
                self.stroke(*ink, 2.0, false);
            }
            Shape::Text { at, words, ink, anchor, large } => self.words(*at, words, *ink, *anchor, *large),
        }
    }

    /// An upright or level line as the rectangle that it is: many times cheaper than the stroke of a path.
    fn rule(&mut self, from: Point, to: Point, ink: Ink, width: f64) {
        self.fills_with(ink);
        let ((left, top), (right, bottom)) =
            ((from.0.min(to.0), from.1.min(to.1)), (from.0.max(to.0), from.1.max(to.1)));
        let half = width / 2.0;
        if left == right {
            self.context.fill_rect(left - half, top, width, bottom - top);
        } else {
            self.context.fill_rect(left, top - half, right - left, width);
        }
    }

    fn bar(&mut self, (x, y, w, h): (f64, f64, f64, f64), ink: Ink, fill: Fill) {
        if fill == Fill::Solid && w < ROUND_PX {
            self.fills_with(ink);
            return self.context.fill_rect(x, y, w, h);
        }
        self.context.begin_path();
        // In a crowd nobody sees that corners are round, and a plain rectangle is many times cheaper.
        if w < ROUND_PX || self.context.round_rect_with_f64(x, y, w, h, 3.0).is_err() {
            self.context.rect(x, y, w, h);
        }
        if fill == Fill::Solid {
            return self.fill(ink);
        }
        self.stroke(ink, 1.5, false);
        if fill == Fill::Hatch {
            hatch(self.context, (x, y, w, h));
        }
    }

    fn circle(&mut self, at: Point, r: f64, ink: Ink, fill: Fill) {
        // A solid one is its area and half of its edge.
        let r = if fill == Fill::Outline { r } else { r + 1.0 };
        self.context.begin_path();
        let _ = self.context.arc(at.0, at.1, r, 0.0, std::f64::consts::TAU);
        if fill == Fill::Outline {
            self.fill(Ink::Paper);
            self.stroke(ink, 2.0, false);
        } else {
            self.fill(ink);
        }
    }

    fn words(&mut self, at: Point, words: &str, ink: Ink, anchor: Anchor, large: bool) {
        if self.letters != Some((large, anchor)) {
            self.letters = Some((large, anchor));
            self.context.set_font(if large { &self.colours.large } else { &self.colours.small });
            self.context.set_text_align(match anchor {
                Anchor::Start => "left",
                Anchor::Middle => "center",
                Anchor::End => "right",
            });
        }
        self.fills_with(ink);
        let _ = self.context.fill_text(words, at.0, at.1);
    }

    fn fill(&mut self, ink: Ink) {
        self.fills_with(ink);
        self.context.fill();
    }

    fn fills_with(&mut self, ink: Ink) {
        if self.filling.replace(ink) != Some(ink) {
            self.context.set_fill_style_str(self.colours.get(ink));
        }
    }

    fn stroke(&mut self, ink: Ink, width: f64, dashed: bool) {
        if self.stroking.replace(ink) != Some(ink) {
            self.context.set_stroke_style_str(self.colours.get(ink));
        }
        if self.width != width {
            self.width = width;
            self.context.set_line_width(width);
        }
        if self.is_dashed != dashed {
            self.is_dashed = dashed;
            set_dashes(self.context, dashed);
        }
        self.context.stroke();
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
