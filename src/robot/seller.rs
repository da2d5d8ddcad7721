//! The robot seller's will to be on air: a stretch, a wait, and the next stretch.

use super::air::{self, End, Media, Memory};
use super::backoff::Backoff;
use super::{RobotError, SellerConfig};
use crate::clock;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// A stretch that lasted this long worked: what ended it is a new mishap, and the next wait is short again.
const WORKED: Duration = Duration::from_secs(5);

/// Publishes the robot's clip into the show until `shutdown`, or until the show is over. Starts the show if it is not
/// live; goes back on air by itself whatever is lost; stands aside while a person of the shop is on air.
///
/// # Errors
/// Only when trying again cannot help: see [`RobotError::is_final`].
#[tracing::instrument(name = "robot", skip_all, fields(show = %config.show))]
pub async fn run(config: SellerConfig, shutdown: CancellationToken) -> Result<(), RobotError> {
    let media = Media::demo()?;
    let mut backoff = Backoff::default();
    let mut memory = Memory::default();
    loop {
        let began = clock::monotonic();
        let stretch = air::stretch(&config, &media, &mut memory, &shutdown);
        match Box::pin(stretch).await {
            Ok(End::Shutdown) => return Ok(()),
            Ok(End::ShowOver) => {
                tracing::info!("the show is over");
                return Ok(());
            }
            Err(error) if error.is_final() => return Err(error),
            Err(error) => tracing::warn!(%error, "off air"),
        }
        if clock::monotonic().duration_since(began) >= WORKED {
            backoff.reset();
        }
        let wait = backoff.next(rand::random());
        tracing::debug!(wait_ms = wait.as_millis(), "trying again");
        tokio::select! {
            () = shutdown.cancelled() => return Ok(()),
            () = tokio::time::sleep(wait) => {}
        }
    }
}
