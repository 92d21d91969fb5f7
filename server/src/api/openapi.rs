//! `GET /openapi.json`: the calls as an OpenAPI 3.1 document, made from their declarations.

use axum::Json;
use axum::http::Method;
use axum::routing::get;
use lab::catalog::Catalog;
use lab::event::Entry;
use lab::explore::Explored;
use lab::hand::{HandMove, Offer};
use lab::matrix::Matrix;
use lab::spec::Spec;
use lab::story::Story;
use lab::sweep::Sweep;
use lab::wire::{Followed, Frame, Problem, RunSummary};
use schemars::generate::{SchemaGenerator, SchemaSettings};
use serde_json::{Map, Value, json};

use super::runs;
use crate::calls::{self, Answer, Call, Content, Limit, Parameter, Takes};
use crate::problem::{self, PROBLEM_JSON};
use crate::share;

/// The dialect of OpenAPI; 3.1 takes JSON Schema as it is.
const OPENAPI_VERSION: &str = "3.1.0";
/// Where a document keeps its schemas.
const SCHEMAS: &str = "/components/schemas";
/// Refusals that every call may give.
const COMMON_REFUSALS: [&str; 3] = ["foreign-host", "wrong-method", "broken"];
/// The refusal of calls that a shared lab keeps for those who have joined.
const JOIN_REFUSAL: &str = "not-joined";
/// The refusal of calls that mind the Origin header.
const ORIGIN_REFUSAL: &str = "foreign-origin";

/// `GET /openapi.json`.
pub const OPENAPI: Call = Call {
    id: "getOpenapi",
    method: Method::GET,
    path: "/api/v1/openapi.json",
    summary: "This documentation for programs",
    text: "OpenAPI 3.1.",
    query: &[],
    body: None,
    answers: &[Answer {
        status: 200,
        text: "The document.",
        headers: &[],
        content: Some(Content { media: "application/json", schema: None, example: None }),
    }],
    refusals: &[],
    limits: &[],
    handler: || get(async || Json(document())),
};

/// The whole document.
pub fn document() -> Value {
    json!({
        "openapi": OPENAPI_VERSION,
        "info": {
            "title": "Interleave",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Runs of a teaching lab for data integrity: start them, follow them, read their journals.",
            "license": { "name": "MIT OR Apache-2.0" },
        },
        "paths": paths(),
        "components": { "schemas": schemas() },
    })
}

fn paths() -> Map<String, Value> {
    let mut paths = Map::new();
    for call in calls::ALL {
        let methods = paths.entry(call.path).or_insert_with(|| json!({}));
        methods[call.method.as_str().to_lowercase()] = operation(call);
    }
    paths
}

fn operation(call: &Call) -> Value {
    let limits = call.limits.iter().map(limit_sentence);
    let text: Vec<String> = std::iter::once(call.text.to_owned()).chain(limits).collect();
    let mut operation = json!({
        "operationId": call.id,
        "summary": call.summary,
        "description": text.join("\n\n"),
        "parameters": parameters(call),
        "responses": responses(call),
    });
    if let Some(body) = &call.body {
        operation["requestBody"] = json!({ "required": true, "content": content(body) });
    }
    operation
}

/// A bound as a sentence.
pub fn limit_sentence(limit: &Limit) -> String {
    format!("At most {} {}. {}", limit.max, limit.name, limit.text)
}

fn parameters(call: &Call) -> Vec<Value> {
    let id = call.path.contains("{id}").then(|| {
        let schema = json!({ "type": "string", "pattern": "^[0-9A-Za-z-]{1,64}$" });
        json!({ "name": "id", "in": "path", "required": true, "description": "The run's id.", "schema": schema })
    });
    id.into_iter().chain(call.query.iter().map(parameter)).collect()
}

fn parameter(parameter: &Parameter) -> Value {
    let schema = match parameter.takes {
        Takes::Number { min, max, default } => {
            json!({ "type": "integer", "minimum": min, "maximum": max, "default": default })
        }
        Takes::Name(names) => json!({ "type": "string", "enum": names, "default": names.first() }),
        Takes::Text(example) => json!({ "type": "string", "examples": [example] }),
    };
    json!({ "name": parameter.name, "in": "query", "description": parameter.text, "schema": schema })
}

fn responses(call: &Call) -> Map<String, Value> {
    let mut responses = Map::new();
    for answer in call.answers {
        responses.insert(answer.status.to_string(), response(answer));
    }
    for refusal in refusals(call) {
        let entry = responses.entry(refusal.status.to_string()).or_insert_with(|| {
            let schema = json!({ "$ref": format!("#{SCHEMAS}/Problem") });
            json!({ "description": "", "content": { PROBLEM_JSON: { "schema": schema, "examples": {} } } })
        });
        let before = entry["description"].as_str().unwrap_or_default();
        let joint = if before.is_empty() { "" } else { "; " };
        entry["description"] = format!("{before}{joint}{}", refusal.title).into();
        let name = refusal.kind.rsplit('/').next().unwrap_or_default();
        entry["content"][PROBLEM_JSON]["examples"][name] = json!({ "value": refusal });
    }
    responses
}

fn response(answer: &Answer) -> Value {
    let headers = answer.headers.iter().map(|(name, text)| {
        let schema = json!({ "type": "string" });
        ((*name).to_owned(), json!({ "description": text, "schema": schema }))
    });
    let mut response = json!({ "description": answer.text, "headers": headers.collect::<Map<_, _>>() });
    if let Some(body) = &answer.content {
        response["content"] = content(body);
    }
    response
}

fn content(content: &Content) -> Value {
    let schema = match content.schema {
        Some(name) => json!({ "$ref": format!("#{SCHEMAS}/{name}") }),
        None => json!({}),
    };
    let mut body = json!({ "schema": schema });
    if let Some(example) = content.example {
        body["example"] = serde_json::from_str(example).unwrap_or_else(|_| example.into());
    }
    // The schema and the example are of the first one.
    let mut others = content.media.split(", ");
    let first = others.next().unwrap_or_default().to_owned();
    let others = others.map(|media| (media.to_owned(), json!({})));
    Value::Object([(first, body)].into_iter().chain(others).collect())
}

/// Every refusal that a call may give: those of all calls, and its own.
pub fn refusals(call: &Call) -> Vec<lab::wire::Problem> {
    let origin = call.minds_origin().then_some(ORIGIN_REFUSAL);
    let joined = (!share::OPEN.contains(&call.path)).then_some(JOIN_REFUSAL);
    let named = |name: &str| {
        call.refusals.contains(&name)
            || COMMON_REFUSALS.contains(&name)
            || [origin, joined].contains(&Some(name))
    };
    problem::examples().iter().filter(|error| named(error.name())).map(|error| error.problem()).collect()
}

fn schemas() -> Map<String, Value> {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = SCHEMAS.into();
        settings.meta_schema = None;
    });
    let mut generator: SchemaGenerator = settings.into_generator();
    generator.subschema_for::<Catalog>();
    generator.subschema_for::<Entry>();
    generator.subschema_for::<Explored>();
    generator.subschema_for::<Followed>();
    generator.subschema_for::<Frame>();
    generator.subschema_for::<HandMove>();
    generator.subschema_for::<Matrix>();
    generator.subschema_for::<Offer>();
    generator.subschema_for::<Problem>();
    generator.subschema_for::<RunSummary>();
    generator.subschema_for::<runs::Page>();
    generator.subschema_for::<Spec>();
    generator.subschema_for::<Story>();
    generator.subschema_for::<Sweep>();
    let mut schemas = generator.take_definitions(true);
    let draft = schemas.get("Spec").map(draft_of);
    schemas.extend(draft.map(|draft| ("SpecDraft".to_owned(), draft)));
    schemas
}

/// A spec as it is sent: every field may be left out, and none may be added.
fn draft_of(spec: &Value) -> Value {
    let mut draft = spec.clone();
    if let Some(fields) = draft.as_object_mut() {
        fields.remove("required");
        fields.insert("additionalProperties".into(), false.into());
        fields.insert("description".into(), "A spec; what is left out takes its default.".into());
    }
    draft["properties"]["engine"] = open_object("The engine behind each port.");
    draft["properties"]["retry"] =
        open_object("How failed attempts are repeated; the catalog names the policies.");
    draft
}

fn open_object(text: &str) -> Value {
    json!({ "type": "object", "description": text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_in_the_document_leads_somewhere() {
        let document = document();
        let text = document.to_string();
        let references = text.split("\"$ref\":\"#").skip(1).filter_map(|rest| rest.split('"').next());
        let mut seen = 0;
        for reference in references {
            assert!(document.pointer(reference).is_some(), "{reference}");
            seen += 1;
        }
        assert!(seen > 10, "{seen} references");
    }

    #[test]
    fn every_refusal_that_a_call_names_exists() {
        let known: Vec<&str> = problem::examples().iter().map(|error| error.name()).collect();
        for call in calls::ALL {
            for name in call.refusals {
                assert!(known.contains(name), "{} names {name}", call.id);
            }
        }
    }
}
