//! How much of a budget is used, and is it breached?

use crate::{amount::amount, error::Error};

/// Share of the limit at which a warning starts, when the host sets none.
pub const DEFAULT_WARNING_RATIO: f64 = 0.9;

/// Settings of cloudcircuit_check_budget. 8 bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub struct BudgetConfig {
    /// Share of the limit from which is_warning is set; > 0 and <= 1.
    pub warning_ratio: f64,
}

impl Default for BudgetConfig {
    fn default() -> Self {
        Self { warning_ratio: DEFAULT_WARNING_RATIO }
    }
}

/// What cloudcircuit_check_budget found. 40 bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub struct BudgetResult {
    /// The amount that was checked, in the caller's currency unit; -0.0 is reported as 0.
    pub current_spend: f64,
    /// The limit it was checked against, in the same unit.
    pub budget_limit: f64,
    /// current_spend / budget_limit; a quotient beyond the largest double is reported as the
    /// largest double.
    pub usage_ratio: f64,
    /// budget_limit - current_spend; negative when more was spent than the limit allows.
    pub remaining_budget: f64,
    /// 1 when usage_ratio >= warning_ratio, else 0.
    pub is_warning: u32,
    /// 1 when current_spend >= budget_limit, else 0. The host must not spend more.
    pub is_breached: u32,
}

impl BudgetResult {
    pub(crate) const REFUSED: Self = Self {
        current_spend: 0.0,
        budget_limit: 0.0,
        usage_ratio: 0.0,
        remaining_budget: 0.0,
        is_warning: 1,
        is_breached: 1,
    };
}

pub(crate) fn check(
    current_spend: f64,
    budget_limit: f64,
    config: &BudgetConfig,
) -> Result<BudgetResult, Error> {
    let budget_limit =
        amount(budget_limit).filter(|limit| *limit > 0.0).ok_or(Error::BudgetLimit)?;
    if !(config.warning_ratio > 0.0 && config.warning_ratio <= 1.0) {
        return Err(Error::WarningRatio);
    }
    let current_spend = amount(current_spend).ok_or(Error::CurrentSpend)?;

    let usage_ratio = current_spend / budget_limit;
    Ok(BudgetResult {
        current_spend,
        budget_limit,
        usage_ratio: usage_ratio.min(f64::MAX),
        remaining_budget: budget_limit - current_spend,
        is_warning: (usage_ratio >= config.warning_ratio).into(),
        is_breached: (current_spend >= budget_limit).into(),
    })
}
