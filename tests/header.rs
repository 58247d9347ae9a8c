//! The header as shipped.

mod support;

use serde_json::Value;
use std::{collections::BTreeSet, env, fs, process::Command};
use support::*;

/// `make header` sets this to refresh the committed copies.
const UPDATE: &str = "CLOUDCIRCUIT_UPDATE_HEADER";

fn header() -> String {
    fs::read_to_string(path("include/cloudcircuit.h")).unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

#[test]
fn the_committed_header_and_description_are_the_generated_ones() {
    for name in ["cloudcircuit.h", "cloudcircuit_ffi.h", "cloudcircuit.json"] {
        let generated = format!("{}/{name}", env!("OUT_DIR"));
        let committed = path(&format!("include/{name}"));
        if env::var_os(UPDATE).is_some() {
            fs::copy(&generated, &committed).unwrap();
        }
        let is_same = fs::read(&committed).unwrap() == fs::read(&generated).unwrap();
        assert!(is_same, "include/{name} is stale: run `make header`");
    }
}

#[test]
fn the_reference_in_docs_is_made_from_the_description() {
    if !has_tool("python3", "docs/API.md and docs/STATUSES.md") {
        return;
    }
    let made = scratch("docs");
    run(Command::new("python3").arg(path("docs/make_reference.py")).arg(&made));
    for name in ["API.md", "STATUSES.md"] {
        let committed = fs::read(path("docs").join(name)).unwrap();
        let is_same = committed == fs::read(made.join(name)).unwrap();
        assert!(is_same, "docs/{name} is stale: run `make header`");
    }
}

/// What a host that reads it brings: the types of stdint.h and stddef.h.
const FIXED_WIDTH: &str = "typedef signed int int32_t; typedef unsigned int uint32_t; \
    typedef unsigned char uint8_t; typedef long int64_t; typedef unsigned long uint64_t; \
    typedef unsigned long size_t;\n";

#[test]
fn hosts_without_a_preprocessor_read_their_header_as_it_is() {
    let text = fs::read_to_string(path("include/cloudcircuit_ffi.h")).unwrap();
    assert!(!text.contains('#') && !text.contains("CLOUDCIRCUIT_NODISCARD"));
    for name in described_names("functions").union(&described_names("structs")) {
        assert!(text.contains(name.as_str()), "cloudcircuit_ffi.h has no {name}");
    }
    for status in described("statuses") {
        let line = format!("    {} = {}", status["name"].as_str().unwrap(), status["number"]);
        assert!(text.contains(&line), "cloudcircuit_ffi.h has no{line}");
    }
    let file = scratch("ffi").join("header.i");
    fs::write(&file, format!("{FIXED_WIDTH}{text}")).unwrap();
    run(cc().args(STRICT).args(["-std=c99", "-fpreprocessed", "-fsyntax-only"]).arg(&file));
}

/// Runs a script in tests/header/ that reads the header and asks the library, by the first of some
/// programs that can: that answers to the arguments after its name.
fn reads_it(script: &str, programs: &[&[&str]], package: &str) {
    let can = |program: &&&[&str]| answers(Command::new(program[0]).args(&program[1..]));
    let Some(program) = programs.iter().find(can) else {
        // No program has a package's name, so this skips or fails by it.
        has_tool(package, &format!("{script} on cloudcircuit_ffi.h"));
        return;
    };
    let mut host = Command::new(program[0]);
    if program[0] == "php" {
        host.args(["-d", "ffi.enable=1"]);
    }
    host.arg(path("tests/header").join(script)).arg(path("include"));
    assert_eq!(run(host.arg(release().join("libcloudcircuit.so"))), "0 1 102 416\n", "{script}");
}

#[test]
fn cffi_luajit_and_php_read_it_and_call_the_library() {
    let cffi = ["-c", "import cffi"];
    let pythons = ["python3", "/usr/bin/python3"].map(|python| [python, cffi[0], cffi[1]]);
    reads_it("read_ffi.py", &pythons.each_ref().map(|python| &python[..]), "python3-cffi");
    reads_it("read_ffi.lua", &[&["luajit", "-v"]], "luajit");
    reads_it("read_ffi.php", &[&["php", "-r", "exit(class_exists('FFI') ? 0 : 1);"]], "php-cli");
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
        let is_constant = line.starts_with("#define ") && line != "#define CLOUDCIRCUIT_H";
        let is_function = line.contains(" cloudcircuit_") || line.contains("*cloudcircuit_");
        let is_item = line.starts_with("typedef") || is_function && line.contains('(');
        let is_field =
            line.starts_with("    ") && line.ends_with(';') && !line.contains(['/', ')']);
        let needs_comment =
            is_constant || is_field || is_item && !line.starts_with(['/', ' ', '}', '#']);
        assert!(!is_constant || line.starts_with("#define CLOUDCIRCUIT_"), "{line}");
        let has_comment = previous.trim_start().starts_with("///");
        assert!(!needs_comment || has_comment, "no comment: {line}");
        assert!(!line.contains("/*") && !line.ends_with('\\'), "{line}");
        previous = line;
    }
}

#[test]
fn its_opening_lists_its_chapters() {
    let header = header();
    let (opening, rest) = header.split_once("#ifndef").unwrap();
    assert!(opening.lines().all(|line| line.len() <= 100));
    let list = opening.split_once("// Contents:\n").unwrap().1;
    let listed = list.lines().map(|line| line[5..].split("  ").next().unwrap());
    let lines: Vec<&str> = rest.lines().collect();
    let chapters = lines.windows(2).filter(|pair| pair[1].starts_with("// =="));
    assert!(listed.eq(chapters.map(|pair| &pair[0][3..])));
}

/// A C file that compiles only if the description says what the compiler finds in the header.
fn assertions() -> String {
    let mut lines = vec!["#include <cloudcircuit.h>".to_owned()];
    let mut assert = |condition: String| {
        lines.push(format!("_Static_assert({condition}, \"include/cloudcircuit.json\");"));
    };
    for status in described("statuses") {
        assert(format!("{} == {}", text(&status["name"]), status["number"]));
    }
    for constant in described("constants").iter().filter(|one| !one["value"].is_string()) {
        let (name, value) = (text(&constant["name"]), &constant["value"]);
        // C has no literal for the least int64_t.
        let value = if *value == i64::MIN { "INT64_MIN".into() } else { value.to_string() };
        assert(format!("{name} == {value} && ({}){name} == {name}", text(&constant["type"])));
    }
    for one in described("structs") {
        let name = text(&one["name"]);
        assert(format!("sizeof({name}) == {}", one["size"]));
        assert(format!("_Alignof({name}) == {}", one["alignment"]));
        for field in one["fields"].as_array().unwrap() {
            let field_name = text(&field["name"]);
            let of = format!("(({name} *)0)->{field_name}");
            let length = field["length"].as_u64().unwrap_or(1);
            assert(format!("offsetof({name}, {field_name}) == {}", field["offset"]));
            assert(format!("sizeof({of}) == {length} * sizeof({})", text(&field["type"])));
        }
    }
    for function in described("functions") {
        let arguments = function["arguments"].as_array().unwrap();
        let arguments: Vec<&str> = arguments.iter().map(|one| text(&one["type"])).collect();
        let arguments = if arguments.is_empty() { "void".into() } else { arguments.join(", ") };
        let (returns, name) = (text(&function["returns"]), text(&function["name"]));
        lines.push(format!("{returns} (*const check_{name})({arguments}) = {name};"));
    }
    lines.join("\n") + "\n"
}

#[test]
fn the_description_is_what_a_c_compiler_finds_in_the_header() {
    compiles(cc(), "c", "c11", &["-Wall", "-Wextra", "-Werror"], &assertions());
}

#[test]
fn every_status_is_documented_at_a_function_and_produced_by_a_test() {
    let hosts = fs::read_dir(path("tests/contract")).unwrap();
    let hosts: String =
        hosts.map(|file| fs::read_to_string(file.unwrap().path()).unwrap()).collect();
    let words = hosts.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let produced: BTreeSet<&str> = words.collect();

    // Rules that a whole chapter shares stand at its head.
    let header = header();
    let comments = header.lines().filter(|line| line.starts_with("//"));
    let comments = comments.flat_map(|line| line.split([' ', ',', '.', ':', ';', ')']));
    let mut documented: BTreeSet<&str> =
        comments.filter(|word| word.starts_with("CLOUDCIRCUIT_ERR_")).collect();
    let functions = described("functions");
    for function in &functions {
        let errors = function["errors"].as_array().unwrap();
        let returns_status = function["returns"] == "cloudcircuit_status";
        assert_eq!(returns_status, !errors.is_empty(), "errors of {}", function["name"]);
        documented.extend(errors.iter().map(text));
    }
    let statuses = described("statuses");
    let mut known = BTreeSet::new();
    for status in statuses.iter().filter(|status| status["number"] != 0) {
        let name = text(&status["name"]);
        known.insert(name);
        assert!(produced.contains(name), "no host in tests/contract/ produces {name}");
        assert!(documented.contains(name), "no function lists {name}");
    }
    let unknown: Vec<_> = documented.difference(&known).collect();
    assert!(unknown.is_empty(), "comments name {unknown:?}");
}

/// A host that drops a status, and one that drops what is none.
const DROPPED: &str = "#include <cloudcircuit.h>\n\
    void status(void);\n\
    void status(void) { cloudcircuit_budget_config_init(0); }\n\
    void version(void);\n\
    void version(void) { cloudcircuit_abi_version(); }\n";

#[test]
fn dropped_statuses_are_warned_of_where_the_host_asks_for_it() {
    let wanted = format!("#define CLOUDCIRCUIT_WARN_UNUSED\n{DROPPED}");
    for (mut compiler, language) in [(cc(), "c"), (cxx(), "c++")] {
        if !has_tool(compiler.get_program().to_str().unwrap(), "warnings of dropped statuses") {
            continue;
        }
        let file = scratch(&format!("warn-unused-{language}")).join("host");
        compiler.args(["-x", language, "-Wall", "-Wextra", "-S", "-o", "/dev/null"]);
        compiler.arg("-I").arg(path("include")).arg(&file);
        fs::write(&file, DROPPED).unwrap();
        let quiet = output(&mut compiler);
        assert_eq!(String::from_utf8_lossy(&quiet.stderr), "");
        fs::write(&file, &wanted).unwrap();
        let warnings = output(&mut compiler);
        let warnings = String::from_utf8_lossy(&warnings.stderr).into_owned();
        assert_eq!(warnings.matches("warning:").count(), 1, "{warnings}");
        assert!(warnings.contains("cloudcircuit_budget_config_init"), "{warnings}");
    }
}

#[test]
fn the_cpp_header_drops_no_status() {
    let text = "#define CLOUDCIRCUIT_WARN_UNUSED\n#include <cloudcircuit.hpp>\n";
    for (tool, compiler) in [("c++", cxx()), ("clang++", Command::new("clang++"))] {
        if has_tool(tool, "statuses dropped by cloudcircuit.hpp") {
            compiles(compiler, "c++", "c++17", &STRICT_CXX, text);
        }
    }
}
