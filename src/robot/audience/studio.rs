//! How a robot gets on the stage: as a seller does, with the link that the server prints for its operator.

use super::AudienceError;
use super::door::Show;
use super::http;
use serde_json::{Value, json};

/// Logs in with a link that ends in `#setup=…` or `#login=…`, sees to it that there is the show, and returns a host's join
/// token.
///
/// # Errors
/// When the link is none, or is used up; when the show's name cannot be had.
pub(super) async fn enter(show: &Show, link: &str) -> Result<String, AudienceError> {
    let token = ["#setup=", "#login="].iter().find_map(|mark| link.split_once(mark)).map(|(_, token)| token);
    let token = token.ok_or(AudienceError::NoStudioLink)?.trim();
    let body = json!({ "token": token, "shop": "Robots" });
    let session = http::post_json(show.server, "/api/session", &[], &body).await?.good()?;
    let cookie = session.header("set-cookie").and_then(|cookie| cookie.split(';').next());
    let cookie = [("cookie", cookie.ok_or(AudienceError::NotHttp)?)];
    let path = format!("/api/shows/{}", show.slug);
    if http::request(show.server, "GET", &path, &[], "").await?.status == 404 {
        let made = http::post_json(show.server, "/api/shows", &cookie, &json!({ "title": show.slug })).await?.good()?;
        let slug = made.json().get("slug").and_then(Value::as_str).unwrap_or_default().to_owned();
        if slug != show.slug {
            return Err(AudienceError::Slug(slug));
        }
    }
    show.token("host", &cookie).await
}
