//! The store on real files: what it promises to keep, it finds again.
use super::*;
use quiora_signaling::{ChatLine, HeldLine, HeldReason, Logged, MemberId, MessageId, Role, ShowEvent, ShowStatus};
use std::path::Path;

const NOW: u64 = 1_700_000_000_000;

async fn open(dir: &Path) -> Store {
    Store::open(dir, None).await.expect("open")
}

async fn with_shop(dir: &Path) -> Store {
    let store = open(dir).await;
    store.create_shop("Bottega", NOW).await.expect("shop");
    store
}

async fn new_show(store: &Store, slug: &str) -> ShowRow {
    let new = NewShow { slug: slug.into(), title: "Borse di cuoio".into(), scheduled_at_ms: None };
    store.create_show(new, NOW).await.expect("show")
}

fn id<T: From<uuid::Uuid>>() -> T {
    crate::clock::uuid().into()
}

fn chat(seq: u64, member: MemberId, message: MessageId, text: &str) -> Logged {
    let (nickname, text) = ("Ada".into(), text.into());
    let line = ChatLine { message, member, nickname, role: Role::Viewer, text, reply_to: None, mentions: Vec::new() };
    let event = ShowEvent::Chat(line.into());
    Logged { seq, at_ms: NOW + seq, event }
}

#[tokio::test]
async fn a_database_has_one_shop() {
    let dir = tempfile::tempdir().expect("dir");
    let store = open(dir.path()).await;
    assert_eq!(store.shop().await.expect("shop"), None);
    let no_shop = store.create_show(NewShow { slug: "a".into(), title: "A".into(), scheduled_at_ms: None }, NOW).await;
    assert!(matches!(no_shop, Err(StoreError::NoShop)));
    assert!(matches!(store.web_session_create([1; 32], NOW).await, Err(StoreError::NoShop)));

    let shop = store.create_shop("  Bottega   Ötzi ", NOW).await.expect("shop");
    assert_eq!(shop.name, "Bottega Ötzi");
    assert_eq!(store.shop().await.expect("shop"), Some(shop.clone()));
    assert!(matches!(store.create_shop("Other", NOW).await, Err(StoreError::ShopExists)));
    store.rename_shop(shop.id, "Pelle").await.expect("rename");
    assert_eq!(store.shop().await.expect("shop").map(|s| s.name), Some("Pelle".into()));
    assert!(matches!(store.rename_shop(shop.id, " ").await, Err(StoreError::OutOfBounds(_))));
    assert!(matches!(store.rename_shop(id(), "X").await, Err(StoreError::NoShop)));
}

#[tokio::test]
async fn a_slug_is_taken_once() {
    let dir = tempfile::tempdir().expect("dir");
    let store = with_shop(dir.path()).await;
    let show = new_show(&store, "borse").await;
    assert_eq!((show.status, show.shop_name.as_str()), (ShowStatus::Draft, "Bottega"));
    let again = NewShow { slug: "borse".into(), title: "Altro".into(), scheduled_at_ms: Some(NOW) };
    assert!(matches!(store.create_show(again.clone(), NOW).await, Err(StoreError::SlugTaken)));
    let other = store.create_show(NewShow { slug: "borse-2".into(), ..again }, NOW + 1).await.expect("show");
    assert_eq!((other.status, other.scheduled_at_ms), (ShowStatus::Scheduled, Some(NOW)));

    assert_eq!(store.show_by_slug("borse").await.expect("read"), Some(show.clone()));
    assert_eq!(store.show(show.show).await.expect("read"), Some(show.clone()));
    assert_eq!(store.show_by_slug("nope").await.expect("read"), None);
    assert_eq!(store.show(id()).await.expect("read"), None);
    assert_eq!(store.list_shows(10).await.expect("list"), vec![other.clone(), show]);
    assert_eq!(store.list_shows(1).await.expect("list"), vec![other]);
}

#[tokio::test]
async fn what_breaks_a_limit_does_not_come_in() {
    let dir = tempfile::tempdir().expect("dir");
    let store = with_shop(dir.path()).await;
    for slug in ["", "Borse", "a b", "à", "a/b", &"x".repeat(65)] {
        let new = NewShow { slug: slug.into(), title: "A".into(), scheduled_at_ms: None };
        assert!(matches!(store.create_show(new, NOW).await, Err(StoreError::OutOfBounds("the slug"))), "{slug}");
        assert_eq!(store.show_by_slug(slug).await.expect("read"), None);
    }
    for title in ["", " \n", &"x".repeat(121)] {
        let new = NewShow { slug: "a".into(), title: title.into(), scheduled_at_ms: None };
        assert!(matches!(store.create_show(new, NOW).await, Err(StoreError::OutOfBounds("the title"))), "{title}");
    }
}

#[tokio::test]
async fn the_log_is_there_after_reopening() {
    let dir = tempfile::tempdir().expect("dir");
    let (ada, message) = (id(), id());
    let store = with_shop(dir.path()).await;
    let show = new_show(&store, "borse").await.show;
    let events = [
        Logged { seq: 1, at_ms: NOW, event: ShowEvent::Started },
        chat(2, ada, message, "ciao"),
        chat(3, ada, id(), "革の鞄 'quoted'; --"),
    ];
    let patch = ShowPatch { status: ShowStatus::Live, started_at_ms: Some(NOW), ended_at_ms: None };
    let name = |nickname: &str| MemberName { member: ada, nickname: nickname.into() };
    store.commit(show, &events, Some(patch), &[name("Ad"), name("Ada")], &ShowRows::default()).await.expect("commit");
    assert_eq!(store.commits(), 1);
    drop(store);

    let store = open(dir.path()).await;
    assert_eq!(store.last_seq(show).await.expect("seq"), 3);
    assert_eq!(store.log_after(show, 0, 100).await.expect("log"), events);
    assert_eq!(store.log_after(show, 1, 1).await.expect("log"), events[1..2]);
    assert_eq!(store.recent_chat(show, 100).await.expect("chat"), events[1..]);
    assert_eq!(store.recent_chat(show, 1).await.expect("chat"), events[2..]);
    let lines = store.message_ids(show, 100, |text| text.len() as u64).await.expect("ids");
    assert_eq!(lines[0], KnownLine { message, seq: 2, member: ada, text_hash: 4 });
    assert_eq!((lines.len(), lines[1].seq), (2, 3));
    assert_eq!(store.nickname(show, ada).await.expect("name").as_deref(), Some("Ada"));
    assert_eq!(store.nickname(show, id()).await.expect("name"), None);
    let row = store.show(show).await.expect("read").expect("there");
    assert_eq!((row.status, row.started_at_ms, row.ended_at_ms), (ShowStatus::Live, Some(NOW), None));
    assert_eq!(store.last_seq(id()).await.expect("seq"), 0);
}

#[tokio::test]
async fn a_commit_is_all_or_nothing() {
    let dir = tempfile::tempdir().expect("dir");
    let store = with_shop(dir.path()).await;
    let show = new_show(&store, "borse").await.show;
    store.commit(show, &[chat(1, id(), id(), "uno")], None, &[], &ShowRows::default()).await.expect("commit");
    let ada = id();
    let bad = [chat(2, ada, id(), "due"), chat(1, ada, id(), "again")];
    let name = [MemberName { member: ada, nickname: "Ada".into() }];
    assert!(store.commit(show, &bad, None, &name, &ShowRows::default()).await.is_err());
    assert_eq!(store.last_seq(show).await.expect("seq"), 1);
    assert!(
        store.commit(id(), &[chat(1, ada, id(), "nowhere")], None, &[], &ShowRows::default()).await.is_err(),
        "foreign key"
    );
    store
        .commit(show, &[chat(2, ada, id(), "due")], None, &[], &ShowRows::default())
        .await
        .expect("the connection is clean again");
    assert_eq!(store.commits(), 2);
}

#[tokio::test]
async fn a_one_time_token_is_used_once() {
    let dir = tempfile::tempdir().expect("dir");
    let store = open(dir.path()).await;
    store.login_token_create([7; 32], LoginKind::Setup, NOW + 1).await.expect("create");
    store.login_token_create([8; 32], LoginKind::Login, NOW).await.expect("create");
    assert!(!store.login_token_redeem([9; 32], NOW).await.expect("redeem"), "unknown");
    assert!(!store.login_token_redeem([8; 32], NOW).await.expect("redeem"), "too old");
    let redeem = || store.login_token_redeem([7; 32], NOW);
    let (a, b, c) = tokio::join!(redeem(), redeem(), redeem());
    let used = [a, b, c].into_iter().filter(|r| *r.as_ref().expect("redeem")).count();
    assert_eq!(used, 1);
    drop(store);
    assert!(!open(dir.path()).await.login_token_redeem([7; 32], NOW).await.expect("redeem"));
}

#[tokio::test]
async fn a_web_session_lasts_until_it_expires_or_is_ended() {
    let dir = tempfile::tempdir().expect("dir");
    let store = with_shop(dir.path()).await;
    let shop = store.shop().await.expect("shop").map(|s| s.id);
    store.web_session_create([1; 32], NOW + 10).await.expect("create");
    assert_eq!(store.web_session([1; 32], NOW + 9).await.expect("read"), shop);
    assert_eq!(store.web_session([1; 32], NOW + 10).await.expect("read"), None);
    assert_eq!(store.web_session([2; 32], NOW).await.expect("read"), None);
    store.web_session_delete([1; 32]).await.expect("delete");
    assert_eq!(store.web_session([1; 32], NOW).await.expect("read"), None);
}

#[tokio::test]
async fn a_secret_stays_the_same_and_differs_by_name() {
    let dir = tempfile::tempdir().expect("dir");
    let store = open(dir.path()).await;
    let (a, b) = tokio::join!(store.secret("join"), store.secret("join"));
    let a = a.expect("secret");
    assert_eq!(a, b.expect("secret"));
    assert_ne!(a, store.secret("other").await.expect("secret"));
    drop(store);
    assert_eq!(open(dir.path()).await.secret("join").await.expect("secret"), a);
}

#[tokio::test]
async fn opening_says_in_one_line_what_is_wrong() {
    let dir = tempfile::tempdir().expect("dir");
    let error = |url: &str| {
        let (path, url) = (dir.path().to_owned(), url.to_owned());
        async move { Store::open(&path, Some(&url)).await.expect_err("must not open").to_string() }
    };
    assert!(error("postgres://u:secret@h/db").await.contains("only sqlite: is supported"));
    assert!(!error("postgres://u:secret@h/db").await.contains("secret"));
    assert!(error("sqlite::memory:").await.contains("in-memory"));

    std::fs::write(dir.path().join("file"), "x").expect("write");
    let under_a_file = Store::open(&dir.path().join("file/data"), None).await.expect_err("must not open");
    assert!(under_a_file.to_string().starts_with("cannot create "), "{under_a_file}");

    std::fs::write(dir.path().join("quiora.db"), "not a database, but a text that is long enough".repeat(100))
        .expect("write");
    let foreign = Store::open(dir.path(), None).await.expect_err("must not open").to_string();
    assert!(foreign.contains("is not a Quiora database"), "{foreign}");
    assert!(!foreign.contains('\n'));
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_is_its_owners() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().expect("dir");
    let data = dir.path().join("deep/data");
    let store = with_shop(&data).await;
    let mode = |path: &Path| std::fs::metadata(path).expect("metadata").permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    assert_eq!(mode(&data.join("quiora.db")), 0o600);
    assert_eq!(mode(&data.join("quiora.db-wal")), 0o600);
    store.close().await;
    assert!(store.ping().await.is_err());
}

#[tokio::test]
async fn a_url_names_another_file_and_commits_are_synchronous() {
    let dir = tempfile::tempdir().expect("dir");
    let file = dir.path().join("else where.db");
    let url = format!("sqlite://{}", file.display());
    let store = Store::open(dir.path(), Some(&url)).await.expect("open");
    store.ping().await.expect("ping");
    assert!(file.is_file() && !dir.path().join("quiora.db").exists());
    for (pragma, wanted) in [("PRAGMA synchronous", "2"), ("PRAGMA foreign_keys", "1")] {
        let value: i64 = sqlx::query_scalar(pragma).fetch_one(&store.writer).await.expect("pragma");
        assert_eq!(value.to_string(), wanted, "{pragma}");
    }
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&store.writer).await.expect("pragma");
    assert_eq!(mode, "wal");
    assert!(sqlx::query("DELETE FROM shows").execute(&store.reader).await.is_err(), "readers do not write");
}

#[tokio::test]
async fn a_line_may_be_decided_on_and_wait_again_in_one_turn_and_ended_bans_leave_no_address() {
    let dir = tempfile::tempdir().expect("dir");
    let store = with_shop(dir.path()).await;
    let show = new_show(&store, "borse").await.show;
    let line = ChatLine {
        message: id(),
        member: id(),
        nickname: "Ada".to_owned(),
        role: Role::Viewer,
        text: "uno".to_owned(),
        reply_to: None,
        mentions: Vec::new(),
    };
    let held = HeldLine { at_ms: 1, reason: HeldReason::Review, line };
    let message = held.line.message;
    let rows = ShowRows { held: vec![held.clone()], ..ShowRows::default() };
    store.commit(show, &[], None, &[], &rows).await.expect("it waits");
    let rows = ShowRows { held: vec![held], decided: vec![message], ..ShowRows::default() };
    store.commit(show, &[], None, &[], &rows).await.expect("it waits again");
    assert_eq!(store.audience(show).await.expect("audience").held.len(), 1);

    let kept = |until_ms, address_until_ms| SanctionRow {
        until_ms,
        address: Some([7; 16]),
        address_until_ms: Some(address_until_ms),
        nickname: None,
    };
    let ban = |row| (id(), SanctionKind::Ban, Some(row));
    let sanctions = vec![ban(kept(None, 10)), ban(kept(Some(10), 10)), ban(kept(None, 20))];
    store.commit(show, &[], None, &[], &ShowRows { sanctions, ..ShowRows::default() }).await.expect("bans");
    store.forget_ended_sanctions(15).await.expect("forget");
    let mut left: Vec<_> =
        store.audience(show).await.expect("audience").sanctions.into_iter().map(|(_, _, row)| row.address).collect();
    left.sort();
    assert_eq!(left, [None, Some([7; 16])], "one has ended, of one only the address");
}

#[tokio::test]
async fn the_disk_is_the_one_that_the_database_lies_on() {
    let (here, elsewhere) = (tempfile::tempdir().expect("dir"), tempfile::tempdir_in("/dev/shm").expect("dir"));
    let size_of = |folder: &Path| -> u64 {
        let df = std::process::Command::new("df").args(["--output=size", "-B1"]).arg(folder).output().expect("df");
        let text = String::from_utf8(df.stdout).expect("text");
        text.lines().nth(1).and_then(|line| line.trim().parse().ok()).expect("a size")
    };
    let there = format!("sqlite://{}", elsewhere.path().join("shop.db").display());
    for (url, folder) in [(None, here.path()), (Some(there.as_str()), elsewhere.path())] {
        let disk = Store::open(here.path(), url).await.expect("open").disk().await.expect("disk");
        assert_eq!(disk.total_bytes, size_of(folder));
        assert!((1..=disk.total_bytes).contains(&disk.free_bytes), "{disk:?}");
    }
}

#[tokio::test]
async fn a_remote_lives_for_its_show_and_no_longer_than_a_day() {
    const LINK: [u8; 32] = [1; 32];
    const COOKIE: [u8; 32] = [2; 32];
    let dir = tempfile::tempdir().expect("dir");
    let store = with_shop(dir.path()).await;
    let (show, other) = (new_show(&store, "a").await, new_show(&store, "b").await);
    store.remote_create(show.show, LINK, NOW + 10).await.expect("link");
    assert_eq!(store.remote_redeem(other.show, LINK, COOKIE, NOW).await.expect("redeem"), None, "of another show");
    assert!(store.remote_redeem(show.show, LINK, COOKIE, NOW).await.expect("redeem").is_some());
    assert_eq!(store.remote_redeem(show.show, LINK, [3; 32], NOW).await.expect("redeem"), None, "once");

    let good = async |at_ms| {
        let by_cookie = store.remote_by_cookie(COOKIE, at_ms).await.expect("cookie");
        let devices = store.remote_devices(show.show, at_ms).await.expect("devices").len();
        assert_eq!(by_cookie, (devices == 1).then_some(show.shop), "both say the same");
        devices == 1
    };
    assert!(good(NOW + REMOTE_TTL_MS - 1).await);
    assert!(!good(NOW + REMOTE_TTL_MS).await);
    store.try_sql("UPDATE shows SET ended_at_ms = 1700000060000 WHERE slug = 'a'").await.expect("end");
    assert!(good(NOW + 60_000 + REMOTE_GRACE_MS - 1).await, "the last orders come in");
    assert!(!good(NOW + 60_000 + REMOTE_GRACE_MS).await);
    store.remotes_revoke(other.show).await.expect("revoke");
    assert!(good(NOW).await, "another show's are others");
    store.remotes_revoke(show.show).await.expect("revoke");
    assert!(!good(NOW).await);
}

#[tokio::test]
async fn a_show_has_a_bounded_number_of_remotes_the_newest() {
    let dir = tempfile::tempdir().expect("dir");
    let store = with_shop(dir.path()).await;
    let show = new_show(&store, "a").await.show;
    for n in 0..12_u8 {
        let at_ms = NOW + u64::from(n);
        store.remote_create(show, [n; 32], at_ms + 10).await.expect("link");
        store.remote_redeem(show, [n; 32], [100 + n; 32], at_ms).await.expect("redeem").expect("a device");
    }
    assert_eq!(store.remote_devices(show, NOW + 20).await.expect("devices").len(), 10);
    let by = async |n: u8| store.remote_by_cookie([100 + n; 32], NOW + 20).await.expect("cookie").is_some();
    assert_eq!([by(1).await, by(2).await, by(11).await], [false, true, true]);
}

#[tokio::test]
async fn a_copy_is_another_world_and_leaves_nothing() {
    let dir = tempfile::tempdir().expect("dir");
    let store = with_shop(dir.path()).await;
    let show = new_show(&store, "borse").await;
    new_show(&store, "altro").await;
    let shop = show.shop;
    let fact = ShopFact { seq: 1, at_ms: NOW, kind: "x", body: "{}".into() };
    store.commit_shop(shop, &ShopBatch { facts: vec![fact], ..ShopBatch::default() }).await.expect("a fact");
    let account = PaymentAccount { secret_key: "sk_live_x".into(), webhook_secret: None };
    store.set_payment_account(shop, &account, NOW).await.expect("account");
    store.web_session_create([1; 32], NOW + 1).await.expect("session");
    store.web_session_create([2; 32], NOW - 1).await.expect("session");
    store.login_token_create([3; 32], LoginKind::Login, NOW + 1).await.expect("token");
    let secret = store.secret("join_tokens").await.expect("secret");

    let copy = store.copy(dir.path(), show.show, NOW).await.expect("copy");
    let mode = |path: &Path| std::os::unix::fs::PermissionsExt::mode(&path.metadata().expect("file").permissions());
    assert_eq!(mode(copy.file()) & 0o777, 0o600);
    let shows = copy.store.list_shows(9).await.expect("shows");
    assert_eq!(shows.len(), 1, "the one that is rehearsed");
    assert_eq!((shows[0].slug.as_str(), shows[0].show, shows[0].status), ("borse", copy.show, ShowStatus::Draft));
    assert_ne!(copy.show, show.show);
    assert_eq!(copy.store.shop_facts(shop, 0, 9).await.expect("facts").len(), 1);
    assert_eq!(copy.store.payment_account(shop).await.expect("account"), None, "there is no key to charge with");
    assert_eq!(copy.store.web_session([1; 32], NOW).await.expect("session"), Some(shop));
    assert_eq!(copy.store.web_session([2; 32], NOW - 2).await.expect("session"), None, "it was over");
    assert!(!copy.store.login_token_redeem([3; 32], NOW).await.expect("token"), "links lead into the house");
    assert_ne!(copy.store.secret("join_tokens").await.expect("secret"), secret);

    // What happens there does not happen here.
    let fact = ShopFact { seq: 2, at_ms: NOW, kind: "y", body: "{}".into() };
    copy.store.commit_shop(shop, &ShopBatch { facts: vec![fact], ..ShopBatch::default() }).await.expect("a fact");
    copy.store.web_session_create([4; 32], NOW + 1).await.expect("session");
    assert_eq!(store.shop_facts(shop, 0, 9).await.expect("facts").len(), 1);
    assert_eq!(store.web_session([4; 32], NOW).await.expect("session"), None);

    let folder = copy.file().parent().expect("folder").to_owned();
    copy.discard().await;
    assert_eq!(std::fs::read_dir(&folder).expect("folder").count(), 0);
    assert!(store.copy(dir.path(), id(), NOW).await.is_err(), "there is no such show");
    assert_eq!(std::fs::read_dir(&folder).expect("folder").count(), 0, "and of that nothing is left either");
    std::fs::write(folder.join("left.db"), "after a crash").expect("write");
    Store::discard_copies(dir.path()).expect("discard");
    assert!(!folder.exists());
    Store::discard_copies(dir.path()).expect("discard nothing");
}
