//! Who plays what. Twelve guests are enough for a chat that goes on, and few enough that every one of them can be looked at.

/// What a guest is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::robot::guests) struct Part {
    /// How often it says something where something could be said, in a hundred.
    pub(in crate::robot::guests) talks: usize,
    /// Which question it asks by itself.
    pub(in crate::robot::guests) asks: Option<usize>,
    /// Asks once more, in other words, what somebody else has asked.
    pub(in crate::robot::guests) echoes: bool,
    /// How often it wants to have what is pinned, in a hundred.
    pub(in crate::robot::guests) buys: usize,
    /// Gives it back after all.
    pub(in crate::robot::guests) hesitates: bool,
    /// Forgets its manners now and then.
    pub(in crate::robot::guests) rude: bool,
}

const QUIET: Part = Part { talks: 25, asks: None, echoes: false, buys: 0, hesitates: false, rude: false };

/// In the order in which they come in.
pub(in crate::robot::guests) const CAST: [Part; 12] = [
    Part { talks: 90, ..QUIET },
    Part { talks: 50, buys: 100, ..QUIET },
    Part { asks: Some(0), ..QUIET },
    Part { talks: 80, buys: 40, ..QUIET },
    QUIET,
    Part { echoes: true, ..QUIET },
    Part { talks: 60, asks: Some(1), ..QUIET },
    Part { talks: 40, rude: true, ..QUIET },
    Part { buys: 80, hesitates: true, ..QUIET },
    Part { talks: 70, asks: Some(4), ..QUIET },
    Part { buys: 30, asks: Some(2), ..QUIET },
    Part { talks: 50, asks: Some(3), ..QUIET },
];
