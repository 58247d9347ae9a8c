//! The library from the languages and engines in bindings/, and from C++: the golden cases, and what each
//! of them adds.

#[path = "../support/mod.rs"]
mod support;

use std::{fs, process::Command};

mod cobol;
mod cpp;
mod gem;
mod go;
mod python;
mod redis;
mod ruby;
mod rust;
mod sqlite;

/// Runs a replay of examples/data/daily_spend.csv, which must find what the one in Python wrote down:
/// make replay.
#[track_caller]
fn replays(program: &mut Command) {
    let found = support::run(program.arg(support::path("examples/data/daily_spend.csv")));
    let expected = fs::read_to_string(support::path("examples/data/replay.txt")).unwrap();
    assert_eq!(found, expected);
}
