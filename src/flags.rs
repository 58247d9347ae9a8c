//! Decisions as bits, for hosts where a struct costs more than the decision.

/// The budget's is_warning.
pub const FLAG_WARNING: u32 = 1u32;
/// The budget's is_breached.
pub const FLAG_BREACHED: u32 = 2u32;
/// The spike's is_spike.
pub const FLAG_SPIKE: u32 = 4u32;
/// The breaker's is_open.
pub const FLAG_OPEN: u32 = 8u32;
/// The point ends a slow leak.
pub const FLAG_LEAK: u32 = 16u32;
/// There is too little before the point to judge it, or it is missing itself. A detector's answer:
/// to cloudcircuit_spike_flags a series shorter than 2 points is invalid.
pub const FLAG_INSUFFICIENT: u32 = 64u32;
/// The inputs broke a rule; the refusing bits are set as well.
pub const FLAG_INVALID: u32 = 128u32;

/// A budget that could not be checked.
pub(crate) const BUDGET_REFUSED: u32 = FLAG_INVALID | FLAG_BREACHED | FLAG_WARNING;
/// A series that could not be checked.
pub(crate) const SPIKE_REFUSED: u32 = FLAG_INVALID | FLAG_SPIKE;

/// The bits of a budget.
#[inline(always)]
pub(crate) fn of_budget(is_warning: u32, is_breached: u32) -> u32 {
    (is_warning * FLAG_WARNING) | (is_breached * FLAG_BREACHED)
}
