//! How much of a budget is used, in exact integer money?

use crate::{
    budget::batch::{BudgetRule, ROWS},
    error::Error,
    flags,
    numeric::amount::PPM,
};

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
    let (spend, limit) = (current_spend.unsigned_abs(), budget_limit.unsigned_abs());
    Ok(found(spend, limit, usage_ppm(spend, limit), config))
}

/// The same if nothing is wrong and usual_usage_ppm has an answer: no call, so no registers to save.
#[inline(always)]
pub(crate) fn check_usual(
    current_spend: i64,
    budget_limit: i64,
    config: &BudgetConfigI64,
) -> Option<BudgetResultI64> {
    let (spend, limit) = config.valid(current_spend, budget_limit)?;
    Some(found(spend, limit, usual_usage_ppm(spend, limit)?, config))
}

/// What a valid budget is found to be.
#[inline(always)]
fn found(spend: u64, limit: u64, usage_ppm: u64, config: &BudgetConfigI64) -> BudgetResultI64 {
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

/// Whether the spend is a share of the limit that warns: by products that nothing rounds, neither of
/// which has over 83 bits.
#[inline(always)]
fn warns(spend: u64, limit: u64, warning_ppm: u32) -> bool {
    u128::from(spend) * u128::from(PPM) >= u128::from(limit) * u128::from(warning_ppm)
}

/// 2^52: doubles below this hold any integer, and the next ones up are 1 apart, as are their bits.
const INTEGERS: f64 = (1u64 << 52) as f64;

/// More than two roundings are off, as a share of the result.
const ROUNDINGS: f64 = 1.0 / (1u64 << 50) as f64;

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
        let found = found(spend, limit, usage_ppm(spend, limit), self);
        (flags::of_budget(found.is_warning, found.is_breached), found.usage_ppm)
    }

    /// Valid rows below 2^52, in doubles, for which there are vectors. Below 2^32 no product is
    /// rounded, and the quotient of two such integers rounds to the next integer only if it is that
    /// integer; above, rows are looked at again.
    #[inline(always)]
    #[allow(clippy::indexing_slicing, reason = "constant bounds, checked in compilation")]
    #[allow(clippy::needless_range_loop, reason = "arrays in step")]
    fn check_batch<const USAGE: bool>(
        &self,
        spend: &[i64; ROWS],
        limit: &[i64; ROWS],
    ) -> Option<([u8; ROWS], [u64; ROWS])> {
        let mut seen = 0;
        for row in 0..ROWS {
            let (spend, limit) = (spend[row] as u64, limit[row] as u64);
            seen |= spend | limit | limit.wrapping_sub(1);
        }
        let fits = seen >> 52 == 0;
        let (spend, limit) = (spend.map(double), limit.map(double));
        if seen >> 32 != 0 && !(fits && self.is_certain::<USAGE>(&spend, &limit)) {
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

/// Exact below 2^52.
#[inline(always)]
fn double(number: i64) -> f64 {
    f64::from_bits(number as u64 | INTEGERS.to_bits()) - INTEGERS
}

impl BudgetConfigI64 {
    /// Both amounts, if nothing is wrong.
    #[inline(always)]
    fn valid(&self, spend: i64, limit: i64) -> Option<(u64, u64)> {
        self.validate().ok()?;
        let (spend, limit) = (u64::try_from(spend).ok()?, u64::try_from(limit).ok()?);
        (limit > 0).then_some((spend, limit))
    }

    /// What is rounded tells the same as what is not: products that differ, and quotients further
    /// from an integer than roundings reach.
    #[inline(always)]
    #[allow(clippy::indexing_slicing, reason = "constant bounds, checked in compilation")]
    fn is_certain<const USAGE: bool>(&self, spend: &[f64; ROWS], limit: &[f64; ROWS]) -> bool {
        let mut is_certain = [false; ROWS];
        for row in 0..ROWS {
            let millionths = spend[row] * f64::from(PPM);
            is_certain[row] = millionths != limit[row] * f64::from(self.warning_ppm);
            if USAGE {
                let quotient = millionths / limit[row];
                let distance = (quotient - (quotient + INTEGERS - INTEGERS)).abs();
                is_certain[row] &= distance > quotient * ROUNDINGS;
            }
            is_certain[row] |= millionths < INTEGERS;
        }
        is_certain.iter().fold(true, |all, is_certain| all & is_certain)
    }
}

/// spend / limit in parts per million, rounded down, where that takes 64 bits, in which division is
/// several times cheaper; else `None`.
#[inline(always)]
fn usual_usage_ppm(spend: u64, limit: u64) -> Option<u64> {
    spend.checked_mul(PPM.into())?.checked_div(limit)
}

/// The same for all, saturated.
#[inline(always)]
fn usage_ppm(spend: u64, limit: u64) -> u64 {
    usual_usage_ppm(spend, limit).unwrap_or_else(|| wide_usage_ppm(spend, limit))
}

#[cold]
#[inline(never)]
fn wide_usage_ppm(spend: u64, limit: u64) -> u64 {
    let millionths = u128::from(spend) * u128::from(PPM);
    let usage_ppm = millionths.checked_div(limit.into()).and_then(|ppm| ppm.try_into().ok());
    usage_ppm.unwrap_or(u64::MAX)
}
