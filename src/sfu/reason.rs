//! Why a packet is not forwarded. The names are stable: metrics, logs and dashboards rely on them.

/// Why a packet goes no further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The same packet was seen before (bandwidth probing by retransmission, network duplicates).
    Duplicate,
    /// Older than the window in which duplicates can be told.
    TooOld,
    /// A bandwidth probe without media; its number is closed up.
    Padding,
    /// Sound for a picture slot, or the reverse.
    WrongKind,
    /// A codec that this subscriber has not negotiated.
    CodecNotNegotiated,
    /// More layers than a track may have.
    NoSuchLayer,
    /// Another layer of the track is being forwarded.
    LayerNotSelected,
    /// Nothing can be decoded before a keyframe comes.
    AwaitingKeyframe,
    /// The slot has moved on to another source.
    SourceSuperseded,
    /// Late, and from before the last switch: its place in the output no longer exists.
    BeforeSwitch,
    /// The subscriber has paused this slot.
    Paused,
    /// A frame above the temporal layer that this subscriber gets; its number is closed up.
    TemporalLayer,
}

impl Reason {
    /// Every reason, in the order of [`Reason::index`].
    pub const ALL: [Self; 12] = [
        Self::Duplicate,
        Self::TooOld,
        Self::Padding,
        Self::WrongKind,
        Self::CodecNotNegotiated,
        Self::NoSuchLayer,
        Self::LayerNotSelected,
        Self::AwaitingKeyframe,
        Self::SourceSuperseded,
        Self::BeforeSwitch,
        Self::Paused,
        Self::TemporalLayer,
    ];

    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Duplicate => "duplicate",
            Self::TooOld => "too_old",
            Self::Padding => "padding",
            Self::WrongKind => "wrong_kind",
            Self::CodecNotNegotiated => "codec_not_negotiated",
            Self::NoSuchLayer => "no_such_layer",
            Self::LayerNotSelected => "layer_not_selected",
            Self::AwaitingKeyframe => "awaiting_keyframe",
            Self::SourceSuperseded => "source_superseded",
            Self::BeforeSwitch => "before_switch",
            Self::Paused => "paused",
            Self::TemporalLayer => "temporal_layer",
        }
    }

    /// Its place in [`Reason::ALL`], for a table of counters.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }
}

#[cfg(test)]
mod tests;
