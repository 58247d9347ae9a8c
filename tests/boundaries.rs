//! Both ends of every config and state field are accepted by every call that takes the struct, and their neighbours
//! are refused: one table, tests/boundaries/table.txt, for every host to read.

mod support;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use support::*;

const CHECK: &str = "the ends of every config and state field";

fn drive(library: &Path) -> Command {
    let mut python = Command::new("python3");
    python.arg("-B").arg(path("tests/boundaries/drive.py")).arg(library.join("libcloudcircuit.so"));
    python
}

fn every_end_holds(library: &Path) {
    if has_tool("python3", CHECK) {
        let printed = run(&mut drive(library));
        assert!(printed.ends_with(" 0 faults\n"), "{printed}");
    }
}

#[test]
fn every_end_is_accepted_and_its_neighbour_refused() {
    every_end_holds(release());
}

/// The form that `make check ROOM=...` runs.
#[test]
fn quick_every_end_holds_in_the_debug_build() {
    every_end_holds(debug());
}

/// A file of this repository with one text replaced, in a folder of its own.
fn changed(file: &str, from: &str, to: &str) -> PathBuf {
    let text = fs::read_to_string(path(file)).unwrap();
    assert!(text.contains(from), "{file} has no {from}");
    let copy = scratch("changed").join(Path::new(file).file_name().unwrap());
    fs::write(&copy, text.replacen(from, to, 1)).unwrap();
    copy
}

const TABLE: &str = "tests/boundaries/table.txt";
const DESCRIPTION: &str = "include/cloudcircuit.json";

#[test]
fn a_missing_row_and_a_wrong_end_or_comment_are_found() {
    if !has_tool("python3", CHECK) {
        return;
    }
    for (file, from, to, finding) in [
        (TABLE, "\nprobe_timeout |", "\n# |", "breaker_config.probe_timeout: has no row"),
        (TABLE, "\nwindow | 200 ..", "\nwindow | 201 ..", "window = 200 answers OK"),
        (TABLE, "\nstep | 1 ..", "\nstep | 2 ..", "which is not 2 to"),
        // What a wrong comment in src/ leaves in the description once that is made again.
        (DESCRIPTION, "Seconds between points, 1 to 2^31.", "Seconds, 2 to 2^31.", "does not say"),
        (DESCRIPTION, "at most 1000000; 0 without a window", "at most 1000001", "does not say"),
    ] {
        let copy = changed(file, from, to);
        let files = if file == TABLE { [copy, path(DESCRIPTION)] } else { [path(TABLE), copy] };
        let output = output(drive(release()).args(files));
        assert_eq!(output.status.code(), Some(1), "{from} became {to}");
        assert!(printed(&output).contains(finding), "{}", printed(&output));
    }
}
