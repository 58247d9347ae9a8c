//! libcloudcircuit: spend safeguards as pure functions
//!
//! Plain numbers in, a decision out: is the budget breached, is this a spike, may this operation
//! run. The host owns memory, clock, storage and I/O. The library owns the decision.
//!
//!     cloudcircuit_budget_result budget;
//!     cloudcircuit_check_budget(920.0, 1000.0, NULL, &budget);
//!     if (budget.is_breached)
//!         stop_spending();
//!     else if (budget.is_warning)
//!         printf("%.0f %% of the budget is used\n", 100.0 * budget.usage_ratio);
//!
//! Link with -lcloudcircuit. These rules hold for every function:
//!
//! Status. A function returns CLOUDCIRCUIT_OK, which is 0, or the error of the first rule that its
//! arguments break, in the order in which it lists its errors. Treat any unknown non-zero status as
//! an error. cloudcircuit_status_message() explains a status in a sentence.
//!
//! Fail closed. On an error the whole result is written, unless its pointer is NULL. Its flags,
//! verdicts and actions refuse: breached, spike, open, not allowed, block. All other fields are 0,
//! unless the function says otherwise. Callers that ignore the status still get a refusing result.
//!
//! Inputs. All are checked. NaN, infinities, negative amounts, lengths out of range and unknown
//! constants are errors. Only in the detector, scan, tracker and forecast NaN is a missing point.
//! -0.0 counts as 0.
//!
//! NULL. A NULL config or policy means the defaults, which are the CLOUDCIRCUIT_DEFAULT constants.
//! An _init function writes them into a struct. No other pointer may be NULL, unless the function
//! says so.
//!
//! Pointers. They need no alignment. Inputs may overlap the result, because they are read before it
//! is written. No pointer is kept after the call.
//!
//! Threads. Every function is pure: it uses no heap, locks, globals, thread-locals, environment,
//! I/O or clock. Any thread may call it at any time, and so may a signal handler or a child after
//! fork. During a call no other thread may write to what its arguments point to. A call needs at
//! most 4 KB of stack, unless its function says more.
//!
//! Numbers. The same inputs give the same bits on every machine. Doubles are IEEE 754 binary64 in
//! the default rounding mode, with exceptions masked. The exception flags may be raised. On a
//! thread that flushes subnormals, subnormal inputs and results may count as 0. All amounts of
//! money in a call are in one currency unit of the caller's choice.
//!
//! State. Breaker, ledger, rate limit and spike tracker keep their state in structs that the host
//! stores and passes to every call. On an error a state keeps every byte. A state that the library
//! cannot have written, for example zeroed memory, is CLOUDCIRCUIT_ERR_CORRUPT_STATE and refuses.
//! Field checks cannot detect all corruption: where storage may lose bytes, store the encoded form,
//! which has a checksum. Update calls do not check a tracker's windows. Call
//! cloudcircuit_spike_tracker_state_validate() after loading one from storage.
//!
//! Many writers. Threads, processes and machines may share a state. Every writer must follow these
//! steps, or two writers can spend the same money:
//!   1. Read the state, and the hold if there is one, in one snapshot.
//!   2. Call the library on that copy.
//!   3. If the state or the hold changed, also when the call refused, store both together, on the
//!      condition that the stored revision is still the one that was read (UPDATE ... WHERE
//!      revision = ?, a compare-and-swap, a transaction).
//!   4. If the condition failed, another writer was first. Discard the answer and start over.
//!
//! Act on the answer only after step 3.
//!
//! Clocks. The library reads no clock. Times are integers from the host, in one unit for all times
//! and durations of a state. The default durations are milliseconds. A now before a state's
//! updated_at counts as updated_at, and the answer says clock_regressed. If a now is too far ahead,
//! the state stays at that time until the clock catches up, and holds in a ledger end too early.
//! All writers should take now from one clock, best that of the store. After a bad clock,
//! cloudcircuit_breaker_reset(), cloudcircuit_ledger_reset() and cloudcircuit_rate_limit_reset()
//! take their now as the truth, also backwards. A reset also forgets what was settled or taken:
//! read it before, and book it again with cloudcircuit_ledger_record().
//!
//! Structs. Fields have fixed widths, without padding or pointers, so structs can be stored, hashed
//! and compared as bytes on machines of one byte order. The encoded form is the same everywhere. A
//! hold and a permit have none: to store them for other machines, store their fields.
//! Flags in structs are 0 or 1. Reserved fields are 0.
//!
//! 32 bits. Where addresses have 32 bits, the largest object is one byte short of 2 GB. A series
//! then has at most 2^28 - 1 points in place of CLOUDCIRCUIT_MAX_SERIES_LEN, a column 238,609,294
//! numbers, one of forecasts 33,038,209 results. More is SERIES_TOO_LONG, HISTORY_LEN or
//! TOO_MANY_ROWS. 32-bit x86 needs SSE2.
//!
//! Failures. No call throws, unwinds, aborts or loops forever, whatever it is passed.
//!
//! ABI. Within one ABI version nothing is removed or changes its layout or meaning. New functions
//! come under new names.

#![allow(unsafe_code)]

mod breaker;
mod budget;
mod columns;
mod detect;
mod error;
mod flags;
mod forecast;
mod guard;
mod json;
mod ledger;
mod money;
mod names;
mod rate_limit;
mod series;
mod spike;
mod version;

use crate::error::{Error, OK};

// Every function has the same four steps: check pointers, read the inputs (before anything is
// written, so that they may overlap the result), call one function of the core, write the result or
// its refusal. The functions below are these steps.

/// CLOUDCIRCUIT_OK or a CLOUDCIRCUIT_ERR constant.
type Status = i32;

/// A copy of what `input` points to, or `None` if it is NULL.
///
/// # Safety
/// `input` is NULL or points to a readable `T`, at any alignment.
unsafe fn read_optional<T: Copy>(input: *const T) -> Option<T> {
    // SAFETY: not NULL, so readable by contract.
    (!input.is_null()).then(|| unsafe { input.read_unaligned() })
}

/// A copy of the config, or the defaults if it is NULL.
///
/// # Safety
/// `config` is NULL or points to a readable `C`, at any alignment.
unsafe fn read_config<C: Copy + Default>(config: *const C) -> C {
    // SAFETY: NULL or readable by contract.
    unsafe { read_optional(config) }.unwrap_or_default()
}

/// Decides by a config that may be NULL, and writes the decision or the refusal.
///
/// # Safety
/// `config` is NULL or points to a readable `C`, `result` is NULL or points to a writable `T`, at
/// any alignment.
#[inline(always)]
unsafe fn decide<C: Copy + Default, T>(
    config: *const C,
    result: *mut T,
    refused: T,
    rule: impl FnOnce(&C) -> Result<T, Error>,
) -> Status {
    // SAFETY: NULL or readable by contract, and result NULL or writable.
    unsafe { write(result, rule(&read_config(config)), refused) }
}

/// Writes the decision or the refusal, and returns the status.
///
/// # Safety
/// `result` is NULL or points to a writable `T`, at any alignment.
#[inline(always)]
unsafe fn write<T>(result: *mut T, decision: Result<T, Error>, refused: T) -> Status {
    if result.is_null() {
        return Error::NullPointer.status();
    }
    // Each arm has a write of its own. With one write for both, results go through the stack first.
    match decision {
        Ok(value) => {
            // SAFETY: not NULL, so writable by contract.
            unsafe { result.write_unaligned(value) };
            OK
        }
        Err(error) => {
            // SAFETY: not NULL, so writable by contract.
            unsafe { result.write_unaligned(refused) };
            error.status()
        }
    }
}

/// Writes the defaults.
///
/// # Safety
/// `config` is NULL or points to a writable `T`, at any alignment.
unsafe fn write_default<T: Default>(config: *mut T) -> Status {
    // SAFETY: same contract as this function's: config is NULL or writable.
    unsafe { write(config, Ok(T::default()), T::default()) }
}

/// Lets `step` change the state in its place. An error of `step` must come before its first change.
///
/// # Safety
/// `state` is NULL or points to a readable and writable `S`, at any alignment.
unsafe fn update_in_place<S: Copy, T>(
    state: *mut S,
    step: impl FnOnce(&mut S) -> Result<T, Error>,
) -> Result<T, Error> {
    if !state.is_null() && state.is_aligned() {
        // SAFETY: writable by contract and aligned. Nothing else refers to the state, because the
        // other arguments have been copied.
        return step(unsafe { &mut *state });
    }
    // SAFETY: NULL or readable by contract.
    let mut copy = unsafe { read_optional(state) }.ok_or(Error::NullPointer)?;
    let answer = step(&mut copy)?;
    // SAFETY: not NULL, so writable by contract.
    unsafe { state.write_unaligned(copy) };
    Ok(answer)
}

/// Lets `step` change the state, which is as before if there was an error.
///
/// # Safety
/// `state` is NULL or points to a readable and writable `S`, at any alignment.
unsafe fn update<S: Copy, T>(
    state: *mut S,
    step: impl FnOnce(&mut S) -> Result<T, Error>,
) -> Result<T, Error> {
    let step = |state: &mut S| {
        let before = *state;
        step(state).inspect_err(|_| *state = before)
    };
    // SAFETY: same contract as this function's: state is NULL or readable and writable.
    unsafe { update_in_place(state, step) }
}

/// The status of a call that has no other result.
fn status(result: Result<(), Error>) -> Status {
    result.map_or_else(Error::status, |()| OK)
}

/// Writes a state's `N` bytes.
///
/// # Safety
/// `state` is NULL or points to a readable `S`, `bytes` is NULL or to `len` writable bytes.
unsafe fn write_encoded<S: Copy, const N: usize>(
    state: *const S,
    bytes: *mut u8,
    len: usize,
    encode: impl FnOnce(&S) -> Result<[u8; N], Error>,
) -> Status {
    // SAFETY: NULL or readable by contract.
    let state = unsafe { read_optional(state) }.ok_or(Error::NullPointer);
    if !bytes.is_null() && len != N {
        return status(state.and(Err(Error::EncodedLength)));
    }
    // SAFETY: NULL or `N` writable bytes by contract.
    unsafe { write(bytes.cast(), state.and_then(|state| encode(&state)), [0; N]) }
}

/// Reads a state from its `N` bytes.
///
/// # Safety
/// `bytes` is NULL or points to `len` readable bytes, `state` is NULL or to a writable `S`.
unsafe fn read_encoded<S, const N: usize>(
    bytes: *const u8,
    len: usize,
    state: *mut S,
    none: S,
    decode: impl FnOnce(&[u8; N]) -> Result<S, Error>,
) -> Status {
    let decoded = if !bytes.is_null() && len != N {
        Err(Error::EncodedLength)
    } else {
        // SAFETY: NULL or `N` readable bytes by contract.
        let bytes = unsafe { read_optional(bytes.cast()) }.ok_or(Error::NullPointer);
        bytes.and_then(|bytes| decode(&bytes))
    };
    // SAFETY: NULL or writable by contract.
    unsafe { write(state, decoded, none) }
}
