//! The header as shipped.

mod support;

use std::{collections::BTreeSet, env, fs, process::Command};
use support::*;

/// `make header` sets this to refresh the committed copy.
const UPDATE: &str = "CLOUDCIRCUIT_UPDATE_HEADER";

fn header() -> String {
    fs::read_to_string(path("include/cloudcircuit.h")).unwrap()
}

#[test]
fn the_committed_header_is_the_generated_one() {
    let generated = fs::read_to_string(concat!(env!("OUT_DIR"), "/cloudcircuit.h")).unwrap();
    if env::var_os(UPDATE).is_some() {
        fs::write(path("include/cloudcircuit.h"), &generated).unwrap();
    }
    assert!(header() == generated, "include/cloudcircuit.h is stale: run `make header`");
}

const C: [&str; 4] = ["c99", "c11", "c17", "gnu17"];
const CXX: [&str; 4] = ["c++98", "c++11", "c++17", "c++20"];

fn compiles(mut compiler: Command, language: &str, standard: &str, warnings: &[&str], text: &str) {
    let file = scratch(&format!("header-{language}-{standard}")).join("header");
    fs::write(&file, text).unwrap();
    compiler.args(["-x", language, &format!("-std={standard}"), "-fsyntax-only"]).args(warnings);
    run(compiler.arg("-I").arg(path("include")).arg(&file));
}

/// Alone and twice; the file ends in a declaration, for ISO C knows no empty one.
const TEXT: &str = "#include <cloudcircuit.h>\n#include <cloudcircuit.h>\nextern int end;\n";

#[test]
fn it_compiles_alone_and_twice_in_every_standard() {
    for standard in C {
        compiles(cc(), "c", standard, &STRICT, TEXT);
    }
    if has_tool("c++", "the header as C++") {
        for standard in CXX {
            compiles(cxx(), "c++", standard, &STRICT_CXX, TEXT);
        }
    }
}

#[test]
fn it_compiles_without_any_of_clangs_warnings() {
    if has_tool("clang", "the header under clang -Weverything") {
        // Not of use here: that C++98 calls long long and variadic macros extensions, for one.
        let warnings = ["-Weverything", "-Werror", "-Wno-c++98-compat-pedantic"];
        let missing = "-Wno-missing-variable-declarations";
        for standard in ["c99", "c17"] {
            let warnings = [&warnings[..2], &[missing]].concat();
            compiles(Command::new("clang"), "c", standard, &warnings, TEXT);
        }
        let warnings = [&warnings[..], &[missing]].concat();
        compiles(Command::new("clang"), "c++", "c++17", &warnings, TEXT);
    }
}

#[test]
fn every_name_has_the_prefix_and_every_item_a_comment() {
    let header = header();
    let mut previous = "";
    for line in header.lines() {
        if let Some(define) = line.strip_prefix("#define ") {
            assert!(define.starts_with("CLOUDCIRCUIT_"), "{line}");
            assert!(previous.ends_with("*/") || define == "CLOUDCIRCUIT_H", "no comment: {line}");
        }
        let is_function = line.contains(" cloudcircuit_") || line.contains("*cloudcircuit_");
        let is_item = line.starts_with("typedef") || is_function && line.contains('(');
        let is_field =
            line.starts_with("    ") && !line.starts_with("     ") && line.ends_with(';');
        let needs_comment = is_field || is_item && !line.starts_with([' ', '}']);
        assert!(!needs_comment || previous.ends_with("*/"), "no comment: {line}");
        previous = line;
    }
}

/// Words with a prefix, up to the first character that no identifier has.
fn words<'a>(text: &'a str, prefix: &'a str) -> BTreeSet<&'a str> {
    let identifiers = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    identifiers.filter(|word| word.starts_with(prefix)).collect()
}

#[test]
fn every_status_is_documented_at_a_function_and_produced_by_a_test() {
    let header = header();
    let defined: BTreeSet<&str> = header
        .lines()
        .filter_map(|line| line.strip_prefix("#define CLOUDCIRCUIT_ERR_"))
        .filter_map(|rest| rest.split(' ').next())
        .collect();
    assert!(defined.len() > 20);

    let files = fs::read_dir(path("tests/contract")).unwrap();
    let hosts: String =
        files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap()).collect();
    let produced = words(&hosts, "CLOUDCIRCUIT_ERR_");
    let comments: String = header.lines().filter(|line| line.starts_with(" *")).collect();
    let documented = words(&comments, "CLOUDCIRCUIT_ERR_");
    for status in defined {
        let name = format!("CLOUDCIRCUIT_ERR_{status}");
        assert!(produced.contains(name.as_str()), "no host in tests/contract/ produces {name}");
        assert!(documented.contains(name.as_str()), "no function documents {name}");
    }
}

#[test]
fn the_readme_lists_every_status_and_function() {
    let readme = fs::read_to_string(path("README.md")).unwrap();
    let header = header();
    let mut message = "success";
    for line in header.lines() {
        let define = line.strip_prefix("#define ").and_then(|define| define.split_once(' '));
        if let Some((name, number)) = define
            && (name == "CLOUDCIRCUIT_OK" || name.starts_with("CLOUDCIRCUIT_ERR_"))
        {
            let row = format!("| {number} | `{name}` | {message} |");
            assert!(readme.contains(&row), "README.md lacks: {row}");
        }
        if let Some(comment) = line.strip_prefix("/** ").and_then(|line| line.strip_suffix(". */"))
        {
            message = comment;
        }
        let declaration = line.split_once('(').filter(|_| !line.starts_with([' ', '#', '/']));
        if let Some(name) = declaration.and_then(|(name, _)| name.split([' ', '*']).next_back()) {
            assert!(readme.contains(&format!("`{name}`")), "README.md lacks {name}");
        }
    }
}
