//! What Linux tells of processes and sockets in /proc. Elsewhere there is nothing to read, and the figures are missing.

use std::time::Duration;

/// `USER_HZ`, the unit of /proc/…/stat: the same on every architecture that Linux's glibc runs on.
const TICKS_PER_SECOND: u64 = 100;

/// CPU time of a process so far, in user and in kernel mode.
pub(super) fn cpu_time(pid: u32) -> Option<Duration> {
    parse_cpu_time(&std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// Resident memory of a process, in KiB.
pub(super) fn resident_kib(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Datagrams that the kernel threw away because the sockets of these ports were full.
pub(super) fn dropped(ports: &[u16]) -> u64 {
    parse_dropped(&std::fs::read_to_string("/proc/self/net/udp").unwrap_or_default(), ports)
}

/// The name of a process may hold blanks and brackets; what follows the last bracket does not.
fn parse_cpu_time(stat: &str) -> Option<Duration> {
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(Duration::from_millis((user + system) * 1_000 / TICKS_PER_SECOND))
}

fn parse_dropped(table: &str, ports: &[u16]) -> u64 {
    let drops = table.lines().skip(1).filter_map(|line| {
        let mut fields = line.split_whitespace();
        let port = u16::from_str_radix(fields.nth(1)?.rsplit_once(':')?.1, 16).ok()?;
        ports.contains(&port).then(|| fields.last()?.parse::<u64>().ok())?
    });
    drops.sum()
}

#[cfg(test)]
mod tests;
