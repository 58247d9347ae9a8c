//! What no compiler checks: which module imports which, where unsafe code and CPU instructions stand,
//! that every file has a user, and words and paths that have no place in the repository.
//!
//! A check is a function from files to faults. Its test runs it over the repository, where it must
//! find none, and over an example that breaks the rule, where it must find one.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process::Command,
};

/// A file's path inside the repository, and its text.
type File = (String, String);

/// The modules of src/ by floor. An import goes to the same module or to a lower floor.
const FLOORS: &[&[&str]] = &[
    &["abi"],
    &["json"],
    &["names"],
    &["guard"],
    &["detect", "forecast", "ledger", "rate_limit", "breaker", "budget", "spike"],
    &["mode", "series", "timeline", "flags", "codec", "money"],
    &["verdict"],
    &["arch"],
    &["numeric", "calendar"],
    &["error", "status_table"],
    &["words"],
];

/// Modules that may hold unsafe code, and the one that may hold instructions of a CPU.
const UNSAFE: &[&str] = &["src/abi/", "src/arch/"];
const ARCH: &str = "src/arch/";

/// Where tests start commands.
const SUPPORT: &str = "tests/support/mod.rs";

/// Words that the style does without, because a reader stumbles over them.
const WORDS: &[&str] =
    &[", say", "beside", "anew", "seldom", "far is far", "on the way", "passed on."];

/// Paths outside the repository, which only `.ci/run` may know.
const OUTSIDE: &[&str] = &["../shared", "/work/", "/tmp/", "/root"];

/// This file names all that it forbids.
const THIS: &str = "tests/tidy.rs";

#[test]
fn imports_go_down_or_stay_in_their_module() {
    holds(
        imports_that_rise,
        &[("src/budget/check.rs", "use crate::{error::Error, abi::columns};")],
    );
    holds(imports_that_rise, &[("src/spike/check.rs", "fn f() { crate::budget::check::g() }")]);
    holds(imports_that_rise, &[("src/new.rs", "use crate::error::Error;")]);
}

#[test]
fn files_do_not_import_each_other_in_a_circle() {
    holds(
        circles,
        &[
            ("src/detect/a.rs", "use crate::detect::b::{self as other, B};"),
            ("src/detect/b.rs", "use crate::error::Error;\nuse super::c::C;"),
            (
                "src/detect/c.rs",
                "\nmod tests {\n    use super::*;\n    use crate::detect::a::A;\n}",
            ),
        ],
    );
}

#[test]
fn unsafe_code_stands_in_abi_and_arch_alone() {
    holds(unsafe_elsewhere, &[("src/money.rs", "let x = unsafe { y() };")]);
}

#[test]
fn instructions_of_a_cpu_stand_in_arch_alone() {
    holds(instructions_elsewhere, &[("src/numeric/mean.rs", "use core::arch::x86_64::*;")]);
}

/// What hangs is ended there.
#[test]
fn tests_start_commands_through_their_support_alone() {
    holds(commands_without_a_limit, &[("tests/new.rs", "Command::new(host).status()")]);
}

#[test]
fn every_host_script_and_picture_has_a_user() {
    holds(without_a_user, &[("tests/contract/forgotten.c", ""), ("tests/hosts.rs", "budget.c")]);
    holds(without_a_user, &[("benches/forgotten.py", ""), ("benches/run.py", "import other")]);
    holds(without_a_user, &[("docs/forgotten.svg", "")]);
}

#[test]
fn prose_does_without_words_that_readers_stumble_over() {
    holds(banned_words, &[("README.md", "A month, say, is over.")]);
    holds(banned_words, &[("src/lib.rs", "//! Beside it stands another.")]);
}

#[test]
fn no_path_leads_out_of_the_repository() {
    holds(paths_outside, &[("tests/a.rs", "open(\"/tmp/x\")")]);
}

/// The check finds nothing in the repository, and a fault in the bad example.
fn holds(check: fn(&[File]) -> Vec<String>, bad: &[(&str, &str)]) {
    let faults = check(&repository());
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    let bad: Vec<File> = bad.iter().map(|(name, text)| ((*name).into(), (*text).into())).collect();
    assert!(!check(&bad).is_empty(), "not found in {bad:?}");
}

fn imports_that_rise(files: &[File]) -> Vec<String> {
    let floor = |module: &str| FLOORS.iter().position(|floor| floor.contains(&module));
    let mut faults = Vec::new();
    for (name, text) in files {
        let Some(&module) = module(name).as_deref().and_then(<[_]>::first) else { continue };
        let Some(from) = floor(module) else {
            faults.push(format!("{name}: {module} stands on no floor of FLOORS"));
            continue;
        };
        for path in imports(name, text) {
            let Some(target) = path.first().filter(|target| *target != module) else { continue };
            if floor(target).is_none_or(|to| to <= from) {
                faults.push(format!("{name}: {module} must not import {}", path.join("::")));
            }
        }
    }
    faults
}

fn circles(files: &[File]) -> Vec<String> {
    let modules: BTreeMap<Vec<&str>, &str> =
        files.iter().filter_map(|(name, _)| Some((module(name)?, name.as_str()))).collect();
    let file_of = |path: &[String]| {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        (1..=path.len()).rev().find_map(|len| modules.get(&path[..len]).copied())
    };
    let mut arrows: BTreeSet<(&str, &str)> = BTreeSet::new();
    for (name, text) in files {
        for file in imports(name, text).iter().filter_map(|path| file_of(path)) {
            if file != name {
                arrows.insert((name, file));
            }
        }
    }
    // What imports nothing that is left, or is imported by nothing that is left, is in no circle.
    loop {
        let before = arrows.clone();
        arrows.retain(|(from, to)| {
            before.iter().any(|arrow| arrow.0 == *to) && before.iter().any(|arrow| arrow.1 == *from)
        });
        if arrows.len() == before.len() {
            return arrows.iter().map(|(from, to)| format!("{from} imports {to}")).collect();
        }
    }
}

fn unsafe_elsewhere(files: &[File]) -> Vec<String> {
    let files = files.iter().filter(|(name, _)| !UNSAFE.iter().any(|room| name.starts_with(room)));
    code_with(files, &["unsafe"])
}

fn instructions_elsewhere(files: &[File]) -> Vec<String> {
    let files = files.iter().filter(|(name, _)| !name.starts_with(ARCH));
    code_with(files, &["core::arch", "std::arch", "target_feature", "asm!"])
}

fn commands_without_a_limit(files: &[File]) -> Vec<String> {
    let is_test = |name: &str| name.starts_with("tests/") && name.ends_with(".rs");
    let tests = files.iter().filter(|(name, _)| is_test(name) && name != SUPPORT);
    let starts = [".output()", ".status()", ".spawn()"];
    tests.flat_map(|(name, text)| lines_with(name, text, &starts)).collect()
}

fn code_with<'a>(files: impl Iterator<Item = &'a File>, words: &[&str]) -> Vec<String> {
    let sources = files.filter(|(name, _)| module(name).is_some());
    sources.flat_map(|(name, text)| lines_with(name, &without_comments(text), words)).collect()
}

fn without_a_user(files: &[File]) -> Vec<String> {
    let needs_one = |name: &str| {
        let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
        // Python finds these by their names.
        let is_found = ends(&["/__init__.py"]) || file_name(name).starts_with("test_");
        name.starts_with("tests/") && ends(&[".c", ".cpp"])
            || ends(&[".py", ".sh", ".awk"]) && !is_found
            || name.starts_with("docs/") && ends(&[".svg"])
    };
    let is_used = |name: &str| {
        let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
        let stem = file.split('.').next().unwrap();
        files.iter().any(|(other, text)| {
            let is_imported = || name.ends_with(".py") && other.ends_with(".py");
            // tests/contract.rs runs whatever lies in tests/contract/, tests/fuzz/run.py what lies next to it.
            let is_run = || {
                *other == format!("{folder}.rs") && text.contains("asked_files(")
                    || *other == format!("{folder}/run.py") && text.contains("glob(\"*.c\")")
            };
            // A program of several files is named by its folder.
            let is_part = || folder.matches('/').count() > 1 && name.ends_with(".c");
            other != name
                && other != "CHANGELOG.md"
                && (has_word(text, file)
                    || has_word(text, &format!("\"{stem}\""))
                    || is_imported() && has_word(text, stem)
                    || is_part() && has_word(text, &format!("\"{}\"", file_name(folder)))
                    || is_run())
        })
    };
    let names = files.iter().map(|(name, _)| name.as_str());
    let lonely = names.filter(|name| needs_one(name) && !is_used(name));
    lonely.map(|name| format!("{name}: no other file runs, imports or shows it")).collect()
}

fn banned_words(files: &[File]) -> Vec<String> {
    files.iter().flat_map(|(name, text)| lines_with(name, &text.to_lowercase(), WORDS)).collect()
}

fn paths_outside(files: &[File]) -> Vec<String> {
    let files = files.iter().filter(|(name, _)| name != ".ci/run");
    files.flat_map(|(name, text)| lines_with(name, text, OUTSIDE)).collect()
}

/// The module that a file of src/ holds: `["budget", "check"]` for src/budget/check.rs.
fn module(name: &str) -> Option<Vec<&str>> {
    let path = name.strip_prefix("src/")?.strip_suffix(".rs")?;
    let path = path.strip_suffix("/mod").unwrap_or(path);
    Some(if path == "lib" { vec![] } else { path.split('/').collect() })
}

/// What a file of src/ imports, or names by its path, seen from the crate's root.
fn imports(name: &str, text: &str) -> Vec<Vec<String>> {
    let Some(module) = module(name) else { return vec![] };
    let text = without_comments(text);
    // Tests are a module inside the file's own, and come last.
    let (code, tests) = text.split_once("\nmod tests {").unwrap_or((&text, ""));
    let inside = [&module[..], &["tests"]].concat();
    let mut imports = Vec::new();
    for (from, code) in [(module, code), (inside, tests)] {
        for root in ["crate::", "super::", "self::"] {
            for (at, _) in code.match_indices(root) {
                let mut paths = Vec::new();
                if !code[..at].ends_with(|before| is_word(before) || before == ':') {
                    expand("", &code[at..], &mut paths);
                }
                imports.extend(paths.iter().map(|path| resolve(&from, path)));
            }
        }
    }
    imports
}

/// Collects the paths of a `use` tree or of a lone path, and returns what comes after it.
fn expand<'a>(prefix: &str, text: &'a str, paths: &mut Vec<String>) -> &'a str {
    if let Some(mut rest) = text.strip_prefix('{') {
        while !rest.is_empty() && !rest.starts_with('}') {
            rest = expand(prefix, rest.trim_start(), paths);
            // Past "as name".
            rest = rest.find([',', '}']).map_or("", |end| &rest[end..]);
            rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
        }
        return rest.strip_prefix('}').unwrap_or(rest);
    }
    let (segment, rest) = text.split_at(text.find(|c| !is_word(c)).unwrap_or(text.len()));
    let path = format!("{prefix}::{segment}");
    match rest.strip_prefix("::") {
        Some(rest) => expand(&path, rest, paths),
        None => {
            paths.push(path);
            rest
        }
    }
}

fn resolve(from: &[&str], path: &str) -> Vec<String> {
    let mut place: Vec<String> = from.iter().map(|&segment| segment.into()).collect();
    for segment in path.split("::") {
        match segment {
            "crate" => place.clear(),
            "super" => drop(place.pop()),
            "self" | "" => {}
            name => place.push(name.into()),
        }
    }
    place
}

fn without_comments(text: &str) -> String {
    text.lines().map(|line| format!("{}\n", line.split("//").next().unwrap())).collect()
}

fn lines_with(name: &str, text: &str, words: &[&str]) -> Vec<String> {
    let lines = (1..).zip(text.lines());
    let found = lines.filter(|(_, line)| words.iter().any(|word| has_word(line, word)));
    found.map(|(number, line)| format!("{name}:{number}: {}", line.trim())).collect()
}

/// Whether the word stands in the text, and not as a part of a longer one.
fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + word.len()..]);
        // A path is also part of a longer one after a dot or a variable.
        let joins = |c| is_word(c) || word.starts_with('/') && ".)}/".contains(c);
        !(word.starts_with(|c| is_word(c) || c == '/') && before.ends_with(joins)
            || word.ends_with(is_word) && after.starts_with(is_word))
    })
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn file_name(name: &str) -> &str {
    name.rsplit('/').next().unwrap()
}

/// Every text file, as git lists them; without git, in a package, as they lie in the folder.
fn repository() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let git = Command::new("git").args(["ls-files", "-z"]).current_dir(root).output();
    let listing = git.ok().filter(|output| output.status.success() && !output.stdout.is_empty());
    let names = match listing {
        Some(output) => {
            let names = String::from_utf8(output.stdout).unwrap();
            names.split_terminator('\0').map(str::to_owned).collect()
        }
        None => walk(root, ""),
    };
    assert!(names.len() > 300, "only {} files are found", names.len());
    let is_prose = |name: &String| {
        name != THIS && !name.starts_with("tests/vectors/") && !name.ends_with("Cargo.lock")
    };
    let texts = names.into_iter().filter(is_prose);
    texts
        .filter_map(|name| Some((name.clone(), fs::read_to_string(root.join(name)).ok()?)))
        .collect()
}

fn walk(root: &Path, folder: &str) -> Vec<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(root.join(folder)).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{folder}{}", entry.file_name().to_str().unwrap());
        if name == "target" || name == ".git" {
            continue;
        }
        if !entry.file_type().unwrap().is_dir() {
            names.push(name);
        } else {
            names.extend(walk(root, &format!("{name}/")));
        }
    }
    names
}
