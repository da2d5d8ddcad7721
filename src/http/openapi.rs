//! The JSON API as OpenAPI 3.1 tells it, at `/api/openapi.json`. Schemas are made from the types that are served (JSON
//! Schema 2020-12, by `schemars`), each file tells its own routes beside its handlers, and a test fails for a route that is
//! not told, told twice, or not there.

use super::{
    ice_servers, login, mail, payments, rehearsal, remote, server, shop, shows, staff, stream_key, webhooks, whip,
};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

/// Made once: it depends on nothing but the program.
static DOCUMENT: LazyLock<String> = LazyLock::new(|| document().to_string());

/// `GET /api/openapi.json`.
pub(super) async fn read() -> Response {
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static("application/vnd.oai.openapi+json;version=3.1"))];
    (kind, DOCUMENT.as_str()).into_response()
}

/// Who may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    /// Anybody.
    Anybody,
    /// A logged-in seller, by cookie.
    Seller,
    /// The seller, or a remote control of a show, by a cookie of its own.
    Helm,
    /// Whoever has the key of what is asked for: an order's, or a show's stream key.
    KeyHolder,
    /// The seller, or whoever has the key.
    Either,
}

/// What has been told so far.
pub(super) struct Api {
    generator: SchemaGenerator,
    paths: Map<String, Value>,
}

/// One method of one path, being told.
pub(super) struct Operation<'a> {
    api: &'a mut Api,
    path: &'static str,
    method: &'static str,
    value: Map<String, Value>,
    responses: Map<String, Value>,
}

impl Api {
    fn new() -> Self {
        let mut settings = SchemaSettings::draft2020_12();
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
        Self { generator: settings.for_serialize().into_generator(), paths: Map::new() }
    }

    /// Begins a method of a path; [`Operation::end`] takes it in.
    pub(super) fn tell(
        &mut self,
        method: &'static str,
        path: &'static str,
        who: Who,
        summary: &'static str,
    ) -> Operation<'_> {
        let parameters: Vec<Value> = path
            .split('/')
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
            .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
            .collect();
        let security = match who {
            Who::Anybody => json!([]),
            Who::Seller => json!([{ "session": [] }]),
            Who::Helm => json!([{ "session": [] }, { "remote": [] }]),
            Who::KeyHolder => json!([{ "key": [] }]),
            Who::Either => json!([{ "session": [] }, { "key": [] }]),
        };
        let mut value = Map::new();
        value.insert("summary".to_owned(), json!(summary));
        value.insert("security".to_owned(), security);
        value.insert("parameters".to_owned(), Value::Array(parameters));
        Operation { api: self, path, method, value, responses: Map::new() }
    }
}

impl Operation<'_> {
    /// A parameter behind the question mark; `schema` is its JSON Schema type.
    pub(super) fn asks(mut self, name: &str, schema: &str, what: &str) -> Self {
        if let Some(Value::Array(parameters)) = self.value.get_mut("parameters") {
            let schema = json!({ "type": schema });
            parameters.push(json!({ "name": name, "in": "query", "description": what, "schema": schema }));
        }
        self
    }

    /// The body is this type, as JSON.
    pub(super) fn takes<T: JsonSchema>(self) -> Self {
        let schema = self.api.generator.subschema_for::<T>();
        self.takes_content(&json!({ "application/json": { "schema": schema } }))
    }

    /// The body is of one of these media types.
    pub(super) fn takes_bytes(self, kinds: &[&str]) -> Self {
        let content: Map<String, Value> = kinds.iter().map(|kind| ((*kind).to_owned(), json!({}))).collect();
        self.takes_content(&Value::Object(content))
    }

    fn takes_content(mut self, content: &Value) -> Self {
        self.value.insert("requestBody".to_owned(), json!({ "required": true, "content": content }));
        self
    }

    /// It answers with this type, as JSON.
    pub(super) fn gives<T: JsonSchema>(mut self, status: u16) -> Self {
        let schema = self.api.generator.subschema_for::<T>();
        let content = json!({ "application/json": { "schema": schema } });
        self.responses.insert(status.to_string(), json!({ "description": "Done.", "content": content }));
        self
    }

    /// It answers with a body of this media type.
    pub(super) fn gives_bytes(mut self, status: u16, kind: &str) -> Self {
        let content = json!({ kind: {} });
        self.responses.insert(status.to_string(), json!({ "description": "Done.", "content": content }));
        self
    }

    /// It answers without a body.
    pub(super) fn gives_nothing(mut self, status: u16) -> Self {
        self.responses.insert(status.to_string(), json!({ "description": "Done." }));
        self
    }

    /// Takes it in.
    pub(super) fn end(mut self) {
        let problem = self.api.generator.subschema_for::<super::error::Problem<'static>>();
        let content = json!({ "application/problem+json": { "schema": problem } });
        self.responses.insert("default".to_owned(), json!({ "description": "No, and why.", "content": content }));
        self.value.insert("responses".to_owned(), Value::Object(self.responses));
        let path = self.api.paths.entry(self.path).or_insert_with(|| json!({}));
        if let Some(methods) = path.as_object_mut() {
            let before = methods.insert(self.method.to_owned(), Value::Object(self.value));
            debug_assert!(before.is_none(), "{} {} is told twice", self.method, self.path);
        }
    }
}

/// The whole document.
fn document() -> Value {
    let mut api = Api::new();
    login::describe(&mut api);
    shows::describe(&mut api);
    stream_key::describe(&mut api);
    staff::describe(&mut api);
    remote::describe(&mut api);
    server::describe(&mut api);
    ice_servers::describe(&mut api);
    whip::describe(&mut api);
    shop::describe(&mut api);
    webhooks::describe(&mut api);
    payments::describe(&mut api);
    mail::describe(&mut api);
    rehearsal::describe(&mut api);
    api.tell("get", "/api/openapi.json", Who::Anybody, "This document.")
        .gives_bytes(200, "application/vnd.oai.openapi+json")
        .end();
    let schemas = api.generator.take_definitions(true);
    let session = json!({ "type": "apiKey", "in": "cookie", "name": login::HOUSE.seller, "description":
        "A seller's session. What changes something must also come from the shop's own pages (Origin)." });
    let second = json!({ "type": "apiKey", "in": "cookie", "name": login::HOUSE.remote, "description":
        "A remote control of a show: a device that the seller has let in by a code, until shortly after the show." });
    let key = json!({ "type": "http", "scheme": "bearer", "description":
        "The key of an order, made by the buyer's client, or the stream key of a show." });
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Quiora",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Money is integer minor units beside an ISO 4217 code, VAT included. Times are milliseconds since the Unix epoch. \
                            A no is a problem detail (RFC 9457) with a stable `code`. The show itself speaks WebSocket at /ws.",
        },
        "paths": api.paths,
        "components": { "schemas": schemas, "securitySchemes": { "session": session, "remote": second, "key": key } },
    })
}

#[cfg(test)]
mod tests;
