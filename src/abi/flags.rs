//! Flags
//!
//! Decisions as bits in the return value.
//!
//! For hosts where filling a struct is costly (Ruby, Python, Lua, Node), and for columns. Settings
//! are arguments. On any error the answer has CLOUDCIRCUIT_FLAG_INVALID and every bit that refuses.

use super::series::points;
use crate::breaker::counters::{BreakerCounters, evaluate};
use crate::budget::batch::BudgetRule;
use crate::budget::check::BudgetConfig;
use crate::budget::exact::BudgetConfigI64;
use crate::flags::{self, BREAKER_REFUSED, FLAG_OPEN, SPIKE_REFUSED};
use crate::spike::check::{SpikeConfig, check};

/// Answers cloudcircuit_check_budget() as bits.
///
/// current_spend: spend so far; finite, >= 0.
/// budget_limit:  same unit; finite, > 0.
/// warning_ratio: share of the limit at which a warning starts; > 0, <= 1.
///
/// Returns CLOUDCIRCUIT_FLAG_WARNING and CLOUDCIRCUIT_FLAG_BREACHED as they apply. On an error both
/// are set, with CLOUDCIRCUIT_FLAG_INVALID.
#[unsafe(no_mangle)]
pub extern "C" fn cloudcircuit_budget_flags(
    current_spend: f64,
    budget_limit: f64,
    warning_ratio: f64,
) -> u32 {
    BudgetConfig { warning_ratio }.row(current_spend, budget_limit).0
}

/// Answers cloudcircuit_check_budget_i64() as bits.
///
/// current_spend: spend so far; >= 0, in a minor unit.
/// budget_limit:  same unit; > 0.
/// warning_ppm:   share of the limit at which a warning starts, in parts per million; 1 to 1000000.
///
/// Returns CLOUDCIRCUIT_FLAG_WARNING and CLOUDCIRCUIT_FLAG_BREACHED as they apply. On an error both
/// are set, with CLOUDCIRCUIT_FLAG_INVALID.
#[unsafe(no_mangle)]
pub extern "C" fn cloudcircuit_budget_flags_i64(
    current_spend: i64,
    budget_limit: i64,
    warning_ppm: u32,
) -> u32 {
    BudgetConfigI64 { warning_ppm, reserved: 0 }.row(current_spend, budget_limit).0
}

/// Answers cloudcircuit_check_anomaly_spike() as bits.
///
/// series:           spend in equal steps of time, oldest first; each point finite, >= 0; not NULL.
/// len:              number of points, 2 to CLOUDCIRCUIT_MAX_SERIES_LEN.
/// spike_multiplier: a spike lies above this many times the baseline; finite, > 1.
/// min_baseline:     lower bound of the baseline, same unit as the series; finite, >= 0.
///
/// Returns CLOUDCIRCUIT_FLAG_SPIKE or 0. On an error CLOUDCIRCUIT_FLAG_SPIKE is set, with
/// CLOUDCIRCUIT_FLAG_INVALID.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_spike_flags(
    series: *const f64,
    len: usize,
    spike_multiplier: f64,
    min_baseline: f64,
) -> u32 {
    let config = SpikeConfig { spike_multiplier, min_baseline };
    // SAFETY: same contract as this function's: series is NULL or len points that nothing writes to
    // during the call.
    let series = unsafe { points(series, len) };
    let decision = series.and_then(|series| check(series, &config));
    decision.map_or(SPIKE_REFUSED, |result| flags::of_spike(result.is_spike))
}

/// Answers cloudcircuit_evaluate_circuit_breaker() as bits.
///
/// consecutive_failures:     failures since the last success; >= 0.
/// failure_threshold:        consecutive failures that open the breaker; > 0.
/// cooldown_steps_remaining: steps until a cooldown ends, 0 when there is none; >= 0.
///
/// Returns CLOUDCIRCUIT_FLAG_OPEN or 0. On an error CLOUDCIRCUIT_FLAG_OPEN is set, with
/// CLOUDCIRCUIT_FLAG_INVALID.
#[unsafe(no_mangle)]
pub extern "C" fn cloudcircuit_breaker_flags(
    consecutive_failures: i64,
    failure_threshold: i64,
    cooldown_steps_remaining: i64,
) -> u32 {
    let counters =
        BreakerCounters { consecutive_failures, failure_threshold, cooldown_steps_remaining };
    match evaluate(&counters) {
        Ok(decision) if decision.allow_operation == 1 => 0,
        Ok(_) => FLAG_OPEN,
        Err(_) => BREAKER_REFUSED,
    }
}
