//! The command line of the robot audience, and what follows from it.

use crate::robot::audience::{self, AudienceError, CrowdConfig, CrowdTarget, Host, LoadConfig, Publish, Target};
use crate::sfu::codec::Codec;
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;
use std::time::Duration;

/// Whom to load, how much, and what to tell.
#[derive(Debug, Clone, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct LoadArgs {
    /// Something else than viewers.
    #[command(subcommand)]
    pub instead: Option<InsteadOfViewers>,
    /// The show's page, e.g. http://127.0.0.1:8080/s/demo. Loopback only.
    #[arg(long, required_unless_present = "janus")]
    pub url: Option<String>,
    /// A Janus server's HTTP API instead, e.g. http://127.0.0.1:8088/janus.
    #[arg(long, conflicts_with = "url")]
    pub janus: Option<String>,
    /// Viewers.
    #[arg(long, default_value_t = 10)]
    pub viewers: usize,
    /// Joins begun per second.
    #[arg(long, default_value_t = 50.0)]
    pub rate: f64,
    /// Seconds to measure, once all are in.
    #[arg(long, default_value_t = 10)]
    pub seconds: u64,
    /// Seconds to wait before that.
    #[arg(long, default_value_t = 2)]
    pub settle: u64,
    /// Viewers that open and check every packet.
    #[arg(long, default_value_t = 10)]
    pub sample: usize,
    /// What a viewer uses: the show's socket, WHEP, or both.
    #[arg(long, value_enum, default_value_t = SocketsArg::Ws)]
    pub sockets: SocketsArg,
    /// Threads for the viewers.
    #[arg(long, default_value_t = 1)]
    pub threads: usize,
    /// The server's process, to read its CPU time and memory.
    #[arg(long)]
    pub server_pid: Option<u32>,
    /// Offer no transport-wide feedback.
    #[arg(long)]
    pub no_twcc: bool,
    /// Publish a synthetic stream as well.
    #[arg(long)]
    pub publish: bool,
    /// To publish: a link into the studio, as `quiora admin login-link` prints it.
    #[arg(long, env = "QUIORA_STUDIO_LINK", hide_env_values = true)]
    pub studio: Option<String>,
    /// The published picture's bitrate, bit/s.
    #[arg(long, default_value_t = 1_500_000)]
    pub bitrate: u32,
    /// The published picture's codec.
    #[arg(long, value_enum, default_value_t = CodecArg::H264)]
    pub codec: CodecArg,
    /// Publish three layers.
    #[arg(long)]
    pub simulcast: bool,
    /// A name for the report.
    #[arg(long, default_value = "quiora")]
    pub label: String,
    /// Write the report here as JSON.
    #[arg(long)]
    pub json: Option<PathBuf>,
}

/// What there is besides viewers.
#[derive(Debug, Clone, Subcommand)]
pub enum InsteadOfViewers {
    /// Sockets that write, react and vote: what the fan-out of a show costs.
    Crowd(CrowdArgs),
    /// Compare reports: one table of medians, and plots beside it.
    Compare {
        /// Reports, as `--json` wrote them; the first one's label is what others are measured by.
        #[arg(required = true)]
        reports: Vec<PathBuf>,
        /// Folder for the table and the plots.
        #[arg(long, default_value = ".")]
        out: PathBuf,
    },
}

/// A crowd, and whom it loads.
#[derive(Debug, Clone, Args)]
pub struct CrowdArgs {
    /// The show's page, e.g. http://127.0.0.1:8080/s/crowd, or with --plain another server. Loopback only.
    #[arg(long)]
    pub url: String,
    /// A link into the studio, as `quiora admin login-link` prints it.
    #[arg(long, env = "QUIORA_STUDIO_LINK", hide_env_values = true, required_unless_present = "plain")]
    pub studio: Option<String>,
    /// The server is none of Quiora's: it sends whatever text it gets to all. It gets lines alone.
    #[arg(long)]
    pub plain: bool,
    /// Sockets, 200 to 20,000.
    #[arg(long, default_value_t = 10_000)]
    pub sockets: usize,
    /// Sockets that stop to read in the last stage.
    #[arg(long, default_value_t = 20)]
    pub stalled: usize,
    /// Seconds of a stage.
    #[arg(long, default_value_t = 8)]
    pub seconds: u64,
    /// Chat lines a second.
    #[arg(long, default_value_t = 50)]
    pub lines: u32,
    /// Reactions a second.
    #[arg(long, default_value_t = 2_000)]
    pub reactions: u32,
    /// The server's process, to read its CPU time and memory.
    #[arg(long)]
    pub server_pid: Option<u32>,
    /// A name for the report.
    #[arg(long, default_value = "quiora")]
    pub label: String,
    /// Write the report here as JSON.
    #[arg(long)]
    pub json: Option<PathBuf>,
    /// The report of another server, to be set beside this one.
    #[arg(long)]
    pub beside: Option<PathBuf>,
}

impl TryFrom<&CrowdArgs> for CrowdConfig {
    type Error = AudienceError;

    fn try_from(args: &CrowdArgs) -> Result<Self, Self::Error> {
        let (server, path) = audience::here(&args.url)?;
        let target = match &args.studio {
            Some(studio) if !args.plain => {
                CrowdTarget::Show { server, slug: audience::slug_of(&args.url, &path)?, studio: studio.clone() }
            }
            _ => CrowdTarget::Plain { server },
        };
        Ok(Self {
            target,
            sockets: args.sockets,
            stalled: args.stalled,
            stage: Duration::from_secs(args.seconds),
            lines_per_s: args.lines,
            reactions_per_s: args.reactions,
            server_pid: args.server_pid,
            label: args.label.clone(),
        })
    }
}

/// What a viewer uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SocketsArg {
    /// The show's socket, media included: what a page does.
    Ws,
    /// WHEP alone.
    Whep,
    /// The show's socket, and media by WHEP.
    Both,
}

/// What is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CodecArg {
    /// H.264, constrained baseline.
    H264,
    /// VP8.
    Vp8,
}

impl TryFrom<&LoadArgs> for LoadConfig {
    type Error = AudienceError;

    fn try_from(args: &LoadArgs) -> Result<Self, Self::Error> {
        let sockets = match args.sockets {
            SocketsArg::Ws => audience::Sockets::Ws,
            SocketsArg::Whep => audience::Sockets::Whep,
            SocketsArg::Both => audience::Sockets::Both,
        };
        let target = match (&args.janus, &args.url) {
            (Some(url), _) => {
                let (server, path) = audience::here(url)?;
                Target::Janus { server, path }
            }
            (None, url) => {
                let url = url.as_deref().unwrap_or_default();
                let (server, path) = audience::here(url)?;
                Target::Show { server, slug: audience::slug_of(url, &path)?, sockets }
            }
        };
        let publish = args.publish.then(|| Publish {
            host: args.studio.clone().map(Host::Studio),
            codec: if args.codec == CodecArg::Vp8 { Codec::Vp8 } else { Codec::H264 },
            bitrate_bps: args.bitrate,
            simulcast: args.simulcast,
        });
        Ok(Self {
            target,
            viewers: args.viewers,
            joins_per_s: args.rate,
            window: Duration::from_secs(args.seconds),
            settle: Duration::from_secs(args.settle),
            threads: args.threads,
            sampled: args.sample.min(args.viewers),
            twcc: !args.no_twcc,
            server_pid: args.server_pid,
            publish,
            label: args.label.clone(),
        })
    }
}

#[cfg(test)]
mod tests;
