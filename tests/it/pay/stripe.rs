//! The imitation of Stripe (`tests/stripe/imitation.mjs`), started and steered.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// What the imitation takes as the seller's key.
pub const KEY: &str = "sk_test_imitation";

/// What it signs notices with, unless it is told otherwise.
pub const SECRET: &str = "whsec_imitation_secret";

/// It ends when its input does, which is with this.
pub struct Imitation {
    pub url: String,
    _process: Child,
}

impl Imitation {
    pub fn start() -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stripe/imitation.mjs");
        let mut command = Command::new("node");
        command.arg(script).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().expect("node, which the pages are built with");
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on ").expect("the address");
        Self { url: format!("http://{address}"), _process: process }
    }

    /// Sets what it does; see the script.
    pub async fn control(&self, wish: Value) {
        self.post("/_control", Some(wish)).await;
    }

    /// The buyer pays. Whether the page was still open.
    pub async fn pay(&self, session: &str) -> bool {
        self.post(&format!("/_pay/{session}"), None).await["paid"] == json!(true)
    }

    /// Sessions, refunds, requests, notices.
    pub async fn state(&self) -> Value {
        let answer = reqwest::get(format!("{}/_state", self.url)).await.unwrap();
        serde_json::from_str(&answer.text().await.unwrap()).unwrap()
    }

    /// How many of something there are.
    pub async fn count(&self, what: &str) -> usize {
        self.state().await[what].as_array().unwrap().len()
    }

    /// The only session.
    pub async fn session(&self) -> Value {
        let state = self.state().await;
        let sessions = state["sessions"].as_array().unwrap();
        assert_eq!(sessions.len(), 1, "{sessions:?}");
        sessions[0].clone()
    }

    async fn post(&self, path: &str, body: Option<Value>) -> Value {
        let body = body.unwrap_or(Value::Null).to_string();
        let answer = reqwest::Client::new().post(format!("{}{path}", self.url)).body(body).send().await.unwrap();
        serde_json::from_str(&answer.text().await.unwrap()).unwrap()
    }
}
