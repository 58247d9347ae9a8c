//! Tracker
//!
//! The detector for hosts that cannot keep a history: a state of fixed size that takes in one point
//! at a time, and finds what cloudcircuit_detect_spike would find in the whole series.

use crate::abi::{
    Status, read_encoded, read_optional, status, update_in_place, write, write_encoded,
};
use crate::detect::config::{DetectConfig, DetectResult};
use crate::detect::tracker::{self, SpikeTrackerState, Tracker};
use crate::error::{Error, OK};

/// Starts a tracker that has seen no point.
///
/// config: NULL for the defaults. Seasons of up to 14 points and windows of up to 98 fit (hours by
///     default do not), and lag_points must be 0.
/// tracker: where to write it; left as it is on an error.
///
/// Returns CLOUDCIRCUIT_OK, or the first of these that applies:
///   CLOUDCIRCUIT_ERR_NULL_POINTER         tracker is NULL
///   CLOUDCIRCUIT_ERR_SEASON_LENGTH to CLOUDCIRCUIT_ERR_STEP
///                                         config, as for cloudcircuit_detect_spike
///   CLOUDCIRCUIT_ERR_TRACKER_SETTINGS     the window or the season does not fit, or lag_points
///                                         is not 0
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_spike_tracker_init(
    config: *const DetectConfig,
    tracker: *mut SpikeTrackerState,
) -> Status {
    if tracker.is_null() {
        return Error::NullPointer.status();
    }
    // SAFETY: the caller's config is NULL or readable.
    let config = unsafe { read_optional(config) }.unwrap_or_default();
    match Tracker::new(&config) {
        // SAFETY: the caller's tracker is writable, and the two types are of one size.
        Ok(new) => unsafe { tracker.cast::<Tracker>().write_unaligned(new) },
        Err(error) => return error.status(),
    }
    OK
}

/// Judges the next point of a series, as cloudcircuit_detect_spike would with all points before it,
/// to the bit, and takes it in. Call it for every step of time; a step without data is a NaN.
///
/// tracker: what cloudcircuit_spike_tracker_init wrote; left as it is on an error.
/// spend: the point, finite and >= 0, or NaN when it is missing.
/// result: the finding; on an error the verdict is CLOUDCIRCUIT_VERDICT_SPIKE, is_leak is 1 and the
///     numbers are 0.
///
/// Returns CLOUDCIRCUIT_OK, or the first of these that applies:
///   CLOUDCIRCUIT_ERR_NULL_POINTER   tracker or result is NULL
///   CLOUDCIRCUIT_ERR_CORRUPT_STATE  tracker is none, or one that was cut off; its windows are not
///                                   looked through, see cloudcircuit_spike_tracker_state_validate
///   CLOUDCIRCUIT_ERR_DETECT_POINT   spend is infinite or below 0
///
/// Not safe for two threads on one tracker at a time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_spike_tracker_update(
    tracker: *mut SpikeTrackerState,
    spend: f64,
    result: *mut DetectResult,
) -> Status {
    let decision = if result.is_null() {
        Err(Error::NullPointer)
    } else {
        // SAFETY: the caller's tracker is NULL, or readable and writable, and any bytes are a Tracker.
        unsafe { update_in_place(tracker.cast::<Tracker>(), |tracker| tracker.update(spend)) }
    };
    // SAFETY: the caller's result is NULL or writable.
    unsafe { write(result, decision, DetectResult::REFUSED) }
}

/// Whether calls can have led to this tracker: its windows are worked out again from its points.
/// For trackers kept as raw structs, when they come back from storage.
///
/// tracker: the tracker.
///
/// Returns CLOUDCIRCUIT_OK, or the first of these that applies:
///   CLOUDCIRCUIT_ERR_NULL_POINTER   tracker is NULL
///   CLOUDCIRCUIT_ERR_CORRUPT_STATE  tracker is none that the library can have written
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_spike_tracker_state_validate(
    tracker: *const SpikeTrackerState,
) -> Status {
    // SAFETY: the caller's tracker is NULL or readable, and any bytes are a Tracker.
    let tracker = unsafe { read_optional(tracker.cast::<Tracker>()) };
    status(tracker.ok_or(Error::NullPointer).and_then(|tracker| tracker.check()))
}

/// Writes a tracker as bytes that any machine reads: layout, reserved, revision and config in order,
/// then of the windows the 128 latest points, the deviations of those in the window (each in slot
/// point % 128, a NaN of bits 0x7FF8000000000000 where there is none) and the three latest charges
/// of each of three days of the month (the point, or all bits set, and the excess), all little-endian;
/// then the CRC-32 (that of zlib and PNG) of the bytes before it.
///
/// tracker: the tracker.
/// bytes: where to write them; all 0 on an error, but untouched when len is wrong.
/// len: CLOUDCIRCUIT_SPIKE_TRACKER_ENCODED_LEN.
///
/// Returns CLOUDCIRCUIT_OK, or the first of these that applies:
///   CLOUDCIRCUIT_ERR_NULL_POINTER    tracker or bytes is NULL
///   CLOUDCIRCUIT_ERR_ENCODED_LENGTH  len is not CLOUDCIRCUIT_SPIKE_TRACKER_ENCODED_LEN
///   CLOUDCIRCUIT_ERR_CORRUPT_STATE   tracker is none that the library can have written
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_spike_tracker_state_encode(
    tracker: *const SpikeTrackerState,
    bytes: *mut u8,
    len: usize,
) -> Status {
    // SAFETY: the caller's tracker is NULL or readable, its bytes are NULL or as many as it says.
    unsafe { write_encoded(tracker.cast::<Tracker>(), bytes, len, tracker::encode) }
}

/// Reads a tracker from bytes that cloudcircuit_spike_tracker_state_encode wrote, to the bit as it was.
///
/// bytes: the bytes.
/// len: CLOUDCIRCUIT_SPIKE_TRACKER_ENCODED_LEN.
/// tracker: where to write it; on an error all of it is 0, which is no tracker.
///
/// Returns CLOUDCIRCUIT_OK, or the first of these that applies:
///   CLOUDCIRCUIT_ERR_NULL_POINTER    bytes or tracker is NULL
///   CLOUDCIRCUIT_ERR_ENCODED_LENGTH  len is not CLOUDCIRCUIT_SPIKE_TRACKER_ENCODED_LEN
///   CLOUDCIRCUIT_ERR_CORRUPT_STATE   the bytes are not an encoded tracker, or one of them is other
///                                    than it was
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_spike_tracker_state_decode(
    bytes: *const u8,
    len: usize,
    tracker: *mut SpikeTrackerState,
) -> Status {
    // SAFETY: the caller's bytes are NULL or as many as it says, its tracker is NULL or writable.
    unsafe { read_encoded(bytes, len, tracker.cast(), Tracker::NONE, tracker::decode) }
}
