//! ICE over TCP (RFC 6544, passive) for networks that let no UDP through: connections that carry the same datagrams, each
//! with its length in front (RFC 4571).
//!
//! To the rest of the worker a connection is an address like any other: one that no UDP datagram can come from, since it
//! lies in the discard prefix (RFC 6666), and that names worker and connection. So ICE, routes and runs need not know.
//!
//! # What a stranger may cost
//! At most [`MAX_STREAMS`] connections a worker, one that has not proven itself by an authentic request within
//! [`PROBATION`] is closed, frames are at most [`MAX_FRAME`] bytes, and what waits to be read or written is bounded. A
//! connection that does not take what it is sent loses whole packets, and nobody else waits for it.

use super::egress::Sent;
use mio::net::{TcpListener, TcpStream};
use mio::{Interest, Registry, Token};
use socket2::{Domain, Protocol, Socket as RawSocket, Type};
use std::collections::HashMap;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

/// Connections of one worker.
const MAX_STREAMS: usize = 4_096;

/// A browser sends its first request within a second.
pub(super) const PROBATION: Duration = Duration::from_secs(10);

/// The longest datagram in a frame; ours are at most 1,300 bytes, browsers' hellos 1,500.
const MAX_FRAME: usize = 4_096;

/// Bytes that wait to be written: a second of a picture at 2 Mbit/s.
const MAX_WAITING: usize = 256 << 10;

/// Read in one go.
const READ: usize = 16 << 10;

/// Connections that wait to be accepted.
const BACKLOG: i32 = 512;

/// The prefix of connections' addresses.
const PREFIX: [u16; 4] = [0x0100, 0, 0, 0];

/// The first token of connections; those below are the worker's own.
pub(super) const FIRST_TOKEN: usize = 16;

/// A connection between two workers: its socket, and what has been read of it.
pub(super) struct Moved {
    stream: std::net::TcpStream,
    peer: SocketAddr,
    input: Vec<u8>,
}

struct Stream {
    io: TcpStream,
    peer: SocketAddr,
    opened: Instant,
    proven: bool,
    /// The last reading ended before the kernel had no more.
    behind: bool,
    input: Vec<u8>,
    output: Vec<u8>,
}

/// A worker's connections.
pub(super) struct Streams {
    worker: u16,
    registry: Registry,
    listeners: Vec<TcpListener>,
    streams: HashMap<u32, Stream>,
    next: u32,
}

/// Listens at an address that every worker shares.
pub(super) fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let raw = RawSocket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    raw.set_reuse_port(true)?;
    raw.set_reuse_address(true)?;
    raw.set_nonblocking(true)?;
    if address.is_ipv6() {
        raw.set_only_v6(true)?;
    }
    raw.bind(&address.into())?;
    raw.listen(BACKLOG)?;
    Ok(TcpListener::from_std(raw.into()))
}

/// The address of a connection.
fn address(worker: u16, id: u32, port: u16) -> SocketAddr {
    let [a, b, c, d] = PREFIX;
    let [high, low] = [(id >> 16) as u16, id as u16];
    SocketAddr::new(IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, worker, high, low)), port)
}

/// The connection that an address stands for.
fn connection(address: SocketAddr) -> Option<(u16, u32)> {
    let IpAddr::V6(ip) = address.ip() else { return None };
    let [a, b, c, d, 0, worker, high, low] = ip.segments() else { return None };
    ([a, b, c, d] == PREFIX).then_some((worker, u32::from(high) << 16 | u32::from(low)))
}

/// Whether an address stands for a connection.
pub(super) fn is_connection(address: SocketAddr) -> bool {
    connection(address).is_some()
}

impl Streams {
    /// No connection yet.
    pub(super) fn new(worker: usize, registry: Registry, mut listeners: Vec<TcpListener>) -> io::Result<Self> {
        for (index, listener) in listeners.iter_mut().enumerate() {
            registry.register(listener, Token(FIRST_TOKEN - 1 - index), Interest::READABLE)?;
        }
        Ok(Self { worker: worker as u16, registry, listeners, streams: HashMap::new(), next: 0 })
    }

    /// Takes in who has come.
    pub(super) fn accept(&mut self, now: Instant) {
        for index in 0..self.listeners.len() {
            for _ in 0..BACKLOG {
                let Some(Ok((io, peer))) = self.listeners.get(index).map(TcpListener::accept) else { break };
                if self.streams.len() < MAX_STREAMS {
                    self.admit(now, io, peer, Vec::new());
                }
            }
        }
    }

    /// A connection that another worker has read the first request of.
    pub(super) fn take_over(&mut self, now: Instant, moved: Moved) -> Option<u32> {
        self.admit(now, TcpStream::from_std(moved.stream), moved.peer, moved.input)
    }

    fn admit(&mut self, now: Instant, mut io: TcpStream, peer: SocketAddr, input: Vec<u8>) -> Option<u32> {
        let id = self.next;
        self.next = self.next.wrapping_add(1);
        // Best effort: it is about delay only.
        let _ = io.set_nodelay(true);
        let token = Token(FIRST_TOKEN + id as usize);
        self.registry.register(&mut io, token, Interest::READABLE | Interest::WRITABLE).ok()?;
        self.streams
            .insert(id, Stream { io, peer, opened: now, proven: false, behind: false, input, output: Vec::new() });
        Some(id)
    }

    /// Reads what has come. `None`: the connection is over.
    pub(super) fn read(&mut self, id: u32) -> Option<()> {
        let stream = self.streams.get_mut(&id)?;
        let alive = stream.fill();
        if !alive {
            self.close(id);
            return None;
        }
        Some(())
    }

    /// Whether more waits in the kernel than was read.
    pub(super) fn is_behind(&self, id: u32) -> bool {
        self.streams.get(&id).is_some_and(|stream| stream.behind)
    }

    /// Writes what waits.
    pub(super) fn write(&mut self, id: u32) {
        if self.streams.get_mut(&id).is_some_and(|stream| !stream.drain()) {
            self.close(id);
        }
    }

    /// The next whole datagram: moved into `out`. Closes a connection that breaks the framing.
    pub(super) fn next_frame(&mut self, id: u32, out: &mut Vec<u8>) -> bool {
        let Some(stream) = self.streams.get_mut(&id) else { return false };
        let Some(([high, low], rest)) = stream.input.split_first_chunk::<2>() else { return false };
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        if length > MAX_FRAME {
            self.close(id);
            return false;
        }
        let Some(frame) = rest.get(..length) else { return false };
        out.clear();
        out.extend_from_slice(frame);
        stream.input.drain(..2 + length);
        true
    }

    /// By what the worker knows the connection, and where it really comes from.
    pub(super) fn addresses(&self, id: u32) -> Option<(SocketAddr, SocketAddr)> {
        let peer = self.streams.get(&id)?.peer;
        Some((address(self.worker, id, peer.port()), peer))
    }

    /// The connection that an address stands for, if it is one of ours.
    pub(super) fn id_of(&self, address: SocketAddr) -> Option<u32> {
        connection(address)
            .filter(|(worker, id)| *worker == self.worker && self.streams.contains_key(id))
            .map(|(_, id)| id)
    }

    /// The connection has sent an authentic request.
    pub(super) fn prove(&mut self, address: SocketAddr) {
        if let Some(id) = self.id_of(address)
            && let Some(stream) = self.streams.get_mut(&id)
        {
            stream.proven = true;
        }
    }

    /// Gives a connection away, with `frame` as if it had not been read.
    pub(super) fn hand_over(&mut self, id: u32, frame: &[u8]) -> Option<Moved> {
        let mut stream = self.streams.remove(&id)?;
        self.registry.deregister(&mut stream.io).ok()?;
        let mut input = (frame.len() as u16).to_be_bytes().to_vec();
        input.extend_from_slice(frame);
        input.append(&mut stream.input);
        Some(Moved { stream: stream.io.into(), peer: stream.peer, input })
    }

    /// Sends datagrams of `segment` bytes, the last may be shorter; each whole or not at all.
    pub(super) fn send(&mut self, to: SocketAddr, contents: &[u8], segment: usize) -> Option<Sent> {
        let (_, id) = connection(to)?;
        let Some(stream) = self.streams.get_mut(&id) else { return Some(Sent::Refused) };
        let mut sent = Sent::Whole;
        for datagram in contents.chunks(segment.max(1)) {
            if stream.output.len() + datagram.len() > MAX_WAITING {
                sent = Sent::Refused;
                break;
            }
            stream.output.extend_from_slice(&(datagram.len() as u16).to_be_bytes());
            stream.output.extend_from_slice(datagram);
        }
        self.write(id);
        Some(sent)
    }

    /// Closes the connection that an address stands for, if it is one of ours.
    pub(super) fn close_address(&mut self, address: SocketAddr) {
        if let Some(id) = self.id_of(address) {
            self.close(id);
        }
    }

    /// Closes those that have not proven themselves in time.
    pub(super) fn sweep(&mut self, now: Instant) {
        let late = |stream: &Stream| !stream.proven && now.saturating_duration_since(stream.opened) >= PROBATION;
        let over: Vec<u32> = self.streams.iter().filter(|(_, s)| late(s)).map(|(id, _)| *id).collect();
        over.into_iter().for_each(|id| self.close(id));
    }

    fn close(&mut self, id: u32) {
        if let Some(mut stream) = self.streams.remove(&id) {
            // Dropped in any case, which closes it.
            let _ = self.registry.deregister(&mut stream.io);
        }
    }
}

impl Stream {
    /// Reads until nothing waits or enough has been read. `false`: it is over.
    fn fill(&mut self) -> bool {
        self.behind = false;
        while self.input.len() <= MAX_FRAME + READ {
            let length = self.input.len();
            self.input.resize(length + READ, 0);
            let result = self.io.read(self.input.get_mut(length..).unwrap_or_default());
            self.input.truncate(length + *result.as_ref().unwrap_or(&0));
            match result {
                Ok(0) => return false,
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return true,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return false,
            }
        }
        self.behind = true;
        true
    }

    /// Writes until nothing waits or the kernel is full. `false`: it is over.
    fn drain(&mut self) -> bool {
        let mut written = 0;
        let alive = loop {
            let rest = self.output.get(written..).unwrap_or_default();
            if rest.is_empty() {
                break true;
            }
            match self.io.write(rest) {
                Ok(0) => break false,
                Ok(n) => written += n,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => break error.kind() == ErrorKind::WouldBlock,
            }
        };
        self.output.drain(..written);
        alive
    }
}
