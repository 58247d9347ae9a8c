//! The program spend_guard: what it answers on good bills, and how it refuses bad ones.

mod support;

use std::{
    env,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::OnceLock,
    thread,
    time::{Duration, Instant},
};
use support::*;

const SOURCE: &str = "programs/spend_guard";
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
    let (reader, mut writer) = io::pipe().unwrap();
    let bill = bill.as_ref().to_vec();
    // A guard that has seen enough closes the pipe.
    let writer = thread::spawn(move || drop(writer.write_all(&bill)));
    let mut command = Command::new(sanitized());
    let said = output_from(command.args(arguments), reader);
    // The command holds the end that is read.
    drop(command);
    writer.join().unwrap();
    said
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

/// Rows were left out: status 4, counted by reason in the words of `reasons`, and the rest was used.
#[track_caller]
fn left_out(output: &Output, rows: usize, reasons: &[&str]) {
    assert_eq!(output.status.code(), Some(4), "{}", printed(output));
    let said = String::from_utf8_lossy(&output.stderr);
    let s = if rows == 1 { "" } else { "s" };
    let first = format!("spend_guard: (standard input): {rows} row{s} left out");
    let said: Vec<&str> =
        said.lines().map(|line| line.trim_start_matches("spend_guard:   ")).collect();
    assert_eq!(said, [&[first.as_str()][..], reasons].concat());
    let json: Vec<&str> = stdout(output).lines().take(reasons.len()).collect();
    for (line, reason) in json.iter().zip(reasons) {
        assert!(line.starts_with("{\"kind\":\"left_out\","), "{line}");
        let reason = reason.replace('\\', "\\\\").replace('"', "\\\"");
        assert!(line.contains(&format!("\"message\":\"{reason}\"")), "{line}");
    }
    assert!(summary(output).contains(&format!("\"rows_left_out\":{rows},")), "{}", summary(output));
}

/// The last line of `--json`.
fn summary(output: &Output) -> &str {
    stdout(output).lines().last().unwrap_or("")
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

/// The folder with `marker` among those of CLOUDCIRCUIT_BILLS: itself, or one next to it.
fn bills(marker: &str, check: &str) -> Option<PathBuf> {
    let given = env::var_os("CLOUDCIRCUIT_BILLS").map(PathBuf::from);
    let found = given.and_then(|given| {
        let next_to_it = ["bills", "data"].map(|name| given.with_file_name(name));
        [&[given][..], &next_to_it].concat().into_iter().find(|place| place.join(marker).exists())
    });
    if found.is_none() {
        skip(check, "needs CLOUDCIRCUIT_BILLS, a folder with bills");
    }
    found
}

/// What a Python script of tests/spend_guard/ says.
fn script(name: &str, arguments: &[&str]) -> String {
    run(Command::new("python3").arg(path("tests/spend_guard").join(name)).args(arguments))
}

#[test]
fn small_bills_have_their_right_answers() {
    let check = "spend_guard on small bills";
    let Some(folder) = bills("m3_empty.csv", check) else { return };
    if has_tool("python3", check) {
        let said = script("bills.py", &[sanitized().to_str().unwrap(), folder.to_str().unwrap()]);
        let answered = said.lines().filter(|line| line.starts_with("right ")).count();
        let all = format!("{answered} of {answered} right\n");
        assert!(answered >= 20 && said.contains(&all), "{said}");
    }
}

#[test]
fn generated_bills_agree_with_a_decimal_replay() {
    if has_tool("python3", "spend_guard against a decimal replay") {
        let seeds = either("60", "300");
        let said = script("generated.py", &[sanitized().to_str().unwrap(), seeds]);
        assert!(said.contains(&format!("{seeds} bills with ")), "{said}");
    }
}

#[test]
fn the_demo_bill_agrees_with_a_decimal_replay() {
    if !has_tool("python3", "spend_guard against a decimal replay") {
        return;
    }
    let cases: [&[&str]; 5] = [
        &[],
        &["--group-by", "none", "--limit", "6000"],
        &["--limit", "3000", "--rule", "mean"],
        &["--group-by", "ServiceName", "--limit", "2000"],
        &["--group-by", "SubAccountId,ServiceName", "--today", "2024-03-10", "--limit", "900"],
    ];
    let bill = bill();
    for options in cases {
        let all = [&[sanitized().to_str().unwrap(), bill.as_str()], options].concat();
        let said = script("replay.py", &all);
        assert!(said.contains(" billed 28320.424834"), "{said}");
    }
}

#[test]
fn a_real_bill_agrees_to_the_last_digit() {
    let check = "spend_guard on a real bill";
    let Some(folder) = bills("focus_sample.csv", check) else { return };
    let sample = folder.join("focus_sample.csv");
    let sample = sample.to_str().unwrap();
    let said = guard(&["--json", sample]);
    assert!(summary(&said).ends_with(",\"billed\":\"20.52022672899\"}"), "{}", summary(&said));
    assert!(summary(&said).contains("\"rows_used\":1000,"), "{}", summary(&said));
    if has_tool("python3", check) {
        for options in
            [&[][..], &["--group-by", "none", "--limit", "5"], &["--group-by", "ServiceName"]]
        {
            script("replay.py", &[&[sanitized().to_str().unwrap(), sample], options].concat());
        }
    }
}

#[test]
fn the_committed_bill_and_its_days_are_the_generated_ones() {
    let days = guard(&["--csv", "daily", &bill()]);
    assert!(
        days.stdout == fs::read(path("examples/data/daily_spend.csv")).unwrap(),
        "daily_spend.csv is stale"
    );
    if has_tool("python3", "making examples/data/focus_bill.csv again") {
        let script = path("examples/data/make_focus_bill.py");
        let made = output(Command::new("python3").arg(script));
        assert!(made.status.success(), "{}", printed(&made));
        assert!(made.stdout == fs::read(bill()).unwrap(), "focus_bill.csv is stale");
    }
}

/// The demo bill up to and including a day. ChargePeriodStart is the last date of a row.
fn until(day: &str) -> String {
    let all = fs::read_to_string(bill()).unwrap();
    let (header, rows) = all.split_once('\n').unwrap();
    let rows = rows.lines().filter(|row| {
        let start = row.split('"').rfind(|cell| cell.ends_with(" 00:00:00")).unwrap();
        &start[..10] <= day
    });
    std::iter::once(header).chain(rows).flat_map(|row| [row, "\n"]).collect()
}

/// As cron would: the bill one day longer each time.
#[test]
fn cron_hears_of_the_runaway_on_its_first_day_and_not_before() {
    let options = ["--last", "--fail-on", "throttle"];
    for day in ["2024-01-31", "2024-02-01", "2024-02-14", "2024-03-01", "2024-03-10", "2024-03-11"]
    {
        let said = guard_on(until(day), &options);
        assert_eq!(said.status.code(), Some(0), "{day}: {}", printed(&said));
    }
    for day in ["2024-03-12", "2024-03-13"] {
        let said = guard_on(until(day), &options);
        assert_eq!(said.status.code(), Some(3), "{day}: {}", printed(&said));
        assert!(
            stdout(&said).contains(&format!("spike in 410020030003, {day}\n")),
            "{}",
            printed(&said)
        );
    }
    for day in ["2024-03-20", "2024-04-01", "2024-04-29"] {
        let said = guard_on(until(day), &options);
        let is_found = stdout(&said).contains("spike in");
        assert_eq!(
            said.status.code(),
            Some(if is_found { 3 } else { 0 }),
            "{day}: {}",
            printed(&said)
        );
    }
}

#[test]
fn the_exit_status_is_what_fail_on_names() {
    let cases: [(&[&str], i32); 9] = [
        (&[], 0),
        (&["--limit", "3000"], 3),
        (&["--limit", "1e6"], 0),
        (&["--limit=1e6", "--fail-on=throttle"], 3),
        (&["--limit", "1e6", "--last", "--fail-on", "leak,forecast"], 0),
        (&["--limit", "3000", "--fail-on", "forecast"], 3),
        (&["--limit", "3000", "--last"], 0),
        (&["--limit", "3000", "--last", "--fail-on", "alert"], 3),
        (&["--limit", "900", "--last"], 3),
    ];
    for (options, status) in cases {
        let said = guard(&[options, &[&bill()]].concat());
        assert_eq!(said.status.code(), Some(status), "{options:?}: {}", printed(&said));
    }
}

#[test]
fn budgets_are_a_group_s_own() {
    let folder = scratch("spend_guard-budgets");
    let file = folder.join("budgets.csv");
    let rows =
        format!("{HEADER}\n60,2024-02-01,a\n50,2024-03-01,a\n7,2024-03-01,b\n9,2024-03-01,c\n");
    let with = |budgets: &str, options: &[&str]| {
        fs::write(&file, budgets).unwrap();
        guard_on(&rows, &[&["--json", "--budgets", file.to_str().unwrap()], options].concat())
    };
    let reasons = |said: &Output| -> Vec<String> {
        let days = stdout(said).lines().filter(|line| line.starts_with("{\"kind\":\"day\""));
        days.map(|line| {
            let group = line.split("\"group\":\"").nth(1).unwrap().chars().next().unwrap();
            let reasons = line.split("\"reasons\":[").nth(1).unwrap().split(']').next().unwrap();
            format!("{} {group} {reasons}", &line[21..31])
        })
        .collect()
    };
    let said = with("group,limit,warning_ratio,period\na,110,,quarter\n*,10,0.5,month\n", &[]);
    assert_eq!(
        reasons(&said),
        [
            "2024-03-01 a \"warning\",\"breach\"",
            "2024-03-01 b \"warning\"",
            "2024-03-01 c \"warning\""
        ]
    );
    assert_eq!(said.status.code(), Some(3), "{}", printed(&said));
    let said = with("limit,group\n9,c\n", &["--limit", "1000"]);
    assert_eq!(reasons(&said), ["2024-03-01 c \"warning\",\"breach\""]);
    assert_eq!(reasons(&with("group,limit\nb,8\n", &[])), Vec::<String>::new());

    for (budgets, reason) in [
        ("group,limit\nd,5\n", ":2: the group 'd' is not in the bill"),
        ("group,limit\na,5\n\na,6\n", ":4: the group 'a' is named twice"),
        ("group,limit\n*,5\n*,6\n", ":3: every other group has a budget already"),
        ("group,limit\na,-5\n", ":2: the limit '-5' is not an amount above 0"),
        ("group,limit\na,\"1,000\"\n", ":2: the limit '1,000' is not an amount above 0"),
        (
            "group,limit,warning_ratio\na,5,1.1\n",
            ":2: the warning_ratio '1.1' is not above 0 and at most 1",
        ),
        (
            "group,limit,period\na,5,week\n",
            ":2: the period 'week' is none of month, quarter and year",
        ),
        ("group,limit\na\n", ":2: another number of fields than the header"),
        ("group,limit\na,3,000\n", ":2: another number of fields than the header"),
        ("group,limit\n\u{1b}[2J,5\n", ":2: the group '?[2J' is not in the bill"),
        ("group,max\na,5\n", ":1: the header is not group,limit[,warning_ratio][,period]"),
        ("", "empty; a budgets file begins with the header"),
    ] {
        refused(&with(budgets, &[]), reason);
    }
    refused(
        &with("group,limit\n*,5\n", &["--limit", "5"]),
        "every other group has a budget already, by --limit",
    );
    refused(
        &guard(&["--budgets", "no/such.csv", &bill()]),
        "no/such.csv: No such file or directory",
    );
}

#[test]
fn days_that_are_not_over_are_named_and_not_judged() {
    let rows = format!("{HEADER}\n5,2024-03-01,a\n6,2024-03-02,a\n7,2024-03-03,a\n");
    let last = |options: &[&str]| {
        let said = guard_on(&rows, &[&["--json"], options].concat());
        assert_eq!(said.status.code(), Some(0), "{}", printed(&said));
        assert!(summary(&said).ends_with("\"billed\":\"18\"}"), "{}", summary(&said));
        let day = summary(&said).split("\"last_day\":\"").nth(1).unwrap()[..10].to_owned();
        (day, stdout(&said).lines().next().unwrap().to_owned())
    };
    assert_eq!(last(&[]).0, "2024-03-03");
    assert_eq!(last(&["--today", "2024-03-04"]).0, "2024-03-03");
    let (day, note) = last(&["--today", "2024-03-03"]);
    assert!(
        day == "2024-03-02" && note.contains("2024-03-03 is left out of what is judged"),
        "{note}"
    );
    let (day, note) = last(&["--lag-days", "2"]);
    assert!(
        day == "2024-03-01" && note.contains("2024-03-02 to 2024-03-03 are left out"),
        "{note}"
    );
    refused(&guard_on(&rows, &["--today", "2024-03-01"]), "no day of the bill is over yet");
}

/// What came through a pipe is counted along, and only where that was asked for.
#[test]
fn days_that_stand_out_name_what_drove_them() {
    let from_file = guard(&["--json", "--group-by", "none", &bill()]);
    let runaway =
        stdout(&from_file).lines().find(|line| line.contains("\"day\":\"2024-03-12\"")).unwrap();
    let drivers = runaway.split("\"drivers\":").nth(1).unwrap();
    assert!(drivers.starts_with("[{\"value\":\"Heron Compute\",\"billed\":\""), "{drivers}");
    assert!(drivers.matches("\"value\"").count() <= 18, "{drivers}");

    let content = fs::read(bill()).unwrap();
    let without = guard_on(&content, &["--json", "--group-by", "none"]);
    assert!(stdout(&without).contains("--drivers COLUMN only"), "{}", printed(&without));
    let asked = guard_on(&content, &["--json", "--group-by", "none", "--drivers", "ServiceName"]);
    assert!(stdout(&asked).contains("MB of memory"), "{}", printed(&asked));
    let days = |said: &Output| -> Vec<String> {
        stdout(said)
            .lines()
            .filter(|line| line.contains("\"kind\":\"day\""))
            .map(str::to_owned)
            .collect()
    };
    assert_eq!(days(&asked), days(&from_file));
    let table = guard(&["--drivers", "ResourceId", &bill()]);
    assert!(stdout(&table).contains("driven by 410020030003/vm/training +"), "{}", printed(&table));
}

#[test]
fn the_form_of_the_file_does_not_matter() {
    // Without the notes, of which a pipe has one on drivers.
    let answer = |said: &Output| -> Vec<String> {
        let lines = stdout(said).lines().map(str::to_owned);
        lines.filter(|line| !line.starts_with("{\"kind\":\"note\"")).collect()
    };
    let options = ["--json", "--drivers", "ServiceName"];
    let expected = answer(&guard(&[&options[..], &[&bill()]].concat()));
    let content = fs::read(bill()).unwrap();
    let piped = answer(&guard_on(&content, &options));
    assert!(piped == expected, "no argument");
    let piped = answer(&guard_on(&content, &[&options[..], &["-"]].concat()));
    assert!(piped == expected, "a dash");
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
    let said = guard_on(&other.stdout, &options);
    assert!(said.stderr.is_empty(), "{}", printed(&said));
    assert!(answer(&said) == expected, "a bill in another form has another answer");
}

#[test]
fn cells_are_read_as_written() {
    let rows = format!(
        "Other,{HEADER}\r\n,1.5,2024-02-29T23:59:59Z,x\r,+2.5E-1,2024-02-29,\"say \"\"hi\"\",\nC:\\dir\"\n\
         \"a,b\",.5,2024-02-29 00:00:00.123+00:00,\"\u{e9}\u{1f600}\t\u{1}\"\n\n,-0,2024-02-29,\n"
    );
    let said = guard_on(&rows, &["--json"]);
    assert_eq!(said.status.code(), Some(0), "{}", printed(&said));
    let mut groups: Vec<_> = stdout(&said)
        .lines()
        .filter_map(|line| {
            line.split_once("\"kind\":\"group\",\"group\":")?.1.split_once(",\"to_date\"")
        })
        .map(|(group, _)| group.replace("\"first_day\":\"2024-02-29\",", ""))
        .collect();
    groups.sort();
    let expected = [
        "\"say \\\"hi\\\",\\u000aC:\\\\dir\",\"charges\":\"0.25\",\"credits\":\"0\",\"billed\":\"0.25\"",
        "\"x\",\"charges\":\"1.5\",\"credits\":\"0\",\"billed\":\"1.5\"",
        "\"\u{e9}\u{1f600}\\u0009\\u0001\",\"charges\":\"0.5\",\"credits\":\"0\",\"billed\":\"0.5\"",
        "null,\"charges\":\"0\",\"credits\":\"0\",\"billed\":\"0\"",
    ];
    assert_eq!(groups, expected);

    let bytes = [HEADER.as_bytes(), b"\n1,2024-02-29,a\xffb\xed\xa0\x80\xc0\x80\xf5\n"].concat();
    let json = guard_on(&bytes, &["--json"]);
    let broken = format!("\"a{0}b{0}{0}{0}{0}{0}{0}\"", "\\ufffd");
    assert!(stdout(&json).contains(&broken), "{}", printed(&json));
    let text = guard_on(&bytes, &[]);
    assert!(stdout(&text).contains("\na?b?????? "), "{}", printed(&text));
}

#[test]
fn the_group_without_a_name_may_have_a_budget() {
    let budgets = scratch("spend_guard-none").join("budgets.csv");
    fs::write(&budgets, "group,limit\n(none),5\n").unwrap();
    let options = ["--json", "--budgets", budgets.to_str().unwrap()];
    let said = guard_on(format!("{HEADER}\n6,2024-02-29,\n7,2024-02-29,a\n"), &options);
    assert_eq!(stdout(&said).matches("\"limit\":\"5\"").count(), 1, "{}", printed(&said));
    assert_eq!(said.status.code(), Some(3), "{}", printed(&said));
}

#[test]
fn forms_that_can_be_read_one_way_are_read() {
    let mut rows = String::from(HEADER);
    for date in [
        "20240229",
        "20240229T12:00Z",
        "2024-2-29",
        "2024-02-29t12:00:00z",
        "2024-02-29 12:00:00 GMT",
        "2024-02-29 12:00:00 +0000 UTC",
        "2024-02-29 9:05",
        "2024-02-29 12:59:59 AM",
        "2024-02-29 11:59 pm",
        "2024-02-28 24:00:00",
        "2024-02-28T24:00",
        "\"2024-02-29T12:00:00,5Z\"",
    ] {
        rows += &format!("\n1,{date},a");
    }
    rows += "\n\u{a0}1\u{a0},2024-02-29,a\n";
    rows += "billed_cost,charge period start,subaccountid\n1,2024-02-29,a\n";
    let said = guard_on(&rows, &["--json"]);
    assert_eq!(said.status.code(), Some(0), "{}", printed(&said));
    assert!(
        summary(&said).ends_with(
            "\"rows_read\":14,\"rows_used\":14,\"rows_left_out\":0,\"groups\":1,\"first_day\":\"2024-02-29\",\
             \"last_day\":\"2024-02-29\",\"charges\":\"14\",\"credits\":\"0\",\"billed\":\"14\"}"
        ),
        "{}",
        summary(&said)
    );
}

/// By hand: x and y cost 1 a day in January. In February y costs 1.8, so 22 days of it are 39.6 where 22 were usual;
/// x is as before. With 61.6 the limit of 60 is reached on 22 February, on which nothing is out of the ordinary.
#[test]
fn a_budget_is_explained_by_what_drove_its_month() {
    let mut rows = format!("{HEADER},ServiceName\n");
    for day in 1..=31 {
        rows += &format!("1,2024-01-{day:02},a,x\n1,2024-01-{day:02},a,y\n");
    }
    for day in 1..=22 {
        rows += &format!("1,2024-02-{day:02},a,x\n1.8,2024-02-{day:02},a,y\n");
    }
    let options =
        ["--csv=findings", "--last", "--rule", "mean", "--limit", "60", "--drivers", "ServiceName"];
    let said = guard_on(&rows, &options);
    let line = stdout(&said).lines().last().unwrap().to_owned();
    assert!(line.starts_with("2024-02-22,a,2.8,0,2.8,"), "{line}");
    assert!(line.contains(",block,warning breach"), "{line}");
    assert!(line.ends_with(",y,17.600000,,,,"), "{line}");
}

#[test]
fn the_names_of_another_format_are_one_line() {
    let said = guard_on("lineItem/UnblendedCost,lineItem/UsageStartDate\n1,2024-02-29\n", &[]);
    refused(&said, ":1: the header has no column BilledCost, it has the names of --format aws-cur");
    assert_eq!(said.stderr.iter().filter(|&&byte| byte == b'\n').count(), 1, "{}", printed(&said));
}

#[test]
fn rows_that_cannot_be_used_are_named_and_counted() {
    let good = "1,2024-01-31,a,USD";
    let rows = format!(
        "{HEADER},BillingCurrency\n{good}\nten,2024-01-31,a,USD\n,2024-01-31,a,USD\n\
         \"1\n2\",2024-01-31,a,USD\n0x10,2024-01-31,a,USD\nnan,2024-01-31,a,USD\n\
         1e999,2024-01-31,a,USD\n 1 ,2024-01-31,a,USD\n\"1,5\",2024-01-31,a,USD\n\
         1,2024-02-30,a,USD\n1,2023-02-29,a,USD\n1e-19,2024-01-31,a,USD\n1,NULL,a,USD\n\
         1,2024-01-31 24:01:00,a,USD\n12.34-,2024-01-31,a,USD\n(5),2024-01-31,a,USD\n\
         1,2024-01-31,a\n1,2024-01-31,a,USD,x\n\"1\"x,2024-01-31,a,USD\n1,2100-02-29,a,NULL\n\
         1,2029-01-31,a,USD\n{good}\n"
    );
    let said = guard_on(&rows, &["--json"]);
    let reasons = [
        "1 row: BilledCost is empty (first on line 4)",
        "6 rows: BilledCost is not a number (first on line 3: 'ten')",
        "1 row: BilledCost has a thousands separator or a decimal comma (first on line 11: '1,5')",
        "1 row: BilledCost has more than 18 decimal places (first on line 14: '1e-19')",
        "1 row: BilledCost is 10^18 or more (first on line 9: '1e999')",
        "1 row: ChargePeriodStart is empty (first on line 15: 'NULL')",
        "4 rows: ChargePeriodStart is not a date (first on line 12: '2024-02-30')",
        "1 row: ChargePeriodStart is too far from the rest of the bill (--max-gap-days) (first on line 23: '2029-01-31')",
        "2 rows: another number of fields than the header (first on line 19)",
        "1 row: text behind a closing quote (first on line 21)",
    ];
    left_out(&said, 19, &reasons);
    assert!(summary(&said).contains("\"rows_read\":22,\"rows_used\":3,"), "{}", printed(&said));
    assert!(summary(&said).contains("\"billed\":\"3\"}"), "{}", printed(&said));
    let table = guard_on(&rows, &[]);
    assert!(stdout(&table).starts_with("LEFT OUT  19 rows of 22 rows: "), "{}", printed(&table));
    let csv = guard_on(&rows, &["--csv"]);
    assert_eq!(csv.stderr, said.stderr);
}

#[test]
fn broken_files_are_refused() {
    refused(&guard_on("", &[]), "(standard input): empty, not even a header");
    refused(&guard_on("\n\r\n", &[]), "empty, not even a header");
    refused(&guard_on("\u{feff}", &[]), "empty, not even a header");
    let no_date = guard_on("BilledCost,x,y\n1,2,3\n", &[]);
    refused(&no_date, "(standard input):1: the header has no column ChargePeriodStart");
    refused(&no_date, "the header has no column SubAccountId");
    refused(&no_date, "--group-by none");
    refused(&guard_on("1,2024-01-01,a\n", &[]), "the header has no column BilledCost");
    let other = guard_on(format!("{HEADER}\n1,2024-01-01,a\n"), &["--group-by", "Region"]);
    refused(&other, "the header has no column Region");
    let twice = guard_on(format!("{HEADER},BilledCost\n1,2024-01-01,a,2\n"), &[]);
    refused(&twice, "there are two columns BilledCost");
    let another = guard_on(
        format!("{HEADER}\n1,2024-01-01,a\nSubAccountId,BilledCost,ChargePeriodStart\n"),
        &[],
    );
    refused(&another, ":3: another header begins here");

    refused(&guard_on(HEADER, &[]), "not one row that can be used");
    let none = guard_on(format!("{HEADER}\nten,2024-01-01,a\n"), &[]);
    refused(&none, "1 row: BilledCost is not a number (first on line 2: 'ten')\n");
    refused(&none, "not one row that can be used");
    let open = guard_on(format!("{HEADER}\n1,2024-01-01,a\n\n1,2024-01-01,\"b\n\n1,2\n"), &[]);
    refused(&open, "(standard input):4: the quote that opens here is never closed");
    let nul = guard_on(format!("{HEADER}\n1,2024-01-01,a\0\n"), &[]);
    refused(&nul, "(standard input):2: a NUL byte; this is no CSV file in UTF-8");
    let utf16: Vec<u8> = HEADER.encode_utf16().flat_map(u16::to_le_bytes).collect();
    refused(&guard_on(utf16, &[]), "UTF-16");
    refused(&guard_on(b"\x1f\x8b\x08\0", &[]), "gzip -dc FILE | spend_guard -");
    refused(&guard_on("PK\x03\x04", &[]), "a zip archive");
    refused(&guard_on("PAR1", &[]), "Parquet");
    let two_ways = guard_on(format!("{HEADER}\n1,31.01.2024,a\n"), &[]);
    refused(&two_ways, ":2: the date '31.01.2024' can be read as MM/DD/YYYY or as DD/MM/YYYY");
    let currencies =
        format!("{HEADER},BillingCurrency\n1.5,2024-01-01,a,EUR\n1,2024-01-01,a,usd\n");
    refused(&guard_on(currencies, &[]), "EUR 1.5 in 1 row, USD 1 in 1 row. --currency chooses one");

    refused(&guard(&[plain().to_str().unwrap()]), "a NUL byte");
    refused(&guard(&[path("").to_str().unwrap()]), "Is a directory");
    refused(&guard(&["no/such/bill.csv"]), "no/such/bill.csv: No such file or directory");
}

/// Every sum is in integers: what doubles lose stays, and what does not fit is refused.
#[test]
fn sums_are_exact() {
    let rows = format!(
        "{HEADER}\n9e17,2024-01-01,a\n0.000000000000000001,2024-01-01,a\n-9e17,2024-01-01,a\n"
    );
    let said = guard_on(&rows, &["--json"]);
    assert!(summary(&said).ends_with("\"billed\":\"0.000000000000000001\"}"), "{}", printed(&said));
    let ten = format!("{HEADER}\n{}", "999999999999999999,2024-01-01,a\n".repeat(10));
    refused(&guard_on(ten, &["--json"]), "the sum of the amounts is beyond 9 * 10^18");
}

#[test]
fn wrong_options_are_refused() {
    let cases: [(&[&str], &str); 19] = [
        (&["--budget", "5"], "unknown option --budget"),
        (&["-x"], "unknown option -x"),
        (&["--json=1"], "unknown option --json"),
        (&["--limit"], "--limit needs a value"),
        (&["--limit="], "--limit needs a value"),
        (&["--group-by"], "--group-by needs a value"),
        (&["--group-by", "a,b,c"], "'a,b,c' is not one column or two"),
        (&["--limit", "10x"], "--limit: '10x' is not an amount above 0"),
        (&["--limit", "0"], "--limit: '0' is not an amount above 0"),
        (&["--today", "03/04/2024"], "--today: '03/04/2024' is not a date"),
        (&["--lag-days", "-1"], "--lag-days: '-1' is not a whole number"),
        (&["--top", "9223372036854775808"], "is not a whole number"),
        (&["--date-format", "DMY?"], "is none of MM/DD/YYYY, DD/MM/YYYY and YYYY-MM-DD"),
        (&["--format", "gcp"], "is none of focus, aws-cur and azure"),
        (&["--rule", "median"], "'median' is neither mean nor detector"),
        (
            &["--fail-on", "block,spike"],
            "'spike' is none of block, throttle, alert, leak and forecast",
        ),
        (&["--csv=weekly"], "'weekly' is none of groups, daily and findings"),
        (&["--budgets", "-"], "a file, not standard input"),
        (&["one.csv", "two.csv"], "one file at a time: two.csv is one too many"),
    ];
    for (arguments, reason) in cases {
        let said = guard_on(HEADER, arguments);
        assert_eq!(said.status.code(), Some(2), "{}", printed(&said));
        assert_eq!(stdout(&said), "");
        assert!(printed(&said).contains(reason), "{reason:?} is not said: {}", printed(&said));
    }
}

#[test]
fn help_is_one_screen() {
    let help = guard(&["--limit", "5", "--help"]);
    assert_eq!(help.status.code(), Some(0));
    assert!(help.stderr.is_empty());
    assert!(stdout(&help).starts_with("Usage: spend_guard "));
    assert!(stdout(&help).lines().count() <= 40, "{}", stdout(&help).lines().count());
    assert!(stdout(&help).lines().all(|line| line.len() <= 100));
    let version = format!("spend_guard {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(stdout(&guard(&["--version"])), version);
}

/// What a newcomer sees first.
#[test]
fn the_demo_fits_a_screen_and_says_what_to_try_next() {
    let mut make = Command::new("make");
    make.current_dir(path(""))
        .env("CARGO_TARGET_DIR", release().parent().unwrap())
        .env_remove("MAKEFLAGS");
    let said = run(make.args(["-s", "demo"]));
    assert!(said.lines().count() <= 40, "{said}");
    assert!(said.contains("spike in 410020030003, 2024-03-12"), "{said}");
    assert!(said.contains("driven by Heron Compute +"), "{said}");
    assert!(said.split("Try next:").nth(1).is_some_and(|next| next.contains("--last")), "{said}");
}

#[test]
fn a_full_disk_is_said() {
    if !Path::new("/dev/full").exists() {
        skip("what spend_guard says of a full disk", "needs /dev/full");
        return;
    }
    for arguments in [&["--json", &bill()][..], &["--help"]] {
        let mut shell = Command::new("sh");
        shell.args(["-c", "exec \"$0\" \"$@\" >/dev/full"]).arg(sanitized());
        let said = output(shell.args(arguments));
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

    assert_eq!(said.status.code(), Some(0), "{}", printed(&said));
    let billed = 28_320_424_834_u64 * copies as u64;
    let billed = format!("{}.{:06}", billed / 1_000_000, billed % 1_000_000);
    let billed = format!("\"billed\":\"{}\"}}", billed.trim_end_matches('0'));
    assert!(summary(&said).ends_with(&billed), "{billed} is not in {}", summary(&said));
    assert!(took < Duration::from_secs(20), "{took:?}");
    refused(&open, ":2: the quote that opens here is never closed");
    assert_eq!(wide.status.code(), Some(0), "{}", printed(&wide));
}
