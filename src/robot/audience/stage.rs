//! The robot publisher's way to the stage: asked for as a seller or as a Janus client would, and then connected.

use super::conduct::ARRIVAL;
use super::door::{Door, Stay};
use super::dtls::Identity;
use super::link::Link;
use super::publisher::{OnAir, Publisher, Streams};
use super::sdp::{Local, Remote};
use super::socket::Sockets;
use super::{AudienceError, Host, Publish, studio};
use crate::clock;
use quiora_signaling::{ClientMessage, ShowStatus, Source};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::thread::JoinHandle;
use std::time::Duration;

/// The publisher's thread, seen from outside. It ends when `stop` is dropped.
pub(super) struct Stage {
    pub(super) on_air: Arc<OnAir>,
    pub(super) stop: crossbeam_channel::Sender<()>,
    pub(super) thread: JoinHandle<()>,
}

/// Goes on air; the stage, and what keeps the robot on it.
///
/// # Errors
/// When the server refuses, or the connection does not come up.
pub(super) async fn enter(
    publish: &Publish,
    door: &Door,
    identity: &Arc<Identity>,
    local: &Local,
) -> Result<(Stage, Stay), AudienceError> {
    let sockets = Sockets::bind(1)?;
    let streams = Streams::new(publish.codec, publish.bitrate_bps, publish.simulcast);
    let (stay, answer) = ask(publish, door, streams.offer(local)).await?;
    let remote = Remote::read(&answer)?;
    let now = clock::monotonic();
    let link = Link::new(identity, local, &remote, false, sockets.address(0), now)?;
    let on_air = Arc::new(OnAir::default());
    let publisher = Publisher { sockets, identity: Arc::clone(identity), link, streams, on_air: Arc::clone(&on_air) };
    let (stop, stopped) = crossbeam_channel::bounded(1);
    let thread = std::thread::Builder::new().name("publisher".to_owned()).spawn(move || publisher.run(&stopped))?;
    while !on_air.connected.load(Relaxed) {
        if on_air.closed.load(Relaxed) || clock::monotonic() > now + ARRIVAL {
            return Err(AudienceError::Timeout("the publisher's connection"));
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok((Stage { on_air, stop, thread }, stay))
}

async fn ask(publish: &Publish, door: &Door, offer: String) -> Result<(Stay, String), AudienceError> {
    let show = match door {
        Door::Show(show) => show,
        Door::Janus(janus) => {
            // Janus would rather be the DTLS client, and so would we.
            let offer = offer.replace("a=setup:actpass", "a=setup:active");
            let (handle, answer) = janus.publish(&offer).await?;
            return Ok((Stay::at_janus(handle), answer));
        }
    };
    let token = match &publish.host {
        Some(Host::Token(token)) => token.clone(),
        Some(Host::Studio(link)) => studio::enter(show, link).await?,
        None => return Err(AudienceError::NoStudioLink),
    };
    let mut wire = show.wire().await?;
    let welcome = wire.hello(token, None).await?;
    if welcome.show.status != ShowStatus::Live {
        wire.ask(|id| ClientMessage::ShowStart { id }).await?;
    }
    let answer = wire.publish(offer).await?;
    wire.ask(|id| ClientMessage::StageSet { id, video: true, audio: true, source: Source::Camera }).await?;
    Ok((Stay::with(wire), answer.sdp))
}
