//! One integration binary: a real server on free ports, real HTTP, real WebSockets, real WebRTC over loopback.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(unreachable_pub, reason = "the harness is public to this binary only")]

mod audience;
mod audience_crash;
mod audience_order;
mod audience_questions;
mod audience_staff;
mod catalogue;
mod crash;
mod goods;
mod harness;
mod http;
mod media;
mod pay;
mod post;
mod reach;
mod rehearsal;
mod shop;
mod socket;
mod stack;
mod whip;
