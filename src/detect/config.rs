//! The detector's settings and result, with their constants.

use crate::timeline::{DEFAULT_STEP, NEGATIVE_POINTS_ERROR, TIME_UNKNOWN};
use crate::verdict::{VERDICT_INSUFFICIENT_DATA, VERDICT_SPIKE};

/// The default score_threshold, a robust z-score.
pub const DEFAULT_SCORE_THRESHOLD: f64 = 3.5;
/// The default min_relative_impact: 8 % of the expected spend.
pub const DEFAULT_MIN_RELATIVE_IMPACT: f64 = 0.08;
/// The default min_baseline, in the unit of the series.
pub const DEFAULT_DETECT_MIN_BASELINE: f64 = 0.01;

/// The largest season_length: the hours of ten days.
pub const MAX_SEASON_LENGTH: u32 = 240;
/// The smallest window, in points.
pub const MIN_DETECT_WINDOW: u32 = 14;
/// The largest window, in points: the hours of twenty days.
pub const MAX_DETECT_WINDOW: u32 = 480;

/// The call failed, so nothing was judged.
pub const DETECT_REASON_REFUSED: i32 = 0;
/// Normal: the score is at most score_threshold.
pub const DETECT_REASON_SCORE: i32 = 1;
/// A spike: the score of the point alone is above score_threshold.
pub const DETECT_REASON_ONE_POINT: i32 = 2;
/// A spike: the scores of two points in a row are above score_threshold / 1.2 (hourly 1.4).
pub const DETECT_REASON_TWO_POINTS: i32 = 3;
/// A spike: the scores of three points in a row are above score_threshold / 3 (hourly 2).
pub const DETECT_REASON_THREE_POINTS: i32 = 4;
/// Normal: the score is above score_threshold, but the excess is below min_impact.
pub const DETECT_REASON_MIN_IMPACT: i32 = 5;
/// Normal: the score is above score_threshold, but the point is too little above what the past
/// explains for min_relative_impact.
pub const DETECT_REASON_MIN_RELATIVE_IMPACT: i32 = 6;
/// Insufficient data: too few known points come before the point.
pub const DETECT_REASON_HISTORY: i32 = 7;
/// Insufficient data: the point itself is missing.
pub const DETECT_REASON_MISSING: i32 = 8;
/// Normal: the score is above score_threshold, but the like came before: twice at half its height, at
/// one distance or on one day of the month, or once at nearly its height whole seasons ago. In the
/// first ten seasons twice at any distance is enough, and so is once in the first three.
pub const DETECT_REASON_RECURRING: i32 = 9;

/// Settings of cloudcircuit_detect_spike(), cloudcircuit_scan_spikes() and the tracker.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub struct DetectConfig {
    /// Number of points after which spend repeats its pattern, up to
    /// CLOUDCIRCUIT_MAX_SEASON_LENGTH; 1 for no pattern. Default 0: a week (7) for daily points, a
    /// day (24) for hourly ones, which weekends then belong to, else no pattern.
    pub season_length: u32,
    /// Points looked back at, for the expected spend and for its deviations:
    /// CLOUDCIRCUIT_MIN_DETECT_WINDOW to CLOUDCIRCUIT_MAX_DETECT_WINDOW, and at least two seasons.
    /// Default 0: 98 for seasons of up to 14 points, else the larger of 336 and two seasons.
    pub window: u32,
    /// For bills that fill up late: judges the point this many before the last and ignores later
    /// ones. 0 to CLOUDCIRCUIT_MAX_LAG_POINTS, default 0.
    pub lag_points: u32,
    /// What a negative point means, for example a credit: a CLOUDCIRCUIT_NEGATIVE_POINTS constant.
    /// Default CLOUDCIRCUIT_NEGATIVE_POINTS_ERROR.
    pub negative_points: u32,
    /// A point is a spike if its score, a robust z-score, is above this; finite and > 0. A higher
    /// threshold finds fewer spikes.
    pub score_threshold: f64,
    /// A point whose excess is below this amount is no spike, and one that a leak lifts by less is no
    /// leak; finite and >= 0, default 0.
    pub min_impact: f64,
    /// A spike lies above all spend that the past explains by at least this share of that, or of the
    /// usual spend if that is more; finite and >= 0.
    pub min_relative_impact: f64,
    /// The expected spend is taken as at least this amount, so that small amounts over a near-zero
    /// baseline are not flagged; finite and >= 0. With 0 any spend after an all-zero history is a
    /// spike.
    pub min_baseline: f64,
    /// Time of the first point, in seconds since 1970-01-01 in the bill's calendar, at most 2^53
    /// either way. CLOUDCIRCUIT_TIME_UNKNOWN, the default, turns off weekends for hourly points and
    /// charges by the day of the month for daily ones; those charges then look like spikes.
    pub start_time: i64,
    /// Seconds between points, 1 to 2^31.
    pub step: i64,
}

impl DetectConfig {
    /// All 0, which is no valid configuration.
    pub(crate) const NONE: Self = Self {
        season_length: 0,
        window: 0,
        lag_points: 0,
        negative_points: NEGATIVE_POINTS_ERROR,
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

/// Result of cloudcircuit_detect_spike() and cloudcircuit_spike_tracker_update().
///
/// With insufficient data expected_spend, upper_bound, excess and all scores are 0.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub struct DetectResult {
    /// The point judged; 0 if it is missing.
    pub latest_spend: f64,
    /// What the point should be: the level times its weekday's share, with the charges that come on
    /// its day of the month.
    pub expected_spend: f64,
    /// Spend above this is a spike, up to rounding, unless reason is
    /// CLOUDCIRCUIT_DETECT_REASON_RECURRING. It lies above all spend that the past explains, such as
    /// the level before a holiday.
    pub upper_bound: f64,
    /// latest_spend - expected_spend; negative if less was spent.
    pub excess: f64,
    /// How far the point lies above all spend that the past explains, as a robust z-score. Two or
    /// three high points in a row raise it. The verdict compares it with score_threshold.
    pub score: f64,
    /// How far the last season lies above the line through earlier seasons, as a robust z-score. 0
    /// unless spend rose in each of the last three seasons.
    pub leak_score: f64,
    /// How far the point lies below all spend that the past explains, as a robust z-score. Two or
    /// three low points in a row raise it. 0 if it lies above, or belongs to a job that runs now and
    /// then.
    pub drop_score: f64,
    /// Number of earlier points whose deviations the score is based on.
    pub points_used: u32,
    /// CLOUDCIRCUIT_VERDICT_NORMAL, CLOUDCIRCUIT_VERDICT_SPIKE or
    /// CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA.
    pub verdict: i32,
    /// What decided: a CLOUDCIRCUIT_DETECT_REASON constant.
    pub reason: i32,
    /// 1 if spend has crept up for the last three seasons, else 0: leak_score is above 1.25.
    /// Independent of verdict.
    pub is_leak: u32,
    /// 1 if drop_score is above score_threshold and the point far enough below for min_impact and
    /// min_relative_impact, else 0: for example an outage, or a commitment that is not used. Falls
    /// that recur are none. Independent of verdict, which stays CLOUDCIRCUIT_VERDICT_NORMAL.
    pub is_drop: u32,
    /// Always 0.
    pub reserved: u32,
}

impl DetectResult {
    pub(crate) const REFUSED: Self = Self {
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

    pub(crate) fn insufficient(spend: f64, points_used: u32) -> Self {
        Self {
            latest_spend: if spend.is_nan() { 0.0 } else { spend },
            points_used,
            verdict: VERDICT_INSUFFICIENT_DATA,
            reason: if spend.is_nan() { DETECT_REASON_MISSING } else { DETECT_REASON_HISTORY },
            is_leak: 0,
            is_drop: 0,
            ..Self::REFUSED
        }
    }
}
