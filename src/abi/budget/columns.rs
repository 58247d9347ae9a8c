//! Columns of budgets
//!
//! Many budgets in one call, by the rules of the section on columns.

use crate::abi::columns::{
    Column, Range, cells, check_overlaps, column_bytes, refuse_all, write_count,
};
use crate::abi::{Status, read_config};
use crate::arch;
use crate::budget::batch::{BudgetRule, Budgets};
use crate::budget::check::BudgetConfig;
use crate::budget::exact::BudgetConfigI64;
use crate::error::Error;
use crate::flags::BUDGET_REFUSED;

/// Checks many budgets, each as cloudcircuit_check_budget() does.
///
/// current_spend: column of spends so far, len amounts.
/// budget_limit:  column of limits, len amounts.
/// len:           number of rows, from 0.
/// config:        one for all rows; NULL for the defaults.
/// flags:         a byte of CLOUDCIRCUIT_FLAG bits for each row.
/// usage_ratio:   a double for each row, or NULL.
/// invalid_rows:  number of invalid rows, or NULL.
///
/// Errors: NULL_POINTER, TOO_MANY_ROWS, OVERLAP, WARNING_RATIO, INVALID_ROWS
/// (the first that applies).
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
    let call = Call {
        spend: Column::full(current_spend),
        limit: Column::full(budget_limit),
        len,
        flags,
        usage: usage_ratio,
        invalid_rows,
    };
    // SAFETY: same contract as this function's: buffers are as long as len says.
    unsafe { call.run(config) }
}

/// Checks many budgets, as cloudcircuit_check_budget_columns() does, where values may be
/// missing.
///
/// current_spend:                 column of spends so far, len amounts.
/// current_spend_validity:        validity bitmap of current_spend, or NULL.
/// current_spend_validity_offset: the bit of its first row.
/// budget_limit:                  column of limits, len amounts.
/// budget_limit_validity:         validity bitmap of budget_limit, or NULL.
/// budget_limit_validity_offset:  the bit of its first row.
/// len:                           number of rows, from 0.
/// config:                        one for all rows; NULL for the defaults.
/// flags:                         a byte of CLOUDCIRCUIT_FLAG bits for each row.
/// usage_ratio:                   a double for each row, or NULL.
/// invalid_rows:                  number of invalid rows, or NULL.
///
/// Errors: NULL_POINTER, TOO_MANY_ROWS, OVERLAP, WARNING_RATIO, INVALID_ROWS
/// (the first that applies).
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
    let call = Call {
        spend: Column::nullable(
            current_spend,
            current_spend_validity,
            current_spend_validity_offset,
        ),
        limit: Column::nullable(budget_limit, budget_limit_validity, budget_limit_validity_offset),
        len,
        flags,
        usage: usage_ratio,
        invalid_rows,
    };
    // SAFETY: same contract as this function's: buffers are as long as len and the offsets say.
    unsafe { call.run(config) }
}

/// Checks many budgets, each as cloudcircuit_check_budget_i64() does.
///
/// current_spend: column of spends so far, len amounts, in a minor unit.
/// budget_limit:  column of limits, len amounts.
/// len:           number of rows, from 0.
/// config:        one for all rows; NULL for the defaults.
/// flags:         a byte of CLOUDCIRCUIT_FLAG bits for each row.
/// usage_ppm:     a uint64_t for each row, or NULL.
/// invalid_rows:  number of invalid rows, or NULL.
///
/// Errors: NULL_POINTER, TOO_MANY_ROWS, OVERLAP, WARNING_PPM, RESERVED, INVALID_ROWS
/// (the first that applies).
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
    let call = Call {
        spend: Column::full(current_spend),
        limit: Column::full(budget_limit),
        len,
        flags,
        usage: usage_ppm,
        invalid_rows,
    };
    // SAFETY: same contract as this function's: buffers are as long as len says.
    unsafe { call.run(config) }
}

/// Checks many budgets, as cloudcircuit_check_budget_columns_i64() does, where values may be
/// missing.
///
/// current_spend:                 column of spends so far, len amounts, in a minor unit.
/// current_spend_validity:        validity bitmap of current_spend, or NULL.
/// current_spend_validity_offset: the bit of its first row.
/// budget_limit:                  column of limits, len amounts.
/// budget_limit_validity:         validity bitmap of budget_limit, or NULL.
/// budget_limit_validity_offset:  the bit of its first row.
/// len:                           number of rows, from 0.
/// config:                        one for all rows; NULL for the defaults.
/// flags:                         a byte of CLOUDCIRCUIT_FLAG bits for each row.
/// usage_ppm:                     a uint64_t for each row, or NULL.
/// invalid_rows:                  number of invalid rows, or NULL.
///
/// Errors: NULL_POINTER, TOO_MANY_ROWS, OVERLAP, WARNING_PPM, RESERVED, INVALID_ROWS
/// (the first that applies).
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
    let call = Call {
        spend: Column::nullable(
            current_spend,
            current_spend_validity,
            current_spend_validity_offset,
        ),
        limit: Column::nullable(budget_limit, budget_limit_validity, budget_limit_validity_offset),
        len,
        flags,
        usage: usage_ppm,
        invalid_rows,
    };
    // SAFETY: same contract as this function's: buffers are as long as len and the offsets say.
    unsafe { call.run(config) }
}

/// A call over columns of spends and limits.
struct Call<R: BudgetRule> {
    spend: Column<R::Amount>,
    limit: Column<R::Amount>,
    len: usize,
    flags: *mut u8,
    usage: *mut R::Usage,
    invalid_rows: *mut usize,
}

impl<R: BudgetRule> Call<R> {
    /// # Safety
    /// `config` is NULL or readable, and every buffer that is not NULL is as long as the call says.
    unsafe fn run(self, config: *const R) -> Status {
        // SAFETY: NULL or readable by contract.
        let config = unsafe { read_config(config) };
        let check = self.check().and_then(|()| config.validate());
        // SAFETY: the buffers are as long as the call says, and `check` found them apart.
        unsafe {
            match check {
                Ok(()) => write_count(self.invalid_rows, self.decide(&config), None),
                Err(error) => {
                    let (len, invalid_rows) = (self.len, self.invalid_rows);
                    refuse_all(self.usage, self.flags, BUDGET_REFUSED, len, invalid_rows, error)
                }
            }
        }
    }

    /// NULL pointers, sizes and overlaps.
    fn check(&self) -> Result<(), Error> {
        let (spend, limit) = (self.spend, self.limit);
        let is_missing = spend.numbers.is_null() || limit.numbers.is_null() || self.flags.is_null();
        if is_missing && self.len > 0 {
            return Err(Error::NullPointer);
        }
        let bytes = column_bytes(self.len)?;
        let bitmaps = [spend.validity.bytes(self.len), limit.validity.bytes(self.len)];
        let [Some(spend_bits), Some(limit_bits)] = bitmaps else {
            return Err(Error::TooManyRows);
        };
        let bitmaps = [spend_bits, limit_bits];
        let has_bitmaps = !spend.validity.bits.is_null() || !limit.validity.bits.is_null();
        check_overlaps(
            Range::new(self.flags, self.len),
            Range::new(self.usage, bytes),
            Range::new(self.invalid_rows, size_of::<usize>()),
            if has_bitmaps { &bitmaps } else { &[] },
            &[Range::new(spend.numbers, bytes), Range::new(limit.numbers, bytes)],
        )
    }

    /// Returns how many rows are invalid.
    ///
    /// # Safety
    /// `check` found nothing wrong, and the buffers are as long as the call says.
    unsafe fn decide(&self, rule: &R) -> usize {
        // SAFETY: every buffer that is not NULL has `len` rows. NULL is left for 0 rows and for
        // usage, which may also be one of the inputs: cells may share memory.
        let rows = unsafe {
            Budgets {
                rule,
                spend: cells(self.spend.numbers.cast(), self.len),
                limit: cells(self.limit.numbers.cast(), self.len),
                flags: cells(self.flags, self.len),
                usage: (!self.usage.is_null()).then(|| cells(self.usage.cast(), self.len)),
            }
        };
        let invalid = arch::check_widest(&rows, self.len);
        let (spend, limit) = (self.spend.validity, self.limit.validity);
        if spend.bits.is_null() && limit.bits.is_null() {
            return invalid;
        }
        // SAFETY: the bitmaps cover all rows.
        let missing =
            |first, count| unsafe { spend.missing(first, count) | limit.missing(first, count) };
        invalid + rows.refuse_missing(missing)
    }
}
