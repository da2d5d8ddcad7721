//! OWNER of sockets and WebRTC peers: N worker threads around the pure decisions of [`crate::sfu`]. The only folder that names `rtc`.
