//! Budget in exact money
//!
//! The budget check on integers: cents, micros or nanos, whatever unit the host counts in. The
//! library never rescales, multiplies in 128 bits and never rounds a decision.

use crate::abi::{Status, read_optional, write, write_default};
use crate::budget::exact::{self as budget_i64, BudgetConfigI64, BudgetResultI64};
use crate::error::OK;

/// Fills in the defaults.
///
/// config: where to write them.
///
/// Returns CLOUDCIRCUIT_OK, or CLOUDCIRCUIT_ERR_NULL_POINTER when config is NULL.
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_budget_config_i64_init(
    config: *mut BudgetConfigI64,
) -> Status {
    // SAFETY: the caller's config is NULL or writable.
    unsafe { write_default(config) }
}

/// Checks a spend against a budget, as cloudcircuit_check_budget, in exact integers.
///
/// current_spend: what has been spent so far; >= 0, in the caller's minor unit.
/// budget_limit: what may be spent; > 0, in the same unit.
/// config: NULL for the default, a warning_ppm of CLOUDCIRCUIT_DEFAULT_WARNING_PPM.
/// result: the finding; on an error is_warning and is_breached are 1 and the numbers 0.
///
/// Returns CLOUDCIRCUIT_OK, or the first of these that applies:
///   CLOUDCIRCUIT_ERR_NULL_POINTER   result is NULL
///   CLOUDCIRCUIT_ERR_BUDGET_LIMIT   budget_limit is not > 0
///   CLOUDCIRCUIT_ERR_WARNING_PPM    warning_ppm is not in 1 to 1000000
///   CLOUDCIRCUIT_ERR_RESERVED       config reserved is not 0
///   CLOUDCIRCUIT_ERR_CURRENT_SPEND  current_spend is not >= 0
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_check_budget_i64(
    current_spend: i64,
    budget_limit: i64,
    config: *const BudgetConfigI64,
    result: *mut BudgetResultI64,
) -> Status {
    // SAFETY: the caller's config is NULL or readable.
    let config = unsafe { read_optional(config) }.unwrap_or_default();
    if !result.is_null()
        && let Some(found) = budget_i64::check_usual(current_spend, budget_limit, &config)
    {
        // SAFETY: the caller's result is writable.
        unsafe { result.write_unaligned(found) };
        return OK;
    }
    // SAFETY: passed on.
    unsafe { check_any(current_spend, budget_limit, config, result) }
}

/// The same for any arguments.
///
/// # Safety
/// As for [`cloudcircuit_check_budget_i64`].
#[cold]
#[inline(never)]
unsafe fn check_any(
    current_spend: i64,
    budget_limit: i64,
    config: BudgetConfigI64,
    result: *mut BudgetResultI64,
) -> Status {
    let decision = budget_i64::check(current_spend, budget_limit, &config);
    // SAFETY: the caller's result is NULL or writable.
    unsafe { write(result, decision, BudgetResultI64::REFUSED) }
}
