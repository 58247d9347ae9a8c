use crate::{
    BudgetConfig, BudgetConfigI64, BudgetResult, BudgetResultI64, Result, pointer, sys, written,
};

/// Checks a spend against a budget.
///
/// A warning starts when `current_spend / budget_limit`, rounded once, reaches `warning_ratio`. A breach starts
/// when `current_spend` reaches `budget_limit`.
///
/// ```
/// let budget = cloudcircuit::check_budget(920.0, 1000.0, None)?;
/// assert!(budget.is_warning() && !budget.is_breached());
/// assert_eq!(budget.remaining_budget, 80.0);
/// # Ok::<(), cloudcircuit::Error>(())
/// ```
///
/// # Errors
///
/// When the limit is not finite and above 0, the spend not finite and at least 0, or the ratio not in 0 to 1.
#[inline]
pub fn check_budget(
    current_spend: f64,
    budget_limit: f64,
    config: Option<&BudgetConfig>,
) -> Result<BudgetResult> {
    // SAFETY: the settings are NULL or readable, and the result is written.
    unsafe {
        written(|result| {
            sys::cloudcircuit_check_budget(current_spend, budget_limit, pointer(config), result)
        })
    }
}

/// Checks a spend against a budget, as [`check_budget`] does, in exact integers of a minor unit.
///
/// # Errors
///
/// When the limit is not above 0, the spend below 0, or `warning_ppm` not 1 to 1000000.
#[inline]
pub fn check_budget_i64(
    current_spend: i64,
    budget_limit: i64,
    config: Option<&BudgetConfigI64>,
) -> Result<BudgetResultI64> {
    // SAFETY: the settings are NULL or readable, and the result is written.
    unsafe {
        written(|result| {
            sys::cloudcircuit_check_budget_i64(current_spend, budget_limit, pointer(config), result)
        })
    }
}

/// Answers [`check_budget`] as bits: [`FLAG_WARNING`](crate::FLAG_WARNING) and
/// [`FLAG_BREACHED`](crate::FLAG_BREACHED). On an error both are set, with
/// [`FLAG_INVALID`](crate::FLAG_INVALID).
///
/// ```
/// use cloudcircuit::{FLAG_BREACHED, FLAG_INVALID, FLAG_WARNING, budget_flags};
///
/// assert_eq!(budget_flags(920.0, 1000.0, 0.9), FLAG_WARNING);
/// assert_eq!(budget_flags(f64::NAN, 1000.0, 0.9), FLAG_WARNING | FLAG_BREACHED | FLAG_INVALID);
/// ```
#[must_use]
#[inline]
pub fn budget_flags(current_spend: f64, budget_limit: f64, warning_ratio: f64) -> u32 {
    // SAFETY: it takes no pointer.
    unsafe { sys::cloudcircuit_budget_flags(current_spend, budget_limit, warning_ratio) }
}

/// Answers [`check_budget_i64`] as bits, as [`budget_flags`] does.
#[must_use]
#[inline]
pub fn budget_flags_i64(current_spend: i64, budget_limit: i64, warning_ppm: u32) -> u32 {
    // SAFETY: it takes no pointer.
    unsafe { sys::cloudcircuit_budget_flags_i64(current_spend, budget_limit, warning_ppm) }
}
