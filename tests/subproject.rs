//! The library as a part of another project's build: CMake's add_subdirectory and FetchContent, a Meson subproject,
//! the recipes in packaging/.

mod support;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};
use support::*;

const VERSION: &str = env!("CARGO_PKG_VERSION");
const MAJOR: &str = env!("CARGO_PKG_VERSION_MAJOR");

/// A folder of this test's own that is empty.
fn empty(name: &str) -> PathBuf {
    let folder = scratch(name);
    fs::remove_dir_all(&folder).unwrap();
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// The programs of tests/install are linked as their names say, and answer.
fn work(programs: &[PathBuf]) {
    for program in programs {
        assert_eq!(run(&mut Command::new(program)), format!("{VERSION} {MAJOR}\n"));
        let needs = run(Command::new("readelf").arg("-dW").arg(program));
        let soname = format!("[libcloudcircuit.so.{MAJOR}]");
        let is_shared = program.ends_with("shared") || program.ends_with("cpp");
        assert_eq!(needs.contains(&soname), is_shared, "{}: {needs}", program.display());
    }
}

/// Configures and builds the consumer in an empty folder.
fn build_by_cmake(host: &str, settings: &[String], target: &Path) {
    let start = Instant::now();
    let build = empty("build");
    let mut cmake = Command::new("cmake");
    cmake.arg("-S").arg(path("tests/install/subproject")).arg("-B").arg(&build);
    cmake.arg(format!("-DMAIN={}", path("tests/install/main").display()));
    cmake.arg(format!("-DCLOUDCIRCUIT_TARGET_DIR={}", target.display()));
    run(cmake.args(settings));
    run(Command::new("cmake").arg("--build").arg(&build).env("CARGO_NET_OFFLINE", "true"));
    work(&["shared", "static", "cpp"].map(|program| build.join(program)));
    first_decision(host, start);
}

#[test]
fn cmake_builds_it_with_add_subdirectory() {
    if has_tool("cmake", "CMake's add_subdirectory") {
        let target = release().parent().unwrap();
        build_by_cmake("CMake", &[format!("-DSOURCES={}", path("").display())], target);
    }
}

/// In CI: it builds the library from nothing.
#[test]
fn cmake_builds_it_with_fetch_content() {
    let check = "CMake's FetchContent";
    if !is_long(check) || !has_tool("cmake", check) {
        return;
    }
    let archive = scratch("archive").join("sources.tar");
    let mut tar = Command::new("tar");
    tar.current_dir(path("")).args(["--exclude=./target", "--exclude=./.git", "-cf"]);
    run(tar.arg(&archive).arg("."));
    let archive = format!("-DARCHIVE={}", archive.display());
    build_by_cmake("CMake, which builds the library,", &[archive], &empty("target"));
}

#[test]
fn meson_builds_it_as_a_subproject() {
    if !has_tool("meson", "a Meson subproject") || !has_tool("ninja", "a Meson subproject") {
        return;
    }
    let project = empty("project");
    for (from, to) in
        [("meson/meson.build", "meson.build"), ("main.c", "main.c"), ("main.cpp", "main.cpp")]
    {
        fs::copy(path("tests/install").join(from), project.join(to)).unwrap();
    }
    fs::create_dir(project.join("subprojects")).unwrap();
    std::os::unix::fs::symlink(path(""), project.join("subprojects/cloudcircuit")).unwrap();
    let target = release().parent().unwrap().display();
    let start = Instant::now();
    let mut setup = Command::new("meson");
    setup.current_dir(&project).args(["setup", "build"]);
    run(setup.arg(format!("-Dcloudcircuit:cargo_target_dir={target}")));
    run(Command::new("ninja").current_dir(&project).args(["-C", "build", "c", "static-cpp"]));
    work(&["c", "static-cpp"].map(|program| project.join("build").join(program)));
    first_decision("Meson", start);
}

#[test]
fn every_description_of_the_project_has_its_version() {
    for (file, line) in [
        ("meson.build", format!("version: '{VERSION}'")),
        ("bindings/rust/Cargo.toml", format!("\nversion = \"{VERSION}\"\n")),
        ("bindings/python/pyproject.toml", format!("\nversion = \"{VERSION}\"\n")),
        ("bindings/ruby/lib/cloudcircuit/version.rb", format!(" VERSION = \"{VERSION}\"\n")),
        ("bindings/wasm/package.json", format!("\"version\": \"{VERSION}\"")),
        ("docs/INSTALL.md", format!("libcloudcircuit-{VERSION}.tar.gz")),
        ("packaging/debian/changelog", format!("cloudcircuit ({VERSION}) ")),
        ("packaging/vcpkg/cloudcircuit/vcpkg.json", format!("\"version\": \"{VERSION}\"")),
    ] {
        let text = fs::read_to_string(path(file)).unwrap();
        assert!(text.contains(&line), "{file} is of another version than {VERSION}");
    }
}
