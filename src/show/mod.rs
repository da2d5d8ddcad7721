//! OWNER of a live event, one task per show: members, chat, stage, and the event log that all of them share.
