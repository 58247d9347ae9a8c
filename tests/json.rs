//! The audit line, written by the library and read back by other languages, to the last bit.

mod support;

use std::{
    fs::{self, File},
    path::Path,
    process::Command,
};
use support::*;

/// Records of each struct.
fn lines() -> u32 {
    either(4_000, 20_000)
}

/// Runs a reader on random records and returns how many fields it left out.
fn left_out(mut reader: Command) -> u32 {
    let records = scratch("records").join("records.txt");
    let mut writer = Command::new("sh");
    writer.args(["-c", "exec \"$0\" lines \"$1\" >\"$2\""]);
    run(writer.arg(host("json.c", Link::Static)).arg(lines().to_string()).arg(&records));
    let printed = run_from(&mut reader, File::open(&records).unwrap());
    let numbers: Vec<u32> = printed.split(' ').filter_map(|word| word.parse().ok()).collect();
    let &[records, fields, left_out] = &numbers[..] else { panic!("{printed}") };
    assert_eq!((records, fields), (11 * lines(), 183 * lines()));
    left_out
}

fn with(tool: &str, arguments: &[&str], script: &str) -> Command {
    let mut command = Command::new(tool);
    command.args(arguments).arg(path(&format!("tests/json/{script}")));
    command
}

#[test]
fn python_reads_the_same_bits_in_the_shortest_digits() {
    if has_tool("python3", "records read by Python") {
        assert_eq!(left_out(with("python3", &[], "read.py")), 0);
    }
}

#[test]
fn javascript_reads_the_same_bits_but_in_integers_beyond_2_to_the_53() {
    if has_tool("node", "records read by JavaScript") {
        let left_out = left_out(with("node", &[], "read.js"));
        assert!(0 < left_out && left_out < 30 * lines(), "{left_out}");
    }
}

#[test]
fn ruby_reads_the_same_bits() {
    if has_tool("ruby", "records read by Ruby") {
        assert_eq!(left_out(with("ruby", &[], "read.rb")), 0);
    }
}

#[test]
fn go_reads_the_same_bits() {
    if has_tool("go", "records read by Go") {
        let mut go = with("go", &["run"], "read.go");
        // A home may be read-only.
        let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("go-cache");
        go.env("GOCACHE", cache).env("GOTOOLCHAIN", "local").env("GOFLAGS", "");
        assert_eq!(left_out(go), 0);
    }
}

#[test]
fn a_reader_finds_a_wrong_bit_and_a_missing_field() {
    if has_tool("python3", "records that are wrong") {
        let file = scratch("records-wrong").join("records.txt");
        for line in [
            "a=d:3ff0000000000001\t{\"a\":1.0}",
            "a=d:3ff0000000000000\t{\"a\":1}",
            "a=d:3fb999999999999a\t{\"a\":0.10000000000000000555}",
            "a=i:9007199254740993\t{\"a\":9007199254740992}",
            "a=b:1\t{\"a\":1}",
            "a=b:1\t{\"a\":true,\"b\":false}",
        ] {
            fs::write(&file, format!("{line}\n")).unwrap();
            let mut reader = with("python3", &[], "read.py");
            let said = output_from(&mut reader, File::open(&file).unwrap());
            assert!(!said.status.success(), "{line}");
        }
    }
}
