//! Records
//!
//! Results as JSON, one object in one line, for an audit log. A line can be defended alone: it says
//! what was decided, by which version of the library, and by which settings.
//!
//!     {"kind":"budget_result_i64","version":"0.2.0","status":"CLOUDCIRCUIT_OK","current_spend":920,
//!      "budget_limit":1000,"remaining_budget":80,"usage_ppm":920000,"is_warning":true,
//!      "is_breached":false,"config":{"warning_ppm":900000}}
//!
//! Members are named like the struct's fields; reserved fields are left out. Flags are true or false.
//! Actions, phases, verdicts, reasons and modes are words, those of the _name functions, and bits are
//! arrays of words; a ledger's crossed and newly_crossed are arrays of the thresholds' places, from 0.
//! Numbers have the fewest digits that read back to the same bits. JavaScript's JSON.parse rounds
//! integers beyond 2^53.
//!
//! The record of a refused call, one whose status is an error, has no result. It has a message, the
//! sentence of cloudcircuit_status_message(), which names the rule, and the settings as they were
//! passed: there a number that is not finite is null, and a constant that is unknown is its number.
//!
//! All of these functions take the same arguments:
//!
//! status:   what the call returned.
//! config, counters or policy: what the call was passed; NULL writes the defaults. A call that takes
//!           no NULL has none: there it goes only with an error status, and writes null.
//! result, decision or permit: what the call wrote. NULL goes only with an error status, with which it
//!           is not read.
//! buffer:   receives the line and a NUL. On an error it receives only the NUL, if capacity > 0.
//! capacity: size of buffer in bytes; CLOUDCIRCUIT_RECORD_CAPACITY is enough for every record. 0 with
//!           a NULL buffer asks for the length: it returns
//!           CLOUDCIRCUIT_ERR_BUFFER_TOO_SMALL and sets length.
//! length:   NULL, or receives the line's length without the NUL, also if the buffer is too small;
//!           0 on other errors. It must not lie within buffer.

use super::{Status, read_optional};
use crate::breaker::config::BreakerConfig;
use crate::breaker::counters::{BreakerCounters, BreakerDecision};
use crate::breaker::permit::BreakerPermit;
use crate::budget::check::{BudgetConfig, BudgetResult};
use crate::budget::exact::{BudgetConfigI64, BudgetResultI64};
use crate::detect::config::{DetectConfig, DetectResult};
use crate::error::{Error, OK};
use crate::forecast::config::{ForecastConfig, ForecastResult};
use crate::guard::evaluate::{GuardDecision, GuardPolicy};
use crate::json::{
    line::Line,
    records::{self, Record},
};
use crate::ledger::{config::LedgerConfig, decide::LedgerDecision};
use crate::rate_limit::{RateLimitConfig, RateLimitDecision};
use crate::spike::check::{SpikeConfig, SpikeResult};
use crate::spike::exact::{SpikeConfigI64, SpikeResultI64};
use core::ffi::c_char;
use core::mem::MaybeUninit;

/// Writes a cloudcircuit_budget_result as one line of JSON.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_write_budget_result_json(
    status: i32,
    config: *const BudgetConfig,
    result: *const BudgetResult,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
) -> Status {
    // SAFETY: the caller's pointers are NULL or valid, as write_record asks.
    unsafe {
        write_record(&records::BUDGET_RESULT, status, config, result, buffer, capacity, length)
    }
}

/// Writes a cloudcircuit_budget_result_i64 as one line of JSON.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_write_budget_result_i64_json(
    status: i32,
    config: *const BudgetConfigI64,
    result: *const BudgetResultI64,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
) -> Status {
    // SAFETY: the caller's pointers are NULL or valid, as write_record asks.
    unsafe {
        write_record(&records::BUDGET_RESULT_I64, status, config, result, buffer, capacity, length)
    }
}

/// Writes a cloudcircuit_spike_result as one line of JSON.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_write_spike_result_json(
    status: i32,
    config: *const SpikeConfig,
    result: *const SpikeResult,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
) -> Status {
    // SAFETY: the caller's pointers are NULL or valid, as write_record asks.
    unsafe {
        write_record(&records::SPIKE_RESULT, status, config, result, buffer, capacity, length)
    }
}

/// Writes a cloudcircuit_spike_result_i64 as one line of JSON.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_write_spike_result_i64_json(
    status: i32,
    config: *const SpikeConfigI64,
    result: *const SpikeResultI64,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
) -> Status {
    // SAFETY: the caller's pointers are NULL or valid, as write_record asks.
    unsafe {
        write_record(&records::SPIKE_RESULT_I64, status, config, result, buffer, capacity, length)
    }
}

/// Writes a cloudcircuit_breaker_decision as one line of JSON.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_write_breaker_decision_json(
    status: i32,
    counters: *const BreakerCounters,
    decision: *const BreakerDecision,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
) -> Status {
    // SAFETY: the caller's pointers are NULL or valid, as write_record asks.
    unsafe {
        write_record(
            &records::BREAKER_DECISION,
            status,
            counters,
            decision,
            buffer,
            capacity,
            length,
        )
    }
}

/// Writes a cloudcircuit_breaker_permit as one line of JSON.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_write_breaker_permit_json(
    status: i32,
    config: *const BreakerConfig,
    permit: *const BreakerPermit,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
) -> Status {
    // SAFETY: the caller's pointers are NULL or valid, as write_record asks.
    unsafe {
        write_record(&records::BREAKER_PERMIT, status, config, permit, buffer, capacity, length)
    }
}

/// Writes a cloudcircuit_ledger_decision as one line of JSON.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_write_ledger_decision_json(
    status: i32,
    config: *const LedgerConfig,
    decision: *const LedgerDecision,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
) -> Status {
    // SAFETY: the caller's pointers are NULL or valid, as write_record asks.
    unsafe {
        write_record(&records::LEDGER_DECISION, status, config, decision, buffer, capacity, length)
    }
}

/// Writes a cloudcircuit_rate_limit_decision as one line of JSON.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_write_rate_limit_decision_json(
    status: i32,
    config: *const RateLimitConfig,
    decision: *const RateLimitDecision,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
) -> Status {
    // SAFETY: the caller's pointers are NULL or valid, as write_record asks.
    unsafe {
        write_record(
            &records::RATE_LIMIT_DECISION,
            status,
            config,
            decision,
            buffer,
            capacity,
            length,
        )
    }
}

/// Writes a cloudcircuit_detect_result as one line of JSON.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_write_detect_result_json(
    status: i32,
    config: *const DetectConfig,
    result: *const DetectResult,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
) -> Status {
    // SAFETY: the caller's pointers are NULL or valid, as write_record asks.
    unsafe {
        write_record(&records::DETECT_RESULT, status, config, result, buffer, capacity, length)
    }
}

/// Writes a cloudcircuit_forecast_result as one line of JSON.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_write_forecast_result_json(
    status: i32,
    config: *const ForecastConfig,
    result: *const ForecastResult,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
) -> Status {
    // SAFETY: the caller's pointers are NULL or valid, as write_record asks.
    unsafe {
        write_record(&records::FORECAST_RESULT, status, config, result, buffer, capacity, length)
    }
}

/// Writes a cloudcircuit_guard_decision as one line of JSON.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_write_guard_decision_json(
    status: i32,
    policy: *const GuardPolicy,
    decision: *const GuardDecision,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
) -> Status {
    // SAFETY: the caller's pointers are NULL or valid, as write_record asks.
    unsafe {
        write_record(&records::GUARD_DECISION, status, policy, decision, buffer, capacity, length)
    }
}

/// Writes one record, or the reason why there is none.
///
/// # Safety
/// `config` and `result` are NULL or readable, `buffer` NULL or writable for `capacity` bytes, `length`
/// NULL or writable.
unsafe fn write_record<C: Copy, R: Copy>(
    record: &Record<C, R>,
    status: i32,
    config: *const C,
    result: *const R,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
) -> Status {
    // SAFETY: NULL or readable by contract; the result of a refused call is not read.
    let (config, result) =
        unsafe { (read_optional(config), if status == OK { read_optional(result) } else { None }) };
    let mut line = Line::new();
    let written = if buffer.is_null() && capacity > 0 {
        Err(Error::NullPointer)
    } else {
        record.write(&mut line, status, config, result.as_ref())
    };
    // SAFETY: buffer and length are as this function's contract says.
    unsafe { write_text(written.map(|()| line.text()), buffer, capacity, length) }
}

/// Writes a line that is the same for every type of result, compiled once.
///
/// # Safety
/// `buffer` is NULL or writable for `capacity` bytes, `length` NULL or writable.
#[inline(never)]
unsafe fn write_text(
    line: Result<&[MaybeUninit<u8>], Error>,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
) -> Status {
    let needed = line.map_or(0, <[_]>::len);
    let line = if capacity <= needed { line.and(Err(Error::BufferTooSmall)) } else { line };
    let (text, status) = match line {
        Ok(text) => (text, OK),
        Err(error) => (&[][..], error.status()),
    };
    if !buffer.is_null() && capacity > 0 {
        // SAFETY: text and NUL fit into the capacity, and the text is no part of the caller's buffer.
        unsafe {
            buffer.cast::<MaybeUninit<u8>>().copy_from_nonoverlapping(text.as_ptr(), text.len());
            buffer.add(text.len()).write(0);
        }
    }
    if !length.is_null() {
        // SAFETY: not NULL, so writable by contract.
        unsafe { length.write_unaligned(needed) };
    }
    status
}
