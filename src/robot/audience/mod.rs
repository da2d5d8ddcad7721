//! A robot audience: thousands of viewers, and a publisher, in one process, to measure what a server can carry.
//!
//! It knows a server from outside only: the show's socket, WHEP, or Janus' API, and then ICE, DTLS and SRTP of its own,
//! as lean as a client can be, so that **one core of audience fills one core of server**. It never speaks to another
//! machine: a load generator that can is a weapon.
//!
//! # How it stays out of the figures
//! - Viewers differ by address (127.1.0.1, 127.1.0.2, …) and share sockets; threads look at these on a beat and are never
//!   woken by a packet (`worker`, `socket`).
//! - Most viewers read headers only; some open and check everything (`viewer`).
//! - Delay is measured from the publisher's clock to the kernel's time of arrival, both of this machine (`mark`).
//! - What the kernel dropped for want of our speed, and the CPU we took, stand beside the results ([`Report`]).
//!
//! | file | owns |
//! |---|---|
//! | `conduct` | a run: publisher, joins, window, goodbye |
//! | `crowd` | another kind of run: sockets that talk, without a picture |
//! | `door`, `studio`, `janus`, `http` | getting in |
//! | `worker`, `socket` | a thread and its sockets |
//! | `viewer` | what one viewer counts and says; `stream`, `continuity`, `missing`, `histogram`, `tally` count for it |
//! | `stage`, `publisher`, `track`, `camera`, `mark` | the synthetic stream |
//! | `link` | one connection: `ice`, `dtls`, SRTP; without a socket |
//! | `sdp`, `feedback`, `header` | texts and packets, written and read |
//! | `report`, `compare`, `svg` | figures for people |

mod camera;
mod compare;
mod conduct;
mod continuity;
mod crowd;
mod door;
mod dtls;
mod feedback;
mod header;
mod histogram;
mod http;
mod ice;
mod janus;
mod link;
mod mark;
mod missing;
mod proc;
mod publisher;
mod report;
mod sdp;
mod socket;
mod stage;
mod stream;
mod studio;
mod svg;
mod tally;
mod track;
mod viewer;
mod worker;

pub use compare::{Comparison, compare};
pub use conduct::{Moment, run};
pub use crowd::{CrowdConfig, CrowdReport, CrowdTarget, MIN_CROWD, StageReport, run_crowd};
pub use door::Sockets;
pub use histogram::Percentiles;
pub use report::{Published, Report, RobotFigures, ServerFigures};
pub use sdp::SdpError;
pub use tally::Sampled;

use super::RobotError;
use crate::sfu::codec::Codec;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::time::Duration;

/// The most viewers of one run: more than one machine could serve here.
pub const MAX_VIEWERS: usize = 20_000;

/// Whom to load, and how much.
#[derive(Debug, Clone)]
pub struct LoadConfig {
    /// The server.
    pub target: Target,
    /// How many viewers, at most [`MAX_VIEWERS`].
    pub viewers: usize,
    /// Joins begun per second.
    pub joins_per_s: f64,
    /// How long to measure, once all are in.
    pub window: Duration,
    /// How long to wait before that, for what joining has stirred up to settle.
    pub settle: Duration,
    /// Threads for the viewers.
    pub threads: usize,
    /// How many of the viewers open every packet.
    pub sampled: usize,
    /// Whether viewers offer transport-wide feedback.
    pub twcc: bool,
    /// The server's process, to read its CPU time and memory.
    pub server_pid: Option<u32>,
    /// What to publish; nothing, if somebody else does.
    pub publish: Option<Publish>,
    /// A name for the report.
    pub label: String,
}

/// Whom to load.
#[derive(Debug, Clone)]
pub enum Target {
    /// A show of a Quiora server, or of another that speaks WHEP under the same paths.
    Show {
        /// Its HTTP side.
        server: SocketAddr,
        /// The show.
        slug: String,
        /// What a viewer uses.
        sockets: Sockets,
    },
    /// A Janus server with its VideoRoom plugin.
    Janus {
        /// Its HTTP API.
        server: SocketAddr,
        /// The API's path.
        path: String,
    },
}

/// What to publish.
#[derive(Debug, Clone)]
pub struct Publish {
    /// The right to; Janus needs none.
    pub host: Option<Host>,
    /// The picture's codec: H.264 or VP8.
    pub codec: Codec,
    /// The picture's bitrate (of the highest layer), bit/s.
    pub bitrate_bps: u32,
    /// Three layers instead of one.
    pub simulcast: bool,
}

/// Where the right to publish comes from.
#[derive(Clone)]
pub enum Host {
    /// A link into the studio, as `quiora serve` or `quiora admin login-link` prints it.
    Studio(String),
    /// A host's join token.
    Token(String),
}

impl std::fmt::Debug for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Studio(_) => "Studio(…)",
            Self::Token(_) => "Token(…)",
        })
    }
}

/// Why a run could not be, or a robot could not get in.
#[derive(Debug, thiserror::Error)]
pub enum AudienceError {
    /// The address is of another machine.
    #[error("{0} is not this machine's loopback: the robot audience loads nothing else")]
    NotHere(String),
    /// Not an address of a show or of an API.
    #[error("{0} is no address of a show (http://127.0.0.1:8080/s/name)")]
    NoShow(String),
    /// More viewers than [`MAX_VIEWERS`], or a number that makes no sense.
    #[error("{0}")]
    Config(&'static str),
    /// To publish, a robot needs a link into the studio.
    #[error("not a link into the studio (…/studio#login=…, as `quiora admin login-link` prints it)")]
    NoStudioLink,
    /// A show of this name could not be made.
    #[error("the show would be called {0:?}: choose a name of small letters, digits and hyphens that is free")]
    Slug(String),
    /// The show's socket.
    #[error(transparent)]
    Robot(#[from] RobotError),
    /// A status of failure, with the server's code.
    #[error("HTTP {status} ({code})")]
    Status {
        /// The HTTP status.
        status: u16,
        /// The code of the problem details.
        code: String,
    },
    /// What came is no HTTP, or lacks what it must have.
    #[error("an answer that is none")]
    NotHttp,
    /// Janus refused.
    #[error("Janus: {code} {said}")]
    Janus {
        /// Its error code.
        code: u64,
        /// Its reason.
        said: String,
    },
    /// The other side's description lacks something.
    #[error(transparent)]
    Sdp(#[from] SdpError),
    /// The WebRTC library's DTLS.
    #[error("DTLS: {0}")]
    Dtls(#[from] rtc::shared::error::Error),
    /// A socket of ours; too many open files, most often.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// It did not come in time.
    #[error("timed out: {0}")]
    Timeout(&'static str),
    /// A file that is no report.
    #[error("not a report: {0}")]
    NoReport(#[from] serde_json::Error),
}

/// Reads `http://host:port/path` into an address of this machine's loopback and a path.
///
/// # Errors
/// When it is none, or of another machine.
pub fn here(url: &str) -> Result<(SocketAddr, String), AudienceError> {
    let rest = url.strip_prefix("http://").ok_or_else(|| AudienceError::NoShow(url.to_owned()))?;
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let authority = if authority.contains(':') { authority.to_owned() } else { format!("{authority}:80") };
    let address = match authority.strip_prefix("localhost:") {
        Some(port) => port.parse().ok().map(|port| SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port)),
        None => authority.parse().ok(),
    };
    let address: SocketAddr = address.ok_or_else(|| AudienceError::NotHere(authority.clone()))?;
    if !address.ip().is_loopback() {
        return Err(AudienceError::NotHere(authority));
    }
    Ok((address, path.trim_end_matches('/').to_owned()))
}

/// The show's name in the path of its page.
///
/// # Errors
/// When it is the path of something else.
pub fn slug_of(url: &str, path: &str) -> Result<String, AudienceError> {
    let slug = path.strip_prefix("/s/").filter(|slug| !slug.is_empty() && !slug.contains('/'));
    slug.map(str::to_owned).ok_or_else(|| AudienceError::NoShow(url.to_owned()))
}

/// Whether an address is one of this machine's own: only then can a socket be bound to it.
fn is_here(ip: IpAddr) -> bool {
    ip.is_loopback() || UdpSocket::bind((ip, 0)).is_ok()
}

#[cfg(test)]
mod tests;
