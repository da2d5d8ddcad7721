//! Tasks that end, and lanes that are free again.

use super::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

#[tokio::test]
async fn a_task_that_is_stopped_has_finished() {
    let finished = Arc::new(AtomicBool::new(false));
    let seen = finished.clone();
    let task = Task::start(|stop| async move {
        stop.cancelled().await;
        tokio::task::yield_now().await;
        seen.store(true, Ordering::SeqCst);
    });
    task.stop().await;
    assert!(finished.load(Ordering::SeqCst));
    task.stop().await;
}

#[tokio::test]
async fn a_lane_is_free_when_its_thing_is_over_however_it_ended() {
    let mut lanes = Lanes::new();
    assert!(!lanes.ended().await, "nothing runs");
    lanes.begin("good", async {});
    lanes.begin("bad", async { unreachable!("as it is meant to") });
    lanes.begin("slow", std::future::pending());
    assert!(lanes.ended().await && lanes.ended().await);
    assert_eq!(lanes.busy().collect::<Vec<_>>(), [&"slow"], "also while others go on");
    assert!(lanes.is_busy(&"slow") && !lanes.is_busy(&"bad"));
}
