//! The library against independent models in Python, each written from the rules alone: breaker and ledger over
//! every short sequence of events and in random lives, detector, tracker and forecast to the last bit.
//!
//! CLOUDCIRCUIT_LONG, which CI sets, makes sequences longer and cases more.

mod support;

use std::{env, path::Path, process::Command};
use support::*;

const CHECK: &str = "breaker and ledger against their models";

/// A number of cases, as `make test` and as CI has it.
fn either<T>(short: T, long: T) -> T {
    if env::var_os("CLOUDCIRCUIT_LONG").is_some() { long } else { short }
}

/// The numbers that the driver prints at its end.
fn drive(library: &Path, machine: &str, part: &str, events: u64) -> Vec<u64> {
    let mut python = Command::new("python3");
    python.arg(path("tests/model/drive.py")).arg(library.join("libcloudcircuit.so"));
    let printed = run(python.args([machine, part, "--events", &events.to_string()]));
    let words = printed.split([' ', ',', '\n']);
    let numbers: Vec<u64> = words.filter_map(|word| word.parse().ok()).collect();
    assert_eq!(numbers.last(), Some(&0), "{printed}");
    numbers
}

fn every_sequence(machine: &str, events: u64, at_least: u64) {
    if has_tool("python3", CHECK) {
        let numbers = drive(release(), machine, "sequences", events);
        let &[sequences, _, calls, errors, _] = &numbers[..] else { panic!("{numbers:?}") };
        assert!(sequences >= at_least, "{sequences} sequences of {events} events");
        assert!(calls > 20_000 && errors > calls / 100, "{errors} errors of {calls} calls");
    }
}

fn random_lives(machine: &str) {
    if has_tool("python3", CHECK) {
        let asked = either(200_000, 1_000_000);
        let numbers = drive(release(), machine, "random", asked);
        let &[events, lives, _, errors, _] = &numbers[..] else { panic!("{numbers:?}") };
        assert!(events >= asked && lives > asked / 1000, "{events} events in {lives} lives");
        assert!(errors > events / 10 && errors < events / 2, "{errors} errors");
    }
}

#[test]
fn every_sequence_of_breaker_events() {
    let (events, at_least) = either((6, 3_000_000), (7, 30_000_000));
    every_sequence("breaker", events, at_least);
}

#[test]
fn every_sequence_of_ledger_events() {
    let (events, at_least) = either((6, 500_000), (7, 4_000_000));
    every_sequence("ledger", events, at_least);
}

#[test]
fn random_breaker_lives() {
    random_lives("breaker");
}

#[test]
fn random_ledger_lives() {
    random_lives("ledger");
}

/// The form that `make check ROOM=...` runs.
#[test]
fn quick_models_agree_with_the_debug_build() {
    if !has_tool("python3", "the debug build against models") {
        return;
    }
    for machine in ["breaker", "ledger"].into_iter().filter(|machine| is_checked(machine)) {
        drive(debug(), machine, "sequences", 4);
        drive(debug(), machine, "random", 20_000);
    }
    for (room, model, cases) in [
        ("detect", "detect_model.py", "60"),
        ("detect", "tracker_encoding.py", "10"),
        ("forecast", "forecast_model.py", "500"),
    ] {
        if is_checked(room) {
            agrees_with(&[debug()], model, cases, Some("1"));
        }
    }
}

/// Rules that are not the library's, in Python, put in place of the model's.
const WRONG: [(&str, &str); 6] = [
    ("breaker", "open_time = lambda config, trips, generation: config.open_duration"),
    ("breaker", "live = lambda state: []"),
    ("breaker", "rate_trips = lambda config, outcomes: False"),
    ("breaker", "restarted = enter"),
    ("ledger", "crossed = lambda config, settled: NONE_CROSSED"),
    ("ledger", "overflows = lambda state: False"),
];

#[test]
fn a_library_that_differs_from_its_model_is_found() {
    if has_tool("python3", CHECK) {
        for (machine, rule) in WRONG {
            let script = format!(
                "import sys; sys.path.insert(0, 'tests/model')
import drive, {machine}_model as model
exec('{rule}', vars(model))
drive.main()"
            );
            let mut python = Command::new("python3");
            python.current_dir(path("")).args(["-B", "-c", &script]);
            python.arg(release().join("libcloudcircuit.so")).args([machine, "sequences"]);
            let output = output(&mut python);
            let printed = printed(&output);
            assert_eq!(output.status.code(), Some(1), "{rule}: {printed}");
            assert!(printed.starts_with("difference: "), "{rule}: {printed}");
        }
    }
}

fn agrees_with(builds: &[&Path], model: &str, cases: &str, seed: Option<&str>) {
    let mut command = Command::new("python3");
    command.arg(path(&format!("tests/model/{model}")));
    command.args(builds.iter().map(|folder| folder.join("libcloudcircuit.so")));
    let printed = run(command.arg(cases).args(seed));
    assert!(printed.contains(&format!(": {cases} cases, 0 wrong")), "{printed}");
}

/// Always the same cases, so that a failure is the change's own, and some that nobody has seen.
fn both_builds_agree_with(model: &str, cases: [&str; 2]) {
    for (cases, seed) in cases.into_iter().zip([Some("1"), None]) {
        agrees_with(&[release(), debug()], model, cases, seed);
    }
}

#[test]
fn the_detector_finds_what_its_model_finds_to_the_last_bit() {
    if has_tool("python3", "the detector against its model") {
        both_builds_agree_with("detect_model.py", either(["200", "50"], ["800", "200"]));
    }
}

#[test]
fn a_tracker_is_encoded_as_the_model_packs_it() {
    if has_tool("python3", "encoded trackers against the detector's model") {
        both_builds_agree_with("tracker_encoding.py", ["60", "40"]);
    }
}

#[test]
fn the_forecast_is_what_its_model_expects() {
    if has_tool("python3", "the forecast against its model") {
        both_builds_agree_with("forecast_model.py", either(["1000", "1000"], ["4000", "4000"]));
    }
}
