//! Tells cargo to build again when the web pages were built again: they are embedded in the binary, and cargo alone
//! notices a file that changed, not one that appeared.
//!
//! The folder is made if it is missing, so that the server builds before the pages do; it then says that they are not.

#[allow(clippy::print_stdout, reason = "this is how a build script speaks to cargo")]
fn main() {
    let dist = "web/dist";
    if let Err(error) = std::fs::create_dir_all(dist) {
        println!("cargo::warning={dist} cannot be made ({error}); the pages will not be in the binary");
    }
    println!("cargo::rerun-if-changed={dist}");
}
