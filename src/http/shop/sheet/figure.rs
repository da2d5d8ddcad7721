//! Numbers as people write them in a spreadsheet, and as one of their language would.

use quiora_signaling::Language;

/// `189`, `189,5`, `1.189,50`, `1,189.50`, `€ 189` in units of which `digits` make up the part behind the sign; `None` if
/// it is no such number. Three digits behind a single sign are thousands, unless the currency has three.
pub(super) fn read(text: &str, digits: usize) -> Option<u64> {
    let tight: String = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '\'' | '’')).collect();
    let bare = tight.trim_matches(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ',' | '-'));
    let (whole, part) = match bare.rfind(['.', ',']) {
        Some(at) if bare.len() - at != 4 || digits == 3 => (bare.get(..at)?, bare.get(at + 1..)?),
        _ => (bare, "0"),
    };
    let numeric = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !numeric(part) || (part != "0" && part.len() > digits) {
        return None;
    }
    let mut groups = whole.split(['.', ',']);
    let first = groups.next().filter(|first| numeric(first))?;
    let rest: Vec<&str> = groups.collect();
    let grouped = first.len() <= 3 && rest.iter().all(|group| numeric(group) && group.len() == 3);
    // What parts thousands is one sign, and not the one before the part.
    let signs = |sign| whole.contains(sign);
    let mixed =
        (signs('.') && signs(',')) || bare.get(whole.len()..).is_some_and(|end| end.chars().next().is_some_and(signs));
    if !rest.is_empty() && (!grouped || mixed) {
        return None;
    }
    format!("{first}{}{part:0<digits$}", rest.concat(), part = if digits == 0 { "" } else { part }).parse().ok()
}

/// `189,00` for an Italian, `189.00` for others.
pub(super) fn write(value: u64, digits: usize, language: Language) -> String {
    let unit = 10_u64.pow(u32::try_from(digits).unwrap_or(0));
    let sign = if language == Language::It { ',' } else { '.' };
    match digits {
        0 => value.to_string(),
        _ => format!("{}{sign}{:0digits$}", value / unit, value % unit),
    }
}
