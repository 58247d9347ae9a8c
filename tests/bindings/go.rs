//! The Go package in bindings/go: its own tests, examples and benchmarks against the release build.

use super::support::{has_tool, path, release, run, scratch};
use std::{fs, path::Path, process::Command};

pub(super) fn has_go(check: &str) -> bool {
    has_tool("go", check) && has_tool("pkg-config", check)
}

/// go in the module's folder, with what it writes kept out of it. It finds the library as it would
/// find an installed one.
pub(super) fn go(arguments: &[&str]) -> Command {
    let folder = scratch("pkg-config");
    let library = release().display();
    let description = format!(
        "Name: cloudcircuit\nDescription: spend safeguards\nVersion: {}\nCflags: -I{}\n\
         Libs: -L{library} -lcloudcircuit -Wl,-rpath,{library}\n",
        env!("CARGO_PKG_VERSION"),
        path("include").display(),
    );
    fs::write(folder.join("cloudcircuit.pc"), description).unwrap();
    let mut go = Command::new("go");
    go.current_dir(path("bindings/go")).args(arguments);
    go.env("PKG_CONFIG_PATH", folder);
    // A home may be read-only, or not there.
    for (name, folder) in [("GOCACHE", "go-cache"), ("GOPATH", "go-path")] {
        go.env(name, Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder));
    }
    for (name, value) in [
        ("GOENV", "off"),
        ("GOFLAGS", ""),
        ("GOPROXY", "off"),
        ("GOTOOLCHAIN", "local"),
        ("CGO_ENABLED", "1"),
    ] {
        go.env(name, value);
    }
    go
}

/// The tests ran, and none was skipped.
fn all_passed(said: &str) {
    assert!(!said.contains("--- SKIP") && !said.contains("[no test"), "{said}");
    assert!(
        said.lines().any(|line| line.starts_with("ok  \texample.com/cloudcircuit\t")),
        "{said}"
    );
    let passed = said.lines().filter(|line| line.starts_with("--- PASS")).count();
    assert!(passed >= 79, "{passed} tests and examples passed:\n{said}");
}

#[test]
fn the_package_passes_its_tests() {
    if has_go("the Go package's tests") {
        run(&mut go(&["vet", "./..."]));
        all_passed(&run(&mut go(&["test", "-count=1", "-v", "./..."])));
    }
}

#[test]
fn it_passes_under_the_race_detector_and_the_strict_cgo_checks() {
    if has_go("the Go package under the race detector") {
        let mut strict = go(&["test", "-count=1", "-v", "-race", "./..."]);
        all_passed(&run(strict.env("GODEBUG", "cgocheck=2")));
    }
}

#[test]
fn it_replays_daily_spend() {
    if has_go("the replay in Go") {
        let example = path("examples/replay.go");
        let example = example.to_str().unwrap();
        run(&mut go(&["vet", example]));
        super::replays(&mut go(&["run", example]));
    }
}

#[test]
fn its_benchmarks_run_without_an_allocation() {
    if has_go("the Go package's benchmarks") {
        let bench = ["test", "-run=^$", "-bench=.", "-benchtime=1000x", "-benchmem", "."];
        let said = run(&mut go(&bench));
        let lines: Vec<&str> = said.lines().filter(|line| line.contains("ns/op")).collect();
        assert!(lines.len() >= 18, "{said}");
        assert!(lines.iter().all(|line| line.ends_with(" 0 allocs/op")), "{said}");
    }
}

#[test]
fn the_code_in_its_readme_is_tested() {
    let readme = fs::read_to_string(path("bindings/go/README.md")).unwrap();
    let tested = fs::read_to_string(path("bindings/go/example_test.go")).unwrap();
    let blocks: Vec<&str> = readme.split("```go\n").skip(1).collect();
    assert!(!blocks.is_empty());
    for block in blocks {
        let code = block.split("```").next().unwrap();
        for line in code.lines().filter(|line| !line.trim().is_empty()) {
            assert!(tested.lines().any(|other| other.trim() == line.trim()), "{line}");
        }
    }
}
