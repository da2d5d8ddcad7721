//! Quiora, a kit for live commerce: one binary in which a seller goes on air from a browser, viewers watch with
//! sub-second delay, talk, and buy.
//!
//! # The house
//! One folder per **owner**: a thing that owns state, has one mailbox, and is talked to by messages. Inside each is a
//! pure core (it decides) and around it a shell (it does the IO). Imports point one way only, and `tests/tidy.rs`
//! fails when they do not:
//!
//! ```text
//! signaling  <-  cores (sfu, srtp, show, shop, session core)  <-  shells (show, shop, session, media, store, post, pay, http, robot)  <-  app  <-  main
//! ```
//!
//! | folder | owns | runs as |
//! |---|---|---|
//! | [`sfu`] | media decisions: what goes to whom, under which numbers | pure functions of packets and `now` |
//! | [`srtp`] | how packets are sealed and opened | pure functions of bytes, keys and numbers |
//! | [`media`] | sockets, WebRTC peers, media threads; with the robot the only folder that names `rtc` | N worker threads |
//! | [`show`] | one live event: members, chat, questions, polls, moderation, stage, its event log | one task per show |
//! | [`shop`] | a seller's business: catalogue, stock, reservations, orders | one task per shop |
//! | [`session`] | one WebSocket: dispatch, outbox, rate | two tasks per WebSocket: one reads, one writes |
//! | [`store`] | all SQL | a pool and its single writer |
//! | [`pay`] | errands at a payment provider, and what it tells | one task |
//! | [`post`] | what leaves: the outbox, webhooks, letters to buyers | one task |
//! | [`tasks`] | how shells' tasks end, and do things side by side | |
//! | [`http`] | pages, JSON API, WebSocket upgrade, health, metrics | axum |
//! | [`robot`] | Quiora as a *client* of its own: the demo's seller, the guests of a rehearsal | tasks |
//! | [`app`] | the worlds: the house, and the rehearsal beside it; who hears what | one task for the rehearsal |
//!
//! Four words mean the same everywhere: a **command** is asked, an **event** is a fact, a **refusal** is a typed "no",
//! an **effect** is what the shell must do. Time is passed in as `now`; only [`clock`] reads a clock.

pub mod app;
pub mod config;
pub mod http;
pub mod media;
pub mod pay;
pub mod post;
pub mod robot;
pub mod session;
pub mod sfu;
pub mod shop;
pub mod show;
pub mod srtp;
pub mod store;

pub mod clock;
pub mod metrics;
pub mod tasks;
pub mod telemetry;
