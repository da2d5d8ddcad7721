//! The body of a PATCH: an SDP fragment with ICE parameters and candidates (`application/trickle-ice-sdpfrag`, RFC 8840
//! §9). Pure; total on any bytes.
//!
//! What is read: credentials, and whether the candidates are candidates. They are not kept, because the server is ICE-lite
//! and learns addresses from authenticated checks alone.

use crate::media::IceCredentials;

/// The media type.
pub(super) const TYPE: &str = "application/trickle-ice-sdpfrag";

/// A client with three interfaces in two families gathers some twenty.
const MAX_CANDIDATES: usize = 128;

/// Lines in all.
const MAX_LINES: usize = 400;

/// RFC 8839 §5.4: a ufrag has 4 to 256 `ice-char`s, a password 22 to 256.
const UFRAG: std::ops::RangeInclusive<usize> = 4..=256;
const PASSWORD: std::ops::RangeInclusive<usize> = 22..=256;

/// The longest `mid` that is sent back.
const MAX_MID: usize = 64;

/// What a fragment says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fragment {
    /// The client's credentials, if the fragment names them.
    pub(super) credentials: Option<IceCredentials>,
    /// The media section that the fragment is about; its `m=` line.
    media: Option<String>,
    /// Its `a=mid`.
    mid: Option<String>,
    /// The `a=group:BUNDLE` line's value.
    bundle: Option<String>,
}

/// Why a fragment cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrong {
    /// It is no fragment.
    Malformed,
    /// It is one, and its parts do not fit together.
    Incoherent,
}

impl Fragment {
    /// Reads a fragment.
    ///
    /// # Errors
    /// See [`Wrong`].
    pub(super) fn parse(body: &[u8]) -> Result<Self, Wrong> {
        let text = std::str::from_utf8(body).map_err(|_| Wrong::Malformed)?;
        let mut fragment = Self { credentials: None, media: None, mid: None, bundle: None };
        let (mut ufrags, mut passwords, mut candidates) = (Vec::new(), Vec::new(), 0);
        let lines = text.lines().map(str::trim_end).filter(|line| !line.is_empty());
        for (index, line) in lines.enumerate() {
            if index >= MAX_LINES || line.chars().any(char::is_control) {
                return Err(Wrong::Malformed);
            }
            if let Some(media) = line.strip_prefix("m=") {
                fragment.media.get_or_insert(media_line(media).ok_or(Wrong::Malformed)?);
                continue;
            }
            let attribute = line.strip_prefix("a=").ok_or(Wrong::Malformed)?;
            let (name, value) = attribute.split_once(':').unwrap_or((attribute, ""));
            match name {
                "ice-ufrag" => ufrags.push(ice_chars(value, UFRAG).ok_or(Wrong::Malformed)?),
                "ice-pwd" => passwords.push(ice_chars(value, PASSWORD).ok_or(Wrong::Malformed)?),
                "candidate" => {
                    candidates += 1;
                    if candidates > MAX_CANDIDATES || !is_candidate(value) {
                        return Err(Wrong::Malformed);
                    }
                }
                "mid" if fragment.mid.is_none() => fragment.mid = token(value),
                "group" if fragment.bundle.is_none() && value.starts_with("BUNDLE ") => {
                    fragment.bundle = value.split(' ').all(|mid| token(mid).is_some()).then(|| value.to_owned());
                }
                _ => {}
            }
        }
        fragment.credentials = one_pair(ufrags, passwords)?;
        if fragment.credentials.is_none() && candidates == 0 && !text.contains("a=end-of-candidates") {
            return Err(Wrong::Malformed);
        }
        Ok(fragment)
    }

    /// The answer to a restart: the server's credentials and candidates for the same section (RFC 9725 §4.3.3).
    pub(super) fn answer(&self, ours: &IceCredentials, candidates: &[String]) -> String {
        let mut out = String::from("a=ice-lite\r\na=ice-options:trickle ice2\r\n");
        let mut line = |name: &str, value: &str| out.extend([name, value, "\r\n"]);
        if let Some(bundle) = &self.bundle {
            line("a=group:", bundle);
        }
        line("m=", self.media.as_deref().unwrap_or("audio 9 UDP/TLS/RTP/SAVPF 0"));
        line("a=mid:", self.mid.as_deref().unwrap_or("0"));
        line("a=ice-ufrag:", &ours.ufrag);
        line("a=ice-pwd:", &ours.password);
        candidates.iter().for_each(|candidate| line("a=candidate:", candidate));
        line("a=end-of-candidates", "");
        out
    }
}

/// The ICE credentials of an offer: those of its first section, which are those of the bundle.
pub(super) fn offered(sdp: &str) -> Option<IceCredentials> {
    let find = |name: &str| sdp.lines().find_map(|line| line.trim_end().strip_prefix(name)).map(str::to_owned);
    Some(IceCredentials { ufrag: find("a=ice-ufrag:")?, password: find("a=ice-pwd:")? })
}

/// Credentials may stand in several sections of a bundle; then they are the same everywhere.
fn one_pair(ufrags: Vec<&str>, passwords: Vec<&str>) -> Result<Option<IceCredentials>, Wrong> {
    let one = |mut all: Vec<&str>| {
        all.dedup();
        match all.as_slice() {
            [] => Ok(None),
            [one] => Ok(Some((*one).to_owned())),
            _ => Err(Wrong::Incoherent),
        }
    };
    match (one(ufrags)?, one(passwords)?) {
        (Some(ufrag), Some(password)) => Ok(Some(IceCredentials { ufrag, password })),
        (None, None) => Ok(None),
        (Some(_), None) | (None, Some(_)) => Err(Wrong::Incoherent),
    }
}

fn ice_chars(text: &str, length: std::ops::RangeInclusive<usize>) -> Option<&str> {
    let good = text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'));
    (good && length.contains(&text.len())).then_some(text)
}

/// `audio 9 UDP/TLS/RTP/SAVPF 0`, and nothing that does not look like it.
fn media_line(text: &str) -> Option<String> {
    let mut words = text.split(' ');
    let known = matches!(words.next()?, "audio" | "video" | "application");
    words.next()?.parse::<u16>().ok()?;
    let protocol = words.next()?.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-'));
    let formats = words.all(|word| token(word).is_some());
    (known && protocol && formats && text.len() <= 256).then(|| text.to_owned())
}

/// RFC 8866's `token`, as far as anybody uses it in a mid.
fn token(text: &str) -> Option<String> {
    let good = text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'+' | b'{' | b'}'));
    (good && (1..=MAX_MID).contains(&text.len())).then(|| text.to_owned())
}

/// RFC 8839 §5.1: foundation, component, transport, priority, address, port, `typ` and a type. The address may be a name
/// (mDNS).
fn is_candidate(value: &str) -> bool {
    let words: Vec<&str> = value.split_ascii_whitespace().collect();
    let [foundation, component, transport, priority, address, port, typ, kind, ..] = words.as_slice() else {
        return false;
    };
    (1..=32).contains(&foundation.len())
        && component.parse::<u16>().is_ok()
        && !transport.is_empty()
        && priority.parse::<u32>().is_ok()
        && address.len() <= 255
        && port.parse::<u16>().is_ok()
        && *typ == "typ"
        && !kind.is_empty()
}

#[cfg(test)]
mod tests;
