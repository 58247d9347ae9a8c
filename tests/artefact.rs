//! What ships: the release libraries as binaries.

mod support;

use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};
use support::*;

/// What compilers may call on their own; every C library has them.
const MEMORY_FUNCTIONS: [&str; 5] = ["memcpy", "memmove", "memset", "memcmp", "bcmp"];

fn library() -> String {
    release().join("libcloudcircuit.so").display().to_string()
}

fn readelf(flags: &str) -> String {
    run(Command::new("readelf").args([flags, &library()]))
}

fn nm(flags: &[&str], file: &Path) -> BTreeSet<String> {
    let listing = run(Command::new("nm").args(flags).arg(file));
    listing.lines().filter_map(|line| line.split_whitespace().last()).map(str::to_owned).collect()
}

#[test]
fn it_exports_exactly_the_functions_of_the_header() {
    assert_eq!(nm(&["-D", "--defined-only"], library().as_ref()), described_names("functions"));
}

#[test]
fn it_has_its_soname_and_needs_no_library() {
    let dynamic = readelf("-dW");
    let soname =
        concat!("Library soname: [libcloudcircuit.so.", env!("CARGO_PKG_VERSION_MAJOR"), "]");
    assert!(dynamic.contains(soname), "{dynamic}");
    for entry in ["NEEDED", "RPATH", "RUNPATH", "INIT", "FINI", "TEXTREL"] {
        assert!(!dynamic.contains(&format!("({entry})")), "{entry} in {dynamic}");
    }
}

#[test]
fn it_asks_of_the_host_at_most_the_memory_functions() {
    for name in nm(&["-D", "--undefined-only"], library().as_ref()) {
        assert!(MEMORY_FUNCTIONS.contains(&name.as_str()), "undefined: {name}");
    }
}

#[test]
fn it_has_no_writable_or_thread_local_data_and_no_start_up_code() {
    let segments = readelf("-lW");
    let line = |kind: &str| segments.lines().find(|line| line.trim_start().starts_with(kind));
    assert!(line("TLS").is_none(), "{segments}");

    // All that is writable while the library loads is sealed before the host runs.
    let range = |line: &str| {
        let numbers: Vec<u64> = line
            .split_whitespace()
            .filter_map(|word| u64::from_str_radix(word.strip_prefix("0x")?, 16).ok())
            .collect();
        numbers[1]..numbers[1] + numbers[4]
    };
    let sealed = range(line("GNU_RELRO").unwrap());
    let writable = segments.lines().filter(|line| line.contains("LOAD") && line.contains(" RW "));
    for segment in writable.map(range) {
        assert!(sealed.start <= segment.start && segment.end <= sealed.end, "{segments}");
    }
    let sections = readelf("-SW");
    for section in [".data ", ".bss ", ".tdata", ".tbss", ".init", ".fini", ".ctors", ".dtors"] {
        assert!(!sections.contains(section), "{section} in {sections}");
    }
}

fn has_no_panic_symbol(library: &Path) {
    let symbols = run(Command::new("nm").arg(library));
    for word in ["panic", "unwind", "personality", "core3fmt", "begin_unwind"] {
        assert!(!symbols.contains(word), "{word} in {symbols}");
    }
}

/// Builds with another release profile: a setting, its value, and whether the library links. CI alone
/// has the time: the first one builds all of cbindgen.
#[test]
fn a_profile_that_leaves_a_panic_path_cannot_be_linked() {
    if env::var_os("CLOUDCIRCUIT_LONG").is_none() {
        return;
    }
    let target = scratch("profiles");
    for (setting, value, links) in [
        ("OPT_LEVEL", "2", true),
        ("OPT_LEVEL", "0", false),
        ("OVERFLOW_CHECKS", "true", false),
        // The compiler's own division of 128 bits looks for a 0 at run time.
        ("LTO", "off", false),
    ] {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(path("")).args(["build", "--locked", "--lib", "--release"]);
        cargo.env(format!("CARGO_PROFILE_RELEASE_{setting}"), value);
        let built = output(cargo.arg("--target-dir").arg(&target));
        let said = printed(&built);
        assert_eq!(built.status.success(), links, "{setting} = {value}: {said}");
        if links {
            has_no_panic_symbol(&target.join("release/libcloudcircuit.so"));
        } else {
            assert!(said.contains("cloudcircuit_was_built_with_a_panic_path"), "{said}");
        }
    }
}

#[test]
fn it_has_no_panic_path() {
    has_no_panic_symbol(library().as_ref());
    // A panic would carry its place in the source, and its message.
    let strings = run(Command::new("readelf").args(["-p", ".rodata", &library()]));
    assert!(strings.contains("budget_limit must be"));
    for text in ["src/", ".rs", "overflow", "out of range", "unwrap"] {
        assert!(!strings.contains(text), "{text} in {strings}");
    }
}

/// The same library but for its instructions: no CPUID, and no fused multiply-add, which would change
/// results, but in sums of series, where the factor is 1.
#[test]
fn the_build_for_x86_64_v3_needs_no_more_and_asks_no_cpu() {
    let Some(release) = release_v3("the build for x86-64-v3 as a binary") else { return };
    let library = release.join("libcloudcircuit.so");
    let dynamic = |file: &Path| {
        let entries = run(Command::new("readelf").arg("-dW").arg(file));
        let is_name =
            |line: &&str| ["SONAME", "NEEDED", "INIT"].iter().any(|kind| line.contains(kind));
        entries.lines().filter(is_name).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(dynamic(&library), dynamic(self::library().as_ref()));
    assert_eq!(nm(&["-D"], &library), nm(&["-D"], self::library().as_ref()));
    let code = run(Command::new("objdump").args(["-d", "--no-show-raw-insn"]).arg(&library));
    assert!(code.contains("vdivpd") && code.contains("%ymm"));
    // Short calls run the wide code too: the narrow one is not there, and the masked load of a sum is.
    for text in ["cpuid", "xgetbv", "sums11add_up_sse2", "budgets10check_sse2"] {
        assert!(!code.contains(text), "{text}");
    }
    assert!(code.contains("vmaskmovpd"));
    // Each function is a paragraph that starts with its name.
    for function in code.split("\n\n").filter(|code| code.contains("vfm") || code.contains("vfnm"))
    {
        let name = function.lines().next().unwrap();
        assert!(name.contains("numeric4mean") || name.contains("x86_644sums"), "{name}");
    }
}

#[test]
fn it_is_small() {
    let stripped = scratch("stripped").join("libcloudcircuit.so");
    run(Command::new("strip").arg("-o").args([stripped.as_os_str(), library().as_ref()]));
    let size = fs::metadata(stripped).unwrap().len();
    assert!(size <= 222 * 1024, "{size} bytes without symbols");
}

/// As one object. Made once: two tests that make it at a time would read each other's half.
fn static_library() -> &'static Path {
    static ARCHIVE: OnceLock<PathBuf> = OnceLock::new();
    ARCHIVE.get_or_init(|| {
        let archive = release().join("../dist/libcloudcircuit.a");
        run(Command::new("make").current_dir(path("")).arg("static"));
        archive
    })
}

#[test]
fn the_static_library_as_one_object_has_no_other_global_symbol() {
    let archive = static_library();
    assert_eq!(
        nm(&["-g", "--defined-only"], archive).len(),
        described_names("functions").len() + 1
    );
    for name in nm(&["-g", "--defined-only"], archive) {
        assert!(
            described_names("functions").contains(&name) || name.ends_with(".o:"),
            "global: {name}"
        );
    }
    for name in nm(&["-u"], archive) {
        let known = MEMORY_FUNCTIONS.contains(&name.as_str()) || name.ends_with(".o:");
        assert!(known, "undefined: {name}");
    }
    let size = fs::metadata(archive).unwrap().len();
    assert!(size < 448 * 1024, "{size} bytes");
}

#[test]
fn a_million_calls_allocate_nothing() {
    let output = scratch("no-heap").join("host");
    // Without its built-in knowledge of malloc the compiler keeps the host's own.
    let flags = [&["-std=c99", "-fno-builtin"][..], &STRICT].concat();
    compile(cc(), &flags, "tests/artefact/no_heap.c", release(), Link::Shared, &output);
    passes(&mut Command::new(output));
}

/// The stack of the calls that need more than 4 KB, in KB.
const STACK: [(&str, u64); 10] = [
    ("cloudcircuit_detect_spike", 16),
    ("cloudcircuit_detect_spike_columns", 16),
    ("cloudcircuit_scan_spikes", 16),
    ("cloudcircuit_forecast_budget", 14),
    ("cloudcircuit_forecast_budget_columns", 16),
    ("cloudcircuit_spike_tracker_init", 8),
    ("cloudcircuit_spike_tracker_update", 8),
    ("cloudcircuit_spike_tracker_state_validate", 16),
    ("cloudcircuit_spike_tracker_state_encode", 16),
    ("cloudcircuit_spike_tracker_state_decode", 16),
];
/// What no call may need, in KB.
const MOST_STACK: u64 = 16;

/// Every function on a painted stack: 4 KB are enough, or what STACK and the function's comment in the header say.
#[test]
fn a_call_needs_no_more_stack_than_the_header_says() {
    let output = scratch("stack").join("host");
    let flags = [&["-std=c99", "-Wl,-z,now"][..], &STRICT].concat();
    compile(cc(), &flags, "tests/artefact/stack.c", release(), Link::Shared, &output);
    let needed = run(alone(&mut Command::new(output)));
    let mut measured = BTreeSet::new();
    for line in needed.lines() {
        let (bytes, name) = line.split_once(' ').unwrap();
        let bound = STACK.iter().find(|(above, _)| *above == name).map_or(4, |(_, kb)| *kb);
        assert!(bytes.parse::<u64>().unwrap() <= bound * 1024, "{name}: {bytes} of {bound} KB");
        assert!(bound <= MOST_STACK, "{name}: {bound} KB");
        measured.insert(name.to_owned());
    }
    assert_eq!(measured, described_names("functions"));

    let header = fs::read_to_string(path("include/cloudcircuit.h")).unwrap();
    for block in header.split("\n\n") {
        let is_of = |name: &str| block.contains(&format!("cloudcircuit_status {name}("));
        let Some(name) = measured.iter().find(|name| is_of(name)) else { continue };
        let text = block.replace("\n///", "");
        let says = |kb: u64| text.contains(&format!("at most {kb} KB of stack"));
        match STACK.iter().find(|(above, _)| above == name) {
            Some((_, kb)) => assert!(says(*kb), "{name} does not say {kb} KB"),
            None => assert!(!text.contains("KB of stack"), "{name} says more than 4 KB"),
        }
    }
}

#[test]
fn two_rust_libraries_fit_into_one_static_host() {
    let folder = scratch("two-libraries");
    let second = folder.join("libsecond.a");
    let rustc = env::var_os("RUSTC").unwrap_or("rustc".into());
    let mut rustc = Command::new(rustc);
    rustc.args(["--edition", "2024", "-O", "--crate-type", "staticlib", "-o"]).arg(&second);
    run(rustc.arg(path("tests/artefact/second_library.rs")));

    // As cargo makes it, each of the two may come first.
    let ours = release().join("libcloudcircuit.a");
    link_both(&folder, &[&ours, &second], &[]);
    link_both(&folder, &[&second, &ours], &[]);

    // As one object, it also goes in whole next to the other.
    link_both(&folder, &[static_library(), &second], &["-Wl,--whole-archive"]);
}

fn link_both(folder: &Path, libraries: &[&Path], before: &[&str]) {
    let output = folder.join("host");
    let mut compiler = cc();
    compiler
        .args(["-std=c99", "-I"])
        .arg(path("include"))
        .arg(path("tests/artefact/two_libraries.c"));
    compiler.args(before).args(libraries).arg("-Wl,--no-whole-archive");
    run(compiler.args(["-lpthread", "-ldl", "-lm", "-o"]).arg(&output));
    passes(&mut Command::new(output));
}
