//! Record
//!
//! The audit line: a result as one JSON object without a newline, its fields named as in the
//! struct (reserved ones left out), flags as true or false. Numbers are the shortest that read
//! back to the same bits; JavaScript's JSON.parse rounds integers beyond 2^53.
//!
//! All of these functions alike: buffer receives the line and a NUL, capacity is its size in
//! bytes, and length, which may be NULL, the line's length without the NUL, also when the buffer
//! was too small. CLOUDCIRCUIT_RECORD_CAPACITY is enough for any record of this version. On an
//! error the buffer receives nothing but a NUL, if there is room for one; unless the buffer was
//! too small, length is then 0. A capacity of 0 with a NULL buffer asks for the length, and is
//! answered CLOUDCIRCUIT_ERR_BUFFER_TOO_SMALL. length must not lie within buffer.
//!
//! They return CLOUDCIRCUIT_OK, or the first of these that applies:
//!   CLOUDCIRCUIT_ERR_NULL_POINTER      result is NULL, or buffer is with a capacity above 0
//!   CLOUDCIRCUIT_ERR_RECORD_FIELD      a number is not finite, or a flag is neither 0 nor 1
//!   CLOUDCIRCUIT_ERR_BUFFER_TOO_SMALL  capacity is not above the line's length

use super::{Status, read_optional};
use crate::breaker::counters::BreakerDecision;
use crate::breaker::state::BreakerPermit;
use crate::budget::check::BudgetResult;
use crate::budget::exact::BudgetResultI64;
use crate::detect::judge::DetectResult;
use crate::error::{Error, OK};
use crate::forecast::check::ForecastResult;
use crate::guard::GuardDecision;
use crate::json::{self as record, Line};
use crate::ledger::LedgerDecision;
use crate::spike::check::SpikeResult;
use crate::spike::exact::SpikeResultI64;
use core::ffi::c_char;

/// Writes a cloudcircuit_budget_result.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_write_budget_result_json(
    result: *const BudgetResult,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
) -> Status {
    // SAFETY: passed on.
    unsafe { write_line(result, record::budget_result, buffer, capacity, length) }
}

/// Writes a cloudcircuit_spike_result.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_write_spike_result_json(
    result: *const SpikeResult,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
) -> Status {
    // SAFETY: passed on.
    unsafe { write_line(result, record::spike_result, buffer, capacity, length) }
}

/// Writes a cloudcircuit_breaker_decision.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_write_breaker_decision_json(
    decision: *const BreakerDecision,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
) -> Status {
    // SAFETY: passed on.
    unsafe { write_line(decision, record::breaker_decision, buffer, capacity, length) }
}

/// Writes a cloudcircuit_guard_decision; action and reasons as their numbers.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_write_guard_decision_json(
    decision: *const GuardDecision,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
) -> Status {
    // SAFETY: passed on.
    unsafe { write_line(decision, record::guard_decision, buffer, capacity, length) }
}

/// Writes a cloudcircuit_budget_result_i64.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_write_budget_result_i64_json(
    result: *const BudgetResultI64,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
) -> Status {
    // SAFETY: passed on.
    unsafe { write_line(result, record::budget_result_i64, buffer, capacity, length) }
}

/// Writes a cloudcircuit_spike_result_i64.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_write_spike_result_i64_json(
    result: *const SpikeResultI64,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
) -> Status {
    // SAFETY: passed on.
    unsafe { write_line(result, record::spike_result_i64, buffer, capacity, length) }
}

/// Writes a cloudcircuit_breaker_permit; its constants as their numbers.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_write_breaker_permit_json(
    permit: *const BreakerPermit,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
) -> Status {
    // SAFETY: passed on.
    unsafe { write_line(permit, record::breaker_permit, buffer, capacity, length) }
}

/// Writes a cloudcircuit_ledger_decision; its constants as their numbers.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_write_ledger_decision_json(
    decision: *const LedgerDecision,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
) -> Status {
    // SAFETY: passed on.
    unsafe { write_line(decision, record::ledger_decision, buffer, capacity, length) }
}

/// Writes a cloudcircuit_detect_result; verdict and reason as their numbers.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_write_detect_result_json(
    result: *const DetectResult,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
) -> Status {
    // SAFETY: passed on.
    unsafe { write_line(result, record::detect_result, buffer, capacity, length) }
}

/// Writes a cloudcircuit_forecast_result; verdict as its number.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_write_forecast_result_json(
    result: *const ForecastResult,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
) -> Status {
    // SAFETY: passed on.
    unsafe { write_line(result, record::forecast_result, buffer, capacity, length) }
}

/// # Safety
/// `result` is NULL or readable, `buffer` NULL or writable for `capacity` bytes, `length` NULL or
/// writable.
unsafe fn write_line<T: Copy>(
    result: *const T,
    record: fn(&T) -> Result<Line, Error>,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
) -> Status {
    // SAFETY: NULL or readable by contract.
    let result = unsafe { read_optional(result) };
    let line = match result {
        Some(result) if !buffer.is_null() || capacity == 0 => record(&result),
        _ => Err(Error::NullPointer),
    };
    // SAFETY: passed on.
    unsafe {
        write_text(line.as_ref().map(Line::text).map_err(|error| *error), buffer, capacity, length)
    }
}

/// # Safety
/// As for [`write_line`].
#[inline(never)]
unsafe fn write_text(
    line: Result<&[u8], Error>,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
) -> Status {
    let needed = line.map_or(0, <[u8]>::len);
    let line = if capacity <= needed { line.and(Err(Error::BufferTooSmall)) } else { line };
    let (text, status) = match line {
        Ok(text) => (text, OK),
        Err(error) => (&[][..], error.status()),
    };
    if !buffer.is_null() && capacity > 0 {
        let buffer = buffer.cast::<u8>();
        // SAFETY: the text and its NUL are no longer than the capacity, and the line is our own.
        unsafe {
            buffer.copy_from_nonoverlapping(text.as_ptr(), text.len());
            buffer.add(text.len()).write(0);
        }
    }
    if !length.is_null() {
        // SAFETY: not NULL, so writable by contract.
        unsafe { length.write_unaligned(needed) };
    }
    status
}
