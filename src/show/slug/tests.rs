//! Titles as shops write them.
use super::*;
use proptest::prelude::*;

#[test]
fn titles_are_spelled_in_ascii() {
    for (title, slug) in [
        ("Borse di cuoio", "borse-di-cuoio"),
        ("  L'ora del tè – più caffè!  ", "l-ora-del-te-piu-caffe"),
        ("Größe & Maß: Übergröße", "groesse-mass-uebergroesse"),
        ("Où est l’œuvre ? Ça va", "ou-est-l-oeuvre-ca-va"),
        ("Piñata año 2026", "pinata-ano-2026"),
        ("e\u{0300} qui", "e-qui"),
        ("革の鞄", "show"),
        ("革 24 鞄", "24"),
        ("---", "show"),
        ("", "show"),
        ("İstanbul", "istanbul"),
    ] {
        assert_eq!(from_title(title), slug, "{title}");
    }
}

#[test]
fn the_next_candidates_are_numbered() {
    let first: Vec<_> = candidates("Borse").take(3).collect();
    assert_eq!(first, ["borse", "borse-2", "borse-3"]);
    let long = "lunghissimo ".repeat(10);
    let tenth = candidates(&long).nth(9).expect("tenth");
    assert!(tenth.ends_with("-10") && tenth.len() <= MAX_SLUG_BYTES, "{tenth}");
}

#[test]
fn no_show_is_called_as_a_room_of_the_studio() {
    assert_eq!(from_title("Orders!"), "orders-show");
    assert_eq!(candidates("Products").nth(1).as_deref(), Some("products-show-2"));
    assert_eq!(from_title("Orders of the week"), "orders-of-the-week");
    // The studio's own list: whoever adds a room there must keep its name free here.
    let place = include_str!("../../../web/src/state/place.ts");
    let rooms = place.split_once("ROOMS = [").and_then(|(_, rest)| rest.split_once(']')).expect("the rooms").0;
    let rooms: Vec<_> =
        rooms.split(',').map(|room| room.trim().trim_matches('"')).filter(|room| !room.is_empty()).collect();
    assert!(rooms.len() >= 3, "{rooms:?}");
    for room in rooms {
        assert!(ROOMS.contains(&room), "{room} is a room of the studio: no show may be called so");
    }
}

proptest! {
    #[test]
    fn every_candidate_is_a_slug(title in any::<String>(), n in 0usize..1_000) {
        let slug = candidates(&title).nth(n).expect("a thousand");
        prop_assert!((1..=MAX_SLUG_BYTES).contains(&slug.len()));
        prop_assert!(slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
        prop_assert!(!slug.starts_with('-') && !slug.ends_with('-') && !slug.contains("--"));
    }
}
