//! The word filter: whole words, whatever is done to hide them.
//!
//! A text and the words of the list are folded alike: compatibility forms (NFKC), case, accents, look-alike digits and signs
//! ("leet"), letters said too often, letters with something between them. What remains is compared word by word, so that an
//! honest word that contains another one passes. A number is a number: digits are letters only beside letters.
//!
//! It makes mistakes both ways, and no list is complete; staff has the last word.

use quiora_signaling::{FilterSettings, Language, OnMatch};
use std::collections::HashSet;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Words to begin with; short lists of our own, one word a line.
const ITALIAN: &str = include_str!("filter/it.txt");
const ENGLISH: &str = include_str!("filter/en.txt");

/// Single letters in a row that are read as one word.
const MIN_SPACED: usize = 3;

/// A shop's filter, ready to be asked.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    words: HashSet<String>,
    on_match: OnMatch,
}

impl Filter {
    /// The starter lists of the languages and the shop's own words, without those that it allows.
    #[must_use]
    pub fn new(settings: &FilterSettings) -> Self {
        let list = |language: &Language| match language {
            Language::It => ITALIAN,
            Language::En => ENGLISH,
        };
        let starters = settings.languages.iter().flat_map(|language| list(language).lines());
        let mut words: HashSet<_> = starters.chain(settings.words.iter().map(String::as_str)).map(plain).collect();
        for allowed in &settings.allowed {
            words.remove(&plain(allowed));
        }
        words.remove("");
        Self { words, on_match: settings.on_match }
    }

    /// What becomes of a line that has one of the words.
    pub(super) const fn on_match(&self) -> OnMatch {
        self.on_match
    }

    /// Whether `text` has one of the words.
    #[must_use]
    pub fn hits(&self, text: &str) -> bool {
        if self.words.is_empty() {
            return false;
        }
        let folded = fold(text);
        let mut spaced = String::new();
        for token in folded.split(|c: char| !c.is_alphanumeric() && !is_sign(c)).filter(|token| !token.is_empty()) {
            if token.chars().count() == 1 {
                spaced.push_str(token);
                continue;
            }
            if self.spelled(&spaced) || self.is_bad(token) {
                return true;
            }
            spaced.clear();
        }
        self.spelled(&spaced)
    }

    fn spelled(&self, spaced: &str) -> bool {
        spaced.chars().count() >= MIN_SPACED
            && spaced.chars().any(char::is_alphabetic)
            && self.knows(&spaced.chars().map(letter).collect::<String>())
    }

    fn is_bad(&self, token: &str) -> bool {
        if !token.chars().any(char::is_alphabetic) {
            return false;
        }
        let leet: String = token.chars().map(letter).collect();
        let bare = token.trim_matches(is_sign);
        let unsigned: String = bare.chars().map(letter).collect();
        // "word!!!": signs at the ends are punctuation; "w@rd" and "wor$": they are letters.
        [token, leet.as_str(), bare, unsigned.as_str()].into_iter().any(|form| self.knows(form))
            || bare.split(is_sign).filter(|part| part.chars().count() > 1).any(|part| self.knows(part))
    }

    /// As it stands, and with letters that are said more than twice said twice or once.
    fn knows(&self, word: &str) -> bool {
        self.words.contains(word)
            || self.words.contains(&repeated(word, 2))
            || (repeated(word, 2) != word && self.words.contains(&repeated(word, 1)))
    }
}

/// A word of a list, as it is compared.
fn plain(word: &str) -> String {
    fold(word.trim()).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Compatibility forms, case and accents away.
fn fold(text: &str) -> String {
    let shown = |c: &char| !is_combining_mark(*c) && !is_unseen(*c);
    text.nfkc().flat_map(char::to_lowercase).nfd().filter(shown).collect()
}

/// Joiners and fillers: nobody sees them, so to whoever reads they part no word and make no name another.
pub(super) const fn is_unseen(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}' | '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' | '\u{2800}')
}

/// Signs that pass for letters.
const fn is_sign(c: char) -> bool {
    matches!(c, '@' | '$' | '€' | '!' | '|' | '*')
}

/// The letter that a digit or sign passes for.
const fn letter(c: char) -> char {
    match c {
        '0' => 'o',
        '1' | '!' | '|' => 'i',
        '3' | '€' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        '8' => 'b',
        other => other,
    }
}

/// Letters that follow themselves more than twice follow themselves `times` at most.
fn repeated(word: &str, times: usize) -> String {
    let chars: Vec<char> = word.chars().collect();
    let mut out = String::with_capacity(word.len());
    for run in chars.chunk_by(|a, b| a == b) {
        let kept = if run.len() > 2 { times } else { run.len() };
        out.extend(run.iter().take(kept));
    }
    out
}

#[cfg(test)]
mod tests;
