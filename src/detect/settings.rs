//! A detector's settings, checked and completed: what follows from the step and the calendar.

use crate::{
    calendar::{self, DAY, MONTHS},
    detect::config::{DetectConfig, MAX_DETECT_WINDOW, MAX_SEASON_LENGTH, MIN_DETECT_WINDOW},
    error::Error,
    numeric::amount::checked_amount,
    numeric::float::larger,
    numeric::unaligned::Unaligned,
    timeline::{MAX_LAG_POINTS, NegativePoints, check_time},
};

/// The longest season that is a profile times a level.
pub(crate) const MAX_PROFILE: usize = 14;
const HOUR: i64 = 3600;
const HOURS: usize = (DAY / HOUR) as usize;
const WEEK: usize = 7;
/// Points looked back at: fourteen weeks hold three starts of a month and fourteen of each weekday,
/// fourteen days of hours ten working days.
const DEFAULT_WINDOW: usize = 98;
const DEFAULT_LONG_WINDOW: usize = 336;
/// The last days of a month's start, on which charges by the month come.
const LAST_CHARGE_DAY: u32 = 3;
/// The days of the month from this on are all near its end.
const LAST_DAYS: u32 = 28;
/// Fewer deviations than this tell nothing of a scale.
const MIN_DEVIATIONS: usize = 10;
/// The most points in a row that are no new level, and the seasons that they are compared with.
pub(crate) const MAX_RUN: i16 = 13;
pub(crate) const RUN_SEASONS: usize = 4;

/// How deviations become a scale, and scores of points in a row a spike.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weights {
    /// Of the median absolute deviation.
    pub(crate) mad: f64,
    /// The quantile that stands for the upper tail, and the weight of its distance from the median.
    pub(crate) tail_quantile: f64,
    pub(crate) tail: f64,
    /// No scale is less than this share of the base.
    pub(crate) floor: f64,
    /// What the lower score of two points in a row counts for, and the lowest of three.
    pub(crate) two_points: f64,
    pub(crate) three_points: f64,
}

impl Weights {
    /// What a point, two and three in a row count for, in units of the scale: the lowest of a run,
    /// times its weight. A run with a missing point is as high as its point alone.
    pub(crate) fn scores(
        &self,
        deviation: f64,
        [last, last_but_one]: [f64; 2],
        scale: f64,
    ) -> [f64; 3] {
        let two = if last < deviation { last } else { deviation };
        let three = if last_but_one < two { last_but_one } else { two };
        let one = deviation / scale;
        let run = |weight: f64, lowest: f64| weight * lowest / scale;
        match (last.is_nan(), last_but_one.is_nan()) {
            (true, _) => [one; 3],
            (false, true) => [one, run(self.two_points, two), one],
            (false, false) => [one, run(self.two_points, two), run(self.three_points, three)],
        }
    }
}

/// Deviations of days are near to normal, where 1.4826 MAD is the standard deviation. Three days in
/// a row above all that was expected of them are more than noise.
const DAILY: Weights = Weights {
    mad: 1.55,
    tail_quantile: 0.9,
    tail: 0.4,
    floor: 0.05,
    two_points: 1.2,
    three_points: 3.0,
};
/// Points that are compared with the same hour of other days have a longer tail, and hours in a row
/// depend on each other.
const HOURLY: Weights = Weights {
    mad: 1.9,
    tail_quantile: 0.95,
    tail: 1.0,
    floor: 0.1,
    two_points: 1.4,
    three_points: 2.0,
};

/// How the detector judges a series.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    /// Points in a season, at least 1.
    pub(crate) season: usize,
    pub(crate) window: usize,
    pub(crate) lag_points: usize,
    negative_points: NegativePoints,
    pub(crate) weights: Weights,
    pub(crate) score_threshold: f64,
    pub(crate) min_impact: f64,
    pub(crate) min_relative_impact: f64,
    pub(crate) min_baseline: f64,
    has_day_classes: bool,
    has_days_of_month: bool,
    start_time: i64,
    step: i64,
}

impl Settings {
    #[inline(never)]
    pub(crate) fn new(config: &DetectConfig) -> Result<Self, Error> {
        if config.season_length > MAX_SEASON_LENGTH {
            return Err(Error::SeasonLength);
        }
        let season = match config.season_length {
            0 if config.step == HOUR => HOURS,
            0 if config.step == DAY => WEEK,
            length => length.max(1) as usize,
        };
        let window = match config.window as usize {
            0 if season <= MAX_PROFILE => DEFAULT_WINDOW,
            0 => DEFAULT_LONG_WINDOW.max(2 * season),
            window => window,
        };
        if !(MIN_DETECT_WINDOW..=MAX_DETECT_WINDOW).contains(&(window as u32))
            || window < 2 * season
        {
            return Err(Error::DetectWindow);
        }
        if config.lag_points > MAX_LAG_POINTS {
            return Err(Error::LagPoints);
        }
        let negative_points = NegativePoints::new(config.negative_points)?;
        if !(config.score_threshold > 0.0 && config.score_threshold <= f64::MAX) {
            return Err(Error::ScoreThreshold);
        }
        let min_impact = checked_amount(config.min_impact).ok_or(Error::MinImpact)?;
        let min_relative_impact =
            checked_amount(config.min_relative_impact).ok_or(Error::MinRelativeImpact)?;
        let min_baseline = checked_amount(config.min_baseline).ok_or(Error::MinBaseline)?;
        let start_time = check_time(config.start_time, config.step)?;
        Ok(Self {
            season,
            window,
            lag_points: config.lag_points as usize,
            negative_points,
            weights: if season <= MAX_PROFILE { DAILY } else { HOURLY },
            score_threshold: config.score_threshold,
            min_impact,
            min_relative_impact,
            // Deviations are shares of it, so it must not be 0.
            min_baseline: larger(min_baseline, f64::MIN_POSITIVE),
            has_day_classes: season == HOURS && config.step == HOUR && start_time.is_some(),
            has_days_of_month: config.step == DAY && start_time.is_some(),
            start_time: start_time.unwrap_or(0),
            step: config.step,
        })
    }

    /// The settings for a series without its first points.
    pub(crate) fn skip(&self, points: usize) -> Self {
        Self { start_time: self.time(points as u64), ..*self }
    }

    /// The spend of a point, or NaN for a missing one.
    pub(crate) fn point(&self, value: f64) -> Result<f64, Error> {
        self.negative_points.read(value).ok_or(Error::DetectPoint)
    }

    pub(crate) fn check_points(&self, series: &[Unaligned<f64>]) -> Result<(), Error> {
        series.iter().try_for_each(|value| self.point(value.get()).map(drop))
    }

    /// The spend of a point that has been checked.
    pub(crate) fn value_of(&self, point: &Unaligned<f64>) -> f64 {
        self.point(point.get()).unwrap_or(f64::NAN)
    }

    /// Expects a level, times a profile if there is a season, and not the same phase's median.
    pub(crate) fn has_level(&self) -> bool {
        self.season <= MAX_PROFILE
    }

    /// Expects a level times a profile.
    pub(crate) fn has_profile(&self) -> bool {
        self.has_level() && self.season > 1
    }

    /// A season, or a week of points when there is none.
    pub(crate) fn span(&self) -> usize {
        if self.season == 1 { WEEK } else { self.season }
    }

    /// How far back what is expected of a point can depend on others.
    pub(crate) fn reach(&self) -> usize {
        // Whether a point counts depends on the run that it belongs to, and on earlier seasons.
        let run =
            if self.has_level() { MAX_RUN as usize + 1 + RUN_SEASONS * self.span() } else { 0 };
        self.window.max(run) + 3 * self.span()
    }

    /// The first point that has a deviation where a history has been cut: those it is judged by, a
    /// window of deviations each with all it depends on, charges of a window before included.
    pub(crate) fn cut_reach(&self) -> usize {
        self.reach() + if self.has_days_of_month { self.window } else { 0 }
    }

    /// How many deviations must have been seen before a point is judged.
    pub(crate) fn min_deviations(&self) -> u32 {
        self.season.max(MIN_DEVIATIONS) as u32
    }

    /// The phase of a point.
    pub(crate) fn phase_of(&self, point: u64) -> u16 {
        point.checked_rem(self.season as u64).unwrap_or(0) as u16
    }

    /// The phase of the point before one of this phase.
    pub(crate) fn phase_before(&self, phase: usize) -> usize {
        if phase == 0 { self.season - 1 } else { phase - 1 }
    }

    /// The weekday of a point, from 0 for Monday, where working days and weekends differ.
    pub(crate) fn weekday(&self, point: u64) -> Option<usize> {
        self.has_day_classes.then(|| calendar::weekday(self.time(point)))
    }

    /// 0 for the first day of the month and so on, on days when charges by the month may come.
    pub(crate) fn charge_day(&self, point: u64) -> Option<usize> {
        if !self.has_days_of_month {
            return None;
        }
        match calendar::day_of_month(self.time(point)) {
            day @ 1..=LAST_CHARGE_DAY => Some(day as usize - 1),
            _ => None,
        }
    }

    /// The distances from a point to the same day of the three months before it, in days, where
    /// dates are known. The last day of a month counts as the last of each.
    pub(crate) fn same_days_of_month(&self, point: u64) -> Option<[u64; MONTHS]> {
        self.has_days_of_month.then(|| calendar::same_days_before(self.time(point)))
    }

    /// Whether two points lie on the same day of the month or on days next to it.
    pub(crate) fn is_near_day_of_month(&self, one: u64, other: u64) -> bool {
        if !self.has_days_of_month {
            return false;
        }
        let [one, other] = [one, other].map(|point| calendar::day_of_month(self.time(point)));
        one.abs_diff(other) <= 1 || one.min(other) >= LAST_DAYS
    }

    fn time(&self, point: u64) -> i64 {
        self.start_time.wrapping_add(self.step.wrapping_mul(point as i64))
    }
}
