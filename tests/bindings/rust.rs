//! The crate in bindings/rust: its own tests, programs that use it, and what `make crate` packs.

use super::support::{
    described_names, has_tool, is_long, output, path, printed, release, run, scratch,
};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    str,
};

/// cargo on the crate or on a program, with what it builds kept out of the sources.
fn cargo(folder: &Path, arguments: &[&str]) -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(folder).args(arguments).args(["--locked", "--offline", "--target-dir"]);
    cargo.arg(built());
    // What cargo sets for this test is not meant for another crate.
    for name in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_TARGET_DIR"] {
        cargo.env_remove(name);
    }
    cargo.env_remove("CLOUDCIRCUIT_LIB_DIR");
    cargo
}

/// A folder for each test, since cargo locks it.
fn built() -> PathBuf {
    scratch("target")
}

/// As `cargo`, linked with the release build.
fn cargo_with_library(folder: &Path, arguments: &[&str]) -> Command {
    let mut cargo = cargo(folder, arguments);
    cargo.env("CLOUDCIRCUIT_LIB_DIR", release());
    cargo
}

fn sources() -> String {
    let files = fs::read_dir(path("bindings/rust/src")).unwrap().map(|file| file.unwrap().path());
    let files = files.filter(|file| !file.ends_with("sys.rs"));
    files.map(|file| fs::read_to_string(file).unwrap()).collect()
}

#[test]
fn its_tests_and_the_code_in_its_documentation_pass() {
    let output = output(&mut cargo_with_library(&path("bindings/rust"), &["test"]));
    let said = printed(&output);
    assert!(output.status.success() && !said.contains("warning:"), "{said}");
    let passed = said.lines().filter_map(|line| line.strip_prefix("test result: ok. "));
    let passed: u32 =
        passed.map(|line| line.split(' ').next().unwrap().parse::<u32>().unwrap()).sum();
    assert!(passed >= 32, "{passed} tests passed:\n{said}");
}

#[test]
fn its_documentation_is_whole() {
    let mut doc = cargo(&path("bindings/rust"), &["doc", "--no-deps"]);
    doc.env("CLOUDCIRCUIT_LIB_DIR", release()).env("RUSTDOCFLAGS", "-D warnings");
    run(&mut doc);
}

#[test]
fn its_declarations_are_made_from_the_description() {
    if !has_tool("python3", "the declarations of the Rust crate") {
        return;
    }
    let made = scratch("made");
    run(Command::new("python3").arg(path("bindings/rust/make_sys.py")).arg(&made));
    for name in ["sys.rs", "types.rs"] {
        let committed = fs::read(path("bindings/rust/src").join(name)).unwrap();
        let is_same = committed == fs::read(made.join(name)).unwrap();
        assert!(is_same, "bindings/rust/src/{name} is stale: run `make header`");
    }
}

#[test]
fn every_function_has_a_safe_form() {
    let sources = sources();
    let words: Vec<&str> =
        sources.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
    let missing = described_names("functions").into_iter();
    let missing: Vec<String> = missing.filter(|name| !words.contains(&name.as_str())).collect();
    assert!(missing.is_empty(), "the crate has no safe form of {missing:?}");
}

#[test]
fn the_code_in_its_readme_is_tested() {
    let readme = fs::read_to_string(path("bindings/rust/README.md")).unwrap();
    let code = readme.split_once("```rust\n").unwrap().1.split_once("```").unwrap().0;
    let folder = program_with("readme", &path("bindings/rust"));
    fs::write(folder.join("src/main.rs"), code).unwrap();
    assert_eq!(run(&mut cargo_with_library(&folder, &["run", "--bin", "program"])), "6900 left\n");
}

/// A copy of the program that uses the crate, with the crate from `folder`.
fn program_with(name: &str, folder: &Path) -> PathBuf {
    let program = scratch(name);
    let source = path("bindings/rust/tests/program");
    fs::create_dir_all(program.join("src/bin")).unwrap();
    for file in ["Cargo.lock", "src/main.rs", "src/bin/freestanding.rs"] {
        fs::copy(source.join(file), program.join(file)).unwrap();
    }
    let manifest = fs::read_to_string(source.join("Cargo.toml")).unwrap();
    let here = format!("path = {:?}", folder.to_str().unwrap());
    let manifest = manifest.replace("path = \"../..\"", &here);
    let examples = path("examples").display().to_string();
    let manifest = manifest.replace("../../../../examples", &examples);
    fs::write(program.join("Cargo.toml"), manifest).unwrap();
    program
}

#[test]
fn programs_that_unwind_abort_or_have_no_std_use_it() {
    let program = path("bindings/rust/tests/program");
    let expected = format!("{} 30\n", env!("CARGO_PKG_VERSION"));
    run(&mut cargo_with_library(&program, &["build"]));
    assert_eq!(run(&mut Command::new(built().join("debug/program"))), expected);

    let abort = ["build", "--profile", "abort", "--features", "freestanding"];
    run(&mut cargo_with_library(&program, &abort));
    assert_eq!(run(&mut Command::new(built().join("abort/program"))), expected);
    let ended = output(&mut Command::new(built().join("abort/freestanding")));
    assert_eq!(ended.status.code(), Some(30));
}

#[test]
fn its_example_replays_daily_spend() {
    let program = path("bindings/rust/tests/program");
    run(&mut cargo_with_library(&program, &["build", "--example", "replay"]));
    super::replays(&mut Command::new(built().join("debug/examples/replay")));
}

/// Unpacks what `make crate` packs.
fn packed() -> PathBuf {
    let target = release().parent().unwrap();
    let mut make = Command::new("make");
    make.current_dir(path("")).arg("crate").env("CARGO_TARGET_DIR", target).env_remove("MAKEFLAGS");
    run(&mut make);
    let name = format!("cloudcircuit-{}", env!("CARGO_PKG_VERSION"));
    let folder = scratch("unpacked");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let archive = target.join(format!("dist/{name}.crate"));
    run(Command::new("tar").arg("-xf").arg(archive).arg("-C").arg(&folder));
    folder.join(name)
}

/// In CI; elsewhere the sources are not built one more time.
#[test]
fn the_packed_crate_needs_nothing_of_the_repository() {
    fs::remove_dir_all(built()).unwrap();
    let packed = packed();
    let program = program_with("user", &packed);
    let expected = format!("{} 30\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(run(&mut cargo(&program, &["run", "--bin", "program"])), expected);
    let archives = || find(&built().join("debug/build"), "libcloudcircuit.a");
    assert!(archives().is_empty(), "the library in the crate was not used: {:?}", archives());

    if is_long("the sources in the packed crate") {
        let target = env!("CLOUDCIRCUIT_TARGET");
        fs::remove_file(packed.join("native").join(target).join("libcloudcircuit.a")).unwrap();
        assert_eq!(run(&mut cargo(&program, &["run", "--bin", "program"])), expected);
        assert!(!archives().is_empty(), "the library was not built from its sources");
    }
}

fn find(folder: &Path, name: &str) -> Vec<String> {
    let found = run(Command::new("find").arg(folder).args(["-name", name]));
    found.lines().map(str::to_owned).collect()
}
