//! The Python module and report: their own tests against the release build, types, installation.

use super::support::*;
use std::{
    collections::BTreeSet,
    env,
    ffi::OsStr,
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

const SEED: &str = "cloudcircuit==0.1.0";

/// Where Python packages come from PyPI, for all tests; only where nothing may be skipped.
struct Packages {
    python: PathBuf,
    seed: PathBuf,
}

fn packages() -> Option<&'static Packages> {
    static PACKAGES: OnceLock<Option<Packages>> = OnceLock::new();
    PACKAGES
        .get_or_init(|| {
            env::var_os("CLOUDCIRCUIT_NO_SKIP")?;
            let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python-packages");
            run(Command::new("python3").args(["-m", "venv"]).arg(folder.join("venv")));
            let python = folder.join("venv/bin/python");
            let seed = folder.join("seed");
            let requirements = path("bindings/python/tests/requirements.txt");
            run(pip(&python).args(["install", "-r"]).arg(requirements));
            run(pip(&python)
                .args(["install", "--no-deps", "--upgrade", "--target"])
                .arg(&seed)
                .arg(SEED));
            Some(Packages { python, seed })
        })
        .as_ref()
}

pub fn pip(python: &Path) -> Command {
    let mut pip = Command::new(python);
    pip.args(["-m", "pip", "--quiet", "--disable-pip-version-check"]);
    pip
}

/// Python in the example's folder, with the release build; it leaves no file there.
fn python() -> Command {
    let python = packages().map_or(OsStr::new("python3"), |found| found.python.as_os_str());
    let mut command = Command::new(python);
    command
        .current_dir(path("bindings/python"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("CLOUDCIRCUIT_LIBRARY", release().join("libcloudcircuit.so"))
        .env_remove("PYTHONPATH");
    command
}

fn spend_guard() -> PathBuf {
    let binary = scratch("spend_guard").join("spend_guard");
    // Every other file of the program goes along as a flag.
    let files =
        fs::read_dir(path("programs/spend_guard")).unwrap().map(|file| file.unwrap().path());
    let others: Vec<_> = files
        .filter(|file| {
            file.extension() == Some(OsStr::new("c")) && !file.ends_with("spend_guard.c")
        })
        .map(|file| file.to_str().unwrap().to_string())
        .collect();
    let flags = [&["-std=c99", "-O2"][..], &STRICT].concat();
    let flags = flags.into_iter().chain(others.iter().map(String::as_str)).collect::<Vec<_>>();
    compile(cc(), &flags, "programs/spend_guard/spend_guard.c", release(), Link::Shared, &binary);
    binary
}

#[test]
fn its_own_tests_pass() {
    if !has_tool("python3", "the Python module and report") {
        return;
    }
    let mut tests = python();
    tests.args(["-m", "unittest", "--verbose"]).env("CLOUDCIRCUIT_SPEND_GUARD", spend_guard());
    if let Some(found) = packages() {
        tests.env("CLOUDCIRCUIT_SEED", &found.seed);
    }
    let output = output(&mut tests);
    let said = printed(&output);
    assert!(output.status.success(), "{said}");
    let count = said.lines().find_map(|line| line.strip_prefix("Ran ")?.split(' ').next());
    assert!(count.unwrap().parse::<u32>().unwrap() >= 95, "{said}");

    let skipped = said.lines().filter_map(|line| line.split_once("SKIPPED: "));
    let skipped: BTreeSet<_> =
        skipped.map(|(_, what)| what.trim_end_matches(['\'', '"'])).collect();
    // Bills that are not ours to publish are not everywhere.
    let needed = skipped.iter().any(|what| !what.contains("CLOUDCIRCUIT_BILLS"));
    assert!(packages().is_none() || !needed, "{skipped:?}");
    for what in skipped {
        skip("the Python module and report", what);
    }
}

#[test]
fn it_replays_daily_spend() {
    if has_tool("python3", "the replay in Python") {
        let example = path("examples/replay.py");
        super::replays(python().arg(example).env("PYTHONPATH", path("bindings/python")));
    }
}

#[test]
fn pictures_in_docs_are_what_the_scripts_draw() {
    let has_duckdb = output(python().args(["-c", "import duckdb"])).status.success();
    if packages().is_none() && !has_duckdb {
        skip("pictures in docs/", "needs duckdb from PyPI");
        return;
    }
    let folder = scratch("pictures");
    for picture in ["spend_chart", "detection_pictures"] {
        let script = path(&format!("docs/make_{picture}.py"));
        run(python().arg(script).arg(&folder).env("PYTHONPATH", path("bindings/python")));
    }
    for name in ["spend-light", "spend-dark", "detection-light", "detection-dark"] {
        let name = format!("{name}.svg");
        let made = fs::read_to_string(folder.join(&name)).unwrap();
        let shown = fs::read_to_string(path("docs").join(&name)).unwrap();
        assert!(made == shown, "docs/{name} is not what its script draws: make pictures");
    }
}

#[test]
fn its_types_hold() {
    let has =
        |packages| output(python().args(["-c", &format!("import {packages}")])).status.success();
    if packages().is_none() && !has("mypy, pyright, numpy, duckdb") {
        skip("types of the Python module", "needs mypy, pyright, numpy and duckdb from PyPI");
        return;
    }
    run(python().args(["-m", "mypy", "--cache-dir"]).arg(scratch("mypy")));
    let python_path = packages().map_or(Path::new("python3"), |found| &found.python);
    run(python().args(["-m", "pyright", "--pythonpath"]).arg(python_path));
}

/// An empty environment of its own, without the variables that name a library.
fn empty_environment(name: &str) -> PathBuf {
    let folder = scratch(name);
    run(Command::new("python3").args(["-m", "venv"]).arg(&folder));
    folder.join("bin/python")
}

fn installed(python: &Path) -> String {
    let check = "import cloudcircuit; from cloudcircuit import _native\n\
        print(_native.QUICK._name, cloudcircuit.check_budget(1, 2).usage_ratio)";
    let mut command = Command::new(python);
    command.args(["-c", check]).current_dir("/").env_remove("CLOUDCIRCUIT_LIBRARY");
    run(command.env_remove("PYTHONPATH"))
}

#[test]
fn a_wheel_replaces_the_old_package_and_needs_nothing_else() {
    let Some(found) = packages() else {
        skip("installing the wheel", "needs packages from PyPI: set CLOUDCIRCUIT_NO_SKIP");
        return;
    };
    let tools = format!("WHEEL_TOOLS={}", found.python.parent().unwrap().display());
    let made = super::make(&["wheel", &tools, "WHEEL_FLAGS=--no-isolation"]);
    let version = env!("CARGO_PKG_VERSION");
    let wheel = |platform: &str| {
        let machine = env::consts::ARCH;
        made.join(format!("cloudcircuit-{version}-py3-none-{platform}_{machine}.whl"))
    };
    let sdist = made.join(format!("cloudcircuit-{version}.tar.gz"));

    let python = empty_environment("from-wheel");
    run(pip(&python).args(["install", SEED]));
    run(pip(&python).args(["install", "--no-index"]).arg(wheel("manylinux_2_17")));
    let said = installed(&python);
    let decided = format!("/cloudcircuit/{}libcloudcircuit.so 0.5\n", super::level());
    assert!(said.contains("from-wheel") && said.ends_with(&decided), "{said}");
    let environment = python.parent().unwrap();
    assert!(environment.join("cloudcircuit-report").is_file());
    assert_eq!(run(pip(&python).args(["freeze", "--exclude", "setuptools"])).lines().count(), 1);
    for platform in ["manylinux_2_17", "musllinux_1_2"] {
        let mut auditwheel = Command::new(&found.python);
        let said = run(auditwheel.args(["-m", "auditwheel", "show"]).arg(wheel(platform)));
        assert!(said.contains("references no external versioned symbols"), "{said}");
    }
    // Its tests find the package that is installed here, not the one next to them.
    let folder = scratch("wheels-tests");
    let _ = fs::remove_file(folder.join("tests"));
    symlink(path("bindings/python/tests"), folder.join("tests")).unwrap();
    let mut tests = Command::new(&python);
    tests.current_dir(&folder).args(["-B", "-m", "unittest"]).env_remove("CLOUDCIRCUIT_LIBRARY");
    run(tests.env_remove("PYTHONPATH"));

    let python = empty_environment("from-sdist");
    run(pip(&python).arg("install").arg(&sdist));
    let said = installed(&python);
    assert!(said.contains("from-sdist") && said.ends_with(" 0.5\n"), "{said}");
}
