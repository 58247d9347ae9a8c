//! Decisions as bits: the answers of `abi/flags.rs` and of every column.

use crate::verdict::VERDICT_INSUFFICIENT_DATA;

/// is_warning of a budget.
pub const FLAG_WARNING: u32 = 1u32;
/// is_breached of a budget, or is_forecast_breached.
pub const FLAG_BREACHED: u32 = 2u32;
/// A spike.
pub const FLAG_SPIKE: u32 = 4u32;
/// is_open of a breaker.
pub const FLAG_OPEN: u32 = 8u32;
/// The end of a slow leak.
pub const FLAG_LEAK: u32 = 16u32;
/// The detector cannot judge the point: too few points came before it, or it is missing. Or there
/// are too few points for a forecast.
pub const FLAG_INSUFFICIENT: u32 = 64u32;
/// The inputs broke a rule. Every bit that refuses is set too.
pub const FLAG_INVALID: u32 = 128u32;

/// A budget that could not be checked.
pub(crate) const BUDGET_REFUSED: u32 = FLAG_INVALID | FLAG_BREACHED | FLAG_WARNING;
/// A series that could not be checked.
pub(crate) const SPIKE_REFUSED: u32 = FLAG_INVALID | FLAG_SPIKE;
/// A period that could not be forecast.
pub(crate) const FORECAST_REFUSED: u32 = FLAG_INVALID | FLAG_BREACHED;
/// A breaker that could not be evaluated.
pub(crate) const BREAKER_REFUSED: u32 = FLAG_INVALID | FLAG_OPEN;

#[inline(always)]
pub(crate) fn of_budget(is_warning: u32, is_breached: u32) -> u32 {
    (is_warning * FLAG_WARNING) | (is_breached * FLAG_BREACHED)
}

pub(crate) fn of_spike(is_spike: u32) -> u32 {
    is_spike * FLAG_SPIKE
}

pub(crate) fn of_forecast(is_breached: u32, verdict: i32) -> u32 {
    let is_insufficient = verdict == VERDICT_INSUFFICIENT_DATA;
    (is_breached * FLAG_BREACHED) | (u32::from(is_insufficient) * FLAG_INSUFFICIENT)
}
