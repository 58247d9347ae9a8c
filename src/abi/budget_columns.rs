//! Columns of budgets
//!
//! Many budgets in one call; how columns work is told above.

use super::columns::{Column, Range, check_overlaps, column_bytes, finish, refuse_all};
use super::{Status, kernel, read_optional};
use crate::budget::{self, BudgetConfig};
use crate::budget_i64::{self, BudgetConfigI64};
use crate::error::Error;
use crate::flags::{BUDGET_REFUSED, INVALID};

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
/// Since 0.1.0.
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
/// All else as there. Since 0.1.0.
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
/// Since 0.1.0.
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
    unsafe { check_budgets_i64(rows, config) }
}

/// cloudcircuit_check_budget_columns_i64 for columns with missing values.
///
/// current_spend_validity, budget_limit_validity: a validity bitmap for each column, or NULL.
/// current_spend_validity_offset, budget_limit_validity_offset: the bit of its first row.
///
/// All else as there. Since 0.1.0.
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
    unsafe { check_budgets_i64(rows, config) }
}

/// Rows that are read whole before any of their answers is written: a column may be answered in
/// its own place, and compilers make vectors of the rule in between.
const CHUNK: usize = 16;

/// A call over columns of spends and limits.
#[derive(Clone, Copy)]
struct Budgets<T, U> {
    columns: [Column<T>; 2],
    len: usize,
    flags: *mut u8,
    usage: *mut U,
    invalid_rows: *mut usize,
}

/// # Safety
/// `config` is NULL or readable, and every buffer that is not NULL is as long as `rows` says.
unsafe fn check_budgets(rows: Budgets<f64, f64>, config: *const BudgetConfig) -> Status {
    // SAFETY: the caller's config is NULL or readable.
    let config = unsafe { read_optional(config) }.unwrap_or_default();
    let check = rows.check().and_then(|()| config.validate());
    // SAFETY: the buffers are checked; AVX2 is only used where the CPU has it.
    unsafe {
        match check {
            Err(error) => rows.refuse(error),
            #[cfg(target_arch = "x86_64")]
            Ok(()) if kernel::has_avx2_for(rows.len) => budget_rows_avx2(rows, config),
            Ok(()) => budget_rows(rows, config),
        }
    }
}

/// # Safety
/// As for `Budgets::decide`.
#[inline(always)]
unsafe fn budget_rows(rows: Budgets<f64, f64>, config: BudgetConfig) -> Status {
    let ratio = config.warning_ratio;
    // SAFETY: passed on.
    unsafe { rows.decide(|spend, limit| budget::row(spend, limit, ratio)) }
}

/// # Safety
/// As for `Budgets::decide`, and the CPU has AVX2.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
unsafe fn budget_rows_avx2(rows: Budgets<f64, f64>, config: BudgetConfig) -> Status {
    // SAFETY: passed on.
    unsafe { budget_rows(rows, config) }
}

/// # Safety
/// `config` is NULL or readable, and every buffer that is not NULL is as long as `rows` says.
unsafe fn check_budgets_i64(rows: Budgets<i64, u64>, config: *const BudgetConfigI64) -> Status {
    // SAFETY: the caller's config is NULL or readable.
    let config = unsafe { read_optional(config) }.unwrap_or_default();
    let check = rows.check().and_then(|()| config.validate());
    let ppm = config.warning_ppm;
    // SAFETY: the buffers are checked.
    unsafe {
        match check {
            Err(error) => rows.refuse(error),
            Ok(()) => rows.decide(|spend, limit| budget_i64::row(spend, limit, ppm)),
        }
    }
}

impl<T: Copy + Default, U: Copy + Default> Budgets<T, U> {
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
        let refused = BUDGET_REFUSED;
        // SAFETY: passed on.
        unsafe { refuse_all(self.usage, self.flags, refused, self.len, self.invalid_rows, error) }
    }

    /// Applies a rule to all rows: flags, and usage where that is wanted.
    ///
    /// # Safety
    /// The call is checked, and its buffers are as long as they say.
    #[inline(always)]
    unsafe fn decide(self, rule: impl Fn(T, T) -> (u64, U)) -> Status {
        // SAFETY: passed on.
        unsafe {
            if self.usage.is_null() {
                self.decide_chunks::<false>(rule)
            } else {
                self.decide_chunks::<true>(rule)
            }
        }
    }

    /// # Safety
    /// As for `decide`; usage is not NULL if it is wanted.
    #[inline(always)]
    #[allow(clippy::indexing_slicing, reason = "constant bounds, checked in compilation")]
    unsafe fn decide_chunks<const USAGE: bool>(self, rule: impl Fn(T, T) -> (u64, U)) -> Status {
        let [spend, limit] = self.columns.map(|column| column.numbers);
        let mut invalid = [0; CHUNK];
        let mut start = 0;
        while start + CHUNK <= self.len {
            let (mut flags, mut usage) = ([0; CHUNK], [U::default(); CHUNK]);
            // SAFETY: rows start to start + CHUNK exist, and no access needs alignment.
            unsafe {
                let spend = spend.add(start).cast::<[T; CHUNK]>().read_unaligned();
                let limit = limit.add(start).cast::<[T; CHUNK]>().read_unaligned();
                for row in 0..CHUNK {
                    (flags[row], usage[row]) = rule(spend[row], limit[row]);
                    invalid[row] += flags[row] >> INVALID.trailing_zeros();
                }
                let flags = flags.map(|flags| flags as u8);
                self.flags.add(start).cast::<[u8; CHUNK]>().write_unaligned(flags);
                if USAGE {
                    self.usage.add(start).cast::<[U; CHUNK]>().write_unaligned(usage);
                }
            }
            start += CHUNK;
        }
        let mut invalid = invalid.iter().sum::<u64>() as usize;
        for row in start..self.len {
            // SAFETY: the row exists, and no access needs alignment.
            unsafe {
                let (spend, limit) = (spend.add(row), limit.add(row));
                let (flags, usage) = rule(spend.read_unaligned(), limit.read_unaligned());
                self.answer(row, flags, usage);
                invalid += usize::from(flags & INVALID != 0);
            }
        }
        // SAFETY: passed on.
        unsafe {
            invalid += self.refuse_missing();
            finish(self.invalid_rows, invalid, None)
        }
    }

    /// Refuses the rows in which a value is missing and returns how many of them were valid.
    ///
    /// # Safety
    /// As for `decide`, which has answered all rows.
    unsafe fn refuse_missing(&self) -> usize {
        let [spend, limit] = self.columns.map(|column| column.validity);
        if spend.bits.is_null() && limit.bits.is_null() {
            return 0;
        }
        let mut refused = 0;
        for row in 0..self.len {
            // SAFETY: the row exists, and the bitmaps cover it.
            unsafe {
                if !(spend.has(row) && limit.has(row)) {
                    refused += usize::from(u64::from(self.flags.add(row).read()) & INVALID == 0);
                    self.answer(row, BUDGET_REFUSED, U::default());
                }
            }
        }
        refused
    }

    /// # Safety
    /// The row exists.
    unsafe fn answer(&self, row: usize, flags: u64, usage: U) {
        // SAFETY: by contract; usage is written only where it is wanted.
        unsafe {
            self.flags.add(row).write(flags as u8);
            if !self.usage.is_null() {
                self.usage.add(row).write_unaligned(usage);
            }
        }
    }
}
