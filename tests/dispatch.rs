//! Which code runs on which CPU: hosts in an emulator, whose log names the functions that it translated.
//!
//! An instruction that the model lacks ends a host. On the machine's own CPU every other test runs.
#![cfg(target_arch = "x86_64")]

mod support;

use std::{
    collections::BTreeMap,
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

/// What the emulator translated: the names of functions, each once, with their instructions.
struct Log(BTreeMap<String, String>);

impl Log {
    fn of(cpu: &str, host: &Path, points: usize, rows: usize) -> Self {
        let file = host.with_extension("log");
        let mut qemu = Command::new("qemu-x86_64");
        qemu.args(["-cpu", cpu, "-d", "in_asm", "-D"]).arg(&file).arg(host);
        passes(qemu.args([points, rows].map(|count| count.to_string())));
        let mut functions = BTreeMap::<_, String>::new();
        for block in fs::read_to_string(file).unwrap().split("IN: ").skip(1) {
            let (name, code) = block.split_once('\n').unwrap();
            *functions.entry(name.trim().to_owned()).or_default() += code;
        }
        assert!(functions.contains_key("cloudcircuit_check_budget_columns"));
        Self(functions)
    }

    /// How many functions ran that have this in their name and, in a line, such an instruction.
    fn ran(&self, name: &str, instruction: &str, operand: &str) -> usize {
        let has = |line: &str| line.contains(instruction) && line.contains(operand);
        let found = |(function, code): &(&String, &String)| {
            function.contains(name) && code.lines().any(has)
        };
        self.0.iter().filter(found).count()
    }
}

#[test]
fn every_cpu_runs_the_widest_code_that_it_has() {
    if !has_tool("qemu-x86_64", "the choice of code on CPUs with and without AVX2") {
        return;
    }
    let host = build("tests/dispatch/host.c");
    for (cpu, is_wide) in CPUS {
        let log = Log::of(cpu, &host, POINTS, ROWS);
        let (wide, narrow) = (usize::from(is_wide), usize::from(!is_wide));
        assert!(log.ran(ASKING, "cpuid", "") > 0, "{cpu} is not asked");
        let sums = (log.ran(WIDE_SUMS, "vaddpd", "ymm"), log.ran(NARROW_SUMS, "addpd", "xmm"));
        assert_eq!(sums, (wide, narrow), "sums on {cpu}");
        // Columns of doubles divide; those of integers have a function of their own.
        assert_eq!(log.ran(WIDE_COLUMNS, "vdivpd", "ymm"), wide, "columns on {cpu}");
        assert_eq!(log.ran(WIDE_COLUMNS, "", ""), 2 * wide, "columns on {cpu}");
    }
}

#[test]
fn short_calls_ask_no_cpu() {
    if !has_tool("qemu-x86_64", "short calls, which ask no CPU") {
        return;
    }
    let host = build("tests/dispatch/host.c");
    let ran = |points, rows| {
        let log = Log::of("Haswell", &host, points, rows);
        [ASKING, WIDE_SUMS, NARROW_SUMS, WIDE_COLUMNS].map(|name| log.ran(name, "", ""))
    };
    assert_eq!(ran(POINTS - 1, ROWS - 1), [0, 0, 1, 0]);
    // Each kind of call by itself. Asking takes two functions.
    assert_eq!(ran(POINTS, ROWS - 1), [2, 1, 0, 0]);
    assert_eq!(ran(POINTS - 1, ROWS), [2, 0, 1, 2]);
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
