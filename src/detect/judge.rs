//! Is a point far above what its series usually does at that time?

use crate::{
    detect::baseline::Expectation,
    detect::history::{Baseline, Large, SMALL_WINDOW, Small},
    detect::settings::Plan,
    error::Error,
    forecast::check::{VERDICT_INSUFFICIENT_DATA, VERDICT_NORMAL},
    numeric::amount::checked_amount,
    numeric::order_stats::{larger, smaller},
    numeric::unaligned::Unaligned,
};

/// The point judged is a spike.
pub const VERDICT_SPIKE: i32 = 2;

/// The start_time of a series whose dates are not known.
pub const TIME_UNKNOWN: i64 = i64::MIN;

/// Robust deviations above the expected spend that make a spike, when the host sets none.
pub const DEFAULT_SCORE_THRESHOLD: f64 = 4.5;
/// The excess as a share of the expected spend below which nothing is a spike, when the host sets
/// none.
pub const DEFAULT_MIN_RELATIVE_IMPACT: f64 = 0.1;
/// The least that the expected spend is taken as, when the host sets none.
pub const DEFAULT_DETECT_MIN_BASELINE: f64 = 0.01;
/// Seconds between points, when the host sets none: a day.
pub const DEFAULT_STEP: i64 = 86400;

/// The most points that a season may have: the hours of ten days.
pub const MAX_SEASON_LENGTH: u32 = 240;
/// The fewest points that a window may have.
pub const MIN_DETECT_WINDOW: u32 = 14;
/// The most points that a window may have: the hours of twenty days.
pub const MAX_DETECT_WINDOW: u32 = 480;
/// The most points that a bill may need to fill up.
pub const MAX_LAG_POINTS: u32 = 480;

/// The call was refused, so no reason was reached.
pub const DETECT_REASON_REFUSED: i32 = 0;
/// Normal: the score is not above the score_threshold.
pub const DETECT_REASON_SCORE: i32 = 1;
/// A spike: the point alone is above the score_threshold.
pub const DETECT_REASON_ONE_POINT: i32 = 2;
/// A spike: two points in a row are above 1 / 1.4 of the score_threshold.
pub const DETECT_REASON_TWO_POINTS: i32 = 3;
/// A spike: three points in a row are above 1 / 2.2 of the score_threshold.
pub const DETECT_REASON_THREE_POINTS: i32 = 4;
/// Normal: the score is above the score_threshold, but the excess is below min_impact.
pub const DETECT_REASON_MIN_IMPACT: i32 = 5;
/// Normal: the score is above the score_threshold, but the excess is below min_relative_impact.
pub const DETECT_REASON_MIN_RELATIVE_IMPACT: i32 = 6;
/// Insufficient data: too few points came before.
pub const DETECT_REASON_HISTORY: i32 = 7;
/// Insufficient data: the point to judge is missing.
pub const DETECT_REASON_MISSING: i32 = 8;

/// What two and three points in a row count for.
const TWO_POINTS: f64 = 1.4;
const THREE_POINTS: f64 = 2.2;
/// Deviations that the lowest point of a season must be lifted by for a slow leak.
const LEAK: f64 = 1.0;

/// Settings of cloudcircuit_detect_spike and cloudcircuit_scan_spikes. 64 bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub struct DetectConfig {
    /// Points after which spend repeats its pattern: 1 for none, at most
    /// CLOUDCIRCUIT_MAX_SEASON_LENGTH. 0, the default, goes by step: the weekday for days, the hour
    /// and whether it is a weekend for hours, else none.
    pub season_length: u32,
    /// Points looked back at, twice (for what to expect, and for how far points strayed from it):
    /// CLOUDCIRCUIT_MIN_DETECT_WINDOW to CLOUDCIRCUIT_MAX_DETECT_WINDOW and at least two seasons.
    /// 0, the default, is 98 for seasons of up to 14 points, else 336 or two seasons.
    pub window: u32,
    /// Judges the point this many before the last, for bills that fill up late; at most
    /// CLOUDCIRCUIT_MAX_LAG_POINTS, default 0. Later points are not looked at.
    pub lag_points: u32,
    /// Always 0.
    pub reserved: u32,
    /// Robust deviations above the expected spend that make a spike; finite and > 0.
    pub score_threshold: f64,
    /// The excess in money below which nothing is a spike or a leak; finite and >= 0, default 0.
    pub min_impact: f64,
    /// The excess, as a share of the expected or usual spend, whichever is larger, below which
    /// nothing is a spike; finite and >= 0.
    pub min_relative_impact: f64,
    /// The expected spend is taken as at least this, so that pennies on top of nothing are no
    /// spike; finite and >= 0, in the unit of the series. With 0 any spend after nothing at all is
    /// one.
    pub min_baseline: f64,
    /// The first point's time in seconds since 1970-01-01 in the bill's own calendar, up to 2^53
    /// either way, or CLOUDCIRCUIT_TIME_UNKNOWN, the default. Without it there are no weekends for
    /// hours, and charges at the start of each month look like spikes.
    pub start_time: i64,
    /// Seconds between points, 1 to 2^31.
    pub step: i64,
}

impl DetectConfig {
    /// No settings.
    pub(crate) const NONE: Self = Self {
        season_length: 0,
        window: 0,
        lag_points: 0,
        reserved: 0,
        score_threshold: 0.0,
        min_impact: 0.0,
        min_relative_impact: 0.0,
        min_baseline: 0.0,
        start_time: 0,
        step: 0,
    };
}

impl Default for DetectConfig {
    fn default() -> Self {
        Self {
            score_threshold: DEFAULT_SCORE_THRESHOLD,
            min_relative_impact: DEFAULT_MIN_RELATIVE_IMPACT,
            min_baseline: DEFAULT_DETECT_MIN_BASELINE,
            start_time: TIME_UNKNOWN,
            step: DEFAULT_STEP,
            ..Self::NONE
        }
    }
}

/// What cloudcircuit_detect_spike found. 64 bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub struct DetectResult {
    /// The point judged; 0 when it is missing.
    pub latest_spend: f64,
    /// What was to be expected of it; 0, like the amounts and scores below, when there is too little data.
    pub expected_spend: f64,
    /// Spend above this is a spike (to within rounding).
    pub upper_bound: f64,
    /// latest_spend - expected_spend; below 0 when less was spent.
    pub excess: f64,
    /// The excess in robust deviations, two or three high points in a row counting for more. The
    /// verdict compares it with the score_threshold.
    pub score: f64,
    /// How far the whole last season lies above the line through those before, in robust
    /// deviations of a point; above 1 is a leak. 0 when it does not lie above, or there is no such line.
    pub leak_score: f64,
    /// Earlier points whose deviations the scale was measured on.
    pub points_used: u32,
    /// CLOUDCIRCUIT_VERDICT_NORMAL, _SPIKE or _INSUFFICIENT_DATA.
    pub verdict: i32,
    /// What decided: a CLOUDCIRCUIT_DETECT_REASON constant.
    pub reason: i32,
    /// 1 when spend has crept up for a season and more, else 0; a finding beside the verdict.
    pub is_leak: u32,
}

impl DetectResult {
    pub(crate) const REFUSED: Self = Self {
        latest_spend: 0.0,
        expected_spend: 0.0,
        upper_bound: 0.0,
        excess: 0.0,
        score: 0.0,
        leak_score: 0.0,
        points_used: 0,
        verdict: VERDICT_SPIKE,
        reason: DETECT_REASON_REFUSED,
        is_leak: 1,
    };

    pub(crate) fn insufficient(spend: f64, points_used: u32) -> Self {
        Self {
            latest_spend: if spend.is_nan() { 0.0 } else { spend },
            points_used,
            verdict: VERDICT_INSUFFICIENT_DATA,
            reason: if spend.is_nan() { DETECT_REASON_MISSING } else { DETECT_REASON_HISTORY },
            is_leak: 0,
            ..Self::REFUSED
        }
    }
}

/// An amount, or NaN for a missing point.
pub(crate) fn point(value: f64) -> Result<f64, Error> {
    if value.is_nan() { Ok(f64::NAN) } else { checked_amount(value).ok_or(Error::DetectPoint) }
}

pub(crate) fn detect(
    series: &[Unaligned<f64>],
    config: &DetectConfig,
) -> Result<DetectResult, Error> {
    let plan = Plan::new(config)?;
    for value in series {
        point(value.get())?;
    }
    let settled = series.len().saturating_sub(plan.lag_points);
    // What lies further back cannot change the answer.
    let past = plan.cut_reach() + plan.window;
    let skipped = settled.saturating_sub(past + 1);
    let reach = if skipped > 0 { plan.cut_reach() as u64 } else { 0 };
    let seen = series.get(skipped..settled).unwrap_or(&[]);
    let plan = plan.skip(skipped);
    Ok(if plan.window <= SMALL_WINDOW {
        judge_last(Small::new().baseline(reach), &plan, seen)
    } else {
        judge_last(Large::new().baseline(reach), &plan, seen)
    })
}

fn judge_last(mut baseline: Baseline, plan: &Plan, series: &[Unaligned<f64>]) -> DetectResult {
    let Some((latest, history)) = series.split_last() else {
        return DetectResult::insufficient(f64::NAN, 0);
    };
    for value in history {
        let expected = baseline.is_of_use(plan).then(|| baseline.expect(plan)).flatten();
        baseline.absorb(plan, value_of(value), expected.as_ref());
    }
    let expected = baseline.expect(plan);
    judge(&baseline, plan, value_of(latest), expected.as_ref())
}

/// The value of a point that has been checked.
pub(crate) fn value_of(point: &Unaligned<f64>) -> f64 {
    point.get() + 0.0
}

/// The verdict on the point that `baseline` has not taken in yet.
pub(crate) fn judge(
    baseline: &Baseline,
    plan: &Plan,
    spend: f64,
    expected: Option<&Expectation>,
) -> DetectResult {
    let points = baseline.points();
    let Some(expected) = expected.filter(|_| !spend.is_nan() && points >= plan.min_deviations())
    else {
        return DetectResult::insufficient(spend, points);
    };
    let excess = spend - expected.spend;
    let (scale, before) = (baseline.scale(plan), baseline.last_deviations());
    let scores = scores(excess / expected.base, before, scale);
    let least = plan.min_relative_impact * expected.base;
    let reason = reason(plan, &scores, excess, least);
    let is_spike = matches!(
        reason,
        DETECT_REASON_ONE_POINT | DETECT_REASON_TWO_POINTS | DETECT_REASON_THREE_POINTS
    );

    let deviation = scale * expected.base;
    let lift = baseline.lift(plan, spend, expected);
    let leak_score = lift.map_or(0.0, |lift| lift / deviation);
    let is_leak = leak_score > LEAK && lift.is_some_and(|lift| lift >= plan.min_impact);
    let bound = expected.spend
        + (expected.base * bound(plan.score_threshold * scale, before))
            .max(least.max(plan.min_impact));
    DetectResult {
        latest_spend: spend,
        expected_spend: finite(expected.spend),
        upper_bound: finite(bound),
        excess: finite(excess),
        score: finite(scores.iter().fold(f64::NEG_INFINITY, |highest, score| score.max(highest))),
        leak_score: finite(leak_score),
        points_used: points,
        verdict: if is_spike { VERDICT_SPIKE } else { VERDICT_NORMAL },
        reason,
        is_leak: is_leak.into(),
    }
}

/// What decides. Whatever is not comparable, after an overflow, is a spike.
fn reason(plan: &Plan, scores: &[f64; 3], excess: f64, least: f64) -> i32 {
    let reasons = [DETECT_REASON_ONE_POINT, DETECT_REASON_TWO_POINTS, DETECT_REASON_THREE_POINTS];
    let is_normal = |score: &f64| *score <= plan.score_threshold;
    let Some((_, run)) = scores.iter().zip(reasons).find(|(score, _)| !is_normal(score)) else {
        return DETECT_REASON_SCORE;
    };
    if excess < plan.min_impact {
        DETECT_REASON_MIN_IMPACT
    } else if excess < least {
        DETECT_REASON_MIN_RELATIVE_IMPACT
    } else {
        run
    }
}

/// What a point, two and three in a row count for, in units of the scale: the lowest of a run, times
/// its factor. A run with a missing point is as high as its point alone.
fn scores(deviation: f64, [last, last_but_one]: [f64; 2], scale: f64) -> [f64; 3] {
    let two = if last < deviation { last } else { deviation };
    let three = if last_but_one < two { last_but_one } else { two };
    let one = deviation / scale;
    let run = |factor: f64, lowest: f64| factor * lowest / scale;
    match (last.is_nan(), last_but_one.is_nan()) {
        (true, _) => [one; 3],
        (false, true) => [one, run(TWO_POINTS, two), one],
        (false, false) => [one, run(TWO_POINTS, two), run(THREE_POINTS, three)],
    }
}

/// The deviation above which a point is a spike, `alone` if those before it were not high.
fn bound(alone: f64, [last, last_but_one]: [f64; 2]) -> f64 {
    if THREE_POINTS * last > alone && THREE_POINTS * last_but_one > alone {
        alone / THREE_POINTS
    } else if TWO_POINTS * last > alone {
        alone / TWO_POINTS
    } else {
        alone
    }
}

/// What sums beyond the largest double are reported as.
fn finite(value: f64) -> f64 {
    let value = if value.is_nan() { 0.0 } else { value };
    smaller(larger(value, -f64::MAX), f64::MAX) + 0.0
}
