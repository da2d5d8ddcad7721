//! When a rehearsal is over by itself.

use super::*;

#[test]
fn it_is_over_after_an_hour_or_some_minutes_after_its_show() {
    let began = clock::monotonic();
    let (after, until) = (|s: u64| began + Duration::from_secs(s), began + LONGEST);
    assert!(!is_over(after(3_599), until, None));
    assert!(is_over(after(3_600), until, None));
    assert!(!is_over(after(279), until, Some(after(100))), "there is time to look at what there was");
    assert!(is_over(after(280), until, Some(after(100))));
    assert!(is_over(after(3_600), until, Some(after(3_599))));
}
