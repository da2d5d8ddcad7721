//! STUN and TURN servers that clients are told of. Quiora needs none: it is reachable by itself. They help clients whose
//! network lets nothing through but TURN.

use clap::Args;
use std::str::FromStr;

/// What an operator says of them.
#[derive(Debug, Clone, Default, Args)]
pub struct IceArgs {
    /// STUN server that clients may use, `stun:host:port`; repeat it or separate with commas.
    #[arg(long = "stun-url", env = "QUIORA_STUN_URLS", value_delimiter = ',')]
    pub stun_urls: Vec<IceUrl>,
    /// TURN server that clients may use, `turn:host:3478?transport=udp` or `turns:…`; repeat it or separate with commas.
    #[arg(long = "turn-url", env = "QUIORA_TURN_URLS", value_delimiter = ',', requires = "turn_secret")]
    pub turn_urls: Vec<IceUrl>,
    /// Secret shared with the TURN servers (coturn: `use-auth-secret`), for credentials that expire.
    #[arg(long, env = "QUIORA_TURN_SECRET", hide_env_values = true)]
    pub turn_secret: Option<Secret>,
}

/// What follows from it.
#[derive(Debug, Clone, Default)]
pub struct IceServers {
    /// STUN.
    pub stun_urls: Vec<IceUrl>,
    /// TURN.
    pub turn_urls: Vec<IceUrl>,
    /// Makes credentials for TURN.
    pub turn_secret: Option<Secret>,
}

impl From<IceArgs> for IceServers {
    fn from(args: IceArgs) -> Self {
        Self { stun_urls: args.stun_urls, turn_urls: args.turn_urls, turn_secret: args.turn_secret }
    }
}

/// A secret that no log shows.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// The secret itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl FromStr for Secret {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.is_empty() { Err("an empty secret protects nothing") } else { Ok(Self(text.to_owned())) }
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

/// The address of a STUN or TURN server (RFC 7064, RFC 7065); fit to be put into a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IceUrl(String);

impl std::fmt::Display for IceUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for IceUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const FORM: &str = "expected stun:host[:port], turn:host[:port][?transport=udp|tcp], or stuns:, turns:";
        let (scheme, rest) = text.split_once(':').ok_or(FORM)?;
        let (host, transport) = rest.split_once('?').map_or((rest, None), |(host, query)| (host, Some(query)));
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
        if host.is_empty() || !host.chars().all(plain) {
            return Err(FORM);
        }
        match (scheme, transport) {
            ("stun" | "stuns" | "turn" | "turns", None)
            | ("turn" | "turns", Some("transport=udp" | "transport=tcp")) => Ok(Self(text.to_owned())),
            _ => Err(FORM),
        }
    }
}

#[cfg(test)]
mod tests;
