//! The examples: compiled, run, and compared with the output that stands at the end of each.

mod support;

use std::{fs, path::Path, process::Command};
use support::*;

const PRINTS: &str = "\n/* Prints:\n";

/// An example's code, and what it says that it prints.
fn parts(source: &Path) -> (String, String) {
    let text = fs::read_to_string(source).unwrap();
    let (code, prints) = text.split_once(PRINTS).expect("an example ends with what it prints");
    (code.to_owned(), prints.strip_suffix("*/\n").unwrap().to_owned())
}

#[test]
fn each_prints_what_stands_at_its_end() {
    let mut names = Vec::new();
    for entry in fs::read_dir(path("examples")).unwrap() {
        let source = entry.unwrap().path();
        if source.extension().is_none_or(|extension| extension != "c") {
            continue;
        }
        let name = source.file_stem().unwrap().to_str().unwrap().to_owned();
        let (code, prints) = parts(&source);
        assert!(
            code.lines().count() + prints.lines().count() < 150,
            "{name}.c is too long to read"
        );
        let output = scratch(&name).join(&name);
        let flags = [&["-std=c99"][..], &STRICT].concat();
        let file = format!("examples/{name}.c");
        compile(cc(), &flags, &file, release(), Link::Shared, &output);
        assert_eq!(run(&mut Command::new(output)), prints, "{name}.c");
        names.push(name);
    }
    for room in [
        "budget",
        "spike",
        "breaker",
        "quickstart",
        "ledger",
        "rate_limit",
        "paid_calls",
        "detect",
        "forecast",
        "guard",
        "columns",
    ] {
        assert!(names.iter().any(|name| name == room), "no example of {room}");
    }
}

#[test]
fn the_readme_shows_the_quickstart_and_what_it_prints() {
    let readme = fs::read_to_string(path("README.md")).unwrap();
    let (code, prints) = parts(&path("examples/quickstart.c"));
    assert!(readme.contains(&format!("```c\n{code}```")), "README.md shows another quickstart.c");
    assert!(readme.contains(&format!("```\n{prints}```")), "README.md shows another output");
    assert!(readme.lines().count() <= 170);
}
