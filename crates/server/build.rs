//! Lets the crate build before the front end was: the folder that is embedded must exist.

fn main() {
    let dist = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/dist");
    if let Err(error) = std::fs::create_dir_all(dist) {
        println!("cargo::error={dist}: {error}");
    }
    println!("cargo::rerun-if-changed={dist}");
}
