//! One stretch on air: a socket, a peer, the media's beat, and the news that ends it.
//!
//! What is spawned here ends with it: the sending task is aborted and the peer connection closed on every way out.

use super::clip::Clip;
use super::pace::{Due, Pacer};
use super::peer::{Link, Packets, Peer};
use super::wire::Wire;
use super::{RobotError, SellerConfig};
use crate::clock;
use quiora_signaling::{ClientMessage, OnAir, PeerEnd, PeerId, ServerMessage, ShowEvent, ShowStatus, Source, Stage};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::time::{Interval, MissedTickBehavior, sleep_until, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

/// ICE and DTLS take 100 ms here; a lost first flight is repeated after a second.
const CONNECT: Duration = Duration::from_secs(10);

/// The server answers every ping, so this much silence means that the path is dead: two pings and a half.
const SILENCE_PINGS: f64 = 2.5;

/// After someone else took the stage, the robot returns when it has been empty for this long: time for a person to
/// reload a page or to change a device without finding the robot in the way.
const RETURN_AFTER: Duration = Duration::from_secs(15);

/// Why a stretch ended without a mishap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// It was told to.
    Shutdown,
    /// The show has ended; nothing more is to be done.
    ShowOver,
}

/// What one stretch leaves to the next, so that a reconnect does not push a person off the stage.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// Someone else has, or had until a moment ago, the stage.
    standing_aside: bool,
    /// The robot has been on the stage: what a later welcome finds there may be its own shadow.
    has_published: bool,
}

/// The clip, packetised once for all stretches.
#[derive(Clone)]
pub(super) struct Media {
    packets: Arc<Packets>,
    keyframes: Arc<[bool]>,
}

impl Media {
    /// The clip that the binary carries.
    pub(super) fn demo() -> Result<Self, RobotError> {
        let clip = Clip::demo()?;
        let keyframes = clip.video.iter().map(|frame| frame.keyframe).collect();
        Ok(Self { packets: Arc::new(Packets::of(&clip)?), keyframes })
    }
}

/// Connects, goes on air and stays there; while someone else has the stage, it stays off it.
pub(super) async fn stretch(
    config: &SellerConfig,
    media: &Media,
    memory: &mut Memory,
    shutdown: &CancellationToken,
) -> Result<End, RobotError> {
    let joined = async {
        let token = (config.tokens)().await?;
        let mut wire = Wire::open(&config.ws_url, &config.origin).await?;
        let welcome = wire.hello(token, None).await?;
        Ok::<_, RobotError>((wire, welcome))
    };
    let (mut wire, welcome) = tokio::select! {
        () = shutdown.cancelled() => return Ok(End::Shutdown),
        joined = joined => joined?,
    };
    if welcome.show.status == ShowStatus::Ended {
        wire.close().await;
        return Ok(End::ShowOver);
    }
    if welcome.show.status != ShowStatus::Live {
        wire.ask(|id| ClientMessage::ShowStart { id }).await?;
    }
    let ping = Duration::from_millis(u64::from(welcome.limits.ping_interval_ms).max(100));
    let mut stretch = Stretch {
        wire,
        media: media.clone(),
        on_air: None,
        stage: welcome.show.stage,
        return_at: None,
        heard_at: clock::monotonic(),
        silence: ping.mul_f64(SILENCE_PINGS),
    };
    let end = tokio::select! {
        () = shutdown.cancelled() => Ok(End::Shutdown),
        end = stretch.stay(memory, ping) => end,
    };
    stretch.leave().await;
    end
}

/// The connection and its sending task; dropping it stops the task.
struct Broadcast {
    id: PeerId,
    peer: Arc<Peer>,
    sending: AbortOnDropHandle<Result<(), RobotError>>,
}

struct Stretch {
    wire: Wire,
    media: Media,
    on_air: Option<Broadcast>,
    stage: Stage,
    /// When to take the empty stage back.
    return_at: Option<Instant>,
    heard_at: Instant,
    silence: Duration,
}

impl Stretch {
    async fn stay(&mut self, memory: &mut Memory, ping: Duration) -> Result<End, RobotError> {
        if !memory.has_published && self.stage.on_air != OnAir::Off {
            memory.standing_aside = true;
        }
        if memory.standing_aside {
            self.watch_stage(self.stage);
        } else {
            Box::pin(self.go_on_air(memory)).await?;
        }
        let mut pings = ticks(ping);
        loop {
            let dead_at = self.heard_at + self.silence;
            let return_at = self.return_at;
            tokio::select! {
                message = self.wire.next() => {
                    self.heard_at = clock::monotonic();
                    if let Some(end) = self.heed(&message?, memory)? {
                        return Ok(end);
                    }
                }
                _ = pings.tick() => {
                    self.wire.say(|id| ClientMessage::Ping { id }).await?;
                }
                () = sleep_until(dead_at.into()) => return Err(RobotError::Timeout("pong")),
                () = until(return_at) => {
                    tracing::info!("the stage is empty: taking it back");
                    memory.standing_aside = false;
                    self.return_at = None;
                    Box::pin(self.go_on_air(memory)).await?;
                }
                ended = sending(&mut self.on_air) => {
                    ended?;
                    return Err(RobotError::PeerLost);
                }
            }
        }
    }

    async fn go_on_air(&mut self, memory: &mut Memory) -> Result<(), RobotError> {
        let (peer, offer) = Box::pin(Peer::offer()).await?;
        let answer = self.wire.publish(offer).await?;
        memory.has_published = true;
        peer.accept(answer.sdp).await?;
        let stage = |id| ClientMessage::StageSet { id, video: true, audio: true, source: Source::Camera };
        self.wire.ask(stage).await?;
        let peer = Arc::new(peer);
        let sending = tokio::spawn(send(Arc::clone(&peer), self.media.clone()));
        self.on_air = Some(Broadcast { id: answer.peer, peer, sending: AbortOnDropHandle::new(sending) });
        Ok(())
    }

    /// What one piece of news means for the stretch.
    fn heed(&mut self, message: &ServerMessage, memory: &mut Memory) -> Result<Option<End>, RobotError> {
        match message {
            ServerMessage::Event(logged) if logged.event == ShowEvent::Ended => return Ok(Some(End::ShowOver)),
            ServerMessage::Stage(stage) => {
                self.stage = *stage;
                if memory.standing_aside {
                    self.watch_stage(*stage);
                }
            }
            ServerMessage::PeerClosed { peer, reason } if self.on_air.as_ref().is_some_and(|b| b.id == *peer) => {
                match reason {
                    PeerEnd::ShowEnded => return Ok(Some(End::ShowOver)),
                    PeerEnd::Replaced => {
                        tracing::info!("someone of the shop is on air: standing aside");
                        memory.standing_aside = true;
                        self.on_air = None;
                        self.watch_stage(self.stage);
                    }
                    PeerEnd::Timeout | PeerEnd::Closed | PeerEnd::Failed | PeerEnd::ServerStopping => {
                        return Err(RobotError::PeerLost);
                    }
                }
            }
            _ => {}
        }
        Ok(None)
    }

    fn watch_stage(&mut self, stage: Stage) {
        self.return_at = match (stage.on_air, self.return_at) {
            (OnAir::Off, None) => Some(clock::monotonic() + RETURN_AFTER),
            (OnAir::Off, waiting) => waiting,
            (OnAir::Live | OnAir::Reconnecting, _) => None,
        };
    }

    async fn leave(self) {
        if let Some(broadcast) = self.on_air {
            drop(broadcast.sending);
            broadcast.peer.close().await;
        }
        self.wire.close().await;
    }
}

/// Waits for the connection, then sends on the beat until it is lost.
async fn send(peer: Arc<Peer>, media: Media) -> Result<(), RobotError> {
    let mut link = peer.link();
    let connected = timeout(CONNECT, link.wait_for(|link| *link != Link::Connecting)).await;
    let reached = *connected.map_err(|_| RobotError::Timeout("media connection"))?.map_err(|_| RobotError::PeerLost)?;
    if reached != Link::Connected {
        return Err(RobotError::PeerLost);
    }
    tracing::info!("on air");
    let start = clock::monotonic();
    let mut pacer = Pacer::new(start, media.keyframes.to_vec(), media.packets.audio.len());
    let mut sender = peer.sender(Arc::clone(&media.packets));
    loop {
        tokio::select! {
            lost = link.wait_for(|link| *link == Link::Lost) => {
                lost.map_err(|_| RobotError::PeerLost)?;
                return Ok(());
            }
            () = sleep_until(pacer.next_at().into()) => {}
        }
        if peer.take_keyframe_request() {
            pacer.request_keyframe();
        }
        while let Some(due) = pacer.poll(clock::monotonic()) {
            match due {
                Due::Video { frame, ticks } => sender.video(frame, ticks).await?,
                Due::Audio { packet, ticks } => sender.audio(packet, ticks).await?,
            }
        }
        sender.report(clock::monotonic().duration_since(start)).await?;
    }
}

/// How the sending task ended; for ever pending without one.
async fn sending(on_air: &mut Option<Broadcast>) -> Result<(), RobotError> {
    match on_air {
        Some(broadcast) => (&mut broadcast.sending).await.unwrap_or(Err(RobotError::PeerLost)),
        None => std::future::pending().await,
    }
}

pub(super) async fn until(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}

pub(super) fn ticks(period: Duration) -> Interval {
    let mut interval = tokio::time::interval(period);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}
