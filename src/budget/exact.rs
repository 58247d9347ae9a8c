//! The budget check on integers. Products have 128 bits, so that nothing is rounded before a
//! decision.
//!
//! Called by `abi/budget/exact.rs` and `abi/flags.rs` for one budget, by `batch.rs` for columns.

use crate::budget::batch::{BatchRule, BudgetRule, Budgets};
use crate::{arch::ROWS, error::Error, flags, numeric::amount::PPM};

/// Default warning_ppm.
pub const DEFAULT_WARNING_PPM: u32 = 900000u32;

/// Settings of cloudcircuit_check_budget_i64. 8 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct BudgetConfigI64 {
    /// Share of the limit at which a warning starts, in parts per million; 1 to 1000000.
    pub warning_ppm: u32,
    /// Always 0.
    pub reserved: u32,
}

impl Default for BudgetConfigI64 {
    fn default() -> Self {
        Self { warning_ppm: DEFAULT_WARNING_PPM, reserved: 0 }
    }
}

/// Result of cloudcircuit_check_budget_i64. 40 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct BudgetResultI64 {
    /// The spend that was checked.
    pub current_spend: i64,
    /// The limit that it was checked against.
    pub budget_limit: i64,
    /// budget_limit - current_spend; negative when the limit is exceeded.
    pub remaining_budget: i64,
    /// current_spend / budget_limit in parts per million, rounded down; at most UINT64_MAX.
    pub usage_ppm: u64,
    /// 1 when current_spend is at least warning_ppm of budget_limit, else 0.
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
    let (spend, limit) = (current_spend.unsigned_abs(), budget_limit.unsigned_abs());
    Ok(result(spend, limit, usage_ppm(spend, limit), config))
}

/// The fast path of `check`: valid arguments whose usage takes 64 bits. It makes no call, so that
/// the C function saves no registers.
#[inline(always)]
pub(crate) fn check_fast(
    current_spend: i64,
    budget_limit: i64,
    config: &BudgetConfigI64,
) -> Option<BudgetResultI64> {
    let (spend, limit) = config.valid(current_spend, budget_limit)?;
    Some(result(spend, limit, narrow_usage_ppm(spend, limit)?, config))
}

/// The result for a valid budget.
#[inline(always)]
fn result(spend: u64, limit: u64, usage_ppm: u64, config: &BudgetConfigI64) -> BudgetResultI64 {
    let (current_spend, budget_limit) = (spend.cast_signed(), limit.cast_signed());
    BudgetResultI64 {
        current_spend,
        budget_limit,
        remaining_budget: budget_limit - current_spend,
        usage_ppm,
        is_warning: warns(spend, limit, config.warning_ppm).into(),
        is_breached: (spend >= limit).into(),
    }
}

/// Whether the spend has reached the warning's share of the limit. Both products are exact, with at
/// most 83 bits.
#[inline(always)]
fn warns(spend: u64, limit: u64, warning_ppm: u32) -> bool {
    u128::from(spend) * u128::from(PPM) >= u128::from(limit) * u128::from(warning_ppm)
}

/// 2^52. Doubles from here to 2^53 are 1 apart, as are their bits, so that adding this number to
/// one below it rounds to an integer.
const INTEGERS: f64 = (1u64 << 52) as f64;

/// More than the relative error of two roundings.
const ROUNDING_ERROR: f64 = 1.0 / (1u64 << 50) as f64;

impl BudgetRule for BudgetConfigI64 {
    type Amount = i64;
    type Usage = u64;

    fn validate(&self) -> Result<(), Error> {
        if !(1..=PPM).contains(&self.warning_ppm) {
            return Err(Error::WarningPpm);
        }
        if self.reserved != 0 {
            return Err(Error::Reserved);
        }
        Ok(())
    }

    #[inline(always)]
    fn row(&self, spend: i64, limit: i64) -> (u32, u64) {
        let Some((spend, limit)) = self.valid(spend, limit) else {
            return (flags::BUDGET_REFUSED, 0);
        };
        let result = result(spend, limit, usage_ppm(spend, limit), self);
        (flags::of_budget(result.is_warning, result.is_breached), result.usage_ppm)
    }

    #[inline(always)]
    fn check_columns<const WIDE: bool>(columns: &Budgets<Self>) -> usize {
        columns.check_batches()
    }
}

impl BatchRule for BudgetConfigI64 {
    /// Valid rows below 2^52, in doubles, because vectors have no 64-bit multiplication or
    /// division.
    ///
    /// Below 2^32 no product is rounded, and a quotient rounds to an integer only if it is one.
    /// Larger rows must pass `is_certain`.
    #[inline(always)]
    #[allow(clippy::indexing_slicing, reason = "constant bounds, checked in compilation")]
    #[allow(clippy::needless_range_loop, reason = "arrays in step")]
    fn check_clean(
        &self,
        wants_usage: bool,
        spend: &[i64; ROWS],
        limit: &[i64; ROWS],
    ) -> Option<([u8; ROWS], [u64; ROWS])> {
        let mut or_bits = 0;
        for row in 0..ROWS {
            let (spend, limit) = (spend[row] as u64, limit[row] as u64);
            // A limit of 0 becomes large.
            or_bits |= spend | limit | limit.wrapping_sub(1);
        }
        let fits = or_bits >> 52 == 0;
        let (spend, limit) = (spend.map(double), limit.map(double));
        if or_bits >> 32 != 0 && !(fits && self.is_certain(wants_usage, &spend, &limit)) {
            return None;
        }
        let mut flags = [0; ROWS];
        let mut quotients = [0.0; ROWS];
        for row in 0..ROWS {
            let millionths = spend[row] * f64::from(PPM);
            let is_warning = millionths >= limit[row] * f64::from(self.warning_ppm);
            let is_breached = spend[row] >= limit[row];
            flags[row] = flags::of_budget(is_warning.into(), is_breached.into()) as u8;
            quotients[row] = millionths / limit[row];
        }
        let mut usage = [0; ROWS];
        for row in 0..ROWS {
            let nearest = quotients[row] + INTEGERS;
            let is_above = nearest - INTEGERS > quotients[row];
            usage[row] = nearest.to_bits() - INTEGERS.to_bits() - u64::from(is_above);
        }
        Some((flags, usage))
    }
}

/// The number as a double, exact below 2^52.
#[inline(always)]
fn double(number: i64) -> f64 {
    f64::from_bits(number as u64 | INTEGERS.to_bits()) - INTEGERS
}

impl BudgetConfigI64 {
    /// Both amounts, if config and amounts are valid.
    #[inline(always)]
    fn valid(&self, spend: i64, limit: i64) -> Option<(u64, u64)> {
        self.validate().ok()?;
        let (spend, limit) = (u64::try_from(spend).ok()?, u64::try_from(limit).ok()?);
        (limit > 0).then_some((spend, limit))
    }

    /// Whether rounded products and quotients lead to the exact answers. The products must differ,
    /// and the quotient must be further from an integer than its error.
    #[inline(always)]
    #[allow(clippy::indexing_slicing, reason = "constant bounds, checked in compilation")]
    fn is_certain(&self, wants_usage: bool, spend: &[f64; ROWS], limit: &[f64; ROWS]) -> bool {
        let mut is_certain = [false; ROWS];
        for row in 0..ROWS {
            let millionths = spend[row] * f64::from(PPM);
            is_certain[row] = millionths != limit[row] * f64::from(self.warning_ppm);
            if wants_usage {
                let quotient = millionths / limit[row];
                let distance = (quotient - (quotient + INTEGERS - INTEGERS)).abs();
                is_certain[row] &= distance > quotient * ROUNDING_ERROR;
            }
            is_certain[row] |= millionths < INTEGERS;
        }
        is_certain.iter().fold(true, |all, is_certain| all & is_certain)
    }
}

/// spend / limit in parts per million, rounded down, if the product fits 64 bits. Such a division
/// is several times as fast as one of 128 bits.
#[inline(always)]
fn narrow_usage_ppm(spend: u64, limit: u64) -> Option<u64> {
    spend.checked_mul(PPM.into())?.checked_div(limit)
}

/// spend / limit in parts per million, rounded down and saturated.
#[inline(always)]
fn usage_ppm(spend: u64, limit: u64) -> u64 {
    narrow_usage_ppm(spend, limit).unwrap_or_else(|| wide_usage_ppm(spend, limit))
}

#[cold]
#[inline(never)]
fn wide_usage_ppm(spend: u64, limit: u64) -> u64 {
    let millionths = u128::from(spend) * u128::from(PPM);
    let usage_ppm = millionths.checked_div(limit.into()).and_then(|ppm| ppm.try_into().ok());
    usage_ppm.unwrap_or(u64::MAX)
}
