//! The `quiora` binary.

fn main() {}
