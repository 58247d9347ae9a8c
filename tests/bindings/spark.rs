//! cloudcircuit.spark in real Spark: two threads, then a local cluster on which nothing is installed.

use super::{python::pip, support::*};
use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

/// A Python with Spark: one of its own, 400 MB, where nothing may be skipped.
fn python(check: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("spark-packages");
    let own = folder.join("bin/python");
    if env::var_os("CLOUDCIRCUIT_NO_SKIP").is_some() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder));
        let requirements = path("tests/bindings/spark/requirements.txt");
        run(pip(&own).args(["install", "-r"]).arg(requirements));
    }
    let python = if own.exists() { own } else { "python3".into() };
    if output(Command::new(&python).args(["-c", "import pyspark, pyarrow, pandas"]))
        .status
        .success()
    {
        return Some(python);
    }
    skip(check, "needs pyspark, pyarrow and pandas below 3 from PyPI");
    None
}

#[test]
fn data_frames_are_decided_as_in_one_process() {
    let check = "cloudcircuit.spark";
    if !has_tool("java", check) {
        return;
    }
    if let Some(python) = python(check) {
        let mut checks = Command::new(python);
        checks.arg(path("tests/bindings/spark/check.py")).arg(release().join("libcloudcircuit.so"));
        println!("{}", run(alone(&mut checks).env("PYTHONDONTWRITEBYTECODE", "1")));
    }
}
