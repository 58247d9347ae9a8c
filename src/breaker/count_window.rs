//! The window by count: a breaker's latest 128 outcomes, as a ring of bits.

use crate::breaker::state::{BREAKER_MAX_WINDOW, BreakerState};
use crate::numeric::slots::change;

fn bits([low, high]: [u64; 2]) -> u128 {
    u128::from(low) | u128::from(high) << 64
}

/// Sets or clears the bit in a slot, below 128.
fn set(words: &mut [u64; 2], slot: u32, is_set: bool) {
    let bit = 1 << (slot % 64);
    change(words, slot as usize / 64, |word| {
        *word = if is_set { *word | bit } else { *word & !bit };
    });
}

impl BreakerState {
    pub(crate) fn record_in_ring(&mut self, is_failure: bool, is_slow: bool) {
        // Always so in a state that passed its check; said again for the shifts.
        let slot = self.window_next % BREAKER_MAX_WINDOW;
        set(&mut self.window_failures, slot, is_failure);
        set(&mut self.window_slow, slot, is_slow);
        self.window_next = (slot + 1) % BREAKER_MAX_WINDOW;
        self.window_calls += u32::from(self.window_calls < BREAKER_MAX_WINDOW);
    }

    /// The bits of the latest `calls` outcomes, at most 128.
    pub(crate) fn latest_in_ring(&self, words: [u64; 2], calls: u32) -> u128 {
        if words == [0; 2] {
            return 0;
        }
        // They come to the top, and what is older is shifted out.
        let latest_on_top = bits(words).rotate_right(self.window_next);
        let older = BREAKER_MAX_WINDOW.saturating_sub(calls);
        latest_on_top.checked_shr(older).unwrap_or(0)
    }

    pub(crate) fn has_consistent_count_window(&self) -> bool {
        if self.window_calls < BREAKER_MAX_WINDOW {
            // Not yet once around: the slots from here on are empty.
            let used = bits(self.window_failures) | bits(self.window_slow);
            self.window_next == self.window_calls && used >> self.window_calls == 0
        } else {
            self.window_calls == BREAKER_MAX_WINDOW && self.window_next < BREAKER_MAX_WINDOW
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ring_is_a_list_of_the_latest_outcomes() {
        let mut state = BreakerState::new(0);
        let mut all: Vec<bool> = Vec::new();
        for step in 0..500_u32 {
            let is_failure = step.wrapping_mul(2_654_435_761) >> 30 == 0;
            state.record_in_ring(is_failure, !is_failure);
            all.insert(0, is_failure);
            assert!(state.has_consistent_count_window());
            assert_eq!(state.window_calls, (step + 1).min(128));
            for calls in 0..=state.window_calls {
                let failed = all.iter().take(calls as usize).filter(|&&failed| failed).count();
                let failed = failed as u32;
                let count = |words| state.latest_in_ring(words, calls).count_ones();
                assert_eq!(count(state.window_failures), failed);
                assert_eq!(count(state.window_slow), calls - failed);
            }
        }
    }
}
