//! The library against independent models in Python, each written from the rules alone: breaker, ledger and rate limit
//! over every short sequence of events and in random lives, detector, tracker and forecast to the last bit.
//!
//! CLOUDCIRCUIT_LONG, which CI sets, makes sequences longer and cases more.

mod support;

use std::{path::Path, process::Command};
use support::*;

const CHECK: &str = "breaker, ledger and rate limit against their models";

/// Runs a driver of tests/model/, which compares after every call; answers what it printed.
fn compare(library: &Path, driver: &str, count: &str) -> String {
    let mut python = Command::new("python3");
    python.arg(path(&format!("tests/model/{driver}.py"))).arg(library.join("libcloudcircuit.so"));
    let printed = run(python.arg(count));
    assert!(printed.ends_with(", 0 differences\n"), "{printed}");
    let most = printed.split(' ').filter_map(|word| word.parse::<u64>().ok()).max();
    assert!(most >= count.parse().ok(), "{printed}");
    printed
}

/// The scenarios worked out by hand, then random events that reach every status and reason.
fn random_events(driver: &str) {
    if has_tool("python3", CHECK) {
        let printed = compare(release(), driver, either("200000", "1000000"));
        assert!(printed.contains("not reached: none\n"), "{printed}");
    }
}

#[test]
fn random_breaker_events_and_every_short_sequence() {
    random_events("breaker_drive");
}

/// What the test suites of other circuit breakers pin, and where this one differs on purpose.
#[test]
fn the_peers_facts_hold() {
    if has_tool("python3", "facts from the tests of other circuit breakers") {
        let mut python = Command::new("python3");
        python.arg(path("tests/model/peer_facts.py")).arg(release().join("libcloudcircuit.so"));
        python.arg(path("include/cloudcircuit.h")).arg(path("tests/model/peer_facts.txt"));
        let printed = run(&mut python);
        assert!(printed.contains("167 held    0 skipped"), "{printed}");
    }
}

#[test]
fn random_ledger_events() {
    random_events("ledger_drive");
}

#[test]
fn random_events_on_several_ledgers() {
    random_events("ledgers_drive");
}

#[test]
fn random_rate_limit_events() {
    random_events("rate_limit_drive");
}

#[test]
fn every_sequence_of_ledger_events() {
    if has_tool("python3", CHECK) {
        let (events, at_least) = either(("4", 80_000), ("5", 1_300_000));
        let printed = compare(release(), "ledger_sequences", events);
        let sequences = printed.split(' ').next().and_then(|count| count.parse().ok());
        assert!(sequences.is_some_and(|count: u64| count >= at_least), "{printed}");
    }
}

/// The form that `make check ROOM=...` runs.
#[test]
fn quick_models_agree_with_the_debug_build() {
    if !has_tool("python3", "the debug build against models") {
        return;
    }
    for (room, driver) in [
        ("breaker", "breaker_drive"),
        ("ledger", "ledger_drive"),
        ("ledger", "ledgers_drive"),
        ("rate_limit", "rate_limit_drive"),
    ] {
        if is_checked(room) {
            compare(debug(), driver, "20000");
        }
    }
    for (room, model, cases) in [
        ("detect", "detect_model.py", "40"),
        ("detect", "detect_near.py", "300"),
        ("detect", "tracker_encoding.py", "10"),
        ("forecast", "forecast_model.py", "500"),
    ] {
        if is_checked(room) {
            agrees_with(&[debug()], model, cases);
        }
    }
}

/// Rules of breaker, ledger and rate limit that are not the library's: the model's file, the rule and the
/// driver that finds it.
const WRONG_RULES: [(&str, &str, &str); 8] = [
    (
        "breaker_model",
        "open_time = lambda config, trips, generation: config.open_duration",
        "breaker_drive",
    ),
    ("breaker_model", "live = lambda state: []", "breaker_drive"),
    ("breaker_model", "rule_trips = lambda config, state, now: False", "breaker_drive"),
    ("breaker_model", "restarted = enter", "breaker_drive"),
    ("ledger_model", "REMEMBERED = 1023", "ledger_drive"),
    ("ledger_model", "width_of = lambda duration: max(1, -(-duration // 16))", "ledger_drive"),
    ("ledger_model", "is_asked = lambda kind, ledger, arguments: True", "ledgers_drive"),
    ("rate_limit_model", "width_of = lambda duration: max(1, duration // 16)", "rate_limit_drive"),
];

#[test]
fn a_library_that_differs_from_its_model_is_found() {
    if has_tool("python3", CHECK) {
        for (model, rule, driver) in WRONG_RULES {
            let script = format!(
                "import sys; sys.path.insert(0, 'tests/model')
import {model} as model
exec('{rule}', vars(model))
import {driver}
{driver}.main()"
            );
            let mut python = Command::new("python3");
            python.current_dir(path("")).args(["-B", "-c", &script]);
            let output = output(python.arg(release().join("libcloudcircuit.so")).arg("300000"));
            let printed = printed(&output);
            assert_eq!(output.status.code(), Some(1), "{rule}: {printed}");
            assert!(printed.contains("difference: "), "{rule}: {printed}");
        }
    }
}

fn agrees_with(builds: &[&Path], model: &str, cases: &str) {
    let mut command = Command::new("python3");
    command.arg(path(&format!("tests/model/{model}")));
    command.args(builds.iter().map(|folder| folder.join("libcloudcircuit.so")));
    let printed = run(command.arg(cases));
    assert!(printed.contains(&format!("{cases} cases, 0 wrong")), "{printed}");
}

#[test]
fn the_detector_finds_what_its_model_finds_to_the_last_bit() {
    if has_tool("python3", "the detector against its model") {
        agrees_with(&[release(), debug()], "detect_model.py", either("200", "800"));
    }
}

#[test]
fn the_detector_turns_where_its_model_turns() {
    if has_tool("python3", "the detector against its model") {
        agrees_with(&[release(), debug()], "detect_near.py", either("500", "4000"));
    }
}

#[test]
fn a_tracker_is_encoded_as_the_model_packs_it() {
    if has_tool("python3", "encoded trackers against the detector's model") {
        agrees_with(&[release(), debug()], "tracker_encoding.py", "100");
    }
}

#[test]
fn the_forecast_is_what_its_model_expects() {
    if has_tool("python3", "the forecast against its model") {
        agrees_with(&[release(), debug()], "forecast_model.py", either("2000", "8000"));
    }
}
