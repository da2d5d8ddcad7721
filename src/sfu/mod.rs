//! Pure media decisions: no sockets, no clock, no WebRTC library. Packets and `now` come in, decisions come out.
