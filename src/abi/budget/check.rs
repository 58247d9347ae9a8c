//! Budget
//!
//! How much of a budget is used, and is it breached?

use crate::abi::{Status, read_optional, write, write_default};
use crate::budget::check::{self as budget, BudgetConfig, BudgetResult};

/// Fills in the defaults.
///
/// config: where to write them.
///
/// Returns CLOUDCIRCUIT_OK, or CLOUDCIRCUIT_ERR_NULL_POINTER when config is NULL.
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_budget_config_init(config: *mut BudgetConfig) -> Status {
    // SAFETY: the caller's config is NULL or writable.
    unsafe { write_default(config) }
}

/// Checks a spend against a budget: a warning from warning_ratio of the limit, a breach from
/// the limit itself.
///
/// usage_ratio and remaining_budget are the exact quotient and difference of the two doubles,
/// rounded once. The breach compares the amounts themselves, the warning the rounded quotient. Mind
/// that amounts like 0.1 are not exact as doubles: 0.1 + 0.2 breaches a limit of 0.3.
///
/// current_spend: what has been spent so far; finite, >= 0, in the caller's currency unit.
/// budget_limit: what may be spent; finite, > 0, in the same unit.
/// config: NULL for the default, a warning_ratio of CLOUDCIRCUIT_DEFAULT_WARNING_RATIO.
/// result: the finding; on an error is_warning and is_breached are 1 and the numbers 0.
///
/// Returns CLOUDCIRCUIT_OK, or the first of these that applies:
///   CLOUDCIRCUIT_ERR_NULL_POINTER   result is NULL
///   CLOUDCIRCUIT_ERR_BUDGET_LIMIT   budget_limit is not finite or not > 0
///   CLOUDCIRCUIT_ERR_WARNING_RATIO  warning_ratio is not in (0, 1]
///   CLOUDCIRCUIT_ERR_CURRENT_SPEND  current_spend is not finite or not >= 0
///
/// The rule is check_budget of the Python package cloudcircuit 0.1.0, which lets NaN through.
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_check_budget(
    current_spend: f64,
    budget_limit: f64,
    config: *const BudgetConfig,
    result: *mut BudgetResult,
) -> Status {
    // SAFETY: the caller's config is NULL or readable.
    let config = unsafe { read_optional(config) }.unwrap_or_default();
    let decision = budget::check(current_spend, budget_limit, &config);
    // SAFETY: the caller's result is NULL or writable.
    unsafe { write(result, decision, BudgetResult::REFUSED) }
}
