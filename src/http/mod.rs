//! The HTTP face: pages, JSON API, WebSocket upgrade, health and metrics.
