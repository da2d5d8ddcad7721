//! Servers that take what is sent: an endpoint for webhooks and an SMTP server, each as small as can be.

use crate::harness::PATIENCE;
use data_encoding::BASE64;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// A message as it came.
#[derive(Debug, Clone)]
pub struct Message {
    pub id: String,
    pub headers: HashMap<String, String>,
    pub body: String,
}

impl Message {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// Status codes to answer with, then 200 for ever; `None` never answers.
type Script = Arc<Mutex<Option<VecDeque<u16>>>>;

/// An endpoint.
pub struct Hooks {
    pub url: String,
    script: Script,
    retry_after: Arc<Mutex<Option<String>>>,
    heard: mpsc::Receiver<Message>,
}

impl Hooks {
    /// Answers so, then 200.
    pub async fn start(statuses: &[u16]) -> Self {
        Self::scripted(Some(statuses.iter().copied().collect())).await
    }

    /// Takes everything and never answers.
    pub async fn hanging() -> Self {
        Self::scripted(None).await
    }

    async fn scripted(script: Option<VecDeque<u16>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook?shop=1", listener.local_addr().unwrap());
        let (tell, heard) = mpsc::channel(64);
        let script: Script = Arc::new(Mutex::new(script));
        let (answers, retry_after) = (script.clone(), Arc::<Mutex<Option<String>>>::default());
        let patience = retry_after.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(take(stream, answers.clone(), patience.clone(), tell.clone()));
            }
        });
        Self { url, script, retry_after, heard }
    }

    /// From now on it answers so.
    pub fn answer(&self, statuses: &[u16]) {
        *self.script.lock().unwrap() = Some(statuses.iter().copied().collect());
    }

    /// From now on it says so when to come back.
    pub fn retry_after(&self, value: &str) {
        *self.retry_after.lock().unwrap() = Some(value.to_owned());
    }

    pub async fn next(&mut self) -> Message {
        tokio::time::timeout(PATIENCE, self.heard.recv()).await.expect("a message in time").unwrap()
    }

    pub fn is_silent(&mut self) -> bool {
        self.heard.try_recv().is_err()
    }
}

async fn take(stream: TcpStream, script: Script, retry_after: Arc<Mutex<Option<String>>>, tell: mpsc::Sender<Message>) {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    stream.read_line(&mut line).await.unwrap();
    assert!(line.starts_with("POST /hook?shop=1 HTTP/1.1"), "{line}");
    let mut headers = HashMap::new();
    loop {
        line.clear();
        stream.read_line(&mut line).await.unwrap();
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let mut body = vec![0; headers["content-length"].parse().unwrap()];
    stream.read_exact(&mut body).await.unwrap();
    let (id, body) = (headers["webhook-id"].clone(), String::from_utf8(body).unwrap());
    let status = script.lock().unwrap().as_mut().map(|script| script.pop_front().unwrap_or(200));
    let _ = tell.send(Message { id, headers, body }).await;
    match status {
        Some(status) => {
            let later =
                retry_after.lock().unwrap().as_ref().map_or_else(String::new, |at| format!("retry-after: {at}\r\n"));
            let answer = format!("HTTP/1.1 {status} X\r\nlocation: /elsewhere\r\n{later}content-length: 0\r\n\r\n");
            let _ = stream.write_all(answer.as_bytes()).await;
        }
        None => tokio::time::sleep(Duration::from_secs(60)).await,
    }
}

/// Standard Webhooks' verification, with an HMAC (RFC 2104) of the test's own: one of the signatures must be the secret's.
pub fn verify(secret: &str, message: &Message) {
    let signed = signed(secret, message);
    assert!(message.headers["webhook-signature"].split(' ').any(|one| one == signed), "{:?}", message.headers);
}

fn signed(secret: &str, message: &Message) -> String {
    let secret = BASE64.decode(secret.strip_prefix("whsec_").unwrap().as_bytes()).unwrap();
    let mut key = [0; 64];
    key[..secret.len()].copy_from_slice(&secret);
    let at_s: u64 = message.headers["webhook-timestamp"].parse().unwrap();
    assert!(crate::harness::now_ms() / 1_000 - at_s < 60);
    let inner = Sha256::new()
        .chain_update(key.map(|byte| byte ^ 0x36))
        .chain_update(format!("{}.{at_s}.{}", message.id, message.body))
        .finalize();
    let tag = Sha256::new().chain_update(key.map(|byte| byte ^ 0x5c)).chain_update(inner).finalize();
    format!("v1,{}", BASE64.encode(&tag))
}

/// A letter as it came; refused or taken.
#[derive(Debug, Clone, Default)]
pub struct Mail {
    pub from: String,
    pub to: String,
    pub refused: bool,
    raw: String,
}

impl Mail {
    pub fn header(&self, name: &str) -> String {
        let line = self.raw.lines().find(|line| line.starts_with(&format!("{name}: ")));
        line.unwrap_or_else(|| panic!("no {name}: {}", self.raw)).to_owned()
    }

    /// The body, out of quoted-printable (RFC 2045 §6.7).
    pub fn text(&self) -> String {
        let body = self.raw.split_once("\n\n").unwrap().1.replace("=\n", "");
        let (mut bytes, mut rest) = (Vec::new(), body.as_bytes());
        while let Some((first, tail)) = rest.split_first() {
            let escaped = (*first == b'=').then(|| std::str::from_utf8(&tail[..2]).unwrap());
            bytes.push(escaped.map_or(*first, |hex| u8::from_str_radix(hex, 16).unwrap()));
            rest = if escaped.is_some() { &tail[2..] } else { tail };
        }
        String::from_utf8(bytes).unwrap()
    }
}

/// An SMTP server (RFC 5321) that refuses as often as it is told to, after it has read the letter.
pub struct Smtp {
    pub url: String,
    heard: mpsc::Receiver<Mail>,
    task: JoinHandle<()>,
}

impl Smtp {
    pub async fn start(refusals: &[&str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let (tell, heard) = mpsc::channel(64);
        let refusals: VecDeque<String> = refusals.iter().map(ToString::to_string).collect();
        let refusals = Arc::new(Mutex::new(refusals));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, refusals.clone(), tell.clone()));
            }
        });
        Self { url, heard, task }
    }

    pub async fn next(&mut self) -> Mail {
        tokio::time::timeout(PATIENCE, self.heard.recv()).await.expect("a letter in time").unwrap()
    }

    /// Takes no more connections.
    pub fn close(&self) {
        self.task.abort();
    }
}

async fn converse(stream: TcpStream, refusals: Arc<Mutex<VecDeque<String>>>, tell: mpsc::Sender<Mail>) {
    let mut stream = BufReader::new(stream);
    let (mut mail, mut line) = (Mail::default(), String::new());
    stream.write_all(b"220 sink\r\n").await.unwrap();
    loop {
        line.clear();
        if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
            return;
        }
        let address =
            || line.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or("", |(a, _)| a).to_owned();
        let answer = match line.get(..4).unwrap_or_default().to_ascii_uppercase().as_str() {
            "MAIL" => {
                mail.from = address();
                "250 ok".to_owned()
            }
            "RCPT" => {
                mail.to = address();
                "250 ok".to_owned()
            }
            "DATA" => {
                stream.write_all(b"354 go\r\n").await.unwrap();
                mail.raw = content(&mut stream).await;
                let refusal = refusals.lock().unwrap().pop_front();
                mail.refused = refusal.is_some();
                let _ = tell.send(std::mem::take(&mut mail)).await;
                refusal.unwrap_or_else(|| "250 taken".to_owned())
            }
            "QUIT" => "221 bye".to_owned(),
            _ => "250 sink".to_owned(),
        };
        if stream.write_all(format!("{answer}\r\n").as_bytes()).await.is_err() {
            return;
        }
    }
}

async fn content(stream: &mut BufReader<TcpStream>) -> String {
    let (mut content, mut line) = (String::new(), String::new());
    loop {
        line.clear();
        stream.read_line(&mut line).await.unwrap();
        match line.trim_end_matches(['\r', '\n']) {
            "." => return content,
            text => content = content + text.strip_prefix('.').unwrap_or(text) + "\n",
        }
    }
}
