//! Simulations of hosts that keep states: one budget shared by processes that get killed, one leased to
//! gateways in several regions, calls behind the breaker, and writers to whom everything happens at once.

mod support;

use std::{
    array, env, fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::OnceLock,
    thread,
    time::Duration,
};
use support::{
    Link, STRICT, cc, compile, either, has_sqlite, has_tool, output, output_within, path, printed,
    release, scratch, seed,
};

const SANITIZERS: [&str; 2] = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
/// Before the source, as `compile` has flags, where some linkers would drop it as not needed yet.
const SQLITE: [&str; 2] = ["-Wl,--no-as-needed", "-lsqlite3"];

fn build(compiler: Command, flags: &[&str], simulation: &str, name: &str) -> PathBuf {
    let binary = scratch(&format!("{simulation}-{name}")).join(simulation);
    let flags = [&["-std=c99"][..], &STRICT, flags].concat();
    let mut source = format!("tests/simulations/{simulation}.c");
    if !path(&source).exists() {
        source = format!("tests/simulations/{simulation}"); // a folder of sources
    }
    compile(compiler, &flags, &source, release(), Link::Shared, &binary);
    binary
}

fn shared_budget() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| build(cc(), &[&["-O2"], &SQLITE[..]].concat(), "shared_budget", "plain"))
}

fn sanitized_shared_budget() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    let flags = [&SANITIZERS[..], &SQLITE].concat();
    BINARY.get_or_init(|| build(cc(), &flags, "shared_budget", "sanitized"))
}

fn guarded_calls() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| build(cc(), &["-O2"], "guarded_calls", "plain"))
}

fn sanitized_guarded_calls() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| build(cc(), &SANITIZERS, "guarded_calls", "sanitized"))
}

/// Runs a simulation in a temporary folder of its own, which it must leave empty.
fn simulate(binary: &Path, arguments: &[&str]) -> Output {
    let folder = scratch(&format!("tmp{}", arguments.join("")));
    let said = output(Command::new(binary).args(arguments).env("TMPDIR", &folder));
    let left: Vec<_> = fs::read_dir(&folder).unwrap().collect();
    assert!(left.is_empty(), "{left:?}\n{}", printed(&said));
    said
}

/// Seeds for simulations, those after that of this test binary; none is the first or last that `--seed` takes.
fn seeds<const N: usize>() -> [String; N] {
    array::from_fn(|place| (seed() % (1 << 62) + 1 + place as u64).to_string())
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

/// The line of a summary that starts with `name`.
#[track_caller]
fn line<'a>(said: &'a str, name: &str) -> &'a str {
    let found = said.lines().find(|line| line.starts_with(name));
    found.unwrap_or_else(|| panic!("no line {name} in {said}"))
}

/// The whole numbers in it.
#[track_caller]
fn numbers(said: &str, name: &str) -> Vec<i64> {
    let words = line(said, name).split(|sign: char| !sign.is_ascii_digit());
    words.filter(|word| !word.is_empty()).map(|word| word.parse().unwrap()).collect()
}

/// The limit is reached exactly, every hold is accounted for, and what the killed held came back in time;
/// returns the number of kills at random, and of those at each point from reserve to settle.
#[track_caller]
fn ends_at_the_limit(binary: &Path, arguments: &[&str], limit: i64) -> (i64, Vec<i64>) {
    let output = simulate(binary, arguments);
    let said = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}\n{}", printed(&output));
    assert!(output.stderr.is_empty(), "{}", printed(&output));
    assert_eq!(numbers(said, "spent ")[0], limit, "{said}");
    assert_eq!(line(said, "limit "), "limit     reached exactly");
    let holds = numbers(said, "holds ");
    assert_eq!(holds[0], holds[1] + holds[2], "{said}");
    let books = numbers(said, "books ");
    assert_eq!(books[..3], [limit, 0, 0], "{said}");
    assert_eq!(numbers(said, "ends ")[3], 0, "{said}");
    let at_points = numbers(said, "points ");
    assert_eq!(at_points.len(), 8, "{said}");
    (numbers(said, "killed ")[0], at_points)
}

#[test]
fn processes_that_are_killed_spend_one_budget_to_the_unit() {
    if !has_sqlite("tests/simulations/shared_budget.c") {
        return;
    }
    let [first, second, third, sanitized] = &seeds();
    for seed in [first, second, third] {
        let (kills, at_points) = ends_at_the_limit(shared_budget(), &["--seed", seed], 10_000);
        assert!(kills >= 8, "only {kills} kills");
        assert!(at_points.iter().all(|kills| *kills > 0), "kills at points: {at_points:?}");
    }
    ends_at_the_limit(sanitized_shared_budget(), &["--seed", sanitized, "--limit", "2000"], 2000);
}

#[test]
fn any_limit_and_any_number_of_processes_will_do() {
    if !has_sqlite("tests/simulations/shared_budget.c with other limits") {
        return;
    }
    let [seed] = &seeds();
    for (limit, processes) in [(1, "16"), (7, "3"), (300, "1"), (1_000_000_000_000_000, "16")] {
        let options = ["--seed", seed, "--limit", &limit.to_string(), "--processes", processes];
        ends_at_the_limit(shared_budget(), &options, limit);
    }
}

#[test]
fn check_then_spend_overspends() {
    if !has_sqlite("tests/simulations/shared_budget.c --naive") {
        return;
    }
    let overspent = seeds::<5>().iter().any(|seed| {
        let output = simulate(shared_budget(), &["--naive", "--seed", seed]);
        let said = stdout(&output);
        let spent = numbers(said, "spent ")[0];
        assert!(spent >= 10_000, "{}", printed(&output));
        assert_eq!(output.status.code(), Some(i32::from(spent > 10_000)), "{}", printed(&output));
        assert_eq!(line(said, "limit ").contains("overspent by"), spent > 10_000, "{said}");
        spent > 10_000
    });
    assert!(overspent, "five runs without an overspend: this check checks nothing");
}

/// The columns of the timeline's lines: dependency, phase, calls, failed, slow, late and refused.
fn timeline(said: &str) -> Vec<(&str, &str, [i64; 5])> {
    let lines = said.lines().skip_while(|line| !line.trim_start().starts_with("from ")).skip(1);
    lines
        .take_while(|line| !line.is_empty())
        .map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let counts = [4, 5, 6, 7, 8].map(|word| words[word].parse().unwrap());
            (words[2], words[3], counts)
        })
        .collect()
}

#[test]
fn a_timeline_is_reproducible_and_adds_up() {
    let mut answers = Vec::new();
    let [first, second, third] = &seeds();
    for seed in ["0", first, second, third, "9223372036854775807"] {
        let arguments = ["--seed", seed, "--minutes", "20"];
        let output = simulate(sanitized_guarded_calls(), &arguments);
        assert_eq!(output.status.code(), Some(0), "{}", printed(&output));
        assert!(output.stderr.is_empty(), "{}", printed(&output));
        let plain = simulate(guarded_calls(), &arguments);
        assert_eq!(plain.stdout, output.stdout, "the same seed, other bytes");

        let said = stdout(&output);
        let lines = timeline(said);
        let sum = |column: usize| lines.iter().map(|(_, _, counts)| counts[column]).sum::<i64>();
        let wanted = numbers(said, "wanted ")[0];
        let refused = numbers(said, "refused ");
        let failures = numbers(said, "failures ");
        assert_eq!(numbers(said, "made ")[0], sum(0), "{said}");
        assert_eq!(failures[0], sum(1), "{said}");
        assert_eq!(numbers(said, "late reports ")[0], sum(3), "{said}");
        assert_eq!(refused[0], sum(4), "{said}");
        assert_eq!(sum(0) + sum(4), wanted, "{said}");
        assert_eq!(failures[1] - failures[0], failures[2], "{said}");
        assert_eq!(numbers(said, "trips ")[0], said.matches(": trip ").count() as i64, "{said}");
        let wasted = numbers(said, "seconds wasted ");
        assert!(wasted[0] < wasted[1] && failures[0] < failures[1], "{said}");
        for (_, phase, [calls, _, _, _, refused]) in lines {
            match phase {
                "open" => assert_eq!(calls, 0, "{said}"),
                "closed" => assert_eq!(refused, 0, "{said}"),
                _ => assert_eq!(phase, "half_open", "{said}"),
            }
        }
        // Without the heading, which names the seed.
        answers.push(said.split_once("  from ").unwrap().1.to_owned());
    }
    answers.sort();
    answers.dedup();
    assert_eq!(answers.len(), 5, "two seeds, the same timeline");
}

/// The default's five minutes were chosen for it; two hours show it with any seed.
#[test]
fn the_default_timeline_shows_all_there_is() {
    let [seed] = &seeds();
    shows_all_there_is(&[]);
    shows_all_there_is(&["--seed", seed, "--minutes", "120"]);
}

fn shows_all_there_is(arguments: &[&str]) {
    let output = simulate(guarded_calls(), arguments);
    for shown in [
        " down ",
        " hung ",
        " slow ",
        " flaky ",
        " failures in a row: trip 1, ",
        " failed: trip 1, ",
        " were slow: trip 1, ",
        "a probe failed or was slow: trip 2, ",
        "a probe took too long: trip 2, ",
        ": trip 3, ",
        "open time is over, probes may run",
        "probes succeeded: closed",
    ] {
        assert!(stdout(&output).contains(shown), "{shown:?} is not in {}", stdout(&output));
    }
}

/// A hundred thousand seeds of one story, where each core tells several.
const LONGEST: Duration = Duration::from_secs(3600);

const STORIES: [&str; 5] = ["ledger", "ledgers", "rate_limit", "breaker", "leases"];

/// Tells every story of the simulator at once, one in a process. A hundred thousand seeds take a quarter of an hour.
fn tell(binary: &Path, arguments: &[&str]) -> Vec<Output> {
    let tell = |story| output_within(LONGEST, Command::new(binary).args(arguments).arg(story));
    thread::scope(|scope| {
        let told = STORIES.map(|story| scope.spawn(move || tell(story)));
        told.into_iter().map(|told| told.join().unwrap()).collect()
    })
}

fn chaos() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| build(cc(), &["-O2"], "chaos", "plain"))
}

/// Every promise is checked at every step of ten thousand stories of each kind, each of 500 events; see
/// the head of chaos/world.h. The program fails too when something never occurred.
#[test]
fn promises_hold_whatever_is_lost_late_doubled_or_dies() {
    let seed = seed().to_string();
    let seeds = env::var("CLOUDCIRCUIT_SEEDS").unwrap_or_else(|_| either("2000", "10000").into());
    for said in tell(chaos(), &["--seed", &seed, "--seeds", &seeds]) {
        print!("{}", stdout(&said));
        assert!(said.status.success(), "SEED={seed}\n{}", printed(&said));
    }
    let sanitized = build(cc(), &SANITIZERS, "chaos", "sanitized");
    for said in tell(&sanitized, &["--seed", &seed, "--seeds", "500"]) {
        assert!(said.status.success() && said.stderr.is_empty(), "SEED={seed}\n{}", printed(&said));
    }
}

/// A store that ignores its condition breaks a promise in every kind of story, and a few events show how.
#[test]
fn writers_who_do_not_compare_break_promises_and_the_story_is_short() {
    let arguments = ["--careless", "--seed", &seed().to_string(), "--seeds", "100"];
    let again = tell(chaos(), &arguments);
    for (said, again) in tell(chaos(), &arguments).iter().zip(&again) {
        assert_eq!(stdout(said), stdout(again), "the same seed, another story");
        assert_eq!(said.status.code(), Some(1), "{}", printed(said));
        let events = numbers(stdout(said), "The shortest story, ")[0];
        assert!(events <= 40, "{}", printed(said));
        assert!(stdout(said).contains("\nRepeat: chaos --seed "), "{}", printed(said));
    }
}

/// What the simulator checks is promised word for word, by the header or, of leases, by SCALING.md.
#[test]
fn every_promise_is_a_sentence_of_the_header() {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let header = fs::read_to_string(path("include/cloudcircuit.h")).unwrap();
    let lines = header.lines().map(|line| line.trim_start().trim_start_matches('/'));
    let header = words(&lines.collect::<Vec<_>>().join("\n"));
    let scaling = words(&fs::read_to_string(path("docs/SCALING.md")).unwrap());
    let mut promises = 0;
    for file in fs::read_dir(path("tests/simulations/chaos")).unwrap() {
        let file = file.unwrap().path();
        let source = fs::read_to_string(&file).unwrap();
        let is_of_leases = file.ends_with("leases.c");
        for call in source.split("    promise(").skip(1) {
            let call = call.split(");\n").next().unwrap();
            let sentence: String = call.split('"').skip(1).step_by(2).collect();
            let sentence = words(&sentence);
            let is_promised =
                header.contains(&sentence) || is_of_leases && scaling.contains(&sentence);
            assert!(is_promised, "{}: nobody promises {sentence:?}", file.display());
            promises += 1;
        }
    }
    assert!(promises > 40, "only {promises} promises found");
}

/// Each story checks its promises at every step; see the head of regions.c.
#[test]
fn leases_across_regions_lose_no_more_than_they_promise() {
    let seed = seed().to_string();
    let stories = either("5", "25");
    let said =
        output(Command::new(build(cc(), &["-O2"], "regions", "plain")).args([&*seed, stories]));
    assert!(said.status.success(), "SEED={seed}\n{}", printed(&said));
    let row = |kind| -> Vec<&str> {
        let rows = stdout(&said).lines().filter(|line| line.starts_with(kind));
        rows.flat_map(|row| row.split_whitespace().rev().skip(1).take(2)).collect()
    };
    // Nothing was lost, and nothing spent over the limit, with any of the three sizes of a slice.
    assert_eq!(row("without end  "), ["0"; 6]);
    assert_eq!(row("booked ahead  "), ["0"; 6]);
    // Something did go wrong in the other stories, or they would show nothing.
    assert!(row("that end  ").iter().any(|lost| *lost != "0"), "{}", printed(&said));
    assert!(row("without end, failovers").iter().any(|lost| *lost != "0"), "{}", printed(&said));

    let sanitized = build(cc(), &SANITIZERS, "regions", "sanitized");
    let said = output(Command::new(sanitized).args([&*seed, "1"]));
    assert!(said.status.success() && said.stderr.is_empty(), "SEED={seed}\n{}", printed(&said));
}

#[test]
fn clang_compiles_them_without_a_warning() {
    if has_tool("clang", "simulations compiled by clang") {
        build(Command::new("clang"), &["-O2"], "guarded_calls", "clang");
        build(Command::new("clang"), &["-O2"], "chaos", "clang");
        if has_sqlite("tests/simulations/shared_budget.c compiled by clang") {
            let flags = [&["-O2"], &SQLITE[..]].concat();
            build(Command::new("clang"), &flags, "shared_budget", "clang");
        }
    }
}

#[test]
fn wrong_options_are_refused_and_help_names_the_right_ones() {
    let mut simulations = vec![
        (sanitized_guarded_calls(), &["--seed", "--minutes"][..]),
        (chaos(), &["--seed", "--seeds", "--tell", "--careless"]),
    ];
    if has_sqlite("options of tests/simulations/shared_budget.c") {
        simulations.push((
            sanitized_shared_budget(),
            &["--processes", "--limit", "--seed", "--naive"][..],
        ));
    }
    for (binary, options) in simulations {
        for wrong in
            [&["--nothing"][..], &["--seed"], &["--seed", "x"], &["--seed", "-1"], &["--seed", ""]]
        {
            let output = simulate(binary, wrong);
            assert_eq!(output.status.code(), Some(1), "{wrong:?}: {}", printed(&output));
            assert_eq!(stdout(&output), "");
            assert!(printed(&output).contains(wrong[0]), "{wrong:?}: {}", printed(&output));
        }
        let help = simulate(binary, &["--help"]);
        assert_eq!(help.status.code(), Some(0), "{}", printed(&help));
        for option in options.iter().chain(&["--help", "Exit status"]) {
            assert!(stdout(&help).contains(option), "{option} is not in {}", stdout(&help));
        }
    }
}
