//! Alert thresholds: each is told once a period, by one writer.
//!
//! A threshold that has been told is armed again only when the config in force puts it above the
//! period's peak: 80, 79, 80 of 100 tells 80 % once, but 80 of 100 and then 160 of 200 twice.

use super::config::{BASIS_SETTLED, LedgerConfig, THRESHOLD_AMOUNT};
use super::state::LedgerState;

const PPM: i128 = 1_000_000;

/// Judges all thresholds after a call and raises the peaks. Bit i of the answer: threshold i is
/// told now.
pub(super) fn judge(config: &LedgerConfig, state: &mut LedgerState) -> u32 {
    let committed = state.settled + state.held;
    let (value, peak) = match config.threshold_basis {
        BASIS_SETTLED => (state.settled, state.peak_settled),
        _ => (committed, state.peak_committed),
    };
    let base = config.cap(state.carried);
    // In debt no share is left: each of them is reached, none of them is above the peak.
    let reaches = |amount: i64, threshold: i64| match config.threshold_unit {
        THRESHOLD_AMOUNT => amount >= threshold,
        _ => base <= 0 || i128::from(amount) * PPM >= i128::from(threshold) * base,
    };

    state.crossed = 0;
    let mut newly_crossed = 0;
    for (place, &threshold) in config.thresholds().enumerate() {
        let bit = 1 << place;
        // Before the peak is raised, or a call that jumps past a raised limit would tell nothing.
        if !reaches(peak, threshold) {
            state.told &= !bit;
        }
        if reaches(value, threshold) {
            state.crossed |= bit;
        }
        newly_crossed |= state.crossed & !state.told & bit;
    }
    state.told |= state.crossed;
    state.peak_settled = state.peak_settled.max(state.settled);
    state.peak_committed = state.peak_committed.max(committed);
    newly_crossed
}
