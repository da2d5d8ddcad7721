//! One worker's UDP socket: batches in, runs out.
//!
//! Every worker binds the same port with `SO_REUSEPORT`; the kernel keeps a 4-tuple on one of them. Receiving is by
//! `recvmmsg` and GRO, sending by GSO, both through `quinn-udp`.

use super::egress::{Sent, Target};
use mio::net::UdpSocket;
use quinn_udp::{BATCH_SIZE, RecvMeta, Transmit, UdpSockRef, UdpSocketState};
use socket2::{Domain, Protocol, Socket as RawSocket, Type};
use std::io::{self, IoSliceMut};
use std::net::{IpAddr, SocketAddr};

/// Kernel buffers: at 20,000 packets a second of 1,200 bytes, a fifth of a second.
const KERNEL_BUFFER: usize = 4 << 20;

/// One GRO buffer: the largest the kernel merges.
const RECEIVE_BUFFER: usize = 65_536;

/// A received datagram.
pub(super) struct Datagram<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) from: SocketAddr,
    /// Which of our addresses it came to.
    pub(super) to: Option<IpAddr>,
    /// What its sender is told to be seen as: the same, but for a TCP connection.
    pub(super) mapped: SocketAddr,
}

/// The socket.
pub(super) struct Socket {
    io: UdpSocket,
    state: UdpSocketState,
    ipv6: bool,
}

/// Memory that received batches land in; kept apart so that a worker can read it while it changes.
pub(super) struct Inbox {
    memory: Vec<u8>,
    meta: Vec<RecvMeta>,
    filled: usize,
}

impl Socket {
    /// Binds `address` with `SO_REUSEPORT`.
    pub(super) fn bind(address: SocketAddr) -> io::Result<Self> {
        let raw = RawSocket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
        raw.set_reuse_port(true)?;
        raw.set_nonblocking(true)?;
        if address.is_ipv6() {
            // IPv4 has a socket of its own.
            raw.set_only_v6(true)?;
        }
        raw.bind(&address.into())?;
        let io = UdpSocket::from_std(raw.into());
        let state = UdpSocketState::new(UdpSockRef::from(&io))?;
        // Best effort: an unprivileged process gets what the system allows.
        let _ = state.set_send_buffer_size(UdpSockRef::from(&io), KERNEL_BUFFER);
        let _ = state.set_recv_buffer_size(UdpSockRef::from(&io), KERNEL_BUFFER);
        Ok(Self { io, state, ipv6: address.is_ipv6() })
    }

    /// Whether nobody holds this port yet: a plain bind, without sharing.
    pub(super) fn is_free(address: SocketAddr) -> io::Result<()> {
        std::net::UdpSocket::bind(address).map(drop)
    }

    pub(super) fn local_addr(&self) -> io::Result<SocketAddr> {
        self.io.local_addr()
    }

    pub(super) fn is_ipv6(&self) -> bool {
        self.ipv6
    }

    /// For registration with the poller.
    pub(super) fn source(&mut self) -> &mut UdpSocket {
        &mut self.io
    }

    /// Receives one batch into `inbox`. `false`: nothing was waiting.
    pub(super) fn receive(&self, inbox: &mut Inbox) -> bool {
        inbox.filled = 0;
        let mut slices = inbox.memory.chunks_exact_mut(RECEIVE_BUFFER).map(IoSliceMut::new);
        let mut buffers: [IoSliceMut<'_>; BATCH_SIZE] =
            std::array::from_fn(|_| slices.next().unwrap_or_else(|| IoSliceMut::new(&mut [])));
        match self.state.recv(UdpSockRef::from(&self.io), &mut buffers, &mut inbox.meta) {
            Ok(n) => {
                inbox.filled = n;
                n > 0
            }
            // Nothing waits, or an ICMP error of some earlier send: either way there is nothing to read now.
            Err(_) => false,
        }
    }

    /// How many datagrams one send may carry.
    pub(super) fn max_segments(&self) -> usize {
        self.state.max_gso_segments().max(1)
    }
}

impl Socket {
    /// Sends `contents` as datagrams of `segment` bytes (the last may be shorter).
    pub(super) fn send(&self, contents: &[u8], segment: usize, target: &Target) -> Sent {
        let transmit = Transmit {
            destination: target.to,
            ecn: None,
            contents,
            segment_size: (segment < contents.len()).then_some(segment),
            src_ip: target.from,
        };
        match self.state.try_send(UdpSockRef::from(&self.io), &transmit) {
            Ok(()) => Sent::Whole,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Sent::Blocked,
            Err(_) => Sent::Refused,
        }
    }
}

impl Inbox {
    pub(super) fn new() -> Self {
        Self { memory: vec![0; RECEIVE_BUFFER * BATCH_SIZE], meta: vec![RecvMeta::default(); BATCH_SIZE], filled: 0 }
    }

    /// The datagrams of the last batch.
    pub(super) fn datagrams(&self) -> impl Iterator<Item = Datagram<'_>> {
        self.memory.chunks_exact(RECEIVE_BUFFER).zip(&self.meta).take(self.filled).flat_map(|(buffer, meta)| {
            let filled = buffer.get(..meta.len).unwrap_or_default();
            filled.chunks(meta.stride.max(1)).map(|bytes| Datagram {
                bytes,
                from: meta.addr,
                to: meta.dst_ip,
                mapped: meta.addr,
            })
        })
    }
}
