//! Replays daily spend against a monthly budget of 3000: what would have been said, and when.
//!
//! In bindings/rust/tests/program: cargo run --example replay ../../../../examples/data/daily_spend.csv

use cloudcircuit::{
    DetectConfig, Ledger, LedgerConfig, SpikeTracker, VERDICT_SPIKE, forecast_budget,
    money_from_double, money_to_double,
};
use std::{collections::BTreeMap, env, error::Error, fs};

const LIMIT: f64 = 3000.0;
const PLACES: u32 = 6; // amounts are exact, in millionths

struct Day {
    date: String,
    year: i64,
    month: i64,
    /// Of the month.
    day: i64,
    amount: f64,
}

impl Day {
    fn parse(date: &str, amount: &str) -> Result<Day, Box<dyn Error>> {
        let numbers: Result<Vec<i64>, _> = date.split('-').map(str::parse).collect();
        let [year, month, day] = numbers?[..] else {
            return Err(format!("no date: {date}").into());
        };
        Ok(Day { date: date.to_owned(), year, month, day, amount: amount.parse()? })
    }

    fn period(&self) -> i64 {
        12 * self.year + self.month
    }

    /// Seconds since 1970.
    fn time(&self) -> i64 {
        let years: i64 = (1970..self.year).map(|year| 337 + days_in_month(year, 2)).sum();
        let months: i64 = (1..self.month).map(|month| days_in_month(self.year, month)).sum();
        86400 * (years + months + self.day - 1)
    }
}

fn days_in_month(year: i64, month: i64) -> i64 {
    let is_leap = year % 4 == 0 && year % 100 != 0 || year % 400 == 0;
    if month == 2 { 28 + i64::from(is_leap) } else { 30 + (month + month / 8) % 2 }
}

/// Judges each day of a group with what was known on that day.
fn replay(group: &str, days: &[Day]) -> Result<(), cloudcircuit::Error> {
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return Ok(()) };
    let limit = money_from_double(LIMIT, PLACES)?;
    let mut budget = LedgerConfig { limit, threshold_count: 2, ..LedgerConfig::default() };
    budget.thresholds[..2].copy_from_slice(&[900_000, 1_000_000]);
    let mut ledger = Ledger::init(1, first.period(), 0)?;
    let start_time = first.time();
    let detection = DetectConfig { start_time, min_impact: 5.0, ..DetectConfig::default() };
    let mut tracker = SpikeTracker::init(Some(&detection))?;
    let (mut charges, mut was_leak) = (Vec::new(), false);
    for (now, day) in (0..).zip(days) {
        let say = |what: String| println!("{} {group} {what}", day.date);
        ledger.roll(Some(&budget), day.period(), now)?;
        let amount = money_from_double(day.amount, PLACES)?;
        let spent = ledger.record(Some(&budget), amount, now)?;
        if spent.newly_crossed != 0 {
            let is_all = spent.newly_crossed & 0b10 != 0;
            let share = if is_all { "the budget" } else { "90 % of the budget" };
            say(format!("spent {:.2}, {share}", money_to_double(spent.settled, PLACES)?));
        }
        let charge = day.amount.max(0.0); // on a day with more credits than charges nothing was spent
        charges.push(charge);
        let found = tracker.update(charge)?;
        if found.verdict == VERDICT_SPIKE {
            say(format!("spike of {:.2}, expected {:.2}", charge, found.expected_spend));
        }
        if found.is_leak() && !was_leak {
            say("leak, spend creeps up".to_owned());
        }
        was_leak = found.is_leak();
    }
    let passed = charges.len().min(last.day as usize); // of the month
    let left = (days_in_month(last.year, last.month) - last.day) as usize;
    let (history, period) = charges.split_at(charges.len() - passed);
    let month = forecast_budget(history, period, passed + left, LIMIT, None)?;
    if month.is_forecast_breached() {
        let spend = month.forecast_spend;
        println!("{} {group} forecast {spend:.2} for the month, above the budget", last.date);
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let file = env::args().nth(1).ok_or("no table to read")?;
    let mut groups: BTreeMap<String, Vec<Day>> = BTreeMap::new();
    for line in fs::read_to_string(file)?.lines().skip(1) {
        let [date, group, amount] = line.split(',').collect::<Vec<_>>()[..] else {
            return Err(format!("no row of day, group and amount: {line}").into());
        };
        groups.entry(group.to_owned()).or_default().push(Day::parse(date, amount)?);
    }
    for (group, days) in &groups {
        replay(if group.is_empty() { "(none)" } else { group }, days)?;
    }
    Ok(())
}
