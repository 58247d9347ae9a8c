//! Flags
//!
//! Decisions as bits in the return value, for hosts where filling in a struct costs more than the
//! decision (Ruby, Python, Lua, Node), and for columns. Settings come as arguments; inputs that
//! break a rule answer CLOUDCIRCUIT_FLAG_INVALID together with the refusing bits.

use super::series::points;
use crate::arch;
use crate::budget::exact::BudgetConfigI64;
use crate::flags::{FLAG_INVALID, FLAG_OPEN, FLAG_SPIKE, SPIKE_REFUSED};
use crate::{
    breaker::counters::{self as breaker, BreakerCounters},
    budget::batch::BudgetRule,
    budget::check::BudgetConfig,
    spike::check::{self as spike, SpikeConfig},
};

/// cloudcircuit_check_budget as bits.
///
/// current_spend, budget_limit, warning_ratio: as there; a warning_ratio must be given.
///
/// Returns CLOUDCIRCUIT_FLAG_WARNING and CLOUDCIRCUIT_FLAG_BREACHED as they apply; both with
/// CLOUDCIRCUIT_FLAG_INVALID on any error.
///
///
#[unsafe(no_mangle)]
pub extern "C" fn cloudcircuit_budget_flags(
    current_spend: f64,
    budget_limit: f64,
    warning_ratio: f64,
) -> u32 {
    BudgetConfig { warning_ratio }.row(current_spend, budget_limit).0
}

/// cloudcircuit_check_budget_i64 as bits.
///
/// current_spend, budget_limit, warning_ppm: as there; a warning_ppm must be given.
///
/// Returns CLOUDCIRCUIT_FLAG_WARNING and CLOUDCIRCUIT_FLAG_BREACHED as they apply; both with
/// CLOUDCIRCUIT_FLAG_INVALID on any error.
///
///
#[unsafe(no_mangle)]
pub extern "C" fn cloudcircuit_budget_flags_i64(
    current_spend: i64,
    budget_limit: i64,
    warning_ppm: u32,
) -> u32 {
    BudgetConfigI64 { warning_ppm, reserved: 0 }.row(current_spend, budget_limit).0
}

/// cloudcircuit_check_anomaly_spike as bits.
///
/// series: spend_series there; not NULL.
/// len: spend_series_len there.
/// spike_multiplier, min_baseline: as there; both must be given.
///
/// Returns CLOUDCIRCUIT_FLAG_SPIKE or 0; CLOUDCIRCUIT_FLAG_SPIKE with CLOUDCIRCUIT_FLAG_INVALID on
/// any error.
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_spike_flags(
    series: *const f64,
    len: usize,
    spike_multiplier: f64,
    min_baseline: f64,
) -> u32 {
    let config = SpikeConfig { spike_multiplier, min_baseline };
    // SAFETY: the caller's series is NULL or as long as it says, and nothing writes to it now.
    let series = unsafe { points(series, len) };
    match series.and_then(|series| spike::check(series, &config, arch::for_points(series.len()))) {
        Ok(result) => result.is_spike * FLAG_SPIKE,
        Err(_) => SPIKE_REFUSED,
    }
}

/// cloudcircuit_evaluate_circuit_breaker as bits.
///
/// consecutive_failures, failure_threshold, cooldown_steps_remaining: as in
///     cloudcircuit_breaker_counters.
///
/// Returns CLOUDCIRCUIT_FLAG_OPEN or 0; CLOUDCIRCUIT_FLAG_OPEN with CLOUDCIRCUIT_FLAG_INVALID on
/// any error.
///
///
#[unsafe(no_mangle)]
pub extern "C" fn cloudcircuit_breaker_flags(
    consecutive_failures: i64,
    failure_threshold: i64,
    cooldown_steps_remaining: i64,
) -> u32 {
    let counters =
        BreakerCounters { consecutive_failures, failure_threshold, cooldown_steps_remaining };
    match breaker::evaluate(&counters) {
        Ok(decision) if decision.allow_operation == 1 => 0,
        Ok(_) => FLAG_OPEN,
        Err(_) => FLAG_INVALID | FLAG_OPEN,
    }
}
