//! A crowd: thousands of WebSockets on one show that write, react and vote, without a picture, to measure what the fan-out
//! of a show costs a server. One thread and one `epoll`, as lean as a client can be: it reads no JSON, it looks for a mark.
//!
//! The same crowd loads any server that broadcasts what it is sent ([`CrowdTarget::Plain`]), for comparison.
//!
//! - **Lines are written by sessions of the host**, for whom the show's guard against floods does not hold; so many that each keeps
//!   to the rate of one session. Nothing is configured away.
//! - A delivery is a message for everybody that has come to one socket; replies are not counted. Its delay is taken from
//!   before it was sent to after it was read, on one clock.
//! - Stalled sockets stop to read when their stage begins; whether the others feel it is the figure.
//!
//! | file | owns |
//! |---|---|
//! | `ear` | what is heard, counted and timed |
//! | `frame` | WebSocket frames, written and read |
//! | `socket` | one client's socket |
//! | `room` | the thread: who speaks when, what was heard |
//! | `report` | figures for people |

mod ear;
mod frame;
mod report;
mod room;
mod socket;

pub use report::{CrowdReport, StageReport};

use super::door::{Show, Sockets};
use super::{AudienceError, MAX_VIEWERS, http, proc, studio};
use std::net::SocketAddr;
use std::time::Duration;

/// The fewest sockets of a crowd: some write, some stall, the others listen.
pub const MIN_CROWD: usize = 200;

/// Whom to load, and how.
#[derive(Debug, Clone)]
pub struct CrowdConfig {
    /// The server.
    pub target: CrowdTarget,
    /// How many sockets, [`MIN_CROWD`] to [`MAX_VIEWERS`].
    pub sockets: usize,
    /// How many of them stop to read in the last stage.
    pub stalled: usize,
    /// How long the stages last.
    pub stage: Duration,
    /// Chat lines a second.
    pub lines_per_s: u32,
    /// Reactions a second.
    pub reactions_per_s: u32,
    /// The server's process, to read its CPU time and memory.
    pub server_pid: Option<u32>,
    /// A name for the report.
    pub label: String,
}

/// Whom to load.
#[derive(Debug, Clone)]
pub enum CrowdTarget {
    /// A show of a Quiora server.
    Show {
        /// Its HTTP side.
        server: SocketAddr,
        /// The show; made if it is not there.
        slug: String,
        /// A link into the studio.
        studio: String,
    },
    /// A server that sends whatever text it gets to all its sockets. It gets the lines alone.
    Plain {
        /// Where.
        server: SocketAddr,
    },
}

/// How one gets in.
#[derive(Debug, Clone)]
struct Door {
    server: SocketAddr,
    path: &'static str,
    /// What the first message of a writer and of a listener says, if one is expected.
    tokens: Option<Tokens>,
}

#[derive(Debug, Clone)]
struct Tokens {
    host: String,
    viewer: String,
}

/// Loads the server as `config` says.
///
/// # Errors
/// When the target is not there, or its studio not open to us; when a socket cannot be had.
pub async fn run_crowd(config: &CrowdConfig) -> Result<CrowdReport, AudienceError> {
    if !(MIN_CROWD..=MAX_VIEWERS).contains(&config.sockets) || config.stalled > config.sockets / 10 {
        return Err(AudienceError::Config("a crowd is of 200 to 20,000 sockets, of which at most a tenth stall"));
    }
    let door = enter(&config.target).await?;
    let before_kib = config.server_pid.and_then(proc::resident_kib);
    let (loaded, at) = (config.clone(), door.clone());
    let seen = tokio::task::spawn_blocking(move || room::run(&loaded, &at)).await;
    let seen = seen.map_err(|_| AudienceError::Config("the crowd's thread ended early"))??;
    let slow = match config.target {
        CrowdTarget::Show { .. } => Some(slow_consumers(door.server).await?),
        CrowdTarget::Plain { .. } => None,
    };
    Ok(CrowdReport::new(config, &seen, before_kib, slow))
}

async fn enter(target: &CrowdTarget) -> Result<Door, AudienceError> {
    match target {
        CrowdTarget::Plain { server } => Ok(Door { server: *server, path: "/", tokens: None }),
        CrowdTarget::Show { server, slug, studio } => {
            let show = Show { server: *server, slug: slug.clone(), sockets: Sockets::Ws };
            let host = studio::enter(&show, studio).await?;
            let viewer = show.token("viewer", &[]).await?;
            Ok(Door { server: *server, path: "/ws", tokens: Some(Tokens { host, viewer }) })
        }
    }
}

/// Sessions that the server says it has closed as too slow.
async fn slow_consumers(server: SocketAddr) -> Result<u64, AudienceError> {
    let metrics = http::request(server, "GET", "/metrics", &[], "").await?.good()?;
    let line = metrics.body.lines().find(|line| line.contains(r#"code="slow_consumer""#));
    Ok(line.and_then(|line| line.rsplit(' ').next()?.parse().ok()).unwrap_or(0))
}
