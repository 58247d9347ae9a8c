//! How much of a budget is used, in exact integer money?

use crate::{amount::MILLION, error::Error, flags};

/// Share of the limit at which a warning starts, in parts per million, when the host sets none.
pub const DEFAULT_WARNING_PPM: u32 = 900000u32;

/// Settings of cloudcircuit_check_budget_i64. 8 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct BudgetConfigI64 {
    /// Share of the limit from which is_warning is set, in parts per million; 1 to 1000000.
    pub warning_ppm: u32,
    /// 0.
    pub reserved: u32,
}

impl Default for BudgetConfigI64 {
    fn default() -> Self {
        Self { warning_ppm: DEFAULT_WARNING_PPM, reserved: 0 }
    }
}

impl BudgetConfigI64 {
    pub(crate) fn validate(&self) -> Result<(), Error> {
        if !(1..=MILLION).contains(&self.warning_ppm) {
            return Err(Error::WarningPpm);
        }
        if self.reserved != 0 {
            return Err(Error::Reserved);
        }
        Ok(())
    }
}

/// What cloudcircuit_check_budget_i64 found. 40 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct BudgetResultI64 {
    /// The amount that was checked, in the caller's minor unit.
    pub current_spend: i64,
    /// The limit it was checked against, in the same unit.
    pub budget_limit: i64,
    /// budget_limit - current_spend; negative when more was spent than the limit allows.
    pub remaining_budget: i64,
    /// current_spend / budget_limit in parts per million, rounded down; UINT64_MAX when it is more
    /// than that.
    pub usage_ppm: u64,
    /// 1 when current_spend is at least warning_ppm millionths of budget_limit, else 0.
    pub is_warning: u32,
    /// 1 when current_spend >= budget_limit, else 0. The host must not spend more.
    pub is_breached: u32,
}

impl BudgetResultI64 {
    pub(crate) const REFUSED: Self = Self {
        current_spend: 0,
        budget_limit: 0,
        remaining_budget: 0,
        usage_ppm: 0,
        is_warning: 1,
        is_breached: 1,
    };
}

pub(crate) fn check(
    current_spend: i64,
    budget_limit: i64,
    config: &BudgetConfigI64,
) -> Result<BudgetResultI64, Error> {
    if budget_limit <= 0 {
        return Err(Error::BudgetLimit);
    }
    config.validate()?;
    if current_spend < 0 {
        return Err(Error::CurrentSpend);
    }
    Ok(BudgetResultI64 {
        current_spend,
        budget_limit,
        remaining_budget: budget_limit - current_spend,
        usage_ppm: usage_ppm(current_spend, budget_limit),
        is_warning: is_warning(current_spend, budget_limit, config.warning_ppm).into(),
        is_breached: (current_spend >= budget_limit).into(),
    })
}

/// Flags and usage of one row: what [`check`] decides.
#[inline(always)]
pub(crate) fn row(current_spend: i64, budget_limit: i64, warning_ppm: u32) -> (u64, u64) {
    if current_spend < 0 || budget_limit <= 0 {
        return (flags::BUDGET_REFUSED, 0);
    }
    let is_warning = is_warning(current_spend, budget_limit, warning_ppm);
    let warning = if is_warning { flags::WARNING } else { 0 };
    let breached = if current_spend >= budget_limit { flags::BREACHED } else { 0 };
    (warning | breached, usage_ppm(current_spend, budget_limit))
}

/// By products that nothing rounds: in 64 bits for most amounts, else in 83 at most.
#[inline(always)]
fn is_warning(current_spend: i64, budget_limit: i64, warning_ppm: u32) -> bool {
    if (current_spend | budget_limit) < 1 << 43 {
        return current_spend * i64::from(MILLION) >= budget_limit * i64::from(warning_ppm);
    }
    i128::from(current_spend) * i128::from(MILLION)
        >= i128::from(budget_limit) * i128::from(warning_ppm)
}

/// Rounded down and saturated; both amounts are not negative, and the limit is not 0.
fn usage_ppm(current_spend: i64, budget_limit: i64) -> u64 {
    let (spend, limit) = (current_spend.unsigned_abs(), budget_limit.unsigned_abs());
    // Most amounts leave room for the million in 64 bits, where division is several times cheaper.
    if let Some(millionths) = spend.checked_mul(MILLION.into()) {
        return millionths.checked_div(limit).unwrap_or(u64::MAX);
    }
    let millionths = u128::from(spend) * u128::from(MILLION);
    millionths.checked_div(limit.into()).and_then(|ppm| ppm.try_into().ok()).unwrap_or(u64::MAX)
}
