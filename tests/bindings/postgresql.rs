//! The PostgreSQL extension in a real server: the golden cases, exact numerics, many writers, dumps, fuzzed input.

use super::support::*;
use std::{fs, path::PathBuf, process::Command};

#[test]
fn the_extension_answers_as_the_library_in_a_real_server() {
    let check = "the PostgreSQL extension";
    if !has_tool("pg_config", check) {
        return;
    }
    let server =
        PathBuf::from(run(Command::new("pg_config").arg("--bindir")).trim()).join("postgres");
    if has_tool(server.to_str().unwrap(), check) {
        run(alone(Command::new("make").args(["static"])).current_dir(path("")));
        let library = release().join("../dist");
        let checks = path("tests/bindings/postgresql/check.py");
        println!("{}", run(Command::new("python3").arg(checks).arg(library)));
    }
}

#[test]
fn its_types_are_those_of_the_header() {
    let folder = scratch("postgresql-types");
    let maker = path("bindings/postgresql/make_types.py");
    run(Command::new("python3").arg(maker).arg(path("include/cloudcircuit.json")).arg(&folder));
    for file in ["types.sql", "layouts.h"] {
        let made = fs::read_to_string(folder.join(file)).unwrap();
        let committed = fs::read_to_string(path("bindings/postgresql").join(file)).unwrap();
        assert!(made == committed, "{file} is not what make header makes");
    }
}
