//! From a title to a show's name in links: readable, ASCII, short. Pure; whether a slug is free only the store knows,
//! so this gives candidates in order and the caller takes the first that is.

use quiora_signaling::limits::MAX_SLUG_BYTES;

/// For a title without a single letter that can be spelled in ASCII (a Japanese one, say).
const FALLBACK: &str = "show";

/// What the studio calls its own rooms, beside which it finds a show (`/studio/{slug}`): those there are, and those that
/// a shop will sooner or later ask for.
const ROOMS: [&str; 17] = [
    "shows",
    "products",
    "orders",
    "settings",
    "shop",
    "connections",
    "webhooks",
    "mail",
    "messages",
    "notices",
    "payments",
    "staff",
    "buyers",
    "reports",
    "help",
    "login",
    "setup",
];

/// How many candidates there are. A shop with a thousand shows of one title can name the next one otherwise.
const MAX_CANDIDATES: u32 = 1_000;

/// `borse-di-cuoio`, then `borse-di-cuoio-2`, `borse-di-cuoio-3` … Each is `[a-z0-9-]`, 1 to 64 bytes, with no hyphen at
/// either end and no two in a row.
pub fn candidates(title: &str) -> impl Iterator<Item = String> + use<> {
    let base = from_title(title);
    (1..=MAX_CANDIDATES).map(move |n| if n == 1 { base.clone() } else { numbered(&base, n) })
}

/// The slug that a title asks for.
#[must_use]
pub fn from_title(title: &str) -> String {
    let mut slug = String::new();
    let mut gap = false;
    for c in title.chars().flat_map(char::to_lowercase) {
        let Some(spelling) = spell(c) else {
            // A combining mark belongs to the letter before it; everything else separates.
            gap |= !matches!(c, '\u{0300}'..='\u{036F}');
            continue;
        };
        let hyphen = usize::from(gap && !slug.is_empty());
        if slug.len() + hyphen + spelling.len() > MAX_SLUG_BYTES {
            break;
        }
        if hyphen == 1 {
            slug.push('-');
        }
        slug.push_str(spelling);
        gap = false;
    }
    if slug.is_empty() {
        return FALLBACK.to_owned();
    }
    // `orders` would be a show that nobody gets into.
    if ROOMS.contains(&slug.as_str()) { format!("{slug}-{FALLBACK}") } else { slug }
}

/// `base` with `-n` at its end, cut to fit.
fn numbered(base: &str, n: u32) -> String {
    let suffix = format!("-{n}");
    let room = MAX_SLUG_BYTES.saturating_sub(suffix.len());
    let cut: String = base.chars().take(room).collect();
    format!("{}{suffix}", cut.trim_end_matches('-'))
}

/// A lower-case letter or digit in ASCII, as Italian, German, French, Spanish and their neighbours would spell it.
fn spell(c: char) -> Option<&'static str> {
    const ASCII: &str = "0123456789abcdefghijklmnopqrstuvwxyz";
    if let Some(at) = ASCII.find(c) {
        return ASCII.get(at..=at);
    }
    Some(match c {
        'ä' | 'æ' => "ae",
        'ö' | 'œ' => "oe",
        'ü' => "ue",
        'ß' => "ss",
        'à' | 'á' | 'â' | 'ã' | 'å' | 'ā' | 'ă' | 'ą' => "a",
        'ç' | 'ć' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ė' | 'ę' | 'ě' => "e",
        'ğ' => "g",
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'ı' => "i",
        'ł' | 'ľ' => "l",
        'ñ' | 'ń' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ø' | 'ō' | 'ő' => "o",
        'ř' => "r",
        'ś' | 'š' | 'ş' | 'ș' => "s",
        'ť' | 'ţ' | 'ț' => "t",
        'þ' => "th",
        'ù' | 'ú' | 'û' | 'ů' | 'ū' | 'ű' => "u",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
