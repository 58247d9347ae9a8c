//! The points that a forecast is made from, and the settings by which it reads them.

use crate::{
    calendar::{DAY, day_of_month},
    error::Error,
    forecast::config::{ForecastConfig, MAX_FORECAST_SEASON_LENGTH},
    numeric::unaligned::Unaligned,
    timeline::{MAX_LAG_POINTS, NegativePoints, check_time},
};
use core::num::NonZeroUsize;

/// A config, checked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    pub(crate) season: NonZeroUsize,
    pub(crate) lag_points: usize,
    negative_points: NegativePoints,
    /// The time of the first point, if points are days and their dates are known.
    start_time: Option<i64>,
}

impl Settings {
    pub(crate) fn new(config: &ForecastConfig) -> Result<Self, Error> {
        let season = NonZeroUsize::new(config.season_length as usize)
            .filter(|_| config.season_length <= MAX_FORECAST_SEASON_LENGTH)
            .ok_or(Error::ForecastSeasonLength)?;
        if config.lag_points > MAX_LAG_POINTS {
            return Err(Error::LagPoints);
        }
        let negative_points = NegativePoints::new(config.negative_points)?;
        if config.reserved != 0 {
            return Err(Error::Reserved);
        }
        let start_time = check_time(config.start_time, config.step)?;
        Ok(Self {
            season,
            lag_points: config.lag_points as usize,
            negative_points,
            start_time: start_time.filter(|_| config.step == DAY),
        })
    }

    /// The spend of a point, NaN if it is missing, or `None` if it must not be.
    pub(crate) fn read(&self, point: &Unaligned<f64>) -> Option<f64> {
        self.negative_points.read(point.get())
    }

    /// Days of the month, for points from number `first` on. `None` without a calendar.
    pub(crate) fn month_days(&self, first: usize) -> Option<MonthDays> {
        let time = self.start_time?.saturating_add((first as i64).saturating_mul(DAY));
        Some(MonthDays { day: day_of_month(time), next: time.saturating_add(DAY) })
    }
}

/// The place in its month of one day after another: the day, or `LAST` for the last of the month.
#[derive(Debug, Clone)]
pub(crate) struct MonthDays {
    day: u32,
    /// The time of the next day.
    next: i64,
}

impl MonthDays {
    pub(crate) const LAST: usize = 0;
    /// More than any place.
    pub(crate) const PLACES: usize = 32;
}

impl Iterator for MonthDays {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let next = day_of_month(self.next);
        let place = if next == 1 { Self::LAST } else { self.day as usize };
        self.day = next;
        self.next = self.next.saturating_add(DAY);
        Some(place)
    }
}

/// History, then the period's points: those that are complete.
#[derive(Clone, Copy)]
pub(crate) struct Input<'a> {
    pub(crate) history: &'a [Unaligned<f64>],
    pub(crate) period: &'a [Unaligned<f64>],
    pub(crate) settings: &'a Settings,
}

impl Input<'_> {
    pub(crate) fn len(&self) -> usize {
        self.history.len() + self.period.len()
    }

    /// The points from number `first` on, NaN where missing.
    pub(crate) fn points(&self, first: usize) -> impl Iterator<Item = f64> {
        let history = self.history.get(first..).unwrap_or_default();
        let period = self.period.get(first.saturating_sub(self.history.len())..);
        let points = history.iter().chain(period.unwrap_or_default());
        points.map(|point| self.settings.read(point).unwrap_or(f64::NAN))
    }
}
