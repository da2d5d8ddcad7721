//! Where a message may go. Whoever may name an endpoint makes this server connect to it, so it must not be a way into the
//! network that the server stands in: names are resolved here, and only public addresses of theirs are connected to.

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The longest URL that is taken, in bytes.
const MAX_URL_BYTES: usize = 2_000;

/// Why an URL is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Not an URL of a server.
    #[error("An endpoint is an http or https URL of at most 2,000 bytes, without a name, a password or a fragment.")]
    Malformed,
    /// Where no message may go.
    #[error("The URL names a private address; the server has to be told that those are allowed.")]
    Private,
}

/// The URL, if a message may go there. What its name leads to is checked again at each connection.
///
/// # Errors
/// Why it may not.
pub fn check(text: &str, private: bool) -> Result<Url, Fault> {
    let url = Url::parse(text).map_err(|_| Fault::Malformed)?;
    let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    let long = url.as_str().len() > MAX_URL_BYTES || text.len() > MAX_URL_BYTES;
    if !matches!(url.scheme(), "http" | "https") || !plain || long {
        return Err(Fault::Malformed);
    }
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or(Fault::Malformed)?;
    let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    let local = host.trim_end_matches('.').rsplit('.').next().is_some_and(|last| matches!(last, "localhost" | "local"));
    match literal {
        Ok(ip) if !private && !is_public(ip) => Err(Fault::Private),
        Err(_) if !private && local => Err(Fault::Private),
        _ => Ok(url),
    }
}

/// Whether the address is one of the internet (IANA's special-purpose registries, RFC 6890 and later).
pub(super) fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let special = matches!(
        (a, b, c),
        (0 | 10 | 127, _, _)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 168, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
            | (224..=255, _, _)
    );
    !special
}

/// Global unicast, but for what leads to an IPv4 address by itself (6to4, Teredo, NAT64) or is for documents.
fn is_public_v6(ip: Ipv6Addr) -> bool {
    if let Some(v4) = ip.to_ipv4_mapped() {
        return is_public_v4(v4);
    }
    let [a, b, ..] = ip.segments();
    let global = a & 0xe000 == 0x2000;
    let special = a == 0x2002 || (a == 0x2001 && (b < 0x0200 || b == 0x0db8)) || (a == 0x3fff && b < 0x1000);
    global && !special
}

/// Resolves names, and knows no address but public ones.
#[derive(Debug, Clone, Copy)]
pub(super) struct Resolver {
    pub(super) private: bool,
}

/// A name that leads to private addresses only.
#[derive(Debug, thiserror::Error)]
#[error("the name leads to private addresses only")]
pub(super) struct PrivateName;

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let private = self.private;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> = found.filter(|address| private || is_public(address.ip())).collect();
            if allowed.is_empty() {
                return Err(PrivateName.into());
            }
            let addresses: Addrs = Box::new(allowed.into_iter());
            Ok(addresses)
        })
    }
}

#[cfg(test)]
mod tests;
