//! The SQLite extension: the golden cases, frames, errors and failing memory from C, and its example.

use super::support::*;
use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
};

const EXTENSION: [&str; 4] = ["cloudcircuit_sqlite", "series", "settings", "states"];
const WARNINGS: [&str; 2] = ["-Wconversion", "-Wshadow"];
const SANITIZERS: [&str; 3] = ["-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];

/// The C host with the extension built in.
fn host(mut compiler: Command, name: &str, flags: &[&str]) -> Command {
    let binary = scratch(name).join("host");
    compiler.args(EXTENSION.map(|name| path(&format!("bindings/sqlite/{name}.c"))));
    let flags = [
        &["-std=c99", "-DSQLITE_CORE", "-Wl,--no-as-needed", "-lsqlite3"][..],
        &STRICT,
        &WARNINGS,
        flags,
    ]
    .concat();
    compile(compiler, &flags, "tests/bindings/sqlite", release(), Link::Shared, &binary);
    Command::new(binary)
}

fn golden(mut program: Command) {
    passes(program.arg(path("tests/golden/cases.txt")));
}

#[test]
fn golden_cases_frames_errors_and_failing_memory() {
    if has_sqlite("the SQLite extension") {
        golden(host(cc(), "plain", &["-O2"]));
    }
}

#[test]
fn it_is_clean_under_sanitizers() {
    if has_sqlite("the SQLite extension under sanitizers") {
        golden(host(cc(), "sanitized", &SANITIZERS));
        if has_tool("clang", "the SQLite extension under clang's sanitizers") {
            golden(host(Command::new("clang"), "clang", &SANITIZERS));
        }
    }
}

#[test]
fn valgrind_finds_no_memory_error() {
    let check = "the SQLite extension under valgrind";
    if has_sqlite(check) && has_tool("valgrind", check) {
        let program = host(cc(), "valgrind", &["-g", "-O1"]);
        let mut valgrind = Command::new("valgrind");
        valgrind.args(["--quiet", "--error-exitcode=9", "--leak-check=full"]);
        valgrind.arg(program.get_program());
        golden(valgrind);
    }
}

fn readme() -> String {
    fs::read_to_string(path("bindings/sqlite/README.md")).unwrap()
}

/// A folder that looks to the queries like the repository's after `make`.
fn built(name: &str) -> PathBuf {
    let folder = scratch(&format!("checkout-{name}"));
    let target = release().parent().unwrap();
    let extension = target.join("dist/cloudcircuit_sqlite.so");
    super::make(&[extension.to_str().unwrap()]);
    for (from, to) in [(path("examples"), "examples"), (target.to_path_buf(), "target")] {
        let _ = fs::remove_file(folder.join(to));
        symlink(from, folder.join(to)).unwrap();
    }
    folder
}

fn has_shell(check: &str) -> bool {
    has_sqlite(check) && has_tool("sqlite3", check)
}

fn sqlite(folder: &Path, script: &str) -> String {
    let file = folder.join("script.sql");
    fs::write(&file, script).unwrap();
    let shell = "sqlite3 -batch -bail :memory: < script.sql";
    let said = output(Command::new("sh").current_dir(folder).args(["-c", shell]));
    assert!(said.status.success() && said.stderr.is_empty(), "{}", printed(&said));
    String::from_utf8(said.stdout).unwrap()
}

#[test]
fn the_analysts_queries_print_what_the_readme_shows() {
    if !has_shell("the queries of bindings/sqlite") {
        return;
    }
    let folder = built("replay");
    let queries = fs::read_to_string(path("examples/replay.sql")).unwrap();
    assert!(readme().contains(&format!("```sql\n{queries}```")), "README.md shows other queries");
    let said = sqlite(&folder, &queries);

    // The findings of the replays in other languages, but for the forecast; make replay writes those.
    let (findings, others) = said.split_at(said.find("account|spikes").unwrap());
    let expected = fs::read_to_string(path("examples/data/replay.txt")).unwrap();
    let expected: BTreeSet<_> =
        expected.lines().filter(|line| !line.contains(" forecast ")).collect();
    let findings = findings.replace('|', " ");
    assert_eq!(findings.lines().skip(1).collect::<BTreeSet<_>>(), expected);
    assert!(readme().contains(&format!("```\n{others}```")), "README.md lacks {others}");
}

#[test]
fn a_ledger_in_a_table_answers_what_the_readme_shows() {
    if !has_shell("the ledger of bindings/sqlite") {
        return;
    }
    let readme = readme();
    let (_, example) = readme.split_once("```sql\nCREATE TABLE ledgers").unwrap();
    let (queries, said) = example.split_once("```\n\n```\n").unwrap();
    let expected = said.split_once("```").unwrap().0;
    let script = format!(".load target/dist/cloudcircuit_sqlite\nCREATE TABLE ledgers{queries}");
    assert_eq!(sqlite(&built("ledgers"), &script), expected);
}

#[test]
fn it_carries_the_library_and_exports_none_of_it() {
    if !has_shell("what the SQLite extension exports") || !has_tool("nm", "what it exports") {
        return;
    }
    let library = built("exports").join("target/dist/cloudcircuit_sqlite.so");
    let exported = run(Command::new("nm").args(["-D", "--defined-only"]).arg(&library));
    assert!(exported.contains("sqlite3_cloudcircuitsqlite_init"), "{exported}");
    assert!(!exported.contains(" cloudcircuit_"), "{exported}");
    let needed = run(Command::new("nm").args(["-D", "--undefined-only"]).arg(&library));
    assert!(!needed.contains("cloudcircuit_"), "{needed}");
}
