//! Sealing: RTP under numbers that the caller gives, RTCP under numbers counted here.

use super::cipher::{Cipher, Use};
use super::keys::{MasterKey, Profile};

/// The bit of SRTCP's index word that says "encrypted" (RFC 3711 §3.4).
pub(super) const ENCRYPTED: u32 = 1 << 31;

/// RTCP's header in clear: the first words and the sender's SSRC.
pub(super) const RTCP_CLEAR: usize = 8;

/// Protects what one side sends.
pub struct Sender {
    profile: Profile,
    rtp: Cipher,
    rtcp: Cipher,
    /// The index of the next SRTCP packet; one counter for all of this side's SSRCs, which receivers accept (they check
    /// replay per SSRC) and which can repeat for none of them.
    rtcp_index: u32,
}

impl Sender {
    /// A sender under this master key. `None` only if the cryptography fails to start.
    #[must_use]
    pub fn new(profile: Profile, master: &MasterKey) -> Option<Self> {
        let (rtp, rtcp) = (Cipher::new(profile, master, Use::Rtp)?, Cipher::new(profile, master, Use::Rtcp)?);
        Some(Self { profile, rtp, rtcp, rtcp_index: 1 })
    }

    /// How packets are protected.
    #[must_use]
    pub const fn profile(&self) -> Profile {
        self.profile
    }

    /// Seals the RTP packet that begins at `start` of `buffer` and ends with it; the tag is appended.
    ///
    /// `header` is the length of its header with extensions; `index` is its 48-bit number, whose lower 16 bits are the
    /// header's sequence number. **The same index of the same SSRC must never be given twice.** `None`, with the packet
    /// taken out of the buffer again, if it is shorter than its header.
    #[must_use]
    pub fn seal_rtp(&self, buffer: &mut Vec<u8>, start: usize, header: usize, index: u64) -> Option<()> {
        let sealed = self.try_seal_rtp(buffer, start, header, index);
        match sealed {
            Some((tag, length)) => buffer.extend_from_slice(tag.get(..length)?),
            None => buffer.truncate(start),
        }
        sealed.map(drop)
    }

    fn try_seal_rtp(&self, buffer: &mut [u8], start: usize, header: usize, index: u64) -> Option<([u8; 16], usize)> {
        let (clear, secret) = buffer.get_mut(start..)?.split_at_mut_checked(header)?;
        let ssrc = u32::from_be_bytes(*clear.get(8..)?.first_chunk()?);
        let rollover = u32::try_from(index >> 16).ok()?.to_be_bytes();
        let trailer: &[u8] = match self.profile {
            Profile::AeadAes128Gcm => &[],
            Profile::Aes128CmHmacSha1 => &rollover,
        };
        self.rtp.seal(ssrc, index, clear, secret, trailer)
    }

    /// Seals the compound RTCP packet that begins at `start` of `buffer` and ends with it; tag and index are appended.
    /// `None`, with the packet taken out again, if it is no RTCP packet or the numbers are used up (RFC 3711 §9.2).
    #[must_use]
    pub fn seal_rtcp(&mut self, buffer: &mut Vec<u8>, start: usize) -> Option<()> {
        let index = self.rtcp_index;
        let word = (index | ENCRYPTED).to_be_bytes();
        let sealed = if index < ENCRYPTED { self.try_seal_rtcp(buffer, start, index, word) } else { None };
        let Some((tag, length)) = sealed else {
            buffer.truncate(start);
            return None;
        };
        self.rtcp_index += 1;
        let tag = tag.get(..length)?;
        // RFC 7714 §9.2 puts the index behind the tag, RFC 3711 §3.4 before it.
        let (first, second): (&[u8], &[u8]) = match self.profile {
            Profile::AeadAes128Gcm => (tag, &word),
            Profile::Aes128CmHmacSha1 => (&word, tag),
        };
        buffer.extend_from_slice(first);
        buffer.extend_from_slice(second);
        Some(())
    }

    fn try_seal_rtcp(&self, buffer: &mut [u8], start: usize, index: u32, word: [u8; 4]) -> Option<([u8; 16], usize)> {
        let (clear, secret) = buffer.get_mut(start..)?.split_at_mut_checked(RTCP_CLEAR)?;
        let ssrc = u32::from_be_bytes(*clear.get(4..)?.first_chunk()?);
        self.rtcp.seal(ssrc, u64::from(index), clear, secret, &word)
    }
}

impl std::fmt::Debug for Sender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sender").field("profile", &self.profile).finish_non_exhaustive()
    }
}
