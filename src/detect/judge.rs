//! Is a point far above what its series usually does at that time?

use crate::{
    detect::baseline::{self, Baseline, Expectation, LONG_RUN},
    detect::config::{
        DETECT_REASON_MIN_IMPACT, DETECT_REASON_MIN_RELATIVE_IMPACT, DETECT_REASON_ONE_POINT,
        DETECT_REASON_RECURRING, DETECT_REASON_SCORE, DETECT_REASON_THREE_POINTS,
        DETECT_REASON_TWO_POINTS, DetectConfig, DetectResult,
    },
    detect::fall::Fall,
    detect::settings::{Settings, Weights},
    detect::two_modes::Mode,
    error::Error,
    numeric::float::{larger, smaller},
    numeric::unaligned::Unaligned,
    verdict::{VERDICT_NORMAL, VERDICT_SPIKE},
};

/// Points before the one judged that can form a run with it.
const RUN_POINTS: usize = 2;
/// Deviations that the lowest point of a season must be lifted by for a slow leak.
const LEAK_THRESHOLD: f64 = 1.25;

pub(crate) fn detect(
    series: &[Unaligned<f64>],
    config: &DetectConfig,
) -> Result<DetectResult, Error> {
    judge_series(&Settings::new(config)?, series)
}

/// The verdict on the latest point of a series.
#[inline(never)]
pub(crate) fn judge_series(
    settings: &Settings,
    series: &[Unaligned<f64>],
) -> Result<DetectResult, Error> {
    settings.check_points(series)?;
    let settled = series.len().saturating_sub(settings.lag_points);
    // What lies further back cannot change the answer: the last points' excesses matter, and each
    // is measured by a window of deviations, which for hours depend on the run that they are in.
    let run = if settings.has_level() { RUN_POINTS } else { LONG_RUN };
    let past = settings.cut_reach() + settings.window + run;
    let skipped = settled.saturating_sub(past + 1);
    let reach = if skipped > 0 { settings.cut_reach() as u64 } else { 0 };
    let seen = series.get(skipped..settled).unwrap_or(&[]);
    let settings = settings.skip(skipped);
    Ok(baseline::with_new(&settings, reach, |baseline| judge_last(baseline, &settings, seen)))
}

#[inline(never)]
fn judge_last(
    mut baseline: Baseline,
    settings: &Settings,
    series: &[Unaligned<f64>],
) -> DetectResult {
    let Some((latest, history)) = series.split_last() else {
        return DetectResult::insufficient(f64::NAN, 0);
    };
    // Only the latest point is judged, by the order at the end.
    baseline.deviations.keeps_order = false;
    for (at, value) in history.iter().enumerate() {
        let expected = if at + RUN_POINTS >= history.len() {
            baseline.expect(settings)
        } else {
            baseline.needs_expectation(settings).then(|| baseline.expect_level(settings)).flatten()
        };
        baseline.update(settings, settings.value_of(value), expected.as_ref());
    }
    baseline.deviations.sort();
    let expected = baseline.expect(settings);
    judge(&baseline, settings, settings.value_of(latest), expected.as_ref())
}

/// The verdict on the point that `baseline` has not taken in yet.
#[inline(never)]
pub(crate) fn judge(
    baseline: &Baseline,
    settings: &Settings,
    spend: f64,
    expected: Option<&Expectation>,
) -> DetectResult {
    let points = baseline.points();
    let Some(expected) =
        expected.filter(|_| !spend.is_nan() && points >= settings.min_deviations())
    else {
        return DetectResult::insufficient(spend, points);
    };
    let scale = baseline.scale(settings);
    let mode = baseline.mode(settings, spend, scale);
    let has_modes = mode.is_some();
    let (rule, before) = match mode {
        // Days on do not follow one another, so no run counts.
        Some(mode) => (mode, [f64::NAN; 2]),
        None => {
            let Expectation { highest, reported, base, .. } = *expected;
            (Mode { expected: highest, reported, base, scale }, baseline.last_excesses())
        }
    };
    let (excess, unexplained) = (spend - rule.reported, spend - rule.expected);
    let scores = settings.weights.scores(unexplained / rule.base, before, rule.scale);
    let least = settings.min_relative_impact * larger(rule.base, rule.expected);
    let mut reason = reason(settings, &scores, excess, unexplained < least);
    if is_run(reason)
        && !has_modes
        && baseline.is_recurring(settings, expected.deviation(spend), scale, 1.0)
    {
        reason = DETECT_REASON_RECURRING;
    }

    let lift = baseline.lift(settings, spend, expected);
    let leak_score = lift.map_or(0.0, |lift| lift / (scale * expected.base));
    let is_leak =
        leak_score > LEAK_THRESHOLD && lift.is_some_and(|lift| lift >= settings.min_impact);
    // A job that is off has not fallen.
    let fall = if has_modes { Fall::default() } else { baseline.fall(settings, spend, expected) };
    let alone = settings.score_threshold * rule.scale;
    let bound = larger(
        rule.expected + larger(rule.base * bound(&settings.weights, alone, before), least),
        rule.reported + settings.min_impact,
    );
    DetectResult {
        latest_spend: spend,
        expected_spend: finite(rule.reported),
        upper_bound: finite(bound),
        excess: finite(excess),
        score: finite(
            scores.iter().fold(f64::NEG_INFINITY, |highest, score| larger(*score, highest)),
        ),
        leak_score: finite(leak_score),
        drop_score: finite(fall.score),
        points_used: points,
        verdict: if is_run(reason) { VERDICT_SPIKE } else { VERDICT_NORMAL },
        reason,
        is_leak: is_leak.into(),
        is_drop: fall.is_drop.into(),
        reserved: 0,
    }
}

/// Whether a reason is one for a spike.
fn is_run(reason: i32) -> bool {
    matches!(
        reason,
        DETECT_REASON_ONE_POINT | DETECT_REASON_TWO_POINTS | DETECT_REASON_THREE_POINTS
    )
}

/// What decides before recurrence. Whatever is not comparable, after an overflow, is a spike.
fn reason(settings: &Settings, scores: &[f64; 3], excess: f64, is_explained: bool) -> i32 {
    let reasons = [DETECT_REASON_ONE_POINT, DETECT_REASON_TWO_POINTS, DETECT_REASON_THREE_POINTS];
    let is_normal = |score: &f64| *score <= settings.score_threshold;
    let Some((_, run)) = scores.iter().zip(reasons).find(|(score, _)| !is_normal(score)) else {
        return DETECT_REASON_SCORE;
    };
    if excess < settings.min_impact {
        DETECT_REASON_MIN_IMPACT
    } else if is_explained {
        DETECT_REASON_MIN_RELATIVE_IMPACT
    } else {
        run
    }
}

/// The deviation above which a point is a spike, `alone` if those before it were not high.
fn bound(weights: &Weights, alone: f64, [last, last_but_one]: [f64; 2]) -> f64 {
    let is_high = |weight: f64, excess: f64| weight * excess > alone;
    let three = weights.three_points;
    if is_high(three, last) && is_high(three, last_but_one) {
        alone / three
    } else if is_high(weights.two_points, last) {
        alone / weights.two_points
    } else {
        alone
    }
}

/// What sums beyond the largest double are reported as. None is NaN: each comes from a comparison, which
/// takes the other side then, or is a difference of which one side is finite.
fn finite(value: f64) -> f64 {
    smaller(larger(value, -f64::MAX), f64::MAX) + 0.0
}
