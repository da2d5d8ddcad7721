//! What players' sizes ask for, and when a publisher is told.
use super::*;

#[test]
fn small_players_have_use_for_small_pictures() {
    assert_eq!([180, 240, 241, 480, 481, 2_160].map(|h| limit(h).0), [0, 0, 1, 1, 255, 255]);
}

#[test]
fn more_is_told_at_once_and_less_when_it_lasts() {
    let (now, mut demand) = (crate::clock::monotonic(), Demand::new(3));
    assert_eq!(demand.poll(now, 255), None, "all of them is how it begins");
    assert_eq!(demand.poll(now, 1), None);
    assert_eq!(demand.poll(now + PATIENCE / 2, 3), None);
    assert_eq!(demand.poll(now + PATIENCE, 1), None, "somebody had use for it meanwhile");
    assert_eq!(demand.poll(now + PATIENCE * 2, 0), Some(1));
    assert_eq!(demand.poll(now + PATIENCE * 2, 2), Some(2));
}
