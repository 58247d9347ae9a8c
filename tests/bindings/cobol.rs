//! The COBOL host in bindings/cobol: its copybook compared with the C header, the golden cases, and
//! billing runs compared with decisions worked out in Python.

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

const BILL: &str = "examples/data/focus_bill.csv";

/// Whether the tools for `check` are here: GnuCOBOL, and Python for files and expected values.
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

/// SPENDRUN and its four files.
struct Spendrun {
    binary: PathBuf,
    folder: PathBuf,
}

impl Spendrun {
    fn new() -> Self {
        let binary = cobol(&path("bindings/cobol/spendrun.cob"), &STRICT_COBOL);
        Self { binary, folder: scratch("files") }
    }

    /// A run over the files `bill` and `budgets`: its return code and what it said.
    fn run(&self, bill: &str, budgets: &str) -> (i32, String) {
        let _ = fs::remove_file(self.file("budgets.new"));
        let mut command = Command::new(&self.binary);
        command.env("DD_BILLIN", self.file(bill)).env("DD_BUDGIN", self.file(budgets));
        command.env("DD_BUDGOUT", self.file("budgets.new"));
        command.env("DD_DECOUT", self.file("decisions.dat"));
        let output = output(&mut command);
        (output.status.code().unwrap(), printed(&output))
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn decisions(&self) -> String {
        fs::read_to_string(self.file("decisions.dat")).unwrap()
    }
}

fn expected(arguments: &[&str]) -> String {
    run(python("tests/bindings/cobol/expected.py").arg(path(BILL)).args(arguments))
}

#[test]
fn a_billing_run_decides_as_exact_integers_do() {
    if !has_cobol("billing runs in COBOL") {
        return;
    }
    let spendrun = Spendrun::new();
    // 40 is exactly what the charges without an account come to in a month.
    for (limit, code) in
        [("40", 8), ("750", 8), ("2500", 8), ("3000", 8), ("3400", 4), ("100000", 0)]
    {
        let mut make = python("bindings/cobol/make_bill.py");
        run(make.arg(path(BILL)).arg(&spendrun.folder).arg(limit));
        let (said, printed) = spendrun.run("bill.dat", "budgets.dat");
        assert_eq!(said, code, "{limit}: {printed}");
        let decisions = spendrun.decisions();
        assert_eq!(decisions.lines().count(), 1410);
        assert!(decisions == expected(&[limit, "900000"]), "{limit}: other decisions");
        assert!(limit != "40" || decisions.contains(" BREACHED "), "the limit itself is no breach");
    }
}

#[test]
fn a_run_goes_on_from_the_budgets_of_the_one_before() {
    if !has_cobol("billing runs in COBOL that follow each other") {
        return;
    }
    let spendrun = Spendrun::new();
    run(python("bindings/cobol/make_bill.py").arg(path(BILL)).arg(&spendrun.folder).arg("750"));
    run(python("tests/bindings/cobol/make_files.py").arg(path(BILL)).arg(&spendrun.folder));
    run(python("bindings/cobol/make_bill.py").arg(path(BILL)).arg(&spendrun.folder).arg("750"));
    assert_eq!(spendrun.run("winter.dat", "budgets.dat").0, 8);
    assert!(spendrun.decisions() == expected(&["750", "900000", "202312", "202402"]));
    fs::rename(spendrun.file("budgets.new"), spendrun.file("budgets.feb")).unwrap();
    assert_eq!(spendrun.run("spring.dat", "budgets.feb").0, 8);
    assert!(spendrun.decisions() == expected(&["750", "900000", "202403", "202404"]));
    // January again is before the ledgers' month: every record is rejected.
    fs::rename(spendrun.file("budgets.new"), spendrun.file("budgets.apr")).unwrap();
    let (code, said) = spendrun.run("winter.dat", "budgets.apr");
    assert_eq!(code, 16, "{said}");
    let decisions = spendrun.decisions();
    assert!(decisions.lines().all(|line| line.contains("MONTH IS BEFORE THE LEDGER'S")));
}

#[test]
fn bad_records_are_named_and_bad_runs_post_nothing() {
    if !has_cobol("bad input to COBOL") {
        return;
    }
    let spendrun = Spendrun::new();
    run(python("tests/bindings/cobol/make_files.py").arg(path(BILL)).arg(&spendrun.folder));
    let (code, said) = spendrun.run("bad.dat", "budgets.dat");
    assert_eq!(code, 16);
    for (record, reason) in [
        (2, "TYPE IS NEITHER D NOR T"),
        (3, "AMOUNT IS NOT PACKED DECIMAL"),
        (4, "AMOUNT IS NOT PACKED DECIMAL"),
        (5, "DAY IS NO DATE"),
        (6, "DAY IS NO DATE"),
        (7, "ACCOUNT HAS NO BUDGET"),
        (8, "CURRENCY IS NOT THE BUDGET'S"),
        (9, "MONTH IS BEFORE THE LEDGER'S"),
    ] {
        let line = format!("SPENDRUN RECORD {record:07} REJECTED: {reason}\n");
        assert!(said.contains(&line), "{line} is not in {said}");
        let decision = spendrun.decisions().lines().nth(record - 1).unwrap().to_string();
        assert!(decision.starts_with(&format!("{record:07} ")), "{decision}");
        assert_eq!((decision[49..57].trim(), decision[128..].trim()), ("REJECTED", reason));
    }
    for total in ["POSTED   000000003", "CREDITS  000000002", "REFUSED  000000001"] {
        assert!(said.contains(&format!("SPENDRUN {total}\n")), "{said}");
    }
    assert!(said.contains("SPENDRUN REJECTED 000000008\n"), "{said}");
    assert!(spendrun.file("budgets.new").exists(), "the good records are posted");

    let (code, said) = spendrun.run("overflow.dat", "budgets.dat");
    assert_eq!(code, 16);
    assert!(said.contains("0000093 REJECTED: settled, held and their sum, used"), "{said}");
    assert_eq!(spendrun.run("good.dat", "budgets.dat").0, 0);

    // Amounts of which 4 bytes would be others.
    assert_eq!(spendrun.run("large.dat", "budgets.dat").0, 8);
    let decisions = spendrun.decisions();
    let standing = "WITHIN   +0040000000000000000 0030000000000000000 00000000000000571428";
    for (line, action) in decisions.lines().zip(["POSTED  ", "REFUSED "]) {
        let amount = "410020030003 20240201 +40000000000000000";
        assert!(line[8..].starts_with(&format!("{amount} {action} {standing}")), "{line}");
    }

    for (bill, budgets, reason) in [
        ("empty.dat", "budgets.dat", "NO TRAILER THAT BALANCES"),
        ("no_trailer.dat", "budgets.dat", "NO TRAILER THAT BALANCES"),
        ("cut.dat", "budgets.dat", "BILLIN: FILE STATUS 04 AFTER RECORD 000000001"),
        ("lost.dat", "budgets.dat", "0000002 REJECTED: TRAILER DOES NOT BALANCE"),
        ("changed.dat", "budgets.dat", "0000002 REJECTED: TRAILER DOES NOT BALANCE"),
        ("bad_trailer.dat", "budgets.dat", "0000002 REJECTED: TRAILER DOES NOT BALANCE"),
        ("after.dat", "budgets.dat", "0000003 REJECTED: RECORD AFTER THE TRAILER"),
        ("nothing.dat", "budgets.dat", "BILLIN: FILE STATUS 35"),
        ("good.dat", "nothing.dat", "BUDGIN: FILE STATUS 35"),
        ("good.dat", "budget_cut.dat", "BUDGIN: FILE STATUS 04"),
        ("good.dat", "budget_zero.dat", "budget_limit must be finite and > 0"),
        ("good.dat", "budget_warning.dat", "warning_ppm must be 1 to 1000000"),
        ("good.dat", "budget_packed.dat", "LIMIT OR WARNING IS NOT NUMERIC"),
        ("good.dat", "budget_twice.dat", "410020030001: A SECOND BUDGET"),
        ("good.dat", "budget_ledger.dat", "state must be one that the library wrote"),
        ("good.dat", "budget_many.dat", "TOO MANY BUDGETS"),
    ] {
        let (code, said) = spendrun.run(bill, budgets);
        assert_eq!(code, 16, "{bill} {budgets}: {said}");
        assert!(said.contains(reason), "{reason} is not in {said}");
        assert!(said.contains("SPENDRUN ABANDONED, NOTHING IS POSTED\n"), "{said}");
        assert!(!spendrun.file("budgets.new").exists(), "{bill} {budgets}");
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

/// All but those in doubles, which COBOL cannot read exactly from decimals.
#[test]
fn the_golden_cases_in_integers_come_out_alike() {
    if !has_cobol("golden cases in COBOL") {
        return;
    }
    let is_billing = |kind: &str| {
        kind == "budget_i64" || kind.starts_with("ledger_") || kind.starts_with("rate_")
    };
    let said = golden("golden", 265, is_billing);
    assert!(!said.contains("COLUMNS 000000"), "{said}");
    golden("golden_breaker", 275, |kind| {
        let is_double = ["budget", "spike"].contains(&kind) || kind.starts_with("money_");
        !is_billing(kind) && !is_double && !kind.starts_with("detect")
    });
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
