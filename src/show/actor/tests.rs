//! The whole shell on a real store: what was answered is there after a crash, and many lines are few transactions.
use crate::show::core::Draft;
use crate::show::{Command, Join, MediaNotice, Next, Outbox, ShowHandle, ShowNotice, Shows};
use crate::store::{NewShow, ShowRows, Store};
use quiora_signaling::{
    CatchUp, Logged, MemberId, MessageId, OnAir, PeerEnd, RefusalCode, Resume, Role, ServerMessage, SessionId,
    ShowEvent, ShowStatus, Welcome,
};
use std::time::Duration;
use tokio::sync::mpsc;

const PATIENCE: Duration = Duration::from_secs(20);

fn id<T: From<uuid::Uuid>>() -> T {
    crate::clock::uuid().into()
}

struct House {
    /// Removed when dropped.
    dir: tempfile::TempDir,
    store: Store,
    shows: Shows,
    notices: mpsc::Receiver<ShowNotice>,
}

async fn house(idle_timeout: Duration) -> House {
    let dir = tempfile::tempdir().expect("dir");
    let store = Store::open(dir.path(), None).await.expect("open");
    store.create_shop("Bottega", 1).await.expect("shop");
    let new = NewShow { slug: "borse".into(), title: "Borse".into(), scheduled_at_ms: None };
    store.create_show(new, 1).await.expect("show");
    let (notices, receiver) = mpsc::channel(4);
    let shows = Shows::here(store.clone(), notices, idle_timeout);
    House { dir, store, shows, notices: receiver }
}

fn say(message: MessageId, text: &str) -> Command {
    Command::Chat(Draft { message, text: text.into(), reply_to: None, mentions: Vec::new() })
}

/// A page, as far as the show can tell.
struct Page {
    handle: ShowHandle,
    session: SessionId,
    member: MemberId,
    outbox: Outbox,
}

impl Page {
    async fn open(handle: &ShowHandle, role: Role, member: MemberId, after_seq: Option<u64>) -> (Self, Welcome) {
        let (session, outbox) = (id(), Outbox::new());
        let join = Join {
            session,
            member,
            role,
            nickname: None,
            resume: after_seq.map(|after_seq| Resume { after_seq }),
            request: 1,
            token: "fresh".into(),
            media: None,
            address: None,
            remote: false,
            outbox: outbox.clone(),
        };
        handle.join(join).await;
        let page = Self { handle: handle.clone(), session, member, outbox };
        match page.next().await {
            Ok(ServerMessage::Welcome(welcome)) => (page, *welcome),
            other => unreachable!("no welcome: {other:?}"),
        }
    }

    async fn next(&self) -> Result<ServerMessage, RefusalCode> {
        match tokio::time::timeout(PATIENCE, self.outbox.next()).await.expect("an answer in time") {
            Next::Frame(frame) => Ok(serde_json::from_str(frame.as_str()).expect("protocol")),
            Next::Closed(code) => Err(code),
        }
    }

    /// Asks and waits for the answer; `Err` is a refusal or the goodbye.
    async fn ask(&self, command: Command) -> Result<Option<u64>, RefusalCode> {
        self.handle.request(self.session, 2, command).await;
        loop {
            match self.next().await? {
                ServerMessage::Done { id: 2, seq } => return Ok(seq),
                ServerMessage::Refused(refused) => return Err(refused.code),
                _ => {}
            }
        }
    }

    async fn say(&self, text: &str) -> Result<Option<u64>, RefusalCode> {
        self.ask(say(id(), text)).await
    }
}

fn lines(catch_up: &CatchUp) -> Vec<(u64, &str)> {
    let (CatchUp::Snapshot { chat: events, .. } | CatchUp::Delta { events, .. }) = catch_up;
    let line = |logged: &'_ Logged| logged.seq;
    events
        .iter()
        .filter_map(|e| if let ShowEvent::Chat(l) = &e.event { Some((line(e), l.text.as_str())) } else { None })
        .collect()
}

#[tokio::test]
async fn an_answered_line_survives_and_a_resume_has_no_gap() {
    let house = house(Duration::from_secs(60)).await;
    let handle = house.shows.get("borse").await.expect("show");
    let (host, welcome) = Page::open(&handle, Role::Host, id(), None).await;
    assert_eq!((welcome.id, welcome.token.as_str(), welcome.you.nickname.as_deref()), (1, "fresh", Some("Bottega")));
    assert_eq!(host.ask(Command::Start).await, Ok(Some(1)));
    assert_eq!(host.say("benvenuti").await, Ok(Some(2)));
    let (ada, _) = Page::open(&handle, Role::Viewer, id(), None).await;
    assert_eq!(ada.say("ciao").await, Err(RefusalCode::NicknameRequired));
    assert_eq!(ada.ask(Command::Rename("Ada".into())).await, Ok(None));
    let message: MessageId = id();
    let line = say(message, "ciao");
    assert_eq!(ada.ask(line.clone()).await, Ok(Some(3)));
    assert_eq!(house.store.last_seq(handle.show()).await.expect("seq"), 3, "answered, so stored");

    // Behind the actor's back the log grows: its next commit must fail, and it must not carry on.
    let foreign = house.store.log_after(handle.show(), 2, 1).await.expect("log");
    let foreign = [Logged { seq: 4, ..foreign[0].clone() }];
    house.store.commit(handle.show(), &foreign, None, &[], &ShowRows::default()).await.expect("commit");
    assert_eq!(host.say("lost").await, Err(RefusalCode::ShowRestarted));
    let goodbye = loop {
        if let Err(code) = ada.next().await {
            break code;
        }
    };
    assert_eq!(goodbye, RefusalCode::ShowRestarted);

    let handle = house.shows.get("borse").await.expect("show, loaded again");
    let (ada, welcome) = Page::open(&handle, Role::Viewer, ada.member, Some(2)).await;
    assert_eq!(lines(&welcome.catch_up), [(3, "ciao"), (4, "ciao")]);
    assert_eq!(welcome.you.nickname.as_deref(), Some("Ada"));
    assert_eq!((welcome.show.status, welcome.show.stage.on_air), (ShowStatus::Live, OnAir::Reconnecting));
    assert_eq!(ada.ask(line).await, Ok(Some(4)), "the newest line of this id; no other is written");
    assert_eq!(ada.say("di nuovo").await, Ok(Some(5)));
}

#[tokio::test]
async fn a_restarted_server_goes_on_where_it_was() {
    let house = house(Duration::from_secs(60)).await;
    let handle = house.shows.get("borse").await.expect("show");
    let (host, _) = Page::open(&handle, Role::Host, id(), None).await;
    host.ask(Command::Start).await.expect("start");
    for n in 0..5 {
        host.say(&format!("line {n}")).await.expect("chat");
    }
    house.shows.stop().await;
    assert_eq!(house.shows.open(handle.show()).await.err(), Some(RefusalCode::ServerStopping));
    house.store.close().await;

    let store = Store::open(house.dir.path(), None).await.expect("reopen");
    let (notices, _receiver) = mpsc::channel(1);
    let shows = Shows::start(store, notices).expect("threads");
    let handle = shows.get("borse").await.expect("show");
    let (host, welcome) = Page::open(&handle, Role::Host, host.member, Some(4)).await;
    assert_eq!(lines(&welcome.catch_up), [(5, "line 3"), (6, "line 4")]);
    assert_eq!(host.say("back").await, Ok(Some(7)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_lines_at_once_are_few_transactions() {
    let house = house(Duration::from_secs(60)).await;
    let handle = house.shows.get("borse").await.expect("show");
    let (watcher, welcome) = Page::open(&handle, Role::Viewer, id(), None).await;
    assert!(lines(&welcome.catch_up).is_empty());
    let mut pages = Vec::new();
    for _ in 0..100 {
        pages.push(Page::open(&handle, Role::Host, id(), None).await.0);
    }
    let before = house.store.commits();
    let asking: Vec<_> =
        pages.into_iter().map(|page| tokio::spawn(async move { page.say("all at once").await })).collect();
    let mut answers = Vec::new();
    for asked in asking {
        answers.push(asked.await.expect("task").expect("done").expect("seq"));
    }
    answers.sort_unstable();
    assert_eq!(answers, (1..=100).collect::<Vec<_>>());
    let commits = house.store.commits() - before;
    assert!(commits <= 40, "{commits} transactions for 100 lines");

    let mut heard = Vec::new();
    while heard.len() < 100 {
        if let ServerMessage::Event(logged) = watcher.next().await.expect("open") {
            heard.push(logged.seq);
        }
    }
    assert_eq!(heard, answers);
}

#[tokio::test]
async fn the_end_is_told_to_all_and_to_the_application() {
    let mut house = house(Duration::from_secs(60)).await;
    let handle = house.shows.get("borse").await.expect("show");
    let (host, _) = Page::open(&handle, Role::Host, id(), None).await;
    let (ada, _) = Page::open(&handle, Role::Viewer, id(), None).await;
    assert_eq!(handle.check(Role::Host, crate::show::Action::Publish), Ok(()));
    host.ask(Command::Start).await.expect("start");
    assert_eq!(ada.ask(Command::End).await, Err(RefusalCode::NotAllowed));
    host.ask(Command::End).await.expect("end");
    assert_eq!(
        house.notices.recv().await,
        Some(ShowNotice::Loaded { show: handle.show(), shop: handle.shop(), pinned: None })
    );
    assert_eq!(house.notices.recv().await, Some(ShowNotice::Ended(handle.show())));
    assert_eq!(handle.check(Role::Host, crate::show::Action::Publish), Err(RefusalCode::ShowEnded));
    let ended = loop {
        if let ServerMessage::Event(logged) = ada.next().await.expect("open")
            && logged.event == ShowEvent::Ended
        {
            break logged.seq;
        }
    };
    assert_eq!(ended, 2);
    let row = house.store.show(handle.show()).await.expect("read").expect("row");
    assert_eq!((row.status, row.ended_at_ms.is_some()), (ShowStatus::Ended, true));
}

#[tokio::test]
async fn media_reaches_the_stage_and_the_session_it_concerns() {
    let house = house(Duration::from_secs(60)).await;
    let handle = house.shows.get("borse").await.expect("show");
    let (host, _) = Page::open(&handle, Role::Host, id(), None).await;
    let peer = id();
    handle.media(MediaNotice::PublisherChanged { peer, session: host.session }).await;
    handle.media(MediaNotice::Flowing { peer }).await;
    assert!(matches!(host.next().await, Ok(ServerMessage::Stage(stage)) if stage.on_air == OnAir::Live));
    let reason = PeerEnd::Timeout;
    handle.media(MediaNotice::PeerDown { session: host.session, peer, publisher: true, reason }).await;
    assert!(matches!(host.next().await, Ok(ServerMessage::Stage(stage)) if stage.on_air == OnAir::Off));
    assert_eq!(host.next().await, Ok(ServerMessage::PeerClosed { peer, reason }));
}

#[tokio::test]
async fn one_show_is_loaded_once_and_unloaded_when_nobody_is_there() {
    let house = house(Duration::from_millis(60)).await;
    assert!(house.shows.get("no-such").await.is_none());
    assert_eq!(house.shows.open(id()).await.err(), Some(RefusalCode::ShowNotFound));
    let (a, b) = tokio::join!(house.shows.get("borse"), house.shows.get("borse"));
    let (a, b) = (a.expect("show"), b.expect("show"));
    assert!(a.mailbox.same_channel(&b.mailbox));

    let (page, _) = Page::open(&a, Role::Viewer, id(), None).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(house.shows.loaded(), 1, "somebody is there");
    a.leave(page.session).await;
    tokio::time::timeout(PATIENCE, a.mailbox.closed()).await.expect("unloaded");
    assert_eq!(house.shows.loaded(), 0);

    // Who knocks at the old door is told to come again, and the new one opens.
    let outbox = Outbox::new();
    let join = Join {
        session: id(),
        member: id(),
        role: Role::Viewer,
        nickname: None,
        resume: None,
        request: 1,
        token: String::new(),
        media: None,
        address: None,
        remote: false,
        outbox: outbox.clone(),
    };
    a.join(join).await;
    assert_eq!(outbox.next().await, Next::Closed(RefusalCode::ShowRestarted));
    let again = house.shows.by_id(a.show()).await.expect("show");
    Page::open(&again, Role::Viewer, id(), None).await;
}

#[tokio::test]
async fn a_session_that_vanished_without_leaving_is_found_out() {
    let house = house(Duration::from_millis(60)).await;
    let handle = house.shows.get("borse").await.expect("show");
    let (page, _) = Page::open(&handle, Role::Viewer, id(), None).await;
    drop(page);
    tokio::time::timeout(PATIENCE, handle.mailbox.closed()).await.expect("nobody was there");
}

#[tokio::test]
async fn stopping_saves_what_was_asked_and_says_goodbye() {
    let house = house(Duration::from_secs(60)).await;
    let handle = house.shows.get("borse").await.expect("show");
    let (host, _) = Page::open(&handle, Role::Host, id(), None).await;
    let line = say(id(), "last words");
    handle.request(host.session, 7, line).await;
    house.shows.stop().await;
    let mut said = Vec::new();
    let goodbye = loop {
        match host.next().await {
            Ok(message) => said.push(message),
            Err(code) => break code,
        }
    };
    assert_eq!(goodbye, RefusalCode::ServerStopping);
    assert!(said.contains(&ServerMessage::Done { id: 7, seq: Some(1) }));
    assert_eq!(house.store.last_seq(handle.show()).await.expect("seq"), 1);
    assert_eq!(house.shows.loaded(), 0);
}
