//! What /proc says, with names that try to mislead.

use super::*;

#[test]
fn cpu_time_is_found_behind_any_name() {
    let stat = "42 (a) b (c) S 1 42 42 0 -1 4194560 1 2 3 4 150 50 9 9 20 0 5 0 100 0 0";
    assert_eq!(parse_cpu_time(stat), Some(Duration::from_secs(2)));
    assert_eq!(parse_cpu_time(""), None);
    assert!(cpu_time(std::process::id()).is_some() && resident_kib(std::process::id()).is_some_and(|kib| kib > 0));
}

#[test]
fn drops_are_of_our_ports() {
    let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n\
        1: 00000000:1F90 00000000:0000 07 0:0 00:0 0 0 0 1 2 0 7\n2: 00000000:1F91 00000000:0000 07 0:0 00:0 0 0 0 1 2 0 5\n";
    assert_eq!((parse_dropped(table, &[0x1f90]), parse_dropped(table, &[0x1f90, 0x1f91])), (7, 12));
    assert_eq!(parse_dropped("", &[1]), 0);
}
