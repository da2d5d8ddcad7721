//! OWNER of one WebSocket: dispatch, outbox, rate.
