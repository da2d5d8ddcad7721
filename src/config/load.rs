//! The command line of the robot audience, and what follows from it.

use crate::robot::audience::{self, AudienceError, Host, LoadConfig, Publish, Target};
use crate::sfu::codec::Codec;
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;
use std::time::Duration;

/// Whom to load, how much, and what to tell.
#[derive(Debug, Clone, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct LoadArgs {
    /// What to do with the reports of earlier runs.
    #[command(subcommand)]
    pub after: Option<AfterLoad>,
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

/// What to do with reports.
#[derive(Debug, Clone, Subcommand)]
pub enum AfterLoad {
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
