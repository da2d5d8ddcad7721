//! Medians, ratios, and plots that are well formed.

use super::*;
use crate::robot::audience::report::tests::sample;

fn texts() -> Vec<String> {
    let runs = [("a", 10, 100), ("a", 10, 120), ("a", 10, 900), ("a", 100, 100), ("b", 10, 480)];
    runs.iter().map(|(l, v, cpu)| serde_json::to_string(&sample(l, *v, *cpu)).unwrap()).collect()
}

#[test]
fn the_median_run_is_compared() {
    let comparison = compare(&texts()).unwrap();
    let rows: Vec<&str> = comparison.table.lines().collect();
    assert_eq!(rows.len(), 2 + 3);
    assert!(rows[2].starts_with("| a | 10 | 3 | 60.00 | 1.0 × |"), "{}", rows[2]);
    assert!(rows[4].starts_with("| b | 10 | 1 | 240.00 | 4.0 × |"), "{}", rows[4]);
    assert!(compare(&["{}".to_owned()]).is_err());
}

#[test]
fn plots_show_every_server() {
    let comparison = compare(&texts()).unwrap();
    assert_eq!(comparison.plots.len(), 3);
    for (name, svg) in &comparison.plots {
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n") && !svg.contains("NaN"), "{name}: {svg}");
        assert!(svg.contains(">a") && svg.contains(">b"), "{name}");
    }
}
