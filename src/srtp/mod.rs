//! SRTP and SRTCP (RFC 3711, RFC 7714), for those who protect thousands of streams on one thread: keys and numbers come
//! in, packets are sealed or opened in place, and nothing allocates per packet.
//!
//! A packet belongs to no stream here: the caller gives the 48-bit index (rollover counter and sequence number), which
//! the rewriter of [`crate::sfu`] has anyway. That is what makes a subscriber cost three key schedules and no table.
//!
//! # Invariants
//! - A key seals an index of an SSRC at most once: the caller never gives one twice (`sfu::rewriter` numbers each output
//!   once), SRTCP indices are counted here.
//! - Nothing is believed, and no state is made, before a packet has been authenticated.
//!
//! | file | what |
//! |---|---|
//! | `keys` | profiles, master keys from the exporter (RFC 5764 §4.2), key derivation (RFC 3711 §4.3) |
//! | `cipher` | one session key of either profile |
//! | `sender` | sealing |
//! | `receiver`, `replay` | opening |

mod cipher;
mod keys;
mod receiver;
mod replay;
mod sender;

pub use keys::{MasterKey, Profile};
pub use receiver::Receiver;
pub use sender::Sender;

#[cfg(test)]
mod tests;
