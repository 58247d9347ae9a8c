//! Which code runs on which CPU: hosts in an emulator, whose log names the functions that it translated.
//!
//! An instruction that the model lacks ends a host. On the machine's own CPU every other test runs.
#![cfg(target_arch = "x86_64")]

mod support;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use support::*;

/// Models of QEMU, and whether they have all that the AVX2 code needs.
const CPUS: [(&str, bool); 12] = [
    ("qemu64", false),
    ("Nehalem", false),
    // AVX with its state saved, without AVX2.
    ("SandyBridge", false),
    ("Opteron_G5", false),
    ("Haswell", true),
    ("EPYC", true),
    ("max", true),
    // One bit less: no OSXSAVE, and no XGETBV either.
    ("Haswell,-xsave", false),
    ("Haswell,-avx", false),
    ("Haswell,-avx2", false),
    ("Haswell,-fma", false),
    ("Haswell,-popcnt", false),
];

/// From so many points and rows the CPU is asked.
const POINTS: usize = 65536;
const ROWS: usize = 32768;

const NARROW_SUMS: &str = "x86_644sums11add_up_sse2";
const WIDE_SUMS: &str = "x86_644sums11add_up_avx2";
const WIDE_COLUMNS: &str = "check_widest10check_avx2";
const ASKING: &str = "arch8has_avx2";

/// The library is linked into the host, because the log names functions of the program alone.
fn build(source: &str) -> PathBuf {
    let output = scratch(&source.replace('/', "-")).join("host");
    let flags = [&["-std=c99"][..], &STRICT].concat();
    compile(cc(), &flags, source, release(), Link::Static, &output);
    output
}

fn emulated(cpu: &str, host: &Path) -> Command {
    let mut qemu = Command::new("qemu-x86_64");
    qemu.args(["-cpu", cpu]).arg(host);
    qemu
}

/// Which of the functions ran, and how many different ones have a name that contains theirs.
fn functions_run(cpu: &str, host: &Path, points: usize, rows: usize) -> impl Fn(&str) -> usize {
    let log = host.with_extension("log");
    let mut qemu = Command::new("qemu-x86_64");
    qemu.args(["-cpu", cpu, "-d", "in_asm", "-D"]).arg(&log).arg(host);
    passes(qemu.args([points, rows].map(|count| count.to_string())));
    let log = fs::read_to_string(log).unwrap();
    let mut names: Vec<_> =
        log.lines().filter_map(|line| line.strip_prefix("IN: ")).map(str::to_owned).collect();
    names.sort();
    names.dedup();
    assert!(names.iter().any(|name| name == "cloudcircuit_check_budget_columns"));
    move |part| names.iter().filter(|name| name.contains(part)).count()
}

#[test]
fn every_cpu_runs_the_widest_code_that_it_has() {
    if !has_tool("qemu-x86_64", "the choice of code on CPUs with and without AVX2") {
        return;
    }
    let host = build("tests/dispatch/host.c");
    for (cpu, is_wide) in CPUS {
        let ran = functions_run(cpu, &host, POINTS, ROWS);
        let (wide, narrow) = (usize::from(is_wide), usize::from(!is_wide));
        assert!(ran(ASKING) > 0, "{cpu} is not asked");
        assert_eq!((ran(WIDE_SUMS), ran(NARROW_SUMS)), (wide, narrow), "sums on {cpu}");
        // One for doubles, one for integers.
        assert_eq!(ran(WIDE_COLUMNS), 2 * wide, "columns on {cpu}");
    }
}

#[test]
fn short_calls_ask_no_cpu() {
    if !has_tool("qemu-x86_64", "short calls, which ask no CPU") {
        return;
    }
    let host = build("tests/dispatch/host.c");
    let ran = functions_run("Haswell", &host, POINTS - 1, ROWS - 1);
    assert_eq!((ran(ASKING), ran(WIDE_SUMS), ran(WIDE_COLUMNS)), (0, 0, 0));
    assert_eq!(ran(NARROW_SUMS), 1);
    // Each kind of call by itself.
    let ran = functions_run("Haswell", &host, POINTS, ROWS - 1);
    assert_eq!((ran(WIDE_SUMS), ran(WIDE_COLUMNS)), (1, 0));
    let ran = functions_run("Haswell", &host, POINTS - 1, ROWS);
    assert_eq!((ran(WIDE_SUMS), ran(WIDE_COLUMNS)), (0, 2));
}

/// The same answers to every vector, of which some have more points than `POINTS`. Columns end at pages that
/// cannot be touched, which QEMU 7 reads where a masked load does not: only the narrow code runs them here.
#[test]
fn vectors_and_columns_have_the_same_answers_without_avx2() {
    if !has_tool("qemu-x86_64", "vectors and columns on CPUs with and without AVX2") {
        return;
    }
    let host = build("tests/vectors/host.c");
    for cpu in ["Nehalem", "Haswell"] {
        for function in ["budget", "budget_i64", "spike", "spike_i64"] {
            let file = path(&format!("tests/vectors/{function}.txt"));
            let printed = run(emulated(cpu, &host).arg(function).arg(file));
            assert!(printed.contains(" 0 wrong, "), "{function} on {cpu}: {printed}");
        }
    }
    passes(emulated("Nehalem", &build("tests/contract/spike_columns.c")).arg("few"));
}
