//! Where a robot audience may go, and a link that carries sealed packets end to end.

use super::{here, slug_of};

#[test]
fn only_this_machine_is_loaded() {
    assert_eq!(
        here("http://127.0.0.1:8080/s/demo").unwrap(),
        ("127.0.0.1:8080".parse().unwrap(), "/s/demo".to_owned())
    );
    assert_eq!(here("http://localhost:80/").unwrap().1, "");
    for bad in
        ["http://192.0.2.1:8080/s/a", "http://example.org/s/a", "https://127.0.0.1/s/a", "ftp://x", "", "http://"]
    {
        assert!(here(bad).is_err(), "{bad}");
    }
}

#[test]
fn the_shows_name_is_in_its_address() {
    assert_eq!(slug_of("", "/s/demo").unwrap(), "demo");
    for bad in ["", "/", "/s/", "/s/a/b", "/studio"] {
        assert!(slug_of("", bad).is_err(), "{bad}");
    }
}
