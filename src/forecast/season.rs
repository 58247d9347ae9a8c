//! The season of a series: how long it is, and what is kept for each of its places.

use crate::forecast::config::MAX_FORECAST_SEASON_LENGTH;
use core::num::NonZeroUsize;

pub(super) const MAX_SEASON: usize = MAX_FORECAST_SEASON_LENGTH as usize;
/// A span is a season, and at least this many points.
const MIN_SPAN: usize = 7;

/// A number for each place in a season.
pub(super) type Season = [f64; MAX_SEASON];

/// The points of a season, at least a week's.
pub(super) fn span(season: NonZeroUsize) -> usize {
    season.get().max(MIN_SPAN)
}
