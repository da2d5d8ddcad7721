//! What people type, and what people paste to cause trouble.
use super::*;
use proptest::prelude::*;

#[test]
fn trims_and_folds_white_space() {
    assert_eq!(clean_line("  ciao \t\n  bella  ", 20), Ok("ciao bella".into()));
}

#[test]
fn keeps_emoji_families_and_scripts() {
    for s in ["👩‍👩‍👧", "❤️", "می‌خواهم", "革の鞄", "è così"] {
        assert_eq!(clean_line(s, 20).as_deref(), Ok(s));
    }
}

#[test]
fn refuses_the_empty_and_the_invisible() {
    for s in ["", "   ", "\u{200B}", "\u{202E}\u{2066}", "\u{200D}", "\u{3164}", "\0\n"] {
        assert_eq!(clean_line(s, 20), Err(TextFault::Empty), "{s:?}");
    }
}

#[test]
fn counts_scalar_values_not_bytes() {
    assert!(clean_line(&"ä".repeat(20), 20).is_ok());
    assert_eq!(clean_line(&"ä".repeat(21), 20), Err(TextFault::TooLong));
}

proptest! {
    #[test]
    fn is_total_bounded_and_idempotent(s in any::<String>(), max in 1usize..60) {
        if let Ok(line) = clean_line(&s, max) {
            prop_assert!(line.chars().count() <= max);
            prop_assert!(!line.contains(char::is_control));
            prop_assert_eq!(clean_line(&line, max), Ok(line));
        }
    }
}
