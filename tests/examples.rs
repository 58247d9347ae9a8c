//! The examples: compiled, run, and shown in the README as they are.

mod support;

use std::process::Command;
use support::*;

#[test]
fn the_quickstart_is_the_one_in_the_readme_and_blocks_nothing() {
    let source = std::fs::read_to_string(path("examples/quickstart.c")).unwrap();
    let readme = std::fs::read_to_string(path("README.md")).unwrap();
    assert!(readme.contains(&format!("```c\n{source}```")), "README.md shows another quickstart.c");

    let output = scratch("quickstart").join("quickstart");
    let flags = [&["-std=c99"][..], &STRICT].concat();
    compile(cc(), &flags, "examples/quickstart.c", release(), Link::Shared, &output);
    let printed = run(&mut Command::new(output));
    let verdict = "verdict: action 1, reasons 5 (success)\n";
    assert!(printed.ends_with(verdict), "{printed}");
    assert!(readme.contains(&printed), "README.md shows another output");
}
