//! Janus' VideoRoom over its HTTP API: the same audience in front of another server.
//!
//! A request is acknowledged at once and answered by an event, which a long poll brings. As separate browsers would, each
//! robot has a session and a handle of its own. Here the server offers to viewers.

use super::AudienceError;
use super::http;
use serde_json::{Value, json};
use std::net::SocketAddr;

/// The publisher's id in the room.
const FEED: u64 = 1;

/// Events that may come before the one that answers.
const MAX_EVENTS: usize = 20;

/// A room of a Janus server.
#[derive(Debug, Clone)]
pub(super) struct Janus {
    pub(super) server: SocketAddr,
    /// The API's path, e.g. `/janus`.
    pub(super) path: String,
    pub(super) room: u64,
    /// The picture's codec by its SDP name, in lower case.
    pub(super) codec: &'static str,
}

/// A session with its one handle.
#[derive(Debug)]
pub(super) struct Handle {
    server: SocketAddr,
    session: String,
    path: String,
}

impl Janus {
    /// Makes the room and publishes in it; the handle and the answer.
    pub(super) async fn publish(&self, offer: &str) -> Result<(Handle, String), AudienceError> {
        let handle = self.attach().await?;
        // No limit of bitrate, and keyframes only when a viewer needs one.
        let room = json!({
            "request": "create", "room": self.room, "publishers": 1, "bitrate": 0, "fir_freq": 0,
            "audiocodec": "opus", "videocodec": self.codec, "h264_profile": "42e01f",
        });
        match handle.message(room, Value::Null).await {
            // The room is there already.
            Ok(_) | Err(AudienceError::Janus { code: 427, .. }) => {}
            Err(error) => return Err(error),
        }
        let join = json!({
            "request": "joinandconfigure", "ptype": "publisher", "room": self.room, "id": FEED, "display": "robot",
        });
        let reply = handle.message(join, json!({ "type": "offer", "sdp": offer })).await?;
        let answer = sdp(&reply)?;
        Ok((handle, answer))
    }

    /// Joins the room as a viewer; the handle and the offer, which `answer` has answered.
    pub(super) async fn subscribe(
        &self,
        answer: impl FnOnce(&str) -> String,
    ) -> Result<(Handle, String), AudienceError> {
        let handle = self.attach().await?;
        let join = json!({
            "request": "join", "ptype": "subscriber", "room": self.room, "streams": [{ "feed": FEED }],
        });
        let reply = handle.message(join, Value::Null).await?;
        let offer = sdp(&reply)?;
        let jsep = json!({ "type": "answer", "sdp": answer(&offer) });
        handle.message(json!({ "request": "start" }), jsep).await?;
        Ok((handle, offer))
    }

    async fn attach(&self) -> Result<Handle, AudienceError> {
        let created = call(self.server, &self.path, &json!({ "janus": "create", "transaction": "create" })).await?;
        let session = format!("{}/{}", self.path, created["data"]["id"]);
        let attach = json!({ "janus": "attach", "plugin": "janus.plugin.videoroom", "transaction": "attach" });
        let attached = call(self.server, &session, &attach).await?;
        let path = format!("{session}/{}", attached["data"]["id"]);
        Ok(Handle { server: self.server, session, path })
    }
}

impl Handle {
    /// Sends a message to the plugin and waits for the event that answers it.
    async fn message(&self, body: Value, jsep: Value) -> Result<Value, AudienceError> {
        let mut message = json!({ "janus": "message", "transaction": "message", "body": body });
        if let (Some(fields), false) = (message.as_object_mut(), jsep.is_null()) {
            fields.insert("jsep".to_owned(), jsep);
        }
        let mut reply = call(self.server, &self.path, &message).await?;
        for _ in 0..MAX_EVENTS {
            let data = &reply["plugindata"]["data"];
            if let Some(code) = data["error_code"].as_u64() {
                return Err(AudienceError::Janus { code, said: data["error"].to_string() });
            }
            if data.is_object() && reply["transaction"] == "message" {
                return Ok(reply);
            }
            let path = format!("{}?maxev=1", self.session);
            reply = refused(http::request(self.server, "GET", &path, &[], "").await?.good()?.json())?;
        }
        Err(AudienceError::Timeout("an event from Janus"))
    }

    /// Ends the session; the server may be gone already.
    pub(super) async fn destroy(self) {
        let _ = call(self.server, &self.session, &json!({ "janus": "destroy", "transaction": "destroy" })).await;
    }
}

async fn call(server: SocketAddr, path: &str, body: &Value) -> Result<Value, AudienceError> {
    refused(http::post_json(server, path, &[], body).await?.good()?.json())
}

fn refused(reply: Value) -> Result<Value, AudienceError> {
    if reply["janus"] != "error" {
        return Ok(reply);
    }
    let (code, said) = (reply["error"]["code"].as_u64(), reply["error"]["reason"].to_string());
    Err(AudienceError::Janus { code: code.unwrap_or(0), said })
}

fn sdp(reply: &Value) -> Result<String, AudienceError> {
    let found = reply["jsep"]["sdp"].as_str().map(str::to_owned);
    found.ok_or_else(|| AudienceError::Janus { code: 0, said: "no description".to_owned() })
}
