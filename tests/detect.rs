//! Detector, scan, tracker and forecast: their contracts from C hosts, and their rules against
//! independent models.

mod support;

use std::process::Command;
use support::*;

const PROGRAMS: [&str; 2] = ["detect.c", "forecast.c"];

#[test]
fn their_contracts_hold() {
    for program in PROGRAMS {
        for link in [Link::Shared, Link::Static] {
            passes(&mut Command::new(host(program, link)));
        }
    }
}

#[test]
fn their_contracts_hold_in_the_debug_build() {
    let flags = [&["-std=c99"][..], &STRICT].concat();
    for program in PROGRAMS {
        let output = scratch(&format!("{program}-debug")).join("host");
        compile(cc(), &flags, &format!("tests/contract/{program}"), debug(), Link::Shared, &output);
        passes(Command::new(output).arg("few"));
    }
}

#[test]
fn hosts_are_clean_under_address_and_undefined_behaviour_sanitizers() {
    are_clean_under_sanitizers(cc, "cc", &PROGRAMS);
}

#[test]
fn hosts_are_clean_under_clangs_sanitizers() {
    if has_tool("clang", "hosts of detector and forecast under clang's sanitizers") {
        are_clean_under_sanitizers(|| Command::new("clang"), "clang", &PROGRAMS);
    }
}

#[test]
fn valgrind_finds_no_memory_error() {
    if has_tool("valgrind", "hosts of detector and forecast under valgrind memcheck") {
        are_clean_under_valgrind(&PROGRAMS, &["few"]);
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
