//! The golden cases, which every host of the library must answer alike; the file explains its format.

use cloudcircuit::*;
use std::{collections::HashMap, fmt::Display, fs, str::FromStr};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/cases.txt");

#[test]
fn every_case_is_answered_bit_for_bit() {
    let mut reader = Reader::default();
    let mut seen: HashMap<String, usize> = HashMap::new();
    for line in fs::read_to_string(FILE).unwrap().lines() {
        if line.starts_with('#') {
            continue;
        }
        let (call, answer) = line.split_once(" => ").unwrap_or((line, ""));
        let mut words = call.split(' ');
        let kind = words.next().unwrap();
        let line = Line { line, words: words.collect(), answer: answer.split(' ').collect() };
        reader.read(kind, &line);
        *seen.entry(kind.to_owned()).or_default() += 1;
    }
    for (kind, least) in [("budget", 140), ("budget_i64", 140), ("spike", 70), ("guard", 60)] {
        assert!(seen[kind] >= least, "{} lines of kind {kind} are too few", seen[kind]);
    }
}

/// A line: the words of the call and of the answer.
struct Line<'a> {
    line: &'a str,
    words: Vec<&'a str>,
    answer: Vec<&'a str>,
}

/// A number of an answer.
enum Number {
    Double(f64),
    Integer(i128),
}

macro_rules! numbers {
    ($($kind:ty),*) => {
        $(impl From<$kind> for Number {
            fn from(number: $kind) -> Self {
                Number::Integer(number.into())
            }
        })*
    };
}
numbers!(i32, u32, i64, u64);

impl From<f64> for Number {
    fn from(number: f64) -> Self {
        Number::Double(number)
    }
}

/// Fields of an answer, in order.
macro_rules! fields {
    ($answer:expr; $($field:ident),*) => {{
        let answer = &$answer;
        [$(Number::from(answer.$field)),*]
    }};
}

impl Line<'_> {
    fn word<T: FromStr>(&self, index: usize) -> T {
        read(self.words[index], self.line)
    }

    /// The words from one on, as numbers.
    fn rest<T: FromStr>(&self, index: usize) -> Vec<T> {
        self.words[index..]
            .iter()
            .filter(|word| !word.is_empty())
            .map(|word| read(word, self.line))
            .collect()
    }

    /// Compares a status and the numbers of a result with the line, doubles to the last bit.
    fn expects<T>(&self, answer: Result<T>, numbers: impl IntoIterator<Item = Number>) {
        let status = answer.err().map_or("OK", |e| e.name().trim_start_matches("CLOUDCIRCUIT_"));
        assert_eq!(self.answer[0], status, "{}", self.line);
        let numbers: Vec<Number> = numbers.into_iter().collect();
        assert_eq!(self.answer.len() - 1, numbers.len(), "{}", self.line);
        for (index, (number, word)) in numbers.iter().zip(&self.answer[1..]).enumerate() {
            let same = match number {
                Number::Double(it) => it.to_bits() == read::<f64>(word, self.line).to_bits(),
                Number::Integer(it) => *it == read::<i128>(word, self.line),
            };
            assert!(same, "{}: number {} is {}", self.line, index + 1, shown(number));
        }
    }
}

fn read<T: FromStr>(word: &str, line: &str) -> T {
    word.parse().unwrap_or_else(|_| panic!("{word} in {line}"))
}

fn shown(number: &Number) -> String {
    let number: &dyn Display = match number {
        Number::Double(number) => number,
        Number::Integer(number) => number,
    };
    number.to_string()
}

/// What lines on states leave behind for the lines after them.
#[derive(Default)]
struct Reader {
    ledger_config: LedgerConfig,
    ledger: Option<Ledger>,
    holds: HashMap<String, LedgerHold>,
    rate_config: Option<RateLimitConfig>,
    rate: Option<RateLimit>,
    breaker_config: BreakerConfig,
    breaker: Option<Breaker>,
    permits: HashMap<String, BreakerPermit>,
    detect_config: DetectConfig,
    tracker: Option<SpikeTracker>,
}

impl Reader {
    fn read(&mut self, kind: &str, line: &Line) {
        match kind {
            "budget" => budget(line),
            "budget_i64" => budget_i64(line),
            "spike" => spike(line),
            "spike_i64" => spike_i64(line),
            "breaker" => counters(line),
            "guard" => guard(line),
            "money_from_double" => {
                let minor = money_from_double(line.word(0), line.word(1));
                line.expects(minor, [minor.unwrap_or(0).into()]);
            }
            "money_to_double" => {
                let amount = money_to_double(line.word(0), line.word(1));
                line.expects(amount, [amount.unwrap_or(0.0).into()]);
            }
            "forecast" => forecast(line),
            _ if kind.starts_with("detect") => self.detect(kind, line),
            _ if kind.starts_with("ledger_") => self.ledger(kind, line),
            _ if kind.starts_with("rate_") => self.rate(kind, line),
            _ if kind.starts_with("breaker_") => self.breaker(kind, line),
            _ => panic!("no test for a line of kind {kind}: {}", line.line),
        }
    }

    fn ledger(&mut self, kind: &str, line: &Line) {
        let config = Some(&self.ledger_config);
        if kind == "ledger_config" {
            self.ledger_config = ledger_config(line);
            return;
        } else if kind == "ledger_init" {
            let ledger = Ledger::init(line.word(0), line.word(1), line.word(2));
            self.ledger = ledger.as_ref().ok().cloned();
            self.holds.clear();
            return line.expects(ledger, []);
        }
        let ledger = self.ledger.as_mut().unwrap();
        if kind == "ledger_reset" {
            return line.expects(ledger.reset(line.word(0), line.word(1)), []);
        }
        let mut of_hold = |call: OfHold| {
            let hold = self.holds.get_mut(line.words[0]).unwrap();
            call(&mut *ledger, config, hold, line.word(1), line.word(2))
        };
        let answer = match kind {
            "ledger_extend" => of_hold(Ledger::extend),
            "ledger_post" => of_hold(Ledger::post),
            "ledger_settle" => of_hold(Ledger::settle),
            "ledger_release" => {
                let hold = self.holds.get_mut(line.words[0]).unwrap();
                ledger.release(config, hold, line.word(1))
            }
            "ledger_reserve" => {
                let answer = ledger.reserve(config, line.word(1), line.word(2));
                let hold = answer.map_or(LedgerHold::default(), |(hold, _)| hold);
                self.holds.insert(line.words[0].to_owned(), hold);
                answer.map(|(_, decision)| decision)
            }
            "ledger_record" => ledger.record(config, line.word(0), line.word(1)),
            "ledger_roll" => ledger.roll(config, line.word(0), line.word(1)),
            _ => panic!("no test for a line of kind {kind}: {}", line.line),
        };
        let numbers = fields![answer.unwrap_or_default(); settled, held, available, overshoot, expired, reason,
            allowed, would_refuse, clock_regressed, crossed, newly_crossed];
        line.expects(answer, numbers);
        same_encoded(ledger.encode(), |bytes| Ledger::decode(bytes).as_ref() == Ok(&*ledger));
    }

    fn rate(&mut self, kind: &str, line: &Line) {
        if kind == "rate_config" {
            let config = RateLimitConfig::new(line.word(0), line.word(1));
            self.rate_config = Some(RateLimitConfig { mode: line.word(2), ..config });
            return;
        } else if kind == "rate_init" {
            self.rate = Some(RateLimit::init(line.word(0)));
            return line.expects(Ok(()), []);
        }
        let (rate, config) = (self.rate.as_mut().unwrap(), self.rate_config.as_ref().unwrap());
        let answer = match kind {
            "rate_reset" => return line.expects(rate.reset(line.word(0)), []),
            "rate_acquire" => rate.acquire(config, line.word(0), line.word(1)),
            "rate_adjust" => rate.adjust(config, line.word(0), line.word(1), line.word(2)),
            _ => panic!("no test for a line of kind {kind}: {}", line.line),
        };
        let numbers = fields![answer.unwrap_or_default(); used, available, retry_after, taken_at, reason, allowed,
            would_refuse, clock_regressed];
        line.expects(answer, numbers);
        same_encoded(rate.encode(), |bytes| RateLimit::decode(bytes).as_ref() == Ok(&*rate));
    }

    fn breaker(&mut self, kind: &str, line: &Line) {
        if kind == "breaker_config" {
            self.breaker_config = breaker_config(line);
            return;
        } else if kind == "breaker_init" {
            self.breaker = Some(Breaker::init(line.word(0)));
            self.permits.clear();
            return line.expects(Ok(()), []);
        }
        let (breaker, config) = (self.breaker.as_mut().unwrap(), Some(&self.breaker_config));
        let asked = match kind {
            "breaker_acquire" => Some(breaker.acquire(config, line.word(1))),
            "breaker_peek" => Some(breaker.peek(config, line.word(1))),
            _ => None,
        };
        if let Some(answer) = asked {
            let permit = answer.unwrap_or_default();
            self.permits.insert(line.words[0].to_owned(), permit);
            let numbers = fields![permit; generation, retry_after, deadline, phase, allowed, would_refuse, probe_slot,
                clock_regressed];
            return line.expects(answer, numbers);
        }
        let answer = match kind {
            "breaker_report" => {
                let retry_at = Some(line.word(3)).filter(|at| *at != i64::MIN);
                let permit = &self.permits[line.words[0]];
                let (outcome, duration, now) = (line.word(1), line.word(2), line.word(4));
                breaker.report(config, permit, outcome, duration, retry_at, now)
            }
            "breaker_force" => breaker.force(line.word(0), line.word(1), line.word(2)),
            "breaker_reset" => breaker.reset(line.word(0)),
            _ => panic!("no test for a line of kind {kind}: {}", line.line),
        };
        line.expects(answer, fields![breaker.state(); phase, revision]);
        same_encoded(breaker.encode(), |bytes| Breaker::decode(bytes).as_ref() == Ok(&*breaker));
    }
}

impl Reader {
    fn detect(&mut self, kind: &str, line: &Line) {
        let config = Some(&self.detect_config);
        match kind {
            "detect_config" => {
                self.detect_config = DetectConfig {
                    season_length: line.word(0),
                    window: line.word(1),
                    lag_points: line.word(2),
                    negative_points: line.word(3),
                    score_threshold: line.word(4),
                    min_impact: line.word(5),
                    min_relative_impact: line.word(6),
                    min_baseline: line.word(7),
                    start_time: line.word(8),
                    step: line.word(9),
                };
            }
            "detect" => finding(line, detect_spike(&line.rest::<f64>(0), config)),
            "detect_init" => {
                let tracker = SpikeTracker::init(config);
                self.tracker = tracker.as_ref().ok().cloned();
                line.expects(tracker, []);
            }
            "detect_update" => {
                let tracker = self.tracker.as_mut().unwrap();
                finding(line, tracker.update(line.word(0)));
                same_encoded(tracker.encode(), |bytes| {
                    SpikeTracker::decode(bytes).as_ref() == Ok(&*tracker)
                });
            }
            "detect_scan" => {
                let series: Vec<f64> = line.rest(0);
                let (mut flags, mut expected, mut upper) =
                    (vec![0; series.len()], vec![0.0; series.len()], vec![0.0; series.len()]);
                let answer =
                    scan_spikes(&series, config, &mut flags, Some(&mut expected), Some(&mut upper));
                let numbers: Vec<Number> = (0..series.len())
                    .flat_map(|i| [u32::from(flags[i]).into(), expected[i].into(), upper[i].into()])
                    .collect();
                line.expects(answer, numbers);
            }
            _ => panic!("no test for a line of kind {kind}: {}", line.line),
        }
    }
}

fn finding(line: &Line, answer: Result<DetectResult>) {
    let refused = DetectResult {
        latest_spend: 0.0,
        expected_spend: 0.0,
        upper_bound: 0.0,
        excess: 0.0,
        score: 0.0,
        leak_score: 0.0,
        drop_score: 0.0,
        points_used: 0,
        verdict: VERDICT_SPIKE,
        reason: DETECT_REASON_REFUSED,
        is_leak: 1,
        is_drop: 1,
        reserved: 0,
    };
    let numbers = fields![answer.unwrap_or(refused); latest_spend, expected_spend, upper_bound, excess, score,
        leak_score, drop_score, points_used, verdict, reason, is_leak, is_drop];
    line.expects(answer, numbers);
}

fn forecast(line: &Line) {
    let config = ForecastConfig {
        season_length: line.word(0),
        lag_points: line.word(1),
        negative_points: line.word(2),
        start_time: line.word(3),
        step: line.word(4),
        ..ForecastConfig::default()
    };
    let points = |word: &str| -> Vec<f64> {
        word.split(',').filter(|word| *word != "-").map(|word| word.parse().unwrap()).collect()
    };
    let (history, period) = (points(line.words[7]), points(line.words[8]));
    let answer = forecast_budget(&history, &period, line.word(5), line.word(6), Some(&config));
    let refused = ForecastResult {
        spend_to_date: 0.0,
        forecast_spend: 0.0,
        lower_bound: 0.0,
        upper_bound: 0.0,
        forecast_ratio: 0.0,
        burn_rate: 0.0,
        exhaustion_point: 0,
        is_forecast_breached: 1,
        verdict: VERDICT_INSUFFICIENT_DATA,
    };
    let numbers = fields![answer.unwrap_or(refused); spend_to_date, forecast_spend, lower_bound, upper_bound,
        forecast_ratio, burn_rate, exhaustion_point, is_forecast_breached, verdict];
    line.expects(answer, numbers);
}

/// A call on a ledger with one of its holds.
type OfHold =
    fn(&mut Ledger, Option<&LedgerConfig>, &mut LedgerHold, i64, i64) -> Result<LedgerDecision>;

/// A state survives its encoded form.
fn same_encoded<const N: usize>(bytes: Result<[u8; N]>, is_same: impl FnOnce(&[u8]) -> bool) {
    assert!(is_same(&bytes.unwrap()));
}

/// A flag, and when it is set.
type Bit<T> = (u32, fn(&T) -> bool);

/// The flags of a result: a bit for each truth, and that of an error, which sets them all.
fn flags<T>(answer: &Result<T>, bits: &[Bit<T>]) -> u32 {
    let is_set = |test: fn(&T) -> bool| answer.as_ref().map_or(true, test);
    let flags: u32 = bits.iter().filter(|(_, test)| is_set(*test)).map(|(bit, _)| bit).sum();
    flags | if answer.is_err() { FLAG_INVALID } else { 0 }
}

fn budget(line: &Line) {
    let (spend, limit, warning_ratio) = (line.word(0), line.word(1), line.word(2));
    let config = BudgetConfig { warning_ratio };
    let answer = check_budget(spend, limit, Some(&config));
    let bits: [Bit<BudgetResult>; 2] =
        [(FLAG_WARNING, BudgetResult::is_warning), (FLAG_BREACHED, BudgetResult::is_breached)];
    let flags = flags(&answer, &bits);
    assert_eq!(budget_flags(spend, limit, warning_ratio), flags, "{}", line.line);

    let (mut row, mut usage) = ([0], [0.0]);
    let counted =
        check_budget_columns(&[spend], &[limit], Some(&config), &mut row, Some(&mut usage));
    assert_eq!(row.map(u32::from), [flags], "{}", line.line);
    assert!(answer.is_ok() || counted != Ok(0), "{}", line.line);

    // What C hosts see after an error.
    let refused = BudgetResult {
        current_spend: 0.0,
        budget_limit: 0.0,
        usage_ratio: 0.0,
        remaining_budget: 0.0,
        is_warning: 1,
        is_breached: 1,
    };
    let result = answer.unwrap_or(refused);
    assert_eq!(usage, [result.usage_ratio], "{}", line.line);
    line.expects(answer, fields![result; usage_ratio, remaining_budget, is_warning, is_breached]);
}

fn budget_i64(line: &Line) {
    let (spend, limit, warning_ppm) = (line.word(0), line.word(1), line.word(2));
    let config = BudgetConfigI64 { warning_ppm, reserved: 0 };
    let answer = check_budget_i64(spend, limit, Some(&config));
    let bits: [Bit<BudgetResultI64>; 2] = [
        (FLAG_WARNING, BudgetResultI64::is_warning),
        (FLAG_BREACHED, BudgetResultI64::is_breached),
    ];
    let flags = flags(&answer, &bits);
    assert_eq!(budget_flags_i64(spend, limit, warning_ppm), flags, "{}", line.line);
    let mut row = [0];
    let _ = check_budget_columns_i64(&[spend], &[limit], Some(&config), &mut row, None);
    assert_eq!(row.map(u32::from), [flags], "{}", line.line);
    let refused = BudgetResultI64 {
        current_spend: 0,
        budget_limit: 0,
        remaining_budget: 0,
        usage_ppm: 0,
        is_warning: 1,
        is_breached: 1,
    };
    let result = answer.unwrap_or(refused);
    line.expects(answer, fields![result; usage_ppm, remaining_budget, is_warning, is_breached]);
}

fn spike(line: &Line) {
    let config = SpikeConfig { spike_multiplier: line.word(0), min_baseline: line.word(1) };
    let series: Vec<f64> = line.rest(2);
    let answer = check_anomaly_spike(&series, Some(&config));
    let flags = flags(&answer, &[(FLAG_SPIKE, SpikeResult::is_spike)]);
    let asked = spike_flags(&series, config.spike_multiplier, config.min_baseline);
    assert_eq!(asked, flags, "{}", line.line);
    let (mut row, offsets) = ([0], [0, series.len() as i64]);
    let _ = check_anomaly_spike_columns(&series, &offsets, Some(&config), &mut row, None);
    assert_eq!(row.map(u32::from), [flags], "{}", line.line);
    let refused = SpikeResult {
        latest_spend: 0.0,
        baseline_mean: 0.0,
        threshold: 0.0,
        is_spike: 1,
        points_used: 0,
    };
    let result = answer.unwrap_or(refused);
    line.expects(answer, fields![result; latest_spend, baseline_mean, threshold, is_spike]);
}

fn spike_i64(line: &Line) {
    let (spike_multiplier_ppm, min_baseline) = (line.word(0), line.word(1));
    let config = SpikeConfigI64 { spike_multiplier_ppm, reserved: 0, min_baseline };
    let answer = check_anomaly_spike_i64(&line.rest::<i64>(2), Some(&config));
    let refused = SpikeResultI64 {
        latest_spend: 0,
        baseline_mean: 0,
        threshold: 0,
        is_spike: 1,
        points_used: 0,
    };
    let result = answer.unwrap_or(refused);
    line.expects(answer, fields![result; latest_spend, baseline_mean, threshold, is_spike]);
}

fn counters(line: &Line) {
    let counters = BreakerCounters {
        consecutive_failures: line.word(0),
        failure_threshold: line.word(1),
        cooldown_steps_remaining: line.word(2),
    };
    let answer = evaluate_circuit_breaker(&counters);
    let asked = breaker_flags(line.word(0), line.word(1), line.word(2));
    assert_eq!(asked, flags(&answer, &[(FLAG_OPEN, BreakerDecision::is_open)]), "{}", line.line);
    let refused = BreakerDecision { is_open: 1, ..BreakerDecision::default() };
    let numbers = fields![answer.unwrap_or(refused); retry_after_steps, is_open, allow_operation];
    line.expects(answer, numbers);
}

/// The numbers of a word such as 7,1,0; none for -.
fn list<T: FromStr>(word: &str, line: &str) -> Vec<T> {
    if word == "-" {
        return Vec::new();
    }
    word.split(',').map(|number| read(number, line)).collect()
}

fn guard(line: &Line) {
    let (policy, signals) = line.words.split_last().unwrap();
    let signals = signals.iter().map(|word| {
        let [kind, status, reasons, monitor_reasons, retry_after] =
            list::<i64>(word, line.line).try_into().unwrap();
        Signal {
            kind: kind.try_into().unwrap(),
            status: status.try_into().unwrap(),
            reasons: reasons.try_into().unwrap(),
            monitor_reasons: monitor_reasons.try_into().unwrap(),
            retry_after,
        }
    });
    let signals: Vec<Signal> = signals.collect();
    let policy = <[i64; 13]>::try_from(list(policy, line.line)).ok().map(policy_of);
    let answer = evaluate_guard(&signals, policy.as_ref());
    let numbers = fields![answer.unwrap_or_default(); action, monitor_action, reasons, monitor_reasons, kinds,
        retry_after];
    line.expects(answer, numbers);
}

fn policy_of(fields: [i64; 13]) -> GuardPolicy {
    let [actions @ .., required, monitor] = fields;
    let [
        on_warning,
        on_breach,
        on_spike,
        on_leak,
        on_open,
        on_over_limit,
        on_rate,
        on_forecast,
        on_insufficient,
        on_error,
        on_missing,
    ] = actions.map(|action| i32::try_from(action).unwrap());
    let [required, monitor] = [required, monitor].map(|bits| u32::try_from(bits).unwrap());
    GuardPolicy {
        on_warning,
        on_breach,
        on_spike,
        on_leak,
        on_open,
        on_over_limit,
        on_rate,
        on_forecast,
        on_insufficient,
        on_error,
        on_missing,
        required,
        monitor,
    }
}

fn ledger_config(line: &Line) -> LedgerConfig {
    let listed: Vec<i64> = list(line.words[4], line.line);
    let mut thresholds = [0; 8];
    let stored = listed.len().min(thresholds.len());
    thresholds[..stored].copy_from_slice(&listed[..stored]);
    LedgerConfig {
        limit: line.word(0),
        carry_max: line.word(1),
        debt_max: line.word(2),
        hold_duration: line.word(3),
        thresholds,
        threshold_count: listed.len() as u32,
        threshold_unit: line.word(5),
        threshold_basis: line.word(6),
        mode: line.word(7),
    }
}

fn breaker_config(line: &Line) -> BreakerConfig {
    BreakerConfig {
        failure_threshold: line.word(0),
        failure_count: line.word(1),
        window_size: line.word(2),
        minimum_calls: line.word(3),
        failure_rate_ppm: line.word(4),
        slow_call_rate_ppm: line.word(5),
        half_open_max_probes: line.word(6),
        half_open_calls: line.word(7),
        half_open_failure_rate_ppm: line.word(8),
        backoff_ppm: line.word(9),
        jitter_ppm: line.word(10),
        mode: line.word(11),
        jitter_seed: line.word(12),
        window_duration: line.word(13),
        slow_call_duration: line.word(14),
        open_duration: line.word(15),
        max_open_duration: line.word(16),
        probe_timeout: line.word(17),
        half_open_duration: line.word(18),
        trips_decay: line.word(19),
        max_retry_after: line.word(20),
        ramp_duration: line.word(21),
    }
}
