//! Record
//!
//! Results as JSON, one object in one line, for an audit log.
//!
//! Members are named like the struct's fields; reserved fields are left out. Flags are true or
//! false, other constants their numbers. Numbers have the fewest digits that read back to the same
//! bits. JavaScript's JSON.parse rounds integers beyond 2^53.
//!
//! All of these functions take the same arguments:
//!
//! result or decision or permit: the struct to write.
//! buffer:   receives the line and a NUL. On an error it receives only the NUL, if capacity > 0.
//! capacity: size of buffer in bytes; CLOUDCIRCUIT_RECORD_CAPACITY is enough for every record. 0
//!           with a NULL buffer asks for the length: it returns CLOUDCIRCUIT_ERR_BUFFER_TOO_SMALL
//!           and sets length.
//! length:   NULL, or receives the line's length without the NUL, also if the buffer is too small;
//!           0 on other errors. It must not lie within buffer.

use super::{Status, read_optional};
use crate::breaker::counters::BreakerDecision;
use crate::breaker::permit::BreakerPermit;
use crate::budget::check::BudgetResult;
use crate::budget::exact::BudgetResultI64;
use crate::detect::config::DetectResult;
use crate::error::{Error, OK};
use crate::forecast::config::ForecastResult;
use crate::guard::GuardDecision;
use crate::json::{self as record, Line};
use crate::ledger::decide::LedgerDecision;
use crate::spike::check::SpikeResult;
use crate::spike::exact::SpikeResultI64;
use core::ffi::c_char;

/// Writes a cloudcircuit_budget_result as one line of JSON.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_write_budget_result_json(
    result: *const BudgetResult,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
) -> Status {
    // SAFETY: the caller's pointers are NULL or valid, as write_line asks.
    unsafe { write_line(result, record::budget_result, buffer, capacity, length) }
}

/// Writes a cloudcircuit_spike_result as one line of JSON.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_write_spike_result_json(
    result: *const SpikeResult,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
) -> Status {
    // SAFETY: the caller's pointers are NULL or valid, as write_line asks.
    unsafe { write_line(result, record::spike_result, buffer, capacity, length) }
}

/// Writes a cloudcircuit_breaker_decision as one line of JSON.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_write_breaker_decision_json(
    decision: *const BreakerDecision,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
) -> Status {
    // SAFETY: the caller's pointers are NULL or valid, as write_line asks.
    unsafe { write_line(decision, record::breaker_decision, buffer, capacity, length) }
}

/// Writes a cloudcircuit_guard_decision as one line of JSON.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_write_guard_decision_json(
    decision: *const GuardDecision,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
) -> Status {
    // SAFETY: the caller's pointers are NULL or valid, as write_line asks.
    unsafe { write_line(decision, record::guard_decision, buffer, capacity, length) }
}

/// Writes a cloudcircuit_budget_result_i64 as one line of JSON.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_write_budget_result_i64_json(
    result: *const BudgetResultI64,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
) -> Status {
    // SAFETY: the caller's pointers are NULL or valid, as write_line asks.
    unsafe { write_line(result, record::budget_result_i64, buffer, capacity, length) }
}

/// Writes a cloudcircuit_spike_result_i64 as one line of JSON.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_write_spike_result_i64_json(
    result: *const SpikeResultI64,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
) -> Status {
    // SAFETY: the caller's pointers are NULL or valid, as write_line asks.
    unsafe { write_line(result, record::spike_result_i64, buffer, capacity, length) }
}

/// Writes a cloudcircuit_breaker_permit as one line of JSON.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_write_breaker_permit_json(
    permit: *const BreakerPermit,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
) -> Status {
    // SAFETY: the caller's pointers are NULL or valid, as write_line asks.
    unsafe { write_line(permit, record::breaker_permit, buffer, capacity, length) }
}

/// Writes a cloudcircuit_ledger_decision as one line of JSON.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_write_ledger_decision_json(
    decision: *const LedgerDecision,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
) -> Status {
    // SAFETY: the caller's pointers are NULL or valid, as write_line asks.
    unsafe { write_line(decision, record::ledger_decision, buffer, capacity, length) }
}

/// Writes a cloudcircuit_detect_result as one line of JSON.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_write_detect_result_json(
    result: *const DetectResult,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
) -> Status {
    // SAFETY: the caller's pointers are NULL or valid, as write_line asks.
    unsafe { write_line(result, record::detect_result, buffer, capacity, length) }
}

/// Writes a cloudcircuit_forecast_result as one line of JSON.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_write_forecast_result_json(
    result: *const ForecastResult,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
) -> Status {
    // SAFETY: the caller's pointers are NULL or valid, as write_line asks.
    unsafe { write_line(result, record::forecast_result, buffer, capacity, length) }
}

/// Writes one record, or the reason why there is none.
///
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
    // SAFETY: buffer and length are as this function's contract says.
    unsafe {
        write_text(line.as_ref().map(Line::text).map_err(|error| *error), buffer, capacity, length)
    }
}

/// Writes a line that is the same for every type of result, compiled once.
///
/// # Safety
/// `buffer` is NULL or writable for `capacity` bytes, `length` NULL or writable.
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
        // SAFETY: text and NUL fit into the capacity, and the text is no part of the caller's
        // buffer.
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
