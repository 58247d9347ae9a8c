//! The binary interface, compared with the one written down in abi/; docs/ABI.md tells what may change.

mod support;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};
use support::*;

/// What abidiff says of two dumps.
#[derive(Debug, PartialEq)]
enum Difference {
    None,
    Additions,
    Incompatible,
}

/// Compares with the dump in abi/, and tells what differs.
fn difference(dump: &Path) -> (Difference, String) {
    let abidiff = |flags: &[&str]| {
        let mut abidiff = Command::new("abidiff");
        abidiff.arg("--no-architecture").args(flags);
        let output = output(abidiff.arg(path("tests/abi/libcloudcircuit.abi")).arg(dump));
        let code = output.status.code().unwrap();
        // Bits 1 and 2 are abidiff's own errors.
        assert_eq!(code & 3, 0, "{}", printed(&output));
        (code == 0, printed(&output))
    };
    let (same, report) = abidiff(&["--leaf-changes-only"]);
    let (compatible, _) = abidiff(&["--no-added-syms"]);
    let kind = match (same, compatible) {
        (true, true) => Difference::None,
        (_, true) => Difference::Additions,
        (_, false) => Difference::Incompatible,
    };
    (kind, report)
}

fn dump_of(library: &Path, name: &str) -> PathBuf {
    let dump = scratch("dumps").join(name);
    fs::write(&dump, run(Command::new(path("tests/abi/dump.sh")).arg(library))).unwrap();
    dump
}

fn has_abigail() -> bool {
    has_tool("abidiff", "the binary interface compared with the one in tests/abi/")
        && has_tool("abidw", "the binary interface compared with the one in tests/abi/")
}

#[test]
fn functions_and_structs_are_those_of_this_abi_version() {
    if !has_abigail() {
        return;
    }
    let dump = dump_of(&debug().join("libcloudcircuit.so"), "current");
    let (kind, report) = difference(&dump);
    assert_ne!(kind, Difference::Incompatible, "docs/ABI.md does not allow this:\n{report}");
    if kind == Difference::Additions {
        ask_to_refresh(&report);
    }
}

fn ask_to_refresh(new: &str) {
    // Not eprintln!, which the test harness would hide.
    let _ = writeln!(
        std::io::stderr(),
        "NEW in the ABI: run `make abi-dump` and commit what it writes to abi/\n{new}"
    );
}

/// The constants of a header and their values, but for its version.
fn constants(header: &str) -> BTreeSet<&str> {
    let defines = header.lines().filter_map(|line| line.strip_prefix("#define "));
    defines.filter(|define| define.contains(' ') && !define.contains("_VERSION")).collect()
}

#[test]
fn constants_keep_their_values() {
    let written = fs::read_to_string(path("tests/abi/constants.txt")).unwrap();
    let written: BTreeSet<&str> = written.lines().collect();
    assert!(written.len() > 100);
    let header = fs::read_to_string(path("include/cloudcircuit.h")).unwrap();
    let current = constants(&header);
    let lost: Vec<_> = written.difference(&current).collect();
    assert!(lost.is_empty(), "docs/ABI.md does not allow these to go: {lost:?}");
    let new: Vec<_> = current.difference(&written).copied().collect();
    if !new.is_empty() {
        ask_to_refresh(&new.join("\n"));
    }

    let changed = header.replace("CLOUDCIRCUIT_FLAG_SPIKE 4u", "CLOUDCIRCUIT_FLAG_SPIKE 8u");
    let changed = constants(&changed);
    assert!(written.difference(&changed).eq(&["CLOUDCIRCUIT_FLAG_SPIKE 4u"]));
}

#[test]
fn a_library_without_debug_information_has_no_dump() {
    if has_abigail() {
        let stripped = release().join("libcloudcircuit.so");
        let output = output(Command::new(path("tests/abi/dump.sh")).arg(stripped));
        assert!(!output.status.success());
        assert!(printed(&output).contains("debug information for 0 of "), "{}", printed(&output));
    }
}

/// A copy of what the library is built from, in which one change after the other is built.
struct Copy {
    folder: PathBuf,
}

impl Copy {
    fn new() -> Self {
        let folder = scratch("mutant");
        for source in ["src", "build", "build.rs", "cbindgen.toml", "Cargo.toml", "Cargo.lock"] {
            let _ = fs::remove_dir_all(folder.join(source));
            // With their times, so that cargo builds again only what has changed.
            run(Command::new("cp").arg("-rp").arg(path(source)).arg(&folder));
        }
        Copy { folder }
    }

    /// Builds the library with changes: (file, text, what stands there instead), the first time it does.
    fn build(&self, changes: &[(&str, &str, &str)]) -> PathBuf {
        let mut originals = BTreeMap::new();
        for (file, text, instead) in changes {
            let source = fs::read_to_string(self.folder.join(file)).unwrap();
            assert!(source.contains(text), "{file} no longer has: {text}");
            fs::write(self.folder.join(file), source.replacen(text, instead, 1)).unwrap();
            originals.entry(file).or_insert(source);
        }
        let target = scratch("target");
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(&self.folder).args(["build", "--offline", "--lib", "--target-dir"]);
        run(cargo.arg(&target));
        for (file, source) in originals {
            fs::write(self.folder.join(file), source).unwrap();
        }
        target.join("debug/libcloudcircuit.so")
    }
}

#[test]
fn a_change_that_breaks_hosts_is_told_from_one_that_does_not() {
    if !has_abigail() {
        return;
    }
    use Difference::{Additions, Incompatible};
    let copy = Copy::new();
    let check = |name, changes: &[_], expected: Difference, word: &str| {
        let (kind, report) = difference(&dump_of(&copy.build(changes), name));
        assert_eq!(kind, expected, "{name}: {report}");
        assert!(report.contains(word), "{name}: {report}");
    };

    // Elsewhere built, and with another field's comment: the same interface.
    let dump = dump_of(
        &copy.build(&[("src/budget/check.rs", "    pub usage_ratio", "\n    pub usage_ratio")]),
        "same",
    );
    let current = dump_of(&debug().join("libcloudcircuit.so"), "current");
    assert_eq!(fs::read_to_string(dump).unwrap(), fs::read_to_string(current).unwrap());

    let function = "#[unsafe(no_mangle)]\npub extern \"C\" fn cloudcircuit_";
    let version = "src/abi/version.rs";
    let new = format!("{function}new() -> u32 {{\n    1\n}}\n\n{function}version");
    let added = [(version, &*format!("{function}version"), &*new)];
    check("a new function", &added, Additions, "cloudcircuit_new");

    let fields = "src/budget/check.rs";
    let swapped = [
        (fields, "pub current_spend: f64", "pub swapped: f64"),
        (fields, "pub budget_limit: f64", "pub current_spend: f64"),
        (fields, "pub swapped: f64", "pub budget_limit: f64"),
    ];
    check("swapped fields", &swapped, Incompatible, "BudgetResult");

    if !is_long("a removed function, a wider argument, another type, another soname") {
        return;
    }
    let hidden = "#[allow(dead_code)]\npub extern \"C\" fn cloudcircuit_abi_version";
    let removed = [(version, &*format!("{function}abi_version"), hidden)];
    check("a removed function", &removed, Incompatible, "cloudcircuit_abi_version");

    let argument = "src/abi/money.rs";
    let wider = [
        (argument, "    scale: u32,", "    scale: u64,"),
        (argument, "from_double(amount, scale)", "from_double(amount, scale as u32)"),
    ];
    check("a wider argument", &wider, Incompatible, "cloudcircuit_money_from_double");

    // A wider one would follow padding, which build.rs refuses.
    let field = [("src/budget/exact.rs", "pub reserved: u32", "pub reserved: i32")];
    check("a field of another type", &field, Incompatible, "BudgetConfigI64");

    let soname =
        [("Cargo.toml", concat!("version = \"", env!("CARGO_PKG_VERSION")), "version = \"99.0.0")];
    check("another soname", &soname, Incompatible, "libcloudcircuit.so.99");
}
