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
//! flags, verdicts and actions refuse (breached, spiking, open, not allowed, block), its other
//! fields are 0. A host that forgets to look at the status meets a refusal all the same.
//!
//! Inputs. All are checked. NaN, infinities, negative amounts, lengths out of range and unknown
//! constants are errors, but NaN is a missing point where a function says so; -0.0 counts as 0.
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
//! State. Breaker, ledger, rate limit and spike tracker live in structs that the host stores and
//! passes to every call. A tracker's windows are too many to be looked through by each: its
//! _validate does. On an error they keep every byte. A state whose fields the library cannot have written together
//! (zeroed, overwritten) is CLOUDCIRCUIT_ERR_CORRUPT_STATE and refuses. Fields cannot tell every
//! damage: where storage may lose bytes, store the encoded form, whose checksum does.
//!
//! Many writers. A state may be shared by any number of threads, processes and machines through
//! whatever stores it, if every writer goes this way, or spends what another has spent already:
//!   1. read the state, and the hold if there is one, in one snapshot;
//!   2. let the library decide on that copy;
//!   3. if its revision or a hold changed, store both only where the stored revision is still the
//!      one that was read (UPDATE ... WHERE revision = ?, a compare-and-swap, a transaction);
//!   4. if that stored nothing, another writer was first: throw the answer away and start over.
//!
//! Act on the answer only after step 3.
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
mod columns;
mod detect;
mod error;
mod flags;
mod forecast;
mod guard;
mod json;
mod ledger;
mod money;
mod rate_limit;
mod series;
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

/// Lets `step` change the state where it is, as long as every error comes before the first change.
///
/// # Safety
/// `state` is NULL or points to a readable and writable `S`, at any alignment.
unsafe fn update_in_place<S: Copy, T>(
    state: *mut S,
    step: impl FnOnce(&mut S) -> Result<T, Error>,
) -> Result<T, Error> {
    if !state.is_null() && state.is_aligned() {
        // SAFETY: writable by contract, and aligned; the other arguments have been copied.
        return step(unsafe { &mut *state });
    }
    // SAFETY: passed on.
    unsafe { update(state, step) }
}

/// Lets `step` change a copy of the state, and writes it back if that went well.
///
/// # Safety
/// `state` is NULL or points to a readable and writable `S`, at any alignment.
unsafe fn update<S: Copy, T>(
    state: *mut S,
    step: impl FnOnce(&mut S) -> Result<T, Error>,
) -> Result<T, Error> {
    // SAFETY: NULL or readable by contract.
    let mut copy = unsafe { read_optional(state) }.ok_or(Error::NullPointer)?;
    let answer = step(&mut copy)?;
    // SAFETY: not NULL, so writable by contract.
    unsafe { state.write_unaligned(copy) };
    Ok(answer)
}

/// The status of a call that answers nothing else.
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
