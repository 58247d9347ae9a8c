//! The library against an independent oracle: test vectors and random series from exact rationals.

mod support;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use support::*;

/// The functions that have a file in tests/vectors/.
fn functions() -> Vec<String> {
    asked_files("tests/vectors", ".txt", 7)
}

fn build(test: &str, folder: &Path, link: Link) -> PathBuf {
    build_with(cc(), test, folder, link)
}

fn build_with(compiler: Command, test: &str, folder: &Path, link: Link) -> PathBuf {
    let output = scratch(test).join("host");
    let flags = [&["-std=c99"][..], &STRICT].concat();
    compile(compiler, &flags, "tests/vectors/host.c", folder, link, &output);
    output
}

/// What the host counted in one file, by the words of its last line.
struct Count {
    cases: u64,
    compared: u64,
    skipped: u64,
}

fn count(host: &Path, options: &[&str], function: &str) -> Count {
    let file = path(&format!("tests/vectors/{function}.txt"));
    let printed = run(Command::new(host).args(options).arg(function).arg(file));
    let numbers: Vec<u64> = printed.split(' ').filter_map(|word| word.parse().ok()).collect();
    let &[cases, 0, compared, skipped] = &numbers[..] else { panic!("{printed}") };
    Count { cases, compared, skipped }
}

fn every_vector_holds(host: &Path, options: &[&str]) {
    for function in functions() {
        let count = count(host, options, &function);
        assert!(count.cases >= 2000, "{} cases of {function}", count.cases);
        assert_eq!(count.skipped, 0);
    }
}

#[test]
fn the_shared_library_answers_every_vector() {
    every_vector_holds(&build("vectors-shared", release(), Link::Shared), &[]);
}

#[test]
fn the_static_library_answers_every_vector() {
    every_vector_holds(&build("vectors-static", release(), Link::Static), &[]);
}

#[test]
fn the_build_for_x86_64_v3_answers_every_vector() {
    if let Some(release) = release_v3("the vectors with the build for x86-64-v3") {
        every_vector_holds(&build("vectors-v3", release, Link::Shared), &[]);
        every_vector_holds(&build("vectors-v3", release, Link::Shared), &["--unaligned"]);
    }
}

/// Wheels and packages for musl carry the same file as those for glibc.
#[test]
#[cfg(all(target_arch = "x86_64", target_env = "gnu"))]
fn a_program_of_musl_gets_every_answer_from_the_same_library() {
    if has_tool("musl-gcc", "the vectors in a program of musl") {
        let host = build_with(Command::new("musl-gcc"), "vectors-musl", release(), Link::Shared);
        let needed = run(Command::new("readelf").arg("-dlW").arg(&host));
        assert!(needed.contains("ld-musl") && !needed.contains("libc.so.6"), "{needed}");
        every_vector_holds(&host, &[]);
    }
}

/// The form that `make check ROOM=...` runs.
#[test]
fn quick_the_debug_build_answers_every_vector() {
    every_vector_holds(&build("vectors-debug", debug(), Link::Shared), &[]);
}

#[test]
fn pointers_need_no_alignment() {
    every_vector_holds(&build("vectors-unaligned", release(), Link::Shared), &["--unaligned"]);
}

#[test]
#[cfg(target_arch = "x86_64")]
fn normal_results_are_the_same_in_a_host_that_flushes_subnormals() {
    let host = build("vectors-ftz", release(), Link::Shared);
    for function in functions() {
        let Count { cases, compared, skipped } = count(&host, &["--ftz"], &function);
        assert!(cases >= 2000 && skipped * 4 < compared, "{function}: {skipped} of {compared}");
    }
}

#[test]
fn a_wrong_vector_and_an_empty_file_are_found() {
    let host = build("vectors-wrong", release(), Link::Shared);
    let file = scratch("vectors-wrong-file").join("breaker.txt");
    for (text, finding) in [
        ("# its columns\n0 2 3 0 0 0 0 1\n0 3 3 0 0 0 0 1\n", "2 cases, 1 wrong"),
        ("# its columns\n0 3 3 0 0 0 0 1\n", "columns: its columns\n  case: 0 3 3 0 0 0 0 1\n"),
        ("0 2 3 0 300 0 0 1", "1 cases, 1 wrong"),
        ("# nothing\n", "0 cases, 0 wrong"),
    ] {
        fs::write(&file, text).unwrap();
        let output = output(Command::new(&host).arg("breaker").arg(&file));
        assert_eq!(output.status.code(), Some(1));
        assert!(printed(&output).contains(finding), "{}", printed(&output));
    }
}

fn python(script: &str) -> Command {
    let mut command = Command::new("python3");
    command.arg(path(&format!("tests/oracle/{script}")));
    command
}

#[test]
fn the_oracle_makes_the_committed_vectors() {
    if has_tool("python3", "the test vectors against their oracle") {
        let folder = scratch("vectors-made");
        run(python("make_vectors.py").arg(&folder));
        let functions = functions();
        for function in functions {
            let name = format!("{function}.txt");
            let made = fs::read(folder.join(&name)).unwrap();
            let committed = fs::read(path("tests/vectors").join(&name)).unwrap();
            assert!(made == committed, "{name} is stale: run tests/oracle/make_vectors.py");
        }
    }
}

#[test]
fn the_oracle_makes_the_committed_golden_cases() {
    if has_tool("python3", "the golden cases against their oracle") {
        let made = run(Command::new("python3").arg(path("tests/golden/make_cases.py")));
        let committed = fs::read_to_string(path("tests/golden/cases.txt")).unwrap();
        assert!(made == committed, "cases.txt is stale: run tests/golden/make_cases.py");
    }
}

#[test]
fn quick_the_golden_cases_hold_in_the_debug_build() {
    the_golden_cases_hold(debug());
}

#[test]
fn the_golden_cases_hold_in_the_build_for_x86_64_v3() {
    if let Some(release) = release_v3("the golden cases with the build for x86-64-v3") {
        the_golden_cases_hold(release);
    }
}

/// Through the C++ header, which has every kind of call; other hosts have their own test.
fn the_golden_cases_hold(library: &Path) {
    if !has_tool("c++", "the golden cases") {
        return;
    }
    let cases = fs::read_to_string(path("tests/golden/cases.txt")).unwrap();
    let is_asked = |line: &&str| is_checked(line.split(' ').next().unwrap());
    let asked: Vec<_> = cases.lines().filter(is_asked).collect();
    if asked.is_empty() {
        return;
    }
    let folder = scratch("golden");
    let file = folder.join("cases.txt");
    fs::write(&file, asked.join("\n")).unwrap();
    let host = folder.join("host");
    let source = "tests/bindings/cpp/golden.cpp";
    compile(cxx(), &["-std=c++17", "-O0"], source, library, Link::Shared, &host);
    // The whole file has lines and checks of a known number.
    passes(Command::new(host).arg(file).args(is_room_given().then_some("some")));
}

/// Random cases against exact arithmetic, if a room that has them is asked for.
fn fuzz(script: &str, rooms: &[&str], build: &Path, cases: &str) {
    if rooms.iter().any(|room| is_checked(room)) {
        let printed = run(python(script).arg(build.join("libcloudcircuit.so")).arg(cases));
        let all: u64 = printed.split(' ').filter_map(|word| word.parse::<u64>().ok()).sum();
        assert!(printed.contains(" 0 wrong") && all >= cases.parse().unwrap(), "{printed}");
    }
}

#[test]
fn means_of_random_series_are_exact() {
    if has_tool("python3", "random series against exact means") {
        fuzz("fuzz_means.py", &["spike"], release(), "2500");
    }
}

#[test]
fn random_cases_are_exact_in_the_build_for_x86_64_v3() {
    let check = "random cases with the build for x86-64-v3";
    if let Some(release) = release_v3(check)
        && has_tool("python3", check)
    {
        fuzz("fuzz_means.py", &["spike"], release, "1000");
        fuzz("fuzz_integers.py", &EXACT, release, "200000");
    }
}

#[test]
fn quick_means_of_random_series_are_exact_in_the_debug_build() {
    if has_tool("python3", "random series against exact means") {
        fuzz("fuzz_means.py", &["spike"], debug(), "500");
    }
}

const EXACT: [&str; 3] = ["budget", "spike", "money"];

#[test]
fn exact_money_equals_exact_integers() {
    if has_tool("python3", "a million budgets, spikes and amounts against exact integers") {
        fuzz("fuzz_integers.py", &EXACT, release(), "1200000");
    }
}

#[test]
fn quick_exact_money_equals_exact_integers_in_the_debug_build() {
    if has_tool("python3", "budgets, spikes and amounts against exact integers") {
        fuzz("fuzz_integers.py", &EXACT, debug(), "100000");
    }
}

#[test]
fn the_docs_have_the_table_of_what_doubles_get_wrong() {
    if has_tool("python3", "docs/ARCHITECTURE.md's table of wrong answers in doubles") {
        let table = run(&mut python("why_exact.py"));
        let readme = fs::read_to_string(path("docs/ARCHITECTURE.md")).unwrap();
        assert!(
            table.lines().count() == 6 && readme.contains(&format!("\n\n{table}\n")),
            "{table}"
        );
    }
}
