//! Which SRTP profiles a DTLS client can do, read from its ClientHello before the handshake begins (RFC 6347 §4.2.2,
//! RFC 5764 §4.1.1).
//!
//! As a DTLS server the library takes the client's favourite of the profiles it is given, and Chromium names
//! AES-128-GCM last. So it is given one only: the best of ours that this very client has. That needs a look at the hello
//! first. It comes in clear and in fragments (a post-quantum key share makes it larger than a datagram), with its
//! extensions in any order, so it is put together here.
//!
//! Invariants: total on any bytes; at most `MAX_HELLO` bytes are kept; what is not the first flight of a handshake
//! changes nothing.

/// A browser's hello is 1.4 kB; one with several hybrid key shares would be 3.
const MAX_HELLO: usize = 8 * 1024;
/// Profiles that are looked at; browsers offer three.
const MAX_PROFILES: usize = 16;

const HANDSHAKE_RECORD: u8 = 22;
const RECORD_HEADER: usize = 13;
const HANDSHAKE_HEADER: usize = 12;
const CLIENT_HELLO: u8 = 1;
const EXTENSION_USE_SRTP: u16 = 14;
/// `client_version` and `random`.
const VERSION_AND_RANDOM: usize = 34;

/// The profiles of a hello, as their IANA numbers, in the client's order. None if it does not speak DTLS-SRTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Profiles {
    numbers: [u16; MAX_PROFILES],
    count: usize,
}

impl Profiles {
    /// Whether the client can do this one.
    #[must_use]
    pub fn contains(&self, number: u16) -> bool {
        self.numbers.iter().take(self.count).any(|known| *known == number)
    }
}

/// Puts a ClientHello together.
#[derive(Debug, Default)]
pub struct ClientHello {
    body: Vec<u8>,
    /// `known[i]`: byte i has arrived. As long as `body`.
    known: Vec<bool>,
    missing: usize,
}

impl ClientHello {
    /// Takes in a datagram. `Some` once the hello is whole, whatever it contains.
    pub fn handle_datagram(&mut self, datagram: &[u8]) -> Option<Profiles> {
        let mut rest = datagram;
        while let Some((kind, fragment, after)) = record(rest) {
            if kind == HANDSHAKE_RECORD {
                self.take_messages(fragment);
            }
            rest = after;
        }
        (!self.body.is_empty() && self.missing == 0).then(|| profiles(&self.body))
    }

    fn take_messages(&mut self, mut rest: &[u8]) {
        while let Some((header, after)) = rest.split_first_chunk::<HANDSHAKE_HEADER>() {
            let [kind, l0, l1, l2, _, _, o0, o1, o2, f0, f1, f2] = *header;
            let Some((fragment, after)) = after.split_at_checked(three(f0, f1, f2)) else { return };
            if kind == CLIENT_HELLO {
                self.take_fragment(three(l0, l1, l2), three(o0, o1, o2), fragment);
            }
            rest = after;
        }
    }

    fn take_fragment(&mut self, length: usize, offset: usize, fragment: &[u8]) {
        if length == 0 || length > MAX_HELLO || offset + fragment.len() > length {
            return;
        }
        if self.body.len() != length {
            // A hello of another length is another hello: the one with the cookie, or a new attempt.
            (self.body, self.known, self.missing) = (vec![0; length], vec![false; length], length);
        }
        let places = self.body.iter_mut().zip(&mut self.known).skip(offset);
        for ((byte, known), new) in places.zip(fragment) {
            *byte = *new;
            self.missing -= usize::from(!std::mem::replace(known, true));
        }
    }
}

/// Content type and fragment of the first record, and what follows it.
fn record(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (header, rest) = bytes.split_first_chunk::<RECORD_HEADER>()?;
    let [kind, .., l0, l1] = *header;
    let (fragment, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes([l0, l1])))?;
    Some((kind, fragment, rest))
}

fn three(a: u8, b: u8, c: u8) -> usize {
    usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c)
}

fn profiles(hello: &[u8]) -> Profiles {
    let mut found = Profiles { numbers: [0; MAX_PROFILES], count: 0 };
    let Some(mut rest) = extensions(hello) else { return found };
    while let Some((kind, value, after)) = extension(rest) {
        if kind == EXTENSION_USE_SRTP
            && let Some(list) = sized::<2>(value)
        {
            for (slot, number) in found.numbers.iter_mut().zip(list.0.chunks_exact(2)) {
                *slot = number.first_chunk().map_or(0, |n| u16::from_be_bytes(*n));
                found.count += 1;
            }
        }
        rest = after;
    }
    found
}

/// The extensions block: behind session id, cookie, cipher suites and compression methods.
fn extensions(hello: &[u8]) -> Option<&[u8]> {
    let rest = hello.get(VERSION_AND_RANDOM..)?;
    let rest = sized::<1>(rest)?.1;
    let rest = sized::<1>(rest)?.1;
    let rest = sized::<2>(rest)?.1;
    let rest = sized::<1>(rest)?.1;
    Some(sized::<2>(rest)?.0)
}

fn extension(bytes: &[u8]) -> Option<(u16, &[u8], &[u8])> {
    let (kind, rest) = bytes.split_first_chunk::<2>()?;
    let (value, rest) = sized::<2>(rest)?;
    Some((u16::from_be_bytes(*kind), value, rest))
}

/// A vector with a length of `N` bytes in front, and what follows it.
fn sized<const N: usize>(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<N>()?;
    rest.split_at_checked(length.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)))
}

#[cfg(test)]
mod tests;
