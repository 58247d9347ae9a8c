//! The breaker, the ledger and the tracker with their states, from C hosts against both libraries.

mod support;

use std::process::Command;
use support::*;

const PROGRAMS: [&str; 3] = ["machine.c", "ledger.c", "tracker.c"];

#[test]
fn every_status_is_produced_and_every_error_refuses_and_changes_nothing() {
    for program in PROGRAMS {
        for link in [Link::Shared, Link::Static] {
            passes(&mut Command::new(host(program, link)));
        }
    }
}

#[test]
fn the_debug_build_finds_no_overflow() {
    for program in PROGRAMS {
        let output = scratch(&format!("{program}-debug")).join("host");
        let source = format!("tests/contract/{program}");
        compile(cc(), &["-std=c99"], &source, debug(), Link::Shared, &output);
        passes(&mut Command::new(output));
    }
}

#[test]
fn hosts_are_clean_under_address_and_undefined_behaviour_sanitizers() {
    are_clean_under_sanitizers(cc, "cc", &PROGRAMS);
}

#[test]
fn hosts_are_clean_under_clangs_sanitizers() {
    if has_tool("clang", "C hosts with state under clang's sanitizers") {
        are_clean_under_sanitizers(|| Command::new("clang"), "clang", &PROGRAMS);
    }
}

#[test]
fn valgrind_finds_no_memory_error() {
    if has_tool("valgrind", "C hosts with state under valgrind memcheck") {
        are_clean_under_valgrind(&PROGRAMS, &[]);
    }
}
