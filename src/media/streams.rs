//! What a worker does with its TCP connections: their datagrams take the same way as all others.

use super::shared::Order;
use super::socket::Datagram;
use super::tcp::{FIRST_TOKEN, Moved};
use super::worker::Worker;
use mio::Events;

/// Datagrams taken of one connection in one turn; the rest stays for the next.
const FRAMES_PER_TURN: usize = 256;

impl Worker {
    /// Accepts, reads and writes what the poller has named.
    pub(super) fn receive_streams(&mut self, events: &Events) {
        for id in std::mem::take(&mut self.unread) {
            self.read_stream(id);
        }
        for event in events {
            let token = event.token().0;
            let Some(index) = token.checked_sub(FIRST_TOKEN) else {
                if token > FIRST_TOKEN / 2 {
                    self.wires.streams.accept(self.now);
                }
                continue;
            };
            let Ok(id) = u32::try_from(index) else { continue };
            if event.is_writable() {
                self.wires.streams.write(id);
            }
            if event.is_readable() || event.is_read_closed() {
                self.read_stream(id);
            }
        }
    }

    /// A connection that another worker accepted, and whose peer is here.
    pub(super) fn take_stream(&mut self, moved: Moved) {
        if let Some(id) = self.wires.streams.take_over(self.now, moved) {
            self.read_frames(id, false);
        }
    }

    /// Gives the connection that a request came by to the worker that has its peer.
    pub(super) fn hand_over(&mut self, worker: usize, datagram: &Datagram<'_>) {
        let Some(id) = self.wires.streams.id_of(datagram.from) else { return };
        let Some(moved) = self.wires.streams.hand_over(id, datagram.bytes) else { return };
        let taken = self.shared.mailboxes.get(worker).is_some_and(|m| m.order(Order::Stream(moved)));
        self.refused += u64::from(!taken);
    }

    fn read_stream(&mut self, id: u32) {
        let known = self.wires.streams.addresses(id);
        let alive = self.wires.streams.read(id).is_some();
        let full = self.read_frames(id, true);
        if !alive {
            if let Some((address, _)) = known {
                self.by_address.remove(&address);
                self.shared.waiting.forget_address(address);
            }
        } else if full || self.wires.streams.is_behind(id) {
            // The poller tells of a connection once: what is left is taken in the next turn.
            self.unread.push(id);
        }
    }

    /// Takes the whole datagrams that have been read. `true`: there may be more to read.
    fn read_frames(&mut self, id: u32, may_redirect: bool) -> bool {
        let mut frame = std::mem::take(&mut self.frame);
        let mut count = 0;
        while count < FRAMES_PER_TURN && self.wires.streams.next_frame(id, &mut frame) {
            count += 1;
            let Some((from, mapped)) = self.wires.streams.addresses(id) else { break };
            self.handle_datagram(&Datagram { bytes: &frame, from, to: None, mapped }, may_redirect);
        }
        self.frame = frame;
        count == FRAMES_PER_TURN
    }
}
