//! The detector's settings and result, with their constants.

use crate::verdict::{VERDICT_INSUFFICIENT_DATA, VERDICT_SPIKE};

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
