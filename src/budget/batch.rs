//! Columns of budgets, decided in batches of 16 rows that compilers turn into vector code.
//!
//! `BatchRule::check_clean` decides a batch whose rows are all ordinary, `BudgetRule::row` any row,
//! with the same bits. Doubles have kernels of their own in `arch` instead, where the CPU has vectors
//! that they are written for. Called by `abi/budget/columns.rs`, through `arch` for the choice of
//! instructions.

use crate::{
    arch::{Columns, ROWS},
    error::Error,
    flags::{BUDGET_REFUSED, FLAG_INVALID},
    numeric::unaligned::Unaligned,
};
use core::cell::Cell;

/// The settings of a budget check, with the rule that they set.
pub(crate) trait BudgetRule: Copy + Default {
    type Amount: Copy + Default;
    type Usage: Copy + Default;

    fn validate(&self) -> Result<(), Error>;

    /// Flags and usage of one row.
    fn row(&self, spend: Self::Amount, limit: Self::Amount) -> (u32, Self::Usage);

    /// Decides every row and returns how many are invalid. `WIDE` is set where the CPU has AVX2.
    fn check_columns<const WIDE: bool>(columns: &Budgets<Self>) -> usize;
}

/// A rule that decides batches, where there is no kernel for it.
pub(crate) trait BatchRule: BudgetRule {
    /// Flags and usage of a batch of valid rows, or `None` if a row may be invalid or needs more
    /// care. The usage counts only if it is wanted.
    fn check_clean(
        &self,
        wants_usage: bool,
        spend: &[Self::Amount; ROWS],
        limit: &[Self::Amount; ROWS],
    ) -> Option<([u8; ROWS], [Self::Usage; ROWS])>;
}

type Column<'a, T> = &'a [Cell<Unaligned<T>>];

/// Rows of spend and limit, and the columns for their answers. All columns have the same length.
///
/// Columns are cells because `usage` may be the same memory as `spend` or `limit`. No row is
/// answered before it is read.
pub(crate) struct Budgets<'a, R: BudgetRule> {
    pub(crate) rule: &'a R,
    pub(crate) spend: Column<'a, R::Amount>,
    pub(crate) limit: Column<'a, R::Amount>,
    pub(crate) flags: &'a [Cell<u8>],
    pub(crate) usage: Option<Column<'a, R::Usage>>,
}

impl<R: BudgetRule> Columns for Budgets<'_, R> {
    #[inline(always)]
    fn check<const WIDE: bool>(&self) -> usize {
        R::check_columns::<WIDE>(self)
    }
}

impl<R: BatchRule> Budgets<'_, R> {
    /// Decides the rows in batches of 16 and returns how many are invalid.
    #[inline(always)]
    pub(crate) fn check_batches(&self) -> usize {
        let (spends, last_spends) = self.spend.as_chunks::<ROWS>();
        let (limits, last_limits) = self.limit.as_chunks::<ROWS>();
        let (flags, last_flags) = self.flags.as_chunks::<ROWS>();
        let (usages, last_usages) = self.usage.unwrap_or(&[]).as_chunks::<ROWS>();
        let (mut invalid, mut is_mixed) = (0, false);
        let mut usages = usages.iter();
        for ((spend, limit), flags) in spends.iter().zip(limits).zip(flags) {
            let found = check_batch::<R>(spend, limit, flags, usages.next(), self.rule, is_mixed);
            is_mixed = found > 0;
            invalid += found;
        }
        invalid + check_each::<R>(last_spends, last_limits, last_flags, last_usages, self.rule)
    }
}

impl<R: BudgetRule> Budgets<'_, R> {
    /// Decides the rows from `first` on one by one, and returns how many are invalid.
    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    pub(crate) fn check_each_from(&self, first: usize) -> usize {
        let usage = self.usage.and_then(|usage| usage.get(first..)).unwrap_or(&[]);
        match (self.spend.get(first..), self.limit.get(first..), self.flags.get(first..)) {
            (Some(spend), Some(limit), Some(flags)) if !flags.is_empty() => {
                check_each::<R>(spend, limit, flags, usage, self.rule)
            }
            _ => 0,
        }
    }

    /// Refuses the rows in which a value is missing, and returns how many of them were valid.
    ///
    /// `missing` answers for up to 64 rows from `first`, a bit each.
    pub(crate) fn refuse_missing(&self, missing: impl Fn(usize, usize) -> u64) -> usize {
        let mut refused = 0;
        for (chunk, flags) in self.flags.chunks(64).enumerate() {
            let mut missing = missing(64 * chunk, flags.len());
            while missing != 0 {
                let bit = missing.trailing_zeros() as usize;
                missing &= missing - 1;
                let before = flags
                    .get(bit)
                    .map_or(FLAG_INVALID as u8, |flags| flags.replace(BUDGET_REFUSED as u8));
                refused += usize::from(u32::from(before) & FLAG_INVALID == 0);
                if let Some(usage) = self.usage.and_then(|usage| usage.get(64 * chunk + bit)) {
                    usage.set(R::Usage::default().into());
                }
            }
        }
        refused
    }
}

/// Decides a batch and returns how many of its rows are invalid. If the batch before `is_mixed`, this
/// one probably is too.
#[inline(always)]
fn check_batch<R: BatchRule>(
    spend: &[Cell<Unaligned<R::Amount>>; ROWS],
    limit: &[Cell<Unaligned<R::Amount>>; ROWS],
    flags: &[Cell<u8>; ROWS],
    usage: Option<&[Cell<Unaligned<R::Usage>>; ROWS]>,
    rule: &R,
    is_mixed: bool,
) -> usize {
    if !is_mixed
        && let Some((batch_flags, batch_usage)) =
            rule.check_clean(usage.is_some(), &values(spend), &values(limit))
    {
        flags.iter().zip(batch_flags).for_each(|(cell, value)| cell.set(value));
        if let Some(usage) = usage {
            usage.iter().zip(batch_usage).for_each(|(cell, value)| cell.set(value.into()));
        }
        return 0;
    }
    check_each::<R>(spend, limit, flags, usage.map_or(&[][..], |usage| usage), rule)
}

#[inline(always)]
fn values<T: Copy + Default>(cells: &[Cell<Unaligned<T>>; ROWS]) -> [T; ROWS] {
    let mut values = [T::default(); ROWS];
    for (value, cell) in values.iter_mut().zip(cells) {
        *value = cell.get().get();
    }
    values
}

/// Decides rows one by one and returns how many are invalid. `usage` is empty if it is not wanted.
#[inline(never)]
fn check_each<R: BudgetRule>(
    spend: Column<R::Amount>,
    limit: Column<R::Amount>,
    flags: &[Cell<u8>],
    usage: Column<R::Usage>,
    rule: &R,
) -> usize {
    let mut invalid = 0;
    let mut usages = usage.iter();
    for ((spend, limit), flags) in spend.iter().zip(limit).zip(flags) {
        let (row_flags, row_usage) = rule.row(spend.get().get(), limit.get().get());
        invalid += usize::from(row_flags & FLAG_INVALID != 0);
        flags.set(row_flags as u8);
        if let Some(usage) = usages.next() {
            usage.set(row_usage.into());
        }
    }
    invalid
}
