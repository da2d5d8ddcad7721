//! Opening what the other side sends.

use super::cipher::{Cipher, Use};
use super::keys::{MasterKey, Profile};
use super::replay::Replay;
use super::sender::{ENCRYPTED, RTCP_CLEAR};

/// The index word of SRTCP.
const WORD: usize = 4;

/// Opens what one side sends.
pub struct Receiver {
    profile: Profile,
    rtp: Cipher,
    rtcp: Cipher,
    replay: Replay,
}

impl Receiver {
    /// A receiver under the other side's master key. `None` only if the cryptography fails to start.
    #[must_use]
    pub fn new(profile: Profile, master: &MasterKey) -> Option<Self> {
        let (rtp, rtcp) = (Cipher::new(profile, master, Use::Rtp)?, Cipher::new(profile, master, Use::Rtcp)?);
        Some(Self { profile, rtp, rtcp, replay: Replay::default() })
    }

    /// Opens an SRTCP datagram in place; the compound packet, or `None` if it is not authentic, not encrypted, or was
    /// opened before. Nothing has changed then but the bytes.
    pub fn open_rtcp<'a>(&mut self, datagram: &'a mut [u8]) -> Option<&'a [u8]> {
        let tag = self.profile.overhead();
        let body = datagram.len().checked_sub(RTCP_CLEAR + tag + WORD)?;
        let (clear, rest) = datagram.split_at_mut_checked(RTCP_CLEAR)?;
        let ssrc = u32::from_be_bytes(*clear.get(4..)?.first_chunk()?);
        let (secret, tag, word) = match self.profile {
            Profile::AeadAes128Gcm => {
                let (secret, word) = rest.split_at_mut_checked(body + tag)?;
                (secret, &[][..], &*word)
            }
            Profile::Aes128CmHmacSha1 => {
                let (secret, rest) = rest.split_at_mut_checked(body)?;
                let (word, tag) = rest.split_at_checked(WORD)?;
                (secret, tag, word)
            }
        };
        let number = u32::from_be_bytes(*word.first_chunk()?);
        let index = number & !ENCRYPTED;
        if number & ENCRYPTED == 0 || !self.replay.may_be_new(ssrc, index) {
            return None;
        }
        self.rtcp.open(ssrc, u64::from(index), clear, secret, tag, word)?;
        self.replay.remember(ssrc, index);
        datagram.get(..RTCP_CLEAR + body)
    }

    /// Opens an SRTP packet in place, given the length of its header and its 48-bit number; the length of the packet
    /// without tag, or `None` if it is not authentic. Replays are the caller's to recognise.
    #[must_use]
    pub fn open_rtp(&self, packet: &mut [u8], header: usize, index: u64) -> Option<usize> {
        let tag = self.profile.overhead();
        let body = packet.len().checked_sub(header + tag)?;
        let (clear, rest) = packet.split_at_mut_checked(header)?;
        let ssrc = u32::from_be_bytes(*clear.get(8..)?.first_chunk()?);
        let rollover = u32::try_from(index >> 16).ok()?.to_be_bytes();
        match self.profile {
            Profile::AeadAes128Gcm => self.rtp.open(ssrc, index, clear, rest, &[], &[])?,
            Profile::Aes128CmHmacSha1 => {
                let (secret, tag) = rest.split_at_mut_checked(body)?;
                self.rtp.open(ssrc, index, clear, secret, tag, &rollover)?;
            }
        }
        Some(header + body)
    }
}

impl std::fmt::Debug for Receiver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Receiver").field("profile", &self.profile).finish_non_exhaustive()
    }
}
