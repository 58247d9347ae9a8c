//! Budget in exact money
//!
//! The budget check on integers of the caller's minor unit: cents, micros or nanos. No decision is
//! rounded, and the library never changes the scale.

use crate::abi::{Status, decide, read_config, write_default};
use crate::budget::exact::{BudgetConfigI64, BudgetResultI64, check, check_fast};
use crate::error::OK;

/// Writes the default settings.
///
/// config: receives the defaults.
///
/// Errors: NULL_POINTER.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_budget_config_i64_init(
    config: *mut BudgetConfigI64,
) -> Status {
    // SAFETY: same contract as this function's: config is NULL or writable.
    unsafe { write_default(config) }
}

/// Checks a spend against a budget, as cloudcircuit_check_budget() does, in exact integers.
///
/// current_spend: spend so far; >= 0, in a minor unit.
/// budget_limit:  same unit; > 0.
/// config:        NULL for the defaults.
/// result:        the finding. On an error is_warning and is_breached are 1 and the numbers are 0.
///
/// Errors: NULL_POINTER, BUDGET_LIMIT, WARNING_PPM, RESERVED, CURRENT_SPEND (the first that
/// applies).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_check_budget_i64(
    current_spend: i64,
    budget_limit: i64,
    config: *const BudgetConfigI64,
    result: *mut BudgetResultI64,
) -> Status {
    // SAFETY: same contract as this function's: config is NULL or readable.
    let settings = unsafe { read_config(config) };
    if !result.is_null()
        && let Some(found) = check_fast(current_spend, budget_limit, &settings)
    {
        // SAFETY: not NULL, so writable by this function's contract.
        unsafe { result.write_unaligned(found) };
        return OK;
    }
    // SAFETY: same contract as this function's: result is NULL or writable.
    unsafe { check_slow(current_spend, budget_limit, settings, result) }
}

/// The check for arguments that are invalid or too large for `check_fast`.
///
/// # Safety
/// `result` is NULL or writable.
#[cold]
#[inline(never)]
unsafe fn check_slow(
    current_spend: i64,
    budget_limit: i64,
    config: BudgetConfigI64,
    result: *mut BudgetResultI64,
) -> Status {
    let rule = |config: &_| check(current_spend, budget_limit, config);
    // SAFETY: config is a value of our own; result is NULL or writable by contract.
    unsafe { decide(&config, result, BudgetResultI64::REFUSED, rule) }
}
