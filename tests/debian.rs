//! Debian packages, built as packaging/debian/rules says, and a host that is built against their files.

mod support;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};
use support::*;

const VERSION: &str = env!("CARGO_PKG_VERSION");
const MAJOR: &str = env!("CARGO_PKG_VERSION_MAJOR");

/// As `has_tool`, for all that the packages are built and tested with. In CI: they build the library from nothing, twice.
fn has_packaging(check: &str) -> bool {
    if !is_long(check) {
        return false;
    }
    if !["dpkg-buildpackage", "pkg-config"].iter().all(|tool| has_tool(tool, check)) {
        return false;
    }
    let control = path("packaging/debian/control");
    if output(Command::new("dpkg-checkbuilddeps").arg(control)).status.success() {
        return true;
    }
    // No program has that name, so this skips or fails by it.
    has_tool("debhelper", check)
}

/// The folder with the packages.
fn packages() -> &'static Path {
    static PACKAGES: OnceLock<PathBuf> = OnceLock::new();
    PACKAGES.get_or_init(|| {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("debian");
        let mut make = Command::new("make");
        make.current_dir(path("")).arg("deb").env("CARGO_TARGET_DIR", &target);
        run(make.env_remove("MAKEFLAGS"));
        target.join("dist/deb")
    })
}

fn package(name: &str) -> PathBuf {
    let architecture = run(Command::new("dpkg-architecture").arg("-qDEB_HOST_ARCH"));
    packages().join(format!("{name}_{VERSION}_{}.deb", architecture.trim()))
}

/// Where libraries lie.
fn lib() -> String {
    let triplet = run(Command::new("dpkg-architecture").arg("-qDEB_HOST_MULTIARCH"));
    format!("usr/lib/{}", triplet.trim())
}

/// The files and links in a package, as `dpkg-deb -c` lists them; links with what they name.
fn contents(name: &str) -> BTreeSet<String> {
    let listed = run(Command::new("dpkg-deb").arg("-c").arg(package(name)));
    let files = listed.lines().filter(|line| !line.starts_with('d'));
    files.map(|line| line.split_once(" ./").unwrap().1.to_owned()).collect()
}

fn field(name: &str, field: &str) -> String {
    run(Command::new("dpkg-deb").arg("-f").arg(package(name)).arg(field)).trim().to_owned()
}

#[test]
fn the_packages_hold_what_is_installed() {
    if !has_packaging("the contents of the Debian packages") {
        return;
    }
    let lib = lib();
    let doc =
        |name| ["changelog.gz", "copyright"].map(|file| format!("usr/share/doc/{name}/{file}"));
    let mut shared = BTreeSet::from(doc("libcloudcircuit0"));
    shared.insert(format!("{lib}/libcloudcircuit.so.{MAJOR} -> libcloudcircuit.so.{VERSION}"));
    shared.insert(format!("{lib}/libcloudcircuit.so.{VERSION}"));
    if cfg!(all(target_arch = "x86_64", target_env = "gnu")) {
        let folder = format!("{lib}/glibc-hwcaps/x86-64-v3");
        let link = format!("libcloudcircuit.so.{MAJOR} -> libcloudcircuit.so.{VERSION}");
        shared.insert(format!("{folder}/{link}"));
        shared.insert(format!("{folder}/libcloudcircuit.so.{VERSION}"));
    }
    assert_eq!(contents("libcloudcircuit0"), shared);

    let mut program = BTreeSet::from(doc("spend-guard"));
    program.insert("usr/bin/spend_guard".to_owned());
    program.insert("usr/share/man/man1/spend_guard.1.gz".to_owned());
    assert_eq!(contents("spend-guard"), program);

    let mut extension = BTreeSet::from(doc("sqlite3-cloudcircuit"));
    extension.insert(format!("{lib}/sqlite3/cloudcircuit_sqlite.so"));
    assert_eq!(contents("sqlite3-cloudcircuit"), extension);

    let mut development = BTreeSet::from([
        format!("{lib}/libcloudcircuit.a"),
        format!("{lib}/libcloudcircuit.so -> libcloudcircuit.so.{MAJOR}"),
        format!("{lib}/pkgconfig/cloudcircuit.pc"),
        format!("{lib}/cmake/cloudcircuit/cloudcircuit-config.cmake"),
        format!("{lib}/cmake/cloudcircuit/cloudcircuit-config-version.cmake"),
    ]);
    let headers = fs::read_dir(path("include")).unwrap();
    let headers = headers.map(|file| file.unwrap().file_name().into_string().unwrap());
    development.extend(headers.map(|header| format!("usr/include/{header}")));
    let (shared_files, others) = contents("libcloudcircuit-dev")
        .into_iter()
        .partition::<BTreeSet<_>, _>(|file| file.starts_with("usr/share/"));
    assert_eq!(others, development);

    // debhelper packs what is large, and makes links of pages that lead to another.
    let has = |file: &str| {
        let start = format!("usr/share/{file}");
        assert!(shared_files.iter().any(|file| file.starts_with(&start)), "no {start}");
    };
    for function in described_names("functions") {
        has(&format!("man/man3/{function}.3.gz"));
    }
    for file in ["changelog.gz", "copyright", "ABI.md", "API.md"] {
        has(&format!("doc/libcloudcircuit-dev/{file}"));
    }
    has("man/man3/cloudcircuit.3.gz");
    has("cloudcircuit/cloudcircuit.cpy");
}

#[test]
fn the_packages_are_of_this_version_and_need_nothing_else() {
    if !has_packaging("the fields of the Debian packages") {
        return;
    }
    assert_eq!(field("libcloudcircuit0", "Version"), VERSION);
    assert_eq!(field("libcloudcircuit0", "Depends"), "");
    assert_eq!(field("libcloudcircuit-dev", "Depends"), format!("libcloudcircuit0 (= {VERSION})"));
    let control = scratch("control");
    run(Command::new("dpkg-deb").arg("-e").arg(package("libcloudcircuit0")).arg(&control));
    assert_eq!(
        fs::read_to_string(control.join("shlibs")).unwrap(),
        format!("libcloudcircuit {MAJOR} libcloudcircuit{MAJOR} (>= {VERSION})\n")
    );
}

#[test]
fn a_host_is_built_against_their_files() {
    if !has_packaging("a host built against the Debian packages") {
        return;
    }
    let root = scratch("root");
    for name in ["libcloudcircuit0", "libcloudcircuit-dev"] {
        run(Command::new("dpkg").arg("-x").arg(package(name)).arg(&root));
    }
    let lib = root.join(lib());
    let mut flags = Command::new("pkg-config");
    flags
        .args(["--cflags", "--libs", "cloudcircuit"])
        .env("PKG_CONFIG_PATH", lib.join("pkgconfig"));
    let flags = run(&mut flags);
    let consumer = path("tests/install/main.c");
    let rpath = format!("-Wl,-rpath,{}", lib.display());
    let shared: Vec<&str> = flags.split_whitespace().chain([&*rpath]).collect();
    let include = format!("-I{}", root.join("usr/include").display());
    let archive = lib.join("libcloudcircuit.a");
    for (name, options) in
        [("shared", shared), ("static", vec![&*include, archive.to_str().unwrap()])]
    {
        let host = scratch("host").join(name);
        run(cc().arg(&consumer).args(options).arg("-o").arg(&host));
        assert_eq!(run(&mut Command::new(&host)), format!("{VERSION} {MAJOR}\n"));
        let needed = run(Command::new("objdump").arg("-p").arg(&host));
        assert_eq!(needed.contains("libcloudcircuit.so"), name == "shared", "{needed}");
    }
}
