//! Tracker
//!
//! The detector for hosts that keep no history: a state of fixed size that takes in one point at a
//! time and finds, to the bit, what cloudcircuit_detect_spike() finds in the whole series.
//!
//! A tracker must not overlap a result or bytes in the same call: nothing is then written. An update
//! needs at most 8 KB of stack, the other calls 16 KB.

use crate::abi::columns::Range;
use crate::abi::{Status, read_optional, status, update_in_place, write};
use crate::detect::config::{DetectConfig, DetectResult};
use crate::detect::tracker::{self, SPIKE_TRACKER_ENCODED_LEN, SpikeTrackerState, Tracker};
use crate::error::Error;

/// Creates a tracker before its first point. A call needs at most 8 KB of stack.
///
/// config:  NULL for the defaults. A tracker takes seasons of up to 14 points, windows of up to 98
///          and lag_points 0. The default settings for hourly points, with a season of 24, do not
///          fit.
/// tracker: receives the tracker. On an error it is all 0, which every call treats as corrupt.
///
/// Errors: NULL_POINTER, SEASON_LENGTH, DETECT_WINDOW, LAG_POINTS, NEGATIVE_POINTS, SCORE_THRESHOLD, MIN_IMPACT, MIN_RELATIVE_IMPACT, MIN_BASELINE, START_TIME, STEP, TRACKER_SETTINGS.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_spike_tracker_init(
    config: *const DetectConfig,
    tracker: *mut SpikeTrackerState,
) -> Status {
    // SAFETY: the caller's config is NULL or readable.
    let config = unsafe { read_optional(config) }.unwrap_or_default();
    // SAFETY: the caller's tracker is NULL or writable, and the two types are of one size.
    unsafe { write(tracker.cast(), Tracker::new(&config), Tracker::NONE) }
}

/// Judges the next point of a series and adds it to the tracker.
///
/// Call it once for every step of time, with NaN for a step without data. Two threads must not use
/// one tracker at the same time.
///
/// ON AN ERROR THE POINT IS NOT TAKEN IN. The next call would be judged as this step, on a weekday
/// and a date too early, and so would all after it: on DETECT_POINT call again with NaN for this
/// step. With the negative_points MISSING or ZERO a credit is no error.
///
/// An update does not check the tracker's windows. Call cloudcircuit_spike_tracker_state_validate()
/// after loading a tracker from storage. A call needs at most 8 KB of stack.
///
/// tracker: changed only on success.
/// spend:   the point; finite and >= 0, or NaN if it is missing. negative_points may allow less.
/// result:  the finding. On an error verdict is CLOUDCIRCUIT_VERDICT_SPIKE, is_leak and is_drop are 1
///          and all other fields are 0.
///
/// Errors: OVERLAP, NULL_POINTER, CORRUPT_STATE, DETECT_POINT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_spike_tracker_update(
    tracker: *mut SpikeTrackerState,
    spend: f64,
    result: *mut DetectResult,
) -> Status {
    if overlaps(tracker, result, size_of::<DetectResult>()) {
        return Error::Overlap.status();
    }
    let decision = if result.is_null() {
        Err(Error::NullPointer)
    } else {
        // SAFETY: the caller's tracker is NULL, or readable and writable, and any bytes are a
        // Tracker.
        unsafe { update_in_place(tracker.cast::<Tracker>(), |tracker| tracker.update(spend)) }
    };
    // SAFETY: the caller's result is NULL or writable.
    unsafe { write(result, decision, DetectResult::REFUSED) }
}

/// Checks whether a tracker is one that this library can have written.
///
/// The windows are computed again from the points in them. Use it for trackers stored as raw
/// structs; decoding an encoded tracker checks as much. A call needs at most 16 KB of stack.
///
/// tracker: the tracker; NULL is an error.
///
/// Errors: NULL_POINTER, CORRUPT_STATE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_spike_tracker_state_validate(
    tracker: *const SpikeTrackerState,
) -> Status {
    // SAFETY: the caller's tracker is NULL or readable, and any bytes are a Tracker.
    status(unsafe { read_in_place(tracker.cast(), Tracker::check) })
}

/// Encodes a tracker as bytes that are the same on every machine and end in a checksum.
///
/// docs/ABI.md describes their layout. A call needs at most 16 KB of stack.
///
/// tracker: the tracker.
/// bytes:   receives the encoded tracker; all 0 on an error, unchanged when len is wrong.
/// len:     CLOUDCIRCUIT_SPIKE_TRACKER_ENCODED_LEN.
///
/// Errors: OVERLAP, NULL_POINTER, ENCODED_LENGTH, CORRUPT_STATE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_spike_tracker_state_encode(
    tracker: *const SpikeTrackerState,
    bytes: *mut u8,
    len: usize,
) -> Status {
    if overlaps(tracker, bytes, len) {
        return Error::Overlap.status();
    }
    if tracker.is_null() || bytes.is_null() {
        if !bytes.is_null() && len == SPIKE_TRACKER_ENCODED_LEN {
            // SAFETY: the caller's bytes are as many as it says.
            unsafe { bytes.write_bytes(0, len) };
        }
        return Error::NullPointer.status();
    }
    if len != SPIKE_TRACKER_ENCODED_LEN {
        return Error::EncodedLength.status();
    }
    // SAFETY: the caller's bytes are as many as it says, and do not overlap the tracker.
    let bytes = unsafe { &mut *bytes.cast::<[u8; SPIKE_TRACKER_ENCODED_LEN]>() };
    // SAFETY: the caller's tracker is readable, and any bytes are a Tracker.
    let encoded = unsafe { read_in_place(tracker.cast(), |it| tracker::encode(it, bytes)) };
    if encoded.is_err() {
        bytes.fill(0);
    }
    status(encoded)
}

/// Decodes a tracker, to the bit as it was encoded. A call needs at most 16 KB of stack.
///
/// bytes:   what cloudcircuit_spike_tracker_state_encode() wrote.
/// len:     CLOUDCIRCUIT_SPIKE_TRACKER_ENCODED_LEN.
/// tracker: receives the tracker. On an error it is all 0, which every call treats as corrupt.
///
/// Errors: OVERLAP, NULL_POINTER, ENCODED_LENGTH, CORRUPT_STATE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_spike_tracker_state_decode(
    bytes: *const u8,
    len: usize,
    tracker: *mut SpikeTrackerState,
) -> Status {
    if overlaps(tracker, bytes, len) {
        return Error::Overlap.status();
    }
    let decoded = if bytes.is_null() || tracker.is_null() {
        Err(Error::NullPointer)
    } else if len != SPIKE_TRACKER_ENCODED_LEN {
        Err(Error::EncodedLength)
    } else {
        // SAFETY: the caller's bytes are as many as it says, and do not overlap the tracker.
        let bytes = unsafe { &*bytes.cast::<[u8; SPIKE_TRACKER_ENCODED_LEN]>() };
        // SAFETY: the caller's tracker is writable, and readable once it is zeroed.
        unsafe { tracker.write_bytes(0, 1) };
        // SAFETY: as above.
        unsafe { update_in_place(tracker.cast(), |it| tracker::decode(bytes, it)) }
    };
    if decoded.is_err() && !tracker.is_null() {
        // SAFETY: the caller's tracker is writable.
        unsafe { tracker.write_bytes(0, 1) };
    }
    status(decoded)
}

/// What `read` finds in the tracker in its place, or in a copy if it is not aligned.
///
/// # Safety
/// `tracker` is NULL or points to a readable Tracker, at any alignment.
unsafe fn read_in_place(
    tracker: *const Tracker,
    read: impl FnOnce(&Tracker) -> Result<(), Error>,
) -> Result<(), Error> {
    if !tracker.is_null() && tracker.is_aligned() {
        // SAFETY: readable by contract and aligned, and nothing writes to it meanwhile.
        return read(unsafe { &*tracker });
    }
    // SAFETY: same contract as this function's.
    unsafe { read_copy(tracker, read) }
}

/// Not inlined, so that the copy is on the stack only where it is needed.
///
/// # Safety
/// `tracker` is NULL or points to a readable Tracker, at any alignment.
#[inline(never)]
unsafe fn read_copy(
    tracker: *const Tracker,
    read: impl FnOnce(&Tracker) -> Result<(), Error>,
) -> Result<(), Error> {
    // SAFETY: NULL or readable by contract.
    unsafe { read_optional(tracker) }.ok_or(Error::NullPointer).and_then(|tracker| read(&tracker))
}

/// Whether `bytes` bytes at a pointer lie within a tracker.
fn overlaps<T>(tracker: *const SpikeTrackerState, other: *const T, bytes: usize) -> bool {
    Range::new(tracker, size_of::<SpikeTrackerState>()).overlaps(Range::new(other, bytes))
}
