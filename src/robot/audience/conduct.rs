//! A run from beginning to end: somebody publishes, viewers join at a pace, what comes is measured for a while, all leave.

use super::door::{Door, Show, Stay};
use super::dtls::Identity;
use super::janus::Janus;
use super::link::Link;
use super::report::{Measured, Report};
use super::sdp::Local;
use super::socket::Sockets;
use super::stage::{self, Stage};
use super::tally::Tally;
use super::viewer::Viewer;
use super::worker::{Live, Order, Worker};
use super::{AudienceError, LoadConfig, MAX_VIEWERS, Target, proc};
use crate::clock;
use crate::sfu::codec::Codec;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Joins under way at a time: a server that lags behind is not buried in half-open ones.
const JOINING: usize = 256;

/// After the last join has begun, this long for all to see a picture.
pub(super) const ARRIVAL: Duration = Duration::from_secs(15);

/// Goodbyes under way when the run ends.
const GOODBYE: Duration = Duration::from_secs(5);

/// Orders that wait for a thread; it takes them every millisecond, so nobody waits long for room.
const ORDERS: usize = 1_024;

/// The room that robots make on a Janus server.
const ROOM: u64 = 4_711;

/// Where a run stands; told once a second.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// What is going on: `joining`, `settling` or `measuring`.
    pub phase: &'static str,
    /// Seconds since the first join began.
    pub elapsed_s: u64,
    /// Viewers that were let in, that are connected, that have seen a keyframe, that failed or were lost.
    pub joined: u64,
    /// See `joined`.
    pub connected: u64,
    /// See `joined`.
    pub playing: u64,
    /// See `joined`.
    pub failed: u64,
    /// RTP packets since the last moment.
    pub packets: u64,
    /// And their megabits.
    pub megabits: f64,
}

/// Joins so far.
#[derive(Debug, Default)]
struct Joins {
    joined: AtomicU64,
    failed: AtomicU64,
    /// Why, and how often. Touched when a join fails.
    reasons: Mutex<BTreeMap<String, u64>>,
}

/// One audience thread, seen from outside.
struct Crew {
    sockets: Arc<Sockets>,
    orders: crossbeam_channel::Sender<Order>,
    thread: JoinHandle<()>,
}

/// The state of a run.
struct Run<'a> {
    config: &'a LoadConfig,
    door: Door,
    identity: Arc<Identity>,
    live: Arc<Live>,
    joins: Arc<Joins>,
    crews: Vec<Crew>,
    stays: JoinSet<()>,
    stop: CancellationToken,
    began: Instant,
}

/// Loads the server as `config` says and returns what was seen. `tell` hears once a second how it goes.
///
/// # Errors
/// When the target is not on this machine or not there, when the publisher does not get on air, when no viewer gets in.
pub async fn run(config: &LoadConfig, mut tell: impl FnMut(Moment)) -> Result<Report, AudienceError> {
    check(config)?;
    let identity = Arc::new(Identity::new()?);
    let live = Arc::new(Live::default());
    let mut run = Run {
        config,
        door: door(config),
        crews: crews(config, &identity, &live)?,
        identity,
        live,
        joins: Arc::default(),
        stays: JoinSet::new(),
        stop: CancellationToken::new(),
        began: clock::monotonic(),
    };
    let stage = match &config.publish {
        Some(publish) => {
            let (stage, stay) = Box::pin(stage::enter(publish, &run.door, &run.identity, &run.local())).await?;
            run.stays.spawn(stay_and_tell(stay, run.stop.clone(), Arc::default()));
            Some(stage)
        }
        None => None,
    };
    let report = Box::pin(run.measure(stage.as_ref(), &mut tell)).await;
    run.leave(stage).await;
    report
}

fn check(config: &LoadConfig) -> Result<(), AudienceError> {
    let (Target::Show { server, .. } | Target::Janus { server, .. }) = &config.target;
    if !server.ip().is_loopback() {
        return Err(AudienceError::NotHere(server.to_string()));
    }
    if config.viewers > MAX_VIEWERS {
        return Err(AudienceError::Config("at most 20000 viewers"));
    }
    if !config.joins_per_s.is_finite() || config.joins_per_s <= 0.0 {
        return Err(AudienceError::Config("the rate of joins must be above zero"));
    }
    Ok(())
}

fn door(config: &LoadConfig) -> Door {
    match &config.target {
        Target::Show { server, slug, sockets } => {
            Door::Show(Show { server: *server, slug: slug.clone(), sockets: *sockets })
        }
        Target::Janus { server, path } => {
            let vp8 = config.publish.as_ref().is_some_and(|publish| publish.codec == Codec::Vp8);
            let codec = if vp8 { "vp8" } else { "h264" };
            Door::Janus(Janus { server: *server, path: path.clone(), room: ROOM, codec })
        }
    }
}

fn crews(config: &LoadConfig, identity: &Arc<Identity>, live: &Arc<Live>) -> Result<Vec<Crew>, AudienceError> {
    let threads = config.threads.clamp(1, 64);
    let crew = |number: usize| {
        let sockets = Arc::new(Sockets::bind(config.viewers.div_ceil(threads))?);
        let (orders, inbox) = crossbeam_channel::bounded(ORDERS);
        let (identity, live) = (Arc::clone(identity), Arc::clone(live));
        let worker = Worker { sockets: Arc::clone(&sockets), orders: inbox, identity, live };
        let thread = std::thread::Builder::new().name(format!("audience-{number}")).spawn(|| worker.run())?;
        Ok(Crew { sockets, orders, thread })
    };
    (0..threads).map(crew).collect()
}

impl Run<'_> {
    /// Credentials for one robot.
    fn local(&self) -> Local {
        let text = |bytes: &[u8]| data_encoding::BASE64.encode(bytes);
        Local {
            ufrag: text(&rand::random::<[u8; 6]>()),
            password: text(&rand::random::<[u8; 18]>()),
            fingerprint: self.identity.fingerprint().to_owned(),
        }
    }

    async fn measure(&mut self, stage: Option<&Stage>, tell: &mut impl FnMut(Moment)) -> Result<Report, AudienceError> {
        let config = self.config;
        let memory_before = config.server_pid.and_then(proc::resident_kib);
        self.began = clock::monotonic();
        let mut screen = Screen { next: self.began, packets: 0, bytes: 0 };
        self.let_in(&mut screen, tell).await;
        let joined_in = self.wait_for_all(&mut screen, tell).await;
        if self.joins.joined.load(Relaxed) == 0 && config.viewers > 0 {
            let reasons = self.joins.reasons.lock().unwrap_or_else(PoisonError::into_inner);
            let reason = reasons.keys().next().cloned().unwrap_or_default();
            return Err(AudienceError::Io(std::io::Error::other(format!("no viewer got in: {reason}"))));
        }
        self.watch("settling", config.settle, &mut screen, tell).await;
        let ports: Vec<u16> = self.crews.iter().flat_map(|crew| crew.sockets.ports()).collect();
        let sample = || Sample::take(config, stage, &ports);
        self.crews.iter().for_each(|crew| drop(crew.orders.send(Order::OpenWindow)));
        let before = sample();
        self.watch("measuring", config.window, &mut screen, tell).await;
        let after = sample();
        let tally = self.tally().await;
        let reasons = self.joins.reasons.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let measured = Measured {
            joined: self.joins.joined.load(Relaxed),
            failures: reasons,
            joined_in,
            window: after.at.duration_since(before.at),
            server_cpu: after.server_cpu.zip(before.server_cpu).map(|(a, b)| a.saturating_sub(b)),
            own_cpu: after.own_cpu.unwrap_or_default().saturating_sub(before.own_cpu.unwrap_or_default()),
            server_memory: config.server_pid.and_then(proc::resident_kib).zip(memory_before),
            dropped: after.dropped.saturating_sub(before.dropped),
            published: stage.map(|stage| (Arc::clone(&stage.on_air), after.published - before.published)),
        };
        Ok(Report::new(config, &tally, measured))
    }

    /// Begins all joins at their pace.
    async fn let_in(&mut self, screen: &mut Screen, tell: &mut impl FnMut(Moment)) {
        let config = self.config;
        let permits = Arc::new(Semaphore::new(JOINING));
        for number in 0..config.viewers {
            let due = self.began + Duration::from_secs_f64(number as f64 / config.joins_per_s);
            tokio::time::sleep_until(due.into()).await;
            let Ok(permit) = Arc::clone(&permits).acquire_owned().await else { return };
            self.show(screen, "joining", tell);
            let seats = self.crews.len();
            let Some(crew) = self.crews.get(number % seats) else { return };
            let slot = number / seats;
            let (door, local, joins) = (self.door.clone(), self.local(), Arc::clone(&self.joins));
            let (identity, orders, stop) = (Arc::clone(&self.identity), crew.orders.clone(), self.stop.clone());
            let (address, twcc) = (crew.sockets.address(slot), config.twcc);
            let sampled = number * config.sampled / config.viewers != (number + 1) * config.sampled / config.viewers;
            self.stays.spawn(async move {
                let joined = async {
                    let joined = Box::pin(door.join(&local, address, twcc, clock::monotonic)).await?;
                    let now = clock::monotonic();
                    let link = Link::new(&identity, &local, &joined.remote, joined.offered, address, now)?;
                    let viewer = Viewer::new(slot, link, joined.remote, sampled, joined.began);
                    Ok::<_, AudienceError>((viewer, joined.stay))
                };
                let joined = joined.await;
                drop(permit);
                match joined {
                    Ok((viewer, stay)) => {
                        joins.joined.fetch_add(1, Relaxed);
                        let _ = orders.send(Order::Join(Box::new(viewer)));
                        // Else the thread would not see that nobody is left.
                        drop(orders);
                        stay_and_tell(stay, stop, joins).await;
                    }
                    Err(error) => joins.fail(&error),
                }
            });
        }
    }

    /// Waits until everybody who got in sees a picture, or has had the time to; how long it took since the first join.
    async fn wait_for_all(&self, screen: &mut Screen, tell: &mut impl FnMut(Moment)) -> Duration {
        let until = clock::monotonic() + ARRIVAL;
        let mut connected = (0, self.began);
        loop {
            let now = clock::monotonic();
            let reached = self.live.connected.load(Relaxed);
            if reached != connected.0 {
                connected = (reached, now);
            }
            let done = self.joins.joined.load(Relaxed) + self.joins.failed.load(Relaxed) >= self.config.viewers as u64;
            let seen = self.live.playing.load(Relaxed) + self.live.closed.load(Relaxed);
            if (done && seen >= self.joins.joined.load(Relaxed)) || now >= until {
                return connected.1.duration_since(self.began);
            }
            self.show(screen, "joining", tell);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn watch(&self, phase: &'static str, span: Duration, screen: &mut Screen, tell: &mut impl FnMut(Moment)) {
        let until = clock::monotonic() + span;
        loop {
            let left = until.saturating_duration_since(clock::monotonic());
            if left.is_zero() {
                return;
            }
            tokio::time::sleep(left.min(Duration::from_millis(200))).await;
            self.show(screen, phase, tell);
        }
    }

    /// Tells where the run stands, once a second.
    fn show(&self, screen: &mut Screen, phase: &'static str, tell: &mut impl FnMut(Moment)) {
        let now = clock::monotonic();
        if now < screen.next {
            return;
        }
        screen.next = now + Duration::from_secs(1);
        let (packets, bytes) = (self.live.packets.load(Relaxed), self.live.bytes.load(Relaxed));
        tell(Moment {
            phase,
            elapsed_s: now.duration_since(self.began).as_secs(),
            joined: self.joins.joined.load(Relaxed),
            connected: self.live.connected.load(Relaxed),
            playing: self.live.playing.load(Relaxed),
            failed: self.joins.failed.load(Relaxed) + self.live.closed.load(Relaxed),
            packets: packets - screen.packets,
            megabits: (bytes - screen.bytes) as f64 * 8.0 / 1e6,
        });
        (screen.packets, screen.bytes) = (packets, bytes);
    }

    async fn tally(&self) -> Tally {
        let mut sum = Tally::default();
        for crew in &self.crews {
            let (reply, told) = oneshot::channel();
            let _ = crew.orders.send(Order::Tell(reply));
            if let Ok(tally) = told.await {
                sum.merge(&tally);
            }
        }
        sum
    }

    /// Says goodbye for all.
    async fn leave(mut self, stage: Option<Stage>) {
        self.stop.cancel();
        let all = async { while self.stays.join_next().await.is_some() {} };
        if tokio::time::timeout(GOODBYE, all).await.is_err() {
            tracing::debug!("not every robot said goodbye in time");
        }
        self.stays.abort_all();
        let mut threads = Vec::new();
        if let Some(stage) = stage {
            drop(stage.stop);
            threads.push(stage.thread);
        }
        for crew in self.crews {
            drop(crew.orders);
            threads.push(crew.thread);
        }
        let _ = tokio::task::spawn_blocking(|| threads.into_iter().for_each(|thread| drop(thread.join()))).await;
    }
}

/// What was told last.
struct Screen {
    next: Instant,
    packets: u64,
    bytes: u64,
}

/// Counters at one end of the window.
struct Sample {
    at: Instant,
    server_cpu: Option<Duration>,
    own_cpu: Option<Duration>,
    dropped: u64,
    published: u64,
}

impl Sample {
    fn take(config: &LoadConfig, stage: Option<&Stage>, ports: &[u16]) -> Self {
        Self {
            at: clock::monotonic(),
            server_cpu: config.server_pid.and_then(proc::cpu_time),
            own_cpu: proc::cpu_time(std::process::id()),
            dropped: proc::dropped(ports),
            published: stage.map_or(0, |stage| stage.on_air.packets.load(Relaxed)),
        }
    }
}

impl Joins {
    fn fail(&self, error: &AudienceError) {
        self.failed.fetch_add(1, Relaxed);
        let mut reasons = self.reasons.lock().unwrap_or_else(PoisonError::into_inner);
        *reasons.entry(error.to_string()).or_default() += 1;
    }
}

/// Stays until `stop`; who is put out before is counted as failed.
async fn stay_and_tell(stay: Stay, stop: CancellationToken, joins: Arc<Joins>) {
    if let Err(error) = stay.until(stop.clone()).await
        && !stop.is_cancelled()
    {
        joins.fail(&error);
    }
}
