//! Stages fed from outside: nobody sits behind them.
use super::*;
use crate::show::command::Feed;

/// The session under which a feed comes; it has no seat.
const FEED: u128 = 50;

fn fed(core: &mut ShowCore, peer: PeerId, session: u128) -> Vec<Effect> {
    core.feed(Feed { session: id(session), video: true, audio: false });
    let mut effects = core.media(MediaNotice::PublisherChanged { peer, session: id(session) });
    effects.extend(core.media(MediaNotice::Flowing { peer }));
    effects.extend(core.follow_feed(NOW));
    effects
}

#[test]
fn a_feed_says_what_it_shows_and_starts_the_show() {
    for status in [ShowStatus::Draft, ShowStatus::Scheduled] {
        let mut core = company(status);
        let effects = fed(&mut core, id(101), FEED);
        assert_eq!(on_air(&effects), [OnAir::Off, OnAir::Live], "first what it is, then that it flows");
        assert_eq!(
            core.state().stage,
            Stage { on_air: OnAir::Live, video: true, audio: false, source: Source::Camera }
        );
        assert_eq!(core.status(), ShowStatus::Live);
        assert!(effects.iter().any(|e| matches!(e, Effect::Event(logged) if logged.event == ShowEvent::Started)));
        assert!(core.is_fed() && core.follow_feed(NOW).is_empty(), "it starts once");
    }
}

#[test]
fn a_publisher_with_a_seat_starts_nothing() {
    let mut core = company(ShowStatus::Draft);
    core.media(MediaNotice::PublisherChanged { peer: id(101), session: id(1) });
    core.media(MediaNotice::Flowing { peer: id(101) });
    assert!(core.follow_feed(NOW).is_empty() && !core.is_fed());
    assert_eq!(core.status(), ShowStatus::Draft);
}

#[test]
fn a_feed_that_ends_on_purpose_is_not_waited_for() {
    let mut core = company(ShowStatus::Draft);
    let (peer, other): (PeerId, PeerId) = (id(101), id(102));
    let down = |peer, session, reason| MediaNotice::PeerDown { session: id(session), peer, publisher: true, reason };
    fed(&mut core, peer, FEED);
    assert!(core.unfeed(id(99)).is_empty(), "not on stage");
    assert_eq!(on_air(&core.unfeed(id(FEED))), [OnAir::Off]);
    assert!(core.media(down(peer, FEED, PeerEnd::Closed)).is_empty());
    assert!(!core.is_fed());

    fed(&mut core, other, FEED + 1);
    assert_eq!(on_air(&core.media(down(other, FEED + 1, PeerEnd::Timeout))), [OnAir::Reconnecting], "it may come back");
    assert!(!core.is_fed());
}

#[test]
fn an_ended_show_takes_no_feed() {
    let mut core = company(ShowStatus::Live);
    fed(&mut core, id(101), FEED);
    ask(&mut core, 1, Command::End).expect("end");
    assert!(fed(&mut core, id(102), FEED + 1).is_empty() && !core.is_fed());
    assert_eq!(core.status(), ShowStatus::Ended);
}

#[test]
fn announced_feeds_are_bounded() {
    let mut core = company(ShowStatus::Draft);
    for session in 0..100 {
        core.feed(Feed { session: id(200 + session), video: true, audio: true });
    }
    core.media(MediaNotice::PublisherChanged { peer: id(101), session: id(299) });
    assert!(core.is_fed());
}
