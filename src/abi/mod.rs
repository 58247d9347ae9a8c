//! libcloudcircuit: spend safeguards as pure functions
//!
//! Plain numbers in, a decision out: is the budget breached, is this a spike, may this operation
//! run. The host owns memory, clock, storage and I/O; the library owns the decision.
//!
//!     cloudcircuit_budget_result budget;
//!     cloudcircuit_check_budget(920.0, 1000.0, NULL, &budget);
//!     if (budget.is_breached)
//!         stop_spending();
//!     else if (budget.is_warning)
//!         printf("%.0f %% of the budget is used\n", 100.0 * budget.usage_ratio);
//!
//! Link with -lcloudcircuit. What every function keeps:
//!
//! Status. A call returns CLOUDCIRCUIT_OK, which is 0, or the status of the first rule that its
//! arguments break: NULL pointers first, then in the order in which the function lists them.
//! cloudcircuit_status_message() says it in a sentence.
//!
//! Fail closed. On every error the result, unless its pointer is NULL, is written whole: its
//! flags and actions refuse (breached, spiking, open, not allowed, block), its other fields are
//! 0. A host that forgets to look at the status meets a refusal all the same.
//!
//! Inputs. All are checked. NaN, infinities, negative amounts, lengths out of range and unknown
//! constants are errors; -0.0 counts as 0.
//!
//! NULL. For a config or a policy it means the defaults, which stand here as
//! CLOUDCIRCUIT_DEFAULT constants and are filled in by the _init functions. Other pointers must
//! not be NULL unless their description allows it.
//!
//! Pointers. They need no alignment. Inputs may overlap the result: they are read before it is
//! written. Nothing is kept after the call.
//!
//! Threads. Every function is a pure function of its arguments: no heap, locks, globals,
//! thread-locals, environment, I/O or clock. Any thread may call it at any time, as may a signal
//! handler or a child after fork, as long as no other thread writes to what it is passed.
//!
//! Numbers. Same inputs, same bits, on every machine: IEEE 754 binary64 in the default rounding
//! mode with exceptions masked (their flags may be raised). On a thread that flushes subnormals,
//! subnormal inputs and results may count as 0; nothing else changes. Amounts of money are in the
//! caller's currency unit, the same one throughout a call.
//!
//! Structs. Fixed-width fields without padding or pointers, to be stored, hashed and compared as
//! bytes. Flags are 0 or 1.
//!
//! Failures. No call throws, unwinds, aborts or loops without end, whatever it is passed.
//!
//! ABI. Within one ABI version nothing is removed or changes its layout or meaning; what is new
//! comes under new names.

#![allow(unsafe_code)]

mod breaker;
mod budget;
mod budget_columns;
mod budget_i64;
mod columns;
mod error;
mod flags;
mod guard;
mod kernel;
mod money;
mod record;
mod spike;
mod spike_columns;
mod spike_i64;
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
#[inline(always)]
unsafe fn write<T>(result: *mut T, decision: Result<T, Error>, refused: T) -> Status {
    if result.is_null() {
        return Error::NullPointer.status();
    }
    // Each arm writes for itself: merged, results would go through the stack first.
    match decision {
        Ok(value) => {
            // SAFETY: not NULL, so writable by contract.
            unsafe { result.write_unaligned(value) };
            OK
        }
        Err(error) => {
            // SAFETY: as above.
            unsafe { result.write_unaligned(refused) };
            error.status()
        }
    }
}

/// Writes the defaults.
///
/// # Safety
/// As for [`write`].
unsafe fn write_default<T: Default>(config: *mut T) -> Status {
    // SAFETY: passed on.
    unsafe { write(config, Ok(T::default()), T::default()) }
}
