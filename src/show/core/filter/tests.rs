//! What the filter sees through, and what it lets through.
use super::*;
use proptest::prelude::*;

fn filter(words: &[&str], allowed: &[&str]) -> Filter {
    let list = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    Filter::new(&FilterSettings {
        languages: Vec::new(),
        words: list(words),
        allowed: list(allowed),
        on_match: OnMatch::Refuse,
    })
}

#[test]
fn whatever_is_done_to_a_word_it_is_found() {
    let filter = filter(&["Stronzo", "bass"], &[]);
    for text in [
        "stronzo",
        "che STRONZO!!!",
        "strónzo",
        "str0nz0",
        "$tr0nzo",
        "stronz@ no, stronzo sì",
        "ｓｔｒｏｎｚｏ",
        "s t r o n z o",
        "s.t.r.o.n.z.o",
        "s-t-r-o-n-z-o",
        "strooooonzo",
        "(stronzo)",
        "b4$$",
        "baaass",
        "*stronzo*",
        "str\u{200C}onzo",
        "str\u{200D}on\u{3164}zo",
    ] {
        assert!(filter.hits(text), "{text}");
    }
}

#[test]
fn honest_words_pass() {
    let filter = filter(&["stronzo", "ass", "bass"], &[]);
    for text in [
        "",
        "Massa Marittima",
        "stronzio è un elemento",
        "455 €",
        "45 55",
        "4 5 5",
        "class action",
        "a s",
        "as a rule",
        "ciao!!!",
        "革",
    ] {
        assert!(!filter.hits(text), "{text}");
    }
}

#[test]
fn the_shop_has_the_last_word_on_the_lists() {
    let both = FilterSettings::default();
    assert!(Filter::new(&both).hits("what a moron") && Filter::new(&both).hits("sei un coglione"));
    let without = FilterSettings { allowed: vec!["Moron".into()], ..FilterSettings::default() };
    assert!(!Filter::new(&without).hits("what a moron"));
    let italian = FilterSettings { languages: vec![Language::It], ..FilterSettings::default() };
    assert!(!Filter::new(&italian).hits("what a moron"));
    assert!(!Filter::default().hits("what a moron"), "no list, no filter");
}

#[test]
fn the_starter_lists_are_lists_of_words() {
    for list in [ITALIAN, ENGLISH] {
        let words: Vec<_> = list.lines().collect();
        assert!(words.len() > 30 && words.is_sorted());
        assert!(words.iter().all(|word| word.len() > 2 && word.bytes().all(|b| b.is_ascii_lowercase())));
    }
}

proptest! {
    #[test]
    fn any_text_is_borne(text in any::<String>()) {
        let filter = Filter::new(&FilterSettings::default());
        let _ = filter.hits(&text);
    }

    #[test]
    fn case_and_punctuation_around_it_do_not_hide_a_word(before in "[ .,;:!?()]{0,4}", after in "[ .,;:!?()]{0,4}", upper in any::<bool>()) {
        let word = if upper { "VAFFANCULO" } else { "vaffanculo" };
        let text = format!("{before}{word}{after}");
        prop_assert!(Filter::new(&FilterSettings::default()).hits(&text));
    }
}
