//! The COBOL host in bindings/cobol: its copybook compared with the C header, the golden cases, and its programs.

use super::support::{
    Link, STRICT, cc, compile, described, has_tool, output, path, printed, release, run, scratch,
};
use serde_json::Value;
use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Whether the tools for `check` are here: GnuCOBOL, and Python for the copybook.
fn has_cobol(check: &str) -> bool {
    has_tool("cobc", check) && has_tool("python3", check)
}

/// Every run-time check on, and no warning.
const STRICT_COBOL: [&str; 3] = ["-debug", "-Wall", "-Werror"];

/// Compiles a COBOL program against the release build.
fn cobol(source: &Path, flags: &[&str]) -> PathBuf {
    let name = source.file_stem().unwrap().to_str().unwrap();
    let folder = scratch(&format!("{name}-cobol"));
    let binary = folder.join(name);
    let library = release().display();
    let mut cobc = Command::new("cobc");
    cobc.current_dir(&folder).args(["-x", "-fstatic-call"]);
    for folder in [path("bindings/cobol"), path("tests/bindings/cobol")] {
        cobc.arg("-I").arg(folder);
    }
    cobc.args(flags).arg("-o").arg(&binary).arg(source);
    cobc.args([format!("-L{library}"), "-lcloudcircuit".into()]);
    run(cobc.args(["-Q", &format!("-Wl,-rpath,{library}")]));
    binary
}

fn python(script: &str) -> Command {
    let mut python = Command::new("python3");
    python.arg("-B").arg(path(script));
    python
}

#[test]
fn it_replays_daily_spend() {
    if has_cobol("the replay in COBOL") {
        let mut replay = Command::new(cobol(&path("examples/replay.cob"), &STRICT_COBOL));
        super::replays(replay.env("DD_SPEND", path("examples/data/daily_spend.csv")));
    }
}

/// Runs the golden cases in a program that wraps those that `is_wrapped` says; returns what it said.
#[track_caller]
fn golden(program: &str, least: usize, is_wrapped: impl Fn(&str) -> bool) -> String {
    let binary = cobol(&path(&format!("tests/bindings/cobol/{program}.cob")), &STRICT_COBOL);
    let cases = path("tests/golden/cases.txt");
    let said = run(Command::new(binary).env("DD_CASES", &cases));
    let text = fs::read_to_string(cases).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let (wrapped, others): (Vec<_>, Vec<_>) =
        lines.partition(|line| is_wrapped(line.split(' ').next().unwrap()));
    assert!(wrapped.len() >= least, "{}", wrapped.len());
    let counts = format!("RUN {:06} LEFT OUT {:06} ", wrapped.len(), others.len());
    assert!(said.starts_with(&counts), "{said}");
    assert!(said.ends_with(" FAILURES 000000\n"), "{said}");
    said
}

/// All but budgets, spikes and money in doubles.
#[test]
fn the_golden_cases_come_out_alike() {
    if !has_cobol("golden cases in COBOL") {
        return;
    }
    let is_billing = |kind: &str| {
        kind == "budget_i64" || kind.starts_with("ledger_") || kind.starts_with("rate_")
    };
    let said = golden("golden", 265, is_billing);
    assert!(!said.contains("COLUMNS 000000"), "{said}");
    golden("golden_breaker", 275, |kind| {
        let is_in_doubles = ["budget", "spike", "forecast"].contains(&kind);
        !is_billing(kind)
            && !is_in_doubles
            && !["money_", "detect"].iter().any(|one| kind.starts_with(one))
    });
    golden("golden_detect", 150, |kind| kind == "forecast" || kind.starts_with("detect"));
}

/// A struct and its scalar fields: type, name, and whether it is an array.
type Struct = (String, Vec<(String, String, bool)>);

fn structs() -> Vec<Struct> {
    let text = |item: &Value, key: &str| item[key].as_str().unwrap().to_owned();
    let of = |item: &Value| {
        let fields = item["fields"].as_array().unwrap().iter();
        let fields = fields
            .map(|field| (text(field, "type"), text(field, "name"), field["length"].is_u64()))
            .filter(|(kind, ..)| !kind.starts_with("cloudcircuit_"));
        (text(item, "name").replace("cloudcircuit_", ""), fields.collect())
    };
    described("structs").iter().map(of).collect()
}

/// The constants and statuses, with their values as C writes them.
fn constants() -> Vec<(String, String)> {
    let all = [described("constants"), described("statuses")].concat();
    let of = |item: &Value| {
        let name = item["name"].as_str().unwrap().replace("CLOUDCIRCUIT_", "");
        let value = if item["value"].is_null() { &item["number"] } else { &item["value"] };
        (name, value.to_string())
    };
    all.iter().map(of).collect()
}

fn cobol_name(name: &str) -> String {
    format!("CC-{}", name.replace('_', "-").to_uppercase())
}

/// Prints each constant's value and each field's offset, size and kind, as C has them.
fn c_layout() -> String {
    let mut source =
        String::from("#include <stdio.h>\n#include \"cloudcircuit.h\"\nint main(void)\n{\n");
    for (name, value) in constants() {
        let (format, cast) = match value.split_once('.') {
            _ if value.starts_with('"') => ("%s".into(), ""),
            Some((_, decimals)) => (format!("%.{}f", decimals.len()), ""),
            None => ("%lld".into(), "(long long)"),
        };
        writeln!(source, "printf(\"{name} {format}\\n\", {cast}CLOUDCIRCUIT_{name});").unwrap();
    }
    for (name, fields) in structs() {
        writeln!(source, "printf(\"{name} %lu\\n\", (unsigned long)sizeof(cloudcircuit_{name}));")
            .unwrap();
        for (kind, field, is_array) in fields {
            let element = if is_array { "[0]" } else { "" };
            writeln!(
                source,
                "printf(\"{name}.{field} %lu %lu %s\\n\",\n\
                 (unsigned long)offsetof(cloudcircuit_{name}, {field}),\n\
                 (unsigned long)sizeof(((cloudcircuit_{name} *)0)->{field}{element}),\n\
                 ({kind})0.5 > 0 ? \"float\" : ({kind})-1 < 0 ? \"signed\" : \"unsigned\");"
            )
            .unwrap();
        }
    }
    source + "return 0;\n}\n"
}

/// The same as COBOL has them.
fn cobol_layout() -> String {
    let mut source = String::from(
        "IDENTIFICATION DIVISION.\nPROGRAM-ID. LAYOUT.\nDATA DIVISION.\nWORKING-STORAGE SECTION.\n\
         COPY \"cloudcircuit.cpy\".\n\
         01 STRUCT-AT USAGE POINTER.\n01 STRUCT-NUMBER REDEFINES STRUCT-AT BINARY-DOUBLE UNSIGNED.\n\
         01 FIELD-AT USAGE POINTER.\n01 FIELD-NUMBER REDEFINES FIELD-AT BINARY-DOUBLE UNSIGNED.\n\
         01 FIELD-OFFSET PIC Z(4)9.\n01 FIELD-SIZE PIC Z(4)9.\n01 KIND PIC X(8).\n\
         PROCEDURE DIVISION.\n",
    );
    for (name, _) in constants() {
        writeln!(source, "DISPLAY \"{name} \" {}", cobol_name(&name)).unwrap();
    }
    for (name, fields) in structs() {
        let group = cobol_name(&name);
        writeln!(source, "SET STRUCT-AT TO ADDRESS OF {group}").unwrap();
        writeln!(source, "MOVE LENGTH OF {group} TO FIELD-SIZE").unwrap();
        writeln!(source, "DISPLAY \"{name} \" FUNCTION TRIM(FIELD-SIZE)").unwrap();
        for (_, field, is_array) in fields {
            let item =
                format!("{} OF {group}{}", cobol_name(&field), if is_array { " (1)" } else { "" });
            writeln!(
                source,
                "SET FIELD-AT TO ADDRESS OF {item}\n\
                 COMPUTE FIELD-OFFSET = FIELD-NUMBER - STRUCT-NUMBER\n\
                 MOVE LENGTH OF {item} TO FIELD-SIZE\n\
                 MOVE \"unsigned\" TO KIND\n\
                 MOVE -1 TO {item}\nIF {item} < 0 MOVE \"signed\" TO KIND END-IF\n\
                 MOVE 0.5 TO {item}\nIF {item} > 0 MOVE \"float\" TO KIND END-IF\n\
                 DISPLAY \"{name}.{field} \" FUNCTION TRIM(FIELD-OFFSET) \" \"\n\
                 FUNCTION TRIM(FIELD-SIZE) \" \" FUNCTION TRIM(KIND)"
            )
            .unwrap();
        }
    }
    source + "STOP RUN.\n"
}

#[test]
fn the_copybook_has_the_numbers_and_layouts_of_the_c_header() {
    if !has_cobol("the copybook compared with the C header") {
        return;
    }
    let made = run(&mut python("bindings/cobol/make_copybook.py"));
    let committed = fs::read_to_string(path("bindings/cobol/cloudcircuit.cpy")).unwrap();
    assert!(made == committed, "make_copybook.py > cloudcircuit.cpy is due");

    let folder = scratch("layout");
    let (c, binary) = (folder.join("layout.c"), folder.join("layout"));
    fs::write(&c, c_layout()).unwrap();
    let flags = [&["-std=c99"][..], &STRICT[..3]].concat();
    compile(cc(), &flags, c.to_str().unwrap(), release(), Link::Shared, &binary);
    let of_c = run(&mut Command::new(&binary));

    let source = folder.join("layout.cob");
    fs::write(&source, cobol_layout()).unwrap();
    let of_cobol = run(&mut Command::new(cobol(&source, &["-free"])));
    for (left, right) in of_c.lines().zip(of_cobol.lines()) {
        assert_eq!(left, right);
    }
    assert_eq!(of_c.lines().count(), of_cobol.lines().count());
    let count = |pattern: &str| of_c.lines().filter(|line| line.contains(pattern)).count();
    assert!(count("ERR_") >= 114 && count(".") >= 220 && count("_state ") == 4, "{of_c}");
}

#[test]
fn the_program_in_its_readme_runs() {
    if !has_cobol("the program in COBOL's README") {
        return;
    }
    let quickstart = path("bindings/cobol/quickstart.cob");
    let readme = fs::read_to_string(path("bindings/cobol/README.md")).unwrap();
    assert!(readme.contains(&fs::read_to_string(&quickstart).unwrap()));
    let said = output(&mut Command::new(cobol(&quickstart, &STRICT_COBOL)));
    assert_eq!(said.status.code(), Some(4));
    assert_eq!(printed(&said), "CENTS LEFT +00000000000000008000\n");
}

/// Three failures in a row open the breaker for its default of 30 s; 2 times 350 of 1000 leave 300.
#[test]
fn a_guarded_request_runs_within_both_and_gives_its_permit_back() {
    if !has_cobol("a request under a breaker and a ledger in COBOL") {
        return;
    }
    let said = run(&mut Command::new(cobol(&path("bindings/cobol/guarded.cob"), &STRICT_COBOL)));
    assert_eq!(
        said,
        "1 RAN, SETTLED 350\n2 RAN, SETTLED 350\n3 RAN, SETTLED 350\n4 RAN, SETTLED 350\n\
         5 REFUSED, BREAKER open, RETRY AFTER 30000\n\
         6 RAN, SETTLED 700\n7 REFUSED, LEDGER over_limit\n"
    );
    let readme = fs::read_to_string(path("bindings/cobol/README.md")).unwrap();
    assert!(readme.contains(&said), "README.md shows another run");
}

#[test]
fn the_benchmark_finds_the_same_warnings_each_way() {
    if !has_cobol("what a call costs COBOL") {
        return;
    }
    let said = run(&mut Command::new(cobol(&path("bindings/cobol/bench.cob"), &["-O"])));
    for way in ["CALL", "FLAGS", "PACKED", "BINARY"] {
        let line = said.lines().find(|line| line.starts_with(way)).unwrap();
        // From 1,800,000 to 2,000,000 times 1250, of a limit of 2,500,000,000.
        assert!(line.ends_with("WARNED    200001"), "{said}");
    }
}
