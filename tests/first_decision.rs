//! Each section of docs/INSTALL.md in an empty place: its commands install what a release has, and its program decides.
//! The seconds that this takes are printed.

mod support;

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, PoisonError},
    time::Instant,
};
use support::*;

/// What every program prints.
const DECISION: &str = "8000 cents left, warning\n";

/// A place where nothing is installed but the tools of the machine.
struct Place {
    folder: PathBuf,
    paths: Vec<PathBuf>,
    variables: Vec<(&'static str, OsString)>,
}

impl Place {
    fn new() -> Self {
        let folder = scratch("place");
        // Go writes its cache of modules without the right to write.
        run(Command::new("chmod").args(["-R", "u+w"]).arg(&folder));
        fs::remove_dir_all(&folder).unwrap();
        fs::create_dir_all(folder.join("home")).unwrap();
        Self { folder, paths: vec![], variables: vec![] }
    }

    fn set(&mut self, name: &'static str, value: impl Into<OsString>) {
        self.variables.push((name, value.into()));
    }

    /// Files of a release, made by `make TARGET`, whose names start and end so.
    fn with(self, target: &str, start: &str, end: &str) -> Self {
        static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
        let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let built = release().parent().unwrap();
        let mut make = Command::new("make");
        make.current_dir(path("")).arg(target).env("CARGO_TARGET_DIR", built);
        // One of the wheels is enough.
        make.arg(format!("WHEEL_PLATFORMS=manylinux_2_17_{}", env::consts::ARCH));
        run(make.env_remove("MAKEFLAGS"));
        assert!(self.has_made(start, end), "make {target} makes no {start}...{end}");
        self
    }

    /// The same of what was made before.
    fn has_made(&self, start: &str, end: &str) -> bool {
        let dist = release().parent().unwrap().join("dist");
        let start = format!("{start}-{}", env!("CARGO_PKG_VERSION"));
        let files = fs::read_dir(dist).into_iter().flatten().map(|file| file.unwrap().path());
        let mut is_found = false;
        for file in files {
            let name = file.file_name().unwrap().to_str().unwrap();
            if name.starts_with(&start) && name.ends_with(end) {
                fs::copy(&file, self.folder.join(name)).unwrap();
                is_found = true;
            }
        }
        is_found
    }

    /// The tarball, and variables that make its folder one that compilers and loaders look into.
    fn with_prefix() -> Self {
        let machine = format!("{}-linux.tar.gz", env::consts::ARCH);
        let mut place = Self::new().with("dist", "libcloudcircuit", &machine);
        let prefix = place.folder.join("prefix");
        fs::create_dir(&prefix).unwrap();
        place.set("PKG_CONFIG_PATH", prefix.join("lib/pkgconfig"));
        place.set("LD_RUN_PATH", prefix.join("lib"));
        place.set("PREFIX", prefix);
        place
    }

    /// A command here, with no variable of the machine's but PATH.
    fn command(&self, program: &str) -> Command {
        let machine = env::var_os("PATH").unwrap();
        let paths = env::join_paths(self.paths.iter().cloned().chain(env::split_paths(&machine)));
        let mut command = Command::new(program);
        command.env_clear().env("PATH", paths.unwrap()).env("HOME", self.folder.join("home"));
        command.current_dir(&self.folder).envs(self.variables.iter().cloned());
        command
    }

    /// Runs what the section says.
    fn decides(self, section: &str) {
        let (commands, program) = section_of(section);
        for (file, text) in program {
            fs::write(self.folder.join(file), text).unwrap();
        }
        let start = Instant::now();
        let said = run(self.command("sh").args(["-e", "-c", &commands]));
        assert!(said.ends_with(DECISION), "{section}: {said}");
        first_decision(section, start);
    }
}

/// The commands of a section, and the files that it names and shows.
fn section_of(section: &str) -> (String, Vec<(String, String)>) {
    let page = fs::read_to_string(path("docs/INSTALL.md")).unwrap();
    let text = page.split("\n## ").find_map(|text| text.strip_prefix(&format!("{section}\n")));
    let text = text.unwrap_or_else(|| panic!("docs/INSTALL.md has no section on {section}"));
    let block =
        |text: &str| text.split_once("\n").unwrap().1.split_once("```").unwrap().0.to_owned();
    let commands = block(text.split_once("```sh").unwrap().1);
    let files = text.match_indices("`:\n\n```").map(|(at, shown)| {
        let name = text[..at].rsplit('`').next().unwrap();
        (name.to_owned(), block(&text[at + shown.len()..]))
    });
    (commands, files.collect())
}

#[test]
fn c_from_the_tarball() {
    if has_tool("pkg-config", "the first decision in C") {
        Place::with_prefix().decides("C");
    }
}

#[test]
fn cpp_from_the_tarball() {
    if has_tool("pkg-config", "the first decision in C++")
        && has_tool("c++", "the first decision in C++")
    {
        Place::with_prefix().decides("C++17");
    }
}

#[test]
fn python_from_the_wheel() {
    // make wheel takes its tools from PyPI.
    if env::var_os("CLOUDCIRCUIT_NO_SKIP").is_none() {
        skip("the first decision in Python", "needs packages from PyPI: set CLOUDCIRCUIT_NO_SKIP");
        return;
    }
    let mut place = Place::new().with("wheel", "cloudcircuit", ".whl");
    run(place.command("python3").args(["-m", "venv", "venv"]));
    place.paths.push(place.folder.join("venv/bin"));
    place.set("PIP_NO_INDEX", "1");
    place.decides("Python");
}

#[test]
fn ruby_from_the_gem() {
    let check = "the first decision in Ruby";
    if !has_tool("ruby", check) || !has_tool("gem", check) {
        return;
    }
    if !output(Command::new("ruby").args(["-e", "require 'ffi'"])).status.success() {
        has_tool("ruby-ffi", check);
        return;
    }
    let mut place = Place::new().with("gem", "cloudcircuit", "-linux.gem");
    let home = place.folder.join("gems");
    // The machine's ffi stays in sight.
    place.set("GEM_PATH", format!("{}:", home.display()));
    place.set("GEM_HOME", home);
    place.decides("Ruby");
}

#[test]
fn go_from_the_module() {
    if !has_tool("go", "the first decision in Go") {
        return;
    }
    let mut place = Place::new().with("dist-go", "cloudcircuit-go", ".tar.gz");
    for (name, value) in [("GOPROXY", "off"), ("GOENV", "off"), ("CGO_ENABLED", "1")] {
        place.set(name, value);
    }
    place.set("GOTOOLCHAIN", "local");
    place.set("PKG_CONFIG", "false");
    // Compiling Go's own library takes a minute; it is no part of the module.
    place.set("GOCACHE", Path::new(env!("CARGO_TARGET_TMPDIR")).join("go-cache"));
    run(place.command("go").args(["mod", "init", "gateway"]));
    run(place.command("go").args(["build", "runtime/cgo", "fmt"]));
    place.decides("Go");
}

#[test]
fn rust_from_the_crate() {
    let mut place = Place::new().with("crate", "cloudcircuit", ".crate");
    place.paths.push(Path::new(env!("CARGO")).parent().unwrap().to_owned());
    place.set("CARGO_NET_OFFLINE", "true");
    run(place.command("cargo").args(["init", "--quiet", "--vcs", "none", "--name", "gateway"]));
    place.decides("Rust");
}

#[test]
fn node_from_the_package() {
    let check = "the first decision in Node";
    if !has_tool("node", check) || !has_tool("npm", check) {
        return;
    }
    let mut place = Place::new();
    if !place.has_made("cloudcircuit", ".tgz") {
        assert!(env::var_os("CLOUDCIRCUIT_NO_SKIP").is_none(), "{check} needs make npm before");
        skip(check, "needs the package that make npm makes");
        return;
    }
    place.set("npm_config_offline", "true");
    place.decides("Node");
}

#[test]
fn sqlite_from_the_tarball() {
    let check = "the first decision in SQLite";
    if has_sqlite(check) && has_tool("sqlite3", check) {
        Place::with_prefix().decides("SQLite");
    }
}

#[test]
fn cobol_from_the_tarball() {
    if has_tool("cobc", "the first decision in COBOL") {
        Place::with_prefix().decides("COBOL");
    }
}
