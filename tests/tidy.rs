//! The house rules, held by machine.
//!
//! Each rule lives in a file of `tidy/`, is a function from a source text to complaints, and is tested there on a bad
//! snippet: a rule that cannot fail is no rule. The tests below run all of them over the whole tree and print every
//! complaint at once, with the reason of the rule, so that one run is enough to put things right.

#[path = "tidy/calls.rs"]
mod calls;
#[path = "tidy/imports.rs"]
mod imports;
#[path = "tidy/locks.rs"]
mod locks;
#[path = "tidy/names.rs"]
mod names;
#[path = "tidy/protocol.rs"]
mod protocol;
#[path = "tidy/shape.rs"]
mod shape;
#[path = "tidy/tree.rs"]
mod tree;

use tree::{Source, sources};

/// Panics with all complaints and the reason why the rule exists.
fn hold(rule: &str, why: &str, complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{rule}\n  why: {why}\n\n  {}\n", complaints.join("\n  "));
}

fn over(files: &[Source], check: fn(&Source) -> Vec<String>) -> Vec<String> {
    files.iter().flat_map(check).collect()
}

fn rust() -> Vec<Source> {
    sources(&["src", "signaling"], &["rs"])
}

fn web() -> Vec<Source> {
    sources(&["web/src", "tests/browser"], &["ts", "svelte", "js", "mjs"])
}

#[test]
fn imports_point_one_way() {
    hold("Imports follow the table in tests/tidy/imports.rs", imports::WHY, &over(&rust(), imports::check));
}

#[test]
fn cores_are_pure() {
    hold("A core names no runtime, socket, lock, channel or clock", imports::WHY_PURE, &over(&rust(), imports::purity));
}

#[test]
fn every_core_exists() {
    hold("Each core named in tests/tidy/imports.rs has files", imports::WHY_PURE, &imports::empty_cores(&rust()));
}

#[test]
fn one_file_reads_the_clock() {
    hold("Only src/clock.rs reads a clock or makes an id", calls::WHY, &over(&rust(), calls::check));
}

#[test]
fn files_and_functions_stay_small() {
    let mut complaints = over(&rust(), shape::file_length);
    complaints.extend(over(&rust(), shape::function_length));
    complaints.extend(over(&sources(&["tests"], &["rs"]), shape::file_length));
    complaints.extend(over(&web(), shape::file_length));
    hold("Files and functions stay small", shape::WHY_SMALL, &complaints);
}

#[test]
fn every_file_says_what_it_owns() {
    let mut complaints = over(&rust(), shape::head);
    complaints.extend(over(&sources(&["tests"], &["rs"]), shape::head));
    hold("Every Rust file starts with `//!`", shape::WHY_HEAD, &complaints);
}

#[test]
fn unit_tests_live_beside_the_code() {
    hold("Unit tests are in `foo/tests.rs`", shape::WHY_TESTS_APART, &over(&rust(), shape::inline_tests));
}

#[test]
fn nothing_is_left_for_later() {
    let mut complaints = over(&rust(), shape::unfinished);
    complaints.extend(over(&web(), shape::unfinished));
    complaints.extend(over(&sources(&["tests", "scripts", ".ci"], &["rs", "sh", ""]), shape::unfinished));
    hold("Nothing is left for later", shape::WHY_FINISHED, &complaints);
}

#[test]
fn the_protocol_and_its_readme_agree() {
    hold("signaling/README.md names every field and value of the wire", protocol::WHY, &protocol::check_tree());
}

#[test]
fn locks_and_texts_fit_every_machine() {
    hold("Nothing points at one machine or a private registry", locks::WHY, &locks::check_tree());
}
