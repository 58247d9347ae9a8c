//! What a release says of itself, and the workflows that make it.

mod support;

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Output},
};
use support::*;

fn notes(version: &str, changelog: &Path) -> Output {
    let mut awk = Command::new("awk");
    awk.arg("-v").arg(format!("version={version}")).arg("-f").arg(path("packaging/notes.awk"));
    output(awk.arg(changelog))
}

#[test]
fn the_notes_are_the_versions_section_of_the_changelog() {
    let changelog = scratch("notes").join("CHANGELOG.md");
    let text = "# Changelog\n\nOf all.\n\n## 1.10.0, unreleased\n\n## 1.1.0, 2027-01-31\n\nTwo:\n\n- one;\n- \
                two.\n\n## 1.0.0\n\nThe first.\n";
    fs::write(&changelog, text).unwrap();
    for (version, said) in [("1.1.0", "Two:\n\n- one;\n- two.\n"), ("1.0.0", "The first.\n")] {
        let found = notes(version, &changelog);
        assert!(found.status.success());
        assert_eq!(String::from_utf8_lossy(&found.stdout), said);
    }
    for version in ["1.10.0", "1", "1.1", "2.0.0"] {
        assert!(!notes(version, &changelog).status.success(), "{version} has notes");
    }
    assert!(notes(env!("CARGO_PKG_VERSION"), &path("CHANGELOG.md")).status.success());
}

/// The workflows by name.
fn workflows() -> Vec<(String, String)> {
    let files = fs::read_dir(path(".github/workflows")).unwrap().map(|file| file.unwrap().path());
    let workflows: Vec<_> =
        files.map(|file| (file.display().to_string(), fs::read_to_string(file).unwrap())).collect();
    assert!(workflows.len() >= 2, "{workflows:?}");
    workflows
}

/// Whoever can move a tag of an action could else run what they like.
#[test]
fn every_action_is_pinned_by_its_hash_and_says_its_version() {
    for (name, text) in workflows() {
        let uses = text.lines().filter_map(|line| line.split_once("uses: "));
        for (_, action) in uses {
            let (hash, version) = action.split_once('@').unwrap().1.split_once(" # v").unwrap();
            let is_hash = hash.len() == 40 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
            assert!(is_hash && version.split('.').count() == 3, "{name}: {action}");
        }
        let count = text.matches("uses: ").count();
        assert!(count > 0 && count == text.matches("uses:").count(), "{name}");
    }
}

#[test]
fn every_job_ends_in_time_and_has_no_right_that_it_does_not_name() {
    for (name, text) in workflows() {
        assert!(text.contains("\npermissions: {}\n"), "{name}: rights for every job");
        assert!(text.contains("\nconcurrency:\n"), "{name}: any number of runs at once");
        let jobs = text.split_once("\njobs:\n").unwrap().1;
        let count = |line: &str| jobs.lines().filter(|found| found.starts_with(line)).count();
        let all = count("    runs-on: ");
        assert!(all > 0);
        assert_eq!(all, count("    timeout-minutes: "), "{name}: a job without an end");
        assert_eq!(all, count("    permissions:"), "{name}: a job that names no rights");
    }
}

fn ci(script: &str) -> String {
    fs::read_to_string(path(".ci").join(script)).unwrap()
}

/// A script that names what is gone fails only where it runs, at night.
#[test]
fn what_the_ci_scripts_run_is_there() {
    let mut count = 0;
    for script in ["run", "long"] {
        for line in ci(script).lines().filter(|line| !line.trim_start().starts_with('#')) {
            let words: Vec<&str> = line.split([' ', '"', '=']).collect();
            for (i, word) in words.iter().enumerate() {
                let is_path = ["tests/", "packaging/", "benches/", "docs/", "bindings/"]
                    .iter()
                    .any(|folder| word.starts_with(folder));
                if !is_path || word.contains(['*', '$', ';']) {
                    continue;
                }
                let mode = fs::metadata(path(word)).map(|file| file.permissions().mode());
                let mode = mode.unwrap_or_else(|error| panic!(".ci/{script}: {word}: {error}"));
                let is_run =
                    words[..i].iter().all(|word| word.is_empty()) || words[i - 1] == "step";
                assert!(!is_run || mode & 0o100 != 0, ".ci/{script}: {word} is no program");
                count += 1;
            }
        }
    }
    assert!(count >= 15, "{count}");
}

#[test]
fn every_step_of_the_long_form_is_a_job_of_the_night() {
    let long = ci("long");
    let steps = long.split_once("\nSTEPS=(").unwrap().1.split_once(')').unwrap().0;
    for step in steps.split(' ') {
        assert!(long.contains(&format!("\n{step}() {{\n")), ".ci/long has no step {step}");
    }
    let jobs = fs::read_to_string(path(".github/workflows/ci.yml")).unwrap();
    let listed = jobs.split_once("step: [").unwrap().1.split_once(']').unwrap().0;
    assert!(listed.split(", ").eq(steps.split(' ')), "ci.yml runs {listed}, .ci/long has {steps}");
}
