//! Budget
//!
//! How much of a budget is used, and is it breached?

use crate::abi::{Status, decide, write_default};
use crate::budget::check::{BudgetConfig, BudgetResult, check};

/// Writes the default settings.
///
/// config: receives the defaults.
///
/// Errors: NULL_POINTER.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_budget_config_init(config: *mut BudgetConfig) -> Status {
    // SAFETY: same contract as this function's: config is NULL or writable.
    unsafe { write_default(config) }
}

/// Checks a spend against a budget.
///
/// A warning starts when current_spend / budget_limit, rounded once, reaches warning_ratio. A
/// breach starts when current_spend reaches budget_limit.
///
/// Amounts like 0.1 are not exact as doubles: 0.1 + 0.2 breaches a limit of 0.3. Use
/// cloudcircuit_check_budget_i64() where that matters.
///
/// current_spend: spend so far; finite, >= 0.
/// budget_limit:  same unit; finite, > 0.
/// config:        NULL for the defaults.
/// result:        the finding. On an error is_warning and is_breached are 1 and the numbers are 0.
///
/// Errors: NULL_POINTER, BUDGET_LIMIT, WARNING_RATIO, CURRENT_SPEND (the first that applies).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_check_budget(
    current_spend: f64,
    budget_limit: f64,
    config: *const BudgetConfig,
    result: *mut BudgetResult,
) -> Status {
    let rule = |config: &_| check(current_spend, budget_limit, config);
    // SAFETY: same contract as this function's: config is NULL or readable, result NULL or
    // writable.
    unsafe { decide(config, result, BudgetResult::REFUSED, rule) }
}
