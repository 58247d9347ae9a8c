//! Finds the static library, or builds it. The first of these that is there:
//!
//! 1. the folder in CLOUDCIRCUIT_LIB_DIR, with libcloudcircuit.a, or with a shared library;
//! 2. native/<target>/libcloudcircuit.a of a packed crate;
//! 3. the library's sources, in native/library of a packed crate or in the repository, built by cargo.
//!
//! It is linked as C hosts link it. As an rlib, its panic handler would clash with the program's.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

const LIB_DIR: &str = "CLOUDCIRCUIT_LIB_DIR";
const ARCHIVE: &str = "libcloudcircuit.a";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=native");
    println!("cargo:rerun-if-env-changed={LIB_DIR}");
    if let Some(folder) = env::var_os(LIB_DIR) {
        let folder = PathBuf::from(folder);
        println!("cargo:rerun-if-changed={}", folder.display());
        if folder.join(ARCHIVE).is_file() {
            link_statically(&folder);
        } else {
            println!("cargo:rustc-link-search=native={}", folder.display());
            println!("cargo:rustc-link-lib=dylib=cloudcircuit");
        }
        return;
    }
    let native = Path::new(&variable("CARGO_MANIFEST_DIR")).join("native");
    let bundled = native.join(variable("TARGET"));
    if bundled.join(ARCHIVE).is_file() {
        link_statically(&bundled);
    } else {
        link_statically(&built(&native));
    }
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("cargo sets no {name}"))
}

fn link_statically(folder: &Path) {
    println!("cargo:rustc-link-search=native={}", folder.display());
    println!("cargo:rustc-link-lib=static=cloudcircuit");
}

/// Builds the library in its own release profile, and returns the folder with the archive.
fn built(native: &Path) -> PathBuf {
    let out_dir = PathBuf::from(variable("OUT_DIR"));
    let packed = native.join("library");
    let sources = if packed.is_dir() {
        unpacked(&packed, &out_dir.join("library"))
    } else {
        native.with_file_name("../..")
    };
    for name in ["Cargo.toml", "Cargo.lock", "build.rs", "build", "src"] {
        println!("cargo:rerun-if-changed={}", sources.join(name).display());
    }
    let target = variable("TARGET");
    let target_dir = out_dir.join("target");
    let mut cargo = Command::new(variable("CARGO"));
    cargo.current_dir(&sources).args(["build", "--release", "--locked", "--lib"]);
    cargo.args(["--target", &target, "--target-dir"]).arg(&target_dir);
    // What is meant for the program that is being built: its flags, and clippy.
    for name in ["CARGO_ENCODED_RUSTFLAGS", "RUSTFLAGS", "RUSTC_WORKSPACE_WRAPPER"] {
        cargo.env_remove(name);
    }
    let status = cargo.status().unwrap_or_else(|error| panic!("cargo does not start: {error}"));
    assert!(
        status.success(),
        "the library did not build; {LIB_DIR} may name the folder of one that is there"
    );
    target_dir.join(target).join("release")
}

/// The sources of a packed crate, which has the manifest under a name that cargo does not take for one.
fn unpacked(packed: &Path, folder: &Path) -> PathBuf {
    copy(packed, folder);
    fs::rename(folder.join("Cargo.toml.packed"), folder.join("Cargo.toml")).expect("a manifest");
    folder.to_owned()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder in OUT_DIR");
    for entry in fs::read_dir(from).expect("the library's sources") {
        let entry = entry.expect("a file of the library");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a copy in OUT_DIR");
        }
    }
}
