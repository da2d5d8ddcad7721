//! The form of a problem.

use super::Error;
use axum::body::to_bytes;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use std::time::Duration;

async fn told(error: Error) -> (StatusCode, axum::http::HeaderMap, serde_json::Value) {
    let response = error.into_response();
    let (parts, body) = response.into_parts();
    let body = serde_json::from_slice(&to_bytes(body, 4_096).await.unwrap()).unwrap();
    (parts.status, parts.headers, body)
}

#[tokio::test]
async fn a_problem_has_the_documented_form() {
    let (status, headers, body) = told(Error::ShowNotFound).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(headers[header::CONTENT_TYPE], "application/problem+json");
    let expected = serde_json::json!({
        "type": "about:blank", "title": "Not Found", "status": 404, "code": "show_not_found",
        "detail": "There is no such show.",
    });
    assert_eq!(body, expected);
}

#[tokio::test]
async fn waiting_is_told_in_whole_seconds_that_suffice() {
    let (status, headers, _) = told(Error::RateLimited(Duration::from_millis(1_200))).await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(headers[header::RETRY_AFTER], "2");
}

#[tokio::test]
async fn nothing_internal_is_shown() {
    let (status, _, body) = told(Error::Internal).await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(body["detail"], "Something went wrong on the server.");
}
