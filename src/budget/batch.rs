//! Budgets of a column, several at a time.

use crate::error::Error;

/// Rows that are decided together, so that compilers make vectors of them.
pub(crate) const ROWS: usize = 16;

/// The settings of a budget check, with the rule that they set.
pub(crate) trait BudgetRule: Copy + Default {
    type Amount: Copy;
    type Usage: Copy + Default;

    fn validate(&self) -> Result<(), Error>;

    /// Flags and usage of a row.
    fn row(&self, spend: Self::Amount, limit: Self::Amount) -> (u32, Self::Usage);

    /// The same for many rows, all of them valid, or `None` if one of them needs `row`.
    /// Without `USAGE` only the flags count.
    fn check_batch<const USAGE: bool>(
        &self,
        spend: &[Self::Amount; ROWS],
        limit: &[Self::Amount; ROWS],
    ) -> Option<([u8; ROWS], [Self::Usage; ROWS])>;
}
