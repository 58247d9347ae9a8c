//! The library against independent models in Python, each written from the rules alone: breaker and
//! ledger over every short sequence and random lives, detector, tracker and forecast to the last bit.

mod support;

use std::process::Command;
use support::*;

const CHECK: &str = "breaker and ledger against their models";

fn drive(machine: &str, part: &str) -> Vec<u64> {
    let mut python = Command::new("python3");
    python.arg(path("tests/model/drive.py")).arg(release().join("libcloudcircuit.so"));
    let printed = run(python.args([machine, part]));
    let words = printed.split([' ', ',', '\n']);
    let numbers: Vec<u64> = words.filter_map(|word| word.parse().ok()).collect();
    assert_eq!(numbers.last(), Some(&0), "{printed}");
    numbers
}

fn every_sequence(machine: &str, at_least: u64) {
    if has_tool("python3", CHECK) {
        let numbers = drive(machine, "sequences");
        let &[sequences, events, calls, errors, _] = &numbers[..] else { panic!("{numbers:?}") };
        assert!(sequences >= at_least && events == 7, "{sequences} sequences of {events} events");
        assert!(calls > 50_000 && errors > calls / 100, "{errors} errors of {calls} calls");
    }
}

fn a_million_events(machine: &str) {
    if has_tool("python3", CHECK) {
        let numbers = drive(machine, "random");
        let &[events, lives, _, errors, _] = &numbers[..] else { panic!("{numbers:?}") };
        assert!(events >= 1_000_000 && lives > 1000, "{events} events in {lives} lives");
        assert!(errors > events / 10 && errors < events / 2, "{errors} errors");
    }
}

#[test]
fn every_sequence_of_seven_breaker_events() {
    every_sequence("breaker", 30_000_000);
}

#[test]
fn every_sequence_of_seven_ledger_events() {
    every_sequence("ledger", 4_000_000);
}

#[test]
fn a_million_random_breaker_events() {
    a_million_events("breaker");
}

#[test]
fn a_million_random_ledger_events() {
    a_million_events("ledger");
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

/// Always the same cases, so that a failure is the change's own, and some that nobody has seen.
fn agrees_with(model: &str, cases: [&str; 2]) {
    for (cases, seed) in cases.into_iter().zip([Some("1"), None]) {
        let mut command = Command::new("python3");
        command.arg(path(&format!("tests/model/{model}")));
        command.args([release(), debug()].map(|folder| folder.join("libcloudcircuit.so")));
        let printed = run(command.arg(cases).args(seed));
        assert!(printed.contains(&format!(": {cases} cases, 0 wrong")), "{printed}");
    }
}

#[test]
fn the_detector_finds_what_its_model_finds_to_the_last_bit() {
    if has_tool("python3", "the detector against its model") {
        agrees_with("detect_model.py", ["800", "200"]);
    }
}

#[test]
fn a_tracker_is_encoded_as_the_model_packs_it() {
    if has_tool("python3", "encoded trackers against the detector's model") {
        agrees_with("tracker_encoding.py", ["60", "40"]);
    }
}

#[test]
fn the_forecast_is_what_its_model_expects() {
    if has_tool("python3", "the forecast against its model") {
        agrees_with("forecast_model.py", ["4000", "4000"]);
    }
}
