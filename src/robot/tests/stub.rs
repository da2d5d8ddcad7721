//! A stranger's server for the robot to meet: the protocol's few words over a WebSocket, and `str0m` (another WebRTC
//! stack) as the ICE-lite media side on real UDP. It tells everything it hears, and loses packets when asked to.

use crate::clock;
use futures_util::{SinkExt, StreamExt};
use quiora_signaling::{
    Answer, CatchUp, ChatRules, ClientMessage, Guard, Limits, MemberId, Mine, OnAir, PROTOCOL_VERSION, PeerEnd, PeerId,
    Role, ServerMessage, SessionId, ShowId, ShowState, ShowStatus, Stage, Welcome, You,
};
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};
use str0m::change::SdpOffer;
use str0m::media::{KeyframeRequestKind, MediaKind, Mid};
use str0m::net::{Protocol, Receive};
use str0m::{Candidate, Event, Input, Output, Rtc};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{broadcast, mpsc};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

/// What the stub heard.
#[derive(Debug)]
pub(super) enum Heard {
    Said(ClientMessage),
    Rtp { video: bool, sequence: u64, timestamp: u32, marker: bool, payload: Arc<[u8]>, at: Instant },
    Report { video: bool, ntp_to_rtp: (std::time::SystemTime, u64) },
}

/// What a test tells the stub to do to every open connection.
#[derive(Debug, Clone)]
pub(super) enum Order {
    /// Break the socket without a goodbye.
    Cut,
    /// Say this.
    Say(ServerMessage),
    /// Tell the newest peer that another publisher took its place, and show their stage.
    Replace,
}

#[derive(Clone, Default)]
struct Levers {
    want_keyframe: Arc<AtomicBool>,
    /// Lose one of this many media datagrams; 0 loses none.
    lose_one_in: Arc<AtomicU32>,
    lost: Arc<AtomicU32>,
    /// What a welcome says of the stage.
    taken: Arc<AtomicBool>,
}

pub(super) struct Stub {
    pub(super) address: SocketAddr,
    pub(super) heard: mpsc::Receiver<Heard>,
    levers: Levers,
    orders: broadcast::Sender<Order>,
}

impl Stub {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        // A test that does not read loses what it did not want to hear: senders use `try_send`.
        let (heard_tx, heard) = mpsc::channel(20_000);
        let (orders, _) = broadcast::channel(16);
        let levers = Levers::default();
        let (levers_in, orders_in) = (levers.clone(), orders.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let socket = tokio_tungstenite::accept_async(stream).await.unwrap();
                tokio::spawn(converse(socket, heard_tx.clone(), levers_in.clone(), orders_in.subscribe()));
            }
        });
        Self { address, heard, levers, orders }
    }

    pub(super) fn want_keyframe(&self) {
        self.levers.want_keyframe.store(true, Ordering::Relaxed);
    }

    pub(super) fn lose_one_in(&self, n: u32) {
        self.levers.lose_one_in.store(n, Ordering::Relaxed);
    }

    pub(super) fn lost(&self) -> u32 {
        self.levers.lost.load(Ordering::Relaxed)
    }

    pub(super) fn take_stage(&self) {
        self.levers.taken.store(true, Ordering::Relaxed);
    }

    pub(super) fn order(&self, order: Order) {
        self.orders.send(order).unwrap();
    }
}

fn id<T: From<Uuid>>() -> T {
    T::from(Uuid::from_u128(rand::random()))
}

/// A show that has not begun, with nobody in it.
pub(in crate::robot) fn show() -> ShowState {
    ShowState {
        show: id::<ShowId>(),
        slug: "demo".to_owned(),
        title: "Demo".to_owned(),
        shop: "Bottega".to_owned(),
        status: ShowStatus::Scheduled,
        scheduled_at_ms: None,
        started_at_ms: None,
        ended_at_ms: None,
        stage: Stage::default(),
        viewers: 0,
        peak: 0,
        total: 0,
        rules: ChatRules::default(),
        guard: Guard::default(),
        pinned_line: None,
        showcase: None,
        stock: None,
    }
}

/// What there is to catch up with in it.
pub(in crate::robot) fn nothing() -> CatchUp {
    CatchUp::Snapshot { seq: 0, chat: Vec::new(), questions: Vec::new(), questions_left_out: 0, polls: Vec::new() }
}

fn welcome(request: u32, on_air: OnAir) -> ServerMessage {
    ServerMessage::Welcome(Box::new(Welcome {
        id: request,
        version: PROTOCOL_VERSION,
        session: id::<SessionId>(),
        you: You { member: id::<MemberId>(), role: Role::Host, nickname: None, remote: false },
        token: "next".to_owned(),
        clock_ms: 0,
        limits: Limits { ping_interval_ms: 1_000, ..Limits::default() },
        show: ShowState { stage: Stage { on_air, ..Stage::default() }, ..show() },
        catch_up: nothing(),
        mine: Mine::default(),
        media: None,
    }))
}

async fn converse(
    mut socket: WebSocketStream<TcpStream>,
    heard: mpsc::Sender<Heard>,
    levers: Levers,
    mut orders: broadcast::Receiver<Order>,
) {
    let gone = Arc::new(AtomicBool::new(false));
    let _end_media = OnDrop(Arc::clone(&gone));
    let mut newest: Option<PeerId> = None;
    loop {
        let replies = tokio::select! {
            message = socket.next() => {
                let Some(Ok(Message::Text(text))) = message else { return };
                let said: ClientMessage = serde_json::from_str(&text).unwrap();
                let reply = match &said {
                    ClientMessage::Hello(hello) => {
                        let taken = levers.taken.load(Ordering::Relaxed);
                        welcome(hello.id, if taken { OnAir::Live } else { OnAir::Off })
                    }
                    ClientMessage::Ping { id } => ServerMessage::Pong { id: *id, clock_ms: 0 },
                    ClientMessage::Publish { id: request, sdp } => {
                        let peer = id::<PeerId>();
                        newest = Some(peer);
                        let sdp = answer(sdp, heard.clone(), levers.clone(), Arc::clone(&gone));
                        ServerMessage::Answer(Answer { id: *request, peer, sdp })
                    }
                    other => ServerMessage::Done { id: other.id(), seq: None },
                };
                let _ = heard.try_send(Heard::Said(said));
                vec![reply]
            }
            order = orders.recv() => match order.unwrap() {
                Order::Cut => return,
                Order::Say(message) => vec![message],
                Order::Replace => {
                    let Some(peer) = newest else { continue };
                    let stage = Stage { on_air: OnAir::Live, ..Stage::default() };
                    vec![ServerMessage::PeerClosed { peer, reason: PeerEnd::Replaced }, ServerMessage::Stage(stage)]
                }
            },
        };
        for reply in replies {
            socket.send(Message::text(reply.to_json().unwrap())).await.unwrap();
        }
    }
}

struct OnDrop(Arc<AtomicBool>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn answer(offer: &str, heard: mpsc::Sender<Heard>, levers: Levers, gone: Arc<AtomicBool>) -> String {
    let provider = Arc::new(str0m::crypto::from_feature_flags());
    let mut rtc = Rtc::builder()
        .set_crypto_provider(provider)
        .set_ice_lite(true)
        .set_rtp_mode(true)
        .set_rtcp_report_interval_video(Duration::from_millis(500))
        .build(clock::monotonic());
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    rtc.add_local_candidate(Candidate::host(socket.local_addr().unwrap(), "udp").unwrap());
    let offer = SdpOffer::from_sdp_string(offer).unwrap();
    let answer = rtc.sdp_api().accept_offer(offer).unwrap().to_sdp_string();
    std::thread::spawn(move || serve(rtc, &socket, &heard, &levers, &gone));
    answer
}

/// The media side's thread: the library's loop around one blocking socket.
fn serve(mut rtc: Rtc, socket: &UdpSocket, heard: &mpsc::Sender<Heard>, levers: &Levers, gone: &AtomicBool) {
    let local = socket.local_addr().unwrap();
    let mut video = None;
    let mut buffer = [0; 2_000];
    let mut count = 0_u32;
    while !gone.load(Ordering::Relaxed) && rtc.is_alive() {
        let deadline = loop {
            match rtc.poll_output().unwrap() {
                Output::Timeout(at) => break at,
                Output::Transmit(out) => drop(socket.send_to(&out.contents, out.destination)),
                Output::Event(event) => tell(&event, &mut video, &rtc, heard),
            }
        };
        if let Some(mid) = video
            && levers.want_keyframe.swap(false, Ordering::Relaxed)
            && let Some(stream) = rtc.direct_api().stream_rx_by_mid(mid, None)
        {
            stream.request_keyframe(KeyframeRequestKind::Pli);
            rtc.handle_input(Input::Timeout(clock::monotonic())).unwrap();
            continue;
        }
        let wait = deadline
            .saturating_duration_since(clock::monotonic())
            .clamp(Duration::from_millis(1), Duration::from_millis(5));
        socket.set_read_timeout(Some(wait)).unwrap();
        let received = socket.recv_from(&mut buffer);
        let now = clock::monotonic();
        let input = match received {
            Ok((n, source)) => {
                count += 1;
                let one_in = levers.lose_one_in.load(Ordering::Relaxed);
                // RFC 7983: 128..=191 is RTP and RTCP.
                if one_in > 0 && count.is_multiple_of(one_in) && (128..192).contains(&buffer[0]) {
                    levers.lost.fetch_add(1, Ordering::Relaxed);
                    continue;
                }
                let contents = buffer[..n].try_into();
                let Ok(contents) = contents else { continue };
                Input::Receive(now, Receive { proto: Protocol::Udp, source, destination: local, contents })
            }
            Err(_) => Input::Timeout(now),
        };
        rtc.handle_input(input).unwrap();
    }
}

fn tell(event: &Event, video: &mut Option<Mid>, rtc: &Rtc, heard: &mpsc::Sender<Heard>) {
    let is_video = |mid: Mid| rtc.media(mid).is_some_and(|m| m.kind() == MediaKind::Video);
    match event {
        Event::MediaAdded(added) if added.kind == MediaKind::Video => *video = Some(added.mid),
        Event::RtpPacket(packet) => {
            let video = packet.header.payload_type == 102.into();
            let _ = heard.try_send(Heard::Rtp {
                video,
                sequence: *packet.seq_no,
                timestamp: packet.header.timestamp,
                marker: packet.header.marker,
                payload: Arc::clone(&packet.payload),
                at: packet.timestamp,
            });
        }
        Event::SenderFeedback(feedback) => {
            let info = &feedback.sender_info;
            let _ = heard.try_send(Heard::Report {
                video: is_video(feedback.mid),
                ntp_to_rtp: (info.ntp_time, info.rtp_time.numer()),
            });
        }
        _ => {}
    }
}
