//! OWNER of sockets and WebRTC peers: N worker threads around the pure decisions of [`crate::sfu`]. The only folder
//! that names `rtc`.
//!
//! # How a packet travels
//! A worker owns one `SO_REUSEPORT` socket on the one media port. A **turn** of its loop drains what has arrived, gives
//! each datagram to its peer, forwards what publishers sent to the subscribers of this worker (each packet is written
//! into the egress in its final form and sealed in place: one copy, nothing allocated), hands it once to each
//! other worker that has any, runs due timers, and flushes. No lock, no await on that path.
//!
//! # How a peer comes to be
//! [`Media::publish`] and [`Media::subscribe`] build it on the caller's side of the fence and leave it in the waiting
//! room, owned by nobody, until the first authentic STUN request names its ufrag. The worker that receives that
//! request adopts it. A peer nobody asks for is dropped after `waiting::PATIENCE`.
//!
//! # Who does what
//! | file | owns |
//! |---|---|
//! | `handle` | the way in: the only thing other folders hold |
//! | `negotiate`, `formats`, `answer` | SDP: an offer in, a peer and an answer out |
//! | `waiting` | the peers that nobody has adopted yet, and who adopted which |
//! | `worker`, `member` | a thread: its socket, its peers, its turn, and who may send what |
//! | `fanout` | what a worker does with media |
//! | `company`, `busy` | when sound waits for a picture |
//! | `listen` | how a worker begins to listen, and with what a subscriber begins |
//! | `peer` | one connection: who and where it is, and the life it has |
//! | `library` | the way to a publisher: an `RTCPeerConnection`; the only file that mutates one |
//! | `direct`, `dtls` | the way to a subscriber: DTLS, then SRTP of our own |
//! | `ice` | ICE-lite (RFC 8445 §2.5): who may speak, and where to answer |
//! | `restart` | new ICE credentials for a living peer |
//! | `publisher`, `subscriber` | what the two kinds of peer add to it |
//! | `demand` | which layers anybody has use for |
//! | `room` | one show on one worker: its subscribers and retransmission rings |
//! | `board` | one show across workers: who publishes, which workers listen |
//! | `tap` | what of RTCP and repair flows the library does not hand out |
//! | `wires`, `socket`, `egress` | batches in, batches out |
//! | `tcp`, `streams` | the same over TCP, where UDP does not get through |

mod answer;
mod board;
mod busy;
mod company;
mod counters;
mod demand;
mod direct;
mod dtls;
mod egress;
mod event;
mod fanout;
mod formats;
mod handle;
mod ice;
mod library;
mod listen;
#[doc(hidden)]
pub mod measure;
mod member;
mod negotiate;
mod peer;
mod publisher;
mod restart;
mod room;
mod shared;
mod socket;
mod streams;
mod subscriber;
mod tap;
mod tcp;
mod waiting;
mod wires;
mod worker;

pub use counters::{JOIN_BUCKETS_MS, MediaCounters, PeerKind, PeerState};
pub use event::MediaEvent;
pub use handle::{Media, MediaConfig, MediaError};
pub use restart::IceCredentials;
