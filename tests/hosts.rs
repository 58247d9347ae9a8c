//! C and C++ hosts, compiled as their users would and run against both libraries.

mod support;

use std::{path::Path, process::Command};
use support::*;

const PROGRAMS: [&str; 6] =
    ["seed_cases.c", "layout.c", "contract.c", "exact_money.c", "columns.c", "records.c"];

#[test]
fn every_case_of_the_python_package_holds() {
    for link in [Link::Shared, Link::Static] {
        passes(&mut Command::new(host("seed_cases.c", link)));
    }
}

#[test]
fn layouts_and_constants_are_the_documented_ones() {
    for link in [Link::Shared, Link::Static] {
        passes(&mut Command::new(host("layout.c", link)));
    }
}

#[test]
fn layouts_and_constants_are_the_same_in_cpp() {
    if !has_tool("c++", "layouts in C++") {
        return;
    }
    for standard in ["c++98", "c++17"] {
        let output = scratch(&format!("layout-{standard}")).join("host");
        let standard = format!("-std={standard}");
        let flags = [&["-x", "c++", &standard][..], &STRICT_CXX].concat();
        compile(cxx(), &flags, "tests/contract/layout.c", release(), Link::Shared, &output);
        passes(&mut Command::new(output));
    }
}

#[test]
fn every_status_is_produced_and_every_error_refuses() {
    for link in [Link::Shared, Link::Static] {
        passes(&mut Command::new(host("contract.c", link)));
        passes(&mut Command::new(host("exact_money.c", link)));
    }
}

#[test]
fn columns_and_flags_are_those_of_the_scalar_calls() {
    for link in [Link::Shared, Link::Static] {
        passes(&mut Command::new(host("columns.c", link)));
    }
}

#[test]
fn records_keep_to_their_buffers() {
    for link in [Link::Shared, Link::Static] {
        passes(&mut Command::new(host("records.c", link)));
    }
}

#[test]
fn hosts_are_clean_under_address_and_undefined_behaviour_sanitizers() {
    are_clean_under_sanitizers(cc, "cc", &PROGRAMS);
}

#[test]
fn hosts_are_clean_under_clangs_sanitizers() {
    if has_tool("clang", "C hosts under clang's sanitizers") {
        are_clean_under_sanitizers(|| Command::new("clang"), "clang", &PROGRAMS);
    }
}

#[test]
fn valgrind_finds_no_memory_error() {
    if has_tool("valgrind", "C hosts under valgrind memcheck") {
        are_clean_under_valgrind(&PROGRAMS, &[]);
    }
}

#[test]
fn a_million_calls_allocate_nothing() {
    let output = scratch("no-heap").join("host");
    // Without its built-in knowledge of malloc the compiler keeps the host's own.
    let flags = [&["-std=c99", "-fno-builtin"][..], &STRICT].concat();
    compile(cc(), &flags, "tests/contract/no_heap.c", release(), Link::Shared, &output);
    passes(&mut Command::new(output));
}

#[test]
fn two_rust_libraries_fit_into_one_static_host() {
    let folder = scratch("two-libraries");
    let second = folder.join("libsecond.a");
    let rustc = std::env::var_os("RUSTC").unwrap_or("rustc".into());
    let mut rustc = Command::new(rustc);
    rustc.args(["--edition", "2024", "-O", "--crate-type", "staticlib", "-o"]).arg(&second);
    run(rustc.arg(path("tests/rust/second_library.rs")));

    // As cargo makes it, each of the two may come first.
    let ours = release().join("libcloudcircuit.a");
    link_both(&folder, &[&ours, &second], &[]);
    link_both(&folder, &[&second, &ours], &[]);

    // As one object, it also goes in whole beside the other.
    run(Command::new("make").current_dir(path("")).arg("static"));
    let one_object = release().join("../dist/libcloudcircuit.a");
    link_both(&folder, &[&one_object, &second], &["-Wl,--whole-archive"]);
}

fn link_both(folder: &Path, libraries: &[&Path], before: &[&str]) {
    let output = folder.join("host");
    let mut compiler = cc();
    compiler
        .args(["-std=c99", "-I"])
        .arg(path("include"))
        .arg(path("tests/contract/two_libraries.c"));
    compiler.args(before).args(libraries).arg("-Wl,--no-whole-archive");
    run(compiler.args(["-lpthread", "-ldl", "-lm", "-o"]).arg(&output));
    passes(&mut Command::new(output));
}

#[test]
fn the_quickstart_is_the_one_in_the_readme_and_blocks_nothing() {
    let source = std::fs::read_to_string(path("examples/quickstart.c")).unwrap();
    let readme = std::fs::read_to_string(path("README.md")).unwrap();
    assert!(readme.contains(&format!("```c\n{source}```")), "README.md shows another quickstart.c");

    let output = scratch("quickstart").join("quickstart");
    let flags = [&["-std=c99"][..], &STRICT].concat();
    compile(cc(), &flags, "examples/quickstart.c", release(), Link::Shared, &output);
    let printed = run(&mut Command::new(output));
    let verdict = "verdict: action 1, reasons 5 (success)\n";
    assert!(printed.ends_with(verdict), "{printed}");
    assert!(readme.contains(&printed), "README.md shows another output");
}
