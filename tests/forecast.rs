//! The forecast: its contract from C hosts, and its rule against an independent model.

mod support;

use std::process::Command;
use support::*;

const HOST: &str = "forecast.c";

fn passes(command: &mut Command) {
    assert!(run(command).ends_with("all checks passed\n"));
}

#[test]
fn its_contract_holds() {
    for link in [Link::Shared, Link::Static] {
        passes(&mut Command::new(host(HOST, link)));
    }
}

#[test]
fn its_contract_holds_in_the_debug_build() {
    let output = scratch("forecast-debug").join("host");
    let flags = [&["-std=c99"][..], &STRICT].concat();
    compile(cc(), &flags, "tests/c/forecast.c", debug(), Link::Shared, &output);
    passes(&mut Command::new(output));
}

#[test]
fn its_host_is_clean_under_sanitizers() {
    let sanitizers =
        ["-std=c99", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
    let flags = [&sanitizers[..], &STRICT].concat();
    let mut compilers = vec![cc()];
    if has_tool("clang", "the forecast's host under clang's sanitizers") {
        compilers.push(Command::new("clang"));
    }
    for compiler in compilers {
        let output = scratch("forecast-sanitized").join("host");
        compile(compiler, &flags, "tests/c/forecast.c", release(), Link::Static, &output);
        passes(&mut Command::new(output));
    }
}

#[test]
fn valgrind_finds_no_memory_error_in_it() {
    if has_tool("valgrind", "the forecast's host under valgrind memcheck") {
        let mut valgrind = Command::new("valgrind");
        valgrind.args(["--quiet", "--error-exitcode=9", "--leak-check=full"]);
        passes(valgrind.arg(host(HOST, Link::Shared)));
    }
}

fn agrees_with_the_model(seed: Option<&str>) {
    let mut model = Command::new("python3");
    model.arg(path("tests/model/forecast_model.py"));
    model.args([release(), debug()].map(|folder| folder.join("libcloudcircuit.so")));
    let printed = run(model.arg("4000").args(seed));
    assert!(printed.contains(": 4000 cases, 0 wrong"), "{printed}");
}

#[test]
fn release_and_debug_agree_to_the_bit_and_with_the_model_on_random_series() {
    if has_tool("python3", "the forecast against its model") {
        // Always the same ones, so that a failure is the change's own, and some nobody has seen.
        agrees_with_the_model(Some("1"));
        agrees_with_the_model(None);
    }
}
