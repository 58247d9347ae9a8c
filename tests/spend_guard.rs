//! The example spend_guard: what it answers on good bills, and how it refuses bad ones.

mod support;

use std::{
    env,
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::OnceLock,
    time::{Duration, Instant},
};
use support::*;

const SOURCE: &str = "programs/spend_guard/spend_guard.c";
const HEADER: &str = "BilledCost,ChargePeriodStart,SubAccountId";

/// spend_guard as `make demo` has it, without a warning.
fn plain() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| build(cc(), &["-O2"], "plain"))
}

/// The same under AddressSanitizer, its leak check and UndefinedBehaviorSanitizer.
fn sanitized() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    let flags = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
    BINARY.get_or_init(|| build(cc(), &flags, "sanitized"))
}

fn build(compiler: Command, flags: &[&str], name: &str) -> PathBuf {
    let binary = scratch(&format!("spend_guard-{name}")).join("spend_guard");
    let flags = [&["-std=c99"][..], &STRICT, flags].concat();
    compile(compiler, &flags, SOURCE, release(), Link::Shared, &binary);
    binary
}

fn guard(arguments: &[&str]) -> Output {
    output(Command::new(sanitized()).args(arguments))
}

/// Runs spend_guard with `bill` on standard input.
fn guard_on(bill: impl AsRef<[u8]>, arguments: &[&str]) -> Output {
    let mut command = Command::new(sanitized());
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = support::alone(&mut command).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let bill = bill.as_ref().to_vec();
    // A guard that has seen enough closes the pipe.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&bill)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

/// The bill must be refused: status 1, nothing on standard output, `reason` on standard error.
#[track_caller]
fn refused(output: &Output, reason: &str) {
    assert_eq!(output.status.code(), Some(1), "{}", printed(output));
    assert_eq!(stdout(output), "");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains(reason), "{reason:?} is not said: {said}");
}

/// Rows were rejected, but the rest was used: status 0 and each reason on a line of its own.
#[track_caller]
fn rejected(output: &Output, reasons: &[&str]) {
    assert_eq!(output.status.code(), Some(0), "{}", printed(output));
    let said = String::from_utf8_lossy(&output.stderr);
    let said: Vec<&str> = said.lines().collect();
    assert_eq!(said, reasons);
    let counted = format!("\"rows_rejected\":{},", reasons.len());
    assert!(stdout(output).contains(&counted), "{counted} is not in {}", stdout(output));
}

fn bill() -> String {
    path("examples/data/focus_bill.csv").to_str().unwrap().to_owned()
}

#[test]
fn clang_compiles_it_without_a_warning() {
    if has_tool("clang", "spend_guard compiled by clang") {
        build(Command::new("clang"), &["-O2"], "clang");
    }
}

/// Compares the whole answer with that of tests/spend_guard/replay_bill.py and returns the line that it prints.
fn replayed(bill: &str, options: &[&str], name: &str) -> String {
    let answer = scratch(&format!("spend_guard-replay-{name}")).join("answer.jsonl");
    let mut arguments = options.to_vec();
    arguments.push(bill);
    let all = guard(&[&["--json"][..], &arguments].concat());
    assert!(all.stderr.is_empty(), "{}", printed(&all));
    let blocked = !stdout(&all).lines().last().unwrap().contains("\"blocked\":0,");
    assert_eq!(all.status.code(), Some(if blocked { 3 } else { 0 }));
    fs::write(&answer, &all.stdout).unwrap();

    // What is compiled with other flags says the same.
    let other = output(Command::new(plain()).arg("--json").args(&arguments));
    assert_eq!(other.stdout, all.stdout);
    run(Command::new("python3")
        .arg(path("tests/spend_guard/replay_bill.py"))
        .args(&arguments)
        .arg(&answer))
}

#[test]
fn every_line_agrees_with_an_exact_replay() {
    if !has_tool("python3", "spend_guard against an exact replay") {
        return;
    }
    let cases: [(&str, &[&str]); 6] = [
        ("defaults", &[]),
        ("whole", &["--group-by", "none", "--limit", "6000"]),
        ("demo", &["--limit", "3000", "--floor", "30"]),
        ("cooldown", &["--limit", "3000", "--cooldown", "5", "--failure-threshold", "2"]),
        ("services", &["--group-by", "ServiceName", "--limit", "2000", "--multiplier", "1.25"]),
        ("calm", &["--limit", "1e9", "--floor", "1e9", "--warning-ratio", "1"]),
    ];
    for (name, options) in cases {
        let summary = replayed(&bill(), options, name);
        assert!(summary.starts_with("rows 1410 days 132 "), "{summary}");
        assert!(summary.contains(" billed 28320.424834 "), "{summary}");
    }
}

/// What the bill was made with: charges at the start of months are no finding.
#[test]
fn the_detector_finds_the_runaway_and_the_leak_and_nothing_else() {
    if !has_tool("python3", "spend_guard --detect --forecast against the models") {
        return;
    }
    let found = |group: &str, limit: &str, floor: &str| {
        let answer = scratch(&format!("spend_guard-foresight-{group}")).join("answer.jsonl");
        let options = ["--detect", "--forecast", "--json", "--group-by", group];
        let said = guard(&[&options[..], &["--limit", limit, "--floor", floor, &bill()]].concat());
        assert_eq!(said.status.code(), Some(3), "{}", printed(&said));
        fs::write(&answer, &said.stdout).unwrap();
        let script = path("tests/spend_guard/foresight_bill.py");
        run(Command::new("python3").arg(script).arg(answer).args([limit, floor]))
    };
    assert_eq!(
        found("SubAccountId", "3000", "10"),
        "410020030002 2024-02-27 2024-03-10 leak\n410020030003 2024-03-12 2024-03-14 spike\n"
    );
    assert_eq!(found("none", "8000", "0"), "whole bill 2024-03-12 2024-03-14 spike\n");
}

#[test]
fn people_are_told_of_leaks_and_of_limits_ahead() {
    let said = guard(&["--detect", "--forecast", "--limit", "3000", "--findings", &bill()]);
    for line in [
        "\n2024-02-27        73.21        73.21       868.60    29.0%        70.93        89.49  alert     leak\n",
        "\n2024-04-23       115.90       115.90      2278.83    76.0%       118.45       141.35  allow     \
         forecast 3008.88 (2977.76 to 3053.33), limit reached on day 30\n",
        "  block     warning,open; forecast 4194.36 (4130.01 to 4286.28), limit reached on day 19\n",
    ] {
        assert!(stdout(&said).contains(line), "{line} is not in {}", printed(&said));
    }
}

#[test]
fn every_line_agrees_on_a_real_bill() {
    let Some(bills) = env::var_os("CLOUDCIRCUIT_BILLS") else {
        skip(
            "spend_guard on a real bill",
            "needs CLOUDCIRCUIT_BILLS, a folder with focus_sample.csv",
        );
        return;
    };
    let sample = Path::new(&bills).join("focus_sample.csv");
    if !has_tool("python3", "spend_guard against an exact replay") {
        return;
    }
    let sample = sample.to_str().unwrap();
    let summary = replayed(sample, &[], "real");
    assert!(summary.starts_with("rows 1000 days 30 groups 73 billed 20.52022672899 "), "{summary}");
    replayed(sample, &["--group-by", "none", "--limit", "5", "--cooldown", "2"], "real-whole");
    replayed(sample, &["--group-by", "ServiceName", "--limit", "0.5"], "real-services");
    let text = guard(&["--group-by", "none", sample]);
    assert!(stdout(&text).ends_with("\nbilled    20.52022672899\n"), "{}", printed(&text));
    assert!(stdout(&text).contains("\n2024-09-03    -0.087468 "), "{}", printed(&text));
}

#[test]
fn the_committed_bill_is_the_generated_one() {
    if has_tool("python3", "making examples/data/focus_bill.csv again") {
        let script = path("examples/data/make_focus_bill.py");
        let made = output(Command::new("python3").arg(script));
        assert!(made.status.success(), "{}", printed(&made));
        assert!(made.stdout == fs::read(bill()).unwrap(), "focus_bill.csv is stale");
    }
}

#[test]
fn the_exit_status_says_whether_anything_was_blocked() {
    let open = guard(&["--group-by", "none", "--limit", "1e6", &bill()]);
    assert_eq!(open.status.code(), Some(3), "the runaway opens the breaker");
    let calm = guard(&["--group-by", "none", "--limit", "1e6", "--multiplier", "9", &bill()]);
    assert_eq!(calm.status.code(), Some(0), "{}", printed(&calm));
    let breach = guard(&["--group-by=none", "--limit=5000", "--multiplier=9", &bill()]);
    assert_eq!(breach.status.code(), Some(3), "{}", printed(&breach));
}

#[test]
fn people_get_a_table() {
    let rows = format!(
        "{HEADER}\n80,2024-05-30 00:00:00,a\n-100.5,2024-05-30 01:00:00,a\n\
         10,2024-05-31 00:00:00,a\n95,2024-06-01 00:00:00,a\n5,2024-06-02 00:00:00,NULL\n"
    );
    let said = guard_on(&rows, &["--limit", "100", "--warning-ratio", "0.5", "--floor", "9"]);
    assert_eq!(said.status.code(), Some(0), "{}", printed(&said));
    let expected = "\
Bill      2024-05-30 to 2024-06-02, amounts in an unnamed currency
Budget    100 a calendar month for each SubAccountId, warning from 50%
Spike     charges above 1.5 times the mean of the days before, taken as 9 at least
Breaker   opens after 3 days in a row with a breach or spike, cooldown of 0 days
Credits   and adjustments, rows below 0, count in the month's total, and a total below 0 as 0;
          they are left out of the daily charges that spikes are judged on

SubAccountId (none)
day               spend      charges        month     used     baseline    threshold  action    reasons
2024-05-30     0.000000     0.000000     0.000000     0.0%            -            -  allow
2024-05-31     0.000000     0.000000     0.000000     0.0%     0.000000    13.500000  allow
2024-06-01     0.000000     0.000000     0.000000     0.0%     0.000000    13.500000  allow
2024-06-02     5.000000     5.000000     5.000000     5.0%     0.000000    13.500000  allow

SubAccountId a
day               spend      charges        month     used     baseline    threshold  action    reasons
2024-05-30   -20.500000    80.000000   -20.500000     0.0%            -            -  allow
2024-05-31    10.000000    10.000000   -10.500000     0.0%    80.000000   120.000000  allow
2024-06-01    95.000000    95.000000    95.000000    95.0%    45.000000    67.500000  throttle  warning,spike
2024-06-02     0.000000     0.000000    95.000000    95.0%    61.666667    92.500000  alert     warning

Summary of 2 groups on 4 days each
blocked          0 group days with charges of 0.000000
throttled        1 group days with charges of 95.000000
alerted          1 group days with charges of 0.000000
allowed          6 group days with charges of 95.000000
saved     0 at most: all charges of the blocked group days, none of the throttled
rows      5 read, 5 used, 0 rejected
charges   190
credits   -100.5 in 1 rows
billed    89.5
";
    assert_eq!(stdout(&said), expected);

    let arguments = ["--findings", "--limit", "100", "--warning-ratio", "0.5", "--floor", "9"];
    let findings = guard_on(&rows, &arguments);
    let kept: String = expected
        .replace("\nSubAccountId (none)\n", "")
        .split_inclusive('\n')
        .filter(|line| !line.ends_with("allow\n"))
        .collect();
    let table = "day               spend";
    let (before, after) = kept.split_once(table).unwrap();
    let after = after.split_once('\n').unwrap().1;
    assert_eq!(stdout(&findings), format!("{before}{after}"));
}

#[test]
fn the_first_day_has_no_spike_and_is_not_blocked_for_it() {
    let said = guard_on(format!("{HEADER}\n7,2024-05-30,a\n"), &["--json"]);
    assert_eq!(said.status.code(), Some(0), "{}", printed(&said));
    // The numbers are replay_bill.py's to check; that a whole line keeps its form is checked here.
    let version = env!("CARGO_PKG_VERSION");
    let record = |kind: &str, members: &str| {
        format!(
            "{{\"kind\":\"{kind}\",\"version\":\"{version}\",\"status\":\"CLOUDCIRCUIT_OK\",{members}}}"
        )
    };
    let budget = record(
        "budget_result",
        "\"current_spend\":7.0,\"budget_limit\":1000.0,\"usage_ratio\":0.007,\"remaining_budget\":993.0,\
         \"is_warning\":false,\"is_breached\":false,\"config\":{\"warning_ratio\":0.9}",
    );
    let breaker = record(
        "breaker_decision",
        "\"retry_after_steps\":0,\"is_open\":false,\"allow_operation\":true,\"config\":{\
         \"consecutive_failures\":0,\"failure_threshold\":3,\"cooldown_steps_remaining\":0}",
    );
    let guard = record(
        "guard_decision",
        "\"action\":\"allow\",\"monitor_action\":\"allow\",\"reasons\":[],\"monitor_reasons\":[],\
         \"kinds\":[\"budget\",\"breaker\"],\"retry_after\":0,\"config\":{\"on_warning\":\"alert\",\
         \"on_breach\":\"block\",\"on_spike\":\"throttle\",\"on_leak\":\"alert\",\"on_open\":\"block\",\
         \"on_over_limit\":\"block\",\"on_rate\":\"throttle\",\"on_forecast\":\"alert\",\
         \"on_insufficient\":\"alert\",\"on_error\":\"block\",\"on_missing\":\"block\",\
         \"required\":[\"budget\",\"breaker\"],\"monitor\":[]}",
    );
    let day = format!(
        "{{\"type\":\"day\",\"day\":\"2024-05-30\",\"group\":\"a\",\"spend\":7,\"charges\":7,\
         \"credits\":0,\"month_to_date\":7,\"action\":\"allow\",\"reasons\":[],\
         \"budget\":{budget},\"spike\":null,\"breaker\":{breaker},\"guard\":{guard}}}"
    );
    assert_eq!(stdout(&said).lines().next(), Some(day.as_str()));
}

#[test]
fn the_form_of_the_file_does_not_matter() {
    let expected = guard(&["--json", &bill()]).stdout;
    assert_eq!(guard_on(fs::read(bill()).unwrap(), &["--json"]).stdout, expected, "no argument");
    assert_eq!(guard_on(fs::read(bill()).unwrap(), &["--json", "-"]).stdout, expected, "a dash");
    if !has_tool("python3", "spend_guard on a bill with shuffled columns") {
        return;
    }
    // Reversed columns, everything quoted, CRLF in and between rows, a byte order mark, blank lines, no last line end.
    let script = "
import csv, io, sys
rows = [row[::-1] for row in csv.reader(open(sys.argv[1], newline=''))]
at = rows[0].index('ChargeDescription')
text = io.StringIO()
writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator='\\r\\n')
for number, row in enumerate(rows):
    if number:
        row[at] += '\\r\\nand \"more\", of it'
    writer.writerow(['' if cell == 'NULL' else cell for cell in row])
    if number % 100 == 0:
        text.write('\\r\\n')
sys.stdout.buffer.write(b'\\xef\\xbb\\xbf' + text.getvalue().encode().rstrip())
";
    let other = output(Command::new("python3").args(["-c", script, &bill()]));
    assert!(other.status.success(), "{}", printed(&other));
    let said = guard_on(&other.stdout, &["--json"]);
    assert!(said.stderr.is_empty(), "{}", printed(&said));
    assert!(said.stdout == expected, "a bill in another form has another answer");
}

#[test]
fn cells_are_read_as_written() {
    let rows = format!(
        "Other,{HEADER}\r\n,1.5,2024-02-29T23:59:59Z,x\r,+2.5E-1,2024-02-29,\"say \"\"hi\"\",\nC:\\dir\"\n\
         \"a,b\",.5,2024-02-29 00:00:00.123+00:00,\"\u{e9}\u{1f600}\t\u{1}\"\n\n,-0,2024-02-29,\n"
    );
    let said = guard_on(&rows, &["--json"]);
    assert_eq!(said.status.code(), Some(0), "{}", printed(&said));
    let groups: Vec<_> = stdout(&said)
        .lines()
        .filter_map(|line| line.split_once("\"group\":")?.1.split_once(",\"charges\""))
        .map(|(group, _)| group)
        .collect();
    let expected = [
        "null,\"spend\":0",
        "\"say \\\"hi\\\",\\u000aC:\\\\dir\",\"spend\":0.25",
        "\"x\",\"spend\":1.5",
        "\"\u{e9}\u{1f600}\\u0009\\u0001\",\"spend\":0.5",
    ];
    assert_eq!(groups, expected);

    let bytes = [HEADER.as_bytes(), b"\n1,2024-02-29,a\xffb\xed\xa0\x80\xc0\x80\xf5\n"].concat();
    let json = guard_on(&bytes, &["--json"]);
    let broken = format!("\"a{0}b{0}{0}{0}{0}{0}{0}\"", "\\ufffd");
    assert!(stdout(&json).contains(&broken), "{}", printed(&json));
    let text = guard_on(&bytes, &[]);
    assert!(stdout(&text).contains("\nSubAccountId a?b??????\n"), "{}", printed(&text));
}

#[test]
fn rows_that_cannot_be_used_are_named_and_counted() {
    let good = "1,2024-01-31,a,USD";
    let rows = format!(
        "{HEADER},BillingCurrency\n{good}\nten,2024-01-31,a,USD\n,2024-01-31,a,USD\n\
         \"1\n2\",2024-01-31,a,USD\n0x10,2024-01-31,a,USD\nnan,2024-01-31,a,USD\n\
         1e999,2024-01-31,a,USD\n 1,2024-01-31,a,USD\n\"1,5\",2024-01-31,a,USD\n\
         1,2024-02-30,a,USD\n1,2023-02-29,a,USD\n1,31.01.2024,a,USD\n1,NULL,a,USD\n\
         1,2024-01-31 24:00:00,a,USD\n1,2024-01-31T00:00:00+02:00,a,USD\n1,2024-01-31,a,EUR\n\
         1,2024-01-31,a\n1,2024-01-31,a,USD,\n\"1\"x,2024-01-31,a,USD\n1,2100-02-29,a,NULL\n\
         1,2024-01-31,a,NULL\n{good}\n"
    );
    let said = guard_on(&rows, &["--json"]);
    let reasons = [
        "3: row rejected: BilledCost is not a number: 'ten'",
        "4: row rejected: BilledCost is not a number: ''",
        "5: row rejected: BilledCost is not a number: '1?2'",
        "7: row rejected: BilledCost is not a number: '0x10'",
        "8: row rejected: BilledCost is not a number: 'nan'",
        "9: row rejected: BilledCost is not a number: '1e999'",
        "10: row rejected: BilledCost is not a number: ' 1'",
        "11: row rejected: BilledCost is not a number: '1,5'",
        "12: row rejected: ChargePeriodStart is not a date and time in UTC: '2024-02-30'",
        "13: row rejected: ChargePeriodStart is not a date and time in UTC: '2023-02-29'",
        "14: row rejected: ChargePeriodStart is not a date and time in UTC: '31.01.2024'",
        "15: row rejected: ChargePeriodStart is not a date and time in UTC: ''",
        "16: row rejected: ChargePeriodStart is not a date and time in UTC: '2024-01-31 24:00:00'",
        "17: row rejected: ChargePeriodStart is not a date and time in UTC: '2024-01-31T00:00:00+02:00'",
        "18: row rejected: BillingCurrency is not that of the rows before: 'EUR'",
        "19: row rejected: 3 fields where the header has 4",
        "20: row rejected: 5 fields where the header has 4",
        "21: row rejected: text after a closing quote",
        "22: row rejected: ChargePeriodStart is not a date and time in UTC: '2100-02-29'",
        "23: row rejected: BillingCurrency is empty",
    ]
    .map(|reason| format!("(standard input):{reason}"));
    rejected(&said, &reasons.each_ref().map(String::as_str));
    assert!(stdout(&said).contains("\"rows_read\":22,\"rows_used\":2,"), "{}", printed(&said));
    assert!(stdout(&said).contains("\"billed\":2}"), "{}", printed(&said));
}

#[test]
fn broken_files_are_refused() {
    refused(&guard_on("", &[]), "(standard input): empty, not even a header");
    refused(&guard_on("\n\r\n", &[]), "empty, not even a header");
    refused(&guard_on("\u{feff}", &[]), "empty, not even a header");
    refused(
        &guard_on("BilledCost,x,y\n1,2,3\n", &[]),
        "the header has no column ChargePeriodStart",
    );
    refused(&guard_on("BilledCost,x,y\n1,2,3\n", &[]), "the header has no column SubAccountId");
    refused(&guard_on("1,2024-01-01,a\n", &[]), "the header has no column BilledCost");
    let other = guard_on(format!("{HEADER}\n1,2024-01-01,a\n"), &["--group-by", "Region"]);
    refused(&other, "the header has no column Region");
    let twice = guard_on(format!("{HEADER},BilledCost\n1,2024-01-01,a,2\n"), &[]);
    refused(&twice, "there are two columns BilledCost");

    refused(&guard_on(HEADER, &[]), "not one row that can be used");
    let none = guard_on(format!("{HEADER}\nten,2024-01-01,a\n"), &[]);
    refused(&none, "(standard input):2: row rejected: BilledCost is not a number: 'ten'\n");
    refused(&none, "not one row that can be used");
    let open = guard_on(format!("{HEADER}\n1,2024-01-01,a\n\n1,2024-01-01,\"b\n\n1,2\n"), &[]);
    refused(&open, "(standard input):4: the quote that opens here is never closed");
    let nul = guard_on(format!("{HEADER}\n1,2024-01-01,a\0\n"), &[]);
    refused(&nul, "(standard input):2: a NUL byte; this is no CSV file in UTF-8");
    let utf16: Vec<u8> = HEADER.encode_utf16().flat_map(u16::to_le_bytes).collect();
    refused(&guard_on(utf16, &[]), "a NUL byte");
    refused(&guard_on(b"\xef\xbbBilledCost", &[]), "byte order mark");
    let far = guard_on(format!("{HEADER}\n1,0204-09-18,a\n1,2024-09-18,a\n"), &[]);
    refused(
        &far,
        ":3: with this row the bill runs from 0204-09-18 to 2024-09-18, more than 4000 days",
    );

    refused(&guard(&[plain().to_str().unwrap()]), "a NUL byte");
    refused(&guard(&[path("").to_str().unwrap()]), "Is a directory");
    refused(&guard(&["no/such/bill.csv"]), "no/such/bill.csv: No such file or directory");
}

#[test]
fn wrong_options_are_refused() {
    let cases: [(&[&str], &str); 16] = [
        (&["--budget", "5"], "unknown option --budget"),
        (&["-x"], "unknown option -x"),
        (&["--limit"], "--limit needs a value"),
        (&["--limit="], "--limit needs a value"),
        (&["--group-by"], "--group-by needs a value"),
        (&["--limit", "10x"], "--limit: '10x' is not a number"),
        (&["--limit", "nan"], "--limit: 'nan' is not a number"),
        (&["--cooldown", "1.5"], "--cooldown: '1.5' is not a whole number"),
        (&["--cooldown", "9223372036854775808"], "is not a whole number"),
        (&["--limit", "-5"], "budget_limit must be finite and > 0"),
        (&["--warning-ratio", "1.1"], "warning_ratio must be > 0 and <= 1"),
        (&["--multiplier", "1"], "spike_multiplier must be finite and > 1"),
        (&["--floor", "-1"], "min_baseline must be finite and >= 0"),
        (&["--failure-threshold", "0"], "failure_threshold must be > 0"),
        (&["--cooldown", "-1"], "cooldown_steps_remaining must be >= 0"),
        (&["one.csv", "two.csv"], "one file at a time: two.csv is one too many"),
    ];
    for (arguments, reason) in cases {
        refused(&guard(arguments), reason);
    }
}

#[test]
fn help_names_every_option_and_the_defaults() {
    let help = guard(&["--limit", "5", "--help"]);
    assert_eq!(help.status.code(), Some(0));
    assert!(help.stderr.is_empty());
    for said in [
        "Usage: spend_guard ",
        "  --group-by COLUMN ",
        "(default SubAccountId)",
        "  --limit AMOUNT ",
        "(default 1000)",
        "  --warning-ratio RATIO ",
        "(default 0.9)",
        "  --multiplier NUMBER ",
        "(default 1.5)",
        "  --floor AMOUNT ",
        "  --failure-threshold N ",
        "(default 3)",
        "  --cooldown DAYS ",
        "(default 0)",
        "  --findings ",
        "  --json ",
        "  --help ",
    ] {
        assert!(stdout(&help).contains(said), "{said:?} is not in {}", stdout(&help));
    }
}

#[test]
fn amounts_beyond_every_double_are_refused_by_the_library() {
    let rows = format!("{HEADER}\n1.7e308,2024-01-01,a\n1.7e308,2024-01-01,a\n");
    let said = guard_on(&rows, &["--json"]);
    refused(&said, "current_spend must be finite and >= 0");
}

#[test]
fn a_full_disk_is_said() {
    if !Path::new("/dev/full").exists() {
        return;
    }
    for arguments in [&["--json", &bill()][..], &["--help"]] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let said = output(Command::new(sanitized()).args(arguments).stdout(full));
        assert_eq!(said.status.code(), Some(1), "{}", printed(&said));
        assert!(printed(&said).contains("No space left on device"), "{}", printed(&said));
    }
}

#[test]
fn fifty_megabytes_take_seconds() {
    let folder = scratch("spend_guard-large");
    let large = folder.join("large.csv");
    let small = fs::read_to_string(bill()).unwrap();
    let (header, rows) = small.split_once('\n').unwrap();
    let copies = 50_000_000 / rows.len() + 1;
    let mut file = File::create(&large).unwrap();
    writeln!(file, "{header}").unwrap();
    for _ in 0..copies {
        file.write_all(rows.as_bytes()).unwrap();
    }
    drop(file);
    let start = Instant::now();
    let said = output(Command::new(plain()).args(["--json", large.to_str().unwrap()]));
    let took = start.elapsed();

    // One field of that size, and a quote that is open for as long.
    let mut field = format!("Note,{HEADER}\n\"").into_bytes();
    field.resize(50_000_000, b'x');
    fs::write(&large, &field).unwrap();
    let open = output(Command::new(plain()).arg(&large));
    field.extend(b"\",1,2024-01-01,a\n");
    fs::write(&large, &field).unwrap();
    let wide = output(Command::new(plain()).arg("--json").arg(&large));
    fs::remove_dir_all(folder).unwrap();

    assert_eq!(said.status.code(), Some(3), "{}", printed(&said));
    let billed = 28320.424834 * copies as f64;
    let found = stdout(&said).trim_end().rsplit_once("\"billed\":").unwrap().1;
    let found: f64 = found.trim_end_matches('}').parse().unwrap();
    assert!((found - billed).abs() < billed * 1e-14, "{found} is not {billed}");
    assert!(took < Duration::from_secs(20), "{took:?}");
    refused(&open, ":2: the quote that opens here is never closed");
    assert_eq!(wide.status.code(), Some(0), "{}", printed(&wide));
}
