//! A breaker's latest 128 outcomes, as a ring of bits.

use crate::breaker::state::{BREAKER_MAX_WINDOW, BreakerState};
use crate::numeric::amount::PPM;

fn bits([low, high]: [u64; 2]) -> u128 {
    u128::from(low) | u128::from(high) << 64
}

/// Sets or clears the bit in a slot, below 128.
#[inline(always)]
fn set(words: &mut [u64; 2], slot: u32, is_set: bool) {
    if let Some(word) = words.get_mut(slot as usize / 64) {
        let bit = 1 << (slot % 64);
        *word = if is_set { *word | bit } else { *word & !bit };
    }
}

impl BreakerState {
    #[inline(always)]
    pub(crate) fn remember(&mut self, is_failure: bool, is_slow: bool) {
        // Always so in a state that passed its check; said again for the shifts.
        let slot = self.window_next % BREAKER_MAX_WINDOW;
        set(&mut self.window_failures, slot, is_failure);
        set(&mut self.window_slow, slot, is_slow);
        self.window_next = (slot + 1) % BREAKER_MAX_WINDOW;
        self.window_calls += u32::from(self.window_calls < BREAKER_MAX_WINDOW);
    }

    /// Whether failures or slow calls are `ppm` or more of the latest `calls` outcomes, 1 to 128.
    pub(crate) fn reaches(&self, words: [u64; 2], calls: u32, ppm: u32) -> bool {
        let share = u64::from(calls) * u64::from(ppm);
        let is_enough = |outcomes: u128| u64::from(outcomes.count_ones()) * u64::from(PPM) >= share;
        let all = bits(words);
        // If all that are remembered are not enough, no window is. Otherwise the latest matter: they come to
        // the top.
        is_enough(all)
            && is_enough(all.rotate_right(self.window_next) >> (BREAKER_MAX_WINDOW - calls))
    }

    #[inline(always)]
    pub(crate) fn has_possible_window(&self) -> bool {
        let fits_slots = if self.window_calls < BREAKER_MAX_WINDOW {
            // Not yet once around: the slots from here on are empty.
            let used = bits(self.window_failures) | bits(self.window_slow);
            self.window_next == self.window_calls && used >> self.window_calls == 0
        } else {
            self.window_calls == BREAKER_MAX_WINDOW && self.window_next < BREAKER_MAX_WINDOW
        };
        fits_slots && self.has_possible_failures()
    }

    /// Whether the latest outcomes are as many failures.
    #[inline(always)]
    fn has_possible_failures(&self) -> bool {
        if self.consecutive_failures == 0 {
            // Most often, and then the latest outcome tells.
            let [low, high] = self.window_failures;
            let slot = self.window_next.wrapping_sub(1);
            let word = if slot & 64 == 0 { low } else { high };
            return word >> (slot % 64) & 1 == 0;
        }
        let latest = bits(self.window_failures).rotate_right(self.window_next).leading_ones();
        latest == self.consecutive_failures.min(BREAKER_MAX_WINDOW)
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
            state.remember(is_failure, !is_failure);
            all.insert(0, is_failure);
            let run = all.iter().take_while(|&&failed| failed).count() as u32;
            state.consecutive_failures = run;
            assert!(state.has_possible_window());
            state.consecutive_failures = run + 1;
            assert!(!state.has_possible_window());

            assert_eq!(state.window_calls, (step + 1).min(128));
            for calls in 1..=state.window_calls {
                let failed = all.iter().take(calls as usize).filter(|&&failed| failed).count();
                // The largest share reached.
                let ppm = failed as u32 * PPM / calls;
                assert!(state.reaches(state.window_failures, calls, ppm));
                assert!(!state.reaches(state.window_failures, calls, ppm + 1));
            }
        }
    }
}
