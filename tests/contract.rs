//! The contract of every safeguard from C: each host in tests/contract/, against the library in each form.

mod support;

use std::{
    path::{Path, PathBuf},
    process::Command,
};
use support::*;

/// Every .c file in tests/contract/, by its stem.
fn hosts() -> Vec<String> {
    let hosts = asked_files("tests/contract", ".c", 23);
    assert!(!hosts.is_empty(), "no host in tests/contract/ belongs to this room");
    hosts
}

/// Compiles a host under the given flags and returns its path.
fn build(compiler: Command, flags: &[&str], host: &str, library: &Path, link: Link) -> PathBuf {
    let output = scratch(&format!("{host}-{link:?}")).join("host");
    let flags = [&["-std=c99", "-g"][..], &STRICT, flags].concat();
    compile(compiler, &flags, &format!("tests/contract/{host}.c"), library, link, &output);
    output
}

/// Builds and runs every host with both libraries of the release build.
fn hold(compiler: fn() -> Command, flags: &[&str]) {
    for host in hosts() {
        for link in [Link::Shared, Link::Static] {
            passes(&mut Command::new(build(compiler(), flags, &host, release(), link)));
        }
    }
}

#[test]
fn holds_in_the_release_build() {
    hold(cc, &[]);
}

#[test]
fn holds_in_the_build_for_x86_64_v3() {
    let Some(release) = release_v3("C hosts with the build for x86-64-v3") else { return };
    for host in hosts() {
        passes(&mut Command::new(build(cc(), &[], &host, release, Link::Shared)));
    }
}

/// Overflow checks and debug assertions are on: the form that `make check ROOM=...` runs.
#[test]
fn quick_holds_in_the_debug_build() {
    for host in hosts() {
        let program = build(cc(), &[], &host, debug(), Link::Shared);
        passes(Command::new(program).arg("few"));
    }
}

const SANITIZERS: [&str; 2] = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"];

#[test]
fn holds_under_address_and_undefined_behaviour_sanitizers() {
    hold(cc, &SANITIZERS);
}

#[test]
fn holds_under_clangs_sanitizers() {
    if has_tool("clang", "C hosts under clang's sanitizers") {
        hold(|| Command::new("clang"), &SANITIZERS);
    }
}

#[test]
fn holds_under_valgrind() {
    if has_tool("valgrind", "C hosts under valgrind memcheck") {
        for host in hosts() {
            let mut valgrind = Command::new("valgrind");
            valgrind.args(["--quiet", "--error-exitcode=99", "--leak-check=full"]);
            let program = build(cc(), &[], &host, release(), Link::Shared);
            passes(valgrind.arg(program).arg("few"));
        }
    }
}

#[test]
fn layouts_and_constants_are_the_same_in_cpp() {
    if !has_tool("c++", "layouts in C++") {
        return;
    }
    for standard in ["c++98", "c++17"] {
        let output = scratch(standard).join("host");
        let standard = format!("-std={standard}");
        let flags = [&["-x", "c++", &standard][..], &STRICT_CXX].concat();
        compile(cxx(), &flags, "tests/contract/layout.c", release(), Link::Shared, &output);
        passes(&mut Command::new(output));
    }
}
