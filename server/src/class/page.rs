//! The look of a class's pages. They are plain documents: no script, and a few lines of style of their own.

use std::fmt::Write;

use axum::response::Html;
use leptos::nonce::Nonce;

/// A whole page. `body` is HTML; `refresh_s` asks the browser to come again after so many seconds.
pub(super) fn page(nonce: &Nonce, title: &str, refresh_s: Option<u32>, body: &str) -> Html<String> {
    let refresh = refresh_s
        .map_or_else(String::new, |seconds| format!("<meta http-equiv=\"refresh\" content=\"{seconds}\">"));
    let title = escaped(title);
    Html(format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title} \u{b7} Interleave</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><link rel=\"icon\" href=\"/favicon.svg\">{refresh}<style nonce=\"{nonce}\">{STYLE}</style>\
         </head><body><main><h1>{title}</h1>{body}</main></body></html>"
    ))
}

/// A text that is no markup, whatever stands in it.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '<' | '>' | '&' | '"' | '\'' => {
                // Writing into a string cannot fail.
                let _ = write!(safe, "&#{};", u32::from(letter));
            }
            other => safe.push(other),
        }
    }
    safe
}

const STYLE: &str = "\
:root{color-scheme:light dark;font:1.1rem/1.5 system-ui,sans-serif}\
body{margin:0;background:light-dark(#f6f5f0,#15171a);color:light-dark(#1b1f24,#eceae4)}\
main{max-width:52rem;margin:0 auto;padding:1.5rem}\
a{color:light-dark(#0b5394,#7cc0f2)}\
.code{font:700 clamp(3rem,12vw,7rem)/1.1 ui-monospace,monospace;letter-spacing:.08em;margin:.2em 0}\
.qr svg{width:min(20rem,80vw);height:auto;background:#fff}\
li{margin:.6rem 0}\
li[aria-current]{font-weight:700}\
.notes{white-space:pre-line;font-weight:400;color:light-dark(#55595e,#a9adb3)}\
nav,form{display:flex;flex-wrap:wrap;gap:.6rem;margin:1rem 0}\
button,.button{font:inherit;padding:.6rem .9rem;border-radius:.4rem;border:1px solid light-dark(#767676,#8a8f98);\
background:none;color:inherit;text-decoration:none}";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_becomes_markup() {
        assert_eq!(escaped("<a href=\"x\">&'"), "&#60;a href=&#34;x&#34;&#62;&#38;&#39;");
    }
}
