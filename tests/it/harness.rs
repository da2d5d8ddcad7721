//! A server to talk to and clients that talk: what every integration test starts from.

use futures_util::{SinkExt, StreamExt};
use quiora::app::{App, Running};
use quiora::config::{Config, IceServers};
use quiora::post::PostConfig;
use quiora::session::{PAGE_TOKEN_TTL_MS, Timing};
use quiora::store::{NewShow, ShowRow};
use quiora_signaling::{
    ClientMessage, Hello, MemberId, PROTOCOL_VERSION, RefusalCode, Refused, Resume, Role, ServerMessage, Welcome,
};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Bytes, Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

/// Nothing here takes longer on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// A server in a folder of its own, on free ports of the loopback.
pub struct Server {
    running: Option<Running>,
    config: Config,
    _folder: TempDir,
}

impl Server {
    /// A fresh server with this many media threads.
    pub async fn start(workers: usize) -> Self {
        Self::start_with(workers, Timing::default()).await
    }

    /// As [`Server::start`], with sessions of another patience.
    pub async fn start_with(workers: usize, timing: Timing) -> Self {
        Self::start_configured(workers, |config| config.timing = timing).await
    }

    /// As [`Server::start`], with a configuration that differs.
    pub async fn start_configured(workers: usize, configure: impl FnOnce(&mut Config)) -> Self {
        let folder = TempDir::new().unwrap();
        let mut config = Config {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            media: SocketAddr::from(([127, 0, 0, 1], 0)),
            public_ip: Vec::new(),
            data_dir: folder.path().join("data"),
            database_url: None,
            workers,
            base_url: None,
            timing: Timing::default(),
            ice: IceServers::default(),
            post: PostConfig::default(),
            stripe: None,
        };
        configure(&mut config);
        let running = App::start(config.clone()).await.unwrap();
        Self { running: Some(running), config, _folder: folder }
    }

    /// Stops it and starts it again on the same data; ports change.
    pub async fn restart(&mut self) {
        self.stop().await;
        self.running = Some(App::start(self.config.clone()).await.unwrap());
    }

    /// Stops it.
    pub async fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop().await;
        }
    }

    /// The running server.
    pub fn app(&self) -> &Running {
        self.running.as_ref().unwrap()
    }

    /// The folder of its data.
    pub fn data_dir(&self) -> &PathBuf {
        &self.config.data_dir
    }

    /// An address of the HTTP side.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.app().address())
    }

    /// A show of the (then existing) shop "Bottega".
    pub async fn show(&self, slug: &str) -> ShowRow {
        let store = self.app().store();
        if store.shop().await.unwrap().is_none() {
            store.create_shop("Bottega", now_ms()).await.unwrap();
        }
        let new = NewShow { slug: slug.to_owned(), title: format!("Show {slug}"), scheduled_at_ms: None };
        store.create_show(new, now_ms()).await.unwrap()
    }

    /// A join token, as a page or the API would give it.
    pub async fn token(&self, show: &ShowRow, role: Role) -> String {
        let shop = self.app().store().shop().await.unwrap().unwrap();
        let member = (role == Role::Host).then_some(MemberId(shop.id.0));
        self.app().tokens().issue(show.show, role, member, now_ms(), PAGE_TOKEN_TTL_MS).unwrap()
    }

    /// A WebSocket that has said nothing yet.
    pub async fn connect(&self) -> Client {
        Client::connect(self.app().address(), None).await.unwrap()
    }

    /// A WebSocket that has joined.
    pub async fn join(&self, show: &ShowRow, role: Role) -> (Client, Welcome) {
        let mut client = self.connect().await;
        let welcome = client.hello(self.token(show, role).await, None, None).await;
        (client, welcome)
    }
}

/// Milliseconds since the Unix epoch.
pub fn now_ms() -> u64 {
    quiora::clock::unix_ms()
}

/// A client of the protocol over a real WebSocket.
pub struct Client {
    socket: WebSocketStream<TcpStream>,
    next_id: u32,
    /// What came while a reply was waited for; read before the socket.
    news: VecDeque<ServerMessage>,
}

/// How a socket ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Farewell {
    /// The code of the `bye`, if one came.
    pub bye: Option<RefusalCode>,
    /// Code and reason of the close frame, if one came.
    pub close: Option<(u16, String)>,
}

impl Client {
    /// Opens a WebSocket, perhaps as a page of `origin`.
    pub async fn connect(address: SocketAddr, origin: Option<&str>) -> Result<Self, Error> {
        let headers: Vec<_> = origin.map(|origin| ("origin", origin)).into_iter().collect();
        Self::connect_with(address, &headers).await
    }

    /// As through a proxy on the server's own machine, which says that the client comes from there.
    pub async fn connect_from(server: SocketAddr, address: &str) -> Result<Self, Error> {
        Self::connect_with(server, &[("x-forwarded-for", address)]).await
    }

    /// To the world that is under a path.
    pub async fn connect_under(server: SocketAddr, path: &str) -> Result<Self, Error> {
        Self::connect_to(server, path, &[]).await
    }

    async fn connect_with(address: SocketAddr, headers: &[(&'static str, &str)]) -> Result<Self, Error> {
        Self::connect_to(address, "", headers).await
    }

    async fn connect_to(address: SocketAddr, path: &str, headers: &[(&'static str, &str)]) -> Result<Self, Error> {
        let mut request = format!("ws://{address}{path}/ws").into_client_request()?;
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (socket, _) = client_async(request, stream).await?;
        Ok(Self { socket, next_id: 1, news: VecDeque::new() })
    }

    /// An id that was not used before on this socket.
    pub fn id(&mut self) -> u32 {
        self.next_id += 1;
        self.next_id
    }

    /// Says hello and waits for the welcome.
    pub async fn hello(&mut self, token: String, resume: Option<u64>, subscribe: Option<String>) -> Welcome {
        let id = self.id();
        let resume = resume.map(|after_seq| Resume { after_seq });
        self.send(&ClientMessage::Hello(Hello { id, version: PROTOCOL_VERSION, token, resume, subscribe })).await;
        match self.recv().await {
            ServerMessage::Welcome(welcome) => *welcome,
            other => panic!("instead of a welcome: {other:?}"),
        }
    }

    /// Sends a message.
    pub async fn send(&mut self, message: &ClientMessage) {
        self.send_text(&serde_json::to_string(message).unwrap()).await;
    }

    /// Sends any text.
    pub async fn send_text(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.unwrap();
    }

    /// Sends any frame, and does not mind if the other side has gone.
    pub async fn send_raw(&mut self, message: Message) {
        let _ = self.socket.send(message).await;
    }

    /// The bytes under the frames, for what no well-behaved library would write.
    pub fn stream(&mut self) -> &mut TcpStream {
        self.socket.get_mut()
    }

    /// The next message.
    pub async fn recv(&mut self) -> ServerMessage {
        match self.news.pop_front() {
            Some(message) => message,
            None => self.read().await,
        }
    }

    async fn read(&mut self) -> ServerMessage {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.socket.next()).await.expect("a message in time");
            match message.expect("an open socket").unwrap() {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("instead of a message: {other:?}"),
            }
        }
    }

    /// The next message that `wanted` takes; others are passed over.
    pub async fn recv_until<T>(&mut self, mut wanted: impl FnMut(&ServerMessage) -> Option<T>) -> T {
        loop {
            let message = self.recv().await;
            if let Some(found) = wanted(&message) {
                return found;
            }
        }
    }

    /// Sends a request and waits for its reply; what else comes is kept for [`Client::recv`].
    pub async fn request(&mut self, message: &ClientMessage) -> ServerMessage {
        let id = message.id();
        self.send(message).await;
        loop {
            let reply = self.read().await;
            if reply.reply_to() == Some(id) {
                return reply;
            }
            self.news.push_back(reply);
        }
    }

    /// As [`Client::request`], of one that is done; returns its `seq`.
    pub async fn done(&mut self, message: &ClientMessage) -> Option<u64> {
        match self.request(message).await {
            ServerMessage::Done { seq, .. } => seq,
            other => panic!("instead of done: {other:?}"),
        }
    }

    /// As [`Client::request`], of one that is refused.
    pub async fn refused(&mut self, message: &ClientMessage) -> Refused {
        match self.request(message).await {
            ServerMessage::Refused(refused) => refused,
            other => panic!("instead of a refusal: {other:?}"),
        }
    }

    /// Reads to the end.
    pub async fn farewell(mut self) -> Farewell {
        let mut farewell = Farewell { bye: None, close: None };
        loop {
            match tokio::time::timeout(PATIENCE, self.socket.next()).await.expect("an end in time") {
                Some(Ok(Message::Text(text))) => {
                    if let ServerMessage::Bye { code, .. } = serde_json::from_str(&text).unwrap() {
                        farewell.bye = Some(code);
                    }
                }
                Some(Ok(Message::Close(Some(frame)))) => {
                    farewell.close = Some((frame.code.into(), frame.reason.to_string()));
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return farewell,
            }
        }
    }

    /// Lets go of what came while replies were waited for.
    pub fn forget_news(&mut self) {
        self.news.clear();
    }

    /// Lets go of the connection without a goodbye, as a phone in a tunnel does.
    pub fn vanish(self) {
        drop(self);
    }
}

/// A frame that is not text.
pub fn binary(bytes: &[u8]) -> Message {
    Message::Binary(Bytes::copy_from_slice(bytes))
}
