//! Detector, scan and tracker: their contract from C hosts, and their rule against an independent
//! model.

mod support;

use std::process::Command;
use support::*;

const HOST: &str = "detect.c";

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
    let output = scratch("detect-debug").join("host");
    let flags = [&["-std=c99"][..], &STRICT].concat();
    compile(cc(), &flags, "tests/c/detect.c", debug(), Link::Shared, &output);
    passes(Command::new(output).arg("slow"));
}

#[test]
fn its_host_is_clean_under_sanitizers() {
    let sanitizers =
        ["-std=c99", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
    let flags = [&sanitizers[..], &STRICT].concat();
    let mut compilers = vec![cc()];
    if has_tool("clang", "the detector's host under clang's sanitizers") {
        compilers.push(Command::new("clang"));
    }
    for compiler in compilers {
        let output = scratch("detect-sanitized").join("host");
        compile(compiler, &flags, "tests/c/detect.c", release(), Link::Static, &output);
        passes(&mut Command::new(output));
    }
}

#[test]
fn valgrind_finds_no_memory_error_in_it() {
    if has_tool("valgrind", "the detector's host under valgrind memcheck") {
        let mut valgrind = Command::new("valgrind");
        valgrind.args(["--quiet", "--error-exitcode=9", "--leak-check=full"]);
        passes(valgrind.arg(host(HOST, Link::Shared)).arg("slow"));
    }
}

fn agrees_with_the_model(script: &str, cases: &str, seed: Option<&str>) {
    let mut model = Command::new("python3");
    model.arg(path(&format!("tests/model/{script}")));
    model.args([release(), debug()].map(|folder| folder.join("libcloudcircuit.so")));
    let printed = run(model.arg(cases).args(seed));
    assert!(printed.contains(&format!(": {cases} cases, 0 wrong")), "{printed}");
}

#[test]
fn it_finds_what_an_independent_model_finds_to_the_last_bit() {
    if has_tool("python3", "the detector against its model") {
        // Always the same ones, so that a failure is the change's own, and some nobody has seen.
        agrees_with_the_model("detect_model.py", "800", Some("1"));
        agrees_with_the_model("detect_model.py", "200", None);
    }
}

#[test]
fn a_tracker_is_encoded_as_the_model_packs_it() {
    if has_tool("python3", "encoded trackers against the detector's model") {
        agrees_with_the_model("tracker_encoding.py", "60", Some("1"));
        agrees_with_the_model("tracker_encoding.py", "40", None);
    }
}
