//! A closed breaker's rules: how an outcome is recorded, and whether it opens the breaker.

use crate::breaker::config::BreakerConfig;
use crate::breaker::state::BreakerState;
use crate::breaker::time_window::Window;
use crate::numeric::amount::PPM;

impl BreakerState {
    /// Judges a call that ran while closed.
    pub(crate) fn judge(
        &mut self,
        config: &BreakerConfig,
        is_failure: bool,
        duration: i64,
        retry_at: i64,
        now: i64,
    ) {
        let is_slow = config.is_slow(duration);
        if !is_failure && self.is_unmoved_by_success(config, is_slow) {
            return;
        }
        if config.window_duration > 0 {
            self.record_in_bucket(config.window_duration, now, is_failure, is_slow);
        } else {
            let run = self.consecutive_failures.saturating_add(1);
            self.consecutive_failures = if is_failure { run } else { 0 };
            if config.window_size > 0 {
                self.record_in_ring(is_failure, is_slow);
            }
        }
        let heeded = if is_failure { config.heeded(retry_at, now) } else { None };
        if self.breaks_a_rule(config, now) {
            self.trip(config, now, heeded);
        } else if let Some(until) = heeded {
            self.open_until(config, until, now);
        }
        self.touch(now);
    }

    fn breaks_a_rule(&self, config: &BreakerConfig, now: i64) -> bool {
        let window = if config.window_duration > 0 {
            self.window_by_time(config.window_duration, now)
        } else {
            self.window_by_count(config)
        };
        let reaches = |count: u64, limit: u32| limit > 0 && count >= u64::from(limit);
        // At most 2^36 calls, so that the products fit.
        let reaches_rate = |count: u64, ppm: u32| {
            ppm > 0 && count * u64::from(PPM) >= window.calls * u64::from(ppm)
        };
        reaches(window.streak, config.failure_threshold)
            || reaches(window.failures, config.failure_count)
            || window.calls >= u64::from(config.minimum_calls)
                && (reaches_rate(window.failures, config.failure_rate_ppm)
                    || reaches_rate(window.slow, config.slow_call_rate_ppm))
    }

    fn window_by_count(&self, config: &BreakerConfig) -> Window {
        let calls = self.window_calls.min(config.window_size);
        // A count that no rule looks at costs nothing.
        let count = |is_looked_at: bool, words: [u64; 2]| {
            if is_looked_at { self.latest_in_ring(words, calls).count_ones() } else { 0 }
        };
        let looks_at_failures = config.failure_count | config.failure_rate_ppm > 0;
        Window {
            calls: calls.into(),
            failures: count(looks_at_failures, self.window_failures).into(),
            slow: count(config.slow_call_rate_ppm > 0, self.window_slow).into(),
            streak: self.consecutive_failures.into(),
        }
    }

    /// Whether a success changes no decision that this config can make at any later time.
    fn is_unmoved_by_success(&self, config: &BreakerConfig, is_slow: bool) -> bool {
        let has_rate = config.has_rate();
        // A streak that is stored ends also under a config that does not count it: the next may.
        if config.window_duration > 0 {
            return !has_rate && !self.has_streak_by_time(config.window_duration);
        }
        if self.consecutive_failures > 0 || is_slow {
            return false;
        }
        // In a window of nothing but good calls one more takes the place of one alike.
        let calls = self.window_calls.min(config.window_size);
        if has_rate && calls < config.window_size {
            return false;
        }
        let looks_at_failures = config.failure_count | config.failure_rate_ppm > 0;
        let failures = if looks_at_failures { self.window_failures } else { [0; 2] };
        let slow = if config.slow_call_rate_ppm > 0 { self.window_slow } else { [0; 2] };
        self.latest_in_ring(failures, calls) == 0 && self.latest_in_ring(slow, calls) == 0
    }
}
