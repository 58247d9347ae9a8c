//! The Python module and report: their own tests against the release build, types, installation.

use super::support::*;
use std::{
    collections::BTreeSet,
    env,
    ffi::OsStr,
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

fn pip(python: &Path) -> Command {
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
    let flags = [&["-std=c99", "-O2"][..], &STRICT].concat();
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
    assert!(count.unwrap().parse::<u32>().unwrap() >= 110, "{said}");

    let skipped = said.lines().filter_map(|line| line.split_once("SKIPPED: "));
    let skipped: BTreeSet<_> =
        skipped.map(|(_, what)| what.trim_end_matches(['\'', '"'])).collect();
    assert!(packages().is_none() || skipped.is_empty(), "{skipped:?}");
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
fn its_types_hold() {
    let has_mypy = output(python().args(["-c", "import mypy, numpy"])).status.success();
    if packages().is_none() && !has_mypy {
        skip("types of the Python module", "needs mypy and numpy from PyPI");
        return;
    }
    run(python().args(["-m", "mypy", "--cache-dir"]).arg(scratch("mypy")));
}

#[test]
fn it_installs() {
    let Some(found) = packages() else {
        skip("installing the Python module", "needs packages from PyPI: set CLOUDCIRCUIT_NO_SKIP");
        return;
    };
    // setuptools writes next to the sources.
    let folder = scratch("sources");
    run(Command::new("cp").arg("-R").arg(path("bindings/python/.")).arg(&folder));
    let installed = scratch("installed");
    run(pip(&found.python)
        .args(["install", "--no-deps", "--upgrade", "--target"])
        .arg(&installed)
        .arg(&folder));
    let check = "import cloudcircuit; print(cloudcircuit.__file__, cloudcircuit.check_budget(1, 2).usage_ratio)";
    let said =
        run(python().current_dir(&installed).args(["-c", check]).env("PYTHONPATH", &installed));
    assert!(said.starts_with(installed.to_str().unwrap()) && said.ends_with(" 0.5\n"), "{said}");
    for file in ["py.typed", "_native.py", "numpy.py"] {
        assert!(installed.join("cloudcircuit").join(file).is_file(), "{file}");
    }
    assert!(!installed.join("spend_report").exists());
}
