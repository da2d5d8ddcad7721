//! Where session keys come from: the DTLS exporter gives master keys (RFC 5764 §4.2), these give session keys by AES in
//! counter mode (RFC 3711 §4.3.3; for GCM with its shorter salt, RFC 7714 §11).

use aws_lc_rs::cipher::{AES_128, EncryptingKey, EncryptionContext, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;

/// Both profiles have AES-128 keys.
pub(super) const KEY: usize = 16;

/// The longest master salt, that of AES-CM. GCM's twelve bytes are followed by two zeros.
pub(super) const SALT: usize = 14;

/// How packets are protected: what DTLS negotiates in `use_srtp`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Profile {
    /// `AEAD_AES_128_GCM` (RFC 7714 §14.2): four times as fast here, and what is preferred.
    AeadAes128Gcm,
    /// `SRTP_AES128_CM_HMAC_SHA1_80` (RFC 5764 §4.1.2): what every client has.
    Aes128CmHmacSha1,
}

impl Profile {
    /// Both, the preferred first.
    pub const ALL: [Self; 2] = [Self::AeadAes128Gcm, Self::Aes128CmHmacSha1];

    /// The number in `use_srtp` (IANA, DTLS-SRTP protection profiles).
    #[must_use]
    pub const fn number(self) -> u16 {
        match self {
            Self::AeadAes128Gcm => 0x0007,
            Self::Aes128CmHmacSha1 => 0x0001,
        }
    }

    /// Bytes to export: two keys and two salts.
    #[must_use]
    pub const fn keying_material(self) -> usize {
        2 * (KEY + self.salt())
    }

    /// Bytes that sealing adds to an RTP packet.
    #[must_use]
    pub const fn overhead(self) -> usize {
        match self {
            Self::AeadAes128Gcm => 16,
            Self::Aes128CmHmacSha1 => 10,
        }
    }

    const fn salt(self) -> usize {
        match self {
            Self::AeadAes128Gcm => 12,
            Self::Aes128CmHmacSha1 => SALT,
        }
    }
}

/// One side's master key and salt.
#[derive(Clone)]
pub struct MasterKey {
    key: [u8; KEY],
    salt: [u8; SALT],
}

impl MasterKey {
    /// A key and a salt of the profile's lengths; `None` for other lengths.
    #[must_use]
    pub fn new(profile: Profile, key: &[u8], salt: &[u8]) -> Option<Self> {
        if salt.len() != profile.salt() {
            return None;
        }
        let mut padded = [0; SALT];
        padded.get_mut(..salt.len())?.copy_from_slice(salt);
        Some(Self { key: key.try_into().ok()?, salt: padded })
    }

    /// The client's and the server's, from exported keying material (`EXTRACTOR-dtls_srtp`).
    #[must_use]
    pub fn from_exporter(profile: Profile, material: &[u8]) -> Option<(Self, Self)> {
        let (keys, salts) = material.split_at_checked(2 * KEY)?;
        let (client_key, server_key) = keys.split_at_checked(KEY)?;
        let (client_salt, server_salt) = salts.split_at_checked(profile.salt())?;
        Some((Self::new(profile, client_key, client_salt)?, Self::new(profile, server_key, server_salt)?))
    }

    /// Derives `N` bytes for a label (RFC 3711 §4.3.1 and §4.3.2), with a key derivation rate of zero.
    pub(super) fn derive<const N: usize>(&self, label: u8) -> Option<[u8; N]> {
        let mut iv = [0; KEY];
        iv.get_mut(..SALT)?.copy_from_slice(&self.salt);
        *iv.get_mut(7)? ^= label;
        let mut out = [0; N];
        encrypt(&counter_key(&self.key)?, iv, &mut out)?;
        Some(out)
    }
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

/// A key for counter mode.
pub(super) fn counter_key(key: &[u8; KEY]) -> Option<EncryptingKey> {
    EncryptingKey::ctr(UnboundCipherKey::new(&AES_128, key).ok()?).ok()
}

/// Encrypts, or decrypts, which is the same, with the counter starting at `iv`.
pub(super) fn encrypt(key: &EncryptingKey, iv: [u8; KEY], bytes: &mut [u8]) -> Option<()> {
    key.less_safe_encrypt(bytes, EncryptionContext::Iv128(FixedLength::from(iv))).ok().map(drop)
}
