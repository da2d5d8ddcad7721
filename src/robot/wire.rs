//! The robot's WebSocket: requests out, replies and news in.
//!
//! Invariant: one request at a time is unanswered, so a reply needs no table to find its asker. News that comes while a
//! reply is awaited waits in a short queue and is handed out first afterwards.

use super::RobotError;
use futures_util::{SinkExt, StreamExt};
use quiora_signaling::{Answer, ClientMessage, Hello, PROTOCOL_VERSION, RequestId, ServerMessage, Welcome};
use std::collections::VecDeque;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// Opening the socket and each reply must be done by then; the server is on this machine or near it.
const PATIENCE: Duration = Duration::from_secs(5);

/// News kept while a reply is awaited. Full: the stretch ends and begins anew with a fresh welcome, because old news
/// may not be lost in silence.
const NEWS: usize = 256;

/// An open socket.
pub(super) struct Wire {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    last_id: RequestId,
    news: VecDeque<ServerMessage>,
}

impl Wire {
    /// Opens the socket.
    pub(super) async fn open(url: &str, origin: &str) -> Result<Self, RobotError> {
        let mut request = url.into_client_request().map_err(Box::new)?;
        let origin = HeaderValue::from_str(origin)
            .map_err(|e| Box::new(tungstenite::Error::from(tungstenite::http::Error::from(e))))?;
        request.headers_mut().insert("origin", origin);
        let opened = timeout(PATIENCE, connect_async(request)).await;
        let (socket, _) = opened.map_err(|_| RobotError::Timeout("open"))?.map_err(Box::new)?;
        Ok(Self { socket, last_id: 0, news: VecDeque::new() })
    }

    /// Says hello with `token`, and perhaps with an offer to subscribe.
    pub(super) async fn hello(&mut self, token: String, subscribe: Option<String>) -> Result<Welcome, RobotError> {
        let reply = self
            .ask(|id| ClientMessage::Hello(Hello { id, version: PROTOCOL_VERSION, token, resume: None, subscribe }))
            .await?;
        match reply {
            ServerMessage::Welcome(welcome) => Ok(*welcome),
            _ => Err(RobotError::Unexpected("welcome")),
        }
    }

    /// Sends an offer to publish and takes its answer.
    pub(super) async fn publish(&mut self, sdp: String) -> Result<Answer, RobotError> {
        match self.ask(|id| ClientMessage::Publish { id, sdp }).await? {
            ServerMessage::Answer(answer) => Ok(answer),
            _ => Err(RobotError::Unexpected("answer")),
        }
    }

    /// Sends a request and waits for its reply; a refusal is an error.
    pub(super) async fn ask(
        &mut self,
        request: impl FnOnce(RequestId) -> ClientMessage,
    ) -> Result<ServerMessage, RobotError> {
        let id = self.say(request).await?;
        let reply = async {
            loop {
                let message = self.receive().await?;
                if message.reply_to() == Some(id) {
                    return refuse(message);
                }
                if self.news.len() == NEWS {
                    return Err(RobotError::Flooded);
                }
                self.news.push_back(message);
            }
        };
        timeout(PATIENCE, reply).await.map_err(|_| RobotError::Timeout("reply"))?
    }

    /// Sends a request whose reply is news like any other.
    pub(super) async fn say(
        &mut self,
        request: impl FnOnce(RequestId) -> ClientMessage,
    ) -> Result<RequestId, RobotError> {
        self.last_id = self.last_id.wrapping_add(1);
        let json = serde_json::to_string(&request(self.last_id)).unwrap_or_default();
        let sent = timeout(PATIENCE, self.socket.send(Message::text(json))).await;
        sent.map_err(|_| RobotError::Timeout("send"))?.map_err(Box::new)?;
        Ok(self.last_id)
    }

    /// The next message. Safe to drop while waiting. A goodbye is an error.
    pub(super) async fn next(&mut self) -> Result<ServerMessage, RobotError> {
        match self.news.pop_front() {
            Some(message) => Ok(message),
            None => self.receive().await,
        }
    }

    /// Closes the socket in good manner; the server may already be gone.
    pub(super) async fn close(mut self) {
        if timeout(Duration::from_millis(500), self.socket.close(None)).await.is_err() {
            tracing::debug!("the socket was not closed in time");
        }
    }

    async fn receive(&mut self) -> Result<ServerMessage, RobotError> {
        loop {
            let frame = self.socket.next().await.ok_or(RobotError::SocketClosed)?.map_err(Box::new)?;
            match frame {
                Message::Text(text) => match serde_json::from_str(text.as_str()) {
                    Ok(ServerMessage::Bye { code, .. }) => return Err(RobotError::Refused(code)),
                    Ok(message) => return Ok(message),
                    // A type of a newer server: ignored, as the protocol asks of a client.
                    Err(error) => tracing::debug!(%error, "a message that is not known here"),
                },
                Message::Close(_) => return Err(RobotError::SocketClosed),
                _ => {}
            }
        }
    }
}

fn refuse(message: ServerMessage) -> Result<ServerMessage, RobotError> {
    match message {
        ServerMessage::Refused(refused) => Err(RobotError::Refused(refused.code)),
        other => Ok(other),
    }
}
