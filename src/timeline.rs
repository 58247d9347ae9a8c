//! How the detector and the forecast read a series: when its points are, how many of the last are
//! incomplete, and what a negative point means.

use crate::{error::Error, numeric::amount::checked_amount};

/// The start_time of a series whose dates are unknown.
pub const TIME_UNKNOWN: i64 = i64::MIN;
/// The default step, in seconds: a day.
pub const DEFAULT_STEP: i64 = 86400;
/// The largest lag_points.
pub const MAX_LAG_POINTS: u32 = 480;

/// A negative point, for example a credit, is an error. The default.
pub const NEGATIVE_POINTS_ERROR: u32 = 0;
/// A negative point counts as missing.
pub const NEGATIVE_POINTS_MISSING: u32 = 1;
/// A negative point counts as 0.
pub const NEGATIVE_POINTS_ZERO: u32 = 2;

/// Times beyond 2^53 s could not be stepped through without overflow.
const MAX_TIME: i64 = 1 << 53;
const MAX_STEP: i64 = 1 << 31;

/// The time of the first point, or `None` if it is unknown.
pub(crate) fn check_time(start_time: i64, step: i64) -> Result<Option<i64>, Error> {
    let start = (start_time != TIME_UNKNOWN).then_some(start_time);
    if start.is_some_and(|time| !(-MAX_TIME..=MAX_TIME).contains(&time)) {
        return Err(Error::StartTime);
    }
    if !(1..=MAX_STEP).contains(&step) {
        return Err(Error::Step);
    }
    Ok(start)
}

/// What a negative point means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NegativePoints {
    Error,
    Missing,
    Zero,
}

impl NegativePoints {
    pub(crate) fn new(constant: u32) -> Result<Self, Error> {
        match constant {
            NEGATIVE_POINTS_ERROR => Ok(Self::Error),
            NEGATIVE_POINTS_MISSING => Ok(Self::Missing),
            NEGATIVE_POINTS_ZERO => Ok(Self::Zero),
            _ => Err(Error::NegativePoints),
        }
    }

    /// The spend of a point, NaN if it is missing, or `None` if it must not be. Infinities must
    /// not be, whatever a negative point means.
    #[inline]
    pub(crate) fn read(self, value: f64) -> Option<f64> {
        match checked_amount(value) {
            None if value.is_nan() => Some(f64::NAN),
            None if (f64::MIN..0.0).contains(&value) => match self {
                Self::Error => None,
                Self::Missing => Some(f64::NAN),
                Self::Zero => Some(0.0),
            },
            amount => amount,
        }
    }
}
