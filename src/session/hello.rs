//! From a token to a member in a show.

use super::actor::Session;
use super::core::Direction;
use super::offer;
use super::token::{MEMBER_TOKEN_TTL_MS, PAGE_TOKEN_TTL_MS};
use crate::clock;
use crate::show::Join;
use quiora_signaling::{Hello, MediaReply, MemberId, RefusalCode, Role};

/// Verifies, answers the offer if there is one, and joins; the show replies with the welcome.
///
/// A refused offer does not refuse the show: the welcome says why there is no picture.
pub(super) async fn join(session: &mut Session, hello: Hello) -> Result<(), RefusalCode> {
    let now_ms = clock::unix_ms();
    let claims = session.shared.tokens.verify(&hello.token, now_ms)?;
    let member = claims.member.unwrap_or_else(|| MemberId(clock::uuid()));
    tracing::Span::current().record("show.id", tracing::field::display(claims.show));
    let handle = session.shared.shows.open(claims.show).await?;
    if claims.role == Role::Moderator {
        handle.check_moderator(member).await?;
    }
    if let Some(device) = claims.remote {
        handle.check_remote(device, now_ms).await?;
    }
    session.joined = Some(handle.clone());
    session.remote = claims.remote.is_some();
    session.member = Some(member);
    session.core.joined(claims.role);
    let media = match hello.subscribe {
        Some(sdp) => Some(media_reply(session, sdp).await),
        None => None,
    };
    let tokens = &session.shared.tokens;
    let token = match claims.remote {
        // The device has an end of its own, which no token outlives.
        Some(device) => tokens.issue_remote(claims.show, member, device, now_ms, PAGE_TOKEN_TTL_MS)?,
        None => tokens.issue(claims.show, claims.role, Some(member), now_ms, MEMBER_TOKEN_TTL_MS)?,
    };
    tracing::debug!(member.id = %member, role = ?claims.role, media = media.is_some(), "hello");
    let join = Join {
        session: session.id,
        member,
        role: claims.role,
        nickname: None,
        resume: hello.resume,
        request: hello.id,
        token,
        media,
        address: session.address,
        remote: session.remote,
        outbox: session.outbox.clone(),
    };
    handle.join(join).await;
    Ok(())
}

async fn media_reply(session: &mut Session, sdp: String) -> MediaReply {
    match offer::connect(session, Direction::Subscribe, sdp).await {
        Ok((peer, sdp)) => MediaReply::Answer { peer, sdp },
        Err(code) => {
            session.shared.metrics.refused(code);
            MediaReply::Refused { code }
        }
    }
}
