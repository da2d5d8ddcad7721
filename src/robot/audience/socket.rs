//! The sockets of one audience thread. Viewers are told apart by their own addresses: on Linux every address of
//! 127.0.0.0/8 is this machine, so one socket speaks for many of them (`IP_PKTINFO`).
//!
//! A few sockets, not one: the kernel bounds what waits in one of them, and a busy second must not overflow it. Receiving
//! is by `recvmmsg` and GRO, which hands over as one what the server sent as one (GSO): as with a network card that does
//! segmentation, the cost of cutting it up is not in the figures.

use quinn_udp::{BATCH_SIZE, RecvMeta, Transmit, UdpSockRef, UdpSocketState};
use std::io::{self, IoSliceMut};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};

/// What we ask of the kernel; an unprivileged process gets what `net.core.rmem_max` allows.
const KERNEL_BUFFER: usize = 16 << 20;
/// One GRO buffer: the largest the kernel merges.
const RECEIVE_BUFFER: usize = 65_536;
/// Viewers of one socket; more sockets cost an empty look each per turn.
const SHARE: usize = 128;
const MAX_SOCKETS: usize = 16;
/// Addresses 127.1.0.1 to 127.1.249.250, and on to 127.254.
const PER_BYTE: usize = 250;

/// The sockets.
pub(super) struct Sockets {
    sockets: Vec<(UdpSocket, UdpSocketState, u16)>,
}

/// Memory that a batch lands in.
pub(super) struct Inbox {
    memory: Vec<u8>,
    meta: Vec<RecvMeta>,
}

/// A received datagram.
pub(super) struct Datagram<'a> {
    pub(super) bytes: &'a mut [u8],
    /// Which viewer's address it came to.
    pub(super) slot: usize,
    /// When the kernel had it: nanoseconds since the Unix epoch.
    pub(super) arrived_ns: Option<u64>,
}

impl Sockets {
    /// Enough sockets for this many viewers.
    pub(super) fn bind(viewers: usize) -> io::Result<Self> {
        let count = viewers.div_ceil(SHARE).clamp(1, MAX_SOCKETS);
        let sockets = (0..count).map(|_| {
            let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
            let state = UdpSocketState::new(UdpSockRef::from(&socket))?;
            // Best effort: the figures tell what the kernel dropped.
            let _ = state.set_recv_buffer_size(UdpSockRef::from(&socket), KERNEL_BUFFER);
            let _ = state.set_send_buffer_size(UdpSockRef::from(&socket), KERNEL_BUFFER);
            let port = socket.local_addr()?.port();
            Ok((socket, state, port))
        });
        Ok(Self { sockets: sockets.collect::<io::Result<_>>()? })
    }

    /// Ports of all sockets, to find them in /proc.
    pub(super) fn ports(&self) -> Vec<u16> {
        self.sockets.iter().map(|(_, _, port)| *port).collect()
    }

    /// The address of a viewer.
    pub(super) fn address(&self, slot: usize) -> SocketAddr {
        let port = self.sockets.get(slot % self.sockets.len().max(1)).map_or(0, |(_, _, port)| *port);
        SocketAddr::new(ip(slot).into(), port)
    }

    /// Sends from a viewer's address. What the kernel refuses is lost, as on a network.
    pub(super) fn send(&self, slot: usize, to: SocketAddr, contents: &[u8]) {
        let Some((socket, state, _)) = self.sockets.get(slot % self.sockets.len().max(1)) else { return };
        let source = Some(IpAddr::V4(ip(slot)));
        let transmit = Transmit { destination: to, ecn: None, contents, segment_size: None, src_ip: source };
        let _ = state.try_send(UdpSockRef::from(socket), &transmit);
    }

    /// Receives all that waits, a batch at a time.
    pub(super) fn drain(&self, inbox: &mut Inbox, mut take: impl FnMut(Datagram<'_>)) {
        for (socket, state, _) in &self.sockets {
            loop {
                let filled = {
                    let mut slices = inbox.memory.chunks_exact_mut(RECEIVE_BUFFER).map(IoSliceMut::new);
                    let mut buffers: [IoSliceMut<'_>; BATCH_SIZE] =
                        std::array::from_fn(|_| slices.next().unwrap_or_else(|| IoSliceMut::new(&mut [])));
                    state.recv(UdpSockRef::from(socket), &mut buffers, &mut inbox.meta).unwrap_or(0)
                };
                for (buffer, meta) in inbox.memory.chunks_exact_mut(RECEIVE_BUFFER).zip(&inbox.meta).take(filled) {
                    let Some(slot) = meta.dst_ip.and_then(slot) else { continue };
                    let arrived_ns = meta.timestamp.and_then(|at| u64::try_from(at.as_nanos()).ok());
                    let datagrams = buffer.get_mut(..meta.len).unwrap_or_default();
                    datagrams
                        .chunks_mut(meta.stride.max(1))
                        .for_each(|bytes| take(Datagram { bytes, slot, arrived_ns }));
                }
                if filled < BATCH_SIZE {
                    break;
                }
            }
        }
    }
}

impl Inbox {
    pub(super) fn new() -> Self {
        Self { memory: vec![0; RECEIVE_BUFFER * BATCH_SIZE], meta: vec![RecvMeta::default(); BATCH_SIZE] }
    }
}

fn ip(slot: usize) -> Ipv4Addr {
    let byte = |value: usize| u8::try_from(value % 256).unwrap_or(0);
    let (low, rest) = (slot % PER_BYTE, slot / PER_BYTE);
    Ipv4Addr::new(127, byte(1 + rest / PER_BYTE), byte(rest % PER_BYTE), byte(1 + low))
}

fn slot(ip: IpAddr) -> Option<usize> {
    let IpAddr::V4(ip) = ip else { return None };
    let [127, high, middle, low] = ip.octets() else { return None };
    let [high, middle, low] = [high, middle, low].map(usize::from);
    Some((high.checked_sub(1)? * PER_BYTE + middle) * PER_BYTE + low.checked_sub(1)?)
}

#[cfg(test)]
mod tests;
