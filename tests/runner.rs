//! How the tests run: what hangs is ended, and tests/run.py calls nothing green that has not run.

mod support;

use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    process::{Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};
use support::*;

#[test]
fn a_host_that_hangs_is_ended_with_its_children_and_named() {
    let folder = scratch("hangs");
    let child = folder.join("child");
    let _ = fs::remove_file(&child);
    let start = Instant::now();
    let ended = catch_unwind(AssertUnwindSafe(|| {
        let mut host = Command::new("sh");
        host.args(["-c", "sleep 600 & echo $! >child; echo waits; wait"]).current_dir(&folder);
        output_within(Duration::from_secs(1), host.stdin(Stdio::null()))
    }));
    let said = *ended.unwrap_err().downcast::<String>().unwrap();
    assert!(
        said.starts_with("sh -c sleep 600 & ") && said.contains("limit of 1s\nwaits\n"),
        "{said}"
    );
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());

    // One that has ended stays a while in /proc, without a command line.
    let child = fs::read_to_string(child).unwrap();
    let lives =
        || fs::read(format!("/proc/{}/cmdline", child.trim())).is_ok_and(|it| !it.is_empty());
    for _ in 0..100 {
        if lives() {
            thread::sleep(Duration::from_millis(20));
        }
    }
    assert!(!lives(), "the child {child} of a host that was ended lives on");
}

/// Runs tests/run.py on one binary, of which cargo says that it has the tests `good` and `bad`. The script says how
/// the binary answers.
fn run_py(name: &str, script: &str) -> Output {
    let folder = scratch(name);
    let _ = fs::remove_file(folder.join("failed-tests.txt"));
    let runner = fs::read_to_string(path("tests/run.py")).unwrap();
    let order = runner.split("ORDER = \"\"\"").nth(1).unwrap().split("\"\"\"").next().unwrap();
    let binaries = order.split_whitespace().map(|piece| piece.split(':').next().unwrap());
    let mut cargo = "#!/bin/sh\ncase \"$*\" in *--list*)\n".to_owned();
    for binary in binaries {
        let source = if binary == "lib" {
            "unittests src/lib.rs".into()
        } else {
            format!("tests/{binary}.rs")
        };
        cargo += &format!("echo '     Running {source} (x)'\n");
    }
    cargo += &format!("echo 'good: test'; echo 'bad: test'; exit ;;\nesac\n{script}\n");
    let file = folder.join("cargo");
    fs::write(&file, cargo).unwrap();
    let mut python = Command::new("python3");
    python.arg(path("tests/run.py")).env("CARGO", format!("sh {}", file.display()));
    output(python.env("CARGO_TARGET_DIR", &folder))
}

#[test]
fn a_test_that_fails_or_does_not_run_is_none_that_passed() {
    if !has_tool("python3", "tests/run.py") {
        return;
    }
    let both = "echo 'test good ... ok'; echo 'test bad ... ok'";
    for (name, script, count, word) in [
        ("passes", both.to_owned(), "2 passed, 0 failed, 0 skipped", ""),
        (
            "skips",
            format!("{both}; echo 'SKIPPED: bad: a check (needs go)'"),
            "1 passed, 0 failed, 1 skipped",
            "needs go",
        ),
        (
            "fails",
            "echo 'test good ... ok'; echo 'test bad ... FAILED'; echo why; exit 101".to_owned(),
            "1 passed, 1 failed, 0 skipped",
            "    why\n",
        ),
        (
            "stops",
            "echo 'test good ... ok'; echo crash; kill -9 $$".to_owned(),
            "1 passed, 1 failed, 0 skipped",
            "    crash\n",
        ),
        ("leaves_out", "echo 'test good ... ok'".to_owned(), "1 passed, 1 failed, 0 skipped", ""),
        ("ends_badly", format!("{both}; exit 1"), "0 passed, 2 failed, 0 skipped", ""),
    ] {
        let said = run_py(name, &script);
        let text = printed(&said);
        assert!(text.lines().last() == Some(count) && text.contains(word), "{name}: {text}");
        assert_eq!(said.status.success(), count.contains(" 0 failed"), "{name}: {text}");
    }
}
