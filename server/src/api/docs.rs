//! `GET /api/docs`: the calls for people, made from the same declarations as the OpenAPI document.

use axum::Extension;
use axum::http::{Method, StatusCode};
use axum::response::Html;
use axum::routing::get;
use leptos::prelude::*;

use super::openapi;
use crate::calls::{self, Answer, Call, Content, Parameter, Takes};
use crate::headers::PageNonce;

/// The page's looks. It stands alone, so that it is readable where no site was built.
const STYLE: &str = include_str!("docs.css");

/// `GET /api/docs`.
pub const DOCS: Call = Call {
    id: "getDocs",
    method: Method::GET,
    path: "/api/docs",
    summary: "This documentation for people",
    text: "",
    query: &[],
    body: None,
    answers: &[Answer {
        status: StatusCode::OK.as_u16(),
        text: "The page.",
        headers: &[],
        content: Some(Content { media: "text/html; charset=utf-8", schema: None, example: None }),
    }],
    refusals: &[],
    limits: &[],
    handler: || get(page),
};

async fn page(Extension(PageNonce(nonce)): Extension<PageNonce>) -> Html<String> {
    let calls: Vec<_> = calls::ALL.into_iter().map(section).collect();
    let entries: Vec<_> = calls::ALL.into_iter().map(entry).collect();
    let body = view! {
        <main>
            <p><a href="/">"Interleave"</a></p>
            <h1>"The API"</h1>
            <p>
                "For programs: " <a href="/api/v1/openapi.json">"OpenAPI 3.1"</a> ", "
                <a href="/api/v1/journal.schema.json">"the journal's JSON Schema"</a> ". "
                "Every refusal is application/problem+json: a stable type, a sentence, and the fields that are wrong. "
                "Requests must be addressed to a name of this server, and pages of other origins may not change anything."
            </p>
            <nav aria-label="Calls"><ul>{entries}</ul></nav>
            {calls}
        </main>
    };
    let (nonce, body) = (nonce.to_string(), body.to_html());
    Html(format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>API · Interleave</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\">\
         <style nonce=\"{nonce}\">{STYLE}</style></head><body>{body}</body></html>"
    ))
}

fn entry(call: &'static Call) -> impl IntoView {
    let anchor = format!("#{}", call.id);
    view! { <li><a href=anchor><code>{call.method.as_str()}" "{call.path}</code></a>" "{call.summary}</li> }
}

fn section(call: &'static Call) -> impl IntoView {
    view! {
        <section id=call.id>
            <h2><code>{call.method.as_str()}" "{call.path}</code></h2>
            <p><strong>{call.summary}"."</strong>" "{call.text}</p>
            {(!call.query.is_empty()).then(|| parameters(call))}
            {call.body.as_ref().map(body)}
            <h3>"Answers"</h3>
            <dl>{call.answers.iter().map(answer).collect::<Vec<_>>()}</dl>
            <h3>"Refusals"</h3>
            <dl>{openapi::refusals(call).into_iter().map(refusal).collect::<Vec<_>>()}</dl>
            {(!call.limits.is_empty()).then(|| limits(call))}
        </section>
    }
}

fn parameters(call: &'static Call) -> impl IntoView {
    let rows = call.query.iter().map(|parameter| {
        view! { <dt><code>{parameter.name}</code></dt><dd>{parameter.text}" "{takes(parameter)}</dd> }
    });
    view! { <h3>"Query"</h3><dl>{rows.collect::<Vec<_>>()}</dl> }
}

fn takes(parameter: &Parameter) -> String {
    match parameter.takes {
        Takes::Number { min, max, default } => {
            format!("A whole number from {min} to {max}; {default} when left out.")
        }
        Takes::Name(names) => format!("One of: {}.", names.join(", ")),
        Takes::Text(example) => format!("For example {example}."),
    }
}

fn body(content: &'static Content) -> impl IntoView {
    view! {
        <h3>"Body"</h3>
        <p>{described(content)}</p>
        {content.example.map(example)}
    }
}

fn answer(answer: &'static Answer) -> impl IntoView {
    let headers = answer.headers.iter().map(|(name, text)| {
        view! { <p><code>{*name}</code>": "{*text}</p> }
    });
    let content = answer.content.as_ref();
    view! {
        <dt>{answer.status}</dt>
        <dd>
            <p>{answer.text}" "{content.map(described)}</p>
            {headers.collect::<Vec<_>>()}
            {content.and_then(|content| content.example).map(example)}
        </dd>
    }
}

fn described(content: &'static Content) -> String {
    match content.schema {
        Some(schema) => format!("{}, {schema}.", content.media),
        None => format!("{}.", content.media),
    }
}

fn example(text: &'static str) -> impl IntoView {
    view! { <pre tabindex="0">{text}</pre> }
}

fn refusal(problem: lab::wire::Problem) -> impl IntoView {
    let name = problem.kind.rsplit('/').next().unwrap_or_default().to_owned();
    view! { <dt>{problem.status}" "<code>{name}</code></dt><dd>{problem.detail}</dd> }
}

fn limits(call: &'static Call) -> impl IntoView {
    let rows = call.limits.iter().map(|limit| view! { <li>{openapi::limit_sentence(limit)}</li> });
    view! { <h3>"Bounds"</h3><ul>{rows.collect::<Vec<_>>()}</ul> }
}
