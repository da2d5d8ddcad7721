//! One-line texts that people type: what is allowed in a chat line, a nickname, a title.

use crate::RefusalCode;

/// Why a text cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextFault {
    /// Nothing is left after trimming.
    Empty,
    /// More than the allowed number of Unicode scalar values.
    TooLong,
}

/// Makes one clean line of `raw`: control characters, bidirectional overrides and other invisibles become spaces or
/// vanish, runs of white space become one space, the ends are trimmed. Total; never longer than `raw`.
///
/// Joiners and variation selectors stay: emoji and several scripts need them.
///
/// # Errors
/// [`TextFault::Empty`] if nothing visible is left; [`TextFault::TooLong`] if more than `max_chars` scalar values are.
pub fn clean_line(raw: &str, max_chars: usize) -> Result<String, TextFault> {
    let mut line = String::with_capacity(raw.len().min(max_chars * 4));
    let (mut chars, mut gap, mut visible) = (0, false, false);
    for c in raw.chars() {
        if is_dropped(c) {
            continue;
        }
        if c.is_whitespace() || c.is_control() {
            gap = chars > 0;
            continue;
        }
        let needed = chars + 1 + usize::from(gap);
        if needed > max_chars {
            return Err(TextFault::TooLong);
        }
        if gap {
            line.push(' ');
        }
        line.push(c);
        visible |= !is_joiner(c);
        (chars, gap) = (needed, false);
    }
    if visible { Ok(line) } else { Err(TextFault::Empty) }
}

/// As [`clean_line`], with the refusal that a client gets.
pub(crate) fn line(raw: &str, max_chars: usize) -> Result<String, RefusalCode> {
    clean_line(raw, max_chars).map_err(|fault| match fault {
        TextFault::Empty => RefusalCode::TextEmpty,
        TextFault::TooLong => RefusalCode::TextTooLong,
    })
}

/// Bidirectional controls could make a line read as another; the rest is invisible and only serves to dodge filters.
fn is_dropped(c: char) -> bool {
    matches!(c, '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}')
}

/// Legitimate inside a grapheme, invisible alone.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}' | '\u{FE00}'..='\u{FE0F}' | '\u{115F}' | '\u{1160}' | '\u{3164}')
}

#[cfg(test)]
mod tests;
