//! The budget check on doubles: the share of the limit that is used, a warning and a breach.
//!
//! Called by `abi/budget/check.rs` and `abi/flags.rs` for one budget, by `batch.rs` for columns.

#[cfg(target_arch = "x86_64")]
use crate::arch;
use crate::budget::batch::{BudgetRule, Budgets};
use crate::{error::Error, flags, numeric::float::smaller};

/// Default warning_ratio.
pub const DEFAULT_WARNING_RATIO: f64 = 0.9;

/// Settings of cloudcircuit_check_budget. 8 bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub struct BudgetConfig {
    /// Share of the limit at which a warning starts; > 0, <= 1.
    pub warning_ratio: f64,
}

impl Default for BudgetConfig {
    fn default() -> Self {
        Self { warning_ratio: DEFAULT_WARNING_RATIO }
    }
}

/// Result of cloudcircuit_check_budget. 40 bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub struct BudgetResult {
    /// The spend that was checked; 0 for -0.0.
    pub current_spend: f64,
    /// The limit that it was checked against.
    pub budget_limit: f64,
    /// current_spend / budget_limit, rounded once; at most the largest double.
    pub usage_ratio: f64,
    /// budget_limit - current_spend, rounded once; negative when the limit is exceeded.
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
    // Which rule is broken first is found apart, so that no error number has to be at hand.
    let is_valid = config.warning_ratio > 0.0
        && config.warning_ratio <= 1.0
        && is_limit(budget_limit)
        && (0.0..=f64::MAX).contains(&current_spend);
    if !is_valid {
        return Err(broken_rule(current_spend, budget_limit, config.warning_ratio));
    }

    // -0.0 counts as 0.
    let spend = current_spend + 0.0;
    let usage_ratio = spend / budget_limit;
    Ok(BudgetResult {
        current_spend: spend,
        budget_limit,
        usage_ratio: smaller(usage_ratio, f64::MAX),
        remaining_budget: budget_limit - spend,
        is_warning: (usage_ratio >= config.warning_ratio).into(),
        is_breached: (spend >= budget_limit).into(),
    })
}

fn is_limit(budget_limit: f64) -> bool {
    budget_limit > 0.0 && budget_limit <= f64::MAX
}

/// The first rule that is broken. Takes the numbers of [`check`] in their registers.
#[cold]
#[inline(never)]
fn broken_rule(_: f64, budget_limit: f64, warning_ratio: f64) -> Error {
    if !is_limit(budget_limit) {
        return Error::BudgetLimit;
    }
    BudgetConfig { warning_ratio }.validate().err().unwrap_or(Error::CurrentSpend)
}

impl BudgetRule for BudgetConfig {
    type Amount = f64;
    type Usage = f64;

    fn validate(&self) -> Result<(), Error> {
        let is_share = self.warning_ratio > 0.0 && self.warning_ratio <= 1.0;
        is_share.then_some(()).ok_or(Error::WarningRatio)
    }

    #[inline(always)]
    fn row(&self, spend: f64, limit: f64) -> (u32, f64) {
        match check(spend, limit, self) {
            Ok(found) => (flags::of_budget(found.is_warning, found.is_breached), found.usage_ratio),
            Err(_) => (flags::BUDGET_REFUSED, 0.0),
        }
    }

    #[cfg(not(target_arch = "x86_64"))]
    #[inline(always)]
    fn check_columns<const WIDE: bool>(columns: &Budgets<Self>) -> usize {
        columns.check_batches()
    }

    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    fn check_columns<const WIDE: bool>(columns: &Budgets<Self>) -> usize {
        let rows = arch::BudgetRows {
            warning_ratio: columns.rule.warning_ratio,
            refused: flags::BUDGET_REFUSED as u8,
            spend: columns.spend,
            limit: columns.limit,
            flags: columns.flags,
            usage: columns.usage,
        };
        rows.check::<WIDE>() + columns.check_each_from(columns.flags.len() & !3)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::numeric::unaligned::Unaligned;
    use std::cell::Cell;

    pub(crate) const NUMBERS: [f64; 20] = [
        0.0,
        -0.0,
        5e-324,
        -5e-324,
        0.9,
        1.0,
        90.0,
        100.0,
        -1.0,
        5.4e303,
        5.5e303,
        5.6e303,
        1e308,
        f64::MAX,
        f64::MIN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
        -f64::NAN,
        f64::MIN_POSITIVE,
    ];

    fn column<T: Copy>(values: &[T]) -> Vec<Cell<Unaligned<T>>> {
        values.iter().map(|value| Cell::new(Unaligned::from(*value))).collect()
    }

    /// Flags and bits of the usage of every row, from a kernel that must count invalid rows.
    fn check<const WIDE: bool>(spend: &[f64], limit: &[f64]) -> (Vec<u8>, Vec<u64>) {
        let rule = &BudgetConfig::default();
        let flags = vec![Cell::new(0); spend.len()];
        let (spend, limit, usage) =
            (column(spend), column(limit), column(&vec![-1.0; spend.len()]));
        let (spend, limit) = (&spend[..], &limit[..]);
        let budgets = Budgets { rule, spend, limit, flags: &flags, usage: Some(&usage) };
        let invalid = BudgetConfig::check_columns::<WIDE>(&budgets);
        let found: Vec<_> = flags.iter().map(|flags| flags.replace(0)).collect();
        assert_eq!(invalid, found.iter().filter(|flags| **flags > 127).count());

        let without_usage = Budgets { usage: None, ..budgets };
        assert_eq!(BudgetConfig::check_columns::<WIDE>(&without_usage), invalid);
        assert_eq!(found, flags.iter().map(Cell::get).collect::<Vec<_>>());
        (found, usage.iter().map(|usage| usage.get().get().to_bits()).collect())
    }

    #[test]
    fn every_kernel_answers_columns_of_budgets_as_single_rows() {
        let config = BudgetConfig::default();
        let mut pairs = Vec::new();
        for spend in NUMBERS {
            // Rows between ordinary ones, and rows of their own kind.
            pairs.extend(NUMBERS.map(|limit| (spend, limit)));
            pairs.extend(NUMBERS.iter().flat_map(|limit| {
                [[(90.0, 100.0); 4].as_slice(), &[(spend, *limit)], &[(1.0, 100.0); 8]].concat()
            }));
        }
        let (spend, limit): (Vec<_>, Vec<_>) = pairs.iter().copied().unzip();
        let rows = pairs.iter().map(|(spend, limit)| config.row(*spend, *limit));
        let (flags, usage): (Vec<_>, Vec<_>) =
            rows.map(|(flags, usage)| (flags as u8, usage.to_bits())).unzip();
        for first in 0..pairs.len() {
            for len in [0, 1, 3, 4, 7, 8, 11, 16, 20, 35, 64] {
                let rows = first..(first + len).min(pairs.len());
                let expected = (flags[rows.clone()].to_vec(), usage[rows.clone()].to_vec());
                let (spend, limit) = (&spend[rows.clone()], &limit[rows]);
                assert_eq!(check::<false>(spend, limit), expected, "{spend:?} {limit:?}");
                #[cfg(target_arch = "x86_64")]
                if arch::has_avx2() {
                    assert_eq!(check::<true>(spend, limit), expected, "{spend:?} {limit:?}");
                }
            }
        }
    }
}
