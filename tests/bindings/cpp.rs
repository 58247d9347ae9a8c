//! The C++ header: its promises, the golden cases through it, what it costs compared with C, its example.

use super::support::*;
use std::{
    collections::{BTreeSet, HashMap},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

const WARNINGS: [&str; 6] =
    ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror"];
const STANDARDS: [&str; 2] = ["-std=c++17", "-std=c++20"];
const SANITIZERS: [&str; 3] = ["-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
const BARE: [&str; 2] = ["-fno-exceptions", "-fno-rtti"];
/// What the header promises beyond the C calls.
const PROMISES: [&str; 2] = ["tests/bindings/cpp/contract.cpp", "tests/bindings/cpp/detection.cpp"];
/// The C compilers here, each with its C++ compiler.
const COMPILERS: [(&str, &str); 2] = [("gcc", "g++"), ("clang", "clang++")];

fn all_compilers(check: &str) -> Vec<(&'static str, &'static str)> {
    let has = |(c, cpp): &(&str, &str)| has_tool(c, check) && has_tool(cpp, check);
    COMPILERS.into_iter().filter(has).collect()
}

/// One of them in `make test`, which has the other for the header's promises; all in CI.
fn compilers(check: &str) -> Vec<(&'static str, &'static str)> {
    let mut compilers = all_compilers(check);
    compilers.truncate(either(1, COMPILERS.len()));
    compilers
}

/// Builds a program of tests/bindings/cpp/ from one source.
fn build(cpp: &str, flags: &[&str], source: &str, link: Link) -> PathBuf {
    let name = format!("{source}-{cpp}{}-{link:?}", flags.concat().replace([',', '='], "-"));
    let output = scratch(&name.replace('/', "-")).join("program");
    let flags = [flags, &WARNINGS].concat();
    compile(Command::new(cpp), &flags, source, release(), link, &output);
    output
}

fn golden(program: &Path) {
    passes(Command::new(program).arg(path("tests/golden/cases.txt")));
}

#[test]
fn golden_cases_are_answered_alike() {
    for (_, cpp) in compilers("golden cases in C++") {
        for standard in STANDARDS {
            golden(&build(cpp, &[standard, "-O2"], "tests/bindings/cpp/golden.cpp", Link::Shared));
        }
    }
}

#[test]
fn the_header_keeps_its_promises() {
    for (_, cpp) in all_compilers("cloudcircuit.hpp") {
        for standard in STANDARDS {
            let flags = [standard, "-O2"];
            for program in PROMISES {
                passes(&mut Command::new(build(cpp, &flags, program, Link::Static)));
            }
        }
    }
}

#[test]
fn neither_exceptions_nor_rtti_are_needed() {
    for (_, cpp) in compilers("cloudcircuit.hpp without exceptions") {
        let flags = [&["-std=c++17", "-O2"][..], &BARE].concat();
        golden(&build(cpp, &flags, "tests/bindings/cpp/golden.cpp", Link::Shared));
        for program in PROMISES {
            passes(&mut Command::new(build(cpp, &flags, program, Link::Shared)));
        }
    }
}

#[test]
fn programs_are_clean_under_sanitizers() {
    for (_, cpp) in compilers("C++ hosts under sanitizers") {
        let flags = [&["-std=c++17"][..], &SANITIZERS].concat();
        golden(&build(cpp, &flags, "tests/bindings/cpp/golden.cpp", Link::Shared));
        for program in PROMISES {
            passes(&mut Command::new(build(cpp, &flags, program, Link::Shared)));
        }
    }
}

#[test]
fn it_compiles_alone_and_links_from_two_units_with_and_without_exceptions() {
    for (_, cpp) in compilers("cloudcircuit.hpp in two units") {
        let folder = scratch(cpp);
        let alone = folder.join("alone.cpp");
        fs::write(&alone, "#include <cloudcircuit.hpp>\n").unwrap();
        for standard in STANDARDS {
            let mut compiler = Command::new(cpp);
            compiler.args([standard, "-fsyntax-only", "-I"]).arg(path("include"));
            run(compiler.args(WARNINGS).arg(&alone));
        }
        let other = folder.join("other.o");
        let mut compiler = Command::new(cpp);
        compiler.args(["-std=c++17", "-c", "-I"]).arg(path("include")).args(BARE).args(WARNINGS);
        run(compiler.arg(path("tests/bindings/cpp/two_units_other.cpp")).arg("-o").arg(&other));
        let flags = ["-std=c++17", other.to_str().unwrap()];
        let program = folder.join("program");
        let source = "tests/bindings/cpp/two_units.cpp";
        compile(Command::new(cpp), &flags, source, release(), Link::Shared, &program);
        passes(&mut Command::new(program));
    }
}

/// The identifiers in a text that start with `prefix`.
fn words(text: &str, prefix: &str) -> BTreeSet<String> {
    let identifiers = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    identifiers.filter(|word| word.starts_with(prefix)).map(str::to_owned).collect()
}

#[test]
fn it_wraps_every_function_and_every_status() {
    let cpp = fs::read_to_string(path("include/cloudcircuit.hpp")).unwrap();
    let used = words(&cpp, "cloudcircuit_");
    for function in described_names("functions") {
        // The settings' initialisers say the same, and the contract test compares them.
        let is_init = ["_config_init", "_config_i64_init", "_counters_init", "_policy_init"]
            .iter()
            .any(|end| function.ends_with(end));
        assert!(is_init || used.contains(&function), "cloudcircuit.hpp does not wrap {function}");
    }
    for status in described_names("statuses") {
        let Some(name) = status.strip_prefix("CLOUDCIRCUIT_ERR_") else { continue };
        let name = name.to_lowercase();
        let enumerator = format!("    {name} = {status}");
        let has = |end| cpp.contains(&format!("{enumerator}{end}\n"));
        assert!(has(",") || has(""), "cloudcircuit.hpp has no status {name}");
    }
}

#[test]
fn every_public_item_has_a_comment() {
    let header = fs::read_to_string(path("include/cloudcircuit.hpp")).unwrap();
    let mut is_public = true;
    let mut previous = "";
    for line in header.lines() {
        let text = line.trim_start();
        match text {
            "public:" => is_public = true,
            "private:" => is_public = false,
            "};" => is_public = true,
            "namespace detail {" => is_public = false,
            "} // namespace detail" => is_public = true,
            _ => {}
        }
        let indent = line.len() - text.len();
        let starts = ["inline ", "struct ", "class ", "enum class ", "using ", "static result<"]
            .iter()
            .any(|start| text.starts_with(start));
        let is_member = indent == 4 && (text.starts_with("std::") || text.starts_with("double "));
        let needs =
            is_public && (starts && indent <= 4 || is_member) && !text.ends_with(" result;");
        let has = previous.starts_with("///")
            || previous.starts_with("template")
            || text.contains("///<");
        assert!(!needs || has, "no comment: {line}");
        previous = text;
    }
}

/// Executed instructions of each caller of tests/bindings/cpp/cost.h, library included, as callgrind counts
/// them; answers must be the same in both languages.
fn counted(program: &Path, folder: &Path) -> HashMap<String, u64> {
    let counts = folder.join("callgrind.out");
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--quiet"]);
    valgrind.arg(format!("--callgrind-out-file={}", counts.display())).arg(program);
    // Or the first call of a function would look it up.
    let said = run(valgrind.env("LD_BIND_NOW", "1"));
    let answers = |prefix| -> Vec<String> {
        said.lines().filter_map(|line| line.strip_prefix(prefix)).map(str::to_owned).collect()
    };
    assert_eq!(answers("c_"), answers("cpp_"));

    let mut annotate = Command::new("callgrind_annotate");
    annotate.args(["--inclusive=yes", "--threshold=100"]).arg(counts);
    let table = run(&mut annotate);
    let callers = table.lines().filter_map(|line| {
        let name = line.split_once("???:").or_else(|| line.split_once(".c:"))?.1;
        let name = name.split_once(" [")?.0.to_owned();
        let count = line.split_whitespace().next()?.replace(',', "").parse().ok()?;
        Some((name, count))
    });
    callers.collect()
}

/// Callers written in C and in C++, both at -O2, execute equally many instructions, except one store
/// a call where a caller returns the answer.
#[test]
fn a_call_takes_the_instructions_of_the_c_call() {
    if !has_tool("valgrind", "instructions of C++ compared with C") {
        return;
    }
    for (c, cpp) in compilers("instructions of C++ compared with C") {
        let folder = scratch(c);
        // The program apart from the callers, which would be compiled into it.
        let objects = ["cost", "cost_main"].map(|name| {
            let object = folder.join(format!("{name}.o"));
            let mut compiler = Command::new(c);
            compiler.args(["-std=c99", "-O2", "-c", "-I"]).arg(path("include")).args(STRICT);
            run(compiler.arg(path(&format!("tests/bindings/cpp/{name}.c"))).arg("-o").arg(&object));
            object.to_str().unwrap().to_owned()
        });
        let flags = [&["-std=c++17", "-O2", &objects[0], &objects[1]][..], &WARNINGS].concat();
        let program = folder.join("cost");
        let source = "tests/bindings/cpp/cost.cpp";
        compile(Command::new(cpp), &flags, source, release(), Link::Shared, &program);

        let counts = counted(&program, &folder);
        let header = fs::read_to_string(path("tests/bindings/cpp/cost.h")).unwrap();
        let callers: Vec<&str> = header
            .split("    CALLER(")
            .skip(1)
            .map(|rest| rest.split_once(')').unwrap().0)
            .collect();
        assert!(callers.len() >= 16);
        for caller in callers {
            let [in_c, in_cpp] = ["c_", "cpp_"].map(|prefix| counts[&format!("{prefix}{caller}")]);
            assert!(in_c > 1000, "{caller}: {in_c} instructions are no hundred calls");
            if caller.starts_with("then_") {
                assert!(in_cpp <= in_c + 100, "{cpp}, {caller}: {in_cpp}, in C {in_c}");
            } else {
                assert_eq!(in_cpp, in_c, "{cpp}, {caller}");
            }
        }
    }
}

fn readme() -> String {
    fs::read_to_string(path("examples/cpp/README.md")).unwrap()
}

#[test]
fn the_small_examples_print_what_the_readme_shows() {
    let source = fs::read_to_string(path("examples/cpp/quickstart.cpp")).unwrap();
    assert!(readme().contains(&format!("```cpp\n{source}```")), "README.md shows another one");
    for (_, cpp) in compilers("examples/cpp") {
        for example in ["quickstart", "paid_calls"] {
            let flags = [&["-std=c++17"][..], &SANITIZERS].concat();
            let program = build(cpp, &flags, &format!("examples/cpp/{example}.cpp"), Link::Shared);
            let said = run(&mut Command::new(program));
            assert!(readme().contains(&format!("```\n{said}```")), "README.md lacks {said}");
        }
    }
}

#[test]
fn it_replays_daily_spend() {
    for (_, cpp) in compilers("examples/replay.cpp") {
        for flags in [&["-std=c++17", "-O2"][..], &[&["-std=c++20"][..], &SANITIZERS].concat()] {
            let program = build(cpp, flags, "examples/replay.cpp", Link::Shared);
            super::replays(&mut Command::new(&program));
            let lost = output(Command::new(&program).arg("no_such.csv"));
            assert_eq!((lost.status.code(), printed(&lost).lines().count()), (Some(1), 1));
        }
    }
}
