//! Builds the library as its users do and drives it from C hosts.
#![allow(dead_code, reason = "each test binary uses its own part")]

use std::{
    collections::BTreeSet,
    env, fs,
    io::{self, ErrorKind, Write},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::{OnceLock, mpsc},
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// Warnings that every C host in this project compiles without.
pub const STRICT: [&str; 5] = ["-Wall", "-Wextra", "-Wpedantic", "-Wstrict-prototypes", "-Werror"];

/// The same for C++, which has no prototypes to be strict about.
pub const STRICT_CXX: [&str; 4] = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"];

/// A path inside the repository.
pub fn path(relative: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(relative)
}

/// A folder for one test's files; the harness names a test's thread after it.
pub fn scratch(name: &str) -> PathBuf {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("main").replace("::", "-");
    let binary = Path::new(env!("CARGO_TARGET_TMPDIR")).join(env!("CARGO_CRATE_NAME"));
    let folder = binary.join(test).join(name);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// The folder with libcloudcircuit.so, its soname link and libcloudcircuit.a, as `cargo build --release` leaves it.
pub fn release() -> &'static Path {
    static RELEASE: OnceLock<PathBuf> = OnceLock::new();
    RELEASE.get_or_init(|| build("release", &["--release"]))
}

/// The same from `cargo build`: debug assertions and overflow checks are on.
pub fn debug() -> &'static Path {
    static DEBUG: OnceLock<PathBuf> = OnceLock::new();
    DEBUG.get_or_init(|| build("debug", &[]))
}

/// The release build for CPUs of level x86-64-v3, as `make shared CPU=v3` makes it, or `None` if this CPU is none.
pub fn release_v3(check: &str) -> Option<&'static Path> {
    static RELEASE: OnceLock<PathBuf> = OnceLock::new();
    #[cfg(target_arch = "x86_64")]
    if is_v3() {
        return Some(RELEASE.get_or_init(|| {
            let target = "x86_64-unknown-linux-gnu";
            build(&format!("{target}/release"), &["--release", "--target", target])
        }));
    }
    assert!(
        env::var_os("CLOUDCIRCUIT_NO_SKIP").is_none(),
        "{check} needs a CPU of level x86-64-v3"
    );
    skip(check, "needs a CPU of level x86-64-v3");
    None
}

/// Whether this CPU is of level x86-64-v3.
pub fn is_v3() -> bool {
    ["avx2", "fma", "bmi2", "lzcnt", "movbe"].map(has_feature) == [true; 5]
}

/// Whether Linux names the feature among the CPU's.
fn has_feature(name: &str) -> bool {
    let flags = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    // Linux says abm for lzcnt.
    let name = if name == "lzcnt" { "abm" } else { name };
    flags.split_whitespace().any(|flag| flag == name)
}

fn build(profile: &str, flags: &[&str]) -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(path("")).args(["build", "--locked", "--lib"]).args(flags);
    if flags.contains(&"--target") {
        cargo.env("RUSTFLAGS", "-C target-cpu=x86-64-v3");
    }
    run(cargo.arg("--target-dir").arg(target));
    let folder = target.join(profile);
    let soname = folder.join(format!("libcloudcircuit.so.{}", env!("CARGO_PKG_VERSION_MAJOR")));
    if soname.symlink_metadata().is_err() {
        // Another test process may be making the same link.
        let _ = std::os::unix::fs::symlink("libcloudcircuit.so", soname);
    }
    folder
}

/// Which of the two libraries a host links.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Link {
    Shared,
    Static,
}

/// The C compiler that the machine uses by default.
pub fn cc() -> Command {
    compiler(false)
}

/// The C++ compiler that the machine uses by default.
pub fn cxx() -> Command {
    compiler(true)
}

fn compiler(cpp: bool) -> Command {
    let mut build = cc::Build::new();
    build.cpp(cpp).cargo_metadata(false).opt_level(1).debug(true);
    let target = env!("CLOUDCIRCUIT_TARGET");
    build.target(target).host(target).get_compiler().to_command()
}

/// Compiles `source`, a path inside the repository, against the header as shipped and the library in `folder`.
/// The C files of a folder are one program.
pub fn compile(
    mut compiler: Command,
    flags: &[&str],
    source: &str,
    folder: &Path,
    link: Link,
    output: &Path,
) {
    let mut sources = vec![path(source)];
    if sources[0].is_dir() {
        let files = fs::read_dir(&sources[0]).unwrap().map(|file| file.unwrap().path());
        sources = files.filter(|file| file.extension().is_some_and(|end| end == "c")).collect();
    }
    compiler.args(flags).arg("-I").arg(path("include")).args(sources).arg("-o").arg(output);
    match link {
        Link::Shared => {
            compiler.arg("-L").arg(folder).arg("-lcloudcircuit");
            compiler.arg(format!("-Wl,-rpath,{}", folder.display()));
        }
        Link::Static => {
            compiler.arg(folder.join("libcloudcircuit.a"));
        }
    }
    run(compiler.arg("-lm"));
}

/// Compiles a strict C99 host from tests/contract/ with the release build and returns its path.
pub fn host(source: &str, link: Link) -> PathBuf {
    let output = scratch(&format!("{source}-{link:?}")).join("host");
    let flags = [&["-std=c99"][..], &STRICT].concat();
    compile(cc(), &flags, &format!("tests/contract/{source}"), release(), link, &output);
    output
}

/// Runs a command that must succeed and returns what it printed.
pub fn run(command: &mut Command) -> String {
    run_from(command, Stdio::null())
}

/// The same for a command that reads from `stdin`.
pub fn run_from(command: &mut Command, stdin: impl Into<Stdio>) -> String {
    let output = output_from(command, stdin);
    let status = output.status;
    let seed = seed();
    assert!(status.success(), "{}: {status}, SEED={seed}\n{}", name(command), printed(&output));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Runs a command to its end, whatever that is.
pub fn output(command: &mut Command) -> Output {
    output_from(command, Stdio::null())
}

/// The same for a command that reads from `stdin`.
pub fn output_from(command: &mut Command, stdin: impl Into<Stdio>) -> Output {
    let limit = limit(command);
    output_within(limit, command.stdin(stdin))
}

/// One that takes longer than `limit` is ended with all that it started, and the test fails.
pub fn output_within(limit: Duration, command: &mut Command) -> Output {
    start(command, limit).unwrap_or_else(|error| panic!("{}: {error}", name(command)))
}

/// Whether a program is here and answers a question with success.
pub fn answers(command: &mut Command) -> bool {
    let limit = limit(command);
    start(command.stdin(Stdio::null()), limit).is_ok_and(|output| output.status.success())
}

/// Runs a command in a process group of its own, which ends with this test.
fn start(command: &mut Command, limit: Duration) -> io::Result<Output> {
    let ends_with_this = || {
        // SAFETY: prctl() is async-signal-safe, and outlives exec.
        unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
        Ok(())
    };
    // SAFETY: the closure only calls prctl().
    unsafe { alone(command).process_group(0).pre_exec(ends_with_this) };
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    // A program that was just linked can be busy for a moment: a child that another test forked may
    // still hold it open.
    let mut child = command.spawn();
    for _ in 0..50 {
        if !child.as_ref().is_err_and(|error| error.kind() == ErrorKind::ExecutableFileBusy) {
            break;
        }
        thread::sleep(Duration::from_millis(20));
        child = command.spawn();
    }
    let child = child?;
    let group = child.id() as libc::pid_t;
    let (done, is_done) = mpsc::channel::<()>();
    let watch = thread::spawn(move || {
        let is_over = is_done.recv_timeout(limit) == Err(mpsc::RecvTimeoutError::Timeout);
        if is_over {
            // SAFETY: killpg() only takes numbers.
            unsafe { libc::killpg(group, libc::SIGKILL) };
        }
        is_over
    });
    let output = child.wait_with_output()?;
    drop(done);
    let is_over = watch.join().unwrap();
    let (name, printed) = (name(command), printed(&output));
    assert!(!is_over, "{name}: ended after its limit of {limit:?}\n{printed}");
    Ok(output)
}

/// What a command may take, many times what it needs: 2 minutes for a host that a test compiled, 10 for tools, builds
/// and drivers; five times that under valgrind and in CI.
fn limit(command: &Command) -> Duration {
    let program = Path::new(command.get_program());
    // Virtual environments have their programs in bin/.
    let is_host = program.starts_with(env!("CARGO_TARGET_TMPDIR"))
        && program.parent().is_some_and(|folder| !folder.ends_with("bin"));
    let minutes = if is_host { 2 } else { 10 };
    let factor = if program.ends_with("valgrind") { 5 } else { either(1, 5) };
    Duration::from_secs(60 * minutes * factor)
}

/// Without cargo's library path, which leads to its own builds of the library and wins over the
/// path to the one that a host was linked with.
pub fn alone(command: &mut Command) -> &mut Command {
    command.env_remove("LD_LIBRARY_PATH").env("SEED", seed().to_string())
}

/// Where the random numbers of this test binary and of all that it runs start: SEED from the environment, or new in
/// every run. It is printed, so that a failure can be repeated.
pub fn seed() -> u64 {
    static SEED: OnceLock<u64> = OnceLock::new();
    *SEED.get_or_init(|| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let seed = env::var("SEED")
            .map_or(now.as_nanos() as u64 >> 10 & 0x7fff_ffff, |given| given.parse().unwrap());
        // Not eprintln!, which the test harness would hide.
        let _ = writeln!(std::io::stderr(), "SEED={seed}");
        seed
    })
}

/// A command as it would be typed; its Debug form also tells the environment.
fn name(command: &Command) -> String {
    let words = [command.get_program()].into_iter().chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

pub fn printed(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// Runs a C host that ends in `return report();`.
pub fn passes(command: &mut Command) {
    assert!(run(command).ends_with("all checks passed\n"));
}

/// The files of a folder that end so, by their stems, as far as `make check ROOM=...` asks for them. Without ROOM they are
/// at least as many: a folder that lost its files is no folder whose files pass.
pub fn asked_files(folder: &str, end: &str, at_least: usize) -> Vec<String> {
    let files = fs::read_dir(path(folder)).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let stems = names.filter_map(|name| name.strip_suffix(end).map(str::to_owned));
    let mut asked: Vec<_> = stems.filter(|stem| is_checked(stem)).collect();
    assert!(is_room_given() || asked.len() >= at_least, "{folder} has only {asked:?}");
    asked.sort();
    asked
}

/// Whether this is `make check ROOM=...`.
pub fn is_room_given() -> bool {
    env::var_os("CLOUDCIRCUIT_ROOM").is_some()
}

/// A number of cases, as `make test` and as CI has it, which sets CLOUDCIRCUIT_LONG.
pub fn either<T>(short: T, long: T) -> T {
    if env::var_os("CLOUDCIRCUIT_LONG").is_some() { long } else { short }
}

/// Whether CLOUDCIRCUIT_LONG is set. If not, the check is skipped.
pub fn is_long(check: &str) -> bool {
    let is_long = either(false, true);
    if !is_long {
        skip(check, "needs CLOUDCIRCUIT_LONG, which .ci/run sets");
    }
    is_long
}

/// Whether `make check ROOM=...` asks for a host, vector file or golden call: it starts with the name of the
/// room (budget_i64 belongs to budget), or of a room that is built on it. Without ROOM everything is asked for.
pub fn is_checked(name: &str) -> bool {
    let Ok(room) = env::var("CLOUDCIRCUIT_ROOM") else { return true };
    let places = [format!("src/{room}"), format!("src/{room}.rs"), format!("src/abi/{room}.rs")];
    assert!(places.iter().any(|place| path(place).exists()), "src/ has no room {room}");
    let starts_with = |room: &str| {
        name.strip_prefix(room).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
    };
    let above =
        BUILT_ON.iter().find(|(lower, _)| *lower == room).map_or(&[][..], |(_, above)| above);
    room == "abi" || starts_with(&room) || above.iter().any(|room| starts_with(room))
}

/// Rooms that have no host of their own, and which rooms show what they do.
const BUILT_ON: [(&str, &[&str]); 10] = [
    ("arch", &["budget", "spike"]),
    ("codec", &["breaker", "ledger", "detect"]),
    ("columns", &["budget", "spike"]),
    ("flags", &["budget", "spike", "breaker"]),
    ("names", &["error", "json"]),
    ("numeric", &["budget", "spike", "money", "detect", "negative_zero"]),
    ("status_table", &["error"]),
    ("verdict", &["detect", "forecast"]),
    ("version", &["layout"]),
    ("words", &["error", "names", "json"]),
];

/// Whether a tool that a bare machine lacks is here. If not, the check is skipped and names the Debian package
/// to install; with CLOUDCIRCUIT_NO_SKIP set, as CI has it, it fails instead.
pub fn has_tool(tool: &str, check: &str) -> bool {
    // go knows no --version.
    let knows = |argument| answers(Command::new(tool).arg(argument));
    is_here(knows("--version") || knows("version"), tool, check)
}

/// As `has_tool`, for SQLite's headers and library.
pub fn has_sqlite(check: &str) -> bool {
    static FOUND: OnceLock<bool> = OnceLock::new();
    let is_found = *FOUND.get_or_init(|| {
        let folder = scratch("sqlite");
        let source = folder.join("probe.c");
        let probe =
            "#include <sqlite3ext.h>\nint main(void) { return sqlite3_libversion_number() == 0; }\n";
        fs::write(&source, probe).unwrap();
        let mut compiler = cc();
        compiler.args(["-DSQLITE_CORE", "-o"]).arg(folder.join("probe")).arg(&source);
        output(compiler.arg("-lsqlite3")).status.success()
    });
    is_here(is_found, "sqlite3ext.h", check)
}

/// Tools whose Debian package has another name.
const PACKAGES: [(&str, &str); 15] = [
    ("abidiff", "abigail-tools"),
    ("abidw", "abigail-tools"),
    ("c++", "g++"),
    ("clang++", "clang"),
    ("cobc", "gnucobol4"),
    ("dpkg-buildpackage", "dpkg-dev"),
    ("gem", "ruby"),
    ("go", "golang-go"),
    ("java", "openjdk-17-jre-headless"),
    ("musl-gcc", "musl-tools"),
    ("nm", "binutils"),
    ("ninja", "ninja-build"),
    ("node", "nodejs"),
    ("qemu-x86_64", "qemu-user"),
    ("sqlite3ext.h", "libsqlite3-dev"),
];

fn is_here(is_found: bool, tool: &str, check: &str) -> bool {
    if !is_found {
        assert!(env::var_os("CLOUDCIRCUIT_NO_SKIP").is_none(), "{check} needs {tool}");
        let package = PACKAGES.iter().find(|(name, _)| *name == tool);
        let package = package.map_or(tool, |(_, package)| package);
        skip(check, &format!("needs the package {package}"));
    }
    is_found
}

/// A list of include/cloudcircuit.json: statuses, constants, structs or functions.
pub fn described(list: &str) -> Vec<serde_json::Value> {
    let text = fs::read_to_string(path("include/cloudcircuit.json")).unwrap();
    let description: serde_json::Value = serde_json::from_str(&text).unwrap();
    description[list].as_array().unwrap().clone()
}

/// The names in such a list.
pub fn described_names(list: &str) -> BTreeSet<String> {
    let names = described(list).into_iter();
    names.map(|item| item["name"].as_str().unwrap().to_owned()).collect()
}

/// Says how long it took in an empty place from the first command to a decision, which may take five minutes.
pub fn first_decision(host: &str, start: Instant) {
    let seconds = start.elapsed().as_secs_f64();
    // Not eprintln!, which the test harness would hide.
    let _ = writeln!(std::io::stderr(), "first decision in {host}: {seconds:.1} s");
    assert!(seconds < 300.0, "the first decision in {host} takes {seconds:.0} s");
}

/// Says what a test leaves out; tests/run.py counts these lines.
pub fn skip(check: &str, reason: &str) {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("main");
    // Not eprintln!, which the test harness would hide; in one piece, as other tests say something, too.
    let line = format!("SKIPPED: {test}: {check} ({reason})\n");
    let _ = std::io::stderr().write_all(line.as_bytes());
}
