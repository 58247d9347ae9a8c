//! Columns of budgets
//!
//! Many budgets in one call; how columns work is told above.

use crate::abi::columns::{
    Column, Range, bitmap_chunks, check_overlaps, column_bytes, refuse_all, write_count,
};
use crate::abi::{Status, read_optional};
use crate::arch;
use crate::budget::batch::{BudgetRule, ROWS};
use crate::budget::check::BudgetConfig;
use crate::budget::exact::BudgetConfigI64;
use crate::error::Error;
use crate::flags::{BUDGET_REFUSED, FLAG_INVALID};

/// Checks many budgets at once, as cloudcircuit_check_budget does each.
///
/// current_spend, budget_limit: columns of len amounts.
/// len: number of rows, from 0.
/// config: one for all rows; NULL for the defaults.
/// flags: a byte of CLOUDCIRCUIT_FLAG bits for each row.
/// usage_ratio: a double for each row, or NULL.
/// invalid_rows: how many rows are invalid, or NULL.
///
/// Returns CLOUDCIRCUIT_OK, or the first of these that applies:
///   CLOUDCIRCUIT_ERR_NULL_POINTER   current_spend, budget_limit or flags is NULL
///   CLOUDCIRCUIT_ERR_TOO_MANY_ROWS  no memory can hold columns of len rows; flags and
///                                   usage_ratio are then left alone
///   CLOUDCIRCUIT_ERR_OVERLAP        outputs overlap each other or an input, see above
///   CLOUDCIRCUIT_ERR_WARNING_RATIO  warning_ratio is not in (0, 1]
///   CLOUDCIRCUIT_ERR_INVALID_ROWS   rows break a rule, the others are decided
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_check_budget_columns(
    current_spend: *const f64,
    budget_limit: *const f64,
    len: usize,
    config: *const BudgetConfig,
    flags: *mut u8,
    usage_ratio: *mut f64,
    invalid_rows: *mut usize,
) -> Status {
    let rows = Budgets {
        columns: [Column::full(current_spend), Column::full(budget_limit)],
        len,
        flags,
        usage: usage_ratio,
        invalid_rows,
    };
    // SAFETY: the caller's buffers are as long as len says.
    unsafe { check_budgets(rows, config) }
}

/// cloudcircuit_check_budget_columns for columns with missing values.
///
/// current_spend_validity, budget_limit_validity: a validity bitmap for each column, or NULL.
/// current_spend_validity_offset, budget_limit_validity_offset: the bit of its first row.
///
/// All else as there.
///
/// Errors: NULL_POINTER, TOO_MANY_ROWS, OVERLAP, WARNING_RATIO, INVALID_ROWS.
#[unsafe(no_mangle)]
#[allow(clippy::too_many_arguments, reason = "pointers are no struct fields on this ABI")]
pub unsafe extern "C" fn cloudcircuit_check_budget_columns_nullable(
    current_spend: *const f64,
    current_spend_validity: *const u8,
    current_spend_validity_offset: usize,
    budget_limit: *const f64,
    budget_limit_validity: *const u8,
    budget_limit_validity_offset: usize,
    len: usize,
    config: *const BudgetConfig,
    flags: *mut u8,
    usage_ratio: *mut f64,
    invalid_rows: *mut usize,
) -> Status {
    let rows = Budgets {
        columns: [
            Column::nullable(current_spend, current_spend_validity, current_spend_validity_offset),
            Column::nullable(budget_limit, budget_limit_validity, budget_limit_validity_offset),
        ],
        len,
        flags,
        usage: usage_ratio,
        invalid_rows,
    };
    // SAFETY: the caller's buffers are as long as len and the offsets say.
    unsafe { check_budgets(rows, config) }
}

/// Checks many budgets at once, as cloudcircuit_check_budget_i64 does each.
///
/// current_spend, budget_limit: columns of len amounts in minor units.
/// len: number of rows, from 0.
/// config: one for all rows; NULL for the defaults.
/// flags: a byte of CLOUDCIRCUIT_FLAG bits for each row.
/// usage_ppm: a uint64_t for each row, or NULL.
/// invalid_rows: how many rows are invalid, or NULL.
///
/// Returns CLOUDCIRCUIT_OK, or the first of these that applies:
///   CLOUDCIRCUIT_ERR_NULL_POINTER   current_spend, budget_limit or flags is NULL
///   CLOUDCIRCUIT_ERR_TOO_MANY_ROWS  no memory can hold columns of len rows; flags and
///                                   usage_ppm are then left alone
///   CLOUDCIRCUIT_ERR_OVERLAP        outputs overlap each other or an input, see above
///   CLOUDCIRCUIT_ERR_WARNING_PPM    warning_ppm is not in 1 to 1000000
///   CLOUDCIRCUIT_ERR_RESERVED       config reserved is not 0
///   CLOUDCIRCUIT_ERR_INVALID_ROWS   rows break a rule, the others are decided
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_check_budget_columns_i64(
    current_spend: *const i64,
    budget_limit: *const i64,
    len: usize,
    config: *const BudgetConfigI64,
    flags: *mut u8,
    usage_ppm: *mut u64,
    invalid_rows: *mut usize,
) -> Status {
    let rows = Budgets {
        columns: [Column::full(current_spend), Column::full(budget_limit)],
        len,
        flags,
        usage: usage_ppm,
        invalid_rows,
    };
    // SAFETY: the caller's buffers are as long as len says.
    unsafe { check_budgets(rows, config) }
}

/// cloudcircuit_check_budget_columns_i64 for columns with missing values.
///
/// current_spend_validity, budget_limit_validity: a validity bitmap for each column, or NULL.
/// current_spend_validity_offset, budget_limit_validity_offset: the bit of its first row.
///
/// All else as there.
///
/// Errors: NULL_POINTER, TOO_MANY_ROWS, OVERLAP, WARNING_PPM, RESERVED, INVALID_ROWS.
#[unsafe(no_mangle)]
#[allow(clippy::too_many_arguments, reason = "pointers are no struct fields on this ABI")]
pub unsafe extern "C" fn cloudcircuit_check_budget_columns_i64_nullable(
    current_spend: *const i64,
    current_spend_validity: *const u8,
    current_spend_validity_offset: usize,
    budget_limit: *const i64,
    budget_limit_validity: *const u8,
    budget_limit_validity_offset: usize,
    len: usize,
    config: *const BudgetConfigI64,
    flags: *mut u8,
    usage_ppm: *mut u64,
    invalid_rows: *mut usize,
) -> Status {
    let rows = Budgets {
        columns: [
            Column::nullable(current_spend, current_spend_validity, current_spend_validity_offset),
            Column::nullable(budget_limit, budget_limit_validity, budget_limit_validity_offset),
        ],
        len,
        flags,
        usage: usage_ppm,
        invalid_rows,
    };
    // SAFETY: the caller's buffers are as long as len and the offsets say.
    unsafe { check_budgets(rows, config) }
}

/// A call over columns of spends and limits.
struct Budgets<R: BudgetRule> {
    columns: [Column<R::Amount>; 2],
    len: usize,
    flags: *mut u8,
    usage: *mut R::Usage,
    invalid_rows: *mut usize,
}

/// # Safety
/// `config` is NULL or readable, and every buffer that is not NULL is as long as `rows` says.
unsafe fn check_budgets<R: BudgetRule>(rows: Budgets<R>, config: *const R) -> Status {
    // SAFETY: the caller's config is NULL or readable.
    let config = unsafe { read_optional(config) }.unwrap_or_default();
    let check = rows.check().and_then(|()| config.validate());
    // SAFETY: the buffers are checked.
    unsafe {
        match check {
            Ok(()) => rows.decide(&config),
            Err(error) => rows.refuse(error),
        }
    }
}

impl<R: BudgetRule> Budgets<R> {
    /// NULL pointers, sizes and overlaps.
    fn check(&self) -> Result<(), Error> {
        let [spend, limit] = self.columns;
        let is_missing = spend.numbers.is_null() || limit.numbers.is_null() || self.flags.is_null();
        if is_missing && self.len > 0 {
            return Err(Error::NullPointer);
        }
        let bytes = column_bytes(self.len)?;
        let bitmaps = [spend.validity.bytes(self.len), limit.validity.bytes(self.len)];
        let [Some(spend_bits), Some(limit_bits)] = bitmaps else {
            return Err(Error::TooManyRows);
        };
        check_overlaps(
            Range::new(self.flags, self.len),
            Range::new(self.usage, bytes),
            Range::new(self.invalid_rows, size_of::<usize>()),
            &[spend_bits, limit_bits],
            &[Range::new(spend.numbers, bytes), Range::new(limit.numbers, bytes)],
        )
    }

    /// # Safety
    /// Each output is NULL or writable for all rows.
    unsafe fn refuse(&self, error: Error) -> Status {
        // SAFETY: passed on.
        unsafe {
            refuse_all(self.usage, self.flags, BUDGET_REFUSED, self.len, self.invalid_rows, error)
        }
    }

    /// Applies a rule to all rows: flags, and usage where that is wanted.
    ///
    /// # Safety
    /// The call is checked, and its buffers are as long as they say.
    unsafe fn decide(&self, rule: &R) -> Status {
        #[cfg(target_arch = "x86_64")]
        if arch::has_avx2_for(self.len) {
            // SAFETY: passed on, and the CPU has AVX2.
            return unsafe { self.decide_avx2(rule) };
        }
        // SAFETY: passed on.
        unsafe { self.decide_here(rule) }
    }

    /// # Safety
    /// As for `decide`, and the CPU has AVX2.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    unsafe fn decide_avx2(&self, rule: &R) -> Status {
        // SAFETY: passed on.
        unsafe { self.decide_here(rule) }
    }

    /// # Safety
    /// As for `decide`.
    #[inline(always)]
    unsafe fn decide_here(&self, rule: &R) -> Status {
        // SAFETY: passed on.
        unsafe {
            let invalid = if self.usage.is_null() {
                self.decide_rows::<false>(rule)
            } else {
                self.decide_rows::<true>(rule)
            };
            write_count(self.invalid_rows, invalid + self.refuse_missing(), None)
        }
    }

    /// Returns how many rows are invalid. A column may be answered in its own place, so no row is
    /// answered before it is read.
    ///
    /// # Safety
    /// As for `decide`; usage is not NULL if it is wanted.
    #[inline(always)]
    unsafe fn decide_rows<const USAGE: bool>(&self, rule: &R) -> usize {
        let [spend, limit] = self.columns.map(|column| column.numbers);
        let (mut start, mut invalid) = (0, 0);
        while start + ROWS <= self.len {
            // SAFETY: these rows exist, and no access needs alignment.
            unsafe {
                let spend = spend.add(start).cast::<[R::Amount; ROWS]>().read_unaligned();
                let limit = limit.add(start).cast::<[R::Amount; ROWS]>().read_unaligned();
                if let Some((flags, usage)) = rule.check_batch::<USAGE>(&spend, &limit) {
                    self.flags.add(start).cast::<[u8; ROWS]>().write_unaligned(flags);
                    if USAGE {
                        self.usage.add(start).cast::<[R::Usage; ROWS]>().write_unaligned(usage);
                    }
                } else {
                    invalid += self.decide_each::<USAGE>(start, start + ROWS, rule);
                }
            }
            start += ROWS;
        }
        // SAFETY: passed on.
        invalid + unsafe { self.decide_each::<USAGE>(start, self.len, rule) }
    }

    /// Returns how many rows are invalid from `start` up to `end`.
    ///
    /// # Safety
    /// As for `decide_rows`.
    #[inline(never)]
    unsafe fn decide_each<const USAGE: bool>(&self, start: usize, end: usize, rule: &R) -> usize {
        let [spend, limit] = self.columns.map(|column| column.numbers);
        let mut invalid = 0;
        for row in start..end {
            // SAFETY: the row exists, and no access needs alignment.
            unsafe {
                let (spend, limit) = (spend.add(row), limit.add(row));
                let (flags, usage) = rule.row(spend.read_unaligned(), limit.read_unaligned());
                invalid += usize::from(flags & FLAG_INVALID != 0);
                self.flags.add(row).write(flags as u8);
                if USAGE {
                    self.usage.add(row).write_unaligned(usage);
                }
            }
        }
        invalid
    }

    /// Refuses the rows in which a value is missing and returns how many of them were valid.
    ///
    /// # Safety
    /// As for `decide`, and all rows are answered.
    unsafe fn refuse_missing(&self) -> usize {
        let [spend, limit] = self.columns.map(|column| column.validity);
        if spend.bits.is_null() && limit.bits.is_null() {
            return 0;
        }
        let mut refused = 0;
        for (first, count) in bitmap_chunks(self.len) {
            // SAFETY: the rows exist, and the bitmaps cover them.
            unsafe {
                let mut missing = spend.missing(first, count) | limit.missing(first, count);
                while missing != 0 {
                    let row = first + missing.trailing_zeros() as usize;
                    let was_valid = u32::from(self.flags.add(row).read()) & FLAG_INVALID == 0;
                    refused += usize::from(was_valid);
                    self.answer(row, BUDGET_REFUSED, R::Usage::default());
                    missing &= missing - 1;
                }
            }
        }
        refused
    }

    /// # Safety
    /// The row exists.
    unsafe fn answer(&self, row: usize, flags: u32, usage: R::Usage) {
        // SAFETY: by contract; usage is written only where it is wanted.
        unsafe {
            self.flags.add(row).write(flags as u8);
            if !self.usage.is_null() {
                self.usage.add(row).write_unaligned(usage);
            }
        }
    }
}
