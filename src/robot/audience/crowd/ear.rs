//! What the crowd hears: counted by kind, lines timed by the mark that their writer left in them. No JSON is read.

use crate::robot::audience::histogram::Histogram;
use std::collections::BTreeMap;
use std::time::Duration;

/// Before the time, in a line's text, at which it was written.
const MARK: &[u8] = b"sent=";

/// Digits of that time: microseconds of a run that lasts less than a hundred days.
const DIGITS: usize = 13;

/// A line that says when it was written.
pub(super) fn line(sent: Duration) -> String {
    format!("Is the brown one with the long strap still there? sent={:0DIGITS$}", sent.as_micros())
}

/// When the line in this message was written, if it holds one. The text is near its end, whoever frames it.
fn sent(message: &[u8]) -> Option<Duration> {
    let at = message.windows(MARK.len()).rposition(|window| window == MARK)?;
    let digits = message.get(at + MARK.len()..)?.get(..DIGITS)?;
    std::str::from_utf8(digits).ok()?.parse().ok().map(Duration::from_micros)
}

/// What was heard.
#[derive(Debug, Default)]
pub(super) struct Ear {
    /// Lines, and how long each took.
    pub(super) lines: u64,
    pub(super) delay: Histogram,
    /// Other messages for everybody.
    pub(super) others: u64,
    /// Messages that say that lines were left out.
    pub(super) gaps: u64,
    /// Sockets that were let in.
    pub(super) welcomes: u64,
    /// Refusals and goodbyes, by their code.
    pub(super) refused: BTreeMap<String, u64>,
}

impl Ear {
    /// A message has come at `now`, on the clock of [`line`].
    pub(super) fn hear(&mut self, message: &[u8], now: Duration) {
        match kind(message) {
            b"event" | b"chat_send" => match sent(message) {
                Some(sent) => {
                    self.lines += 1;
                    self.delay.add(now.saturating_sub(sent));
                }
                None => self.others += 1,
            },
            b"reactions" | b"poll_tally" | b"presence" | b"stage" | b"guard" => self.others += 1,
            b"gap" => self.gaps += 1,
            b"welcome" => self.welcomes += 1,
            b"refused" | b"bye" => {
                let code = after(message, b"\"code\":\"").unwrap_or_default();
                *self.refused.entry(String::from_utf8_lossy(code).into_owned()).or_default() += 1;
            }
            _ => {}
        }
    }
}

/// What `{"type":"…"` says.
fn kind(message: &[u8]) -> &[u8] {
    let Some(rest) = message.strip_prefix(b"{\"type\":\"") else { return b"" };
    rest.split(|byte| *byte == b'"').next().unwrap_or_default()
}

/// What stands between `mark` and the next quotation mark.
fn after<'a>(message: &'a [u8], mark: &[u8]) -> Option<&'a [u8]> {
    let at = message.windows(mark.len()).position(|window| window == mark)?;
    message.get(at + mark.len()..)?.split(|byte| *byte == b'"').next()
}

#[cfg(test)]
mod tests;
