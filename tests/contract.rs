//! The contract of every safeguard from C: each host in tests/contract/, against the library in each form.

mod support;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex, OnceLock},
};
use support::*;

/// Every .c file in tests/contract/, by its stem.
fn hosts() -> Vec<String> {
    let hosts = asked_files("tests/contract", ".c", 23);
    assert!(!hosts.is_empty(), "no host in tests/contract/ belongs to this room");
    hosts
}

/// Compiles a host, once for all libraries that it is linked with, and returns the path of its object.
fn object(compiler: fn() -> Command, flags: &[&str], host: &str) -> PathBuf {
    static MADE: Mutex<BTreeMap<String, Arc<OnceLock<PathBuf>>>> = Mutex::new(BTreeMap::new());
    let program = compiler().get_program().to_string_lossy().replace('/', "-");
    let name = format!("{host}-{program}{}", flags.concat().replace([',', '='], "-"));
    let made = MADE.lock().unwrap().entry(name.clone()).or_default().clone();
    let compiled = made.get_or_init(|| {
        let output = scratch(&name).join("host.o");
        let mut compiler = compiler();
        compiler.args(["-std=c99", "-g"]).args(STRICT).args(flags).arg("-I").arg(path("include"));
        compiler.arg("-c").arg(path(&format!("tests/contract/{host}.c"))).arg("-o").arg(&output);
        run(&mut compiler);
        output
    });
    compiled.clone()
}

/// Links a host with a library and returns its path.
fn build(
    compiler: fn() -> Command,
    flags: &[&str],
    host: &str,
    library: &Path,
    link: Link,
) -> PathBuf {
    let object = object(compiler, flags, host);
    let output = scratch(&format!("{host}-{link:?}")).join("host");
    compile(compiler(), flags, object.to_str().unwrap(), library, link, &output);
    output
}

/// Builds and runs every host with the libraries of the release build.
fn hold(compiler: fn() -> Command, flags: &[&str], links: &[Link]) {
    for host in hosts() {
        for &link in links {
            passes(&mut Command::new(build(compiler, flags, &host, release(), link)));
        }
    }
}

const BOTH: &[Link] = &[Link::Shared, Link::Static];

#[test]
fn holds_in_the_release_build() {
    hold(cc, &[], BOTH);
}

#[test]
fn holds_in_the_build_for_x86_64_v3() {
    let Some(release) = release_v3("C hosts with the build for x86-64-v3") else { return };
    for host in hosts() {
        passes(&mut Command::new(build(cc, &[], &host, release, Link::Shared)));
    }
}

/// Overflow checks and debug assertions are on: the form that `make check ROOM=...` runs.
#[test]
fn quick_holds_in_the_debug_build() {
    for host in hosts() {
        let program = build(cc, &[], &host, debug(), Link::Shared);
        passes(Command::new(program).arg("few"));
    }
}

const SANITIZERS: [&str; 2] = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"];

#[test]
fn holds_under_address_and_undefined_behaviour_sanitizers() {
    hold(cc, &SANITIZERS, either(&[Link::Static], BOTH));
}

#[test]
fn holds_under_clangs_sanitizers() {
    let check = "C hosts under clang's sanitizers";
    if is_long(check) && has_tool("clang", check) {
        hold(|| Command::new("clang"), &SANITIZERS, BOTH);
    }
}

#[test]
fn holds_under_valgrind() {
    if has_tool("valgrind", "C hosts under valgrind memcheck") {
        for host in hosts() {
            let mut valgrind = Command::new("valgrind");
            valgrind.args(["--quiet", "--error-exitcode=99", "--leak-check=full"]);
            let program = build(cc, &[], &host, release(), Link::Shared);
            passes(valgrind.arg(program).arg("few"));
        }
    }
}

#[test]
fn layouts_and_constants_are_the_same_in_cpp() {
    if !has_tool("c++", "layouts in C++") {
        return;
    }
    for standard in ["c++98", "c++17"] {
        let output = scratch(standard).join("host");
        let standard = format!("-std={standard}");
        let flags = [&["-x", "c++", &standard][..], &STRICT_CXX].concat();
        compile(cxx(), &flags, "tests/contract/layout.c", release(), Link::Shared, &output);
        passes(&mut Command::new(output));
    }
}
