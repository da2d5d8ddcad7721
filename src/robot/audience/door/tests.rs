//! Locations in all their forms.

use super::*;

#[test]
fn a_location_may_be_a_url() {
    for location in ["/api/x/1", "http://127.0.0.1:8080/api/x/1"] {
        assert_eq!(path_of(location), "/api/x/1");
    }
    assert_eq!(path_of("http://127.0.0.1"), "/");
}
