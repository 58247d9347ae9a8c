//! The npm package in bindings/wasm, as `make npm` makes it: in Node, in a browser, installed.

use super::support::{
    Link, STRICT, cc, compile, described, has_tool, output, path, printed, release, run, scratch,
    skip,
};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Makes the package, once. Returns the folder with its files; None if a tool is missing, which is said.
fn made(check: &str) -> Option<&'static Path> {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    if !has_tool("node", check) || !has_tool("npm", check) {
        return None;
    }
    let target = release().parent().unwrap();
    let libdir = run(Command::new("rustc")
        .args(["--print", "target-libdir", "--target", "wasm32-unknown-unknown"])
        .env_remove("RUSTFLAGS"));
    let unpacked = env::var("CROSS_RUST").map_or(target.join("cross-rust"), PathBuf::from);
    if !Path::new(libdir.trim()).exists() && !unpacked.join("rustc").exists() {
        assert!(env::var_os("CLOUDCIRCUIT_NO_SKIP").is_none(), "{check} needs make npm before");
        skip(check, "needs rustc-web, which make npm unpacks into target/");
        return None;
    }
    Some(MADE.get_or_init(|| {
        let mut make = Command::new("make");
        make.current_dir(path("")).arg("npm").env("CARGO_TARGET_DIR", target);
        run(make.env_remove("MAKEFLAGS"));
        target.join("npm")
    }))
}

/// Runs a file of tests in tests/bindings/wasm.
fn node_tests(package: &Path, file: &str) {
    let mut node = Command::new("node");
    node.arg("--test").arg(path("tests/bindings/wasm").join(file)).env("CLOUDCIRCUIT_NPM", package);
    passes(&mut node);
}

#[track_caller]
fn passes(node: &mut Command) {
    let output = output(node);
    assert!(output.status.success(), "{}", printed(&output));
}

#[test]
fn the_npm_package_answers_the_golden_cases_in_node() {
    if let Some(package) = made("the npm package in Node") {
        node_tests(package, "node.test.js");
    }
}

#[test]
fn the_npm_package_answers_the_golden_cases_in_a_browser() {
    let check = "the npm package in a browser";
    if has_tool("chromium", check) {
        made(check).inspect(|package| node_tests(package, "browser.test.js"));
    }
}

/// A bill is typed into the page of examples/wasm, which finds what the C program finds.
#[test]
fn the_page_in_a_browser_finds_what_spend_guard_finds() {
    let check = "the page in a browser";
    if !has_tool("chromium", check) {
        return;
    }
    let Some(package) = made(check) else { return };
    let program = scratch("spend_guard").join("spend_guard");
    let flags = [&["-std=c99"][..], &STRICT].concat();
    compile(cc(), &flags, "programs/spend_guard", release(), Link::Static, &program);
    let mut node = Command::new("node");
    node.arg("--test").arg(path("tests/bindings/wasm/page.test.js"));
    node.env("CLOUDCIRCUIT_PAGE", package.parent().unwrap().join("dist/wasm"));
    passes(node.env("CLOUDCIRCUIT_SPEND_GUARD", program));
}

/// A folder into which npm has installed nothing but the package.
fn installed(package: &Path) -> PathBuf {
    let folder = scratch("project");
    fs::remove_dir_all(&folder).unwrap();
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("package.json"), r#"{"private": true, "type": "module"}"#).unwrap();
    let packed = package.parent().unwrap().join(format!("dist/cloudcircuit-{VERSION}.tgz"));
    let mut npm = Command::new("npm");
    npm.current_dir(&folder).args([
        "install",
        "--offline",
        "--ignore-scripts",
        "--silent",
        "--no-audit",
    ]);
    run(npm.arg(packed));
    folder
}

#[test]
fn the_npm_package_installs_without_a_compiler_and_its_readme_runs() {
    let Some(package) = made("the npm package installed") else { return };
    let folder = installed(package);
    let modules = fs::read_dir(folder.join("node_modules")).unwrap();
    let visible = modules.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let visible: Vec<_> = visible.filter(|name| !name.starts_with('.')).collect();
    assert_eq!(visible, ["cloudcircuit"]);

    let readme = fs::read_to_string(path("bindings/wasm/README.md")).unwrap();
    let (_, code) = readme.split_once("```js\n").unwrap();
    let (code, rest) = code.split_once("```\n").unwrap();
    let expected = rest.split("```\n").nth(1).unwrap();
    fs::write(folder.join("readme.js"), code).unwrap();
    assert_eq!(run(Command::new("node").current_dir(&folder).arg("readme.js")), expected);

    let required = "console.log(require('cloudcircuit').VERSION)";
    let mut node = Command::new("node");
    node.current_dir(&folder).args(["--input-type=commonjs", "--eval", required]);
    assert_eq!(run(&mut node), format!("{VERSION}\n"));
}

#[test]
fn the_npm_package_has_types_that_accept_what_is_right_alone() {
    let Some(package) = made("the types of the npm package") else { return };
    let folder = installed(package);
    // A module, and CommonJS.
    for (file, module, resolution) in [
        ("types.ts", "esnext", "bundler"),
        ("types.mts", "nodenext", "nodenext"),
        ("types.cts", "nodenext", "nodenext"),
    ] {
        fs::copy(path("tests/bindings/wasm/types.ts"), folder.join(file)).unwrap();
        let mut tsc =
            Command::new(package.parent().unwrap().join("npm-tools/node_modules/.bin/tsc"));
        tsc.current_dir(&folder).args([
            "--noEmit",
            "--strict",
            "--types",
            "",
            "--lib",
            "ES2022,DOM",
        ]);
        run(tsc.args(["--module", module, "--moduleResolution", resolution, file]));
    }
}

/// A C compiler lays out the header's structs for wasm32 as the description, from which the package reads them, says.
#[test]
fn structs_have_the_described_layout_on_wasm32() {
    if !has_tool("clang", "the layout of structs on wasm32") {
        return;
    }
    let mut source = String::from("#include <cloudcircuit.h>\n");
    for structure in described("structs") {
        let name = structure["name"].as_str().unwrap();
        source += &format!("_Static_assert(sizeof({name}) == {}, \"\");\n", structure["size"]);
        for field in structure["fields"].as_array().unwrap() {
            let (offset, field) = (&field["offset"], field["name"].as_str().unwrap());
            source += &format!("_Static_assert(offsetof({name}, {field}) == {offset}, \"\");\n");
        }
    }
    let file = scratch("layout").join("layout.c");
    fs::write(&file, source).unwrap();
    let mut clang = Command::new("clang");
    clang.args(["--target=wasm32", "-std=c11", "-ffreestanding", "-fsyntax-only", "-Werror", "-I"]);
    run(clang.arg(path("include")).arg(file));
}
