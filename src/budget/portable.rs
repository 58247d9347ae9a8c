//! Batches of budgets in doubles, for CPUs without a kernel of their own in `arch`.

use crate::{
    arch::ROWS,
    budget::{batch::BatchRule, check::BudgetConfig},
    flags,
};
use core::array;

impl BatchRule for BudgetConfig {
    /// Rows whose limits and ratios are finite and have no sign.
    ///
    /// Each step is a loop over all rows, which compilers turn into vector code.
    #[inline(always)]
    #[allow(clippy::indexing_slicing, reason = "constant bounds, checked in compilation")]
    #[allow(clippy::needless_range_loop, reason = "arrays in step")]
    fn check_clean(
        &self,
        _: bool,
        spend: &[f64; ROWS],
        limit: &[f64; ROWS],
    ) -> Option<([u8; ROWS], [f64; ROWS])> {
        let mut usage = [0.0; ROWS];
        for row in 0..ROWS {
            usage[row] = spend[row] / limit[row];
        }
        // Limit and ratio tell whether a row is valid. With a limit of 0 the ratio is not finite,
        // and with a negative spend the ratio has a sign.
        let mut signs = 0;
        for row in 0..ROWS {
            signs |= usage[row].to_bits() | limit[row].to_bits();
        }
        // A NaN or an infinity stays in the sum. A sum of finite numbers may overflow too. Such
        // rows are decided by `check_mixed`.
        let mut sums = [0.0; ROWS];
        for row in 0..ROWS {
            sums[row] = usage[row] + limit[row];
        }
        // A loop over the halves keeps bounds checks where the compiler does not unroll it.
        let sums: [f64; 8] = array::from_fn(|row| sums[row] + sums[row + 8]);
        let sums: [f64; 4] = array::from_fn(|row| sums[row] + sums[row + 4]);
        let sum = (sums[0] + sums[2]) + (sums[1] + sums[3]);
        if signs >> 63 != 0 || !sum.is_finite() {
            return None;
        }
        let mut flags = [0; ROWS];
        for row in 0..ROWS {
            let is_warning = usage[row] >= self.warning_ratio;
            let is_breached = spend[row] >= limit[row];
            flags[row] = flags::of_budget(is_warning.into(), is_breached.into()) as u8;
        }
        Some((flags, usage))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::{batch::BudgetRule, check::tests::NUMBERS};

    #[test]
    fn a_batch_without_a_kernel_is_answered_as_single_rows() {
        let config = BudgetConfig::default();
        for spend in NUMBERS {
            for limit in NUMBERS {
                let batch = config.check_clean(true, &[spend; ROWS], &[limit; ROWS]);
                let (flags, usage) = config.row(spend, limit);
                let bits =
                    |(flags, usage): ([u8; ROWS], [f64; ROWS])| (flags, usage.map(f64::to_bits));
                let expected = ([flags as u8; ROWS], [usage.to_bits(); ROWS]);
                assert!(batch.is_none_or(|batch| bits(batch) == expected), "{spend} {limit}");
            }
        }
    }
}
