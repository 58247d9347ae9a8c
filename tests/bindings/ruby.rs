//! The gem in bindings/ruby: its own tests, its spend guard compared with the one in C, and what `gem` makes of it.

use super::support::{
    Link, STRICT, cc, compile, has_tool, output, path, printed, release, run, scratch,
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// Ruby with the gem's folder to load from, warnings on, and the release library.
fn ruby() -> Command {
    let mut ruby = Command::new("ruby");
    ruby.arg("-w").arg("-I").arg(path("bindings/ruby/lib"));
    ruby.env("CLOUDCIRCUIT_LIBRARY", release().join("libcloudcircuit.so"));
    ruby
}

/// As `has_tool`, for Ruby with its ffi gem.
pub fn has_ruby(check: &str) -> bool {
    if !has_tool("ruby", check) {
        return false;
    }
    if output(Command::new("ruby").args(["-e", "require 'ffi'"])).status.success() {
        return true;
    }
    // No program has that name, so this skips or fails by it.
    has_tool("ruby-ffi", check)
}

#[test]
fn the_gems_tests_pass_without_a_warning() {
    if !has_ruby("the tests of the Ruby gem") {
        return;
    }
    let tests = "Dir[File.join(ARGV.shift, 'test_*.rb')].sort.each { |file| require file }";
    let output = output(ruby().args(["-e", tests]).arg(path("bindings/ruby/test")));
    let said = printed(&output);
    assert!(output.status.success(), "{said}");
    assert!(said.contains(", 0 failures, 0 errors, 0 skips\n"), "{said}");
    let runs = said.lines().find_map(|line| line.split_once(" runs, ")?.0.parse::<u32>().ok());
    assert!(runs.unwrap() >= 100, "{said}");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

fn spend_guard_in_c() -> PathBuf {
    let binary = scratch("spend_guard").join("spend_guard");
    let flags = [&["-std=c99", "-O2"][..], &STRICT].concat();
    compile(cc(), &flags, "programs/spend_guard/spend_guard.c", release(), Link::Shared, &binary);
    binary
}

#[test]
fn its_spend_guard_says_what_the_one_in_c_says() {
    if !has_ruby("the spend guard in Ruby") {
        return;
    }
    let in_c = spend_guard_in_c();
    let in_ruby = path("bindings/ruby/exe/spend_guard");
    let bill = path("examples/data/focus_bill.csv");
    let cases: [&[&str]; 5] = [
        &[],
        &["--group-by", "none", "--limit", "6000"],
        &["--limit", "3000", "--floor", "30", "--findings"],
        &["--limit", "3000", "--cooldown", "5", "--failure-threshold", "2", "--multiplier", "1.25"],
        &["--limit", "1e9", "--floor", "1e9", "--warning-ratio", "1"],
    ];
    for options in cases {
        let expected = output(Command::new(&in_c).arg("--json").args(options).arg(&bill));
        let actual = output(ruby().arg(&in_ruby).arg("--json").args(options).arg(&bill));
        assert!(expected.stdout.ends_with(b"\"billed\":28320.424834000001}\n"), "{options:?}");
        same(&expected, &actual, options);
    }
}

#[track_caller]
fn same(expected: &Output, actual: &Output, options: &[&str]) {
    let [expected_lines, lines] =
        [expected, actual].map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    for (expected, line) in expected_lines.lines().zip(lines.lines()) {
        assert_eq!(expected, line, "{options:?}");
    }
    assert_eq!(expected_lines.len(), lines.len(), "{options:?}: {}", printed(actual));
    assert_eq!(expected.status.code(), actual.status.code(), "{options:?}");
    assert_eq!(String::from_utf8_lossy(&actual.stderr), "");
}

#[test]
fn its_spend_guard_refuses_what_it_cannot_use() {
    if !has_ruby("bad bills in Ruby") {
        return;
    }
    let folder = scratch("bills");
    let header = "BilledCost,ChargePeriodStart,SubAccountId,BillingCurrency";
    let guard = |name: &str, rows: &str, options: &[&str]| {
        let bill = folder.join(name);
        fs::write(&bill, format!("{header}\n{rows}")).unwrap();
        output(ruby().arg(path("bindings/ruby/exe/spend_guard")).args(options).arg(bill))
    };
    let rejected = guard(
        "rows.csv",
        "1,2024-01-01,a,USD\nnan,2024-01-01,a,USD\n1e999,2024-01-01,a,USD\n1,2024-02-30,a,USD\n1,2024-01-01,a,EUR\n",
        &["--json"],
    );
    let said = printed(&rejected);
    assert_eq!(rejected.status.code(), Some(0), "{said}");
    assert!(said.contains("\"rows_read\":5,\"rows_used\":1,\"rows_rejected\":4,"), "{said}");
    for (name, rows, options, reason) in [
        ("empty.csv", "", &[][..], "not one row that can be used"),
        ("column.csv", "1,2024-01-01,a,USD\n", &["--group-by", "Nothing"][..], "Nothing"),
        ("limit.csv", "1,2024-01-01,a,USD\n", &["--limit", "0"][..], "budget_limit must be"),
        ("option.csv", "1,2024-01-01,a,USD\n", &["--limt", "0"][..], "--limt"),
    ] {
        let output = guard(name, rows, options);
        let said = printed(&output);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(output.stdout.is_empty() && said.contains(reason), "{said}");
    }
}

/// A copy, as `gem build` puts its product next to the sources.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn the_gem_is_built_installed_and_used() {
    if !has_ruby("the Ruby gem built") || !has_tool("gem", "the Ruby gem built") {
        return;
    }
    let folder = scratch("gem");
    let _ = fs::remove_dir_all(&folder);
    let source = folder.join("source");
    copy(&path("bindings/ruby"), &source);
    let gem = format!("cloudcircuit-{}.gem", env!("CARGO_PKG_VERSION"));
    let built =
        run(Command::new("gem").args(["build", "cloudcircuit.gemspec"]).current_dir(&source));
    assert!(built.contains(&format!("File: {gem}")), "{built}");
    let home = folder.join("home");
    let mut install = Command::new("gem");
    install.args(["install", "--local", "--ignore-dependencies", "--no-document", "--install-dir"]);
    run(install.arg(&home).arg(source.join(gem)));
    let program = "require 'cloudcircuit'; puts $LOADED_FEATURES.grep(/cloudcircuit.rb/); \
                   p Cloudcircuit.check_budget(current_spend: 9, budget_limit: 10).warning?";
    let mut used = Command::new("ruby");
    used.args(["-w", "-e", program]).env("GEM_PATH", format!("{}:", home.display()));
    used.env("CLOUDCIRCUIT_LIBRARY", release().join("libcloudcircuit.so"));
    let said = run(&mut used);
    assert!(said.starts_with(home.to_str().unwrap()) && said.ends_with("true\n"), "{said}");
}
