//! An independent WebRTC stack (`str0m`) as publisher and viewer, with a network that can lose and rebind.
//!
//! Payloads carry a running number, so that order and loss are judged by what was sent, not by what a header says.

#![allow(clippy::disallowed_methods, reason = "real sockets live in real time")]

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::time::{Duration, Instant};
use str0m::change::{SdpAnswer, SdpPendingOffer};
use str0m::format::Codec;
use str0m::media::{Direction, KeyframeRequestKind, MediaKind, Mid, Simulcast, SimulcastLayer};
use str0m::net::{Protocol, Receive};
use str0m::rtp::RtpWrite;
use str0m::{Candidate, Event, Input, Output, Rtc};

/// Payload bytes in front of the number: a codec header and some filling.
const BODY: usize = 600;
/// Packets per frame.
pub(crate) const PER_FRAME: u32 = 3;
/// Frames between keyframes that nobody asked for, if the test wants no other.
const GOP: u32 = 3_000;

/// A peer of the server.
pub(crate) struct Client {
    pub(crate) rtc: Rtc,
    socket: UdpSocket,
    /// With it everything goes over TCP, framed as in RFC 4571.
    tcp: Option<TcpStream>,
    unframed: Vec<u8>,
    /// What the stack believes to be its address; stays the same over a rebind, as behind a NAT.
    believed: SocketAddr,
    pending: Option<SdpPendingOffer>,
    /// The server's last answer.
    answered: String,
    pub(crate) connected: bool,
    pub(crate) closed: bool,
    mids: Vec<(MediaKind, Mid)>,
    codec: Codec,
    /// Datagrams lost on the way in and out, in percent; media only.
    pub(crate) loss_in: u64,
    pub(crate) loss_out: u64,
    random: u64,
    pub(crate) dropped: u64,
    // Publishing.
    rids: Vec<&'static str>,
    frame: u32,
    sequence: BTreeMap<usize, u64>,
    next_frame: Option<Instant>,
    pub(crate) keyframe_requests: u64,
    want_key: bool,
    /// Frames between keyframes that nobody asked for.
    pub(crate) gop: u32,
    // Viewing.
    pub(crate) video: Vec<Got>,
    pub(crate) audio: Vec<Got>,
}

/// A received packet.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Got {
    /// The header's extended number.
    pub(crate) sequence: u64,
    /// The RTP timestamp.
    pub(crate) timestamp: u64,
    /// The publisher's running number, from the payload.
    pub(crate) number: u32,
    pub(crate) keyframe: bool,
    /// Which layer it came from.
    pub(crate) layer: u8,
}

impl Client {
    fn new(codec: Codec, direction: Direction, rids: &[&'static str]) -> (Self, String) {
        Self::over(codec, direction, rids, "127.0.0.1:0", None)
    }

    fn over(
        codec: Codec,
        direction: Direction,
        rids: &[&'static str],
        bind: &str,
        tcp: Option<SocketAddr>,
    ) -> (Self, String) {
        let socket = UdpSocket::bind(bind).expect("bind");
        socket.set_nonblocking(true).expect("nonblocking");
        let tcp = tcp.map(|server| {
            let stream = TcpStream::connect(server).expect("connect");
            stream.set_nonblocking(true).expect("nonblocking");
            stream
        });
        let believed = tcp.as_ref().map_or_else(|| socket.local_addr(), TcpStream::local_addr).expect("address");
        let builder = Rtc::builder().clear_codecs().enable_opus(true, false).set_rtp_mode(true);
        let builder = match codec {
            Codec::H264 => builder.enable_h264(true),
            _ => builder.enable_vp8(true),
        };
        let mut rtc = builder.build(Instant::now());
        let protocol = if tcp.is_some() { "tcp" } else { "udp" };
        rtc.add_local_candidate(Candidate::host(believed, protocol).expect("candidate"));
        let simulcast = (!rids.is_empty()).then(|| {
            let mut simulcast = Simulcast::new();
            rids.iter().for_each(|r| simulcast.add_send_layer(SimulcastLayer::new(r)));
            simulcast
        });
        let mut api = rtc.sdp_api();
        let video = api.add_media(MediaKind::Video, direction, None, None, simulcast);
        let audio = api.add_media(MediaKind::Audio, direction, None, None, None);
        let (offer, pending) = api.apply().expect("an offer");
        let client = Self {
            rtc,
            socket,
            tcp,
            unframed: Vec::new(),
            believed,
            pending: Some(pending),
            answered: String::new(),
            connected: false,
            closed: false,
            mids: vec![(MediaKind::Video, video), (MediaKind::Audio, audio)],
            codec,
            loss_in: 0,
            loss_out: 0,
            random: 0x9E37_79B9_7F4A_7C15,
            dropped: 0,
            rids: rids.to_vec(),
            frame: 0,
            sequence: BTreeMap::new(),
            next_frame: None,
            keyframe_requests: 0,
            gop: GOP,
            want_key: true,
            video: Vec::new(),
            audio: Vec::new(),
        };
        (client, offer.to_sdp_string())
    }

    /// A publisher and its offer.
    pub(crate) fn publisher(codec: Codec, rids: &[&'static str]) -> (Self, String) {
        Self::new(codec, Direction::SendOnly, rids)
    }

    /// A viewer and its offer.
    pub(crate) fn viewer(codec: Codec) -> (Self, String) {
        Self::new(codec, Direction::RecvOnly, &[])
    }

    /// A viewer that speaks TCP only.
    pub(crate) fn tcp_viewer(codec: Codec, server: SocketAddr) -> (Self, String) {
        Self::over(codec, Direction::RecvOnly, &[], "127.0.0.1:0", Some(server))
    }

    /// A publisher or a viewer on IPv6.
    pub(crate) fn on_ipv6(codec: Codec, publishes: bool) -> (Self, String) {
        let direction = if publishes { Direction::SendOnly } else { Direction::RecvOnly };
        Self::over(codec, direction, &[], "[::1]:0", None)
    }

    /// Takes the server's answer.
    pub(crate) fn answer(&mut self, sdp: &str) {
        let answer = SdpAnswer::from_sdp_string(sdp).unwrap_or_else(|e| panic!("{e}\n{sdp}"));
        let pending = self.pending.take().expect("one answer");
        self.rtc.sdp_api().accept_answer(pending, answer).unwrap_or_else(|e| panic!("{e}\n{sdp}"));
        self.answered = sdp.to_owned();
    }

    /// Begins an ICE restart: the new credentials, to be told to the server.
    pub(crate) fn restart(&mut self) -> (String, String) {
        let mut api = self.rtc.sdp_api();
        let credentials = api.ice_restart(true);
        let (_, pending) = api.apply().expect("an offer");
        self.pending = Some(pending);
        (credentials.ufrag, credentials.pass)
    }

    /// Completes an ICE restart with the server's new credentials; all else is as it was answered before.
    pub(crate) fn restarted(&mut self, ufrag: &str, password: &str) {
        let line = |line: &str| match line.split_once(':') {
            Some(("a=ice-ufrag", _)) => format!("a=ice-ufrag:{ufrag}\r\n"),
            Some(("a=ice-pwd", _)) => format!("a=ice-pwd:{password}\r\n"),
            _ => format!("{line}\r\n"),
        };
        let answer: String = self.answered.lines().map(line).collect();
        self.answer(&answer);
    }

    /// Asks for a keyframe (PLI).
    pub(crate) fn request_keyframe(&mut self) {
        let mid = self.mid(MediaKind::Video);
        let mut api = self.rtc.direct_api();
        if let Some(rx) = api.stream_rx_by_mid(mid, None) {
            rx.request_keyframe(KeyframeRequestKind::Pli);
        }
        self.drain();
    }

    /// Moves to another source port, as a NAT would: the stack does not know.
    pub(crate) fn rebind(&mut self) {
        self.socket = UdpSocket::bind("127.0.0.1:0").expect("bind");
        self.socket.set_nonblocking(true).expect("nonblocking");
    }

    fn lost(&mut self, percent: u64) -> bool {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        percent > 0 && self.random % 100 < percent
    }

    /// One step: what has arrived, what is due, what is to be sent.
    pub(crate) fn step(&mut self, publish: bool) {
        let now = Instant::now();
        if self.closed {
            return;
        }
        self.rtc.handle_input(Input::Timeout(now)).expect("timeout");
        let mut buffer = [0_u8; 2_000];
        while let Ok((length, from)) = self.socket.recv_from(&mut buffer) {
            let datagram = &buffer[..length];
            if is_media(datagram) && self.lost(self.loss_in) {
                self.dropped += 1;
                continue;
            }
            if let Ok(receive) = Receive::new(Protocol::Udp, from, self.believed, datagram) {
                let input = Input::Receive(Instant::now(), receive);
                if self.rtc.accepts(&input) {
                    self.rtc.handle_input(input).expect("receive");
                }
            }
            self.drain();
        }
        self.read_tcp();
        if publish && self.connected {
            self.publish(now);
        }
        self.drain();
    }

    fn read_tcp(&mut self) {
        let Some(stream) = &mut self.tcp else { return };
        let server = stream.peer_addr().expect("address");
        let mut buffer = [0_u8; 16_384];
        while let Ok(length @ 1..) = stream.read(&mut buffer) {
            self.unframed.extend_from_slice(&buffer[..length]);
        }
        while let Some(([high, low], rest)) = self.unframed.split_first_chunk::<2>() {
            let length = usize::from(u16::from_be_bytes([*high, *low]));
            let Some(frame) = rest.get(..length).map(<[u8]>::to_vec) else { break };
            self.unframed.drain(..2 + length);
            if let Ok(receive) = Receive::new(Protocol::Tcp, server, self.believed, &frame) {
                let input = Input::Receive(Instant::now(), receive);
                if self.rtc.accepts(&input) {
                    self.rtc.handle_input(input).expect("receive");
                }
            }
            self.drain();
        }
    }

    fn drain(&mut self) {
        loop {
            match self.rtc.poll_output().expect("output") {
                Output::Timeout(_) => {
                    self.closed |= !self.rtc.is_alive();
                    return;
                }
                Output::Transmit(out) => {
                    if is_media(&out.contents) && self.lost(self.loss_out) {
                        self.dropped += 1;
                    } else {
                        match &mut self.tcp {
                            Some(stream) => {
                                let mut frame = (out.contents.len() as u16).to_be_bytes().to_vec();
                                frame.extend_from_slice(&out.contents);
                                stream.write_all(&frame).expect("a connection");
                            }
                            None => drop(self.socket.send_to(&out.contents, out.destination)),
                        }
                    }
                }
                Output::Event(event) => self.take(event),
            }
        }
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Connected => self.connected = true,
            Event::KeyframeRequest(_) => {
                self.keyframe_requests += 1;
                self.want_key = true;
            }
            Event::RtpPacket(packet) if packet.payload.len() >= 8 => {
                let tail = packet.payload.len() - 6;
                let mark: [u8; 6] = packet.payload[tail..].try_into().expect("six bytes");
                let got = Got {
                    sequence: *packet.seq_no,
                    timestamp: packet.time.numer(),
                    number: u32::from_be_bytes([mark[0], mark[1], mark[2], mark[3]]),
                    keyframe: mark[4] == 1,
                    layer: mark[5],
                };
                let audio = packet.payload[0] == 0xfc;
                if audio { self.audio.push(got) } else { self.video.push(got) }
            }
            _ => {}
        }
    }

    fn mid(&self, kind: MediaKind) -> Mid {
        self.mids.iter().find(|(k, _)| *k == kind).map(|(_, mid)| *mid).expect("both kinds")
    }

    fn publish(&mut self, now: Instant) {
        let due = *self.next_frame.get_or_insert(now);
        if now < due {
            return;
        }
        self.next_frame = Some(due + Duration::from_micros(33_333));
        let key = std::mem::take(&mut self.want_key) || self.frame.is_multiple_of(self.gop);
        let (codec, frame) = (self.codec, self.frame);
        let layers = self.rids.len().max(1);
        for layer in 0..layers {
            for part in 0..PER_FRAME {
                let payload = video_payload(codec, key, part, frame, layer as u8);
                let rid = self.rids.get(layer).copied();
                self.write(MediaKind::Video, rid, layer, codec, frame * 3_000, part + 1 == PER_FRAME, payload);
            }
        }
        let mut sound = vec![0xfc; 60];
        mark(&mut sound, frame, false, 0);
        self.write(MediaKind::Audio, None, 100, Codec::Opus, frame * 1_600, false, sound);
        self.frame += 1;
    }

    #[expect(clippy::too_many_arguments, reason = "an RTP packet has that many parts")]
    fn write(
        &mut self,
        kind: MediaKind,
        rid: Option<&str>,
        stream: usize,
        codec: Codec,
        timestamp: u32,
        marker: bool,
        payload: Vec<u8>,
    ) {
        let Some(pt) = self.rtc.codec_config().iter().find(|p| p.spec().codec == codec).map(|p| p.pt()) else { return };
        let (mid, now) = (self.mid(kind), Instant::now());
        let sequence = self.sequence.entry(stream).or_insert(1);
        *sequence += 1;
        let write = RtpWrite::new(pt, (*sequence).into(), timestamp, now, payload)
            .marker(marker)
            .nackable(kind == MediaKind::Video);
        let mut api = self.rtc.direct_api();
        if let Some(tx) = api.stream_tx_by_mid(mid, rid.map(Into::into)) {
            tx.write_rtp(write);
        }
        self.drain();
    }

    /// How many frames were published.
    pub(crate) fn frames(&self) -> u32 {
        self.frame
    }
}

fn is_media(datagram: &[u8]) -> bool {
    datagram.len() > 1 && (128..192).contains(&datagram[0]) && !(192..=223).contains(&datagram[1])
}

fn mark(payload: &mut [u8], number: u32, key: bool, layer: u8) {
    let tail = payload.len() - 6;
    payload[tail..tail + 4].copy_from_slice(&number.to_be_bytes());
    payload[tail + 4] = u8::from(key);
    payload[tail + 5] = layer;
}

fn video_payload(codec: Codec, key: bool, part: u32, frame: u32, layer: u8) -> Vec<u8> {
    let mut payload = match (codec, key, part) {
        // STAP-A with a parameter set of its own sizes, then slices.
        (Codec::H264, true, 0) => vec![0x78, 0, 4, 0x67, 0x42, 0xe0, 0x1f, 0, 2, 0x68, 0xce],
        (Codec::H264, true, _) => vec![0x65],
        (Codec::H264, false, _) => vec![0x41],
        (_, _, part) => {
            let id = frame as u16 & 0x7fff;
            let start = if part == 0 { 0x10 } else { 0 };
            let mut descriptor = vec![0x80 | start, 0x80, 0x80 | (id >> 8) as u8, id as u8];
            if part == 0 {
                descriptor.extend([u8::from(!key) | 0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xf0, 0x00]);
            }
            descriptor
        }
    };
    if codec == Codec::H264 && key && part == 0 {
        // The mark goes into a third unit, so that the aggregate stays well formed.
        payload.extend([0, 7, 0x06]);
        payload.extend([0; 6]);
    } else {
        payload.resize(payload.len() + BODY, 0x55);
    }
    mark(&mut payload, frame * PER_FRAME + part, key, layer);
    payload
}

/// Steps all clients until `done`, or panics after `limit`.
pub(crate) fn run(
    publisher: Option<&mut Client>,
    viewers: &mut [Client],
    limit: Duration,
    what: &str,
    mut done: impl FnMut(Option<&Client>, &[Client]) -> bool,
) {
    let until = Instant::now() + limit;
    let mut publisher = publisher;
    loop {
        if let Some(p) = publisher.as_deref_mut() {
            p.step(true);
        }
        viewers.iter_mut().for_each(|v| v.step(false));
        if done(publisher.as_deref(), viewers) {
            return;
        }
        assert!(Instant::now() < until, "not within {limit:?}: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}
