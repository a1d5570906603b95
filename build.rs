//! Nothing is generated: this only makes cargo notice a file added under `templates/`, which the embedding macro cannot.
fn main() {
    println!("cargo:rerun-if-changed=templates");
}
