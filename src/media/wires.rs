//! What connects a worker to the world: a UDP socket for each address family, and TCP connections.

use super::egress::{Sent, Sink, Target};
use super::socket::Socket;
use super::tcp::{Streams, is_connection, listen};
use mio::net::TcpListener;
use mio::{Interest, Poll, Token};
use std::io;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// How often a port that may be any is chosen anew because it is taken for TCP.
const TRIES: usize = 16;

/// The UDP sockets' tokens begin here.
const FIRST_SOCKET: usize = 1;

/// The sockets of one worker before it runs.
pub(super) struct Bound {
    sockets: Vec<Socket>,
    listeners: Vec<TcpListener>,
}

impl Bound {
    /// Binds an address, and where that means "any" its like of IPv6; UDP and TCP at the same port. A machine without
    /// IPv6 does without; one whose TCP port is taken does without TCP (`false` from [`Bound::has_tcp`]), but for port 0,
    /// which stands for one that is free for both.
    pub(super) fn bind(address: SocketAddr) -> io::Result<Self> {
        let mut bound = Self::bind_once(address)?;
        for _ in 0..TRIES {
            if address.port() != 0 || bound.has_tcp() {
                break;
            }
            bound = Self::bind_once(address)?;
        }
        Ok(bound)
    }

    fn bind_once(address: SocketAddr) -> io::Result<Self> {
        let first = Socket::bind(address)?;
        let local = first.local_addr()?;
        let mut sockets = vec![first];
        let mut listeners: Vec<TcpListener> = listen(local).into_iter().collect();
        if local.is_ipv4() && local.ip().is_unspecified() {
            let other = SocketAddr::new(IpAddr::V6(Ipv6Addr::UNSPECIFIED), local.port());
            sockets.extend(Socket::bind(other));
            if !listeners.is_empty() {
                listeners.extend(listen(other));
            }
        }
        Ok(Self { sockets, listeners })
    }

    /// The first address.
    pub(super) fn local_addr(&self) -> io::Result<SocketAddr> {
        self.sockets.first().map_or(Err(io::ErrorKind::NotFound.into()), Socket::local_addr)
    }

    pub(super) fn has_tcp(&self) -> bool {
        !self.listeners.is_empty()
    }

    pub(super) fn has_ipv6(&self) -> bool {
        self.sockets.iter().any(|s| s.local_addr().is_ok_and(|a| a.is_ipv6()))
    }

    /// Registers everything with a worker's poller.
    pub(super) fn register(mut self, worker: usize, poll: &Poll) -> io::Result<Wires> {
        for (index, socket) in self.sockets.iter_mut().enumerate() {
            poll.registry().register(socket.source(), Token(FIRST_SOCKET + index), Interest::READABLE)?;
        }
        let streams = Streams::new(worker, poll.registry().try_clone()?, self.listeners)?;
        Ok(Wires { sockets: self.sockets, streams })
    }
}

/// The sockets of one worker.
pub(super) struct Wires {
    pub(super) sockets: Vec<Socket>,
    pub(super) streams: Streams,
}

impl Wires {
    /// How many datagrams one send may carry.
    pub(super) fn max_segments(&self) -> usize {
        self.sockets.iter().map(Socket::max_segments).min().unwrap_or(1)
    }
}

impl Sink for Wires {
    fn send(&mut self, contents: &[u8], segment: usize, target: &Target) -> Sent {
        if is_connection(target.to) {
            return self.streams.send(target.to, contents, segment).unwrap_or(Sent::Refused);
        }
        let socket = match self.sockets.as_slice() {
            [only] => Some(only),
            all => all.iter().find(|s| s.is_ipv6() == target.to.is_ipv6()),
        };
        socket.map_or(Sent::Refused, |socket| socket.send(contents, segment, target))
    }
}
