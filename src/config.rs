//! What an operator may say: flags and `QUIORA_*` environment variables, nothing else. No file, so there is one place to
//! look and nothing to merge.
//!
//! [`Cli`] is what was typed; [`Config`] is what follows from it, complete and checked. The rest of the program sees
//! [`Config`] only, and tests build it without a command line.

mod ice;
mod load;
mod pay;
mod post;

pub use load::{CodecArg, CrowdArgs, InsteadOfViewers, LoadArgs, SocketsArg};

use crate::pay::Stripe;
use crate::post::{MailFault, PostConfig};
use crate::session::Timing;
use crate::telemetry::LogFormat;
use clap::{Args, Parser, Subcommand};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;

pub use ice::{IceArgs, IceServers, IceUrl, Secret};
pub use pay::PayArgs;
pub use post::PostArgs;

/// Sell live, from your own server.
#[derive(Debug, Parser)]
#[command(name = "quiora", version, about)]
pub struct Cli {
    /// How the log is written.
    #[arg(long, global = true, env = "QUIORA_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the server.
    Serve(ServerArgs),
    /// Run the server with a demo shop and a show that is already on air.
    Demo(ServerArgs),
    /// Put a robot audience before a server on this machine and measure what that costs it.
    Load(Box<LoadArgs>),
    /// Look after a server's data.
    #[command(subcommand)]
    Admin(AdminCommand),
}

/// Chores.
#[derive(Debug, Subcommand)]
pub enum AdminCommand {
    /// Print a link that opens the studio once, within fifteen minutes.
    LoginLink(DataArgs),
}

/// Where the server's data is and how people reach it.
#[derive(Debug, Clone, Args)]
pub struct DataArgs {
    /// Address and port for pages, API and WebSocket.
    #[arg(long, env = "QUIORA_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Folder for everything that must survive a restart.
    #[arg(long, env = "QUIORA_DATA_DIR", default_value = "./data")]
    pub data_dir: PathBuf,
    /// Database, when it is not the file in the data folder: `sqlite:…`.
    #[arg(long, env = "QUIORA_DATABASE_URL")]
    pub database_url: Option<String>,
    /// How browsers reach this server, e.g. `https://shop.example` behind a proxy. Default: http://localhost and the port.
    #[arg(long, env = "QUIORA_BASE_URL")]
    pub base_url: Option<BaseUrl>,
}

/// Everything a running server needs to be told.
#[derive(Debug, Clone, Args)]
pub struct ServerArgs {
    /// Data and addresses.
    #[command(flatten)]
    pub data: DataArgs,
    /// Port for all media, UDP and TCP.
    #[arg(long, env = "QUIORA_MEDIA_PORT", default_value_t = 8443)]
    pub media_port: u16,
    /// Address under which media reaches this machine from outside; repeat it or separate with commas.
    #[arg(long = "public-ip", env = "QUIORA_PUBLIC_IP", value_delimiter = ',')]
    pub public_ip: Vec<IpAddr>,
    /// Media threads, at most 64. Default: one per core.
    #[arg(long, env = "QUIORA_WORKERS", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub workers: Option<u16>,
    /// Servers for clients.
    #[command(flatten)]
    pub ice: IceArgs,
    /// What goes out.
    #[command(flatten)]
    pub post: PostArgs,
    /// Where money is paid.
    #[command(flatten)]
    pub pay: PayArgs,
}

/// A scheme, a host and perhaps a port: what a browser calls an origin. A world within this server has a path besides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl {
    https: bool,
    authority: String,
    /// Empty, or with a slash before and none behind.
    path: String,
}

/// Everything the server is told, complete.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where pages, API and WebSocket are served; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where media arrives; port 0 takes a free one.
    pub media: SocketAddr,
    /// Addresses to put into candidates besides the bound one.
    pub public_ip: Vec<IpAddr>,
    /// Folder for everything that must survive a restart.
    pub data_dir: PathBuf,
    /// Database, when it is not the file in the data folder.
    pub database_url: Option<String>,
    /// Media threads, at least one.
    pub workers: usize,
    /// How browsers reach this server; `None` follows the port that `listen` got.
    pub base_url: Option<BaseUrl>,
    /// The patience of sessions.
    pub timing: Timing,
    /// STUN and TURN servers that clients are told of.
    pub ice: IceServers,
    /// How letters and messages to other servers go out.
    pub post: PostConfig,
    /// The way to Stripe.
    pub stripe: Option<Stripe>,
}

impl TryFrom<ServerArgs> for Config {
    type Error = MailFault;

    fn try_from(args: ServerArgs) -> Result<Self, Self::Error> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from).min(64);
        Ok(Self {
            listen: args.data.listen,
            media: SocketAddr::new(media_ip(args.data.listen.ip(), &args.public_ip), args.media_port),
            public_ip: args.public_ip,
            data_dir: args.data.data_dir,
            database_url: args.data.database_url,
            workers: args.workers.map_or(cores, usize::from),
            base_url: args.data.base_url,
            timing: Timing::default(),
            ice: args.ice.into(),
            post: args.post.try_into()?,
            stripe: args.pay.stripe(),
        })
    }
}

/// Media is as public as the pages are: on this machine only while they are, on every address once they are not or an
/// outside address is named (pages may then come through a proxy on this machine, media does not).
fn media_ip(listen: IpAddr, public: &[IpAddr]) -> IpAddr {
    match (listen.is_loopback() && public.is_empty(), listen) {
        (true, ip) => ip,
        (false, IpAddr::V4(_)) => Ipv4Addr::UNSPECIFIED.into(),
        (false, IpAddr::V6(_)) => Ipv6Addr::UNSPECIFIED.into(),
    }
}

impl BaseUrl {
    /// `http://localhost:port`.
    #[must_use]
    pub fn localhost(port: u16) -> Self {
        Self { https: false, authority: format!("localhost:{port}"), path: String::new() }
    }

    /// The same server, under a path: it begins with a slash and does not end with one.
    #[must_use]
    pub fn under(&self, path: &str) -> Self {
        Self { path: path.to_owned(), ..self.clone() }
    }

    /// What a browser calls the origin: without the path.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("{}://{}", self.scheme(), self.authority)
    }

    /// The path that everything is under; empty for all of the server.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Whether browsers come over TLS.
    #[must_use]
    pub const fn is_https(&self) -> bool {
        self.https
    }

    /// `http` or `https`.
    #[must_use]
    pub const fn scheme(&self) -> &'static str {
        if self.https { "https" } else { "http" }
    }

    /// `ws` or `wss`.
    #[must_use]
    pub const fn ws_scheme(&self) -> &'static str {
        if self.https { "wss" } else { "ws" }
    }
}

impl std::fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}{}", self.scheme(), self.authority, self.path)
    }
}

impl FromStr for BaseUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const FORM: &str = "expected http://host[:port] or https://host[:port], without a path";
        let uri = text.trim_end_matches('/').parse::<axum::http::Uri>().map_err(|_| FORM)?;
        let https = match uri.scheme_str() {
            Some("http") => false,
            Some("https") => true,
            Some(_) | None => return Err(FORM),
        };
        let authority = uri.authority().ok_or(FORM)?.as_str().to_ascii_lowercase();
        if authority.contains('@') || !matches!(uri.path(), "" | "/") || uri.query().is_some() {
            return Err(FORM);
        }
        // Browsers leave the scheme's own port out of an Origin.
        let own_port = if https { ":443" } else { ":80" };
        let authority = authority.strip_suffix(own_port).map_or(authority.clone(), str::to_owned);
        Ok(Self { https, authority, path: String::new() })
    }
}

#[cfg(test)]
mod tests;
