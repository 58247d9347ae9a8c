//! The library from the languages and engines in bindings/, and from C++: the golden cases, and what each
//! of them adds.

#[path = "../support/mod.rs"]
mod support;

use std::{
    fs,
    path::PathBuf,
    process::Command,
    sync::{Mutex, PoisonError},
};

mod cobol;
mod cpp;
mod gem;
mod go;
mod postgresql;
mod python;
mod redis;
mod ruby;
mod rust;
mod spark;
mod sqlite;
mod wasm;

/// Runs a replay of examples/data/daily_spend.csv, which must find what the one in Python wrote down:
/// make replay.
#[track_caller]
fn replays(program: &mut Command) {
    let found = support::run(program.arg(support::path("examples/data/daily_spend.csv")));
    let expected = fs::read_to_string(support::path("examples/data/replay.txt")).unwrap();
    assert_eq!(found, expected);
}

/// Runs make on the release build that the tests use, one after the other: targets share files. Returns the folder
/// with what it made.
fn make(arguments: &[&str]) -> PathBuf {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let target = support::release().parent().unwrap();
    let mut make = Command::new("make");
    make.current_dir(support::path("")).args(arguments).env("CARGO_TARGET_DIR", target);
    support::run(make.env_remove("MAKEFLAGS"));
    target.join("dist")
}

/// The folder of the libraries for newer CPUs among those that a package carries, where this CPU takes it.
fn level() -> &'static str {
    let runs_newer = cfg!(all(target_arch = "x86_64", target_env = "gnu")) && support::is_v3();
    if runs_newer { "x86-64-v3/" } else { "" }
}
