//! The gem in bindings/ruby: its own tests, its example, and what `gem` makes of it.

use super::support::{has_tool, output, path, printed, release, run, scratch};
use std::{fs, path::Path, process::Command};

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
    // No warning, but where random numbers start.
    let warned = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(warned.starts_with("SEED=") && warned.lines().count() == 1, "{warned}");
}

#[test]
fn it_replays_daily_spend() {
    if has_ruby("the replay in Ruby") {
        super::replays(ruby().arg(path("examples/replay.rb")));
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
