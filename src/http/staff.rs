//! Who keeps a show in order: moderators, each let in by a link that is good until it is taken back; what staff did; and the
//! words that nobody may write.
//!
//! The key stands behind the `#` of a link, so no log of ours or of a proxy has it. The server keeps a hash of it.

use super::body::Body;
use super::error::Error;
use super::login::LoggedIn;
use super::openapi::{Api, Who};
use super::{Http, credential, origin};
use crate::clock;
use crate::session::PAGE_TOKEN_TTL_MS;
use crate::show::core::Revoked;
use crate::store::{Moderator, ShowRow, StoreError};
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{delete, get};
use axum::{Json, Router};
use quiora_signaling::limits::{MAX_NAME_CHARS, MAX_NICKNAME_CHARS};
use quiora_signaling::{AuditEntry, Caption, FilterSettings, MemberId, Role, ShopId, clean_line};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Words that a shop may add, and allow.
const MAX_WORDS: usize = 500;

/// The longest body of a filter: all of its words in four bytes a character.
const MAX_FILTER_BYTES: usize = 300 * 1024;

#[derive(Debug, Serialize, JsonSchema)]
struct ModeratorView {
    moderator: Uuid,
    name: String,
    created_at_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_at_ms: Option<u64>,
}

impl From<Moderator> for ModeratorView {
    fn from(moderator: Moderator) -> Self {
        let Moderator { member, name, created_at_ms, revoked_at_ms } = moderator;
        Self { moderator: member.0, name, created_at_ms, revoked_at_ms }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
struct ModeratorList {
    moderators: Vec<ModeratorView>,
}

#[derive(Debug, Deserialize, JsonSchema)]
struct NewModerator {
    /// 1 to 32 characters: the nickname that the moderator begins with.
    name: String,
}

/// A link that lets somebody in. It is shown once.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Link {
    /// To be opened on the other device.
    pub(super) link: String,
    /// What stands behind its `#`, for `POST /api/shows/{slug}/join`.
    pub(super) key: String,
    /// Whom it lets in, of a moderator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) moderator: Option<Uuid>,
    /// Until when it is good, if it ends by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) expires_at_ms: Option<u64>,
}

#[derive(Debug, Deserialize)]
struct Before {
    #[serde(default)]
    before: Option<u64>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Trail {
    /// Newest first, at most 500.
    entries: Vec<AuditEntry>,
    /// Where to go on: `?before=`. Missing at the beginning of the trail.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<u64>,
}

#[derive(Debug, Deserialize)]
struct After {
    #[serde(default)]
    after_ms: u64,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Captions {
    /// Oldest first, at most 500.
    captions: Vec<CaptionView>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct CaptionView {
    at_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    media_us: Option<u64>,
    language: String,
    text: String,
}

impl From<Caption> for CaptionView {
    fn from(caption: Caption) -> Self {
        let Caption { at_ms, media_us, language, text, .. } = caption;
        Self { at_ms, media_us, language, text }
    }
}

/// The routes of this file.
pub(super) fn routes() -> Router<Http> {
    Router::new()
        .route("/api/shows/{slug}/moderators", get(list).post(invite))
        .route("/api/shows/{slug}/moderators/{moderator}", delete(revoke))
        .route("/api/shows/{slug}/audit", get(audit))
        .route("/api/shows/{slug}/captions", get(captions))
        .route("/api/shop/filter", get(filter).put(set_filter).layer(DefaultBodyLimit::max(MAX_FILTER_BYTES)))
}

/// A join token for whoever has a moderator's key.
///
/// # Errors
/// `login_invalid`.
pub(super) async fn moderator_token(http: &Http, show: &ShowRow, key: &str) -> Result<String, Error> {
    let member = http.store.moderator_by_link(show.show, hash(key, "moderator")).await?.ok_or(Error::LoginInvalid)?;
    let token = http.tokens.issue(show.show, Role::Moderator, Some(member), clock::unix_ms(), PAGE_TOKEN_TTL_MS);
    token.map_err(|_| Error::Internal)
}

/// What is kept of a link's key. What it is for is part of it.
pub(super) fn hash(key: &str, domain: &str) -> [u8; 32] {
    credential::hash(&format!("{domain}:{key}"))
}

pub(super) async fn own(http: &Http, shop: ShopId, slug: &str) -> Result<ShowRow, Error> {
    http.store.show_by_slug(slug).await?.filter(|row| row.shop == shop).ok_or(Error::ShowNotFound)
}

/// `GET /api/shows/{slug}/moderators`.
async fn list(
    State(http): State<Http>,
    LoggedIn(shop): LoggedIn,
    Path(slug): Path<String>,
) -> Result<Json<ModeratorList>, Error> {
    let row = own(&http, shop, &slug).await?;
    let moderators = http.store.moderators(row.show).await?.into_iter().map(Into::into).collect();
    Ok(Json(ModeratorList { moderators }))
}

/// `POST /api/shows/{slug}/moderators`: a link for somebody who keeps the chat in order.
async fn invite(
    State(http): State<Http>,
    LoggedIn(shop): LoggedIn,
    Path(slug): Path<String>,
    headers: HeaderMap,
    Body(new): Body<NewModerator>,
) -> Result<(StatusCode, Json<Link>), Error> {
    origin::check(&headers, &http.base)?;
    let row = own(&http, shop, &slug).await?;
    let invalid = Error::Invalid { code: "name_invalid", detail: "A name has 1 to 32 characters." };
    let name = clean_line(&new.name, MAX_NICKNAME_CHARS).map_err(|_| invalid)?;
    let key = credential::mint();
    let made = http.store.moderator_create(row.show, &name, hash(&key, "moderator"), clock::unix_ms()).await;
    let moderator = made.map_err(|error| match error {
        StoreError::OutOfBounds(_) => Error::Invalid { code: "too_many", detail: "A show has at most 100 moderators." },
        other => other.into(),
    })?;
    tracing::info!(show.id = %row.show, member.id = %moderator.member, "moderator invited");
    let link = format!("{}/studio/shows/{slug}/moderate#moderator={key}", http.base);
    Ok((StatusCode::CREATED, Json(Link { link, key, moderator: Some(moderator.member.0), expires_at_ms: None })))
}

/// `DELETE /api/shows/{slug}/moderators/{moderator}`: the link is worth nothing from now on, and who came by it is out.
async fn revoke(
    State(http): State<Http>,
    LoggedIn(shop): LoggedIn,
    Path((slug, moderator)): Path<(String, Uuid)>,
    headers: HeaderMap,
) -> Result<StatusCode, Error> {
    origin::check(&headers, &http.base)?;
    let row = own(&http, shop, &slug).await?;
    let member = MemberId(moderator);
    if http.store.moderator_revoke(row.show, member, clock::unix_ms()).await? {
        tracing::info!(show.id = %row.show, member.id = %member, "moderator's link taken back");
        if let Some(show) = http.sessions.shows.by_id(row.show).await {
            show.revoke(Revoked::Moderator(member)).await;
        }
    }
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /api/shows/{slug}/audit`.
async fn audit(
    State(http): State<Http>,
    LoggedIn(shop): LoggedIn,
    Path(slug): Path<String>,
    Query(Before { before }): Query<Before>,
) -> Result<Json<Trail>, Error> {
    let row = own(&http, shop, &slug).await?;
    let found = http.store.audit_before(row.show, before.unwrap_or(u64::MAX)).await?;
    let before = found.last().map(|(n, _)| *n).filter(|n| *n > 1);
    Ok(Json(Trail { entries: found.into_iter().map(|(_, entry)| entry).collect(), before }))
}

/// `GET /api/shows/{slug}/captions`.
async fn captions(
    State(http): State<Http>,
    Path(slug): Path<String>,
    Query(After { after_ms }): Query<After>,
) -> Result<Json<Captions>, Error> {
    let row = http.store.show_by_slug(&slug).await?.ok_or(Error::ShowNotFound)?;
    let captions = http.store.captions_after(row.show, after_ms).await?;
    Ok(Json(Captions { captions: captions.into_iter().map(Into::into).collect() }))
}

/// `GET /api/shop/filter`.
async fn filter(State(http): State<Http>, LoggedIn(shop): LoggedIn) -> Result<Json<FilterSettings>, Error> {
    Ok(Json(http.store.filter(shop).await?))
}

/// `PUT /api/shop/filter`: holds from now on, in shows that are on too.
async fn set_filter(
    State(http): State<Http>,
    LoggedIn(shop): LoggedIn,
    headers: HeaderMap,
    Body(wanted): Body<FilterSettings>,
) -> Result<Json<FilterSettings>, Error> {
    origin::check(&headers, &http.base)?;
    let mut languages = wanted.languages;
    languages.dedup();
    languages.truncate(2);
    let settings =
        FilterSettings { languages, words: words(&wanted.words)?, allowed: words(&wanted.allowed)?, ..wanted };
    http.store.set_filter(shop, &settings).await?;
    http.sessions.shows.set_filter(shop, &settings).await;
    Ok(Json(settings))
}

fn words(raw: &[String]) -> Result<Vec<String>, Error> {
    let invalid =
        || Error::Invalid { code: "words_invalid", detail: "A list has at most 500 words of 1 to 60 characters." };
    if raw.len() > MAX_WORDS {
        return Err(invalid());
    }
    raw.iter().map(|word| clean_line(word, MAX_NAME_CHARS).map_err(|_| invalid())).collect()
}

/// Tells the routes of this file.
pub(super) fn describe(api: &mut Api) {
    let moderators = "/api/shows/{slug}/moderators";
    api.tell("get", moderators, Who::Seller, "Who keeps the chat in order.").gives::<ModeratorList>(200).end();
    api.tell("post", moderators, Who::Seller, "A link for one more.").takes::<NewModerator>().gives::<Link>(201).end();
    let one = "/api/shows/{slug}/moderators/{moderator}";
    api.tell("delete", one, Who::Seller, "Takes a link back.").gives_nothing(204).end();
    api.tell("get", "/api/shows/{slug}/audit", Who::Seller, "Who did what to whom.")
        .asks("before", "integer", "Entries before this one, as told by the last answer.")
        .gives::<Trail>(200)
        .end();
    api.tell("get", "/api/shows/{slug}/captions", Who::Anybody, "What was said, in writing.")
        .asks("after_ms", "integer", "After this time.")
        .gives::<Captions>(200)
        .end();
    let filter = "/api/shop/filter";
    api.tell("get", filter, Who::Seller, "Words that nobody may write.").gives::<FilterSettings>(200).end();
    api.tell("put", filter, Who::Seller, "Sets them.").takes::<FilterSettings>().gives::<FilterSettings>(200).end();
}
