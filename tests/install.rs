//! What `make install` puts where, and hosts that are built against it.

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
const MINOR: &str = env!("CARGO_PKG_VERSION_MINOR");

/// make, on the release build that the other tests use.
fn make(target: &str, variables: &[String]) -> String {
    static BUILT: OnceLock<()> = OnceLock::new();
    BUILT.get_or_init(|| {
        run(make_in(&path(""), target_dir()).arg("static"));
    });
    run(make_in(&path(""), target_dir()).arg(target).args(variables))
}

fn make_in(folder: &Path, target_dir: &Path) -> Command {
    let mut make = Command::new("make");
    make.current_dir(folder).env("CARGO_TARGET_DIR", target_dir).env_remove("MAKEFLAGS");
    make
}

fn target_dir() -> &'static Path {
    release().parent().unwrap()
}

/// A folder of this test's own that does not exist yet.
fn fresh(name: &str) -> PathBuf {
    let folder = scratch(name);
    run(Command::new("chmod").args(["-R", "u+w"]).arg(&folder));
    fs::remove_dir_all(&folder).unwrap();
    folder
}

/// The library, installed into a prefix of this test's own.
fn installed() -> PathBuf {
    let prefix = fresh("prefix");
    make("install", &[format!("PREFIX={}", prefix.display())]);
    prefix
}

/// Every file and link under a folder, relative to it; links with what they name.
fn tree(folder: &Path) -> BTreeSet<String> {
    let mut find = Command::new("find");
    let found = run(find.arg(folder).args(["!", "-type", "d", "-printf", "%P -> %l\n"]));
    found.lines().map(|line| line.trim_end_matches(" -> ").to_owned()).collect()
}

fn headers() -> Vec<String> {
    let files = fs::read_dir(path("include")).unwrap();
    files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect()
}

/// The manual pages: of the library, of each chapter with functions, of each function.
fn manual_pages() -> BTreeSet<String> {
    let pages = described("functions").into_iter().flat_map(|function| {
        let chapter = function["chapter"].as_str().unwrap().to_lowercase().replace(' ', "_");
        [function["name"].as_str().unwrap().to_owned(), format!("cloudcircuit_{chapter}")]
    });
    pages.chain(["cloudcircuit".to_owned()]).map(|page| format!("{page}.3")).collect()
}

/// What shall be there, under the folders of libraries, headers, manual pages and documentation.
fn expected([bin, lib, include, man, doc, data]: [&str; 6]) -> BTreeSet<String> {
    let mut files = vec![
        format!("{bin}/spend_guard"),
        format!("{man}/man1/spend_guard.1"),
        format!("{lib}/libcloudcircuit.a"),
        format!("{lib}/libcloudcircuit.so -> libcloudcircuit.so.{MAJOR}"),
        format!("{lib}/libcloudcircuit.so.{MAJOR} -> libcloudcircuit.so.{VERSION}"),
        format!("{lib}/libcloudcircuit.so.{VERSION}"),
        format!("{lib}/pkgconfig/cloudcircuit.pc"),
        format!("{lib}/cmake/cloudcircuit/cloudcircuit-config.cmake"),
        format!("{lib}/cmake/cloudcircuit/cloudcircuit-config-version.cmake"),
        format!("{data}/cloudcircuit.cpy"),
    ];
    if has_sqlite_header() {
        files.push(format!("{lib}/sqlite3/cloudcircuit_sqlite.so"));
    }
    if has_levels() {
        let folder = format!("{lib}/glibc-hwcaps/x86-64-v3");
        files.push(format!("{folder}/libcloudcircuit.so.{MAJOR} -> libcloudcircuit.so.{VERSION}"));
        files.push(format!("{folder}/libcloudcircuit.so.{VERSION}"));
    }
    let headers = headers().into_iter().map(|header| format!("{include}/{header}"));
    let pages = manual_pages().into_iter().map(|page| format!("{man}/man3/{page}"));
    let docs = fs::read_dir(path("docs")).unwrap();
    let docs = docs.map(|file| file.unwrap().file_name().into_string().unwrap());
    let docs = docs.filter(|name| name.ends_with(".md") || name.ends_with(".svg"));
    let docs = docs.map(|name| format!("{doc}/{name}"));
    files.into_iter().chain(headers).chain(pages).chain(docs).collect()
}

/// Whether the extension for SQLite is installed too.
fn has_sqlite_header() -> bool {
    let probe = "echo '#include <sqlite3ext.h>' | ${CC:-cc} -E -";
    output(Command::new("sh").args(["-c", probe])).status.success()
}

/// Whether a build for each level of x86-64 is installed too.
fn has_levels() -> bool {
    cfg!(all(target_arch = "x86_64", target_env = "gnu"))
}

/// The same where every folder is the usual one.
fn expected_in(prefix: &str) -> BTreeSet<String> {
    let folders =
        ["bin", "lib", "include", "share/man", "share/doc/cloudcircuit", "share/cloudcircuit"];
    let folders = folders.map(|name| format!("{prefix}{name}"));
    expected(folders.each_ref().map(String::as_str))
}

#[test]
fn install_and_uninstall_are_each_others_opposite() {
    let root = fresh("root");
    let destdir = format!("DESTDIR={}", root.display());
    let debian = ["PREFIX=/usr", "LIBDIR=/usr/lib/x86_64-linux-gnu"].map(str::to_owned);
    let odd = [
        "BINDIR=/b i n",
        "LIBDIR=/l i b",
        "INCLUDEDIR=/opt/include",
        "MANDIR=/m",
        "DOCDIR=/d o c",
        "DATADIR=/d",
    ]
    .map(str::to_owned);
    let layouts = [
        (&[][..], expected_in("usr/local/")),
        (
            &debian[..],
            expected([
                "usr/bin",
                "usr/lib/x86_64-linux-gnu",
                "usr/include",
                "usr/share/man",
                "usr/share/doc/cloudcircuit",
                "usr/share/cloudcircuit",
            ]),
        ),
        (&odd[..], expected(["b i n", "l i b", "opt/include", "m", "d o c", "d"])),
    ];
    for (variables, files) in layouts {
        let variables = [&[destdir.clone()][..], variables].concat();
        make("install", &variables);
        assert_eq!(tree(&root), files);

        // Neighbours stay.
        let neighbours = files.iter().map(|file| file.split(" -> ").next().unwrap());
        let neighbours: Vec<PathBuf> =
            neighbours.map(|file| root.join(format!("{file}-2"))).collect();
        for file in &neighbours {
            fs::write(file, "").unwrap();
        }
        make("install", &variables);
        make("uninstall", &variables);
        assert_eq!(tree(&root).len(), neighbours.len());
        for file in neighbours {
            fs::remove_file(file).unwrap();
        }
        make("uninstall", &variables);
        assert!(tree(&root).is_empty());
    }
}

#[test]
fn what_is_built_is_installed_without_cargo() {
    installed();
    let prefix = fresh("again");
    make("install", &[format!("PREFIX={}", prefix.display()), "CARGO=false".to_owned()]);
    assert!(prefix.join("lib/libcloudcircuit.a").exists());
}

#[test]
fn the_loader_takes_the_build_for_the_level_of_its_cpu() {
    let check = "which build the loader takes";
    if !has_levels() || release_v3(check).is_none() {
        return;
    }
    let lib = installed().join("lib");
    let host = scratch("loader").join("host");
    let mut compiler = cc();
    compiler.arg("-I").arg(path("include")).arg(path("tests/install/main.c")).arg("-L").arg(&lib);
    let rpath = format!("-Wl,-rpath,{}", lib.display());
    run(compiler.arg("-lcloudcircuit").arg(rpath).arg("-o").arg(&host));
    // The loader prints what it would load, and runs nothing.
    let loaded = || {
        let printed = run(Command::new(&host).env("LD_TRACE_LOADED_OBJECTS", "1"));
        let line = printed.lines().find(|line| line.contains("libcloudcircuit")).unwrap();
        line.split_whitespace().nth(2).unwrap().to_owned()
    };
    let soname = format!("libcloudcircuit.so.{MAJOR}");
    let best = lib.join("glibc-hwcaps/x86-64-v3");
    assert_eq!(Path::new(&loaded()), best.join(&soname));
    assert_eq!(run(&mut Command::new(&host)), format!("{VERSION} {MAJOR}\n"));
    fs::remove_dir_all(best).unwrap();
    assert_eq!(Path::new(&loaded()), lib.join(&soname));
}

#[test]
fn nothing_installed_names_where_it_lies() {
    let prefix = installed();
    for file in tree(&prefix) {
        let bytes = fs::read(prefix.join(file.split(" -> ").next().unwrap())).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        for place in [prefix.as_path(), path("").as_path(), target_dir()] {
            assert!(!text.contains(place.to_str().unwrap().trim_end_matches('/')), "{file}");
        }
        assert!(!text.contains("@VERSION@") && !text.contains("DIR@"), "{file}");
    }
}

/// As installed, and after a move.
fn at_two_places(check: impl Fn(&Path)) {
    let prefix = installed();
    check(&prefix);
    let moved = fresh("elsewhere").join("moved");
    fs::create_dir_all(moved.parent().unwrap()).unwrap();
    fs::rename(&prefix, &moved).unwrap();
    check(&moved);
}

/// Runs a host and looks at what it was linked with.
fn is_linked(program: &Path, shared: bool) {
    assert_eq!(run(&mut Command::new(program)), format!("{VERSION} {MAJOR}\n"));
    let soname = format!("NEEDED)             Shared library: [libcloudcircuit.so.{MAJOR}]");
    let needs = run(Command::new("readelf").arg("-dW").arg(program));
    assert_eq!(needs.contains(&soname), shared, "{needs}");
    assert_eq!(needs.contains("libcloudcircuit"), shared, "{needs}");
}

#[test]
fn hosts_find_it_by_pkg_config() {
    if !has_tool("pkg-config", "hosts that pkg-config builds") {
        return;
    }
    at_two_places(|prefix| {
        let ask = |arguments: &[&str]| {
            let mut pkg_config = Command::new("pkg-config");
            pkg_config.env("PKG_CONFIG_PATH", prefix.join("lib/pkgconfig"));
            run(pkg_config.args(arguments).arg("cloudcircuit")).trim().to_owned()
        };
        assert_eq!(ask(&["--modversion"]), VERSION);
        let found = fs::canonicalize(ask(&["--variable=prefix"])).unwrap();
        assert_eq!(found, fs::canonicalize(prefix).unwrap());

        let output = scratch("pkg-config").join("host");
        let build = |flags: &[&str], around: [&str; 2]| {
            let mut compiler = cc();
            compiler.arg("-std=c99").args(STRICT).arg(path("tests/install/main.c")).arg(around[0]);
            for flag in ask(flags).split_whitespace() {
                compiler.arg(flag);
            }
            run(compiler.arg(around[1]).arg("-o").arg(&output));
        };
        let rpath = format!("-Wl,-rpath,{}", prefix.join("lib").display());
        build(&["--cflags", "--libs"], [&rpath, "-lm"]);
        is_linked(&output, true);
        let only_static = ["-Wl,-Bstatic", "-Wl,-Bdynamic"];
        build(&["--static", "--cflags", "--libs"], only_static);
        is_linked(&output, false);
    });
}

/// Configures the consumer to look for what is requested; whether CMake finds it.
fn configures(prefix: &Path, request: &str, build: &Path) -> bool {
    let mut cmake = Command::new("cmake");
    cmake.arg("-S").arg(path("tests/install")).arg("-B").arg(build);
    cmake.arg(format!("-DCMAKE_PREFIX_PATH={}", prefix.display()));
    output(cmake.arg(format!("-DREQUEST={request}"))).status.success()
}

#[test]
fn hosts_find_it_by_cmake() {
    if !has_tool("cmake", "hosts that CMake builds") {
        return;
    }
    at_two_places(|prefix| {
        let build = fresh("build");
        assert!(configures(prefix, &format!("{MAJOR}.{MINOR} REQUIRED"), &build));
        run(Command::new("cmake").arg("--build").arg(&build));
        is_linked(&build.join("shared"), true);
        is_linked(&build.join("static"), false);
    });
}

#[test]
fn cmake_gets_no_other_version_or_component_than_it_asks_for() {
    if !has_tool("cmake", "which versions CMake finds") {
        return;
    }
    let prefix = installed();
    let next_major = MAJOR.parse::<u32>().unwrap() + 1;
    let next_minor = MINOR.parse::<u32>().unwrap() + 1;
    let next = format!("{MAJOR}.{next_minor}");
    let requests = [
        ("REQUIRED".to_owned(), true),
        (format!("{VERSION} EXACT REQUIRED"), true),
        (format!("{MAJOR}.0...<{next} REQUIRED"), true),
        ("REQUIRED COMPONENTS shared static".to_owned(), true),
        ("REQUIRED COMPONENTS shared OPTIONAL_COMPONENTS header_only".to_owned(), true),
        (format!("{next} REQUIRED"), false),
        (format!("{next_major}.0 REQUIRED"), false),
        (format!("{MAJOR}.0...<{VERSION} REQUIRED"), false),
        (format!("{MAJOR}.0 EXACT REQUIRED"), false),
        ("REQUIRED COMPONENTS header_only".to_owned(), false),
    ];
    for (request, found) in &requests {
        assert_eq!(configures(&prefix, request, &fresh("build")), *found, "{request}");
    }

    fs::remove_file(prefix.join("lib/libcloudcircuit.a")).unwrap();
    let request = "REQUIRED COMPONENTS shared static";
    assert!(!configures(&prefix, request, &fresh("build")), "{request} without the static library");
}

#[test]
fn cmake_gets_no_other_abi_version_than_it_asks_for() {
    if !has_tool("cmake", "which ABI versions CMake finds") {
        return;
    }
    let prefix = fresh("prefix");
    let version = ["VERSION=2.3.4", "ABI_VERSION=2"].map(str::to_owned);
    make("install", &[&version[..], &[format!("PREFIX={}", prefix.display())]].concat());
    for (version, found) in [("2.3", true), ("2.4", false), ("1.9", false), ("3.0", false)] {
        let request = format!("{version} REQUIRED");
        assert_eq!(configures(&prefix, &request, &fresh("build")), found, "{request}");
    }
}

/// Words of a text as mandoc shows it or as the header has it.
fn words(text: &str) -> BTreeSet<&str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect()
}

#[test]
fn the_manual_pages_have_all_of_the_header() {
    let folder = installed().join("share/man/man3");
    let mut text = String::new();
    for page in manual_pages() {
        let source = fs::read_to_string(folder.join(page)).unwrap();
        if let Some(target) = source.strip_prefix(".so man3/") {
            assert!(folder.join(target.trim()).is_file(), "{target}");
        } else {
            text += &source;
        }
    }
    let header = fs::read_to_string(path("include/cloudcircuit.h")).unwrap();
    let comments: String =
        header.lines().filter(|line| line.contains("//") && !line.starts_with('#')).collect();
    let text = text.replace("\\e", "\\");
    let missing: Vec<_> = words(&comments).difference(&words(&text)).copied().collect();
    assert!(missing.is_empty(), "no manual page has {missing:?}");
    for one in [described("statuses"), described("constants")].concat() {
        let item = format!(".It Dv {} Pq ", one["name"].as_str().unwrap());
        assert!(text.contains(&item), "no manual page has {item}");
    }

    let page = fs::read_to_string(folder.join("cloudcircuit.3")).unwrap();
    let example = page.split_once(".Sh EXAMPLES\n.Bd -literal\n").unwrap().1;
    let example = example.split_once("\n.Ed").unwrap().0;
    let quickstart = fs::read_to_string(path("examples/quickstart.c")).unwrap();
    assert_eq!(example.replace("\\-", "-").replace("\\e", "\\"), quickstart.trim_end());
}

#[test]
fn the_manual_pages_have_no_formatting_error() {
    if !has_mandoc("the form of the manual pages") {
        return;
    }
    let folder = installed().join("share/man");
    let pages = manual_pages().into_iter().map(|page| format!("man3/{page}"));
    for page in pages.chain(["man1/spend_guard.1".to_owned()]) {
        let page = folder.join(page);
        if !fs::read_to_string(&page).unwrap().starts_with(".so ") {
            run(Command::new("mandoc").args(["-T", "lint", "-W", "warning"]).arg(page));
        }
    }
}

/// The installed program has the library in it, and its manual page each option of its help.
#[test]
fn spend_guard_runs_as_installed_and_its_page_has_every_option() {
    at_two_places(|prefix| {
        let guard = prefix.join("bin/spend_guard");
        assert_eq!(run(Command::new(&guard).arg("--version")), format!("spend_guard {VERSION}\n"));
        let page = fs::read_to_string(prefix.join("share/man/man1/spend_guard.1")).unwrap();
        let help = run(Command::new(&guard).arg("--help"));
        let words = help.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        let options: BTreeSet<&str> = words.filter(|word| word.starts_with("--")).collect();
        assert!(options.len() > 20, "{options:?}");
        for option in options {
            let name = option.trim_start_matches('-');
            assert!(page.contains(&format!("Fl Fl {name}")), "no {option} in spend_guard.1");
        }
    });
}

/// mandoc knows no --version.
fn has_mandoc(check: &str) -> bool {
    answers(Command::new("mandoc").args(["-T", "lint", "-W", "error", "/dev/null"]))
        || has_tool("mandoc", check)
}

#[test]
fn the_packed_release_is_the_installed_tree() {
    make("dist", &["SOURCE_DATE_EPOCH=1000000000".to_owned()]);
    let dist = target_dir().join("dist");
    let name = format!("libcloudcircuit-{VERSION}-{}-linux", std::env::consts::ARCH);
    let archive = dist.join(format!("{name}.tar.gz"));
    run(Command::new("sha256sum")
        .current_dir(&dist)
        .args(["--check", &format!("{name}.tar.gz.sha256")]));

    let folder = fresh("unpacked-release");
    fs::create_dir_all(&folder).unwrap();
    run(Command::new("tar").arg("-xf").arg(&archive).arg("-C").arg(&folder));
    let texts = ["LICENSE", "README.md", "CHANGELOG.md"].map(str::to_owned);
    let mut files = expected_in("");
    files.extend(texts);
    assert_eq!(tree(&folder.join(name)), files);

    let bytes = fs::read(&archive).unwrap();
    make("dist", &["SOURCE_DATE_EPOCH=1000000000".to_owned()]);
    assert!(bytes == fs::read(&archive).unwrap(), "the same sources give another archive");
}

/// Every file under a folder with its size and time.
fn state(folder: &Path) -> String {
    run(Command::new("find").arg(folder).args(["-printf", "%P %s %T@\\n"]))
}

/// Takes the right to write away, runs, and looks whether anything was written all the same: root
/// may.
fn without_writing(folder: &Path, command: &mut Command) {
    run(Command::new("chmod").args(["-R", "a-w"]).arg(folder));
    let before = state(folder);
    run(command);
    assert_eq!(state(folder), before);
}

#[test]
fn the_packed_crate_installs_and_no_source_tree_is_written_to() {
    let tree_of_sources = fresh("sources");
    fs::create_dir_all(&tree_of_sources).unwrap();
    let copy = "tar --exclude=./target --exclude=./.git -cf - . | tar -xf - -C \"$0\"";
    run(Command::new("sh").current_dir(path("")).args(["-c", copy]).arg(&tree_of_sources));

    let target = scratch("target");
    let mut package = Command::new(env!("CARGO"));
    package.current_dir(&tree_of_sources).args(["package", "--offline", "--allow-dirty"]);
    package.arg("--no-verify").arg("--target-dir").arg(&target);
    without_writing(&tree_of_sources, &mut package);

    // Its files are all as old as each other: with their own time, no change would be seen.
    let unpacked = fresh("unpacked");
    fs::create_dir_all(&unpacked).unwrap();
    let name = format!("libcloudcircuit-{VERSION}");
    let packed = target.join(format!("package/{name}.crate"));
    run(Command::new("tar").args(["--touch", "-xf"]).arg(packed).arg("-C").arg(&unpacked));

    let crate_folder = unpacked.join(name);
    let prefix = fresh("from-crate");
    let mut install = make_in(&crate_folder, &target);
    install.arg("install").arg(format!("PREFIX={}", prefix.display()));
    without_writing(&crate_folder, install.env("CARGO_NET_OFFLINE", "true"));
    assert_eq!(tree(&prefix), expected_in(""));
    without_writing(&crate_folder, make_in(&crate_folder, &target).arg("demo"));

    // It was built in another folder, and each file is the same to the last byte.
    let here = installed();
    for file in tree(&prefix) {
        let file = file.split(" -> ").next().unwrap();
        let bytes = |prefix: &Path| fs::read(prefix.join(file)).unwrap();
        assert!(bytes(&prefix) == bytes(&here), "{file} depends on where it is built");
    }
}

#[test]
fn a_cobol_program_takes_the_installed_copybook() {
    if !has_tool("cobc", "a COBOL program with what is installed") {
        return;
    }
    let prefix = installed();
    let folder = scratch("cobol");
    fs::copy(path("bindings/cobol/quickstart.cob"), folder.join("quickstart.cob")).unwrap();
    let mut cobc = Command::new("cobc");
    cobc.current_dir(&folder).args(["-x", "-fstatic-call", "quickstart.cob", "-lcloudcircuit"]);
    cobc.arg("-I").arg(prefix.join("share/cloudcircuit")).arg("-L").arg(prefix.join("lib"));
    run(cobc.args(["-Q", &format!("-Wl,-rpath,{}", prefix.join("lib").display())]));
    // Status 4 is a warning.
    let said = output(&mut Command::new(folder.join("quickstart")));
    assert_eq!(said.status.code(), Some(4), "{}", printed(&said));
    assert!(printed(&said).starts_with("CENTS LEFT "), "{}", printed(&said));
}

#[test]
fn without_the_header_of_sqlite_its_extension_is_left_out() {
    let extension = "cloudcircuit_sqlite.so";
    let installs = |compiler| {
        let mut make = make_in(&path(""), target_dir());
        let planned = run(make.args(["--dry-run", "install", "PREFIX=/p", compiler]));
        planned.lines().any(|line| line.contains("/p/lib/sqlite3/") && line.contains(extension))
    };
    assert!(!installs("CC=cc -nostdinc"));
    if has_sqlite("the extension for SQLite as installed") {
        assert!(installs("CC=cc"));
    }
}

#[test]
fn sqlite_loads_the_installed_extension() {
    let check = "SQLite with what is installed";
    if !has_sqlite(check) || !has_tool("sqlite3", check) {
        return;
    }
    let extension = installed().join("lib/sqlite3/cloudcircuit_sqlite");
    let mut sqlite = Command::new("sqlite3");
    sqlite.args(["-cmd", &format!(".load {}", extension.display()), ":memory:"]);
    sqlite.arg("SELECT cc_version(), cc_budget_flags(95, 100)");
    assert_eq!(run(&mut sqlite), format!("{VERSION}|1\n"));
}
