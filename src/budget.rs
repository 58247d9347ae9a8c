//! How much of a budget is used, and is it breached?

use crate::{amount::amount, error::Error, flags};

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

impl BudgetConfig {
    pub(crate) fn validate(&self) -> Result<(), Error> {
        let is_share = self.warning_ratio > 0.0 && self.warning_ratio <= 1.0;
        is_share.then_some(()).ok_or(Error::WarningRatio)
    }
}

pub(crate) fn check(
    current_spend: f64,
    budget_limit: f64,
    config: &BudgetConfig,
) -> Result<BudgetResult, Error> {
    let budget_limit =
        amount(budget_limit).filter(|limit| *limit > 0.0).ok_or(Error::BudgetLimit)?;
    config.validate()?;
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

/// Flags and usage ratio of one row: what [`check`] decides, without branches and in 64-bit lanes,
/// so that compilers make vectors of it.
#[inline(always)]
#[allow(clippy::manual_range_contains, reason = "contains branches")]
pub(crate) fn row(current_spend: f64, budget_limit: f64, warning_ratio: f64) -> (u64, f64) {
    let is_valid = (budget_limit > 0.0)
        & (budget_limit <= f64::MAX)
        & (current_spend >= 0.0)
        & (current_spend <= f64::MAX);
    // Adding 0.0 turns -0.0 into 0.0.
    let usage_ratio = current_spend / budget_limit + 0.0;
    let warning = if usage_ratio >= warning_ratio { flags::WARNING } else { 0 };
    let breached = if current_spend >= budget_limit { flags::BREACHED } else { 0 };
    let finite_ratio = if usage_ratio < f64::MAX { usage_ratio } else { f64::MAX };
    (
        if is_valid { warning | breached } else { flags::BUDGET_REFUSED },
        if is_valid { finite_ratio } else { 0.0 },
    )
}
