//! One client's socket: it gets in, says what it is told to, and hands over the texts that come.

use super::Door;
use super::frame::{self, Frame};
use mio::net::TcpStream;
use mio::{Interest, Registry, Token};
use socket2::{Domain, Type};
use std::io::{self, ErrorKind, Read, Write};

/// What the kernel receives for a socket that will not read, as far as it lets itself be told.
const SMALL_BUFFER: usize = 4 * 1024;

/// Bytes in a segment on an Ethernet.
const ETHERNET_SEGMENT: u32 = 1_460;

/// Where it is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Asked to be a WebSocket.
    Knocking,
    /// It is one.
    Open,
    /// It was.
    Over,
}

#[derive(Debug)]
pub(super) struct Socket {
    stream: TcpStream,
    pub(super) standing: Standing,
    /// Bytes of a message that has not come as a whole.
    rest: Vec<u8>,
    /// Bytes that the kernel did not take.
    unsent: Vec<u8>,
    /// The next request's number.
    next_id: u32,
    /// Whether it has stopped to read.
    stalled: bool,
}

impl Socket {
    /// Connects and asks to be let in. The server is on this machine: that takes no time. One that `will_stall` has the kernel
    /// receive little in its place, from the start: a window that was offered once is never taken back.
    pub(super) fn knock(door: &Door, registry: &Registry, token: Token, will_stall: bool) -> io::Result<Self> {
        let stream = socket2::Socket::new(Domain::for_address(door.server), Type::STREAM, None)?;
        if will_stall {
            stream.set_recv_buffer_size(SMALL_BUFFER)?;
            // Segments of the loopback interface are larger than that, and would wait for a window that never comes.
            stream.set_tcp_mss(ETHERNET_SEGMENT)?;
        }
        stream.connect(&door.server.into())?;
        let stream = std::net::TcpStream::from(stream);
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        let mut stream = TcpStream::from_std(stream);
        registry.register(&mut stream, token, Interest::READABLE)?;
        let mut socket = Self {
            stream,
            standing: Standing::Knocking,
            rest: Vec::new(),
            unsent: Vec::new(),
            next_id: 0,
            stalled: false,
        };
        let (server, path) = (door.server, door.path);
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: {server}\r\norigin: http://{server}\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: UXVpIGUgb3JhLCBxdWkuLg==\r\n\r\n"
        );
        socket.write(request.as_bytes());
        Ok(socket)
    }

    /// Says something; the text is made from the request's number.
    pub(super) fn say(&mut self, text: impl FnOnce(u32) -> String) {
        self.next_id = self.next_id.wrapping_add(1);
        let mut bytes = Vec::with_capacity(512);
        frame::write_text(&text(self.next_id), &mut bytes);
        self.write(&bytes);
    }

    /// Reads no more from now on.
    pub(super) fn stall(&mut self) {
        self.stalled = true;
    }

    /// Reads all that has come and hands over the texts. `scratch` is room to read into; what is in it means nothing.
    pub(super) fn read(&mut self, scratch: &mut Vec<u8>, room: usize, mut heard: impl FnMut(&[u8])) {
        while !self.stalled && self.standing != Standing::Over {
            let kept = self.rest.len();
            if scratch.len() < kept + room {
                scratch.resize(kept + room, 0);
            }
            let came = match self.stream.read(scratch.get_mut(kept..kept + room).unwrap_or_default()) {
                Ok(0) => return self.standing = Standing::Over,
                Ok(came) => came,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(_) => return self.standing = Standing::Over,
            };
            scratch.get_mut(..kept).unwrap_or_default().copy_from_slice(&self.rest);
            let all = scratch.get(..kept + came).unwrap_or_default();
            let taken = self.take(all, &mut heard);
            self.rest.clear();
            self.rest.extend_from_slice(all.get(taken..).unwrap_or_default());
            // Less than there was room for: nothing waits any more, and the next byte wakes us.
            if came < room {
                return;
            }
        }
    }

    /// Takes what is complete; returns how much of `bytes` that was.
    fn take(&mut self, bytes: &[u8], heard: &mut impl FnMut(&[u8])) -> usize {
        let mut taken = 0;
        if self.standing == Standing::Knocking {
            let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { return 0 };
            self.standing = if bytes.starts_with(b"HTTP/1.1 101") { Standing::Open } else { Standing::Over };
            taken = end + 4;
        }
        while let Some((frame, length)) = frame::read(bytes.get(taken..).unwrap_or_default()) {
            taken += length;
            match frame {
                Frame::Text(text) => heard(text),
                Frame::Close => self.standing = Standing::Over,
                Frame::Other => {}
            }
        }
        taken
    }

    fn write(&mut self, bytes: &[u8]) {
        self.unsent.extend_from_slice(bytes);
        match self.stream.write(&self.unsent) {
            Ok(sent) => _ = self.unsent.drain(..sent),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
            Err(_) => self.standing = Standing::Over,
        }
    }
}
