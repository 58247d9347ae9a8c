//! libcloudcircuit: spend safeguards as pure functions
//!
//! Plain numbers in, a decision out: is the budget breached, is this a spike, may this
//! operation run. The host owns memory, clock, storage and I/O; the library owns the
//! decision.
//!
//! A first use:
//!
//!     cloudcircuit_budget_result budget;
//!     if (cloudcircuit_check_budget(920.0, 1000.0, NULL, &budget) == CLOUDCIRCUIT_OK)
//!         printf("%.0f %% used\n", 100.0 * budget.usage_ratio);
//!     if (budget.is_breached)
//!         stop_spending();
//!
//! What every function keeps:
//!
//! - It returns a status and writes one result struct. CLOUDCIRCUIT_OK is 0; every broken rule has a
//!   status of its own, and cloudcircuit_status_message() says it in a sentence.
//! - It fails closed. On every error the result, unless its pointer is NULL, is written whole with the refusing
//!   answer (breached, spiking, open, not allowed, CLOUDCIRCUIT_ACTION_BLOCK) and all its other fields are 0.
//!   A host that forgets to look at the status still stops.
//! - It checks every input. NaN, infinities, negative amounts, lengths out of range and unknown constants
//!   are errors; -0.0 counts as 0. Pointers are checked first, then the rules in the order in which each function
//!   lists its statuses.
//! - NULL for a config or policy means the defaults, which stand here as CLOUDCIRCUIT_DEFAULT constants and
//!   are filled in by the _init functions. Any other pointer must not be NULL unless its description says so.
//! - Pointers need no alignment, and inputs may overlap the result: they are read before it is written.
//! - It is a pure function of its arguments: no heap, locks, globals, thread-locals, environment, I/O or clock.
//!   Any thread may call it at any time, on data that no other thread is writing, and so may a signal handler
//!   or a child after fork.
//! - Same inputs, same bits, on every machine: IEEE 754 binary64 arithmetic in the default rounding mode.
//! - It never throws, unwinds or aborts.
//!
//! Structs hold fixed-width numbers without padding or pointers, so they can be stored,
//! hashed and compared as bytes; flags are 0 or 1. Amounts of money are in the caller's
//! currency unit, the same one throughout a call.
//!
//! Within one ABI version nothing is removed or changes its layout or meaning; what is new
//! comes under new names.

// Exported names are C's.
#![allow(unsafe_code)]

mod breaker;
mod budget;
mod error;
mod guard;
mod kernel;
mod spike;
mod version;

use crate::error::{Error, OK};

/// What a function answers: CLOUDCIRCUIT_OK or one of the CLOUDCIRCUIT_ERR constants.
type Status = i32;

/// A copy of what `input` points to, or `None` if it is NULL.
///
/// # Safety
/// `input` is NULL or points to a readable `T`, at any alignment.
unsafe fn read_optional<T: Copy>(input: *const T) -> Option<T> {
    // SAFETY: not NULL, so readable by contract.
    (!input.is_null()).then(|| unsafe { input.read_unaligned() })
}

/// Writes what was decided, or the refusal, and returns the status.
///
/// # Safety
/// `result` is NULL or points to a writable `T`, at any alignment.
unsafe fn write<T>(result: *mut T, decision: Result<T, Error>, refused: T) -> Status {
    if result.is_null() {
        return Error::NullPointer.status();
    }
    let (value, status) = match decision {
        Ok(value) => (value, OK),
        Err(error) => (refused, error.status()),
    };
    // SAFETY: not NULL, so writable by contract.
    unsafe { result.write_unaligned(value) };
    status
}

/// Writes the defaults.
///
/// # Safety
/// As for [`write`].
unsafe fn write_default<T: Default>(config: *mut T) -> Status {
    // SAFETY: passed on.
    unsafe { write(config, Ok(T::default()), T::default()) }
}
