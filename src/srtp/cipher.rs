//! One session key: encryption and authentication of either profile over one packet.
//!
//! The caller says which bytes are in clear, which are secret and what number the packet has; how these become an IV is
//! in here: RFC 7714 §8.1 and §9.1 for GCM, RFC 3711 §4.1.1 for AES-CM.

use super::keys::{KEY, MasterKey, Profile, SALT, counter_key, encrypt};
use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::EncryptingKey;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;

/// What a key is for; the labels of RFC 3711 §4.3.2: key, authentication key, salt.
#[derive(Clone, Copy)]
pub(super) enum Use {
    Rtp,
    Rtcp,
}

impl Use {
    const fn labels(self) -> [u8; 3] {
        match self {
            Self::Rtp => [0, 1, 2],
            Self::Rtcp => [3, 4, 5],
        }
    }
}

/// The longest tag.
pub(super) const MAX_TAG: usize = 16;

/// Bytes of HMAC-SHA1 that are kept (RFC 5764 §4.1.2).
const SHA1_80: usize = 10;

/// A session key.
pub(super) enum Cipher {
    Gcm {
        key: LessSafeKey,
        salt: [u8; 12],
    },
    /// Boxed: three times as large, and rare.
    CmSha1(Box<CmSha1>),
}

/// A session key of AES in counter mode with HMAC-SHA1.
pub(super) struct CmSha1 {
    key: EncryptingKey,
    salt: [u8; SALT],
    authentication: hmac::Key,
}

impl Cipher {
    pub(super) fn new(profile: Profile, master: &MasterKey, purpose: Use) -> Option<Self> {
        let [encryption, authentication, salting] = purpose.labels();
        let key: [u8; KEY] = master.derive(encryption)?;
        Some(match profile {
            Profile::AeadAes128Gcm => Self::Gcm {
                key: LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).ok()?),
                salt: master.derive(salting)?,
            },
            Profile::Aes128CmHmacSha1 => Self::CmSha1(Box::new(CmSha1 {
                key: counter_key(&key)?,
                salt: master.derive(salting)?,
                authentication: hmac::Key::new(
                    hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
                    &master.derive::<20>(authentication)?,
                ),
            })),
        })
    }

    /// Encrypts `secret` in place. Returns the tag over everything, and its length. `trailer` is authenticated and
    /// belongs to neither: the rollover counter of SRTP under AES-CM, the index word of SRTCP.
    pub(super) fn seal(
        &self,
        ssrc: u32,
        index: u64,
        clear: &[u8],
        secret: &mut [u8],
        trailer: &[u8],
    ) -> Option<([u8; MAX_TAG], usize)> {
        let mut out = [0; MAX_TAG];
        match self {
            Self::Gcm { key, salt } => {
                let aad = Associated::new(clear, trailer)?;
                let nonce = gcm_nonce(ssrc, index, salt);
                let tag = key.seal_in_place_separate_tag(nonce, Aad::from(aad.bytes()), secret).ok()?;
                out.copy_from_slice(tag.as_ref());
                Some((out, MAX_TAG))
            }
            Self::CmSha1(cm) => {
                encrypt(&cm.key, counter(ssrc, index, &cm.salt), secret)?;
                let tag = sign(&cm.authentication, [clear, secret, trailer]);
                let kept = tag.as_ref().get(..SHA1_80)?;
                out.get_mut(..SHA1_80)?.copy_from_slice(kept);
                Some((out, SHA1_80))
            }
        }
    }

    /// Authenticates and decrypts `secret` in place; it ends with the tag, except that under AES-CM the tag is `tag`.
    pub(super) fn open(
        &self,
        ssrc: u32,
        index: u64,
        clear: &[u8],
        secret: &mut [u8],
        tag: &[u8],
        trailer: &[u8],
    ) -> Option<()> {
        match self {
            Self::Gcm { key, salt } => {
                let aad = Associated::new(clear, trailer)?;
                let nonce = gcm_nonce(ssrc, index, salt);
                key.open_in_place(nonce, Aad::from(aad.bytes()), secret).ok().map(drop)
            }
            Self::CmSha1(cm) => {
                let expected = sign(&cm.authentication, [clear, secret, trailer]);
                verify_slices_are_equal(expected.as_ref().get(..SHA1_80)?, tag).ok()?;
                encrypt(&cm.key, counter(ssrc, index, &cm.salt), secret)
            }
        }
    }
}

/// What GCM authenticates without encrypting it, in one piece. Headers are short; longer than this is none of ours.
struct Associated {
    bytes: [u8; 96],
    length: usize,
}

impl Associated {
    fn new(clear: &[u8], trailer: &[u8]) -> Option<Self> {
        let mut bytes = [0; 96];
        let length = clear.len() + trailer.len();
        bytes.get_mut(..clear.len())?.copy_from_slice(clear);
        bytes.get_mut(clear.len()..length)?.copy_from_slice(trailer);
        Some(Self { bytes, length })
    }

    fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

/// RFC 7714 §8.1: two zero bytes, SSRC, and the 48-bit index; §9.1 puts two more zeros before SRTCP's 31 bits, which is
/// the same 48 bits.
fn gcm_nonce(ssrc: u32, index: u64, salt: &[u8; 12]) -> Nonce {
    let [_, _, i0, i1, i2, i3, i4, i5] = index.to_be_bytes();
    let [s0, s1, s2, s3] = ssrc.to_be_bytes();
    let mut nonce = [0, 0, s0, s1, s2, s3, i0, i1, i2, i3, i4, i5];
    nonce.iter_mut().zip(salt).for_each(|(byte, salt)| *byte ^= salt);
    Nonce::assume_unique_for_key(nonce)
}

/// RFC 3711 §4.1.1: salt, SSRC and index, each at its place; the last two bytes count blocks.
fn counter(ssrc: u32, index: u64, salt: &[u8; SALT]) -> [u8; KEY] {
    let [_, _, i0, i1, i2, i3, i4, i5] = index.to_be_bytes();
    let [s0, s1, s2, s3] = ssrc.to_be_bytes();
    let mut iv = [0, 0, 0, 0, s0, s1, s2, s3, i0, i1, i2, i3, i4, i5, 0, 0];
    iv.iter_mut().zip(salt).for_each(|(byte, salt)| *byte ^= salt);
    iv
}

fn sign(key: &hmac::Key, parts: [&[u8]; 3]) -> hmac::Tag {
    let mut context = hmac::Context::with_key(key);
    parts.iter().for_each(|part| context.update(part));
    context.sign()
}
