//! The SQLite extension: the golden cases, frames, errors and failing memory from C, and its example.

use super::support::*;
use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
};

const EXTENSION: &str = "bindings/sqlite/cloudcircuit_sqlite.c";
const WARNINGS: [&str; 2] = ["-Wconversion", "-Wshadow"];
const SANITIZERS: [&str; 3] = ["-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];

/// The C host with the extension built in.
fn host(mut compiler: Command, name: &str, flags: &[&str]) -> Command {
    let binary = scratch(name).join("host");
    compiler.arg(path(EXTENSION));
    let flags = [
        &["-std=c99", "-DSQLITE_CORE", "-Wl,--no-as-needed", "-lsqlite3"][..],
        &STRICT,
        &WARNINGS,
        flags,
    ]
    .concat();
    compile(compiler, &flags, "tests/bindings/sqlite/host.c", release(), Link::Shared, &binary);
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

/// A folder that looks to the README's commands like the repository's after `make`, with the
/// extension built by the first of them.
fn built(name: &str) -> PathBuf {
    let folder = scratch(name);
    let _ = fs::create_dir(folder.join("target"));
    let release = release().to_path_buf();
    for (from, to) in [
        (path("include"), "include"),
        (path("examples"), "examples"),
        (path("bindings"), "bindings"),
        (release, "target/release"),
    ] {
        let _ = fs::remove_file(folder.join(to));
        symlink(from, folder.join(to)).unwrap();
    }
    let readme = readme();
    let start = readme.find("    cc ").unwrap();
    let command = &readme[start..readme.find("    sqlite3 <").unwrap()];
    run(Command::new("sh").current_dir(&folder).args(["-ec", command]));
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
    let folder = built("report");
    let report = fs::read_to_string(path("bindings/sqlite/report.sql")).unwrap();
    assert!(readme().contains(&format!("```sql\n{report}```")), "README.md shows other queries");
    let said = sqlite(&folder, &report);
    assert!(said.lines().count() > 8 && readme().contains(&format!("```\n{said}```")), "{said}");
}

#[test]
fn it_carries_the_library_and_exports_none_of_it() {
    if !has_shell("what the SQLite extension exports") || !has_tool("nm", "what it exports") {
        return;
    }
    let library = built("exports").join("target/cloudcircuit_sqlite.so");
    let exported = run(Command::new("nm").args(["-D", "--defined-only"]).arg(&library));
    assert!(exported.contains("sqlite3_cloudcircuitsqlite_init"), "{exported}");
    assert!(!exported.contains(" cloudcircuit_"), "{exported}");
    let needed = run(Command::new("nm").args(["-D", "--undefined-only"]).arg(&library));
    assert!(!needed.contains("cloudcircuit_"), "{needed}");
}

/// One day of one account: its record of the budget and of the spike, which is null on the first day.
#[derive(Debug, PartialEq)]
struct Day {
    name: String,
    budget: String,
    spike: String,
}

/// The text between two marks of a line.
fn between<'a>(line: &'a str, start: &str, end: &str) -> &'a str {
    let from = line.find(start).unwrap_or_else(|| panic!("no {start} in {line}")) + start.len();
    &line[from..from + line[from..].find(end).unwrap()]
}

/// The flags of a record as they stand, its numbers to 12 digits: spend_guard adds up doubles, the
/// example millionths, and they part in the last bit.
fn rounded(record: &str) -> String {
    let fields =
        record.trim_matches(['{', '}']).split(',').map(|field| match field.split_once(':') {
            Some((key, value)) => match value.parse::<f64>() {
                Ok(number) => format!("{key}:{number:.11e}"),
                Err(_) => field.to_owned(),
            },
            None => field.to_owned(),
        });
    fields.collect::<Vec<_>>().join(",")
}

#[test]
fn it_decides_like_the_spend_guard_on_the_same_bill() {
    if !has_shell("the SQLite extension compared with spend_guard") {
        return;
    }
    let folder = built("bill");
    let said = sqlite(
        &folder,
        ".load target/cloudcircuit_sqlite\n\
         .import --csv examples/data/focus_bill.csv bill\n\
         .read bindings/sqlite/daily.sql\n\
         SELECT account, day, cc_check_budget(max(month_to_date, 0) / 1e6, 3000),\n\
                ifnull(cc_check_anomaly_spike(charged / 1e6, 1.5, 30) OVER series, 'null')\n\
         FROM daily WINDOW series AS (PARTITION BY account ORDER BY day) ORDER BY account, day;\n",
    );
    let mut sql: Vec<Day> = said
        .lines()
        .map(|line| {
            let columns: Vec<&str> = line.split('|').collect();
            let name = format!("{} {}", columns[0].replace("NULL", "null"), columns[1]);
            Day { name, budget: rounded(columns[2]), spike: rounded(columns[3]) }
        })
        .collect();

    let guard = folder.join("spend_guard");
    let flags = [&["-std=c99", "-O2"][..], &STRICT].concat();
    compile(cc(), &flags, "programs/spend_guard/spend_guard.c", release(), Link::Shared, &guard);
    let mut guard = Command::new(guard);
    guard.args(["--json", "--limit", "3000", "--floor", "30"]);
    let said = output(guard.arg(path("examples/data/focus_bill.csv")));
    let said = String::from_utf8(said.stdout).unwrap();
    let days = said.lines().filter(|line| line.starts_with("{\"type\":\"day\""));
    let mut c: Vec<Day> = days
        .map(|line| {
            let group = between(line, "\"group\":", ",").trim_matches('"');
            let name = format!("{group} {}", between(line, "\"day\":\"", "\""));
            let budget = rounded(between(line, "\"budget\":", ",\"spike\":"));
            Day { name, budget, spike: rounded(between(line, "\"spike\":", ",\"breaker\":")) }
        })
        .collect();
    sql.sort_by(|a, b| a.name.cmp(&b.name));
    c.sort_by(|a, b| a.name.cmp(&b.name));
    assert_eq!(c.len(), 792, "the bill has other days");
    assert!(c.iter().filter(|day| day.spike.contains("true")).count() > 30, "no spikes to find");
    assert_eq!(sql, c);
}
