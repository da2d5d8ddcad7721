//! When two names look the same. Viewers trust a line because of the name beside it, so nobody may look like the host.

use super::filter::is_unseen;
use unicode_normalization::UnicodeNormalization;

/// What is left of a name when the ways to fake it are taken away: compatibility forms (NFKC: full-width, bold, script),
/// case, accents, spaces, punctuation, what nobody sees, and the Cyrillic, Greek and digit look-alikes of Latin letters. Names with equal skeletons can pass for each
/// other; a name without letters or digits is its own skeleton.
///
/// Simple on purpose: the full table of Unicode TS 39 would refuse honest names of other scripts for little gain.
pub(super) fn skeleton(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for c in name.nfkc().flat_map(char::to_lowercase).filter(|c| !is_unseen(*c)) {
        fold(c, &mut folded);
    }
    if folded.is_empty() { name.to_lowercase() } else { folded }
}

fn fold(c: char, out: &mut String) {
    let folded = match c {
        'i' | 'ì' | 'í' | 'î' | 'ï' | 'ı' | 'l' | '1' | '|' | '!' | 'і' | 'ї' | 'ι' | 'ӏ' | 'ł' => 'l',
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ą' | 'а' | 'α' | '4' | '@' => 'a',
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ę' | 'ě' | 'е' | 'ё' | 'ε' | '3' | '€' => 'e',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ő' | 'о' | 'ο' | 'σ' | '0' => 'o',
        'ù' | 'ú' | 'û' | 'ü' | 'ū' | 'ű' | 'υ' | 'μ' => 'u',
        'ç' | 'ć' | 'č' | 'с' | 'ϲ' => 'c',
        'ñ' | 'ń' | 'ň' | 'п' | 'η' => 'n',
        'ý' | 'ÿ' | 'у' | 'γ' => 'y',
        'ś' | 'š' | 'ş' | 'ѕ' | '5' | '$' => 's',
        'ź' | 'ż' | 'ž' => 'z',
        'р' | 'ρ' => 'p',
        'х' | 'χ' => 'x',
        'к' | 'κ' => 'k',
        'м' => 'm',
        'т' | 'τ' | '7' => 't',
        'н' | 'һ' => 'h',
        'в' | 'β' => 'b',
        'ν' => 'v',
        'ј' => 'j',
        'ԁ' => 'd',
        'ԛ' => 'q',
        'ԝ' | 'ω' => 'w',
        '\u{0300}'..='\u{036F}' => return,
        _ if c.is_alphanumeric() => c,
        _ => return,
    };
    out.push(folded);
}
